// Signs in at the site and calls its programs. What fails is an Error with kind, a name under
// `failures` in words.js, and detail, for whoever looks into it.
const config = require('./config');
const { language } = require('./words');

const STORED = 'session';
const SECONDS = 20;

let session = null; // {token, until}: until is in milliseconds of this phone's clock
let signingIn = null;

function failure(kind, detail) {
  return Object.assign(new Error(`${kind}: ${detail}`), { kind, detail });
}

function request(options) {
  return new Promise((resolve, reject) => {
    wx.request({
      timeout: SECONDS * 1000,
      ...options,
      success: resolve,
      fail({ errMsg, errno }) {
        const listed = errno !== 600002 && !/domain list/.test(errMsg);
        reject(failure(listed ? 'network' : 'domain', errMsg));
      },
    });
  });
}

function programUrl(program) {
  return `${config.site}${config.programs}/${program}`;
}

// What is wrong with an answer: the programs say it by name; what does not is none of them.
function complaint({ statusCode, data }) {
  const named = data && typeof data.error === 'string';
  return failure(named ? data.error : 'site', `HTTP ${statusCode}`);
}

function askCode() {
  if (config.simulator) {
    return request({ url: `${config.simulator}/wx/login?person=xiaoming` }).then(({ data }) => data.code);
  }
  return new Promise((resolve, reject) => {
    wx.login({
      success: ({ code }) => resolve(code),
      fail: ({ errMsg }) => reject(failure('login', errMsg)),
    });
  });
}

async function signIn() {
  const answer = await request({
    url: programUrl('mini.cgi'),
    method: 'POST',
    header: { 'content-type': 'application/x-www-form-urlencoded' },
    data: { code: await askCode() },
  });
  if (answer.statusCode !== 200 || !answer.data.access_token) throw complaint(answer);
  session = { token: answer.data.access_token, until: Date.now() + answer.data.expires_in * 1000 };
  wx.setStorageSync(STORED, session);
}

// The token; of calls that need one at the same moment, one signs in and the others wait for it.
async function findToken() {
  session = session || wx.getStorageSync(STORED) || null;
  if (!session || session.until <= Date.now()) {
    signingIn = signingIn || signIn().finally(() => { signingIn = null; });
    await signingIn;
  }
  return session.token;
}

function forget(token) {
  if (!session || session.token !== token) return;
  session = null;
  wx.removeStorageSync(STORED);
}

async function ask(program) {
  const token = await findToken();
  const answer = await request({
    url: programUrl(program),
    header: { Authorization: `Bearer ${token}`, 'Accept-Language': language().replace('_', '-') },
  });
  if (answer.statusCode === 401) forget(token);
  return answer;
}

// The JSON that a program ("list.cgi?format=json") answers to who is signed in. A session that the
// site no longer knows is replaced by a new one, once.
async function call(program) {
  let answer = await ask(program);
  if (answer.statusCode === 401) answer = await ask(program);
  if (answer.statusCode === 401) throw failure('refused', 'HTTP 401');
  if (answer.statusCode !== 200 || typeof answer.data !== 'object') throw complaint(answer);
  return answer.data;
}

// A path that the list gives, as the whole address that wx needs; '' where there is none.
function siteUrl(path = '') {
  return path.startsWith('/') ? config.site + path : path;
}

module.exports = { call, siteUrl };
