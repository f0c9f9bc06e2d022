// owner.cgi: the files, one of them with its mistakes, the menu, QR codes: on phone and desktop, light and dark, in three languages,
// without scripts.
import { browser, desktop, finish, is, look, ok, phone, site } from './tools.mjs';

const url = `${site}/cgi-bin/owner.cgi`;
const cases = [
  { name: 'zh_CN', device: phone, light: 'light', locale: 'zh-CN', files: '文件', wrong: '第 2 行：', saved: '已保存', ask: '要发布文件里的菜单吗', until: '有效期到' },
  { name: 'zh_TW', device: phone, light: 'dark', locale: 'zh-TW', files: '檔案', wrong: '第 2 行：', saved: '已儲存', ask: '要發布檔案裡的選單嗎', until: '有效期到' },
  { name: 'en', device: desktop, light: 'light', locale: 'en-US', files: 'Files', wrong: 'Line 2:', saved: 'Saved.', ask: 'Publish this menu?', until: 'valid until' },
  { name: 'en-dark', device: desktop, light: 'dark', locale: 'en-US', files: 'Files', wrong: 'Line 2:', saved: 'Saved.', ask: 'Publish this menu?', until: 'valid until' },
];

for (const [i, c] of cases.entries()) {
  const context = await browser.newContext({ ...c.device, locale: c.locale, colorScheme: c.light });
  await context.addCookies([{ name: 'wx_session', value: process.env.SESSION, url: site }]);
  const page = await context.newPage();
  const policy = [];
  page.on('console', (message) => { if (/Content Security Policy/.test(message.text())) policy.push(message.text()); });
  const text = (selector) => page.textContent(selector);

  await page.goto(`${url}?view=files`);
  is(await text('h1'), c.files, `${c.name}: the files`);
  is(await page.locator('li.line').count(), 5, `${c.name}: each of them`);
  await look(page, `owner-files-${c.name}`);

  await page.goto(`${url}?view=edit&file=list`);
  ok((await text('.mistakes li')).includes(c.wrong), `${c.name}: a mistake has its line`);
  await look(page, `owner-edit-${c.name}`);

  await page.goto(`${url}?view=edit&file=replies`);
  await page.fill('#text', `[\n  {"message": "text", "reply": {"text": "你好 <b>${i}</b>"}}\n]\n`);
  await page.click('button[value=save]');
  ok((await text('.notice')).startsWith(c.saved), `${c.name}: saved`);
  is(await page.inputValue('#text'), `[\n  {"message": "text", "reply": {"text": "你好 <b>${i}</b>"}}\n]\n`, `${c.name}: as it was written`);
  await page.click('summary');
  ok(await page.locator('details textarea').isVisible(), `${c.name}: the version before can be seen`);
  await look(page, `owner-saved-${c.name}`);

  await page.goto(`${url}?view=menu&step=publish`);
  ok((await text('.notice')).startsWith(c.ask), `${c.name}: publishing asks first`);
  await page.click('button[value=publish]');
  is(await page.locator('.sides section').first().locator('.buttonlist > li').count(), 2, `${c.name}: the menu is at WeChat`);
  await look(page, `owner-menu-${c.name}`);

  await page.goto(`${url}?view=codes`);
  await page.fill('#scene', `门店-${c.name}`);
  await page.selectOption('#seconds', i % 2 === 0 ? '86400' : '0');
  await page.click('button[value=make]');
  is(await text('#shown'), `门店-${c.name}`, `${c.name}: a QR code is made`);
  await look(page, `owner-codes-${c.name}`);
  const download = page.waitForEvent('download');
  await page.click('.made .weui-btn');
  is((await download).suggestedFilename(), 'qr-scene.png', `${c.name}: and can be downloaded`);
  is(policy.join('\n'), '', `${c.name}: the policy was not broken`);
  await context.close();
}
await finish();
