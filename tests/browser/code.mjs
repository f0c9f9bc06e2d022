// Signing in by message, with two people's devices: the page on the computer, the simulator's console as the phone's chat, and the
// link in WeChat's browser. Wrong codes, pages with two digits, without scripts; three languages, light and dark.
import { browser, desktop, finish, is, leads, look, ok, phone, screenshot, site } from './tools.mjs';

const sim = process.env.SIM_URL;
const title = (page) => page.textContent('h1');
const inWechat = { ...phone, userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.50' };
let addresses = 0;
const anAddress = () => ({ extraHTTPHeaders: { 'X-Forwarded-For': `203.0.113.${++addresses}` } });

// Writes to the account, as on the phone: what the chat shows.
async function write(content, person) {
  const context = await browser.newContext({ ...desktop });
  const page = await context.newPage();
  await page.goto(`${sim}/console?person=${person}&mode=plain`);
  await page.fill('#say input[name=content]', content);
  await leads(page, () => page.click('#say button')); // not an older answer of the chat
  const reply = page.locator('.bubble:not(.bubble_mine)').last();
  const text = await reply.textContent();
  const link = await reply.locator('a').getAttribute('href');
  await context.close();
  return { text, link, code: text.match(/\d{3} \d{3}/)[0] };
}

const cases = [
  { name: 'zh_CN', both: true, light: 'light', locale: 'zh-CN', title: '微信登录', word: '登录', wrong: '验证码不正确或已过期', link: '要在这部手机上登录吗？', old: '链接已失效' },
  { name: 'zh_TW', light: 'dark', locale: 'zh-TW', title: '微信登入', word: '登入', wrong: '驗證碼不正確或已過期', link: '要在這部手機上登入嗎？', old: '連結已失效' },
  { name: 'en', both: true, light: 'light', locale: 'en-US', title: 'Sign in with WeChat', word: 'login', wrong: 'This code is wrong or has expired', link: 'Sign in on this phone?', old: 'This link has expired' },
  { name: 'dark-en', light: 'dark', locale: 'en-US', title: 'Sign in with WeChat', word: 'login', wrong: 'This code is wrong or has expired', link: 'Sign in on this phone?', old: 'This link has expired' },
];

for (const c of cases) {
  const options = { locale: c.locale, colorScheme: c.light, ...anAddress() };
  const computer = await browser.newContext({ ...desktop, ...options });
  const screen = await computer.newPage();
  const policy = [];
  screen.on('console', (message) => { if (/Content Security Policy/.test(message.text())) policy.push(message.text()); });
  await screen.goto(`${site}/cgi-bin/me.cgi`);
  is(await title(screen), c.title, `${c.name}: the page for the code`);
  is(await screen.textContent('#word'), c.word, `${c.name}: the word to send, in the page's language`);
  ok(await screen.evaluate(() => document.querySelector('img.qr').naturalWidth > 0), `${c.name}: the account's QR code is shown`);
  await look(screen, `code-${c.name}`);
  if (c.both) {
    await screen.setViewportSize(phone.viewport);
    await look(screen, `code-${c.name}-narrow`);
    await screen.setViewportSize(desktop.viewport);
  }
  const chat = await write(c.word, 'xiaoming');
  await screen.fill('#code', '000000');
  await leads(screen, () => screen.press('#code', 'Enter'));
  ok((await screen.textContent('#flaw')).startsWith(c.wrong), `${c.name}: a wrong code is told`);
  is(await screen.getAttribute('#code', 'aria-invalid'), 'true', `${c.name}: and marked at the field`);
  await look(screen, `code-${c.name}-wrong`);
  await screen.fill('#code', chat.code);
  await screen.press('#code', 'Enter');
  await screen.waitForURL(`${site}/cgi-bin/me.cgi`);
  ok((await screen.textContent('.identifier')).includes('oSim0001xiaoMing'), `${c.name}: as the follower`);
  is(policy.join('\n'), '', `${c.name}: the policy was not broken`);

  const handset = await browser.newContext({ ...inWechat, ...options });
  const hand = await handset.newPage();
  const second = await write(c.word, 'meimei');
  await hand.goto(second.link);
  is(await title(hand), c.link, `${c.name}: the link asks`);
  await look(hand, `code-${c.name}-link`);
  await hand.click('button');
  await hand.waitForURL(`${site}/cgi-bin/me.cgi`);
  ok((await hand.textContent('.identifier')).includes('oSim0002wangMeiMei'), `${c.name}: one tap signs the phone in`);
  await hand.goto(second.link);
  is(await title(hand), c.old, `${c.name}: the link works once`);
  await look(hand, `code-${c.name}-used`);
  await hand.goto(`${site}/cgi-bin/code.cgi`);
  await look(hand, `code-${c.name}-phone`);
  await computer.close();
  await handset.close();
}

// Pages with two digits, on a computer without scripts.
const bound = await browser.newContext({ ...desktop, locale: 'zh-CN', javaScriptEnabled: false, ...anAddress() });
const page = await bound.newPage();
await page.goto(`${site}/cgi-bin/login.cgi?next=/`);
for (let i = 0; i < 5; i++) {
  await page.fill('#code', `00000${i}`);
  await leads(page, () => page.click('button'));
}
const word = await page.textContent('#word');
ok(/^登录 \d\d$/.test(word), 'after five wrong codes the page shows two digits');
await page.screenshot({ path: screenshot('code-bound') });
const answered = await write(word, 'ann');
ok(answered.text.includes(`只能用在显示 ${word.slice(-2)} 的页面上`), 'the answer says where the code works');
await page.fill('#code', answered.code);
await page.click('button');
await page.waitForURL(`${site}/`);
ok(true, 'and there it does, without scripts');
await bound.close();
await finish();
