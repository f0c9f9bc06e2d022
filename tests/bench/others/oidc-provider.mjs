// An OpenID provider made with npm's oidc-provider, for make bench: oidc-provider.mjs PORT CLIENT SECRET REDIRECT-URI. It signs
// everybody in at once, as the same person, asks nobody, and keeps all in memory. It ends when stdin does.
import { createServer } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

console.warn = console.info = () => {}; // about memory, and the version of Node.js

const require = createRequire(`${process.env.WECHAT_BUILD}/bench-node/package.json`);
const { Provider } = await import(pathToFileURL(require.resolve('oidc-provider')));
const [port, client_id, client_secret, redirect_uri] = process.argv.slice(2);
const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id, client_secret, redirect_uris: [redirect_uri], grant_types: ['authorization_code'], response_types: ['code'], token_endpoint_auth_method: 'client_secret_post' }],
  jwks: { keys: [{ ...key, use: 'sig', alg: 'RS256' }] },
  cookies: { keys: ['an-invented-key-of-the-bench'] },
  claims: { openid: ['sub'], profile: ['name'] },
  conformIdTokenClaims: false,
  features: { devInteractions: { enabled: false } },
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId, name: 'somebody' }) }),
  async loadExistingGrant(ctx) {
    const grant = new ctx.oidc.provider.Grant({ clientId: client_id, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope('openid profile');
    await grant.save();
    return grant;
  },
});
const callback = provider.callback();
const server = createServer((request, response) => {
  if (request.url.startsWith('/interaction/')) return provider.interactionFinished(request, response, { login: { accountId: 'person' } });
  return callback(request, response);
});
server.listen(Number(port), '127.0.0.1', () => console.log('listening'));
process.stdin.resume().on('end', () => process.exit());
