// A phone with the mini program on it. WeChat's component simulator (miniprogram-simulate) renders the pages and WeUI's
// components; `wx` behaves as WeChat's reference describes. wx.request calls the real programs, wx.login calls the kit's simulator
// of WeChat.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const build = process.env.WECHAT_BUILD ?? path.resolve(here, '../../build');
export const installed = createRequire(path.join(build, 'miniprogram-node/package.json'));
export const project = path.resolve(here, '../../html/miniprogram');
export const weui = fs.realpathSync(path.join(path.dirname(installed.resolve('weui-miniprogram/package.json')), 'miniprogram_dist'));

const { JSDOM } = installed('jsdom');
const { window } = new JSDOM('<!doctype html><body></body>', { pretendToBeVisual: true });
Object.assign(globalThis, { window, document: window.document });
for (const name of ['CustomEvent', 'Element', 'Event', 'HTMLElement', 'Node', 'Text', 'TouchEvent']) globalThis[name] = window[name];
const simulate = installed('miniprogram-simulate');

// The project as the developer tools see it: each page can use the extended library weui.
export const stage = fs.mkdtempSync(path.join(os.tmpdir(), 'wechat-miniprogram-'));
process.on('exit', () => fs.rmSync(stage, { recursive: true }));
fs.cpSync(project, stage, { recursive: true });
export const app = JSON.parse(fs.readFileSync(path.join(stage, 'app.json'), 'utf8'));
for (const page of app.pages) fs.symlinkSync(weui, path.join(stage, path.dirname(page), 'weui-miniprogram'));
const require = createRequire(path.join(stage, 'app.js'));

// The component simulator has only Component. A page becomes a component whose functions are methods, as in WeChat.
globalThis.Page = ({ data, ...rest }) => {
  const values = Object.entries(rest).filter(([, value]) => typeof value !== 'function');
  if (values.length) throw new Error(`Page: ${values[0][0]} is no function`);
  globalThis.Component({ data, methods: rest });
};

// Unloads the modules of a folder, so that they are loaded again. WeUI's components share a module that runs each of them only once,
// but each load of a page must register its own.
function forgetModules(folder) {
  for (const file of Object.keys(require.cache)) if (file.startsWith(folder)) delete require.cache[file];
}

// What a component of WeUI passes to Component().
export function componentOf(file) {
  const before = globalThis.Component;
  let options = null;
  forgetModules(weui);
  globalThis.Component = (given) => { options = given; };
  require(file);
  globalThis.Component = before;
  return options;
}

export async function until(what, question) {
  const end = Date.now() + 20000;
  while (!question()) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => { setTimeout(resolve, 5); });
  }
}

// wx.request, as its reference describes it: data is sent as a form; a body that is JSON is parsed; any status counts as a
// success.
async function request(phone, { url, method = 'GET', header = {}, data, success, fail }) {
  if (!phone.domains.includes(new URL(url).origin)) {
    fail(phone.refusal);
    return;
  }
  const sent = { url, method, header, data: data && new URLSearchParams(data).toString() };
  phone.requests.push(sent);
  phone.history.push(sent);
  try {
    const headers = { ...header };
    if (phone.dropsAuthorization) delete headers.Authorization;
    const answer = await fetch(url, { method, headers, body: sent.data, redirect: 'follow' });
    sent.status = answer.status;
    sent.answer = await answer.text();
  } catch (error) {
    fail({ errno: 600001, errMsg: `request:fail ${error.cause?.code ?? error.message}` });
    return;
  }
  let body = sent.answer;
  try { body = JSON.parse(body); } catch { /* plain text */ }
  success({ statusCode: sent.status, data: body });
}

async function login(phone, { success, fail }) {
  phone.logins += 1;
  if (phone.login === 'fails') fail({ errMsg: 'login:fail network' });
  else if (phone.login === 'mock') success({ code: 'the code is a mock one', errMsg: 'login:ok' });
  else success(await (await fetch(`${phone.sim}/wx/login?person=${phone.person}`)).json());
}

export class Phone {
  constructor({ site, sim, ...change }) {
    Object.assign(this, { sim, person: 'xiaoming', login: 'works', language: 'zh_CN', theme: 'light', domains: [site, sim], config: { site, simulator: '' } });
    this.refusal = { errno: 600002, errMsg: 'request:fail url not in domain list' };
    Object.assign(this, { storage: {}, files: [], clipboard: null, themeListeners: [], history: [] });
    this.start(change);
  }

