// The Vue app. From its dev server: signed in with a ticket; any origin, this origin, a refused origin. Built: signed in with the
// site's cookie. And its messages when something fails.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { browser, desktop, finish, is, look, ok, phone, sim, site } from './tools.mjs';

// The dev server as a phone in the local network reaches it: not at a loopback address, so without a secure context.
const dev = process.env.DEV_URL.replace('127.0.0.1', '192.168.1.5');
const kit = process.env.KIT_FOLDER;
const title = (page) => page.textContent('h1');
const says = (page, text) => page.getByRole('heading', { name: text, exact: true }).waitFor();
const validate = async (token) => (await fetch(`${site}/cgi-bin/validate.cgi`, { headers: { Authorization: `Bearer ${token}` } })).status;
const allImages = (page) => page.waitForFunction(() => [...document.images].every((image) => image.complete && image.naturalWidth));
const tokenOf = (page) => page.evaluate(() => sessionStorage.getItem('wx_token'));
const filesUnder = (folder) => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));

function setConf(name, value) {
  const file = path.join(kit, 'wechat.conf');
  writeFileSync(file, readFileSync(file, 'utf8').replace(new RegExp(`^${name} = .*$`, 'm'), `${name} = ${value}`));
}
const setOrigins = (origins) => setConf('dev_origins', origins);

// All addresses in the tab's history.
async function history(page) {
  const session = await page.context().newCDPSession(page);
  const { entries } = await session.send('Page.getNavigationHistory');
  await session.detach();
  return entries.map(({ url }) => url);
}

async function signIn(page, person, address = `${dev}/`) {
  await page.goto(address);
  await page.click('.weui-btn_primary');
  await page.waitForURL((url) => url.href.startsWith(sim));
  await page.click(`#${person}`);
  if (address.startsWith(dev)) await page.click('#allow');
  await page.waitForURL((url) => url.href.startsWith(new URL(address).origin));
}

const chinese = { title: '我的', signIn: '微信登录', signOut: '退出登录', orders: '我的订单', detail: '一张等您付款', back: '回到列表', left: '已退出登录', expired: '本次登录已过期', ended: '登录已结束', unlisted: '这个页面不能登录', away: '连不上网站', missing: '页面不存在', refused: '这个页面不能登录' };
const taiwanese = { title: '我的', signIn: '使用微信登入', signOut: '登出', orders: '我的訂單', detail: '一張等您付款', back: '回到清單', left: '已登出', expired: '本次登入已逾時', ended: '登入已結束', unlisted: '這個頁面無法登入', away: '連不上網站', missing: '找不到這個頁面', refused: '這個頁面無法登入' };
const english = { title: 'My page', signIn: 'Sign in with WeChat', signOut: 'Sign out', orders: 'My orders', detail: 'one waits for your payment', back: 'Back to the list', left: 'You are signed out', expired: 'This sign-in has expired', ended: 'You are no longer signed in', unlisted: 'This page cannot sign in', away: 'The site cannot be reached', missing: 'Page not found', refused: 'This page cannot sign in' };
const cases = [
  { name: 'vue-phone-zh_CN', options: { ...phone, locale: 'zh-CN', colorScheme: 'light' }, words: chinese, origins: '*' },
  { name: 'vue-phone-dark-zh_TW', options: { ...phone, locale: 'zh-TW', colorScheme: 'dark' }, words: taiwanese, origins: dev },
  { name: 'vue-desktop-en', options: { ...desktop, locale: 'en-US', colorScheme: 'light' }, words: english, origins: `http://localhost:5173 ${dev}` },
  { name: 'vue-desktop-dark-zh_CN', options: { ...desktop, locale: 'zh-CN', colorScheme: 'dark' }, words: chinese, origins: '*', brief: true },
]; // brief: another case has the screenshots of failures

