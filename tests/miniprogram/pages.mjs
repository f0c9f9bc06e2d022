// Sign-in, the list, the four ways to the detail page, the message for each failure, the languages.
import fs from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { done, is, ok } from '../lib/tap.mjs';
import { Phone, until } from './phone.mjs';

const site = process.env.SITE_URL;
const sim = process.env.SIM_URL;
const folder = process.env.KIT_FOLDER;
const openid = 'oMin0001xiaoMing-aBcDeFgHiJk';
const everything = []; // every phone, with its answers and its storage

function newPhone(options = {}) {
  const phone = new Phone({ site, sim, ...options });
  everything.push(phone);
  return phone;
}

async function control(switches = {}) {
  const answer = await fetch(`${sim}/control?format=json`, { method: 'POST', body: new URLSearchParams({ reset: 'all', ...switches }) });
  if (answer.status !== 200) throw new Error(`control: ${answer.status}`);
}

function asked(call) {
  const log = path.join(folder, 'sim-state/requests.jsonl');
  return fs.readFileSync(log, 'utf8').split('\n').filter((line) => line && JSON.parse(line).path === call).length;
}

// ---- the list ----

const phone = newPhone();
const my = await phone.open('/pages/my/my');
is(phone.title, '我的', 'the title of the bar');
is(my.texts('.item__text').join(' '), '我的订单 联系客服 常见问题', 'the list');
is(my.texts('.item__badge').join(), '2', 'one badge: 2');
is(my.dom.querySelectorAll('mp-cell')[0].textContent.replace(/\s+/g, ''), '我的订单2', 'beside 我的订单');
is(my.dom.querySelectorAll('.mp-cell--weui-cell_access').length, 4, 'WeUI’s cells, each with its arrow: the list, and the identifiers');
is(my.attributes('.item__icon', 'src').join(' '), ['orders', 'service', 'help'].map((name) => `${site}/icons/${name}.svg`).join(' '), 'the icons are the site’s');
is(my.text('.who'), null, 'the identifier is folded away, as on the personal page');
my.fire('.identifiers', 'tap');
await until('the identifier', () => my.text('.who'));
is(my.text('.who'), openid, 'validate.cgi said who it is');
my.fire('.who__copy', 'tap');
await until('the clipboard', () => my.text('.who__copy') === '已复制');
is(`${phone.clipboard} ${my.text('.who__copy')}`, `${openid} 已复制`, 'and it is copied');
phone.clipboard = null;
is(my.attribute('.profile__avatar', 'src'), '/images/avatar.svg', 'a default avatar');
is(my.attribute('.profile__nickname', 'placeholder'), '微信用户', 'a default nickname');
is(my.text('.failure'), null, 'no failure is shown');

is(phone.logins, 1, 'one wx.login for two calls at the same moment');
is(phone.requestsOf('mini.cgi').length, 1, 'one sign-in');
is(asked('/sns/jscode2session'), 1, 'WeChat was asked once');
ok(/^code=\w+$/.test(phone.requestsOf('mini.cgi')[0].data), 'the code is posted as a form');
const { token } = JSON.parse(phone.storage.session);
is(phone.requests.map(({ url, header }) => `${new URL(url).pathname.split('/').pop()} ${header.Authorization === `Bearer ${token}`}`).sort().join(), 'list.cgi true,mini.cgi false,validate.cgi true', 'the calls have the token');
const { until: end } = JSON.parse(phone.storage.session);
const { expires_in: seconds } = JSON.parse(phone.requestsOf('mini.cgi')[0].answer);
ok(Math.abs(end - Date.now() - seconds * 1000) < 30000, 'the end of the session is stored with it');

// ---- the four ways ----

async function handOver(way, position, selector = '.item__text') {
  phone.start();
  const list = await phone.open('/pages/my/my');
  is(phone.logins, 0, `${way}: signed in already`);
  await list.tapWay(way);
  const how = list.text('.how');
  list.fire(selector, 'tap', {}, position);
  await until('wx.navigateTo', () => phone.opened.length);
  const [url] = phone.opened;
  const detail = await phone.follow();
  const cells = detail.dom.querySelectorAll('.mp-cells--weui-cells .mp-cell--weui-cell').length;
  const result = { url, how, cells, received: detail.text('.received'), way: detail.text('.way'), name: detail.text('.name'), text: detail.text('.item__text'), said: detail.text('.item__detail') };
  list.close();
  detail.close();
  return result;
}

