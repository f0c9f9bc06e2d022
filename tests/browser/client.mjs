// wechat.js: who is signed in, signing in and out, calls, and what a page learns when something fails; the same page on the site and
// in development at another origin.
import { createServer } from 'node:http';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { browser, desktop, finish, is, ok, site } from './tools.mjs';

const kit = process.env.KIT_FOLDER;
const server = createServer((request, response) => {
  const name = new URL(request.url, site).pathname;
  const type = { '/members.html': 'text/html; charset=utf-8', '/wechat.js': 'text/javascript' }[name];
  response.writeHead(type ? 200 : 404, { 'Content-Type': type ?? 'text/plain' });
  response.end(type ? readFileSync(path.join(kit, 'www', name)) : '');
});
await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
// Another host as well: cookies do not tell ports apart.
const dev = `http://localhost:${server.address().port}`;

const says = (page, text) => page.waitForSelector(`h1:text-is("${text}")`);
const outcome = (page, what) => page.evaluate(`Promise.resolve().then(() => ${what}).then((value) => ({ value }), (error) => ({ kind: error.kind, status: error.status, text: error.message }))`);
function setConf(name, value) {
  const file = path.join(kit, 'wechat.conf');
  writeFileSync(file, readFileSync(file, 'utf8').replace(new RegExp(`^${name} = .*$`, 'm'), `${name} = ${value}`));
}

for (const { name, origin } of [{ name: 'on the site', origin: site }, { name: 'in development', origin: dev }]) {
  const away = origin === dev;
  const context = await browser.newContext({ ...desktop, locale: 'en-US' });
  const page = await context.newPage();
  page.on('pageerror', (fault) => ok(false, `${name}: ${fault}`));
  await page.goto(`${origin}/members.html?from=test#top`);
  await says(page, 'nobody');
  is(JSON.stringify(await outcome(page, 'wechat.user()')), '{"value":null}', `${name}: nobody is signed in`);
  const refused = await outcome(page, "wechat.call('list.cgi?format=json')");
  is(`${refused.kind} ${refused.status}`, 'ended 401', `${name}: a call says so`);
  await page.click('button');
  await page.click('#xiaoming');
  if (away) await page.click('#allow');
  await says(page, '小明');
  is(page.url(), `${origin}/members.html?from=test#top`, `${name}: signed in, at the very same address`);
  const { value: user } = await outcome(page, 'wechat.user()');
  is(`${user.openid} ${user.sub === user.openid} ${user.scope}`, `oSim0001xiaoMing-aBcDeFgHiJk true ${away ? 'dev' : 'snsapi_userinfo'}`, `${name}: who it is`);
  ok(user.exp > Date.now() / 1000, `${name}: and until when`);
  is((await outcome(page, "wechat.call('list.cgi?format=json')")).value.items.length, 3, `${name}: a call is answered with JSON`);
  is((await outcome(page, "wechat.call('list.cgi?format=json&item=none')")).kind, 'not_found', `${name}: or rejected with the program's word`);
  is((await outcome(page, "wechat.call('list.cgi')")).kind, 'system', `${name}: an answer that is not JSON`);
  is((await outcome(page, "wechat.config(['x'])")).kind, 'wechat', `${name}: no JS-SDK outside WeChat`);
  if (away) {
    is((await page.evaluate(() => sessionStorage.getItem('wx_token'))).length, 43, `${name}: a token of this tab`);
    await page.reload();
    await says(page, '小明');
    setConf('dev_origins', 'http://localhost:1');
    is((await outcome(page, 'wechat.user()')).kind, 'unlisted', `${name}: an origin that the site does not list`);
    setConf('dev_origins', '*');
  } else {
    is(await page.evaluate(() => document.cookie.length + sessionStorage.length + localStorage.length), 0, `${name}: a script can read neither token nor cookie`);
  }
  await page.click('button');
  await says(page, 'nobody');
  is(JSON.stringify(await outcome(page, 'wechat.user()')), '{"value":null}', `${name}: signed out`);
  is(JSON.stringify(await outcome(page, 'wechat.logout()')), '{}', `${name}: signing out again does no harm`);

  // To another page.
  await page.evaluate("wechat.login('/members.html?b=1')");
  await page.click('#john');
  if (away) await page.click('#allow');
  await says(page, 'John Smith');
  is(page.url(), `${origin}/members.html?b=1`, `${name}: login(next) comes back to next`);

  // A browser without Sec-Fetch-Site cannot show where the request comes from.
  if (!away) {
    await page.route('**/logout.cgi', async (route) => {
      const headers = await route.request().allHeaders();
      if (headers['sec-fetch-mode'] === 'navigate') return route.continue();
      delete headers['sec-fetch-site'];
      return route.fulfill({ response: await route.fetch({ headers }) });
    });
    await page.click('button');
    await says(page, 'Sign out?');
    ok(true, `${name}: in an old browser, the site asks`);
  } else {
    // A ticket that nobody asked for is not used.
    const other = await (await browser.newContext(desktop)).newPage();
    await other.goto(`${dev}/members.html#wx_ticket=${'x'.repeat(43)}`);
    await says(other, 'expired');
    is(other.url(), `${dev}/members.html`, `${name}: a ticket that this tab did not ask for is removed, and not used`);
  }
  await context.close();
}

// The site cannot be reached: neither signed in nor out.
{
  const page = await (await browser.newContext(desktop)).newPage();
  await page.goto(`${site}/members.html`);
  await says(page, 'nobody');
  await page.route('**/cgi-bin/**', (route) => route.abort());
  is((await outcome(page, 'wechat.user()')).kind, 'unreachable', 'the site cannot be reached: not “nobody”');
  await page.unroute('**/cgi-bin/**');
  await page.route('**/cgi-bin/**', (route) => route.fulfill({ status: 503, contentType: 'application/json', body: '{"error":"system"}' }));
  const busy = await outcome(page, 'wechat.user()');
  is(`${busy.kind} ${busy.status} ${busy.text}`, 'system 503 validate.cgi: 503 system', 'nor is a failure');
}

// The example of the documentation.
{
  const page = await (await browser.newContext(desktop)).newPage();
  await page.goto(`${site}/example.html?a=1`);
  await page.click('#xiaoming');
  await page.waitForFunction("document.title === '小明'");
  is(page.url(), `${site}/example.html?a=1`, "the documentation's page signs in and knows who it is");
}
server.close();
await finish();