for (const { name, options, words, origins, brief } of cases) {
  setOrigins(origins);
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const foreign = [];
  const told = [];
  page.on('request', (request) => {
    if (![site, sim, dev].some((own) => request.url().startsWith(own)) && !request.url().startsWith('data:')) foreign.push(request.url());
    if (/wx_ticket|access_token/.test(request.url())) told.push(request.url());
  });
  page.on('pageerror', (fault) => ok(false, `${name}: ${fault}`));

  // Nobody is signed in; then the consent page; then back, without the ticket in address and history.
  await page.goto(`${dev}/?from=test`);
  is(await title(page), words.title, `${name}: nobody is signed in`);
  is(await page.textContent('button'), words.signIn, `${name}: a button says what to do`);
  await look(page, `${name}-nobody`);
  await page.click('button');
  await page.waitForURL((url) => url.href.startsWith(`${sim}/connect/oauth2/authorize`));
  await page.click('#xiaoming');
  await page.waitForURL((url) => url.href.startsWith(`${site}/cgi-bin/ticket.cgi?dev=`));
  is(await page.textContent('.setting'), dev, `${name}: the site asks, and names the page's origin`);
  await allImages(page);
  await look(page, `${name}-develop`);
  await page.click('#allow');
  await says(page, '小明');
  is(page.url(), `${dev}/?from=test`, `${name}: signed in on the page where it began, dev_origins = ${origins === '*' ? '*' : 'its origin'}`);
  is((await history(page)).filter((url) => /wx_ticket/.test(url)).join(), '', `${name}: the ticket is not in the history`);
  await allImages(page);
  is(await page.evaluate(() => document.querySelector('img').naturalWidth), 132, `${name}: the avatar is shown`);
  const light = await page.evaluate(() => Number(getComputedStyle(document.body).backgroundColor.match(/\d+/)[0]) > 128);
  is(light, options.colorScheme === 'light', `${name}: ${options.colorScheme} as the device asks`);

  // The list, with its badge and icons; an item; the way back.
  await page.waitForSelector('nav a');
  is(await page.locator('nav a').count(), 3, `${name}: three items`);
  is(await page.locator('nav a').first().locator('.weui-cell__bd').textContent(), words.orders, `${name}: in the visitor's language`);
  ok(/^2$/.test(await page.locator('.badge').textContent()), `${name}: two are unread`);
  await allImages(page);
  await page.mouse.move(0, 0);
  await look(page, `${name}-list`);
  await page.locator('nav a').first().click();
  await says(page, words.orders);
  is(page.url(), `${dev}/?from=test#/orders`, `${name}: an item has an address`);
  ok((await page.textContent('.item__detail')).includes(words.detail), `${name}: and its detail`);
  await allImages(page);
  await look(page, `${name}-detail`);
  await page.reload();
  await says(page, words.orders);
  ok(true, `${name}: a reload keeps the sign-in and the item`);
  await page.click(`text=${words.back}`);
  await says(page, '小明');
  await page.goBack();
  await says(page, words.orders);
  await page.goto(`${dev}/#/none`);
  await says(page, words.missing);
  is(await page.textContent('.weui-btn'), words.back, `${name}: an unknown item: back to the list`);
  if (!brief) await look(page, `${name}-missing`);
  await page.click('.weui-btn');
  await page.waitForSelector('nav a');

  // Another tab, opened by hand, is not signed in: each tab has its own token.
  const other = await context.newPage();
  await other.goto(`${dev}/`);
  is(await other.textContent('button'), words.signIn, `${name}: another tab is not signed in by itself`);
  await other.close();

  // Signing out ends the session.
  const token = await tokenOf(page);
  is(await validate(token), 200, `${name}: the token is valid`);
  await page.click(`text=${words.signOut}`);
  await says(page, words.left);
  is(await page.locator('[role=alert]').count(), 0, `${name}: signed out, and no complaint`);
  is(await page.title(), `${words.left} · ${new URL(site).host}`, `${name}: the title of the page and of the site`);
  await look(page, `${name}-left`);
  is(await validate(token), 401, `${name}: the token is no longer valid`);
  is(await page.evaluate(() => sessionStorage.length), 0, `${name}: nothing is left in the tab`);

  // A session that was ended elsewhere; then an origin that the site does not list.
  await signIn(page, 'john');
  await says(page, 'John Smith');
  await page.waitForSelector('nav a');
  await fetch(`${site}/cgi-bin/logout.cgi`, { method: 'POST', headers: { Authorization: `Bearer ${await tokenOf(page)}` }, body: new URLSearchParams() });
  await page.click('nav a');
  await says(page, words.ended);
  is(await tokenOf(page), null, `${name}: a token that is over is forgotten`);
  if (!brief) await look(page, `${name}-ended`);
  await page.click('.weui-btn_primary');
  await page.click('#john');
  await page.click('#allow');
  await says(page, words.orders);
  ok(true, `${name}: signed in again, at the item that was asked for`);
  setOrigins('http://192.168.1.5:5173');
  await page.reload();
  await says(page, words.unlisted);
  is(await page.textContent('.setting'), `dev_origins = ${dev}`, `${name}: not listed: what the owner can do`);
  if (!brief) await look(page, `${name}-unlisted`);
  setOrigins(origins);
  await page.click('.weui-btn_primary');
  await says(page, words.orders);
  ok(true, `${name}: listed again: signed in as before`);
  is(foreign.join(), '', `${name}: no foreign host`);
  is(told.join(), '', `${name}: no request has a ticket or token in its address`);
  await context.close();
}

