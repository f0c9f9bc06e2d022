// Contact sheets of every page: phone and desktop, light and dark, three languages; and all pages at 320 pixels. axe-core and the checks of
// narrow.mjs run in the same go. The sheets are PNGs in build/sheets.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { axe, browser, finish, is, ok } from './tools.mjs';
import { cut, missing, visit } from './visit.mjs';

const build = process.env.WECHAT_BUILD ?? path.resolve('build');
const folder = path.join(build, 'sheets');
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });

// width, height of the window; the highest picture; its width on a sheet; how many columns.
const sizes = {
  phone: { width: 390, height: 844, highest: 2110, shown: 250, columns: 6 },
  desktop: { width: 1280, height: 800, highest: 1600, shown: 510, columns: 3 },
  narrow: { width: 320, height: 640, highest: 2400, shown: 250, columns: 6 },
};
const pictures = []; // {name, group, size, scheme, language, height, data}

is(missing().join(' '), '', 'each template is in a row of scenes.mjs');

async function take(page, row, language, k, size, scheme) {
  const { width, height, highest } = sizes[size];
  await page.setViewportSize({ width, height });
  if (row.mini) await row.open(page, { ...k, scheme });
  else await page.emulateMedia({ colorScheme: scheme });
  const full = await page.evaluate(() => document.documentElement.scrollHeight);
  const data = await page.screenshot({ type: 'jpeg', quality: 82, fullPage: true, clip: { x: 0, y: 0, width, height: Math.min(full, highest) } });
  pictures.push({ name: row.name, group: row.group, size, scheme, language, height: Math.min(full, highest), data });
}

await visit(async (page, row, language, k) => {
  for (const size of row.mini ? ['phone'] : ['phone', 'desktop']) {
    for (const scheme of ['light', 'dark']) {
      await take(page, row, language, k, size, scheme);
      if (size === 'phone' && !row.mini) await axe(page, `${row.name}, ${language}, ${scheme}`);
      ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${row.name}, ${language}, ${size}, ${scheme}: nothing sticks out sideways`);
    }
  }
  await take(page, row, language, k, 'narrow', 'light');
  is((await cut(page)).join('; '), '', `${row.name}, ${language}: no text is cut at 320 pixels`);
});

// Puts pictures into columns, each into the shortest; a sheet is as high as 1500 pixels.
function pack(all, { shown, columns, width }) {
  const sheets = [];
  let heights;
  for (const one of all) {
    const height = Math.round(one.height * shown / width) + 30;
    let column = heights ? heights.indexOf(Math.min(...heights)) : -1;
    if (column < 0 || (heights[column] > 0 && heights[column] + height > 1500)) {
      sheets.push(Array.from({ length: columns }, () => []));
      heights = Array(columns).fill(0);
      column = 0;
    }
    sheets.at(-1)[column].push(one);
    heights[column] += height;
  }
  return sheets;
}

const schemes = ['light', 'dark'];
const paper = await (await browser.newContext()).newPage();
let count = 0;
for (const size of Object.keys(sizes)) {
  for (const scheme of size === 'narrow' ? ['light'] : schemes) {
    for (const language of ['zh_CN', 'zh_TW', 'en']) {
      const all = pictures.filter((one) => one.size === size && one.scheme === scheme && one.language === language);
      const { shown, columns } = sizes[size];
      for (const [number, sheet] of pack(all, sizes[size]).entries()) {
        await paper.setViewportSize({ width: columns * (shown + 12) + 12, height: 400 });
        await paper.setContent(`<!doctype html><style>body { display: flex; gap: 12px; align-items: flex-start; margin: 12px; background: #7d8590; font: 13px/18px system-ui; } figure { margin: 0 0 12px; } figcaption { color: #fff; } img { display: block; width: ${shown}px; }</style>
          ${sheet.map((column) => `<div>${column.map((one) => `<figure><figcaption>${one.name} · ${sizes[size].width} · ${scheme} · ${language}</figcaption><img src="data:image/jpeg;base64,${one.data.toString('base64')}"></figure>`).join('')}</div>`).join('')}`, { waitUntil: 'load' });
        await writeFile(path.join(folder, `${size}-${scheme}-${language}-${number + 1}.png`), await paper.screenshot({ fullPage: true }));
        count += 1;
      }
    }
  }
}
console.log(`# ${count} sheets, ${pictures.length} pictures: ${folder}`);
await finish();
