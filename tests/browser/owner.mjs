// owner.cgi: each page of Today, People, Messages on phone and desktop, light and dark, in three languages, without scripts.
import { browser, desktop, finish, is, look, ok, phone, site } from './tools.mjs';

const url = `${site}/cgi-bin/owner.cgi`;
const john = 'oSim0005johnSmithEnglish-CdE';
const cases = [
  { name: 'phone-zh_CN', options: { ...phone, locale: 'zh-CN', colorScheme: 'light' }, menu: '今天 用户 消息', error: '设置需要修改' },
  { name: 'phone-dark-zh_TW', options: { ...phone, locale: 'zh-TW', colorScheme: 'dark' }, menu: '今天 使用者 訊息', error: '設定需要修改' },
  { name: 'desktop-en', options: { ...desktop, locale: 'en-US', colorScheme: 'light' }, menu: 'Today People Messages', error: 'A setting has to be changed' },
  { name: 'desktop-dark-en', options: { ...desktop, locale: 'en-US', colorScheme: 'dark' }, menu: 'Today People Messages', error: 'A setting has to be changed' },
];

for (const c of cases) {
  const context = await browser.newContext({ ...c.options, javaScriptEnabled: true });
  const page = await context.newPage();
  const policy = [];
  page.on('console', (message) => { if (/Content Security Policy/.test(message.text())) policy.push(message.text()); });
  await page.goto(url);
  await page.click('#xiaoming');
  await page.waitForURL(url);
  ok((await page.locator('nav.ways a').allTextContents()).join(' ').startsWith(c.menu), `${c.name}: the menu`);
  is(await page.locator('.lines h3').first().textContent(), c.error, `${c.name}: the latest error`);
  ok(await page.locator('svg .chart__bar').count() >= 30, `${c.name}: bars`);
  const bar = await page.locator('svg .chart__bar').first().boundingBox();
  ok(bar.height > 3 && bar.width > 3, `${c.name}: that can be seen`);
  await look(page, `owner-today-${c.name}`);
  if (c.options.colorScheme === 'light') {
    await page.click('details summary');
    await look(page, `owner-today-table-${c.name}`);
    await page.goto(`${url}?view=person&openid=${john}&ask=delete`);
    await look(page, `owner-delete-${c.name}`);
  }
  await page.goto(`${url}?view=people`);
  await look(page, `owner-people-${c.name}`);
  await page.goto(`${url}?view=person&openid=${john}`);
  await look(page, `owner-person-${c.name}`);
  await page.goto(`${url}?view=messages`);
  is(await page.locator('.lines li').count(), 4, `${c.name}: four messages`);
  is(await page.locator('.said').nth(1).textContent(), '你好<script>alert(1)</script>', `${c.name}: which are text`);
  await look(page, `owner-messages-${c.name}`);
  is(policy.join('\n'), '', `${c.name}: the policy refused nothing`);
  await context.close();
}

// Without scripts: find somebody, give a role, read who did it.
{
  const context = await browser.newContext({ ...phone, locale: 'en-US', javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(url);
  await page.click('#xiaoming');
  await page.click('nav.ways a >> nth=1');
  await page.fill('#q', 'john');
  await page.click('form.search button');
  is(await page.locator('.lines h2 a').count(), 1, 'one person is found');
  await page.click('.lines h2 a');
  await page.fill('#roles', 'staff');
  await page.click('form:has(#roles) button');
  is(await page.textContent('[role=status]'), 'The roles were saved.', 'a role is given');
  is(await page.inputValue('#roles'), 'staff', 'and shown');
  await page.fill('#roles', 'Staff!');
  await page.click('form:has(#roles) button');
  ok((await page.textContent('[role=alert]')).startsWith('A role is 1 to 32'), 'another is refused');
  await page.click('nav.ways a >> nth=-1');
  ok((await page.textContent('.lines li')).includes(john), 'the record names the person');
  await context.close();
}
await finish();
