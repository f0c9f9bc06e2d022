// Visits the pages of scenes.mjs, each in three languages, and checks what is shown there.
import { readFile, writeFile } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { browser, ok, site } from './tools.mjs';
import { agents, people, scenes, signIn, unseen } from './scenes.mjs';

const locales = { zh_CN: 'zh-CN', zh_TW: 'zh-TW', en: 'en-US' };
export const languages = Object.keys(locales);
const conf = process.env.CONF;
const settings = await readFile(conf, 'utf8');
const write = (change) => writeFile(conf, Object.entries(change).reduce((text, [name, value]) => `${text.replace(new RegExp(`^${name} = .*\n`, 'm'), '')}${name} = ${value}\n`, settings));

// The templates that are in no row.
export function missing() {
  const top = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../..');
  const names = (folder) => readdirSync(path.join(top, folder)).filter((name) => name.endsWith('.html')).map((name) => name.slice(0, -5));
  const there = [...names('html'), ...names('tests/sim/html').map((name) => `sim/${name}`)];
  const seen = new Set(scenes.map(({ page, sim }) => (sim ? `sim/${page}` : page)));
  return there.filter((name) => !seen.has(name) && !unseen.includes(name));
}

let addresses = 0; // each browser has an address of its own, so that nobody has tried too often
const options = (language, agent, more) => ({ locale: locales[language], userAgent: agents[agent], ...more, extraHTTPHeaders: { 'X-Forwarded-For': `203.0.113.${addresses++ % 250 + 1}` } });

// Each language's person is signed in once, under the settings as they are.
const sessions = {};
for (const language of languages) {
  const context = await browser.newContext(options(language, 'computer'));
  await signIn(await context.newPage(), people[language], 'me.cgi');
  sessions[language] = (await context.cookies(site)).find(({ name }) => name === 'wx_session').value;
  await context.close();
}

async function visitOne(row, language, device, look) {
  const context = await browser.newContext(options(language, row.agent ?? 'computer', device));
  const others = [];
  const k = {
    language, person: people[language], others,
    another: async (agent) => { others.push(await browser.newContext(options(language, agent, device))); return others.at(-1).newPage(); },
  };
  const value = row.session ?? (row.signed && sessions[language]);
  if (value) await context.addCookies([{ name: 'wx_session', value, url: site }]);
  const page = await context.newPage();
  page.setDefaultTimeout(15000);
  try {
    await row.open(page, k);
    await page.waitForLoadState('load');
    await look(page, row, language, k);
  } catch (error) {
    ok(false, `${row.name}, ${language}: cannot be shown; at ${page.url()}: ${error.message.split('\n').slice(0, 4).join(' ')}`);
  } finally {
    await Promise.all([context, ...others].map((one) => one.close()));
  }
}

// Calls look(page, row, language, k) on each page, in each language. ROWS: only those whose name matches.
export async function visit(look, { device = {}, rows = scenes, only = languages } = {}) {
  for (const row of rows.filter(({ name }) => new RegExp(process.env.ROWS ?? '').test(name))) {
    await write(row.conf ?? {});
    const each = only.map((language) => () => visitOne(row, language, device, look));
    if (row.alone) for (const one of each) await one();
    else await Promise.all(each.map((one) => one()));
  }
  await write({});
}

// What is wrong with the page at its width: each text that is cut, or lies outside of its box or of the window.
export const cut = (page) => page.evaluate(() => {
  const found = [];
  const scrolls = (element) => {
    for (let e = element; e; e = e.parentElement) {
      if (e !== document.documentElement && e !== document.body && /auto|scroll/.test(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth + 1) return true;
    }
    return false;
  };
  const hides = (style) => /hidden|clip/.test(style.overflowX) || style.textOverflow === 'ellipsis';
  if (document.documentElement.scrollWidth > innerWidth) found.push(`the page is ${document.documentElement.scrollWidth} wide`);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest('script, style, svg, textarea, select, noscript') || !element.checkVisibility()) continue;
    if (scrolls(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    const text = walker.currentNode.data.trim().slice(0, 40);
    let box = element;
    while (getComputedStyle(box).display === 'inline') box = box.parentElement;
    const { left, right } = box.getBoundingClientRect();
    for (const one of range.getClientRects()) {
      if (one.width < 1) continue;
      if (one.left < -1 || one.right > innerWidth + 1) { found.push(`outside of the window: ${text}`); break; }
      if (one.left < left - 2 || one.right > right + 2) { found.push(`outside of its box: ${text}`); break; }
    }
    for (let e = element; e && e !== document.body; e = e.parentElement) {
      if (hides(getComputedStyle(e)) && (e.scrollWidth > e.clientWidth + 1 || (e.scrollHeight > e.clientHeight + 1 && getComputedStyle(e).overflowY !== 'visible' && e.clientHeight > 0 && e.clientHeight < 200))) { found.push(`cut: ${text}`); break; }
    }
  }
  for (const field of document.querySelectorAll('input:not([type=hidden], [type=checkbox], [type=radio])')) {
    if (field.checkVisibility() && field.value === '' && field.placeholder && field.scrollWidth > field.clientWidth + 1) found.push(`cut: ${field.placeholder}`);
  }
  return found;
});