// A refused origin: the site's own page says so and does not redirect.
for (const { name, options, words } of cases.slice(0, 3)) {
  setOrigins('http://192.168.1.5:5173');
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.goto(`${dev}/`);
  const [answer] = await Promise.all([page.waitForResponse((response) => response.url().includes('/login.cgi?dev=')), page.click('.weui-btn_primary')]);
  await says(page, words.refused);
  is(`${answer.status()} ${answer.headers().location}`, '403 undefined', `${name}: refused, without a redirect`);
  ok(page.url().startsWith(`${site}/cgi-bin/login.cgi?dev=`), `${name}: by a page of the site`);
  is(await page.textContent('.setting'), `dev_origins = ${dev}`, `${name}: which names the setting`);
  if (words === chinese) await look(page, `${name}-refused`);
  await context.close();
}
setOrigins('*');

// Tickets that were used before, that are too late, or that this tab did not request.
for (const [what, meddle] of Object.entries({
  'used twice': (route) => route.fetch(),
  late: () => {
    for (const file of filesUnder(path.join(kit, 'wechat-state/tickets'))) {
      const [head, form] = readFileSync(file, 'utf8').split(/\n([^]*)/);
      const fields = head.split(' ');
      for (const i of [1, 2]) fields[i] -= 61;
      const text = fields.slice(0, 4).join(' ');
      writeFileSync(file, `${text} ${createHash('sha256').update(`${text} ${form}`).digest('hex')}\n${form}`);
    }
  },
})) {
  const context = await browser.newContext({ ...phone, locale: 'zh-CN' });
  const page = await context.newPage();
  let answered;
  page.on('response', (response) => { if (response.url().endsWith('/ticket.cgi')) answered = response.status(); });
  await page.route('**/cgi-bin/ticket.cgi', async (route) => { await meddle(route); await route.continue(); });
  await signIn(page, 'xiaoming', `${dev}/#/orders`);
  await says(page, chinese.expired);
  is(answered, 410, `a ticket ${what}: refused`);
  is(page.url(), `${dev}/#/orders`, `a ticket ${what}: removed from the address nevertheless`);
  if (what === 'late') await look(page, 'vue-phone-zh_CN-expired');
  await page.unroute('**/cgi-bin/ticket.cgi');
  await page.click('.weui-btn_primary');
  await page.click('#xiaoming');
  await page.click('#allow');
  await says(page, chinese.orders);
  ok(true, `a ticket ${what}: signing in again helps, and the place is kept`);
  await context.close();
}
{
  const context = await browser.newContext({ ...phone, locale: 'zh-CN' });
  const page = await context.newPage();
  await page.goto(`${site}/cgi-bin/login.cgi?dev=${encodeURIComponent(`${dev}/`)}`);
  const redeemed = [];
  page.on('request', (request) => { if (request.url().endsWith('/ticket.cgi')) redeemed.push(request.method()); });
  await page.click('#xiaoming');
  await page.click('#allow');
  await says(page, chinese.expired);
  is(redeemed.join(), '', 'a ticket that this tab did not ask for is not used');
  is(await tokenOf(page), null, 'and signs nobody in');
  is(page.url(), `${dev}/`, 'and is removed from the address');
  await context.close();
}

// A site with outside_wechat = qr: a phone scans the code, and the computer returns to the page.
{
  setConf('outside_wechat', 'qr');
  const computer = await browser.newContext({ ...desktop, locale: 'zh-CN' });
  const screen = await computer.newPage();
  await screen.goto(`${dev}/#/orders`);
  await screen.click('.weui-btn_primary');
  const link = await screen.textContent('#link');
  const handset = await browser.newContext({ ...phone, locale: 'zh-CN', userAgent: `${phone.userAgent ?? 'Mozilla/5.0'} MicroMessenger/8.0.50` });
  const hand = await handset.newPage();
  await hand.goto(link);
  await hand.click('#xiaoming');
  await hand.click('button[value=yes]');
  await screen.click('#allow');
  await says(screen, chinese.orders);
  is(screen.url(), `${dev}/#/orders`, 'a computer signed in by a phone is back on the page');
  await hand.goto(`${dev}/`);
  await hand.click('.weui-btn_primary');
  await hand.click('#xiaoming');
  await hand.click('#allow');
  await says(hand, '小明');
  ok(true, 'a page under development is signed in within WeChat');
  await computer.close();
  await handset.close();
  setConf('outside_wechat', 'both');
}

