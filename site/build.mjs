// Makes the documentation as a static site: node build.mjs WORK OUT. WORK has the packages of package-lock.json; the pages are copied there,
// each to its place on the site, with their links changed to match. A link to nothing ends the build.
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync, statSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import path from 'node:path';

const [work, out] = process.argv.slice(2).map((folder) => path.resolve(folder));
const top = path.resolve(import.meta.dirname, '..');
const pages = path.join(work, 'pages');
// The pages of the archives are none of the site's: their links are those of the archives.
const files = execFileSync('find', ['.', '(', '-name', 'node_modules', '-o', '-path', './build', '-o', '-path', './.git', ')', '-prune', '-o', '-name', '*.md', '!', '-name', 'INSTALL*', '-print'],
  { cwd: top, encoding: 'utf8' }).trim().split('\n').map((file) => file.replace('./', '')).sort();
const special = { 'README.md': 'en/index.md', 'README.zh-CN.md': 'zh/index.md', 'docs/README.md': 'all.md' };

// Where a page of the project lies on the site.
function place(file) {
  if (special[file]) return special[file];
  return file.replace(/^docs\//, '').replace(/(^|\/)README\.md$/, '$1index.md');
}

const there = new Set(files);
const copied = new Set();

// What a page links to, as seen from where it lies on the site. Files that are no pages are copied and offered as they are.
async function target(file, address) {
  if (/^(?:[a-z]+:|#)/.test(address)) return address;
  const [name, anchor = ''] = address.split(/(?=#)/);
  let to = path.join(path.dirname(file), name).replace(/\/$/, '');
  if (!existsSync(path.join(top, to))) throw new Error(`${file}: ${address} leads nowhere`);
  if (statSync(path.join(top, to)).isDirectory()) {
    if (!there.has(`${to}/README.md`)) throw new Error(`${file}: ${address} is a folder without a page`);
    to += '/README.md';
  }
  if (there.has(to)) return path.posix.relative(path.posix.dirname(place(file)), place(to)).replace(/^(?!\.)/, './') + anchor;
  if (to.endsWith('.md')) throw new Error(`${file}: ${address} is not a page of the site`);
  if (!copied.has(to)) {
    copied.add(to);
    const copy = path.join(pages, 'public/files', to);
    await mkdir(path.dirname(copy), { recursive: true });
    await cp(path.join(top, to), copy);
  }
  return `/files/${to}`;
}

// A page's text with its links changed; what is inside of snippets and code stays.
async function convert(file) {
  const text = await readFile(path.join(top, file), 'utf8');
  const pieces = text.split(/(^ *```[^]*?^ *```$|`[^`\n]+`|^ {4,}.*$)/m);
  for (let i = 0; i < pieces.length; i += 2) {
    const links = [...pieces[i].matchAll(/(\]\()([^()\s]+)(\))/g)];
    for (const link of links.reverse()) {
      const to = await target(file, link[2]);
      pieces[i] = pieces[i].slice(0, link.index + 2) + to + pieces[i].slice(link.index + 2 + link[2].length);
    }
  }
  return pieces.join('');
}

await rm(pages, { recursive: true, force: true });
for (const file of files) {
  const copy = path.join(pages, place(file));
  await mkdir(path.dirname(copy), { recursive: true });
  await writeFile(copy, await convert(file));
}
await cp(path.join(import.meta.dirname, 'index.md'), path.join(pages, 'index.md'));
await cp(path.join(import.meta.dirname, 'config.mjs'), path.join(pages, '.vitepress/config.mjs'));
await cp(path.join(import.meta.dirname, 'theme'), path.join(pages, '.vitepress/theme'), { recursive: true });
await writeFile(path.join(pages, '.vitepress/sidebar.json'), JSON.stringify(sidebar(await readFile(path.join(top, 'docs/README.md'), 'utf8'))));
execFileSync('node', [path.join(work, 'node_modules/vitepress/bin/vitepress.js'), 'build', pages, '--outDir', out], { stdio: 'inherit' });

// The groups and pages of docs/README.md, which lists them all: { en: [{ text, items }], zh: … }.
function sidebar(index) {
  const bars = {};
  let bar;
  for (const line of index.split('\n')) {
    const [, heading] = line.match(/^### (.*)$/) ?? [];
    const [, text, file] = line.match(/^- \[([^\]]+)\]\(([^)#]+)\)/) ?? [];
    if (/^## /.test(line)) bar = bars[/[a-z]/.test(line) ? 'en' : 'zh'] = [];
    if (heading) bar.push({ text: heading, items: [] });
    if (file) bar.at(-1).items.push({ text, link: `/${place(path.join('docs', file)).replace(/index\.md$|\.md$/, '')}` });
  }
  return bars;
}
