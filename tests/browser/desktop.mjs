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

// Reads the QR code from a picture, as a phone's camera does; "": it cannot be read.
async function read(picture) {
  const file = path.join(os.tmpdir(), `wechat-qr-${process.pid}-${Math.random().toString(36).slice(2)}.png`);
  await writeFile(file, picture);
  try {
    return execFileSync('zbarimg', ['--quiet', '--raw', file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch { return ''; } finally { execFileSync('rm', ['-f', file]); }
}
const scan = async (page) => read(await page.locator('svg.qr').screenshot());

// The picture as a camera sees it from so far away that it is `width` pixels wide; enlarged, since zbarimg looks for large codes.
async function seenAs(page, width) {
  const picture = (await page.locator('svg.qr').screenshot()).toString('base64');
  const camera = await page.context().newPage(); // the page's own policy allows no such picture
  return Buffer.from(await camera.evaluate(async ([png, small]) => {
    const image = new Image();
    image.src = `data:image/png;base64,${png}`;
    await image.decode();
    const draw = (from, size) => {
      const canvas = document.createElement('canvas');
      canvas.width = canvas.height = size;
      const context = canvas.getContext('2d');
      context.imageSmoothingQuality = 'high';
      context.drawImage(from, 0, 0, size, size);
      return canvas;
    };
    return draw(draw(image, small), small * 4).toDataURL('image/png').split(',')[1];
  }, [picture, width]), 'base64');
}
const says = (page, state) => page.waitForSelector(`#state [data-state=${state}]:not([hidden])`);

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
  { name: 'zh_CN', light: 'light', locale: 'zh-CN', code: '微信登录', copied: '已复制', scanned: '已扫码，请在手机上确认。', ask: '要在这台电脑上登录吗？', done: '电脑已登录', open: '请在微信里打开' },
  { name: 'zh_TW', light: 'dark', locale: 'zh-TW', code: '微信登入', copied: '已複製', scanned: '已掃描，請在手機上確認。', ask: '要在這台電腦上登入嗎？', done: '電腦已登入', open: '請在微信中開啟' },
  { name: 'en', both: true, light: 'light', locale: 'en-US', code: 'Sign in with WeChat', copied: 'Copied', scanned: 'Scanned. Confirm on your phone.', ask: 'Sign in on this computer?', done: 'The computer is signed in', open: 'Please open this in WeChat' },
  { name: 'dark-en', light: 'dark', locale: 'en-US', code: 'Sign in with WeChat', copied: 'Copied', scanned: 'Scanned. Confirm on your phone.', ask: 'Sign in on this computer?', done: 'The computer is signed in', open: 'Please open this in WeChat' },
];

// The permission that a browser with a window gives to a click; Chromium without one has to be told.
const permissions = ['clipboard-write'];

for (const c of cases) {
  const options = { locale: c.locale, colorScheme: c.light };
  const computer = await browser.newContext({ ...desktop, ...options, permissions });
  const screen = await computer.newPage();
  const policy = [];
  screen.on('console', (message) => { if (/Content Security Policy/.test(message.text())) policy.push(message.text()); });
  await screen.goto(`${site}/cgi-bin/me.cgi`);
  is(await title(screen), c.code, `${c.name}: the computer shows a code`);
  await lookAt(screen, `desktop-${c.name}-code`, c.both);
  await screen.click('summary');
  await look(screen, `desktop-${c.name}-link`);
  await screen.click('#copy');
  await screen.waitForSelector(`#copy:text-is("${c.copied}")`);
  const link = await scan(screen);
  is(link, await screen.evaluate(() => document.getElementById('link').textContent), `${c.name}: a phone can read the link from it`);

  const handset = await browser.newContext({ ...inWechat, ...options });
  const hand = await handset.newPage();
  await signInOnPhone(hand, link, 'xiaoming');
  is(await title(hand), c.ask, `${c.name}: the phone is asked`);
  is(await hand.textContent('#number'), await screen.textContent('#number'), `${c.name}: both show one number`);
  await says(screen, 'scanned');
  is(await screen.textContent('#state strong'), c.scanned, `${c.name}: the computer says that the code was scanned`);
  await lookAt(screen, `desktop-${c.name}-scanned`, c.both);
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
  is(await title(hand), 'Sign-in declined', 'no: the phone shows the result');
  await lookAt(hand, 'phone-en-notconfirmed', true);
  await screen.waitForSelector('text=Sign-in was declined on your phone');
  await lookAt(screen, 'desktop-narrow-declined', true);
  await screen.click('a.weui-btn_primary');
  is(await title(screen), 'Sign in with WeChat', 'and the computer can show a new code');
  await hand.goto(hand.url());
  is(await title(hand), 'Sign-in declined', 'the link, opened again, shows what was answered');
  const another = await browser.newContext({ ...inWechat, locale: 'en-US' });
  const theirs = await another.newPage();
  await theirs.goto(hand.url());
  await theirs.click('#xiaoming');
  await theirs.waitForSelector('text=This code has expired');
  await lookAt(theirs, 'phone-en-scanagain', true);
  await Promise.all([computer, handset, another].map((context) => context.close()));
}

// From two metres away: a camera with 1,920 pixels over 65 degrees sees 753 of them on each metre there, and the code is 8.5
// centimetres wide (20rem at 96 pixels an inch), so it is 64 pixels wide. The link can be copied.
{
  const computer = await browser.newContext({ ...desktop, locale: 'en-US', permissions: ['clipboard-read', 'clipboard-write'] });
  const screen = await computer.newPage();
  await screen.goto(`${site}/cgi-bin/login.cgi`);
  const link = await screen.textContent('#link');
  is((await screen.locator('svg.qr').boundingBox()).width, 320, 'the code is 20rem wide');
  is(await read(await seenAs(screen, 64)), link, 'it can be read from two metres away');
  await screen.click('summary');
  await screen.click('#copy');
  await screen.waitForSelector('#copy:text-is("Copied")');
  is(await screen.evaluate(() => navigator.clipboard.readText()), link, 'the link can be copied');
  await screen.evaluate(() => { document.querySelector('svg.qr').style.width = '120px'; });
  is(await scan(screen), link, 'and the code read where it is 120 pixels wide');
  await computer.close();
}

// Another browser learns nothing.
{
  const computer = await browser.newContext({ ...desktop, locale: 'en-US' });
  const screen = await computer.newPage();
  await screen.goto(`${site}/cgi-bin/login.cgi`);
  const link = await scan(screen);
  const stranger = await browser.newContext({ ...desktop, locale: 'en-US' });
  const theirs = await stranger.newPage();
  await theirs.goto(`${site}/cgi-bin/desktop.cgi?wait=1`);
  is(await title(theirs), 'Please sign in again', 'a browser without the cookie does not wait');
  await theirs.goto(link);
  is(await title(theirs), 'Please open this in WeChat', 'and the link of the code opens nothing there');
  const handset = await browser.newContext({ ...inWechat, locale: 'en-US' });
  const hand = await handset.newPage();
  await signInOnPhone(hand, link, 'john');
  await hand.click('button[value=yes]');
  await theirs.goto(`${site}/cgi-bin/desktop.cgi?wait=1`);
  is(await title(theirs), 'Please sign in again', 'not even after the phone has confirmed');
  await screen.waitForURL(`${site}/cgi-bin/me.cgi`);
  ok((await stranger.cookies()).every(({ name }) => name !== 'wx_session'), 'the stranger is not signed in');
  await screen.goBack();
  await screen.goto(`${site}/cgi-bin/desktop.cgi?wait=1`);
  is(await title(screen), 'Please sign in again', 'the computer can use the answer once');
  await Promise.all([computer, stranger, handset].map((context) => context.close()));
}

// The page asks each second at first, then every other second, each second again when the code was scanned, and seldom in a tab that
// nobody sees. It says how long the code is valid, and asks the site when that is over. The page's clock is ours.
{
  const computer = await browser.newContext({ ...desktop, locale: 'en-US' });
  const screen = await computer.newPage();
  await screen.addInitScript(() => {
    const real = globalThis.fetch;
    globalThis.asked = 0;
    globalThis.fetch = (...what) => {
      globalThis.asked += 1;
      globalThis.answered = real(...what).then(async (got) => { const body = await got.json(); return { ok: got.ok, json: async () => body }; });
      return globalThis.answered;
    };
  });
  await screen.clock.install({ time: 1e12 });
  await screen.goto(`${site}/cgi-bin/login.cgi`);
  await screen.clock.pauseAt(1e12 + 2000);
  // Lets seconds pass one by one; what the page asks is answered before the next one begins. Returns how often it has asked.
  const pass = async (seconds) => {
    const before = await screen.evaluate(() => globalThis.asked);
    for (let i = 0; i < seconds; i += 1) {
      await screen.clock.runFor(1000);
      await screen.evaluate(async () => { await globalThis.answered; for (let turn = 0; turn < 20; turn += 1) await null; });
    }
    return await screen.evaluate(() => globalThis.asked) - before;
  };
  await pass(1);
  const left = await screen.textContent('#left');
  is(await pass(10), 10, 'ten questions in the first ten seconds');
  const seconds = (text) => text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  is(seconds(left) - seconds(await screen.textContent('#left')), 10, 'and the time that is left is ten seconds less');
  await screen.clock.fastForward(30000);
  await pass(2);
  is(await pass(10), 5, 'then five in ten seconds');
  const handset = await browser.newContext({ ...inWechat, locale: 'en-US' });
  const hand = await handset.newPage();
  await signInOnPhone(hand, await scan(screen), 'john');
  await pass(2);
  await says(screen, 'scanned');
  is(await pass(10), 10, 'and ten when the code has been scanned');
  await screen.evaluate(() => {
    Object.defineProperty(document, 'hidden', { get: () => globalThis.away, configurable: true });
    globalThis.away = true;
  });
  await pass(1);
  is(await pass(10), 2, 'two where nobody sees the page');
  const before = await screen.evaluate(() => globalThis.asked);
  await screen.evaluate(() => { globalThis.away = false; document.dispatchEvent(new Event('visibilitychange')); });
  is(await screen.evaluate(() => globalThis.asked) - before, 1, 'and one at once when somebody looks');
  await screen.clock.fastForward(seconds(await screen.textContent('#left')) * 1000);
  is(await screen.textContent('#left'), '0:00', 'when the time is over, the page says so');
  const reloaded = screen.waitForRequest((request) => request.url().endsWith('desktop.cgi?wait=1'));
  await screen.clock.runFor(7000);
  await reloaded;
  ok(true, 'and asks the site, which shows that the code is too old');
  await computer.close();
  await handset.close();
}

// Without JavaScript on either side.
{
  const computer = await browser.newContext({ ...desktop, locale: 'en-US', javaScriptEnabled: false });
  const screen = await computer.newPage();
  await screen.goto(`${site}/cgi-bin/me.cgi`);
  const handset = await browser.newContext({ ...inWechat, locale: 'en-US', javaScriptEnabled: false });
  const hand = await handset.newPage();
  await signInOnPhone(hand, await scan(screen), 'john');
  await says(screen, 'scanned');
  ok(await screen.isHidden('#copy'), 'without JavaScript: no button that does nothing');
  await hand.click('button[value=yes]');
  await screen.waitForURL(`${site}/cgi-bin/me.cgi`);
  is(await screen.title(), `John Smith’s page · ${new URL(site).host}`, 'without JavaScript: the page reloads by itself, signed in');
  await computer.close();
  await handset.close();
}

await finish();