const byLink = await handOver('query', 0);
is(byLink.url, `/pages/detail/detail?item=orders&name=${encodeURIComponent('我的订单')}`, 'the link holds the value and the name');
is(`${byLink.received} ${byLink.way} ${byLink.name}`, 'orders 链接参数 我的订单', 'by the link');
is(byLink.cells, 3, 'in three of WeUI’s cells');
is(`${byLink.text} ${byLink.said}`, '我的订单 两张订单有新的进展：一张已经发货，一张等您付款。', 'the site’s words on it');
ok(byLink.how.includes('wx.navigateTo'), 'the page says how');
is(Object.keys(phone.app).sort().join(), 'globalData,requestWay', 'no global was used');

const byId = await handOver('id', 1);
is(`${byId.url} ${byId.received} ${byId.way}`, '/pages/detail/detail service 元素 id', 'by the element’s id');
is(`${phone.app.requestId} ${phone.app.requestIndex} ${phone.app.globalData.item}`, 'service undefined undefined', 'through requestId');
is(byId.name, null, 'without a name, which only the link passes');

const byIndex = await handOver('index', 2);
is(`${byIndex.url} ${byIndex.received} ${byIndex.way}`, '/pages/detail/detail questions data-index', 'by data-index');
is(`${phone.app.requestIndex} ${phone.app.requestId} ${phone.app.globalData.item}`, 'questions undefined undefined', 'through requestIndex');

const byGlobal = await handOver('global', 0);
is(`${byGlobal.url} ${byGlobal.received} ${byGlobal.way}`, '/pages/detail/detail orders 全局数据', 'by the global data');
is(`${phone.app.globalData.item.text} ${phone.app.requestId} ${phone.app.requestIndex}`, '我的订单 undefined undefined', 'which holds the item itself');

for (const way of ['id', 'index']) {
  const onBadge = await handOver(way, 0, '.item__badge');
  is(onBadge.received, 'orders', `${way}: a tap on the badge is one on the item`);
}

phone.start();
const nothing = await phone.open('/pages/detail/detail');
is(nothing.text('.failure__title'), '没有收到值', 'opened anew without a link: the globals are gone');
is(nothing.component.querySelector('.failure__again'), undefined, 'trying again would not help');
nothing.fire('.failure__back', 'tap');
await until('the list', () => phone.opened.length);
is(phone.opened.join(), '/pages/my/my', 'the way back is the list, also where no page is before this one');
is(phone.requests.length, 0, 'and no request is sent');

// ---- values from strangers ----

for (const [value, title] of [['nonsense', '没有这一项'], ['ORDERS', '没有这一项'], ['..%2Forders', '没有这一项'], ['%3Cb%3E', '没有这一项'], ['orders%26format%3D', '没有这一项'], ['x'.repeat(65), '没有这一项'], ['%E0%A4%A', '没有收到值'], ['', '没有收到值']]) {
  phone.start();
  const unknown = await phone.open(`/pages/detail/detail?item=${value}&name=x`);
  is(phone.requests.length, value.length > 64 || title === '没有收到值' ? 0 : 1, 'the site is asked only about possible items');
  is(`${unknown.text('.failure__title')} ${unknown.text('.received')}`, `${title} null`, `item=${value.slice(0, 20)}: ${title}`);
  ok(!unknown.text().includes('nonsense') && unknown.dom.querySelector('b') === null, 'and it is not repeated');
}
const markup = await phone.open(`/pages/detail/detail?item=orders&name=${encodeURIComponent('<b onclick="x">&amp;{{words}}')}`);
is(markup.text('.name'), '<b onclick="x">&amp;{{words}}', 'markup in a name is text');
is(markup.dom.querySelector('b'), null, 'and no element');
const long = await phone.open(`/pages/detail/detail?item=orders&name=${'y'.repeat(5000)}`);
is(long.text('.name'), 'y'.repeat(60), 'a long name is cut');
const questions = await phone.open('/pages/detail/detail?item=questions');
questions.fire('.copy', 'tap');
await until('the clipboard', () => phone.clipboard !== null);
is(phone.clipboard, `${site}/`, 'the item’s page, to copy');
is(markup.component.querySelector('.copy'), undefined, 'no such button where there is no page');

// ---- a session's end ----

const signOut = await fetch(`${site}/cgi-bin/logout.cgi`, { method: 'POST', headers: { Authorization: `Bearer ${token}` } });
is(signOut.status, 200, 'the site ends the session');
phone.start();
const renewed = await phone.open('/pages/my/my');
is(renewed.texts('.item__text').length, 3, 'the list is still shown');
is(`${phone.logins} ${phone.requestsOf('mini.cgi').length}`, '1 1', 'after one new sign-in');
is(phone.requests.filter(({ status }) => status === 401).length, 2, 'both calls had got 401');
const second = JSON.parse(phone.storage.session).token;
ok(second !== token && second.length === token.length, 'the new token is stored');

