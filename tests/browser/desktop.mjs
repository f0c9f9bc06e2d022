// A computer and a phone: the phone scans the code on the computer's screen and is asked, and the computer's page continues by
// itself; with and without scripts; a refusal; an old code; the link in another browser. Three languages, light and dark.
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { browser, desktop, finish, is, look, ok, phone, site } from './tools.mjs';

const title = (page) => page.textContent('h1');
const inWechat = { ...phone, userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.50' };
const onPhone = { ...phone, userAgent: 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36' };

// Reads the QR code from a screenshot, as a phone's camera does.
async function scan(page) {
  const file = path.join(os.tmpdir(), `wechat-qr-${process.pid}-${Math.random().toString(36).slice(2)}.png`);
  await writeFile(file, await page.locator('svg.qr').screenshot());
  try { return execFileSync('zbarimg', ['--quiet', '--raw', file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim(); } finally { execFileSync('rm', ['-f', file]); }
}

async function signInOnPhone(page, link, person) {
  await page.goto(link);
  await page.click(`#${person}`);
  await page.waitForURL((url) => url.href.startsWith(`${site}/cgi-bin/confirm.cgi`));
}

// Checks the page at its own width; if `both` is set, also at the width of the other device.
async function lookAt(page, name, both) {
  await look(page, name);
  if (!both) return;
  const own = page.viewportSize();
  await page.setViewportSize(own.width < 600 ? desktop.viewport : phone.viewport);
  await look(page, `${name}-${own.width < 600 ? 'wide' : 'narrow'}`);
  await page.setViewportSize(own);
}

const cases = [
  { name: 'zh_CN', light: 'light', locale: 'zh-CN', code: '微信登录', ask: '要在这台电脑上登录吗？', done: '电脑已登录', open: '请在微信里打开' },
  { name: 'zh_TW', light: 'dark', locale: 'zh-TW', code: '微信登入', ask: '要在這台電腦上登入嗎？', done: '電腦已登入', open: '請在微信裡開啟' },
  { name: 'en', both: true, light: 'light', locale: 'en-US', code: 'Sign in with WeChat', ask: 'Sign in on this computer?', done: 'Signed in on the computer', open: 'Please open this in WeChat' },
  { name: 'dark-en', light: 'dark', locale: 'en-US', code: 'Sign in with WeChat', ask: 'Sign in on this computer?', done: 'Signed in on the computer', open: 'Please open this in WeChat' },
];

for (const c of cases) {
  const options = { locale: c.locale, colorScheme: c.light };
  const computer = await browser.newContext({ ...desktop, ...options });
  const screen = await computer.newPage();
  const policy = [];
  screen.on('console', (message) => { if (/Content Security Policy/.test(message.text())) policy.push(message.text()); });
  await screen.goto(`${site}/cgi-bin/me.cgi`);
  is(await title(screen), c.code, `${c.name}: the computer shows a code`);
  await lookAt(screen, `desktop-${c.name}-code`, c.both);
  const link = await scan(screen);
  is(link, await screen.evaluate(() => document.getElementById('link').textContent), `${c.name}: a phone can read the link from it`);

  const handset = await browser.newContext({ ...inWechat, ...options });
  const hand = await handset.newPage();
  await signInOnPhone(hand, link, 'xiaoming');
  is(await title(hand), c.ask, `${c.name}: the phone is asked`);
  is(await hand.textContent('#number'), await screen.textContent('#number'), `${c.name}: both show one number`);
  await lookAt(hand, `phone-${c.name}-confirm`, c.both);
  await hand.click('button[value=yes]');
  is(await title(hand), c.done, `${c.name}: the phone confirms`);
  await lookAt(hand, `phone-${c.name}-confirmed`, c.both);
  await screen.waitForURL(`${site}/cgi-bin/me.cgi`);
  ok((await title(screen)).includes('小明'), `${c.name}: the computer's page continues by itself, signed in`);
  is(policy.join('\n'), '', `${c.name}: the policy refused nothing`);

  const ordinary = await browser.newContext({ ...onPhone, ...options });
  const other = await ordinary.newPage();
  await other.goto(`${site}/cgi-bin/login.cgi`);
  is(await title(other), c.open, `${c.name}: a phone’s ordinary browser is sent to WeChat`);
  await lookAt(other, `phone-${c.name}-inwechat`, c.both);
  await Promise.all([computer, handset, ordinary].map((context) => context.close()));
}

// A refusal, with the computer's window as narrow as a phone.
{
  const computer = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'en-US' });
  const screen = await computer.newPage();
  await screen.goto(`${site}/cgi-bin/login.cgi`);
  await look(screen, 'desktop-narrow-code');
  const handset = await browser.newContext({ ...inWechat, locale: 'en-US' });
  const hand = await handset.newPage();
  await signInOnPhone(hand, await scan(screen), 'john');
  await look(hand, 'phone-en-confirm-john');
  await hand.click('button[value=no]');
  is(await title(hand), 'Not signed in', 'no: the phone shows the result');
  await lookAt(hand, 'phone-en-notconfirmed', true);
  await screen.waitForSelector('text=Your phone said no');
  await lookAt(screen, 'desktop-narrow-declined', true);
  await screen.click('a.weui-btn_primary');
  is(await title(screen), 'Sign in with WeChat', 'and the computer can show a new code');
  await hand.goto(hand.url());
  is(await title(hand), 'Sign in on this computer?', 'the old question can be opened');
  await hand.click('button[value=yes]');
  is(await title(hand), 'This code is of no more use', 'but is answered already');
  await lookAt(hand, 'phone-en-scanagain', true);
  await computer.close();
  await handset.close();
}

// Another browser learns nothing, and the waiting page asks less and less often.
{
  const computer = await browser.newContext({ ...desktop, locale: 'en-US' });
  const screen = await computer.newPage();
  const asked = [];
  screen.on('request', (request) => { if (request.url().endsWith('format=json')) asked.push(Date.now()); });
  await screen.goto(`${site}/cgi-bin/login.cgi`);
  const link = await scan(screen);
  const stranger = await browser.newContext({ ...desktop, locale: 'en-US' });
  const theirs = await stranger.newPage();
  await theirs.goto(`${site}/cgi-bin/desktop.cgi?wait=1`);
  is(await title(theirs), 'Please tap to sign in', 'a browser without the cookie does not wait');
  await theirs.goto(link);
  is(await title(theirs), 'Please open this in WeChat', 'and the link of the code opens nothing there');
  while (asked.length < 5) await screen.waitForRequest((request) => request.url().endsWith('format=json'));
  const gaps = asked.slice(1).map((time, i) => time - asked[i]);
  ok(gaps.every((gap, i) => i === 0 || gap > gaps[i - 1]), `the computer asks less and less often: ${gaps.join(', ')} ms`);
  const handset = await browser.newContext({ ...inWechat, locale: 'en-US' });
  const hand = await handset.newPage();
  await signInOnPhone(hand, link, 'john');
  await hand.click('button[value=yes]');
  await theirs.goto(`${site}/cgi-bin/desktop.cgi?wait=1`);
  is(await title(theirs), 'Please tap to sign in', 'not even after the phone has confirmed');
  await screen.waitForURL(`${site}/cgi-bin/me.cgi`);
  ok((await stranger.cookies()).every(({ name }) => name !== 'wx_session'), 'the stranger is not signed in');
  await screen.goBack();
  await screen.goto(`${site}/cgi-bin/desktop.cgi?wait=1`);
  is(await title(screen), 'Please tap to sign in', 'the computer can use the answer once');
  await Promise.all([computer, stranger, handset].map((context) => context.close()));
}

// Without JavaScript on either side.
{
  const computer = await browser.newContext({ ...desktop, locale: 'en-US', javaScriptEnabled: false });
  const screen = await computer.newPage();
  await screen.goto(`${site}/cgi-bin/me.cgi`);
  const handset = await browser.newContext({ ...inWechat, locale: 'en-US', javaScriptEnabled: false });
  const hand = await handset.newPage();
  await signInOnPhone(hand, await scan(screen), 'john');
  await hand.click('button[value=yes]');
  await screen.waitForURL(`${site}/cgi-bin/me.cgi`);
  is(await screen.title(), `John Smith’s page · ${new URL(site).host}`, 'without JavaScript: the page reloads by itself, signed in');
  await computer.close();
  await handset.close();
}

await finish();
