// Consent, personal page, sign-out; refusal; forgetting; in each language, on phone and desktop, light and dark. axe-core
// checks each page; screenshots in build/screenshots.
import { browser, desktop, finish, is, leads, look, ok, phone, sim, site } from './tools.mjs';

const title = (page) => page.textContent('h1');
const settled = (page, start) => page.waitForURL((url) => url.href.startsWith(start));

const cases = [
  { name: 'phone-zh_CN', options: { ...phone, locale: 'zh-CN', colorScheme: 'light' }, signedIn: '已登录：', copied: '已复制', title: '小明的个人主页', out: '已退出登录', refused: '登录已取消', forgotten: '您的资料已删除' },
  { name: 'phone-dark-zh_TW', options: { ...phone, locale: 'zh-TW', colorScheme: 'dark' }, signedIn: '已登入：', copied: '已複製', title: '小明的個人頁面', out: '已登出', refused: '登入已取消', forgotten: '您的資料已刪除' },
  { name: 'desktop-en', options: { ...desktop, locale: 'en-US', colorScheme: 'light' }, signedIn: 'Signed in: ', copied: 'Copied', title: '小明’s page', out: 'You are signed out', refused: 'Sign-in was cancelled', forgotten: 'Your data has been deleted' },
  { name: 'desktop-dark-en', options: { ...desktop, locale: 'en-US', colorScheme: 'dark' }, signedIn: 'Signed in: ', copied: 'Copied', title: '小明’s page', out: 'You are signed out', refused: 'Sign-in was cancelled', forgotten: 'Your data has been deleted' },
];

for (const c of cases) {
  const context = await browser.newContext({ ...c.options, javaScriptEnabled: true });
  const page = await context.newPage();
  const foreign = [];
  page.on('request', (request) => {
    if (![site, sim].some((own) => request.url().startsWith(own))) foreign.push(request.url());
  });
  const refusedByPolicy = [];
  page.on('console', (message) => { if (/Content Security Policy/.test(message.text())) refusedByPolicy.push(message.text()); });

  await page.goto(`${site}/cgi-bin/me.cgi`);
  ok(page.url().startsWith(`${sim}/connect/oauth2/authorize`), `${c.name}: not signed in, so to WeChat`);
  await look(page, `${c.name}-consent`);
  await page.click('#refuse');
  await settled(page, `${site}/cgi-bin/callback.cgi`);
  is(await title(page), c.refused, `${c.name}: refused, and a page says so`);
  await look(page, `${c.name}-refused`);
  await page.click('a.weui-btn_primary');
  await page.click('#xiaoming');
  await settled(page, `${site}/cgi-bin/me.cgi`);
  is(await page.title(), `${c.title} · ${new URL(site).host}`, `${c.name}: the personal page's title`);
  is(await page.evaluate(() => document.querySelector('img').naturalWidth), 132, `${c.name}: the avatar is shown`);
  const dark = c.options.colorScheme === 'dark';
  const light = await page.evaluate(() => Number(getComputedStyle(document.body).backgroundColor.match(/\d+/)[0]) > 128);
  is(light, !dark, `${c.name}: ${dark ? 'dark' : 'light'} as the device asks`);
  await look(page, `${c.name}-me`);
  await page.keyboard.press('Tab');
  const outlined = await page.evaluate(() => `${document.activeElement.tagName} ${getComputedStyle(document.activeElement).outlineStyle}`);
  is(outlined, 'SUMMARY solid', `${c.name}: the keyboard's focus is visible`);
  await page.click('details:has(.identifier) summary');
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: site });
  await page.click('.copy');
  is(await page.evaluate(() => navigator.clipboard.readText()), await page.textContent('.identifier'), `${c.name}: the openid is copied`);
  is(await page.textContent('.copy'), c.copied, `${c.name}: and the button says so`);
  await page.click('details:has(#display_name) summary');
  await look(page, `${c.name}-me-open`);
  await page.fill('#display_name', '读书人阿明');
  await leads(page, () => page.click('.naming button'));
  is(await title(page), '读书人阿明', `${c.name}: a name of one's own`);
  await look(page, `${c.name}-me-named`);
  await page.click('details:has(#display_name) summary');
  await page.evaluate(() => { document.querySelector('#display_name').removeAttribute('maxlength'); });
  await page.fill('#display_name', 'x'.repeat(65));
  await leads(page, () => page.click('.naming button'));
  is(await page.isVisible('#flaw'), true, `${c.name}: one that is too long is refused, in the open form`);
  await look(page, `${c.name}-me-refused`);
  await page.fill('#display_name', '');
  await leads(page, () => page.click('.naming button'));
  is(await page.title(), `${c.title} · ${new URL(site).host}`, `${c.name}: none: the nickname`);

  await page.goto(`${site}/cgi-bin/logout.cgi`);
  await look(page, `${c.name}-signout`);
  await page.click('button');
  await settled(page, `${site}/cgi-bin/logout.cgi`);
  is(await title(page), c.out, `${c.name}: signed out`);
  await look(page, `${c.name}-signedout`);
  const cookies = await context.cookies();
  is(cookies.length, 0, `${c.name}: no cookie is left`);

  await page.click('a.weui-btn_primary');
  await page.click('#ann');
  await settled(page, `${site}/cgi-bin/me.cgi`);
  is(await title(page), '🌸<b>Ann</b> "O\'Neil" & 👩‍👩‍👧', `${c.name}: markup in a nickname is text`);
  is(await page.locator('main b').count(), 0, `${c.name}: and no element`);
  await look(page, `${c.name}-me-markup`);
  await page.click('a[href*="forget"]');
  await look(page, `${c.name}-forget`);
  await page.click('button');
  is(await title(page), c.forgotten, `${c.name}: forgotten`);
  await look(page, `${c.name}-forgotten`);
  await page.goto(`${site}/cgi-bin/callback.cgi`);
  await look(page, `${c.name}-error`);
  await page.goto(`${site}/cgi-bin/login.cgi`);
  await page.click('#snapshot');
  await look(page, `${c.name}-snapshot`);
  await page.goto(`${site}/cgi-bin/login.cgi`);
  await page.click('#nobody');
  await look(page, `${c.name}-me-nobody`);
  await page.goto(`${sim}/control`);
  await look(page, `${c.name}-control`);
  await page.goto(`${site}/`);
  await page.waitForSelector(`.who:text-matches("^${c.signedIn}")`);
  is(await page.locator('main').count(), 1, `${c.name}: a static page learns from validate.cgi who is signed in, and says it in one language`);
  await look(page, `${c.name}-start`);
  is(foreign.length, 0, `${c.name}: no foreign host`);
  is(refusedByPolicy.join('\n'), '', `${c.name}: the policy refused nothing`);
  await context.close();
}

