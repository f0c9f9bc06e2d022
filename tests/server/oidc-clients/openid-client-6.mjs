// openid-client 6. Without another wish it sends its secret in the form (client_secret_post).
import * as client from 'openid-client';
import { bye, callback, clientId, issuer, person, scope, secret, serve } from './site.mjs';

const config = await client.discovery(new URL(issuer), clientId, secret, undefined, {
  execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks],
});
let checks;
let tokens;

serve({
  async '/login'(url) {
    checks = { pkceCodeVerifier: client.randomPKCECodeVerifier(), expectedState: client.randomState(), expectedNonce: client.randomNonce() };
    return client.buildAuthorizationUrl(config, {
      response_mode: url.searchParams.get('response_mode') ?? 'query', redirect_uri: callback, scope, state: checks.expectedState, nonce: checks.expectedNonce,
      code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier), code_challenge_method: 'S256',
    });
  },
  async '/callback'(url, posted) {
    tokens = await client.authorizationCodeGrant(config, posted ?? url, checks);
    return person(await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub));
  },
  async '/refresh'() {
    const fresh = await client.refreshTokenGrant(config, tokens.refresh_token);
    tokens = { ...tokens, ...fresh };
    return person(fresh.claims());
  },
  '/introspect': () => client.tokenIntrospection(config, tokens.access_token),
  '/logout': () => client.buildEndSessionUrl(config, { id_token_hint: tokens.id_token, post_logout_redirect_uri: bye }),
});
