// The README's pictures, html/NAME.png: pages of scenes.mjs side by side, on a grey ground.
import path from 'node:path';
import { statSync } from 'node:fs';
import { browser, finish, ok } from './tools.mjs';
import { pictures, scenes } from './scenes.mjs';
import { visit } from './visit.mjs';

const SIZE_MAX = 150_000; // bytes
const top = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../..');

for (const [name, parts] of Object.entries(pictures)) {
  const shots = [];
  const widths = parts.flatMap(([, , size, , beside]) => [size.width, beside?.width ?? 0]);
  const total = widths.reduce((sum, width) => sum + width);
  const deviceScaleFactor = Math.max(...widths) > 1000 ? 1 : total > 1000 ? 1.25 : 1.5; // a README shows no more
  for (const [scene, language, viewport, scheme, beside] of parts) {
    const shoot = async (page, size) => {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme: scheme });
      await page.evaluate(() => scrollTo(0, 0));
      shots.push({ ...size, data: await page.screenshot() });
    };
    await visit(async (page, row, tag, k) => {
      if (row.mini) await row.open(page, { ...k, scheme });
      if (beside) await shoot(k.others[0].pages()[0], beside);
      await shoot(page, viewport);
    }, { device: { deviceScaleFactor }, only: [language], rows: scenes.filter((row) => row.name === scene) });
  }
  const paper = await browser.newPage({ deviceScaleFactor });
  await paper.setViewportSize({ width: shots.reduce((sum, { width }) => sum + width + 24, 24), height: Math.max(...shots.map(({ height }) => height)) + 48 });
  await paper.setContent(`<!doctype html><style>body { display: flex; gap: 24px; align-items: flex-start; margin: 24px; background: #c8ccd0; } img { display: block; border-radius: 12px; }</style>
    ${shots.map(({ width, data }) => `<img width="${width}" src="data:image/png;base64,${data.toString('base64')}">`).join('')}`, { waitUntil: 'load' });
  const file = path.join(top, 'html', `${name}.png`);
  await paper.screenshot({ path: file });
  await paper.close();
  ok(statSync(file).size <= SIZE_MAX, `${name}.png: ${Math.round(statSync(file).size / 1000)} kB`);
  console.log(`# html/${name}.png: ${Math.round(statSync(file).size / 1000)} kB`);
}
await finish();
