// The list page and its four ways, by tapping; two people in two browsers; without scripts; three languages.
import { browser, desktop, finish, is, look, ok, phone, site } from './tools.mjs';

const title = (page) => page.textContent('h1');
const received = async (page) => `${await page.textContent('#received')} ${await page.textContent('#way')}`;
const list = `${site}/cgi-bin/list.cgi`;

async function signIn(context, person) {
  const page = await context.newPage();
  await page.goto(list);
  await page.click(`#${person}`);
  await page.waitForURL(list);
  return page;
}

const cases = [
  { name: 'phone-zh_CN', options: { ...phone, locale: 'zh-CN', colorScheme: 'light' }, items: '我的订单 联系客服 常见问题', ways: ['链接参数', '元素 id', 'data-index', '全局数据'] },
  { name: 'phone-dark-zh_TW', options: { ...phone, locale: 'zh-TW', colorScheme: 'dark' }, items: '我的訂單 聯絡客服 常見問題', ways: ['連結參數', '元素 id', 'data-index', '全域資料'] },
  { name: 'desktop-en', options: { ...desktop, locale: 'en-US', colorScheme: 'light' }, items: 'My orders Contact us Questions and answers', ways: ['The link', 'Element id', 'data-index', 'Session'] },
  { name: 'desktop-dark-en', options: { ...desktop, locale: 'en-US', colorScheme: 'dark' }, items: 'My orders Contact us Questions and answers', ways: ['The link', 'Element id', 'data-index', 'Session'] },
];

for (const c of cases) {
  const context = await browser.newContext(c.options);
  const page = await signIn(context, 'xiaoming');
  const policy = [];
  page.on('console', (message) => { if (/Content Security Policy/.test(message.text())) policy.push(message.text()); });
  is((await page.locator('.weui-cell__bd').allTextContents()).join(' '), c.items, `${c.name}: the items`);
  is(await page.textContent('.badge'), '2', `${c.name}: the badge`);
  is(await page.evaluate(() => [...document.images].every((image) => image.naturalWidth > 0)), true, `${c.name}: avatar and icons are shown`);
  await look(page, `list-${c.name}`);
  for (const [number, way] of c.ways.entries()) {
    await page.goto(list);
    await page.click(`.ways a >> nth=${number}`);
    if (number === 3) await look(page, `list-${c.name}-global`);
    await page.click(`.weui-cell >> nth=${number % 3}`);
    const item = ['orders', 'service', 'questions'][number % 3];
    is(await received(page), `${item} ${way}`, `${c.name}: ${way}`);
    if (number < 2) await look(page, `detail-${c.name}-${number}`);
  }
  await page.reload();
  is(await received(page), `orders ${c.ways[3]}`, `${c.name}: the same after a reload`);
  const tab = await context.newPage();
  await tab.goto(`${list}?detail=1`);
  is(await received(tab), `orders ${c.ways[3]}`, `${c.name}: and in a second tab`);
  const other = await browser.newContext(c.options);
  const theirs = await signIn(other, 'meimei');
  await theirs.goto(`${list}?detail=1`);
  is(await theirs.locator('#received').count(), 0, `${c.name}: but not for somebody else`);
  await look(theirs, `nothing-${c.name}`);
  is(policy.join('\n'), '', `${c.name}: the policy refused nothing`);
  await context.close();
  await other.close();
}

// Without JavaScript, the link and the session work; the other two ways say what is missing.
{
  const context = await browser.newContext({ ...phone, locale: 'en-US', javaScriptEnabled: false });
  const page = await signIn(context, 'john');
  await page.click('.weui-cell >> nth=1');
  is(await received(page), 'service The link', 'without JavaScript: the link');
  for (const way of ['id', 'index']) {
    await page.goto(`${list}?way=${way}`);
    await page.click('.weui-cell >> nth=1');
    is(await title(page), 'No value received', `without JavaScript: ${way} has no value`);
    ok(/needs JavaScript/.test(await page.textContent('.weui-msg__desc')), 'and the page says why');
  }
  await page.goto(`${list}?way=global`);
  await page.click('.weui-cell >> nth=2');
  is(await received(page), 'questions Session', 'without JavaScript: the session');
  await context.close();
}

// Links made by a stranger.
{
  const context = await browser.newContext({ ...phone, locale: 'en-US' });
  const page = await signIn(context, 'ann');
  let alerts = 0;
  page.on('dialog', (dialog) => { alerts += 1; dialog.dismiss(); });
  await page.goto(`${list}?item=orders&name=${encodeURIComponent('<img src=x onerror=alert(1)>')}`);
  is(await page.textContent('#name'), '<img src=x onerror=alert(1)>', 'markup in a link is text');
  await page.goto(`${list}?item=${encodeURIComponent('<script>alert(1)</script>')}`);
  is(await title(page), 'Page not found', 'an unknown item is a page of its own');
  await look(page, 'list-unknown');
  is(alerts, 0, 'and no foreign script ran');
  await page.goto(`${site}/cgi-bin/login.cgi?dev=${encodeURIComponent('http://192.168.1.5:5173/')}`);
  await look(page, 'unlisted');
  await context.close();
}

await finish();
