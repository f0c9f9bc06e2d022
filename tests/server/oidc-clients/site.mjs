// A site on loopback that signs people in by OpenID Connect, for the clients in this folder. The test (../oidc-clients.t) opens its
// pages, which are the same for each client as far as it can do these things:
//
//   /login       to the provider, and back by way of /callback to who is signed in, as JSON
//   /refresh     new tokens by the refresh token; who they are about
//   /introspect  what the provider says of the access token
//   /logout      signs out, at the provider as well, and back to /bye
//   /out         opened in a frame when somebody signs out at the provider; /told then says with what
//   /state       for a client that is told of a sign-out: whether somebody is signed in
//
// A client that makes no pages of its own calls serve(); any other gives its function for requests to listen().
import { createServer } from 'node:http';

export const { OIDC_ISSUER: issuer, OIDC_CLIENT: clientId, OIDC_SECRET: secret, OIDC_SITE: site } = process.env;
export const callback = `${site}/callback`;
export const bye = `${site}/bye`;
export const scope = 'openid profile';
export const timeout = 30_000; // milliseconds; some clients' own, 3.5 s at the least, are too short for a busy machine

// Answers requests until stdin ends, which it does with the test. Says so on stdout when it begins.
export function listen(onRequest) {
  createServer(onRequest).listen(new URL(site).port, '127.0.0.1', () => console.log('listening'));
  process.stdin.resume().on('end', () => process.exit());
}

// What /out was opened with.
const told = [];
const own = {
  '/bye': () => ({ bye: true }),
  '/out': (url) => ({ told: told.push(Object.fromEntries(url.searchParams)) }),
  '/told': () => told,
};

// pages: by path, an async function of the request's URL and, if a form was posted, of the request. It returns a URL, to which the
// browser is sent, or an object to be shown as JSON. What it throws is shown with status 500.
export function serve(pages) {
  listen(async (request, response) => {
    const url = new URL(request.url, site);
    try {
      const shown = await { ...own, ...pages }[url.pathname](url, await posted(url, request));
      if (shown instanceof URL) response.writeHead(303, { Location: shown.href }).end();
      else response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(shown));
    } catch (error) {
      showError(response, error);
    }
  });
}

async function posted(url, request) {
  if (request.method !== 'POST') return undefined;
  const body = Buffer.concat(await request.toArray());
  return new Request(url, { method: 'POST', headers: { 'Content-Type': request.headers['content-type'] }, body });
}

export function showError(response, error) {
  response.writeHead(500, { 'Content-Type': 'text/plain' }).end(`${error.stack}\n${JSON.stringify(error)}\n${error.cause?.stack ?? ''}`);
}

// What the test compares of an ID token's claims, or of userinfo.
export const person = ({ sub, name }) => ({ sub, name });

// The provider's metadata, for clients that do not fetch it themselves.
export async function discover() {
  const answer = await fetch(`${issuer}/.well-known/openid-configuration`);
  return answer.json();
}

// The address at which one signs out (OpenID Connect RP-Initiated Logout 1.0), for clients that do not make it themselves.
export function endSession(metadata, idToken) {
  const url = new URL(metadata.end_session_endpoint);
  url.search = new URLSearchParams({ id_token_hint: idToken, post_logout_redirect_uri: bye });
  return url;
}
