// The pages for those who may not come in, and the sessions of a person: in each language, on phone and desktop, light and dark.
import { browser, desktop, finish, is, look, phone, site } from './tools.mjs';

const wechat = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.50(0x18003237) Language/zh_CN';
const title = (page) => page.textContent('h1');

const cases = [
  { name: 'people-phone-zh_CN', options: { ...phone, locale: 'zh-CN', colorScheme: 'light', userAgent: wechat }, waiting: '等待站长同意', follow: '请先关注公众号', blocked: '您无法登录本站', own: '当前设备' },
  { name: 'people-phone-dark-zh_TW', options: { ...phone, locale: 'zh-TW', colorScheme: 'dark', userAgent: wechat }, waiting: '等候站長同意', follow: '請先關注官方帳號', blocked: '您無法登入本站', own: '目前裝置' },
  { name: 'people-desktop-en', options: { ...desktop, locale: 'en-US', colorScheme: 'light' }, waiting: 'Waiting for approval', follow: 'Please follow the account first', blocked: 'You cannot sign in to this site', own: 'This browser' },
  { name: 'people-desktop-dark-en', options: { ...desktop, locale: 'en-US', colorScheme: 'dark' }, waiting: 'Waiting for approval', follow: 'Please follow the account first', blocked: 'You cannot sign in to this site', own: 'This browser' },
];

async function signIn(options, url, person, end) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.goto(`${url}/cgi-bin/login.cgi`);
  await page.click(`#${person}`);
  await page.waitForURL((now) => now.href.startsWith(`${url}/cgi-bin/${end}`));
  return page;
}

for (const c of cases) {
  let page = await signIn(c.options, process.env.WAITING_URL, 'xiaoming', 'callback.cgi');
  is(await title(page), c.waiting, `${c.name}: a newcomer waits`);
  await look(page, `${c.name}-waiting`);
  await page.click('a.weui-btn_primary');
  is(await page.locator('#xiaoming').count(), 1, `${c.name}: the button tries again`);
  await page.context().close();

  page = await signIn(c.options, process.env.FOLLOWERS_URL, 'lin', 'callback.cgi');
  is(await title(page), c.follow, `${c.name}: who does not follow is asked to`);
  await look(page, `${c.name}-follow`);
  await page.context().close();

  page = await signIn(c.options, site, 'ann', 'callback.cgi');
  is(await title(page), c.blocked, `${c.name}: who is blocked is told so`);
  is(await page.locator('main .weui-btn').count(), 0, `${c.name}: without a button`);
  await look(page, `${c.name}-blocked`);
  await page.context().close();

  const other = await signIn({ ...desktop, userAgent: 'Mozilla/5.0 (Windows NT 10.0) Chrome/126.0.0.0 Safari/537.36' }, site, 'meimei', 'me.cgi');
  const third = await signIn({ ...phone, userAgent: wechat }, site, 'meimei', 'me.cgi');
  page = await signIn(c.options, site, 'meimei', 'me.cgi');
  is(await page.locator('.lines .line').count(), 3, `${c.name}: three sessions`);
  is(await page.textContent('.lines .line:first-child .own'), c.own, `${c.name}: this one is the first`);
  await look(page, `${c.name}-sessions`);
  await page.locator('.lines .end').last().click();
  is(await page.locator('.lines .line').count(), 2, `${c.name}: one is ended`);
  await other.reload();
  is(other.url().startsWith(`${site}/cgi-bin/me.cgi`), false, `${c.name}: that computer is signed out`);
  await page.click('form.actions:has(input[value=end_others]) button');
  is(await page.locator('.lines .line').count(), 1, `${c.name}: all others are ended`);
  await third.reload();
  is(third.url().startsWith(`${site}/cgi-bin/me.cgi`), false, `${c.name}: the phone, too`);
  await page.click('form[action*=logout] button');
  for (const one of [page, other, third]) await one.context().close();
}

await finish();
