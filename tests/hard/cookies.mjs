// How Chromium treats look-alikes of the session cookie: for each way to set some, the cookies stored and the header sent.
// Input, as the first argument: {"token": …, "name": …}. Output: a line of JSON for each.
import { browser } from '../browser/tools.mjs';

const { token, name } = JSON.parse(process.argv[2]);
const site = 'https://www.example.com';
const secure = 'Secure; Path=/';
const sets = [
  [`${name}=${token}; ${secure}`],
  [`${name}=${token}; ${secure}; HttpOnly; SameSite=Lax`],
  [`${name.toUpperCase()}=${token}; ${secure}`],
  [`${name.toLowerCase()}=${token}; ${secure}`],
  [` ${name}=${token}; ${secure}`],
  [`\t${name}\t=\t${token}\t; ${secure}`],
  [`${name} =${token}; ${secure}`],
  [`=${name}=${token}; ${secure}`],
  [`${name}=${token}; Path=/`],
  [`${name}=${token}; Secure; Path=/cgi-bin`],
  [`${name}=${token}; ${secure}; Domain=example.com`],
  [`${name}=${token}; ${secure}; Domain=www.example.com`],
  [`wx_session=${token}; Path=/`],
  [`x${name}=${token}; ${secure}`],
  [`${name}x=${token}; ${secure}`],
  [`__Secure-wx_session=${token}; ${secure}`],
  [`a=${name}=${token}; ${secure}`],
  [`a="; ${name}=${token}"; ${secure}`],
  [`a=1,${name}=${token}; ${secure}`],
  [`a=1%3B%20${name}=${token}; ${secure}`],
  [`${name}="${token}"; ${secure}`],
  [`${name}=${token}x; ${secure}`],
  [`${name}=; ${secure}`],
  [`${name}; ${secure}`],
  [`${name}=${token}; ${secure}`, `${name.toUpperCase()}=other; ${secure}`],
  [`${name}=${token}; ${secure}`, `wx_session=other; Path=/`],
  [`${name}=${token}; ${secure}`, `=${name}=other; ${secure}`],
  [`${name}=other; ${secure}`, `${name}=${token}; ${secure}`],
  [`${name}=${token}; ${secure}`, `${name}=other; Secure; Path=/cgi-bin`],
  [`${name}=${token}; ${secure}; Max-Age=0`],
  [`${'\u200b'}${name}=${token}; ${secure}`],
  [`__Host\u2010wx_session=${token}; ${secure}`],
];

for (const by of ['script', 'header']) {
  for (const cookies of sets) {
    if (by === 'header' && cookies.length > 1) continue; // route.fulfill() takes one header of each name
    const context = await browser.newContext();
    const page = await context.newPage();
    let sent = '';
    await context.route('**/*', async (route) => {
      const request = route.request();
      if (request.url().endsWith('/cgi-bin/validate.cgi')) sent = (await request.allHeaders()).cookie ?? '';
      const headers = { 'Content-Type': 'text/html; charset=utf-8' };
      if (by === 'header' && request.url() === `${site}/cgi-bin/page`) headers['Set-Cookie'] = cookies[0];
      try { await route.fulfill({ status: 200, headers, body: '<!doctype html><title>x</title>' }); } catch { await route.fulfill({ status: 200, body: 'x' }); }
    });
    await page.goto(`${site}/cgi-bin/page`);
    if (by === 'script') await page.evaluate((list) => { for (const text of list) document.cookie = text; }, cookies);
    await page.evaluate(() => fetch('/cgi-bin/validate.cgi').then((answer) => answer.text()));
    const jar = (await context.cookies(`${site}/cgi-bin/validate.cgi`)).map((cookie) => ({ name: cookie.name, value: cookie.value }));
    console.log(JSON.stringify({ by, cookies, jar, sent }));
    await context.close();
  }
}
await browser.close();
