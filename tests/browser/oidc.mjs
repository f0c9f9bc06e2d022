// Somebody signs in at a program of others (openid-client 6) by way of this site and WeChat, which the browser's policy must let through:
// refuses, agrees, is not asked again, comes back by a form, and signs out there and here.
import { browser, desktop, finish, is, look, ok, phone, site } from './tools.mjs';

const client = process.env.CLIENT_URL;
let ends = 0; // sign-outs of which the program was told
const title = (page) => page.textContent('h1');

const cases = [
  { name: 'phone-zh_CN', person: 'xiaoming', called: '小明', options: { ...phone, locale: 'zh-CN', colorScheme: 'light' }, asked: '要登录 openid-client-6 吗？', leave: '要退出登录吗？' },
  { name: 'phone-dark-zh_TW', person: 'meimei', called: '王小美', options: { ...phone, locale: 'zh-TW', colorScheme: 'dark' }, asked: '要登入 openid-client-6 嗎？', leave: '要登出嗎？' },
  { name: 'desktop-en', person: 'john', called: 'John Smith', options: { ...desktop, locale: 'en-US', colorScheme: 'light', javaScriptEnabled: false }, asked: 'Sign in to openid-client-6?', leave: 'Sign out?' },
];

for (const c of cases) {
  const context = await browser.newContext(c.options);
  const page = await context.newPage();
  const policy = [];
  page.on('console', (message) => { if (/Content Security Policy/.test(message.text())) policy.push(message.text()); });
  const see = (name) => (c.options.javaScriptEnabled === false ? undefined : look(page, `oidc-${c.name}-${name}`));
  const who = async () => JSON.parse(await page.textContent('body')).name;

  await page.goto(`${client}/login`);
  await page.click(`#${c.person}`);
  is(await title(page), c.asked, `${c.name}: signed in by WeChat, and asked`);
  is(await page.textContent('.setting'), new URL(client).host, `${c.name}: for whom`);
  await see('approve');
  await page.click('#refuse');
  await page.waitForURL(`${client}/**`);
  ok((await page.textContent('body')).includes('access_denied'), `${c.name}: refused: the program is told`);

  await page.goto(`${client}/login`);
  is(await title(page), c.asked, `${c.name}: asked again`);
  await page.click('#approve');
  await page.waitForURL(`${client}/**`);
  is(await who(), c.called, `${c.name}: agreed: the program knows the name`);
  await page.goto(`${client}/login`);
  is(await who(), c.called, `${c.name}: the second time nobody is asked`);

  await page.goto(`${client}/login?response_mode=form_post`);
  if (c.options.javaScriptEnabled === false) await page.click('main button');
  await page.waitForURL(`${client}/callback`);
  is(await who(), c.called, `${c.name}: form_post: the page sends its form to the program`);

  await page.goto(`${client}/logout`);
  if (c.options.javaScriptEnabled === false) {
    is(await title(page), 'Signing you out', `${c.name}: without scripts a link goes on`);
    await page.click('#go_on');
  }
  await page.waitForURL(`${client}/bye`);
  ok(true, `${c.name}: signed out, and back at the program`);
  const told = await (await fetch(`${client}/told`)).json();
  is(told.length, ++ends, `${c.name}: which was told in a frame`);
  is(told.at(-1).iss, `${site}/cgi-bin/oidc.cgi`, `${c.name}: by whom`);
  ok(told.at(-1).sid, `${c.name}: and of which session`);
  await page.goto(`${client}/login`);
  ok(await page.isVisible(`#${c.person}`), `${c.name}: and WeChat is asked again`);
  await page.click(`#${c.person}`);
  await page.waitForURL(`${client}/**`);
  await page.goto(`${site}/cgi-bin/oidc.cgi/logout?client_id=openid-client-6&post_logout_redirect_uri=${encodeURIComponent(`${client}/bye`)}`);
  is(await title(page), c.leave, `${c.name}: a program that does not say who is there: asked first`);
  await see('leave');
  await page.click('#leave');
  ends++;
  if (c.options.javaScriptEnabled === false) await page.click('#go_on');
  await page.waitForURL(`${client}/bye`);
  ok(true, `${c.name}: and then back at it`);
  is(policy.join(), '', `${c.name}: the policy refuses nothing`);
  await context.close();
}

await finish();
