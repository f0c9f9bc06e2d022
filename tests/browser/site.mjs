// The documentation's site as a reader sees it: both languages, search, the menu, phone and desktop, light and dark. Nothing comes
// from another host.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { browser, desktop, finish, is, ok, phone, screenshot } from './tools.mjs';

const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.png': 'image/png', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };
const server = createServer(async (request, response) => {
  const name = decodeURIComponent(new URL(request.url, 'http://x').pathname).replace(/\/$/, '/index.html');
  const body = await readFile(path.join(process.env.SITE_FILES, path.normalize(name))).catch(() => undefined);
  response.writeHead(body ? 200 : 404, { 'Content-Type': types[path.extname(name)] ?? 'text/plain' });
  response.end(body);
});
await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
const home = `http://127.0.0.1:${server.address().port}`;

const cases = [
  { name: 'zh', locale: 'zh-CN', search: '搜索', query: '验证码', found: '/zh/', first: '开始', title: '排查问题' },
  { name: 'en', locale: 'en-US', search: 'Search', query: 'permission', found: '/en/', first: 'Start', title: 'Troubleshooting' },
];
for (const { name, ...c } of cases) {
  for (const [shape, view] of Object.entries({ desktop, phone })) {
    for (const light of ['light', 'dark']) {
      const context = await browser.newContext({ ...view, locale: c.locale, colorScheme: light });
      const page = await context.newPage();
      const elsewhere = [];
      page.on('request', (request) => { if (!request.url().startsWith(home) && !request.url().startsWith('data:')) elsewhere.push(request.url()); });
      const broken = [];
      page.on('response', (response) => { if (response.status() >= 400) broken.push(response.url()); });
      await page.goto(`${home}/`);
      await page.click(`.VPHero a[href="/${name}/"]`);
      await page.waitForURL(`${home}/${name}/`);
      ok((await page.textContent('h1')).startsWith('wechat-cgi'), `${name} ${shape} ${light}: the first page`);
      await page.waitForFunction(() => [...document.images].every((image) => image.complete && image.naturalWidth > 0));
      ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} ${shape} ${light}: nothing sticks out sideways`);
      await page.screenshot({ path: screenshot(`site-${name}-${shape}-${light}`) });
      await page.goto(`${home}/${name}/troubleshooting.html`);
      ok((await page.textContent('h1')).startsWith(c.title), `${name} ${shape} ${light}: a page of its own`);
      ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} ${shape} ${light}: wide tables stay inside`);
      await page.screenshot({ path: screenshot(`site-${name}-${shape}-${light}-page`) });
      is(elsewhere.join(' '), '', `${name} ${shape} ${light}: nothing from another host`);
      is(broken.join(' '), '', `${name} ${shape} ${light}: nothing is missing`);
      await context.close();
    }
  }

  const context = await browser.newContext({ ...desktop, locale: c.locale });
  const page = await context.newPage();
  await page.goto(`${home}/${name}/start.html`);
  ok((await page.textContent('.VPSidebar')).includes(c.first), `${name}: the menu has the pages`);
  await page.click(`button[aria-label="${c.search}"]`);
  await page.fill('.search-input', c.query);
  const hit = page.locator('.results a.result').first();
  await hit.waitFor();
  ok((await hit.getAttribute('href')).startsWith(c.found), `${name}: the search finds ${c.query}`);
  await page.screenshot({ path: screenshot(`site-${name}-search`) });
  await context.close();
}
server.close();
await finish();
