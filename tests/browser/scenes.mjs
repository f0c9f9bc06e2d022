// Every page that a visitor, an owner and a developer can see, and how to get there: one row each. sheets.mjs takes their pictures, and
// narrow.mjs checks that no text is cut where the screen is 320 pixels wide.
//
//   page   the template, html/NAME.html; null: none (the Vue app, the mini program, a static page)
//   name   of the picture
//   conf   what the site's settings have besides
//   signed the browser is signed in
//   agent  'wechat' or 'phone': whose browser it is
//   alone  the languages one after the other, because the page is that of one person, or the simulator's state is changed
//   open   leads the page there
import { drawMini } from '../miniprogram/drawn.mjs';

const site = process.env.SITE_URL;
const sim = process.env.SIM_URL;
const cgi = `${site}/cgi-bin`;
const john = 'oSim0005johnSmithEnglish-CdE';

export const agents = {
  wechat: 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.50',
  phone: 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36',
  computer: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
};
export const people = { zh_CN: 'xiaoming', zh_TW: 'meimei', en: 'john' };

const at = (address) => (page) => page.goto(address.startsWith('http') ? address : `${cgi}/${address}`);
const arrived = (page, start) => page.waitForURL((url) => url.href.startsWith(start));

export async function control(switches = {}) {
  await fetch(`${sim}/control?format=json`, { method: 'POST', body: new URLSearchParams({ reset: 'all', ...switches }) });
}

// Signs a person in, and stays where that ends.
export async function signIn(page, person, address = 'login.cgi?again=1') {
  await page.goto(address.startsWith('http') ? address : `${cgi}/${address}`);
  await page.click(`#${person}`);
  await page.waitForURL((url) => !url.href.startsWith(sim));
}

// Sends a form of one of the site's pages, as it is or without its token.
const post = (address, fields = {}) => async (page) => {
  await page.goto(`${cgi}/privacy.cgi`);
  await Promise.all([page.waitForEvent('load'), page.evaluate(([action, values]) => {
    const form = Object.assign(document.createElement('form'), { method: 'post', action });
    for (const [name, value] of Object.entries(values)) form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
    document.body.append(form);
    form.submit();
  }, [`${cgi}/${address}`, fields])]);
};

// Writes to the account: the link in its answer.
async function write(content, person) {
  const answer = await fetch(`${sim}/console?format=json`, { method: 'POST', body: new URLSearchParams({ kind: 'text', person, mode: 'compatible', content }) });
  return (await answer.json()).reply_text.match(/href="([^"]+)"/)[1].replaceAll('&amp;', '&');
}

// A computer shows a code, and a phone opens its link, signed in; returns the computer's page.
async function scan(page, k) {
  const screen = await k.another('computer');
  await screen.goto(`${cgi}/login.cgi?again=1&qr=1`);
  await signIn(page, k.person, await screen.textContent('#link'));
  return screen;
}

const qr = { outside_wechat: 'qr' };
const message = { ...qr, sign_in: 'authorize message', account_name: '小店', account_qr: '/account.svg' };
const account = { account_name: '小店', account_qr: '/account.svg' };
const owner = { owners: process.env.OWNERS, menu: 'menu.json', access: 'access.json' };
export const face = { site_name: '小明的书店', logo: '/logo.svg', theme_color: '#c8102e', links: 'links.json', icp: '京ICP备12345678号-1', contact: 'shop@example.com' };
const oidc = { oidc_clients: 'clients.json' };
const authorize = (client, uri, more) => at(`oidc.cgi/authorize?response_type=code&client_id=${client}&redirect_uri=${encodeURIComponent(uri)}&${more}`);
const wrong = (switches) => async (page, k) => { await control(switches); await signIn(page, k.person); await control(); };
const owners = (name, query, open) => ({ page: `owner-${name}`, name: `owner-${name}`, group: 'owner', conf: owner, signed: true, open: open ?? at(`owner.cgi?${query}`) });

