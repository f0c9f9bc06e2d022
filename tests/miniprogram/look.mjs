// The layout of the pages: what the component simulator renders, with the style sheets of WeUI and of the mini program, drawn by
// Chromium. A few rules here stand for WeChat's own elements (button, input, image) and the bar, so the result is not identical to
// a phone's. Screenshots in build/screenshots.
import fs from 'node:fs';
import path from 'node:path';
import { browser, finish, is, ok, screenshot } from '../browser/tools.mjs';
import { Phone, project, weui } from './phone.mjs';

const site = process.env.SITE_URL;
const sim = process.env.SIM_URL;
const WIDTH = 375;
const tags = { 'wx-view': 'div', 'wx-text': 'span', 'wx-image': 'img', 'wx-input': 'input', 'wx-button': 'button', 'wx-icon': 'i' };
// WeChat's icons, as WeUI draws them on the pages.
const sign = (name) => fs.readFileSync(path.join(weui, 'weui-wxss/dist/style/weui.wxss'), 'utf8').match(new RegExp(`weui-icon-${name}\\{[^}]*?url\\(([^)]+)\\)`))[1];
const plain = `* { box-sizing: border-box; } body { margin: 0; } img { display: block; }
  .bar { height: 44px; font-weight: 600; line-height: 44px; text-align: center; }
  input { min-width: 0; border: 0; background: none; font: inherit; color: inherit; }
  button { display: block; width: 184px; margin: 0 auto; padding: 8px 24px; border: 0; border-radius: 4px; font: bold 17px/1.41 system-ui; background: var(--weui-FG-5); color: var(--weui-FG-0); }
  i { display: inline-block; width: 64px; height: 64px; background: currentColor; mask: url("${sign('warn')}") center / contain; } i[type=info] { mask-image: url("${sign('info')}"); }`;
const source = (value) => (value.startsWith('/images/') ? `data:image/svg+xml;base64,${fs.readFileSync(path.join(project, value)).toString('base64')}` : value);

function styles(page) {
  const own = ['app', page].map((name) => path.join(project, `${name}.wxss`));
  const theirs = ['weui-wxss/dist/style/weui', 'cells/cells', 'cell/cell'].map((name) => path.join(weui, `${name}.wxss`));
  const css = [...theirs, ...own].map((file) => fs.readFileSync(file, 'utf8')).join('\n');
  return plain + css.replace(/(^|[},\s])page(?=\s*[{,])/g, '$1body').replace(/([\d.]+)rpx/g, (all, number) => `${number * WIDTH / 750}px`);
}

const escape = (text) => String(text).replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);

function html(node) {
  if (typeof node === 'string') return escape(node);
  const tag = tags[node.tagName] ?? node.tagName;
  const attributes = node.attrs.map(({ name, value }) => ` ${name === 'color' ? 'style' : name}="${escape(name === 'src' ? source(value) : name === 'color' ? `color: ${value}` : value)}"`).join('');
  return ['img', 'input'].includes(tag) ? `<${tag}${attributes}>` : `<${tag}${attributes}>${node.children.map(html).join('')}</${tag}>`;
}

const document = (title, page, shown) => `<!doctype html><meta charset="utf-8"><style>${styles(page)}</style>
  <div data-weui-theme="${shown.instance.data.theme}"><div class="bar" style="background: var(--weui-BG-0); color: var(--weui-FG-0)">${escape(title)}</div>${html(shown.component.toJSON())}</div>`;

const chromium = await browser.newContext({ viewport: { width: WIDTH, height: 667 }, deviceScaleFactor: 2 });
const documents = [];
for (const [theme, language, ground] of [['light', 'zh_CN', 'rgb(237, 237, 237)'], ['dark', 'en', 'rgb(17, 17, 17)']]) {
  const phone = new Phone({ site, sim, theme, language });
  const my = await phone.open('/pages/my/my');
  const pages = [['my', document(phone.title, 'pages/my/my', my)]];
  const detail = await phone.open(`/pages/detail/detail?item=orders&name=${encodeURIComponent(my.text('.item__text'))}`);
  pages.push(['detail', document(phone.title, 'pages/detail/detail', detail)]);
  phone.start({ domains: [] });
  pages.push(['failure', document('', 'pages/my/my', await phone.open('/pages/my/my'))]);
  for (const [name, text] of pages) {
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
    if (theme === 'light' && name !== 'failure') documents.push(text);
  }
}
const both = await chromium.newPage();
await both.setViewportSize({ width: 2 * WIDTH + 72, height: 620 });
await both.setContent(`<body style="display: flex; gap: 24px; margin: 0; padding: 24px; background: #c8ccd0">${documents.map((text) => `<iframe width="${WIDTH}" height="572" style="border: 0; border-radius: 12px; background: #ededed" srcdoc="${escape(text)}"></iframe>`).join('')}`, { waitUntil: 'networkidle' });
await both.screenshot({ path: screenshot('miniprogram') });
await finish();
