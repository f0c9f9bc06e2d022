// jose, in a program without a secret that sends its requests itself: jose fetches the keys, and checks the ID tokens (ES256).
import { createHash, randomBytes } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { callback, clientId, discover, endSession, issuer, person, scope, serve, timeout } from './site.mjs';

const server = await discover();
const keys = createRemoteJWKSet(new URL(server.jwks_uri), { timeoutDuration: timeout });
let verifier;
let tokens;

async function redeem(fields) {
  const answer = await fetch(server.token_endpoint, { method: 'POST', body: new URLSearchParams({ client_id: clientId, ...fields }) });
  if (!answer.ok) throw new Error(await answer.text());
  tokens = await answer.json();
  const { payload } = await jwtVerify(tokens.id_token, keys, { issuer, audience: clientId, algorithms: ['ES256'], requiredClaims: ['sub', 'exp', 'iat', 'auth_time'] });
  return person(payload);
}

serve({
  async '/login'() {
    verifier = randomBytes(32).toString('base64url');
    const url = new URL(server.authorization_endpoint);
    url.search = new URLSearchParams({
      response_type: 'code', client_id: clientId, redirect_uri: callback, scope,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256',
    });
    return url;
  },
  '/callback': (url) => redeem({ grant_type: 'authorization_code', code: url.searchParams.get('code'), redirect_uri: callback, code_verifier: verifier }),
  '/refresh': () => redeem({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token }),
  '/logout': () => endSession(server, tokens.id_token),
});
