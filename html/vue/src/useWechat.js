// Who is signed in with WeChat. Copy this one file into your Vue app:
//
//   const { user, error, login, logout, call } = useWechat();
//
//   user     undefined until it is known; null: nobody; else what validate.cgi says: sub, name, headimgurl
//   error    null, or why the last thing failed, until something succeeds: unreachable, unlisted, ended, or a program's
//            word: expired, not_found, config, system …
//   login()  leaves for WeChat; comes back to this very page, signed in
//   logout() ends the session
//   call(program, options)  asks a program of the site, as fetch() does: its JSON, or undefined, and error says why
//
// Built, the app is a page of the site: same origin, signed in by its cookie. In `npm run dev` it has an origin of its own,
// to which WeChat gives no code. There the site signs it in, and sends it back with a one-time ticket in the fragment,
// which is exchanged for a token that this tab keeps. The site lists the origin in dev_origins, and is named by
// VITE_WECHAT_SITE (.env.local); unless it is, it is the demo. None of this is in what is built.
import { ref } from 'vue';

const dev = import.meta.env.DEV;
const site = dev ? (import.meta.env.VITE_WECHAT_SITE || 'http://127.0.0.1:8007').replace(/\/+$/, '') : '';
const programs = `${site}/cgi-bin`; // the setting cgi_path
const TOKEN = 'wx_token';
const FRAGMENT = 'wx_fragment'; // of the page that began a sign-in

const user = ref();
const error = ref(null);
let ticket = dev ? takeTicket() : null;
let started;

// The ticket leaves the address and the history at once; the fragment that stood there before the sign-in comes back.
// A ticket that this tab did not ask for is nobody's: with it, a link could sign you in as somebody else.
function takeTicket() {
  const found = location.hash.match(/^#wx_ticket=([\w-]+)$/);
  const fragment = sessionStorage.getItem(FRAGMENT);
  sessionStorage.removeItem(FRAGMENT);
  if (!found) return null;
  history.replaceState(history.state, '', location.pathname + location.search + (fragment ?? ''));
  if (fragment !== null) return found[1];
  error.value = 'expired';
  return null;
}

// The program's answer if it is a good one; else error says why not.
async function ask(program, options = {}) {
  const headers = new Headers(options.headers);
  const token = dev && sessionStorage.getItem(TOKEN);
  if (token) headers.set('Authorization', `Bearer ${token}`);
  let answer;
  try {
    answer = await fetch(`${programs}/${program}`, { ...options, headers });
  } catch {
    error.value = (await isThere()) ? 'unlisted' : 'unreachable';
    return undefined;
  }
  if (answer.ok) {
    error.value = null;
    return answer;
  }
  if (answer.status === 401) {
    if (token || user.value) error.value = 'ended';
    forget();
  } else {
    error.value = (await answer.json().catch(() => ({}))).error ?? 'system';
  }
  return undefined;
}

// Does the site answer at all? A browser does not say whether it was that or the origin.
function isThere() {
  return dev && fetch(`${programs}/validate.cgi`, { mode: 'no-cors' }).then(() => true, () => false);
}

function forget() {
  if (dev) sessionStorage.removeItem(TOKEN);
  user.value = null;
}

const form = (fields) => ({ method: 'POST', body: new URLSearchParams(fields) });

async function read(program, options) {
  const answer = await ask(program, options);
  return answer?.json().catch(() => { error.value = 'system'; });
}

async function start() {
  if (ticket) {
    const grant = await read('ticket.cgi', form({ ticket }));
    if (grant) sessionStorage.setItem(TOKEN, grant.access_token);
    ticket = null;
  }
  if (dev && !sessionStorage.getItem(TOKEN)) user.value = null;
  else user.value = (await read('validate.cgi')) ?? user.value;
}

async function login() {
  const { origin, pathname, search, hash } = location;
  if (!dev) {
    location.assign(`${programs}/login.cgi?next=${encodeURIComponent(pathname + search + hash)}`);
  } else if (await isThere()) {
    sessionStorage.setItem(FRAGMENT, hash);
    // Anew: the site may still have its own sign-in, and this tab has signed out.
    location.assign(`${programs}/login.cgi?dev=${encodeURIComponent(origin + pathname + search)}&again=1`);
  } else {
    error.value = 'unreachable';
  }
}

async function logout() {
  if (await ask('logout.cgi', form())) forget();
  else if (!dev && error.value !== 'unreachable') location.assign(`${programs}/logout.cgi`); // an old browser; the page asks
}

async function call(program, options) {
  await started; // who is signed in comes first
  return read(program, options);
}

export function useWechat() {
  started ??= start();
  return { user, error, site, login, logout, call };
}
