// openid-client 5. It checks at_hash and signatures with the keys of jwks_uri, and allows no difference between the clocks.
import { Issuer, custom, generators } from 'openid-client-5';
import { bye, callback, clientId, issuer, person, scope, secret, serve, timeout } from './site.mjs';

custom.setHttpOptionsDefaults({ timeout });
const server = await Issuer.discover(issuer);
const client = new server.Client({ client_id: clientId, client_secret: secret, redirect_uris: [callback], response_types: ['code'] });
let checks;
let tokens;

serve({
  async '/login'() {
    checks = { code_verifier: generators.codeVerifier(), state: generators.state(), nonce: generators.nonce() };
    return new URL(client.authorizationUrl({
      scope, state: checks.state, nonce: checks.nonce,
      code_challenge: generators.codeChallenge(checks.code_verifier), code_challenge_method: 'S256',
    }));
  },
  async '/callback'(url) {
    tokens = await client.callback(callback, Object.fromEntries(url.searchParams), checks);
    return person(await client.userinfo(tokens));
  },
  async '/refresh'() {
    const fresh = await client.refresh(tokens);
    tokens = { ...tokens, ...fresh };
    return person(fresh.claims());
  },
  '/introspect': () => client.introspect(tokens.access_token),
  '/logout': () => new URL(client.endSessionUrl({ id_token_hint: tokens.id_token, post_logout_redirect_uri: bye })),
});