// The same without JavaScript.
{
  const context = await browser.newContext({ ...phone, locale: 'en-US', javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${site}/cgi-bin/me.cgi`);
  await page.click('#john');
  is(await page.title(), `John Smith’s page · ${new URL(site).host}`, 'without JavaScript: signed in');
  await page.click('details:has(.identifier) summary');
  is(await page.isVisible('.identifier'), true, 'without JavaScript: the openid is shown');
  is(await page.locator('.copy:visible').count(), 0, 'without JavaScript: and nothing to copy it');
  await page.click('form[action*=logout] button');
  is(await title(page), 'You are signed out', 'without JavaScript: signed out');
  await context.close();
}

// WeChat opens the callback twice; cookies are lost on the way.
{
  const switches = async (body) => fetch(`${sim}/control?format=json`, {
    method: 'POST', headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ reset: 'all', ...body }),
  });
  await switches({ double_callback: '1' });
  const context = await browser.newContext({ locale: 'en-US' });
  const page = await context.newPage();
  await page.goto(`${site}/cgi-bin/login.cgi`);
  await page.click('#john');
  await page.click('#go');
  await settled(page, `${site}/cgi-bin/me.cgi`);
  is(await page.title(), `John Smith’s page · ${new URL(site).host}`, 'a double callback: signed in');
  await context.clearCookies();
  await switches({ lost_cookie: '1' });
  await page.goto(`${site}/cgi-bin/login.cgi`);
  await page.click('#john');
  await switches({});
  await page.click('#john');
  await settled(page, `${site}/cgi-bin/me.cgi`);
  is(await page.title(), `John Smith’s page · ${new URL(site).host}`, 'a lost cookie: asked again by itself, then signed in');
  await context.close();
}

await finish();
