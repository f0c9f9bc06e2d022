// @auth/core, which is Auth.js (NextAuth) without a framework.
import { Auth, skipCSRFCheck } from '@auth/core';
import { clientId, endSession, discover, issuer, listen, person, secret, showError, site } from './site.mjs';

const server = await discover();
const config = {
  trustHost: true, basePath: '/auth', secret: 'invented-cookie-secret-0123456789', skipCSRFCheck,
  providers: [{ id: 'wechat', name: 'WeChat', type: 'oidc', issuer, clientId, clientSecret: secret, checks: ['pkce', 'state', 'nonce'] }],
  callbacks: {
    jwt: ({ token, account, profile }) => (profile ? { ...token, person: person(profile), idToken: account.id_token } : token),
    session: ({ session, token }) => ({ ...session, person: token.person, idToken: token.idToken }),
  },
};

// A page of Auth.js, asked for with the browser's cookies. body: the fields of a form, for POST.
function ask(path, request, body) {
  const headers = { cookie: request.headers.cookie ?? '' };
  const method = body ? 'POST' : 'GET';
  return Auth(new Request(new URL(path, site), { method, headers, body: body && new URLSearchParams(body), redirect: 'manual' }), config);
}
const session = async (request) => (await ask('/auth/session', request)).json();

const pages = {
  '/login': (request) => ask('/auth/signin/wechat', request, { callbackUrl: `${site}/` }),
  '/': async (request) => Response.json((await session(request)).person),
  async '/logout'(request) {
    const { idToken } = await session(request);
    const signedOut = await ask('/auth/signout', request, {});
    signedOut.headers.set('location', endSession(server, idToken).href);
    return signedOut;
  },
  '/bye': () => Response.json({ bye: true }),
};

listen(async (request, response) => {
  try {
    const page = pages[new URL(request.url, site).pathname] ?? ((theirs) => ask(theirs.url, theirs));
    const answer = await page(request);
    response.writeHead(answer.status, { ...Object.fromEntries(answer.headers), 'set-cookie': answer.headers.getSetCookie() });
    response.end(await answer.text());
  } catch (error) {
    showError(response, error);
  }
});
