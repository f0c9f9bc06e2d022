// The console as a chat: a message and its reply, the request and the reply on a tap, the history, links, events under “+”, all kinds with
// their fields, other people; WeChat's notice, JSON, the check of the address (提交); the account's menu, and messages that come by
// themselves; on phone and desktop, light and dark, in each language. Screenshots in build/screenshots.
import { readFile } from 'node:fs/promises';
import { browser, desktop, finish, is, leads, look, ok, phone, sim, site } from './tools.mjs';

const notice = '该公众号提供的服务出现故障，请稍后再试';
const cases = [
  { name: 'phone-zh_CN', options: { ...phone, locale: 'zh-CN', colorScheme: 'light' }, title: '和公众号聊天', equal: '三份得到了同样的答复。', silent: '网站没有回复，这是允许的', verified: '验证通过，微信会接受这个地址。' },
  { name: 'phone-dark-zh_TW', options: { ...phone, locale: 'zh-TW', colorScheme: 'dark' }, title: '與官方帳號聊天', equal: '三份得到了同樣的答覆。', silent: '網站沒有回覆，這是允許的', verified: '驗證通過，微信會接受這個位址。' },
  { name: 'desktop-en', options: { ...desktop, locale: 'en-US', colorScheme: 'light' }, title: 'Chat with the account', equal: 'All three got the same answer.', silent: 'The site does not reply, which is fine', verified: 'The address passes: WeChat would accept it.' },
  { name: 'narrow-dark-en', options: { ...phone, viewport: { width: 320, height: 640 }, locale: 'en-US', colorScheme: 'dark' }, title: 'Chat with the account', equal: 'All three got the same answer.', silent: 'The site does not reply, which is fine', verified: 'The address passes: WeChat would accept it.' },
];
const openids = { xiaoming: 'oSim0001xiaoMing-aBcDeFgHiJk', meimei: 'oSim0002wangMeiMei_MnOpQrStU', ann: 'oSim0003annEmojiMarkup-WxYzA', john: 'oSim0005johnSmithEnglish-CdE' };
const people = ['xiaoming', 'meimei', 'ann', 'john'];
const push = (page) => leads(page, () => page.click('#push button.weui-btn_primary'));
const bubbles = (page) => page.locator('.bubble').allInnerTexts();
const latest = (page) => page.locator('.result').last();

// The account's calls.
async function call(path, body) {
  const answer = await fetch(`${sim}/cgi-bin/${path}`, body === undefined ? {} : { method: 'POST', body: body instanceof FormData ? body : JSON.stringify(body) });
  return answer.json();
}
const { access_token: token } = await call('stable_token', { grant_type: 'client_credential', appid: process.env.SDK_APPID, secret: process.env.SDK_SECRET });
const account = (path, body) => call(`${path}${path.includes('?') ? '&' : '?'}access_token=${token}`, body);
const menu = { button: [{ type: 'click', name: '今日歌曲', key: 'MENU_1' },
  { name: '更多', sub_button: [{ type: 'view', name: '本站', url: `${site}/` }, { type: 'click', name: '我的订单和很久以前买过的东西', key: 'ORDERS' }, { type: 'media_id', name: '一张图片', media_id: 'x' }] },
  { type: 'view', name: '网站', url: `${site}/` }] };
const picture = new FormData();
picture.append('media', new Blob([await readFile(new URL('../../html/picture.png', import.meta.url))]), 'picture.png');

