// wechat.config(): what WeChat's script is given, on iPhones and elsewhere, and what a page learns when something refuses.
import { createHash } from 'node:crypto';
import { browser, finish, is, ok, phone, site } from './tools.mjs';

const agent = (os) => `Mozilla/5.0 (${os}) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.50`;
const ticket = async () => (await (await fetch(`${site}/cgi-bin/server.cgi/jsapi_ticket`, { headers: { Authorization: process.env.SERVICE_KEY } })).json()).ticket;
const signature = async (asked, url) => createHash('sha1').update(`jsapi_ticket=${await ticket()}&noncestr=${asked.nonceStr}&timestamp=${asked.timestamp}&url=${url}`).digest('hex');

for (const [name, os, movesOn] of [['Android', 'Linux; Android 14', true], ['an iPhone', 'iPhone; CPU iPhone OS 17_5 like Mac OS X', false]]) {
  const page = await (await browser.newContext({ ...phone, userAgent: agent(os) })).newPage();
  await page.goto(`${site}/share.html?id=7#top`);
  const first = await page.evaluate('run()');
  ok(first.asked, `${name}: ready ${JSON.stringify(first)}`);
  is(first.asked.signature, await signature(first.asked, `${site}/share.html?id=7`), `${name}: the page's address is signed, without the fragment`);
  is(first.asked.jsApiList.join() + first.asked.openTagList.join(), 'updateAppMessageShareDatawx-open-launch-weapp', `${name}: what the page asked for`);
  ok(/^wx/.test(first.asked.appId), `${name}: the appid`);
  await page.evaluate("history.pushState({}, '', '/share.html?id=8')");
  const second = await page.evaluate('run()');
  is(second.asked.signature, await signature(second.asked, `${site}/share.html?id=${movesOn ? 8 : 7}`), `${name}: after pushState, the address that WeChat checks there`);
  await page.evaluate("window.refuse = 'config:invalid signature'");
  is((await page.evaluate('run()')).error, 'config:invalid signature', `${name}: WeChat's refusal`);
}

// The example of the documentation, which loads WeChat's script from where it is.
const example = await (await browser.newContext({ ...phone, userAgent: agent('Linux; Android 14') })).newPage();
await example.route('https://res.wx.qq.com/**', async (route) => route.fulfill({ contentType: 'text/javascript', body: await (await fetch(`${site}/stand-in.js`)).text() }));
await example.goto(`${site}/example.html?a=1`);
await example.waitForFunction('window.shared');
is(await example.evaluate('shared.link'), `${site}/example.html?a=1`, "the documentation's page shares its address");

const elsewhere = await (await browser.newContext(phone)).newPage();
await elsewhere.goto(`${site}/share.html`);
is((await elsewhere.evaluate('run()')).error, 'this page is not open in WeChat', 'outside WeChat');
await finish();