phone.storage.session = JSON.stringify({ token: second, until: Date.now() - 1 });
phone.start();
await phone.open('/pages/my/my');
is(`${phone.logins} ${phone.requests.filter(({ status }) => status === 401).length}`, '1 0', 'an expired session: a new sign-in without asking the site first');

phone.start({ dropsAuthorization: true });
const deaf = await phone.open('/pages/my/my');
is(phone.logins, 1, 'a server that never gets the token: one new sign-in, not one after the other');
ok(deaf.text('.failure').includes('CGIPassAuth On'), 'and what its owner has to set');
ok(deaf.text('.failure').includes('HTTP 401'), 'with the status');
phone.start({ dropsAuthorization: false });

// ---- refused, and tried again ----

const refused = newPhone();
for (const [fault, text, status] of [[40029, 'mini_appid 不是同一个小程序', 410], [40013, '请站长检查 wechat.conf 里的 mini_appid、mini_secret', 503], [-1, '请等一分钟再试', 503], ['garbage', '微信返回异常', 502], [40226, '微信限制了这次登录', 403]]) {
  await control({ fault_mini: fault });
  refused.start();
  const page = await refused.open('/pages/my/my');
  ok(page.text('.failure').includes(text), `WeChat says ${fault}: ${text}`);
  is(page.text('.failure__detail'), `HTTP ${status}`, `with the status ${status}`);
  is(`${refused.logins} ${page.texts('.item__text').length} ${refused.storage.session}`, '1 0 undefined', 'one try, no list, nothing stored');
  page.close();
}
const again = await refused.open('/pages/my/my');
ok(again.text('.failure') !== null, 'still refused');
await control();
again.fire('.failure__again', 'tap');
await until('the list', () => again.instance.data.items.length);
is(`${again.texts('.item__text').length} ${again.text('.failure')}`, '3 null', 'tried again by the button: the list');

const closed = await new Promise((resolve) => { const server = createServer().listen(0, '127.0.0.1', () => { const { port } = server.address(); server.close(() => resolve(port)); }); });
for (const [what, change, text] of [
  ['not on the domain list', { domains: [] }, `“服务器域名”里加上 request 合法域名：${site}`],
  ['the same, as an older WeChat says it', { domains: [], refusal: { errMsg: 'request:fail url not in domain list' } }, `“服务器域名”里加上 request 合法域名：${site}`],
  ['the same, by its number alone', { domains: [], refusal: { errno: 600002, errMsg: 'request:fail' } }, `“服务器域名”里加上 request 合法域名：${site}`],
  ['nobody answers there', { domains: [`http://127.0.0.1:${closed}`], config: { site: `http://127.0.0.1:${closed}`, simulator: '' } }, `请检查网络，再试一次。在开发者工具里：http://127.0.0.1:${closed} 启动了吗`],
  ['no programs there', { config: { site, programs: '/nowhere', simulator: '' } }, '请检查 config.js 里的 site 和 programs'],
  ['a page instead of an answer', { config: { site, programs: '/index.html#', simulator: '' } }, '请检查 config.js 里的 site 和 programs'],
  ['wx.login fails', { login: 'fails' }, '微信没有给出登录凭证'],
  ['the mock code of the visitor’s AppID', { login: 'mock' }, '在 config.js 里写上 simulator'],
]) {
  const page = await newPhone(change).open('/pages/my/my');
  ok(page.text('.failure').includes(text), `${what}: ${text}`);
  ok(page.text('.failure__detail').length > 0, `${what}: ${page.text('.failure__detail')}`);
}

const settings = path.join(folder, 'wechat.conf');
const complete = fs.readFileSync(settings, 'utf8');
fs.writeFileSync(settings, complete.replace(/^mini_.*\n/gm, ''));
const unset = await newPhone().open('/pages/my/my');
ok(unset.text('.failure__text').includes('请站长检查 wechat.conf 里的 mini_appid'), 'a site without mini_appid: its owner has to set it');
fs.writeFileSync(settings, complete);
unset.fire('.failure__again', 'tap');
await until('the list', () => unset.instance.data.items.length);
is(unset.texts('.item__text').length, 3, 'set: the list');

const trying = newPhone({ config: { site, simulator: sim } });
const tried = await trying.open('/pages/my/my');
is(`${trying.logins} ${tried.instance.data.who}`, `0 ${openid}`, 'with a simulator in config.js its code is used, and no wx.login');

// ---- nickname and avatar ----

