// The mini program's pages as HTML: what the component simulator renders, with the style sheets of WeUI and of the mini program. A few
// rules here stand for WeChat's own elements (button, input, image, icon) and the bar, so the result is not identical to a phone's.
import fs from 'node:fs';
import path from 'node:path';
import { Phone, project, weui } from './phone.mjs';

const site = process.env.SITE_URL;
const sim = process.env.SIM_URL;
const tags = { 'wx-view': 'div', 'wx-text': 'span', 'wx-image': 'img', 'wx-input': 'input', 'wx-button': 'button', 'wx-icon': 'i' };
// WeChat's icons, as WeUI draws them on the pages.
const sign = (name) => fs.readFileSync(path.join(weui, 'weui-wxss/dist/style/weui.wxss'), 'utf8').match(new RegExp(`weui-icon-${name}\\{[^}]*?url\\(([^)]+)\\)`))[1];
const plain = `* { box-sizing: border-box; } body { margin: 0; } img { display: block; }
  .bar { height: 44px; padding: 0 16px; overflow: hidden; font-weight: 600; line-height: 44px; text-align: center; }
  input { min-width: 0; border: 0; background: none; font: inherit; color: inherit; } input::placeholder { color: var(--weui-FG-1); opacity: 1; }
  button { display: block; width: 184px; margin: 0 auto; padding: 8px 24px; border: 0; border-radius: 4px; font: bold 17px/1.41 system-ui; background: var(--weui-FG-5); color: var(--weui-FG-0); }
  i { display: inline-block; width: 64px; height: 64px; background: currentColor; mask: url("${sign('warn')}") center / contain; } i[type=info] { mask-image: url("${sign('info')}"); }`;
const source = (value) => (value.startsWith('/images/') ? `data:image/svg+xml;base64,${fs.readFileSync(path.join(project, value)).toString('base64')}` : value);

// A style sheet of the mini program; 750rpx are as wide as the screen.
function styles(page) {
  const own = ['app', page].map((name) => path.join(project, `${name}.wxss`));
  const theirs = ['weui-wxss/dist/style/weui', 'cells/cells', 'cell/cell'].map((name) => path.join(weui, `${name}.wxss`));
  const css = [...theirs, ...own].map((file) => fs.readFileSync(file, 'utf8')).join('\n');
  return plain + css.replace(/(^|[},\s])page(?=\s*[{,])/g, '$1body').replace(/([\d.]+)rpx/g, (all, number) => `calc(${number} * min(100vw, 430px) / 750)`);
}

export const escape = (text) => String(text).replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);

function html(node) {
  if (typeof node === 'string') return escape(node);
  const tag = tags[node.tagName] ?? node.tagName;
  const attributes = node.attrs.map(({ name, value }) => ` ${name === 'color' ? 'style' : name}="${escape(name === 'src' ? source(value) : name === 'color' ? `color: ${value}` : value)}"`).join('');
  return ['img', 'input'].includes(tag) ? `<${tag}${attributes}>` : `<${tag}${attributes}>${node.children.map(html).join('')}</${tag}>`;
}

const drawn = (title, page, shown) => `<!doctype html><html lang="zh"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title><style>${styles(page)}</style>
  <div data-weui-theme="${shown.instance.data.theme}"><div class="bar" style="background: var(--weui-BG-0); color: var(--weui-FG-0)">${escape(title)}</div>${html(shown.component.toJSON())}</div>`;

// The list, an item's page and a failure, in a theme and a language.
export async function documents(theme, language) {
  const phone = new Phone({ site, sim, theme, language });
  const my = await phone.open('/pages/my/my');
  const all = { my: drawn(phone.title, 'pages/my/my', my) };
  const detail = await phone.open(`/pages/detail/detail?item=orders&name=${encodeURIComponent(my.text('.item__text'))}`);
  all.detail = drawn(phone.title, 'pages/detail/detail', detail);
  phone.start({ domains: [] });
  const failure = await phone.open('/pages/my/my');
  all.failure = drawn(phone.title, 'pages/my/my', failure);
  return all;
}

// Shows one of them; without a browser's help, the theme is that of `k`.
const kept = {};
export async function drawMini(page, what, { language, scheme = 'light' }) {
  const key = `${scheme} ${language}`;
  kept[key] ??= await documents(scheme, language);
  await page.setContent(kept[key][what], { waitUntil: 'networkidle' });
}
