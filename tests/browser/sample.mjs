// People sign in to the sample application at the demo: refuse, agree, are shown with name and picture, and sign out there and at the
// site. On phone and desktop, light and dark, with and without JavaScript.
import { browser, desktop, finish, is, look, ok, phone, screenshot, site } from './tools.mjs';

const sample = process.env.SAMPLE_URL;
const title = (page) => page.textContent('h1');

const zh = { title: '示例程序', nobody: '还没有登录。', refused: '您没有同意登录。', asked: '要登录 Sample 吗？' };
const en = { title: 'Sample application', nobody: 'Nobody is signed in.', refused: 'You did not agree to sign in.', asked: 'Sign in to Sample?' };
const cases = [
  { name: 'phone-zh_CN', words: zh, person: 'xiaoming', called: '小明', options: { ...phone, locale: 'zh-CN', colorScheme: 'light' } },
  { name: 'phone-dark-en', words: en, person: 'meimei', called: '王小美', options: { ...phone, locale: 'en-US', colorScheme: 'dark' } },
  { name: 'desktop-en', words: en, person: 'john', called: 'John Smith', options: { ...desktop, locale: 'en-GB', colorScheme: 'light', javaScriptEnabled: false } },
];

for (const c of cases) {
  const context = await browser.newContext(c.options);
  const page = await context.newPage();
  const policy = [];
  page.on('console', (message) => { if (/Content Security Policy/.test(message.text())) policy.push(message.text()); });
  // Without JavaScript, axe cannot run.
  const see = (name) => (c.options.javaScriptEnabled === false ? page.screenshot({ path: screenshot(`${c.name}-sample-${name}`) }) : look(page, `${c.name}-sample-${name}`));
  const signIn = async (answer) => {
    await page.click('.button');
    if (await page.isVisible(`#${c.person}`)) await page.click(`#${c.person}`);
    is(await title(page), c.words.asked, `${c.name}: asked`);
    await page.click(answer);
    await page.waitForURL(`${sample}/**`);
  };

  await page.goto(`${sample}/`);
  is(await title(page), c.words.title, `${c.name}: the sample`);
  ok((await page.textContent('main')).includes(c.words.nobody), `${c.name}: nobody is signed in`);
  await see('nobody');

  await signIn('#refuse');
  ok((await page.textContent('main')).includes(c.words.refused), `${c.name}: who refuses is not signed in`);
  await see('refused');

  await signIn('#approve');
  is(page.url(), `${sample}/`, `${c.name}: who agrees is, and the code is gone from the address`);
  is(await page.textContent('.name'), c.called, `${c.name}: by name`);
  ok(await page.evaluate(() => document.querySelector('img').naturalWidth > 0), `${c.name}: and picture`);
  await see('person');

  await page.click('.button');
  await page.waitForURL(`${sample}/`);
  ok((await page.textContent('main')).includes(c.words.nobody), `${c.name}: signed out`);
  is((await page.goto(`${site}/cgi-bin/validate.cgi`)).status(), 401, `${c.name}: at the site, too`);
  is(policy.join(), '', `${c.name}: the policies refuse nothing`);
  await context.close();
}

await finish();
