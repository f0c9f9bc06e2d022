// A computer shows a QR code of the account; a phone scans it, gets the account's answer, and agrees. The computer's page continues
// by itself. Three languages, light and dark.
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { browser, desktop, finish, is, look, ok, phone, sim, site } from './tools.mjs';

const title = (page) => page.textContent('h1');
const inWechat = { ...phone, userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.50' };

// Reads the QR code from a screenshot, as a phone's camera does.
async function scan(page) {
  const file = path.join(os.tmpdir(), `wechat-scene-${process.pid}-${Math.random().toString(36).slice(2)}.png`);
  await writeFile(file, await page.locator('svg.qr').screenshot());
  try { return execFileSync('zbarimg', ['--quiet', '--raw', file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim(); } finally { execFileSync('rm', ['-f', file]); }
}

const cases = [
  { name: 'zh_CN', light: 'light', locale: 'zh-CN', code: '微信登录', ask: '要在这台电脑上登录吗？', done: '电脑已登录', scanned: '已扫码，请在手机上点开公众号发来的链接。' },
  { name: 'zh_TW', light: 'dark', locale: 'zh-TW', code: '微信登入', ask: '要在這台電腦上登入嗎？', done: '電腦已登入', scanned: '已掃描，請在手機上點開官方帳號傳來的連結。' },
  { name: 'en', light: 'light', locale: 'en-US', code: 'Sign in with WeChat', ask: 'Sign in on this computer?', done: 'The computer is signed in', scanned: 'Scanned. On your phone, tap the link that the account has sent.' },
];
for (const c of cases) {
  const options = { locale: c.locale, colorScheme: c.light };
  const computer = await browser.newContext({ ...desktop, ...options });
  const screen = await computer.newPage();
  await screen.goto(`${site}/cgi-bin/me.cgi`);
  is(await title(screen), c.code, `${c.name}: the computer shows a code`);
  await look(screen, `scene-${c.name}-code`);
  const url = await scan(screen);
  ok(url.startsWith(`${sim}/q/in-`), `${c.name}: which is WeChat's own`);
  is(await screen.getAttribute('.hint a', 'href'), url, `${c.name}: with the simulator, a link plays the scan`);

  // The console is the phone: what the code holds leads there.
  const handset = await browser.newContext({ ...inWechat, ...options });
  const hand = await handset.newPage();
  await hand.goto(url);
  await look(hand, `scene-${c.name}-scanned`);
  await hand.click('#enter');
  await look(hand, `scene-${c.name}-answer`);
  await screen.waitForSelector('#state [data-state=scanned]:not([hidden])');
  is(await screen.textContent('#state strong'), c.scanned, `${c.name}: the computer says that the code was scanned`);
  await look(screen, `scene-${c.name}-computer`);
  await hand.locator('.bubble:not(.bubble_mine) a').last().click();
  await hand.waitForURL((to) => to.href.startsWith(`${site}/cgi-bin/scan.cgi`));
  is(await title(hand), c.ask, `${c.name}: the phone is asked`);
  is(await hand.textContent('#number'), await screen.textContent('#number'), `${c.name}: both show one number`);
  await look(hand, `scene-${c.name}-confirm`);
  await hand.click('button[value=yes]');
  is(await title(hand), c.done, `${c.name}: the phone says yes`);
  await screen.waitForURL(`${site}/cgi-bin/me.cgi`);
  ok((await screen.textContent('.identifier')).includes('oSim0008linXiao'), `${c.name}: the computer goes on by itself`);
  await computer.close();
  await handset.close();
}
await finish();
