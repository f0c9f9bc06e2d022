// The account's calls by clients from npm, which are independent of this kit: account-clients.cjs CLIENT. Each is pointed to the
// simulator by what it offers for that, and prints as JSON what it got.
const { createReadStream } = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');
const { promisify } = require('node:util');

const load = createRequire(path.join(process.env.WECHAT_BUILD, 'browser-node/package.json'));
const { SIM_URL: sim, SDK_APPID: appid, SDK_SECRET: secret, SDK_OPENID: openid, SDK_FILE: file } = process.env;
const menu = { button: [{ type: 'click', name: '今日歌曲', key: 'SONG' }, { name: '更多', sub_button: [{ type: 'view', name: '网站', url: 'http://www.example.com/' }] }] };
const template = 'simTemplate-from-npm';
const link = 'http://www.example.com/order';
const data = { thing1: { value: '一本书' } };

// An API with the methods of co-wechat-api; wechat-api has the same ones with callbacks.
const byMethods = (api, topColour) => ({
  createMenu: () => api.createMenu(menu),
  getMenu: () => api.getMenu(),
  removeMenu: () => api.removeMenu(),
  createCode: () => api.createTmpQRCode('npm-scene', 600),
  pictureOf: (ticket) => api.showQRCodeURL(ticket),
  user: (id) => api.getUser({ openid: id, lang: 'zh_CN' }),
  followers: () => api.getFollowers(),
  sendText: (text) => api.sendText(openid, text),
  sendTemplate: () => api.sendTemplate(openid, template, link, ...topColour, data),
  ticket: () => api.getTicket('jsapi'),
  upload: () => api.uploadMedia(file, 'image'),
  download: (id) => api.getMedia(id),
});

const clients = {
  'co-wechat-api'() {
    const API = load('co-wechat-api');
    const api = new API(appid, secret);
    api.prefix = api.mpPrefix = `${sim}/cgi-bin/`;
    return byMethods(api, ['']);
  },
  'wechat-api'() {
    const API = load('wechat-api');
    const api = new API(appid, secret);
    api.endpoint = sim;
    api.mpPrefix = `${sim}/cgi-bin/`;
    const promising = Object.create(api);
    for (const name of ['createMenu', 'getMenu', 'removeMenu', 'createTmpQRCode', 'getUser', 'getFollowers', 'sendText', 'sendTemplate', 'getTicket', 'uploadMedia', 'getMedia']) {
      promising[name] = promisify(api[name].bind(api));
    }
    return byMethods(promising, []);
  },
  'node-easywechat'() {
    const { OfficialAccount } = load('node-easywechat');
    const app = new OfficialAccount({ app_id: appid, secret, use_stable_access_token: true, http: { baseURL: sim } });
    const kept = new Map();
    app.setCache({ get: async (key) => kept.get(key), set: async (key, value) => Boolean(kept.set(key, value)), has: async (key) => kept.has(key), delete: async (key) => kept.delete(key), clear: async () => kept.clear() });
    const client = app.getClient();
    const object = async (answer) => {
      const fields = (await answer).toObject();
      if (fields.errcode) throw Object.assign(new Error(fields.errmsg), { code: fields.errcode });
      return fields;
    };
    const get = (call, params) => object(client.get(`cgi-bin/${call}`, { params }));
    const post = (call, json) => object(client.post(`cgi-bin/${call}`, { json }));
    return {
      createMenu: () => post('menu/create', menu),
      getMenu: () => get('menu/get'),
      removeMenu: () => get('menu/delete'),
      createCode: () => post('qrcode/create', { expire_seconds: 600, action_name: 'QR_STR_SCENE', action_info: { scene: { scene_str: 'npm-scene' } } }),
      pictureOf: (ticket) => `${sim}/cgi-bin/showqrcode?ticket=${ticket}`,
      user: (id) => get('user/info', { openid: id, lang: 'zh_CN' }),
      followers: () => get('user/get'),
      sendText: (text) => post('message/custom/send', { touser: openid, msgtype: 'text', text: { content: text } }),
      sendTemplate: () => post('message/template/send', { touser: openid, template_id: template, url: link, data }),
      ticket: async () => ({ ticket: await app.getTicket().getTicket() }),
      upload: () => object(client.post('cgi-bin/media/upload', { params: { type: 'image' }, formData: { media: createReadStream(file) } })),
      download: async (id) => (await client.get('cgi-bin/media/get', { params: { media_id: id }, responseType: 'arraybuffer' })).response.data,
    };
  },
};

(async () => {
  const name = process.argv[2];
  const client = clients[name]();
  const code = (ask) => ask().then(() => 'none', (error) => error.code ?? String(error));
  const got = {};
  got.created = await client.createMenu();
  got.menu = (await client.getMenu()).menu;
  got.removed = await client.removeMenu();
  got.without_menu = await code(() => client.getMenu());
  got.code = await client.createCode();
  got.picture = client.pictureOf(got.code.ticket);
  got.user = await client.user(openid);
  got.wrong_user = await code(() => client.user('x'));
  got.followers = await client.followers();
  got.text = await client.sendText(`你好，${name}`);
  got.template = await client.sendTemplate();
  got.template.msgid = String(got.template.msgid);
  got.ticket = (await client.ticket()).ticket;
  got.media = await client.upload();
  got.downloaded = Buffer.from(await client.download(got.media.media_id)).toString('base64');
  got.empty_text = await code(() => client.sendText(''));
  console.log(JSON.stringify(got));
})();
