// The project as WeChat's developer tools require it: files, JSON, components, WXML, WXSS, words.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { done, is, ok } from '../lib/tap.mjs';
import { app, componentOf, installed, project, stage, weui } from './phone.mjs';

const top = path.resolve(project, '../..');
const read = (name) => fs.readFileSync(path.join(project, name), 'utf8');
const exists = (name) => fs.existsSync(path.join(project, name));
const files = fs.readdirSync(project, { recursive: true }).map((name) => name.replaceAll('\\', '/')).filter((name) => fs.statSync(path.join(project, name)).isFile());
const withEnd = (end) => files.filter((name) => name.endsWith(end));
const require = createRequire(path.join(project, 'app.js'));

// ---- files and JSON ----

is(withEnd('.wxml').map((name) => name.slice(0, -5)).sort().join(), [...app.pages].sort().join(), 'app.json lists each page, and nothing else');
for (const page of app.pages) is(['js', 'json', 'wxml', 'wxss'].filter((end) => !exists(`${page}.${end}`)).join(), '', `${page}: its four files`);
for (const name of withEnd('.json')) {
  let value = null;
  try { value = JSON.parse(read(name)); } catch (error) { console.log(`# ${error.message}`); }
  ok(value !== null && typeof value === 'object', `${name} is JSON`);
}
is([app.sitemapLocation, app.themeLocation, 'app.js', 'app.wxss', 'project.config.json'].filter((name) => !exists(name)).join(), '', 'the files that app.json and the tools need exist');
const theme = JSON.parse(read(app.themeLocation));
const themed = Object.values(app.window).filter((value) => value.startsWith('@')).map((value) => value.slice(1));
ok(themed.length > 0, 'the window has colours by theme');
for (const shade of ['light', 'dark']) is(Object.keys(theme[shade]).sort().join(), [...themed].sort().join(), `${shade}: each has its value`);

const tools = JSON.parse(read('project.config.json'));
is(`${tools.appid} ${tools.compileType} ${tools.setting.urlCheck}`, 'touristappid miniprogram false', 'opens without an AppID, and with a site on http://127.0.0.1');
const config = require('./config.js');
const makefile = fs.readFileSync(path.join(top, 'Makefile'), 'utf8');
const port = (name) => makefile.match(new RegExp(`^${name} \\?= (\\d+)$`, 'm'))[1];
is(`${config.site} ${config.simulator}`, `http://127.0.0.1:${port('DEMO_PORT')} http://127.0.0.1:${port('SIM_PORT')}`, 'config.js: the site and the simulator of make demo');

// ---- components ----

