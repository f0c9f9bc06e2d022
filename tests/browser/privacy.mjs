// The question for consent on the way to WeChat, which a browser's policy must let through; the box on the page for a code; the privacy
// page; the download. Three languages, phone and desktop, light and dark, with and without scripts.
import { readFile } from 'node:fs/promises';
import { browser, desktop, finish, is, look, ok, phone, sim, site } from './tools.mjs';

const title = (page) => page.textContent('h1');
const settled = (page, start) => page.waitForURL((url) => url.href.startsWith(start));

const cases = [
  { name: 'phone-zh_CN', options: { ...phone, locale: 'zh-CN', colorScheme: 'light' }, consent: '同意保存登录资料吗？', refused: '登录已取消', me: '小明的个人主页', privacy: '隐私说明', download: '下载我的资料', gone: '您的资料已删除' },
  { name: 'phone-dark-zh_TW', options: { ...phone, locale: 'zh-TW', colorScheme: 'dark' }, consent: '同意儲存登入資料嗎？', refused: '登入已取消', me: '小明的個人頁面', privacy: '隱私權說明', download: '下載我的資料', gone: '您的資料已刪除' },
  { name: 'desktop-en', options: { ...desktop, locale: 'en-US', colorScheme: 'light', javaScriptEnabled: false }, consent: 'Store your sign-in data?', refused: 'Sign-in was cancelled', me: '小明’s page', privacy: 'Privacy', download: 'Download my data', gone: 'Your data has been deleted' },
  { name: 'desktop-dark-en', options: { ...desktop, locale: 'en-US', colorScheme: 'dark' }, consent: 'Store your sign-in data?', refused: 'Sign-in was cancelled', me: '小明’s page', privacy: 'Privacy', download: 'Download my data', gone: 'Your data has been deleted' },
];

for (const c of cases) {
  const context = await browser.newContext({ ...c.options, acceptDownloads: true });
  const page = await context.newPage();
  const policy = [];
  page.on('console', (message) => { if (/Content Security Policy/.test(message.text())) policy.push(message.text()); });
  const see = (name) => (c.options.javaScriptEnabled === false ? undefined : look(page, `privacy-${c.name}-${name}`));

  await page.goto(`${site}/cgi-bin/me.cgi`);
  is(await title(page), c.consent, `${c.name}: asked before WeChat`);
  await see('consent');
  await page.click('button[value=no]');
  is(await title(page), c.refused, `${c.name}: not now`);
  await page.goto(`${site}/cgi-bin/me.cgi`);
  await page.click('main a');
  is(await title(page), c.privacy, `${c.name}: the privacy page`);
  await see('privacy');
  await page.goBack();
  await page.click('button[value=yes]');
  ok(page.url().startsWith(`${sim}/connect/oauth2/authorize`), `${c.name}: agreed, and to WeChat`);
  await page.click('#xiaoming');
  await settled(page, `${site}/cgi-bin/me.cgi`);
  is(await page.title(), `${c.me} · ${new URL(site).host}`, `${c.name}: signed in`);
  await see('me');
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(`text=${c.download}`)]);
  is(download.suggestedFilename(), 'my-data.json', `${c.name}: the download has a name`);
  is(JSON.parse(await readFile(await download.path(), 'utf8')).user.nickname, '小明', `${c.name}: and what is stored`);
  const cookies = await context.cookies();
  const wanted = cookies.find(({ name }) => name === 'wx_consent');
  ok(wanted?.httpOnly && wanted.sameSite === 'Lax', `${c.name}: the cookie is for the site alone`);
  await page.click('a[href*="forget"]');
  await see('delete');
  await page.click('button');
  is(await title(page), c.gone, `${c.name}: deleted`);

  await page.goto(`${site}/cgi-bin/code.cgi`);
  await see('code');
  await page.fill('#code', '123456');
  await page.click('button.weui-btn_primary');
  ok(await page.isVisible('#code') && await page.evaluate(() => document.querySelector('[name=agree]').validity.valueMissing), `${c.name}: the browser wants the box ticked`);
  await page.check('[name=agree]');
  await page.click('button.weui-btn_primary');
  ok(await page.isVisible('#flaw'), `${c.name}: and then sends the form`);
  is(policy.join(), '', `${c.name}: the policy refuses nothing`);
  await context.close();
}
await finish();
