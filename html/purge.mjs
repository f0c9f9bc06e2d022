// The style of each page: what it uses of WeUI's style sheet and of ours, minified. purge.mjs NODE_FOLDER
// STYLE[,STYLE…] PAGE... prints nothing; it writes PAGE.css beside each PAGE.
import { createRequire } from 'node:module';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const [folder, styles, ...pages] = process.argv.slice(2);
const require = createRequire(path.resolve(folder, 'package.json'));
const { PurgeCSS } = require('purgecss');
const { minify } = require('csso');
const sheets = [path.join(folder, 'node_modules/weui/dist/style/weui.min.css'), ...styles.split(',')];
const raw = (await Promise.all(sheets.map((sheet) => readFile(sheet, 'utf8')))).join('\n');

for (const page of pages) {
  const content = [{ raw: await readFile(page, 'utf8'), extension: 'html' }];
  const [{ css }] = await new PurgeCSS().purge({
    content, css: [{ raw }], variables: true, keyframes: true, fontFace: true, safelist: [':focus-visible'],
    defaultExtractor: (text) => text.match(/[\w-]+/g) ?? [],
  });
  await writeFile(`${page}.css`, `/* WeUI © Tencent, MIT licence */${minify(css, { comments: false }).css}\n`);
}