// The module alone, as another app uses it.
{
  const context = await browser.newContext({ locale: 'en-US' });
  const page = await context.newPage();
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  await page.route('**/cgi-bin/ticket.cgi', async (route) => { await held; await route.continue(); });
  await signIn(page, 'xiaoming');
  const ask = (program) => page.evaluate(async (path) => {
    const { useWechat } = await import('/src/useWechat.js');
    const { call, error } = useWechat();
    return [await call(path), error.value];
  }, program);
  const early = ask('list.cgi?format=json');
  release();
  is((await early)[0]?.items.length, 3, 'a call made before the sign-in is complete waits for it');
  is((await ask('list.cgi?format=json&item=none')).join(), ',not_found', 'a failed call returns nothing, and sets the error');
  is((await ask('logout.cgi')).join(), ',system', 'so does an answer that is not JSON');
  is((await ask('validate.cgi'))[1], null, 'a successful call clears it');
  setConf('list', 'none.json');
  await page.reload();
  await says(page, 'This site is not set up yet');
  ok((await page.textContent('[role=alert]')).includes('error log'), 'a mistake in the settings: the page says where to find the reason');
  setConf('list', 'list.json');
  await page.click('.weui-btn_primary');
  await page.waitForSelector('nav a');
  await context.close();
}

// Built: a page of the site, in its own folder, with the cookie alone.
for (const { name, options, words } of cases.slice(0, 3)) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const elsewhere = [];
  page.on('request', (request) => { if (![site, sim].some((own) => request.url().startsWith(own)) && !request.url().startsWith('data:')) elsewhere.push(request.url()); });
  page.on('pageerror', (fault) => ok(false, `${name}, built: ${fault}`));
  await page.goto(`${site}/app/`);
  is(await page.textContent('button'), words.signIn, `${name}, built: nobody is signed in`);
  await signIn(page, 'xiaoming', `${site}/app/#/orders`);
  await says(page, words.orders);
  is(page.url(), `${site}/app/#/orders`, `${name}, built: signed in where it began`);
  await page.click(`text=${words.back}`);
  await says(page, '小明');
  await page.waitForSelector('nav a');
  await allImages(page);
  await page.mouse.move(0, 0);
  await look(page, `${name}-built`);
  is(await page.evaluate(() => sessionStorage.length + localStorage.length + document.cookie.length), 0, `${name}, built: a script can read neither token nor cookie`);
  const tab = await context.newPage();
  await tab.goto(`${site}/app/`);
  await says(tab, '小明');
  await tab.close();
  const { value } = (await context.cookies()).find((cookie) => cookie.name === 'wx_session');
  await page.click(`text=${words.signOut}`);
  await page.waitForSelector(`text=${words.signIn}`);
  is(await validate(value), 401, `${name}, built: signed out`);
  is((await context.cookies()).length, 0, `${name}, built: no cookie is left`);
  is(elsewhere.join(), '', `${name}, built: nothing from elsewhere`);
  if (words === english) {
    await signIn(page, 'john', `${site}/app/`);
    await page.route('**/logout.cgi', async (route) => {
      const headers = await route.request().allHeaders();
      if (headers['sec-fetch-mode'] === 'navigate') return route.continue();
      delete headers['sec-fetch-site'];
      return route.fulfill({ response: await route.fetch({ headers }) });
    });
    await page.click(`text=${words.signOut}`);
    await says(page, 'Sign out?');
    ok(true, `${name}, built: in a browser without Sec-Fetch-Site, the site asks`);
  }
  await context.close();
}
const built = filesUnder(path.join(kit, 'www/app')).map((file) => readFileSync(file, 'utf8')).join('\n');
ok(built.includes('validate.cgi'), 'the built files are the app');
ok(!/127\.0\.0\.1|localhost|wx_to|wx_fragment|ticket|Bearer/.test(built), 'and hold no host, ticket or token');

// The site becomes unreachable.
{
  const opened = [];
  for (const { name, options, words } of cases.slice(0, 3)) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    await signIn(page, 'xiaoming');
    await says(page, '小明');
    const stranger = await context.newPage();
    await stranger.goto(`${dev}/`);
    const built = await context.newPage();
    await built.goto(`${site}/app/`);
    await built.waitForSelector('nav a');
    opened.push({ name, context, page, stranger, built, words });
  }
  process.kill(Number(readFileSync(path.join(kit, 'apache.pid'), 'utf8')));
  while (await fetch(`${site}/`).then(() => true, () => false));
  for (const { name, context, page, stranger, built, words } of opened) {
    await page.click(`text=${words.signOut}`);
    await says(page, words.away);
    is((await tokenOf(page))?.length, 43, `${name}: not signed out while the site is unreachable`);
    await page.reload();
    await says(page, words.away);
    const text = await page.textContent('[role=alert]');
    ok(text.includes(site) && text.includes('make demo'), `${name}: the site is away: which, and what to do`);
    await look(page, `${name}-away`);
    await stranger.click('.weui-btn_primary');
    await says(stranger, words.away);
    is(stranger.url(), `${dev}/`, `${name}: no redirect to an unreachable site`);
    await built.click('nav a');
    await says(built, words.away);
    ok(!(await built.textContent('[role=alert]')).includes('make demo'), `${name}, built: says so without mentioning make demo`);
    await context.close();
  }
}

await finish();