export const scenes = [
  // ---- signing in ----
  { page: 'consent', name: 'consent', group: 'sign-in', conf: { consent: 'ask' }, open: at('me.cgi') },
  { page: 'refused', name: 'refused', group: 'sign-in', open: async (page) => { await at('me.cgi')(page); await page.click('#refuse'); await arrived(page, site); } },
  { page: 'again', name: 'again', group: 'sign-in', conf: qr, open: at('desktop.cgi?wait=1') },
  { page: 'snapshot', name: 'snapshot', group: 'sign-in', open: (page) => signIn(page, 'snapshot') },
  { page: 'desktop', name: 'desktop', group: 'sign-in', conf: qr, open: at('login.cgi?qr=1') },
  { page: 'desktop', name: 'desktop-link', group: 'sign-in', conf: qr, open: async (page) => { await at('login.cgi?qr=1')(page); await page.click('summary'); } },
  { page: 'desktop', name: 'desktop-scanned', group: 'sign-in', conf: qr, open: async (page, k) => {
    await at('login.cgi?qr=1')(page);
    await signIn(await k.another('wechat'), k.person, await page.textContent('#link'));
    await page.waitForSelector('#state [data-state=scanned]:not([hidden])');
  } },
  { page: 'tooold', name: 'tooold', group: 'sign-in', conf: qr, open: async (page) => { await at('login.cgi?qr=1')(page); await at('late.cgi?wait=1')(page); } },
  { page: 'declined', name: 'declined', group: 'sign-in', conf: qr, open: async (page, k) => {
    await at('login.cgi?qr=1')(page);
    const hand = await k.another('wechat');
    await signIn(hand, k.person, await page.textContent('#link'));
    await hand.click('button[value=no]');
    await page.waitForSelector('main:not(:has(#link))');
  } },
  { page: 'confirm', name: 'confirm', group: 'sign-in', conf: qr, agent: 'wechat', open: async (page, k) => { await scan(page, k); } },
  { page: 'confirmed', name: 'confirmed', group: 'sign-in', conf: qr, agent: 'wechat', open: async (page, k) => { await scan(page, k); await page.click('button[value=yes]'); } },
  { page: 'notconfirmed', name: 'notconfirmed', group: 'sign-in', conf: qr, agent: 'wechat', open: async (page, k) => { await scan(page, k); await page.click('button[value=no]'); } },
  { page: 'scanagain', name: 'scanagain', group: 'sign-in', conf: qr, agent: 'wechat', signed: true, open: async (page, k) => {
    const screen = await k.another('computer');
    await screen.goto(`${cgi}/login.cgi?again=1&qr=1`);
    const link = await screen.textContent('#link');
    await page.goto(`${link.slice(0, -4)}XXXX`);
  } },
  { page: 'inwechat', name: 'inwechat', group: 'sign-in', conf: qr, agent: 'phone', open: at('login.cgi') },
  { page: 'code', name: 'code', group: 'sign-in', conf: message, open: at('code.cgi') },
  { page: 'code', name: 'code-wrong', group: 'sign-in', conf: message, open: async (page) => { await at('code.cgi')(page); await page.fill('#code', '000000'); await page.press('#code', 'Enter'); await page.waitForSelector('[aria-invalid]'); } },
  { page: 'code', name: 'code-consent', group: 'sign-in', conf: { ...message, consent: 'ask' }, open: at('code.cgi') },
  { page: 'link', name: 'link', group: 'sign-in', conf: message, agent: 'wechat', open: async (page, k) => { await page.goto(await write('登录', k.person)); } },
  { page: 'linktooold', name: 'linktooold', group: 'sign-in', conf: message, agent: 'wechat', open: async (page, k) => {
    const link = await write('登录', k.person);
    await page.goto(`${link.slice(0, -4)}XXXX`);
  } },
  { page: 'desktop', name: 'scene', group: 'sign-in', conf: { ...qr, ...account, sign_in: 'scene' }, open: at('login.cgi') },
  { page: 'waiting', name: 'waiting', group: 'sign-in', conf: { people: 'approved', owners: 'oSomebodyElse' }, open: (page) => signIn(page, 'nobody') },
  { page: 'follow', name: 'follow', group: 'sign-in', conf: { ...qr, ...account, people: 'followers' }, agent: 'wechat', open: (page) => signIn(page, 'lin') },
  { page: 'blocked', name: 'blocked', group: 'sign-in', conf: { contact: 'shop@example.com' }, open: (page) => signIn(page, 'ann') },
  { page: 'develop', name: 'develop', group: 'sign-in', conf: { dev_origins: '*' }, open: (page, k) => signIn(page, k.person, 'login.cgi?dev=http%3A%2F%2F192.168.1.5%3A5173%2F') },
  { page: 'unlisted', name: 'unlisted', group: 'sign-in', open: at('login.cgi?dev=http%3A%2F%2F192.168.1.5%3A5173%2F') },

  // ---- signed in ----
  { page: 'approve', name: 'approve', group: 'sign-in', conf: oidc, signed: true, open: authorize('shop', 'https://app.example.com/cb', 'scope=openid+profile+email+groups+offline_access&prompt=consent') },
  // The page leaves by itself.
  { page: 'formpost', name: 'formpost', group: 'sign-in', conf: oidc, signed: true, open: async (page) => {
    await page.addInitScript(() => { HTMLFormElement.prototype.submit = () => {}; });
    await authorize('wiki', 'https://wiki.example.com/cb?a=b', 'scope=openid&response_mode=form_post')(page);
  } },
  // So does this one.
  { page: 'signingout', name: 'signingout', group: 'visitor', conf: oidc, signed: true, open: async (page) => {
    const callback = `${site}/cb`;
    await authorize('board', callback, 'scope=openid')(page);
    const code = new URL(page.url()).searchParams.get('code');
    await fetch(`${cgi}/oidc.cgi/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: callback, client_id: 'board', client_secret: 'invented-client-secret-0123456789abcdefghij' }) });
    await page.addInitScript(() => {
      const { addEventListener: listen, setTimeout: later } = window;
      window.addEventListener = (type, ...rest) => { if (type !== 'load') listen.call(window, type, ...rest); };
      window.setTimeout = (run, delay, ...rest) => (typeof delay === 'string' ? 0 : later(run, delay, ...rest)); // the page's has its delay from an attribute
    });
    await at('logout.cgi')(page);
    await page.click('button');
  } },
  { page: 'leave', name: 'leave', group: 'visitor', conf: oidc, signed: true, open: at('oidc.cgi/logout') },
  { page: 'me', name: 'me', group: 'visitor', signed: true, open: at('me.cgi') },
  { page: 'me', name: 'me-open', group: 'visitor', signed: true, open: async (page) => { await at('me.cgi')(page); for (const one of await page.locator('details > summary').all()) await one.click(); } },
  { page: 'me', name: 'me-nobody', group: 'visitor', open: (page) => signIn(page, 'nobody', 'me.cgi') },
  { page: 'me', name: 'me-face', group: 'visitor', conf: face, signed: true, open: at('me.cgi') },
  { page: 'list', name: 'list', group: 'visitor', conf: { list_lesson: 'off' }, signed: true, open: at('list.cgi') },
  { page: 'list', name: 'list-face', group: 'visitor', conf: { ...face, list_lesson: 'off' }, signed: true, open: at('list.cgi') },
  { page: 'list', name: 'list-empty', group: 'visitor', conf: { list_lesson: 'off', list: 'empty.json' }, signed: true, open: at('list.cgi') },
  { page: 'detail', name: 'detail', group: 'visitor', conf: { list_lesson: 'off' }, signed: true, open: at('list.cgi?item=orders') },
  { page: 'lesson', name: 'lesson', group: 'visitor', conf: { list_lesson: 'on' }, signed: true, open: at('list.cgi') },
  { page: 'lesson', name: 'lesson-global', group: 'visitor', conf: { list_lesson: 'on' }, signed: true, open: at('list.cgi?way=global') },
  { page: 'detail', name: 'detail-lesson', group: 'visitor', conf: { list_lesson: 'on' }, signed: true, open: at('list.cgi?item=orders&name=%E6%88%91%E7%9A%84%E8%AE%A2%E5%8D%95') },
  { page: 'nothing', name: 'nothing', group: 'visitor', conf: { list_lesson: 'on' }, signed: true, open: at('list.cgi?detail=1') },
  { page: 'folder', name: 'folder', group: 'visitor', conf: { private_dir: 'private', access: 'access.json' }, signed: true, open: at('gate.cgi/') },
  { page: 'norole', name: 'norole', group: 'visitor', conf: { private_dir: 'private', access: 'access.json' }, signed: true, open: at('gate.cgi/board/plan.txt') },
  { page: 'signout', name: 'signout', group: 'visitor', signed: true, open: at('logout.cgi') },
  { page: 'signedout', name: 'signedout', group: 'visitor', open: async (page, k) => { await signIn(page, k.person, 'me.cgi'); await at('logout.cgi')(page); await page.click('button'); } },
  { page: 'forget', name: 'forget', group: 'visitor', signed: true, open: async (page) => { await at('me.cgi')(page); await page.click('a[href*=forget]'); } },
  { page: 'forgotten', name: 'forgotten', group: 'visitor', alone: true, open: async (page) => { await signIn(page, 'control', 'me.cgi'); await page.click('a[href*=forget]'); await page.click('button'); } },
  { page: 'privacy', name: 'privacy', group: 'visitor', open: at('privacy.cgi') },
  { page: null, name: 'start', group: 'visitor', signed: true, open: async (page) => { await page.goto(`${site}/`); await page.waitForSelector('.who:not(:empty)'); } },

  // ---- errors ----
  { page: 'error', name: 'error-request', group: 'errors', open: at('callback.cgi') },
  { page: 'error', name: 'error-face', group: 'errors', conf: face, open: at('callback.cgi?code=x&state=y') },
  { page: 'error', name: 'error-not-found', group: 'errors', signed: true, open: at('list.cgi?item=none') },
  { page: 'error', name: 'error-method', group: 'errors', open: post('privacy.cgi') },
  { page: 'error', name: 'error-denied', group: 'errors', signed: true, open: post('me.cgi', { action: 'end', csrf: 'x' }) },
  { page: 'error', name: 'error-expired', group: 'errors', alone: true, open: async (page, k) => {
    await control({ fault_grant: '40029' });
    await at('login.cgi?again=1')(page);
    await Promise.all([page.waitForEvent('load'), page.click(`#${k.person}`)]); // the site asks once more by itself
    await page.click(`#${k.person}`);
    await arrived(page, site);
    await control();
  } },
  { page: 'error', name: 'error-config', group: 'errors', alone: true, open: wrong({ fault_grant: '40125' }) },
  { page: 'error', name: 'error-busy', group: 'errors', alone: true, open: wrong({ fault_grant: '-1' }) },
  { page: 'error', name: 'error-upstream', group: 'errors', alone: true, open: wrong({ fault_grant: 'garbage' }) },
  { page: 'error', name: 'error-timeout', group: 'errors', alone: true, open: wrong({ delay_grant: '9000' }) },
  { page: 'error', name: 'error-follow', group: 'errors', alone: true, open: wrong({ fault_grant: '50005' }) },
  { page: 'error', name: 'error-restricted', group: 'errors', alone: true, open: wrong({ fault_grant: '40226' }) },
  { page: 'error', name: 'error-too-large', group: 'errors', open: post('logout.cgi', { csrf: 'x'.repeat(2 ** 20) }) },
  { page: 'error', name: 'error-system', group: 'errors', conf: { state: 'redis://127.0.0.1:1/0' }, signed: true, open: at('me.cgi') },
  { page: 'error', name: 'error-full', group: 'errors', conf: qr, open: async (page) => {
    for (let i = 0; i < 200; i++) await page.request.get(`${cgi}/login.cgi?again=1&qr=1`);
    await at('login.cgi?again=1&qr=1')(page);
  } },

  // ---- the owner ----
  owners('today', ''),
  owners('people', 'view=people'),
  owners('person', `view=person&openid=${john}`),
  owners('delete', `view=person&openid=${john}&ask=delete`),
  owners('messages', 'view=messages'),
  owners('changes', 'view=changes'),
  owners('files', 'view=files'),
  { ...owners('edit', 'view=edit&file=list'), conf: { ...owner, list: 'broken.json' } },
  owners('menu', 'view=menu&step=publish'),
  owners('codes', '', async (page, k) => {
    await at('owner.cgi?view=codes')(page);
    await page.fill('#scene', `shop-${k.language}`);
    await Promise.all([page.waitForEvent('load'), page.click('button[value=make]')]);
  }),
  { page: 'keptext', name: 'keptext', group: 'owner', conf: owner, session: process.env.OLD_SESSION, open: async (page) => {
    await at('logout.cgi')(page);
    const csrf = await page.inputValue('input[name=csrf]');
    await post('owner.cgi?view=edit&file=list', { csrf, text: '[\n  {"id": "orders", "text": "我的订单"}\n]\n', save: '1' })(page);
  } },
  { page: 'notowner', name: 'notowner', group: 'owner', conf: { owners: 'oSomebodyElse' }, signed: true, open: at('owner.cgi') },
  { page: 'check', name: 'check', group: 'owner', conf: owner, signed: true, open: at('check.cgi') },
  { page: 'checkclosed', name: 'checkclosed', group: 'owner', open: at('check.cgi') },

  // ---- the simulator ----
  { page: 'index', sim: true, name: 'sim-tour', group: 'developer', open: (page) => page.goto(`${sim}/`) },
  { page: 'consent', sim: true, name: 'sim-consent', group: 'developer', open: at('login.cgi?again=1') },
  { page: 'double', sim: true, name: 'sim-double', group: 'developer', alone: true, open: async (page, k) => { await control({ double_callback: '1' }); await at('login.cgi?again=1')(page); await page.click(`#${k.person}`); await page.waitForSelector('#go'); await control(); } },
  { page: 'wechat-error', sim: true, name: 'sim-wrong', group: 'developer', open: (page) => page.goto(`${sim}/connect/oauth2/authorize?appid=x`) },
  { page: 'screens', sim: true, name: 'sim-screens', group: 'developer', conf: { outside_wechat: 'both' }, alone: true, open: (page) => page.goto(`${sim}/screens`) },
  { page: 'screens', sim: true, name: 'sim-screens-confirm', group: 'developer', alone: true, open: async (page, k) => {
    await page.goto(`${sim}/screens`);
    await Promise.all([page.waitForEvent('load'), page.click(`button[value=${k.person}]`)]);
    for (const step of ['#scan', '#phone-allow']) await Promise.all([page.waitForEvent('load'), page.click(step)]);
  } },
  { page: 'console', sim: true, name: 'sim-console', group: 'developer', open: async (page, k) => {
    await page.goto(`${sim}/console?person=${k.person}`);
    await page.fill('#say input[name=content]', '你好');
    await Promise.all([page.waitForEvent('load'), page.click('#say button')]);
  } },
  { page: 'console', sim: true, name: 'sim-console-plus', group: 'developer', open: async (page, k) => { await page.goto(`${sim}/console?person=${k.person}`); await page.click('#plus > summary'); await page.click('#all > summary'); } },
  { page: 'control', sim: true, name: 'sim-control', group: 'developer', alone: true, open: async (page) => { await page.goto(`${sim}/control`); await Promise.all([page.waitForEvent('load'), page.click('button[value=secret]')]); await control(); } },
  { page: 'control', sim: true, name: 'sim-control-all', group: 'developer', open: async (page) => { await page.goto(`${sim}/control`); await page.click('.switches summary'); } },

  // ---- the Vue app, and the mini program ----
  { page: null, name: 'vue-nobody', group: 'developer', open: async (page) => { await page.goto(`${site}/app/`); await page.waitForSelector('h1'); } },
  { page: null, name: 'vue-list', group: 'developer', signed: true, open: async (page) => { await page.goto(`${site}/app/`); await page.waitForSelector('nav a'); } },
  { page: null, name: 'vue-item', group: 'developer', signed: true, open: async (page) => { await page.goto(`${site}/app/#/orders`); await page.waitForSelector('.item__detail'); } },
  { page: null, name: 'vue-missing', group: 'developer', signed: true, open: async (page) => { await page.goto(`${site}/app/#/none`); await page.waitForSelector('[role=alert]'); } },
  { page: null, name: 'vue-left', group: 'developer', open: async (page, k) => { await signIn(page, k.person, 'me.cgi'); await page.goto(`${site}/app/`); await page.click('button'); await page.waitForSelector('.weui-icon-success'); } },
  ...['my', 'detail', 'failure'].map((what) => ({ page: null, name: `mini-${what}`, group: 'developer', mini: true, alone: true, open: (page, k) => drawMini(page, what, k) })),
];

// Templates that nobody sees: what others are made of, and the simulator's own failure, which no request brings about.
export const unseen = ['layout', 'sim/error'];

// The pictures of the README (make pictures): pages of the table, side by side. The fifth value is the size of the other browser's page,
// which stands before.
const tall = { width: 390, height: 844 };
const low = { width: 390, height: 560 };
const app = { width: 360, height: 560 };
export const pictures = {
  picture: [['me-face', 'zh_CN', tall, 'light'], ['list-face', 'zh_CN', tall, 'dark']],
  demo: [['sim-screens-confirm', 'zh_CN', { width: 1060, height: 1078 }, 'light']],
  list: [['lesson', 'zh_CN', low, 'light'], ['detail-lesson', 'zh_CN', low, 'light']],
  vue: [['vue-left', 'zh_CN', app, 'light'], ['vue-list', 'zh_CN', app, 'light'], ['vue-item', 'zh_CN', app, 'light']],
  miniprogram: [['mini-my', 'zh_CN', { width: 375, height: 600 }, 'light'], ['mini-detail', 'zh_CN', { width: 375, height: 600 }, 'light']],
  desktop: [['confirm', 'zh_CN', { width: 375, height: 850 }, 'light', { width: 700, height: 850 }]],
  console: [['sim-console', 'zh_CN', { width: 390, height: 700 }, 'light'], ['sim-console-plus', 'zh_CN', { width: 390, height: 700 }, 'light']],
};