  // Starts the mini program again: only its storage is left.
  start(change = {}) {
    Object.assign(this, change, { requests: [], logins: 0, opened: [], title: null });
    forgetModules(stage);
    Object.assign(require('./config.js'), this.config);
    globalThis.App = (options) => { this.app = options; };
    globalThis.getApp = () => this.app;
    Object.assign(globalThis.wx, this.wx());
    require('./app.js');
  }

  wx() {
    return {
      request: (options) => { request(this, options); },
      login: (options) => { login(this, options); },
      getAppBaseInfo: () => ({ language: this.language, theme: this.theme }),
      onThemeChange: (listener) => { this.themeListeners.push(listener); },
      offThemeChange: (listener) => { this.themeListeners = this.themeListeners.filter((one) => one !== listener); },
      getStorageSync: (key) => (key in this.storage ? JSON.parse(this.storage[key]) : ''),
      setStorageSync: (key, value) => { this.storage[key] = JSON.stringify(value); },
      removeStorageSync: (key) => { delete this.storage[key]; },
      navigateTo: ({ url }) => { this.opened.push(url); },
      navigateBack: ({ fail }) => {
        if (this.opened.length) this.opened.pop();
        else fail({ errMsg: 'navigateBack:fail cannot navigate back at first page.' });
      },
      reLaunch: ({ url }) => { this.opened = [url]; },
      setNavigationBarTitle: ({ title }) => { this.title = title; },
      setClipboardData: ({ data, success }) => { this.clipboard = data; success?.(); },
      getFileSystemManager: () => ({
        saveFile: ({ tempFilePath, success, fail }) => {
          if (this.full) { fail({ errMsg: 'saveFile:fail the maximum size of the file storage limit is exceeded' }); return; }
          this.files.push(tempFilePath);
          success({ savedFilePath: `wxfile://store_${this.files.length}` });
        },
      }),
    };
  }

  // Opens a page by the URL for wx.navigateTo; the values of the query are not decoded.
  async open(url) {
    const [page, query = ''] = url.replace(/^\//, '').split('?');
    if (!app.pages.includes(page)) throw new Error(`no such page: ${page}`);
    const options = Object.fromEntries(query.split('&').filter(Boolean).map((field) => field.split(/=(.*)/).slice(0, 2)));
    const wxmlList = app.pages.map((name) => `${name}.wxml`);
    forgetModules(weui);
    const id = simulate.load(path.join(stage, page), { rootPath: stage, compilerOptions: { wxmlList, wxsList: [], maxBuffer: 1 << 26 } });
    const component = simulate.render(id);
    component.attach(document.body.appendChild(document.createElement('div')));
    await component.instance.onLoad(options);
    return new Shown(component);
  }

  // Opens the page that the last tap asked for.
  async follow() {
    await until('wx.navigateTo', () => this.opened.length);
    return this.open(this.opened.pop());
  }

  requestsOf(program) {
    return this.requests.filter(({ url }) => new URL(url).pathname.endsWith(`/${program}`));
  }

  setTheme(theme) {
    this.theme = theme;
    for (const listener of this.themeListeners) listener({ theme });
  }
}

// A page on the screen.
class Shown {
  constructor(component) {
    Object.assign(this, { component, dom: component.dom, instance: component.instance });
  }

  // The text of the page, or of the first element that matches; null: there is none.
  text(selector) {
    const element = selector ? this.component.querySelector(selector)?.dom : this.dom;
    return element ? element.textContent.replace(/\s+/g, ' ').trim() : null;
  }

  texts(selector) {
    return this.component.querySelectorAll(selector).map(({ dom }) => dom.textContent.trim());
  }

  // An attribute of WeChat's elements that match; the simulator keeps attributes beside the DOM.
  attributes(selector, name) {
    return this.component.querySelectorAll(selector).map((element) => element.toJSON().attrs.find((one) => one.name === name)?.value);
  }

  attribute(selector, name) {
    return this.attributes(selector, name)[0];
  }

  fire(selector, event, detail = {}, position = 0) {
    this.component.querySelectorAll(selector)[position].dispatchEvent(event, { detail });
  }

  async tapWay(way) {
    this.component.querySelectorAll('.ways__way').find(({ dom }) => dom.dataset.way === way).dispatchEvent('tap');
    await until(`the way ${way}`, () => this.instance.data.way === way);
  }

  close() {
    this.instance.onUnload();
    this.component.detach();
  }
}
