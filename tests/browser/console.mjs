// The message console: a text and its bubble, articles, the fault notice, the hint after a refusal, JSON, the fields of a
// nested event, the check of the address (提交); on phone and desktop, light and dark, in each language. Screenshots in
// build/screenshots.
import { browser, desktop, finish, is, look, ok, phone, sim, site } from './tools.mjs';

const notice = '该公众号提供的服务出现故障，请稍后再试';
const cases = [
  { name: 'phone-zh_CN', options: { ...phone, locale: 'zh-CN', colorScheme: 'light' }, title: '消息控制台', equal: '三份得到了同样的答复。', silent: '网站没有回复，这是允许的', verified: '验证通过，微信会接受这个地址。' },
  { name: 'phone-dark-zh_TW', options: { ...phone, locale: 'zh-TW', colorScheme: 'dark' }, title: '訊息控制台', equal: '三份得到了同樣的答覆。', silent: '網站沒有回覆，這是允許的', verified: '驗證通過，微信會接受這個位址。' },
  { name: 'desktop-en', options: { ...desktop, locale: 'en-US', colorScheme: 'light' }, title: 'Message console', equal: 'All three got the same answer.', silent: 'The site does not reply, which is fine', verified: 'The address passes: WeChat would accept it.' },
  { name: 'desktop-dark-en', options: { ...desktop, locale: 'en-US', colorScheme: 'dark' }, title: 'Message console', equal: 'All three got the same answer.', silent: 'The site does not reply, which is fine', verified: 'The address passes: WeChat would accept it.' },
];
const people = ['xiaoming', 'meimei', 'ann', 'john'];
const send = (page) => page.click('button.weui-btn_primary');
const bubbles = (page) => page.locator('.bubble').allInnerTexts();

for (const [index, c] of cases.entries()) {
  const context = await browser.newContext(c.options);
  const page = await context.newPage();
  await page.goto(`${site}/`);
  await page.click('a[href*="/console"]');
  is(await page.textContent('h1'), c.title, `${c.name}: the start page leads to the console`);
  await look(page, `${c.name}-console`);

  await page.fill('input[name=content]', `你好 <b>${c.name}</b>`);
  await page.selectOption('select[name=person]', people[index]);
  await page.selectOption('select[name=mode]', 'safe');
  await send(page);
  const [mine, theirs] = await bubbles(page);
  is(mine, `你好 <b>${c.name}</b>`, `${c.name}: the message sent is a bubble`);
  ok(theirs.startsWith('你好') && theirs.includes('客服'), `${c.name}: so is the decrypted reply`);
  is(await page.inputValue('input[name=content]'), `你好 <b>${c.name}</b>`, `${c.name}: the form keeps what was typed`);
  ok(/^[^<]*200, \d+ ms/.test(await page.locator('.tries li').first().innerText()), `${c.name}: with status and time`);
  await page.click('details summary');
  const request = await page.locator('details pre').first().innerText();
  ok(/msg_signature=[0-9a-f]{40}/.test(request) && request.includes('<Encrypt>') && !request.includes('Content'), `${c.name}: the request is shown, encrypted`);
  await look(page, `${c.name}-console-reply`);

  await page.selectOption('select[name=kind]', 'CLICK');
  await page.click('button.weui-btn_default');
  is(await page.inputValue('input[name=eventkey]'), 'MENU_1', `${c.name}: another kind has its fields`);
  await page.selectOption('select[name=person]', people[index]);
  await page.selectOption('select[name=way]', 'parallel');
  await send(page);
  is(await page.locator('.bubble a').count(), 2, `${c.name}: two articles`);
  ok((await page.innerText('section')).includes(c.equal), `${c.name}: three at once, one answer`);
  await look(page, `${c.name}-console-news`);

  await page.selectOption('select[name=mode]', 'plain');
  await page.selectOption('select[name=way]', 'retries');
  await send(page);
  is(await page.innerText('[role=alert]'), notice, `${c.name}: refused three times: WeChat's notice`);
  is(await page.locator('.tries li').count(), 3, `${c.name}: three tries`);
  ok((await page.innerText('section')).includes('push_mode'), `${c.name}: with a hint`);
  await look(page, `${c.name}-console-fault`);

  await page.goto(`${sim}/console?kind=VIEW`);
  await page.selectOption('select[name=person]', people[index]);
  await send(page);
  ok((await page.innerText('.chat')).includes(c.silent), `${c.name}: no reply is said to be fine`);

  await page.goto(`${sim}/console?kind=subscribe_msg_popup_event`);
  is(await page.locator('input[name^=subscribemsgpopupevent_list_1_]').count(), 3, `${c.name}: the second list has its fields`);
  await page.selectOption('select[name=person]', people[index]);
  await page.selectOption('select[name=data]', 'json');
  await page.selectOption('select[name=mode]', 'safe');
  await page.fill('input[name=subscribemsgpopupevent_list_1_templateid]', 'T_typed');
  await send(page);
  await page.click('details summary');
  const [sealed, inside] = await page.locator('details pre').allInnerTexts();
  ok(/\n\{"ToUserName":"gh_\w+","Encrypt":"[^"]+"\}$/.test(sealed), `${c.name}: the envelope of JSON is JSON`);
  is(JSON.parse(inside).List[1].TemplateId, 'T_typed', `${c.name}: and its content is shown`);
  is(await page.inputValue('select[name=data]'), 'json', `${c.name}: the form stays on JSON`);
  await look(page, `${c.name}-console-json`);

  await page.click('#verify');
  is(await page.innerText('[role=status]'), c.verified, `${c.name}: the address passes`);
  ok(/200, \d+ ms/.test(await page.locator('.tries li').innerText()), `${c.name}: with status and time`);
  await look(page, `${c.name}-console-verified`);
  await context.close();
}
await finish();
