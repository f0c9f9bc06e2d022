// A site's own face: name, logo, colour, style sheet, links and footer on the pages that visitors see, and what can be read in
// odd colours. The settings are changed between pages, as each request reads them.
import { readFile, writeFile } from 'node:fs/promises';
import { browser, desktop, finish, is, look, ok, phone, site } from './tools.mjs';

const conf = process.env.CONF;
const settings = await readFile(conf, 'utf8');
const set = (change) => writeFile(conf, Object.entries(change).reduce((text, [name, value]) => `${text.replace(new RegExp(`^${name} = .*\n`, 'm'), '')}${name} = ${value}\n`, settings));

async function open(options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.refused = [];
  page.on('console', (message) => { if (/Content Security Policy/.test(message.text())) page.refused.push(message.text()); });
  return page;
}
async function signIn(page) {
  await page.goto(`${site}/cgi-bin/me.cgi`);
  await page.click('#xiaoming');
  await page.waitForURL(`${site}/cgi-bin/me.cgi`);
}
const style = (page, selector, name) => page.evaluate(([s, n]) => getComputedStyle(document.querySelector(s))[n], [selector, name]);

const cases = [
  { name: 'phone-zh_CN', options: { ...phone, locale: 'zh-CN', colorScheme: 'light' }, links: '我的订单 常见问题 我的列表' },
  { name: 'phone-dark-zh_TW', options: { ...phone, locale: 'zh-TW', colorScheme: 'dark' }, links: '我的訂單 常見問題 我的清單' },
  { name: 'desktop-en', options: { ...desktop, locale: 'en-US', colorScheme: 'light' }, links: 'My orders Questions and answers My list' },
  { name: 'small-dark-en', options: { ...phone, viewport: { width: 320, height: 568 }, locale: 'en-US', colorScheme: 'dark' }, links: 'My orders Questions and answers My list' },
];
for (const c of cases) {
  const page = await open(c.options);
  const pages = { code: 'code.cgi', error: 'callback.cgi?code=x&state=y', desktop: 'login.cgi?qr=1', me: '', list: 'list.cgi', detail: 'list.cgi?item=orders', signout: 'logout.cgi' };
  for (const [name, address] of Object.entries(pages)) {
    if (name === 'me') await signIn(page);
    else await page.goto(`${site}/cgi-bin/${address}`);
    is(`${await page.textContent('.site__name')} ${await page.textContent('.footer a >> nth=2')}`, '小明的书店 京ICP备12345678号-1', `${c.name}: ${name}: the site's name and number`);
    ok((await page.title()).endsWith(' · 小明的书店'), `${c.name}: ${name}: the title names the site`);
    await look(page, `face-${c.name}-${name}`);
    if (name === 'me') {
      is((await page.locator('nav .weui-cell__bd').allTextContents()).join(' '), c.links, `${c.name}: the owner's links, and the list`);
      is(await page.evaluate(() => [...document.images].every((image) => image.naturalWidth > 0)), true, `${c.name}: logo, avatar and icon are shown`);
      is(await style(page, '.profile__name', 'letterSpacing'), '3px', `${c.name}: the owner's style sheet applies`);
    }
  }
  if (c.name === 'desktop-en') {
    await page.goto(`${site}/cgi-bin/list.cgi`);
    await page.click('.weui-cell >> nth=1');
    is(await page.textContent('h1'), 'Contact us', `${c.name}: a tap on an item opens its page`);
    await page.click('.weui-btn_default');
    is(page.url(), `${site}/cgi-bin/list.cgi`, `${c.name}: and back`);
    await page.click('.weui-cell >> nth=2');
    is(page.url(), `${site}/`, `${c.name}: or the page that the item names`);
  }
  await page.goto(`${site}/cgi-bin/${pages.error}`);
  is(await style(page, '.weui-btn_primary', 'backgroundColor'), 'rgb(200, 16, 46)', `${c.name}: buttons have the site's colour`);
  is(page.refused.join('\n'), '', `${c.name}: the policy refused nothing`);
  await page.context().close();
}

// Colours that are hard to read: axe-core computes the contrasts of all texts.
for (const colorScheme of ['light', 'dark']) {
  const page = await open({ ...phone, locale: 'en-US', colorScheme });
  for (const color of ['#ffff00', '#ffffff', '#000000', '#0000ff']) {
    await set({ theme_color: color, list_lesson: 'on', sign_in: 'authorize' });
    if (page.url() === 'about:blank') await signIn(page);
    for (const address of ['logout.cgi', 'list.cgi']) {
      await page.goto(`${site}/cgi-bin/${address}`);
      await look(page, `face-${colorScheme}-${color.slice(1)}-${address.split('.')[0]}`);
    }
  }
  await page.context().close();
}

// A long name without a logo; a logo without a name; nothing set: as ever.
{
  const page = await open({ ...phone, viewport: { width: 320, height: 568 }, locale: 'en-US' });
  await set({ site_name: 'An honest bookshop of a very long name, with tea, at the corner of a street', logo: '', contact: '/contact.html' });
  await page.goto(`${site}/cgi-bin/callback.cgi?code=x&state=y`);
  await look(page, 'face-long');
  is(`${await page.textContent('.footer a')} ${await page.getAttribute('.footer a', 'href')}`, 'Contact /contact.html', 'a page to contact the owner');
  await set({ site_name: '' });
  await page.goto(`${site}/cgi-bin/callback.cgi?code=x&state=y`);
  is(await page.getAttribute('.site__logo', 'alt'), new URL(site).host, 'the logo alone is named after the host');
  await look(page, 'face-logo');
  await set({ site_name: '', logo: '', theme_color: '', custom_css: '', links: '', icp: '', contact: '' });
  await page.goto(`${site}/cgi-bin/callback.cgi?code=x&state=y`);
  is(await page.locator('.site, .footer, link').count(), 0, 'without the settings: nothing of it');
  await look(page, 'face-none');
  await page.context().close();
}

await finish();
