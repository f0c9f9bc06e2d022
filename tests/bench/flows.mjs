// Signs in at an OpenID provider, again and again: flows.mjs AUTHORIZE TOKEN CLIENT SECRET REDIRECT-URI SECONDS, with the Cookie headers of
// people on stdin, a line each (none: the provider signs everybody in). A flow is an authorization request with PKCE, and the token request that redeems its code.
// Prints flows per second, of eight that run at the same time.
import { Agent, request } from 'node:http';
import { readFileSync } from 'node:fs';

const PARALLEL = 8;
const [authorize, token, client_id, client_secret, redirect_uri, seconds] = process.argv.slice(2);
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'; // RFC 7636, appendix B
const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const people = readFileSync(0, 'utf8').split('\n').filter(Boolean).map((cookie) => new Map([[0, cookie]]));
if (people.length === 0) people.push(...Array.from({ length: PARALLEL }, () => new Map()));
const agent = new Agent({ keepAlive: true, maxSockets: PARALLEL });

const ask = (method, url, headers, body) => new Promise((done, failed) => {
  const asked = request(url, { method, headers, agent }, async (answer) => {
    try { done({ ...answer, status: answer.statusCode, headers: answer.headers, text: (await answer.toArray()).join('') }); } catch (error) { failed(error); }
  });
  asked.on('error', failed);
  asked.end(body);
});

// Follows redirects to the program's address, with the browser's cookies, and returns the code.
async function codeOf(cookies) {
  let url = `${authorize}?${new URLSearchParams({ response_type: 'code', client_id, redirect_uri, scope: 'openid profile', state: 's', nonce: 'n', code_challenge: challenge, code_challenge_method: 'S256' })}`;
  for (let i = 0; i < 8 && !url.startsWith(redirect_uri); i += 1) {
    const answer = await ask('GET', url, { Cookie: [...cookies.values()].join('; ') });
    for (const cookie of answer.headers['set-cookie'] ?? []) cookies.set(cookie.split('=')[0], cookie.split(';')[0]);
    if (answer.headers.location === undefined) throw new Error(`${url}: ${answer.status} ${answer.text.slice(0, 300)}`);
    url = new URL(answer.headers.location, url).href;
  }
  return new URL(url).searchParams.get('code') ?? Promise.reject(new Error(url));
}

async function flow(cookies) {
  const body = new URLSearchParams({ grant_type: 'authorization_code', code: await codeOf(cookies), redirect_uri, code_verifier: verifier, client_id, client_secret }).toString();
  const answer = await ask('POST', token, { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': body.length }, body);
  if (answer.status !== 200 || !JSON.parse(answer.text).id_token) throw new Error(`${token}: ${answer.status} ${answer.text}`);
}

for (const cookies of people.slice(0, PARALLEL)) await flow(cookies);
let count = 0;
const began = performance.now();
const end = began + 1000 * Number(seconds);
await Promise.all(Array.from({ length: PARALLEL }, async (nothing, lane) => {
  // Each person has one flow at a time, as in a browser.
  for (let i = lane; performance.now() < end; i = i + PARALLEL < people.length ? i + PARALLEL : lane) { await flow(people[i]); count += 1; }
}));
console.log(1000 * count / (performance.now() - began));
process.exit();
