// The pages of clients.t for node:http, at /node.
import http from 'node:http';
import { pathToFileURL } from 'node:url';

const { WechatUnknown, wechatRequire, wechatUser } = await import(pathToFileURL(`${process.env.CLIENTS}/wechat.mjs`));
const sites = JSON.parse(process.env.SITES);

http.createServer(async (request, response) => {
    const [, , site, what] = request.url.split('?')[0].split('/');
    const answer = value => {
        response.setHeader('Content-Type', 'application/json');
        response.end(JSON.stringify(value));
    };
    if (what === 'open') {
        const who = await wechatUser(request, sites[site])
            .then(user => ({ who: user === null ? 'nobody' : user.sub }),
                error => error instanceof WechatUnknown ? { who: 'unknown', why: error.message } : { who: String(error) });
        answer(who);
    } else if (what === 'express') {
        // Express passes next(), and a url without the mount path.
        request.originalUrl = request.url;
        request.url = '/';
        await wechatRequire(sites[site])(request, response,
            () => answer({ who: request.wechat.sub, page: request.originalUrl }));
    } else if (await wechatRequire(sites[site])(request, response)) {
        answer({ who: request.wechat.sub, name: request.wechat.nickname, page: request.url });
    }
}).listen(Number(process.argv[2]), '127.0.0.1');
