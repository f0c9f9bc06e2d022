// A sign-in with co-wechat-oauth from npm. It calls https://api.weixin.qq.com; only these connections are redirected, to the
// simulator.
const { createRequire } = require('node:module');
const http = require('node:http');
const https = require('node:https');
const path = require('node:path');

const sim = new URL(process.env.SIM_URL);
https.request = (options, done) => http.request({
  method: options.method, path: options.path, headers: options.headers, host: sim.hostname, port: sim.port,
}, done);
const load = createRequire(path.join(process.env.WECHAT_BUILD, 'browser-node/package.json'));
const OAuth = load('co-wechat-oauth');

(async () => {
  const oauth = new OAuth(process.env.SDK_APPID, process.env.SDK_SECRET);
  const user = await oauth.getUserByCode(process.env.SDK_CODE);
  let again = '';
  try {
    await oauth.getAccessToken(process.env.SDK_CODE);
  } catch (error) {
    again = `${error.name} ${error.code}`;
  }

  console.log(JSON.stringify({ ...user, again, link: oauth.getAuthorizeURL(process.env.SDK_BACK, 'abc', 'snsapi_userinfo') }));
})();
