// Keeps of WeUI's style sheet what a page uses. purge.mjs NODE_FOLDER PAGE... prints nothing; it
// writes PAGE.css beside each PAGE.
import { createRequire } from 'node:module';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const [folder, ...pages] = process.argv.slice(2);
const require = createRequire(path.resolve(folder, 'package.json'));
const { PurgeCSS } = require('purgecss');
const raw = await readFile(path.join(folder, 'node_modules/weui/dist/style/weui.min.css'), 'utf8');

for (const page of pages) {
  const content = [{ raw: await readFile(page, 'utf8'), extension: 'html' }];
  const [{ css }] = await new PurgeCSS().purge({
    content, css: [{ raw }], variables: true, keyframes: true, fontFace: true,
    defaultExtractor: (text) => text.match(/[\w-]+/g) ?? [],
  });
  let kept = css.replace(/\/\*[^]*?\*\//g, '').trim();
  for (let before = ''; before !== kept;) {
    before = kept;
    kept = kept.replace(/[^{}]+\{\s*\}/g, ''); // rules that purging has emptied
  }
  await writeFile(`${page}.css`, kept + '\n');
}
