// Builds random strings, has is-local turn them into pages, and checks where a browser would go.
import { spawnSync } from 'node:child_process';

const count = Number(process.env.NEXT_COUNT);
const pieces = ['/', '/', '/', '\\', '//', '/\\', '\t', '\n', '\r', ' ', '.', '..', '@', ':', '%2f', '%5c', '%09', '%00', '?', '#', ';',
  'a', 'evil.example', 'http:', 'https:', 'javascript:', 'data:', '[::1]', '127.0.0.1', '\u3002', '\uff0f', '\u00a0', '\u0001', '\u007f', '[', ']', '|', '*', 'x',
  'https://www.example.com', 'HTTPS://WWW.Example.com', 'http://127.0.0.1:8007', '/\u5c0f', '%', '&'];
let seed = Number(process.env.NEXT_SEED ?? 12345);
const random = (n) => { seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff; return (seed >>> 8) % n; };
const strings = ['/', '//evil.example', '/\\evil.example', '/a', '/%2f%2fevil.example', 'https://www.example.com@evil.example/', 'https://www.example.com.evil.example/'];
while (strings.length < count) {
  let text = random(4) ? '/' : '';
  for (let i = random(7); i >= 0; i -= 1) text += pieces[random(pieces.length)];
  if (text !== '') strings.push(text);
}
let taken = 0;
let whole = 0;
let ran = true;
const escaped = [];
const elsewhere = [];
for (const origin of ['https://www.example.com', 'http://127.0.0.1:8007']) {
  const { stdout, status } = spawnSync(process.argv[2], [origin], { input: strings.join('\0') + '\0', maxBuffer: 1 << 28 });
  const pages = stdout.toString().split('\0');
  ran &&= status === 0 && pages.length === strings.length + 1;
  for (const [i, text] of strings.entries()) {
    const page = pages[i];
    if (!page) continue;
    taken += 1;
    if (text[0] !== '/') whole += 1;
    const base = `${origin}/cgi-bin/callback.cgi`;
    if (new URL(origin + page).origin !== origin || new URL(page, base).origin !== origin) escaped.push(text);
    // The page must be the one that a browser makes of the string itself, which drops blanks at its end.
    if (text.at(-1) !== ' ' && new URL(text, base).href !== new URL(page, base).href) elsewhere.push(text);
  }
}
console.log('1..5');
console.log(`${ran ? 'ok' : 'not ok'} 1 - ${strings.length} strings tried`);
console.log(`${taken > strings.length / 50 ? 'ok' : 'not ok'} 2 - ${taken} of them accepted`);
console.log(`${escaped.length === 0 ? 'ok' : 'not ok'} 3 - none of those leaves the site`);
console.log(`${whole > strings.length / 5000 ? 'ok' : 'not ok'} 4 - ${whole} of them full addresses`);
console.log(`${elsewhere.length === 0 ? 'ok' : 'not ok'} 5 - each is the page that a browser would open`);
for (const text of [...escaped, ...elsewhere].slice(0, 10)) console.log(`# ${JSON.stringify(text)}`);
