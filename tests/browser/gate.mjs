// Private files: the sign-in and back, the list of a folder, the page for visitors without the role, scripts in pages that do not
// run unless the owner says so.
import { browser, desktop, finish, is, look, ok, phone, site } from './tools.mjs';

const title = (page) => page.textContent('h1');
const members = `${site}/members/`;

async function signIn(context, person, at) {
  const page = await context.newPage();
  await page.goto(at);
  await page.click(`#${person}`);
  await page.waitForURL(at);
  return page;
}

const cases = [
  { name: 'phone-zh_CN', options: { ...phone, locale: 'zh-CN', colorScheme: 'light' }, top: '文件', refused: '您没有查看权限', empty: '这个文件夹是空的。' },
  { name: 'phone-dark-zh_TW', options: { ...phone, locale: 'zh-TW', colorScheme: 'dark' }, top: '檔案', refused: '您沒有檢視權限', empty: '這個資料夾是空的。' },
  { name: 'desktop-en', options: { ...desktop, locale: 'en-US', colorScheme: 'light' }, top: 'Files', refused: 'You do not have access', empty: 'This folder is empty.' },
  { name: 'desktop-dark-en', options: { ...desktop, locale: 'en-US', colorScheme: 'dark' }, top: 'Files', refused: 'You do not have access', empty: 'This folder is empty.' },
];

for (const c of cases) {
  const context = await browser.newContext(c.options);
  const page = await signIn(context, 'xiaoming', members);
  is(await title(page), c.top, `${c.name}: after the sign-in: the topmost folder`);
  is((await page.locator('.entry__name').allTextContents()).join(' '), 'empty/ own/ pages/ 会员资料/', `${c.name}: the folders that this visitor may open`);
  await look(page, `folder-${c.name}-top`);
  await page.click('.entry >> nth=3');
  is(await title(page), '会员资料', `${c.name}: a tap opens a folder`);
  is(page.url(), `${members}${encodeURIComponent('会员资料')}/`, `${c.name}: at its own address`);
  is((await page.locator('.entry__name').allTextContents()).map((name) => name.slice(0, 6)).join(' '), '2026/ 往期/ a-very 录音.mp3 第三季度报告', `${c.name}: folders first, then files`);
  is(await page.locator('.entry__facts').nth(2).textContent(), '1.2 MB · 2026-09-21 22:13', `${c.name}: size and date`);
  is(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), true, `${c.name}: nothing is wider than the screen`);
  await look(page, `folder-${c.name}`);
  await page.click('.hint a');
  is(page.url(), members, `${c.name}: and back to the folder above`);
  await page.click('.entry >> nth=0');
  is(await page.textContent('.note'), c.empty, `${c.name}: an empty folder`);
  await look(page, `folder-${c.name}-empty`);
  const answer = await page.goto(`${members}board/plan.txt`);
  is(`${answer.status()} ${await title(page)}`, `403 ${c.refused}`, `${c.name}: without the role`);
  ok(/小明/.test(await page.textContent('.weui-msg__desc')), `${c.name}: names the visitor`);
  await look(page, `norole-${c.name}`);
  await page.click('.weui-btn_default');
  await page.waitForURL(/\/connect\//);
  await page.click('#meimei');
  await page.waitForURL(`${members}board/plan.txt`);
  is(await title(page), c.refused, `${c.name}: somebody else signs in, and comes back to the file`);
  await context.close();
}

// A page of the owner's, with scripts of all kinds: they do not run, nothing is sent, and the page looks as it should.
{
  const context = await browser.newContext({ ...desktop, locale: 'en-US' });
  const page = await signIn(context, 'john', `${members}pages/`);
  const asked = [];
  page.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
  const tried = async () => {
    for (const id of ['#button', '#script', '#send']) await page.click(id);
    await page.screenshot(); // the browser has drawn what the clicks changed
    return `${await page.title()} ${asked.filter((line) => line.includes('/cgi-bin/')).join()}`;
  };
  is(await title(page), 'A private page', 'a page in the folder is shown');
  is(await page.evaluate(() => getComputedStyle(document.querySelector('h1')).color), 'rgb(1, 2, 3)', 'with its style');
  is(await page.evaluate(() => document.images[0].naturalWidth), 8, 'and its pictures, which are private as well');
  is(await tried(), 'still ', 'but no script ran, and no form was sent');
  await page.goto(`${members}pages/picture.svg`);
  is(await page.title(), '', 'nor the script in a picture');
  await page.goto(`${members}pages/`);
  await page.click('#out');
  await page.waitForURL(/me\.cgi/);
  ok(true, 'a link leads out');
  await page.goto(`${members}own/`);
  await page.waitForFunction(() => document.title === 'ran');
  ok(true, 'with scripts: true they run');
  await context.close();
}

await finish();
