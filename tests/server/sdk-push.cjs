// A message endpoint made with co-wechat from npm, which is independent of this kit. It listens on a free port of loopback, prints
// the port, and ends when its standard input does.
const { createRequire } = require('node:module');
const http = require('node:http');
const path = require('node:path');

const load = createRequire(path.join(process.env.WECHAT_BUILD, 'browser-node/package.json'));
const wechat = load('co-wechat');
const config = { token: process.env.SDK_TOKEN, appid: process.env.SDK_APPID, encodingAESKey: process.env.SDK_AES_KEY };

const replies = {
  nothing: '',
  music: { title: 'a song', description: 'of somebody', musicUrl: 'http://www.example.com/a.mp3', hqMusicUrl: '' },
  news: [{ title: 'an article', description: '', picurl: '', url: 'http://www.example.com/' }],
  staff: { type: 'customerService' },
};

function reply(message) {
  if (message.MsgType === 'event') return `event ${message.Event}`;
  if (Object.hasOwn(replies, message.Content)) return replies[message.Content];
  return `${message.Content}, ${BigInt.asIntN(64, BigInt(message.MsgId)) === BigInt(message.MsgId) ? 'a MsgId of 64 bits' : 'no such MsgId'}`;
}
const respond = wechat(config).middleware(async (message) => reply(message));

const server = http.createServer(async (req, res) => {
  const context = { req, request: {}, method: req.method, query: Object.fromEntries(new URL(req.url, 'http://localhost').searchParams), status: 200 };
  await respond(context).catch((error) => Object.assign(context, { status: 500, body: String(error) }));
  res.writeHead(context.status, { 'Content-Type': context.type ?? 'text/plain' }).end(context.body);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit()).resume();
