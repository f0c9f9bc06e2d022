// check.cgi: the page for strangers and the owner's, on phone and desktop, light and dark, in three languages, without scripts.
import { chownSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { browser, desktop, finish, is, look, ok, phone, site } from './tools.mjs';

const url = `${site}/cgi-bin/check.cgi`;
const cases = [
  { name: 'zh_CN', device: phone, light: 'light', locale: 'zh-CN', title: '站长检查', sum: '3 个错误，', group: '设置', cure: '把权限改为 755' },
  { name: 'zh_TW', device: phone, light: 'dark', locale: 'zh-TW', title: '站長檢查', sum: '3 個錯誤，', group: '設定', cure: '把權限改為 755' },
  { name: 'en', device: desktop, light: 'light', locale: 'en-US', title: 'The owner’s check', sum: 'Faults: 3, hints: ', group: 'Settings', cure: 'Set the mode to 755' },
  { name: 'en-dark', device: desktop, light: 'dark', locale: 'en-US', title: 'The owner’s check', sum: 'Faults: 3, hints: ', group: 'Settings', cure: 'Set the mode to 755' },
];

async function open(c) {
  const context = await browser.newContext({ ...c.device, locale: c.locale, colorScheme: c.light, javaScriptEnabled: true });
  const page = await context.newPage();
  const policy = [];
  page.on('console', (message) => { if (/Content Security Policy/.test(message.text())) policy.push(message.text()); });
  await page.goto(url);
  return { context, page, policy };
}

for (const c of cases) {
  const { context, page, policy } = await open(c);
  is(await page.textContent('h1'), c.title, `${c.name}: a stranger's page`);
  is(await page.locator('section.closed').count(), 3, `${c.name}: in three languages`);
  is(await page.locator('li.line').count(), 0, `${c.name}: without a line`);
  await look(page, `check-closed-${c.name}`);
  is(policy.join('\n'), '', `${c.name}: the policy was not broken`);
  await context.close();
}

writeFileSync(process.env.PROOF, '');
const { uid, gid } = statSync(path.dirname(process.env.PROOF));
chownSync(process.env.PROOF, uid, gid);
for (const c of cases) {
  const { context, page, policy } = await open(c);
  is(await page.textContent('h1'), c.title, `${c.name}: the owner's page`);
  ok((await page.textContent('#sum')).startsWith(c.sum), `${c.name}: sums up: ${await page.textContent('#sum')}`);
  is(await page.textContent('h2'), c.group, `${c.name}: begins with the settings`);
  const states = await page.locator('section.group').evaluateAll((groups) => groups.map((g) => [...g.querySelectorAll('li')].map((li) => li.dataset.state)));
  const rank = ['failed', 'hint', 'untried', 'good'];
  ok(states.every((group) => group.every((state, i) => i === 0 || rank.indexOf(group[i - 1]) <= rank.indexOf(state))), `${c.name}: faults come first`);
  ok((await page.textContent('[id="programs.writable"]')).includes(c.cure), `${c.name}: a fault has its cure`);
  ok(await page.locator('[id="programs.writable"] .sign').getAttribute('aria-label') !== '', `${c.name}: its sign has a name`);
  await look(page, `check-${c.name}`);
  is(policy.join('\n'), '', `${c.name}: the policy was not broken`);
  await context.close();
}

// The handler's button works without scripts.
const context = await browser.newContext({ ...phone, locale: 'en-US', javaScriptEnabled: false });
const page = await context.newPage();
await page.goto(url);
is(await page.locator('[id="handler.not_run"]').count(), 1, 'the handler was not run');
await page.click('button');
is(await page.locator('[id="handler.good"]').count(), 1, 'the button runs it');
await context.close();
await finish();
