// The layout of the pages, drawn by Chromium: drawn.mjs says of what. Screenshots in build/screenshots.
import { browser, finish, is, ok, screenshot } from '../browser/tools.mjs';
import { documents } from './drawn.mjs';

const WIDTH = 375;
const chromium = await browser.newContext({ viewport: { width: WIDTH, height: 667 }, deviceScaleFactor: 2 });
for (const [theme, language, ground] of [['light', 'zh_CN', 'rgb(237, 237, 237)'], ['dark', 'en', 'rgb(17, 17, 17)']]) {
  for (const [name, text] of Object.entries(await documents(theme, language))) {
    const page = await chromium.newPage();
    await page.setContent(text, { waitUntil: 'networkidle' });
    const what = `${name}-${theme}`;
    ok(await page.evaluate((width) => document.documentElement.scrollWidth <= width, WIDTH), `${what}: nothing sticks out sideways`);
    is(await page.evaluate(() => getComputedStyle(document.querySelector('.page')).backgroundColor), ground, `${what}: WeUI’s colour for ${theme}`);
    is(await page.evaluate(() => [...document.images].filter((image) => !image.naturalWidth || !image.clientWidth).length), 0, `${what}: every picture is shown`);
    const low = await page.evaluate(() => [...document.querySelectorAll('button')].filter((button) => Math.round(button.getBoundingClientRect().height) < 44).length);
    is(low, 0, `${what}: buttons are 44 px high`);
    if (name === 'my') {
      const boxes = await page.evaluate(() => Object.fromEntries(['.item__text', '.item__badge', '.weui-cell', '.profile__avatar'].map((selector) => [selector, document.querySelector(selector).getBoundingClientRect().toJSON()])));
      const middle = ({ top, height }) => top + height / 2;
      ok(Math.abs(middle(boxes['.item__text']) - middle(boxes['.item__badge'])) < 4 && boxes['.item__badge'].left >= boxes['.item__text'].right, `${what}: the badge stands at the right of its item`);
      is(`${boxes['.weui-cell'].width} ${boxes['.profile__avatar'].width}`, `${WIDTH} 80`, `${what}: cells are as wide as the page, the avatar 80`);
    }
    await page.screenshot({ path: screenshot(`miniprogram-${what}`) });
    await page.close();
  }
}
await finish();