for (const [index, c] of cases.entries()) {
  const person = people[index];
  const context = await browser.newContext(c.options);
  const page = await context.newPage();
  await page.goto(`${sim}/console`);
  is(await page.textContent('h1'), c.title, `${c.name}: the console`);
  is(await page.locator('.bubble').count(), 0, `${c.name}: with an empty chat`);
  await leads(page, () => page.click(`nav a[href$="person=${person}"]`));
  is(await page.getAttribute('nav a[aria-current]', 'href'), `/console?person=${person}`, `${c.name}: another person's phone`);

  // A message, its reply, and both as they were sent.
  await page.fill('#say input[name=content]', `你好 <b>${c.name}</b>`);
  await leads(page, () => page.press('#say input[name=content]', 'Enter'));
  const [mine, theirs] = await bubbles(page);
  is(mine, `你好 <b>${c.name}</b>`, `${c.name}: the message sent is a bubble`);
  ok(theirs.startsWith('你好') && theirs.includes('客服'), `${c.name}: so is the reply`);
  is(await page.inputValue('#say input[name=content]'), '', `${c.name}: the input is empty again`);
  ok(/200 · \d+ ms/.test(await latest(page).innerText()), `${c.name}: with status and time`);
  ok(!await page.isVisible('.result pre'), `${c.name}: the request is folded`);
  await page.click('.result summary');
  ok((await page.locator('.result pre').first().innerText()).includes(`[你好 <b>${c.name}</b>]`), `${c.name}: a tap shows the request`);
  ok((await page.locator('.result pre').last().innerText()).includes(theirs), `${c.name}: and the reply`);
  await look(page, `${c.name}-console-reply`);

  // Under “+”: following, whose greeting has a link.
  await page.click('#plus > summary');
  await look(page, `${c.name}-console-plus`);
  await leads(page, () => page.click('.quick button[value=subscribe]'));
  is(await page.getAttribute('.bubble >> nth=3 >> a', 'href'), `${site}/cgi-bin/login.cgi`, `${c.name}: an address in a reply is a link`);
  is((await bubbles(page))[0], mine, `${c.name}: what was said before stays`);
  ok(!await page.isVisible('.quick'), `${c.name}: and “+” is folded`);

  // All kinds, each with its fields, and ways to push.
  await page.goto(`${sim}/console?person=${person}&kind=CLICK`);
  is(await page.inputValue('#push input[name=eventkey]'), 'MENU_1', `${c.name}: another kind has its fields`);
  await page.selectOption('#push select[name=way]', 'parallel');
  await page.selectOption('#push select[name=mode]', 'safe');
  await push(page);
  is(await page.locator('.bubble').last().locator('a').count(), 2, `${c.name}: two articles`);
  is(await page.inputValue('#push select[name=mode]'), 'safe', `${c.name}: the form stays on safe mode`);
  ok((await page.innerText('#chat')).includes(c.equal), `${c.name}: three at once, one answer`);
  await latest(page).locator('summary').click();
  const request = await latest(page).locator('pre').first().innerText();
  ok(/msg_signature=[0-9a-f]{40}/.test(request) && request.includes('<Encrypt>') && !request.includes('EventKey'), `${c.name}: the request is shown, encrypted`);
  await look(page, `${c.name}-console-news`);

  await page.selectOption('#push select[name=mode]', 'plain');
  await page.selectOption('#push select[name=way]', 'retries');
  await push(page);
  is(await page.locator('.chat__line_fault').last().innerText(), notice, `${c.name}: refused three times: WeChat's notice`);
  is(await latest(page).locator('summary span').count(), 3, `${c.name}: three tries`);
  ok((await page.innerText('#chat')).includes('push_mode'), `${c.name}: with a hint`);

  await page.goto(`${sim}/console?person=${person}&kind=VIEW`);
  await push(page);
  ok((await page.innerText('#chat')).includes(c.silent), `${c.name}: no reply is said to be fine`);

  await page.goto(`${sim}/console?person=${person}&kind=subscribe_msg_popup_event`);
  is(await page.locator('input[name^=subscribemsgpopupevent_list_1_]').count(), 3, `${c.name}: the second list has its fields`);
  await page.selectOption('#push select[name=data]', 'json');
  await page.selectOption('#push select[name=mode]', 'safe');
  await page.fill('input[name=subscribemsgpopupevent_list_1_templateid]', 'T_typed');
  await push(page);
  await latest(page).locator('summary').click();
  const [sealed, inside] = await latest(page).locator('pre').allInnerTexts();
  ok(/\n\{"ToUserName":"gh_\w+","Encrypt":"[^"]+"\}$/.test(sealed), `${c.name}: the envelope of JSON is JSON`);
  is(JSON.parse(inside).List[1].TemplateId, 'T_typed', `${c.name}: and its content is shown`);
  is(await page.inputValue('#push select[name=data]'), 'json', `${c.name}: the form stays on JSON`);
  await look(page, `${c.name}-console-json`);

  await leads(page, () => page.click('#verify'));
  is(await page.innerText('[role=status]'), c.verified, `${c.name}: the address passes`);
  ok(/200, \d+ ms/.test(await page.locator('.tries').innerText()), `${c.name}: with status and time`);
  await look(page, `${c.name}-console-verified`);

  // The account sends something while the chat is open: it appears by itself.
  const touser = openids[person];
  await page.goto(`${sim}/console?person=${person}`);
  is(await page.locator('.menu').count(), 0, `${c.name}: the account has no menu yet`);
  await account('message/custom/typing', { touser, command: 'Typing' });
  await page.waitForSelector('#typing:not([hidden])');
  is(await page.innerText('#typing'), '对方正在输入…', `${c.name}: the account is typing`);
  is((await account('message/custom/send', { touser, msgtype: 'text', text: { content: `late for ${c.name}` } })).errcode, 0, `${c.name}: it sends a message`);
  await page.waitForSelector(`.bubble:has-text("late for ${c.name}")`);
  await page.waitForSelector('#typing', { state: 'hidden' });
  is((await bubbles(page)).filter((text) => text === `late for ${c.name}`).length, 1, `${c.name}: which appears by itself, once`);
  const { media_id: media } = await account('media/upload?type=image', picture);
  await account('message/custom/send', { touser, msgtype: 'image', image: { media_id: media } });
  await account('message/custom/send', { touser, msgtype: 'news', news: { articles: [{ title: '新文章', description: '很长的一段简介，说的是一件很小的事情', url: `${site}/` }] } });
  const [template] = (await account('template/get_all_private_template')).template_list;
  await account('message/template/send', { touser, template_id: template.template_id, url: `${site}/`, data: { character_string1: { value: '2026100100001' }, thing2: { value: '一本书' }, time3: { value: '2026年10月1日 12:00' } } });
  await page.waitForSelector('.bubble__more');
  await page.waitForFunction(() => document.querySelector('.bubble img')?.naturalWidth > 0);
  ok((await bubbles(page)).at(-1).includes('一本书'), `${c.name}: so does a template message`);

  // Its menu.
  is((await account('menu/create', menu)).errcode, 0, `${c.name}: it makes a menu`);
  await page.reload();
  await page.waitForFunction(() => { const chat = document.getElementById('chat'); return chat.scrollHeight - chat.scrollTop - chat.clientHeight < 2; });
  await page.click('.menu summary');
  const folded = page.locator('.menu__list button');
  ok(await folded.isVisible(), `${c.name}: a button unfolds those below it`);
  await look(page, `${c.name}-console-menu`);
  await leads(page, () => folded.click());
  is(await page.locator('.bubble_mine').last().innerText(), '[CLICK] ORDERS', `${c.name}: a tap on one is pushed`);
  await leads(page, () => page.click('.menu button[value="0"]'));
  is(await page.locator('.bubble').last().locator('p a').count(), 2, `${c.name}: a tap on a button: the site's reply`);
  const [opened] = await Promise.all([context.waitForEvent('page'), page.locator('.menu a').last().click()]);
  await opened.waitForURL(`${site}/`);
  ok(true, `${c.name}: a tap on a link opens its page`);
  await account('menu/delete');
  await context.close();
}

// Without JavaScript a chat is a chat.
{
  const context = await browser.newContext({ ...phone, locale: 'en-US', javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${sim}/console?person=nobody`);
  await page.fill('#say input[name=content]', '客服');
  await leads(page, () => page.click('#say button'));
  is((await page.locator('.bubble, .chat__line').allInnerTexts())[0], '客服', 'without JavaScript: a message');
  await context.close();
}
await finish();