is(app.useExtendedLib?.weui, true, 'WeUI comes with WeChat, without npm');
for (const page of app.pages) {
  const using = JSON.parse(read(`${page}.json`)).usingComponents;
  const wxml = read(`${page}.wxml`);
  for (const [tag, where] of Object.entries(using)) {
    const file = path.join(weui, where.replace(/^weui-miniprogram\//, ''));
    ok(where.startsWith('weui-miniprogram/') && JSON.parse(fs.readFileSync(`${file}.json`, 'utf8')).component === true && ['js', 'wxml', 'wxss'].every((end) => fs.existsSync(`${file}.${end}`)), `${page}: ${where} is a component of WeUI`);
    ok(wxml.includes(`<${tag}`), `${page}: and is used`);
    const properties = componentOf(file).properties;
    const given = [...wxml.matchAll(new RegExp(`<${tag}\\b([^>]*)>`, 'g'))].flatMap(([, attributes]) => [...attributes.matchAll(/([\w:-]+)(?:="[^"]*")?/g)].map(([, name]) => name));
    const own = given.filter((name) => !/^(wx:|bind|slot$|id$|class$|data-|aria-)/.test(name));
    is(own.filter((name) => !(name in properties)).join(), '', `${page}: ${tag} has the properties it is given (${own.join(' ')})`);
  }
  const declared = [...wxml.matchAll(/<(mp-[\w-]+)/g)].map(([, tag]) => tag).filter((tag) => !using[tag]);
  is(declared.join(), '', `${page}: each component that is used is declared`);
}

// ---- WXML, WXSS, JS ----

const compiler = installed('miniprogram-compiler');
const wxmlList = app.pages.map((page) => `${page}.wxml`);
const compileWxml = (folder, list) => compiler.wxmlToJs(folder, { wxmlList: [...list], wxsList: [], maxBuffer: 1 << 26 });
const compiled = new Function(compileWxml(stage, wxmlList))();
for (const name of wxmlList) is(typeof compiled(name), 'function', `${name}: WeChat’s compiler takes it`);
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'wechat-wxml-'));
fs.writeFileSync(path.join(scratch, 'broken.wxml'), '<view><text></view>');
fs.writeFileSync(path.join(scratch, 'broken.wxss'), '.page { color: red');
function complaint(compile) {
  try { compile(); } catch (error) { return error.message; }
  return '';
}
const wcsc = installed('miniprogram-compiler/src/wcsc'); // it returns its errors
const compileWxss = (folder, name) => {
  const result = wcsc(folder, [name.replace(/\.wxss$/, '')]);
  if (result instanceof Error) throw result;
};
for (const name of withEnd('.wxss')) is(complaint(() => compileWxss(stage, name)), '', `${name}: WeChat’s compiler takes it`);
ok(complaint(() => compileWxml(scratch, ['broken.wxml'])).includes('broken.wxml'), 'and would not take broken WXML');
ok(complaint(() => compileWxss(scratch, 'broken.wxss')).includes('broken.wxss'), 'nor broken WXSS');
fs.rmSync(scratch, { recursive: true });

globalThis.Page = (options) => { globalThis.loaded = options; };
for (const page of app.pages) {
  require(`./${page}.js`);
  const wxml = read(`${page}.wxml`);
  const handlers = [...wxml.matchAll(/\bbind:?\w+="(\w+)"/g)].map(([, name]) => name);
  ok(handlers.length > 0, `${page}: has handlers`);
  is(handlers.filter((name) => typeof globalThis.loaded[name] !== 'function').join(), '', `${page}: each of them is there`);
  const css = read(`${page}.wxss`) + read('app.wxss');
  const classes = new Set([...css.matchAll(/\.([a-z][\w-]*)/g)].map(([, name]) => name));
  const everywhere = app.pages.map((one) => read(`${one}.wxml`)).join();
  is([...classes].filter((name) => !new RegExp(`class="[^"]*\\b${name}\\b`).test(everywhere)).join(), '', `${page}: each class of its style is used`);
}

// ---- words ----

const { languages } = require('./words.js');
const leaves = (value, at = '') => (typeof value === 'string' ? [at] : Object.entries(value).flatMap(([key, inner]) => leaves(inner, at ? `${at}.${key}` : key)));
const names = leaves(languages.zh_CN);
ok(names.length > 30, `${names.length} words`);
for (const [language, words] of Object.entries(languages)) {
  is(leaves(words).join(), names.join(), `${language}: the same words, in the same order`);
  is(leaves(words).filter((name) => name.split('.').reduce((inner, key) => inner[key], words).trim() === '').join(), '', `${language}: none is empty`);
}
const sources = [...withEnd('.wxml'), ...withEnd('.js').filter((name) => name !== 'words.js')].map(read).join('\n');
const errors = fs.readFileSync(path.join(top, 'lib/base/err.c'), 'utf8');
for (const name of names) {
  const [group, key = group] = name.split('.');
  const known = {
    failures: () => key === 'other' || new RegExp(`'${key}'`).test(sources) || errors.includes(`{"${key}",`),
    ways: () => new RegExp(`\\b${key}[:(]`).test(read('pages/my/my.js')),
    how: () => new RegExp(`\\b${key}[:(]`).test(read('pages/my/my.js')),
  }[group] ?? (() => new RegExp(`\\b${key}\\b`).test(sources) || new RegExp(`\\b${key}\\b`).test(read('words.js').split('const languages')[1]));
  ok(known(), `the word ${name} is used`);
}
const used = [...withEnd('.wxml').map(read).join('\n').matchAll(/words\.([a-zA-Z.]+)(?!\[)\b/g)].map(([, name]) => name);
is(used.filter((name) => !names.some((one) => one === name || one.startsWith(`${name}.`))).join(), '', 'each word that a page shows is there');
done();
