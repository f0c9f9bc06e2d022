// Shared by the browser tests: Chromium, TAP, screenshots with axe-core.
import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { done, is, ok } from '../lib/tap.mjs';

export { is, ok };

const build = process.env.WECHAT_BUILD ?? path.resolve(import.meta.dirname ?? '.', '../../build');
const require = createRequire(path.join(build, 'browser-node/package.json'));
const { chromium } = require('playwright-core');
const axeSource = await readFile(require.resolve('axe-core/axe.min.js'), 'utf8');
export const site = process.env.SITE_URL;
export const sim = process.env.SIM_URL;
const shots = path.join(build, 'screenshots');
await mkdir(shots, { recursive: true });

export const screenshot = (name) => path.join(shots, `${name}.png`);

// Only violations are listed in full: the lists of what is right take as long again.
export async function axe(page, name) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => globalThis.axe.run({ resultTypes: ['violations'] }));
  ok(violations.length === 0, `${name}: axe-core finds nothing`);
  for (const { id, nodes } of violations) console.log(`# ${id}: ${nodes.map((n) => n.html).join(' | ').slice(0, 300)}`);
}

export async function look(page, name) {
  await page.screenshot({ path: screenshot(name), fullPage: true });
  await axe(page, name);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  ok(!wide, `${name}: nothing sticks out sideways`);
  const low = await page.evaluate(() => [...document.querySelectorAll('button, summary, select, .weui-btn, .ways a, .pages a')]
    .filter((e) => e.offsetParent && Math.round(e.getBoundingClientRect().height) < 44).map((e) => `${e.textContent.trim()}: ${e.getBoundingClientRect().height}`));
  ok(low.length === 0, `${name}: buttons are 44 px high`);
  if (low.length > 0) console.log(`# ${low.join(', ')}`);
}

// Chromium without the parts for a screen takes a third of the processor's time.
const headless = '/usr/bin/chromium-headless-shell';
export const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? (existsSync(headless) ? headless : '/usr/bin/chromium'),
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run', '--disable-component-update', '--disable-sync',
    '--host-resolver-rules=MAP 192.168.1.5 127.0.0.1'], // this computer, at an address of a local network
});

// Does something that leads to another page, or to the same one anew, and waits until that is there.
export const leads = (page, action) => Promise.all([page.waitForEvent('load'), action()]);

export const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true };
export const desktop = { viewport: { width: 1280, height: 800 } };

export async function finish() {
  await browser.close();
  done();
}