const own = newPhone();
const profile = await own.open('/pages/my/my');
profile.fire('.profile__choose', 'chooseavatar', { avatarUrl: 'http://tmp/chosen.jpg' });
await until('the avatar', () => profile.instance.data.profile.avatarUrl);
is(profile.attribute('.profile__avatar', 'src'), 'wxfile://store_1', 'the chosen avatar, stored');
is(own.files.join(), 'http://tmp/chosen.jpg', 'from WeChat’s temporary file');
const name = '<b>小明</b> {{who}}';
profile.fire('.profile__nickname', 'blur', { value: ` ${name} ` });
await until('the nickname', () => profile.instance.data.profile.nickname);
is(profile.attribute('.profile__nickname', 'value'), name, 'a nickname with markup is what was entered');
is(profile.dom.querySelector('b'), null, 'and no element');
own.start();
const reopened = await own.open('/pages/my/my');
is(`${reopened.attribute('.profile__nickname', 'value')} ${reopened.attribute('.profile__avatar', 'src')}`, `${name} wxfile://store_1`, 'both are there when it is opened again');
reopened.fire('.profile__nickname', 'nicknamereview', { pass: true, timeout: false });
reopened.fire('.profile__nickname', 'nicknamereview', { pass: false, timeout: true });
await new Promise((resolve) => { setImmediate(resolve); });
is(reopened.attribute('.profile__nickname', 'value'), name, 'reviewed: it stays');
reopened.fire('.profile__nickname', 'nicknamereview', { pass: false, timeout: false });
await until('the review', () => !reopened.instance.data.profile.nickname);
is(JSON.parse(own.storage.profile).nickname, '', 'refused by WeChat: removed');
own.start({ full: true });
const full = await own.open('/pages/my/my');
full.fire('.profile__choose', 'chooseavatar', { avatarUrl: 'http://tmp/other.jpg' });
await until('the other avatar', () => full.attribute('.profile__avatar', 'src') === 'http://tmp/other.jpg');
is(JSON.parse(own.storage.profile).avatarUrl, 'wxfile://store_1', 'no room to store it: it is shown, and the earlier one stays stored');
is(own.requests.filter(({ data }) => data && data.includes('tmp')).length, 0, 'the site hears of neither');

// ---- languages, light and dark ----

for (const [language, title, list, way, unknown] of [
  ['zh_CN', '我的', '我的订单 联系客服 常见问题', '元素 id', '没有这一项'],
  ['zh_TW', '我的', '我的訂單 聯絡客服 常見問題', '元素 id', '沒有這一項'],
  ['zh_HK', '我的', '我的訂單 聯絡客服 常見問題', '元素 id', '沒有這一項'],
  ['en', 'My page', 'My orders Contact us Questions and answers', 'Element id', 'There is no such item'],
  ['fr', 'My page', 'My orders Contact us Questions and answers', 'Element id', 'There is no such item'],
]) {
  const abroad = newPhone({ language });
  const page = await abroad.open('/pages/my/my');
  is(`${abroad.title}: ${page.texts('.item__text').join(' ')}`, `${title}: ${list}`, `${language}: title and list`);
  await page.tapWay('id');
  page.fire('.item__text', 'tap', {}, 1);
  const detail = await abroad.follow();
  is(`${detail.text('.received')} ${detail.text('.way')}`, `service ${way}`, `${language}: the way’s name`);
  is((await abroad.open('/pages/detail/detail?item=none')).text('.failure__title'), unknown, `${language}: an unknown item`);
}
const night = newPhone({ theme: 'dark' });
const dark = await night.open('/pages/my/my');
const shade = () => dark.dom.firstElementChild.dataset.weuiTheme;
is(shade(), 'dark', 'dark, as the phone is');
night.setTheme('light');
is(shade(), 'light', 'and light again, when it changes');
dark.close();
is(night.themeListeners.length, 0, 'a closed page no longer listens');

// ---- what no phone may hold ----

const code = (await (await fetch(`${sim}/wx/login?person=xiaoming`)).json()).code;
const conf = fs.readFileSync(settings, 'utf8');
const [appid, secret] = ['mini_appid', 'mini_secret'].map((key) => conf.match(new RegExp(`^${key} = (.*)$`, 'm'))[1]);
const raw = await (await fetch(`${sim}/sns/jscode2session?${new URLSearchParams({ appid, secret, js_code: code, grant_type: 'authorization_code' })}`)).json();
const key = raw.session_key;
ok(key.length > 20, 'WeChat gives a session_key');
const seen = everything.map(({ history, storage }) => JSON.stringify({ history, storage })).join();
ok(seen.includes(second), 'the answers and the storage of the phones are searched');
ok(!seen.includes('session_key') && !seen.includes(key.slice(0, 12)), 'nothing has the session_key');
ok(!seen.includes(secret), 'nor the secret');
done();
