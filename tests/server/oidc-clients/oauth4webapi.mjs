// oauth4webapi, on which openid-client 6 and Auth.js are built. Each answer is checked by a call of its own, the ID token's signature too.
import * as oauth from 'oauth4webapi';
import { callback, clientId, endSession, issuer, person, scope, secret, serve } from './site.mjs';

const http = { [oauth.allowInsecureRequests]: true };
const server = await oauth.processDiscoveryResponse(new URL(issuer), await oauth.discoveryRequest(new URL(issuer), http));
const client = { client_id: clientId };
const authentication = oauth.ClientSecretBasic(secret);
let checks;
let tokens;

serve({
  async '/login'() {
    checks = { verifier: oauth.generateRandomCodeVerifier(), state: oauth.generateRandomState(), nonce: oauth.generateRandomNonce() };
    const url = new URL(server.authorization_endpoint);
    url.search = new URLSearchParams({
      response_type: 'code', client_id: clientId, redirect_uri: callback, scope, state: checks.state, nonce: checks.nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(checks.verifier), code_challenge_method: 'S256',
    });
    return url;
  },
  async '/callback'(url) {
    const parameters = oauth.validateAuthResponse(server, client, url, checks.state);
    const answer = await oauth.authorizationCodeGrantRequest(server, client, authentication, parameters, callback, checks.verifier, http);
    tokens = await oauth.processAuthorizationCodeResponse(server, client, answer, { expectedNonce: checks.nonce, requireIdToken: true });
    await oauth.validateApplicationLevelSignature(server, answer, http);
    const { sub } = oauth.getValidatedIdTokenClaims(tokens);
    const userinfo = await oauth.userInfoRequest(server, client, tokens.access_token, http);
    return person(await oauth.processUserInfoResponse(server, client, sub, userinfo));
  },
  async '/refresh'() {
    const answer = await oauth.refreshTokenGrantRequest(server, client, authentication, tokens.refresh_token, http);
    const fresh = await oauth.processRefreshTokenResponse(server, client, answer);
    await oauth.validateApplicationLevelSignature(server, answer, http);
    tokens = { ...tokens, ...fresh };
    return person(oauth.getValidatedIdTokenClaims(fresh));
  },
  async '/introspect'() {
    const answer = await oauth.introspectionRequest(server, client, authentication, tokens.access_token, http);
    return oauth.processIntrospectionResponse(server, client, answer);
  },
  '/logout': () => endSession(server, tokens.id_token),
});
