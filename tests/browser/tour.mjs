// The tour of the demo, step by step, each with its tick: sign in, be somebody else, sign in a computer with the phone beside it, write to
// the account, make WeChat fail. On phone and desktop, light and dark, 320 px wide, in each language, and without JavaScript.
import { browser, desktop, finish, is, leads, look, ok, phone, sim, site } from './tools.mjs';

const narrow = { ...phone, viewport: { width: 320, height: 640 } };
const cases = [
  { name: 'phone-zh_CN', options: { ...phone, locale: 'zh-CN', javaScriptEnabled: false }, count: (n) => `完成 ${n} / 5`, over: '五步都完成了。', scenario: 'AppSecret 不对', page: '这个网站还没有设置好' },
  { name: 'desktop-dark-zh_TW', options: { ...desktop, locale: 'zh-TW', colorScheme: 'dark' }, count: (n) => `完成 ${n} / 5`, over: '五步都完成了。', scenario: 'AppSecret 不對', page: '這個網站還沒有設定好' },
  { name: 'narrow-en', options: { ...narrow, locale: 'en-US' }, count: (n) => `${n} of 5 done`, over: 'All five steps are done.', scenario: 'The AppSecret is wrong', page: 'This site is not set up yet' },
];

for (const c of cases) {
  const context = await browser.newContext(c.options);
  const page = await context.newPage();
  const scripted = c.options.javaScriptEnabled !== false;
  // Without JavaScript, axe cannot run.
  const see = async (name) => (scripted ? look(page, `${c.name}-tour-${name}`) : page.screenshot());
  const done = async (count) => {
    await page.goto(`${sim}/`);
    is(await page.innerText('[role=status]'), count === 5 ? c.over : c.count(count), `${c.name}: ${count} done`);
    is(await page.locator('.sign_good').count(), count, `${c.name}: with ${count} ticks`);
  };
  // Signs in from a link of the tour, in a tab of its own; returns the title of the page at the end.
  const signIn = async (link, end) => {
    const [tab] = await Promise.all([context.waitForEvent('page'), page.click(link)]);
    await tab.click('#allow');
    await tab.waitForURL(`${site}/cgi-bin/${end}**`);
    const title = await tab.textContent('h1');
    await tab.close();
    return title;
  };

  await done(0);
  await see('new');
  is(await signIn('#go-profile', 'me.cgi'), '林晓', `${c.name}: signed in, as people are today`);
  await done(1);

  await leads(page, () => page.click('button[value=john]'));
  is(await page.getAttribute('button[value=john]', 'aria-pressed'), 'true', `${c.name}: somebody else holds the phone`);
  is(await page.locator('.sign_good').count(), 1, `${c.name}: which is no step yet`);
  is(await signIn('#go-another', 'me.cgi'), 'John Smith', `${c.name}: and signs in`);
  await done(2);

  await leads(page, () => page.click('#go-computer'));
  await leads(page, () => page.click('button[value=xiaoming]'));
  await see('computer');
  const number = await page.textContent('#computer-number');
  await leads(page, () => page.click('#scan'));
  await leads(page, () => page.click('#phone-allow'));
  is(await page.textContent('#phone-number'), number, `${c.name}: the phone and the computer show one number`);
  ok((await page.innerText('.screen_phone')).includes('Chrome, Windows'), `${c.name}: the phone says which computer asks`);
  await see('phone');
  await leads(page, () => page.click('button[value=yes]'));
  is(await page.innerText('.screen__bar'), `${site}/cgi-bin/me.cgi`, `${c.name}: the computer is signed in`);
  ok((await page.innerText('.screen >> nth=0')).includes('小明'), `${c.name}: as who holds the phone`);
  await see('confirmed');
  await done(3);

  await leads(page, () => page.click('#go-message'));
  await page.fill('#say input[name=content]', '你好');
  await leads(page, () => page.click('#say button'));
  await done(4);

  await leads(page, () => page.click('#go-failure'));
  await see('failures');
  await leads(page, () => page.click('button[value=secret]'));
  ok((await page.innerText('[role=status]')).endsWith(c.scenario), `${c.name}: a failure is chosen`);
  ok(!await page.isVisible('input[name=fault_grant]'), `${c.name}: its switches are folded`);
  await page.click('.switches summary');
  is(await page.inputValue('input[name=fault_grant]'), '40125', `${c.name}: and set`);
  await see('switches');
  is(await signIn('#see', 'callback.cgi'), c.page, `${c.name}: the visitor is told`);
  await page.goto(`${sim}/control`);
  await leads(page, () => page.click('#well'));
  is(await page.locator('#see').count(), 0, `${c.name}: all is well again`);
  await done(5);
  await see('over');

  await leads(page, () => page.click('.quiet_button'));
  is(await page.locator('.sign_good').count(), 0, `${c.name}: the tour begins anew`);
  await page.goto(`${sim}/screens`);
  await leads(page, () => page.click('#again'));
  await page.goto(`${sim}/`);
  await leads(page, () => page.click('button[value=lin]'));
  ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${c.name}: nothing sticks out sideways`);
  await context.close();
}
await finish();
