/*
 * A sample application: people sign in with WeChat by way of a site's oidc.cgi (OpenID Connect), and see their name and
 * picture. Node.js 20 or later.
 *
 *     wechat client add Sample --redirect http://127.0.0.1:8009/callback --logout http://127.0.0.1:8009/ --json >client.local
 *     npm ci
 *     node sample.mjs client.local
 *
 * Then open http://127.0.0.1:8009/. PORT names another port, in the first line as well. The file has the site's address, from
 * which the sample learns all else (discovery), and the secret: do not publish it. Who is signed in is kept in memory, until the
 * sample ends; an application of yours would let it expire.
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import * as openid from 'openid-client';

const { issuer, client_id, client_secret } = JSON.parse(await readFile(process.argv[2], 'utf8'));
const port = process.env.PORT ?? '8009';
const home = `http://127.0.0.1:${port}/`;
const callback = `${home}callback`;
/* openid-client wants https; a site on this computer, such as the demo, has http. */
const options = issuer.startsWith('http:') ? { execute: [openid.allowInsecureRequests] } : undefined;
const provider = await openid.discovery(new URL(issuer), client_id, client_secret, undefined, options);

/* By the value of the browser's cookie: what a sign-in under way has to come back with, and who is signed in. */
const begun = new Map();
const people = new Map();

const cookie = (request) => /(?:^|; )sample=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1];
const redirect = (url, visit) => ({ status: 303, headers: { Location: url, ...(visit && { 'Set-Cookie': `sample=${visit}; Path=/; HttpOnly; SameSite=Lax` }) } });

const pages = {
    'GET /': async (request) => ({ status: 200, html: page(request, show(words(request), people.get(cookie(request)))) }),

    'GET /login': async () => {
        const visit = openid.randomState();
        const checks = { pkceCodeVerifier: openid.randomPKCECodeVerifier(), expectedState: openid.randomState(), expectedNonce: openid.randomNonce() };
        begun.set(visit, checks);
        return redirect(openid.buildAuthorizationUrl(provider, {
            redirect_uri: callback, scope: 'openid profile', state: checks.expectedState, nonce: checks.expectedNonce,
            code_challenge: await openid.calculatePKCECodeChallenge(checks.pkceCodeVerifier), code_challenge_method: 'S256',
        }), visit);
    },

    'GET /callback': async (request) => {
        const checks = begun.get(cookie(request));
        if (checks === undefined) return redirect(home);
        begun.delete(cookie(request));
        const tokens = await openid.authorizationCodeGrant(provider, new URL(request.url, home), checks);
        const visit = openid.randomState();
        people.set(visit, { idToken: tokens.id_token, ...tokens.claims() });
        return redirect(home, visit);
    },

    'POST /logout': async (request) => {
        const person = people.get(cookie(request));
        people.delete(cookie(request));
        return redirect(person === undefined ? home
            : openid.buildEndSessionUrl(provider, { id_token_hint: person.idToken, post_logout_redirect_uri: home }));
    },
};

/* ---- what is shown ---- */

const languages = {
    zh: { tag: 'zh-CN', title: '示例程序', nobody: '还没有登录。', login: '用微信登录', logout: '退出登录',
        refused: '您没有同意登录。', failed: '没有登录成功，请再试一次。' },
    en: { tag: 'en', title: 'Sample application', nobody: 'Nobody is signed in.', login: 'Sign in with WeChat', logout: 'Sign out',
        refused: 'You did not agree to sign in.', failed: 'The sign-in failed. Please try again.' },
};
const words = (request) => languages[/^zh\b/i.test(request.headers['accept-language'] ?? '') ? 'zh' : 'en'];
const escape = (text) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
const guest = (word, said) => `<p>${said}</p><p><a class="button" href="/login">${word.login}</a></p>`;

function show(word, person) {
    if (person === undefined) return guest(word, word.nobody);
    const picture = person.picture ? `<img src="${escape(person.picture)}" alt="" width="96" height="96" referrerpolicy="no-referrer">` : '';
    return `${picture}<p class="name">${escape(person.name)}</p><form method="post" action="/logout"><button class="button">${word.logout}</button></form>`;
}

const page = (request, content) => `<!DOCTYPE html>
<html lang="${words(request).tag}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${words(request).title}</title><style>
:root { color-scheme: light dark; --ground: #ededed; --paper: #fff; --ink: #191919; }
@media (prefers-color-scheme: dark) { :root { --ground: #111; --paper: #1e1e1e; --ink: #e2e2e2; } }
body { margin: 0; padding: 0 1rem; background: var(--ground); color: var(--ink); font: 16px/1.6 system-ui, sans-serif; text-align: center; }
main { max-width: 24rem; margin: 4rem auto; padding: 2rem 1.25rem; background: var(--paper); border-radius: 12px; }
h1 { margin: 0 0 1.5rem; font-size: 1.5rem; }
img { border-radius: 50%; }
.name { font-size: 1.25rem; overflow-wrap: anywhere; }
.button { display: inline-block; border: 0; border-radius: 8px; padding: .625rem 1.25rem; background: #06773a; color: #fff; font: inherit; text-decoration: none; }
</style></head><body><main><h1>${words(request).title}</h1>${content}</main></body></html>`;

/* People who refuse come back with that error (RFC 6749, section 4.1.2.1). */
function failure(request, error) {
    if (error.error === 'access_denied') return { status: 403, html: page(request, guest(words(request), words(request).refused)) };
    console.error(error);
    return { status: 502, html: page(request, guest(words(request), words(request).failed)) };
}

createServer(async (request, response) => {
    const answer = pages[`${request.method} ${request.url.split('?')[0]}`];
    if (answer === undefined) { response.writeHead(404).end(); return; }
    const { status, headers, html } = await answer(request).catch((error) => failure(request, error));
    response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store',
        'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; img-src http: https:; frame-ancestors 'none'; base-uri 'none'", ...headers });
    response.end(html);
}).listen(port, '127.0.0.1', () => console.log(home));
