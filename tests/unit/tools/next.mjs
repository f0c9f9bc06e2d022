// Makes strings, has is-local judge them, and looks where a browser would go with those it took.
import { spawnSync } from 'node:child_process';

const count = Number(process.env.NEXT_COUNT);
const pieces = ['/', '/', '/', '\\', '//', '/\\', '\t', '\n', '\r', ' ', '.', '..', '@', ':', '%2f', '%5c', '%09', '%00', '?', '#', ';',
  'a', 'evil.example', 'http:', 'https:', 'javascript:', 'data:', '[::1]', '127.0.0.1', '\u3002', '\uff0f', '\u00a0', '\u0001', '\u007f', '[', ']', '|', '*', 'x'];
let seed = Number(process.env.NEXT_SEED ?? 12345);
const random = (n) => { seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff; return (seed >>> 8) % n; };
const strings = ['/', '//evil.example', '/\\evil.example', '/a', '/%2f%2fevil.example'];
while (strings.length < count) {
  let text = random(4) ? '/' : '';
  for (let i = random(7); i >= 0; i -= 1) text += pieces[random(pieces.length)];
  if (text !== '') strings.push(text);
}
const { stdout, status } = spawnSync(process.argv[2], { input: strings.join('\0') + '\0', maxBuffer: 1 << 26 });
const verdicts = stdout.toString();
let taken = 0;
const escaped = [];
for (const [i, text] of strings.entries()) {
  if (verdicts[i] !== '1') continue;
  taken += 1;
  for (const origin of ['https://www.example.com', 'http://127.0.0.1:8007']) {
    if (new URL(origin + text).origin !== origin || new URL(text, `${origin}/cgi-bin/callback.cgi`).origin !== origin) escaped.push(text);
  }
}
console.log('1..3');
console.log(`${status === 0 && verdicts.length === strings.length ? 'ok' : 'not ok'} 1 - ${strings.length} strings judged`);
console.log(`${taken > strings.length / 50 ? 'ok' : 'not ok'} 2 - ${taken} of them taken`);
console.log(`${escaped.length === 0 ? 'ok' : 'not ok'} 3 - none of those leaves the site`);
for (const text of escaped.slice(0, 10)) console.log(`# ${JSON.stringify(text)}`);
