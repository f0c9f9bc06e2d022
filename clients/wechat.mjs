/*
 * wechat: 谁用微信登录了？ Who is signed in with WeChat? For node:http, Express and their like; Node.js 18 or later, no
 * other package.
 *
 *     import { wechatRequire } from './wechat.mjs';
 *     app.use('/members', wechatRequire('https://www.example.com/cgi-bin'));
 *     app.get('/members', (request, response) => response.send(request.wechat.sub)); // the openid
 *
 * The address of the programs' folder is given, and not taken from the Host header, which can be forged. The page must be on
 * the same host name, for the cookie to reach it.
 */

const SECONDS = 5;

const page = '<!DOCTYPE html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>503</title>' +
    '<p>暂时无法确认您是否已登录，请稍后再试。</p>' +
    '<p lang="en">We cannot tell at the moment whether you are signed in. Please try again later.</p>';

/* Nobody can tell at the moment whether the visitor is signed in. */
export class WechatUnknown extends Error {}

/* The visitor, with sub (the openid), name and what else validate.cgi says; null: not signed in. cgi: the address of the
 * programs' folder. Throws WechatUnknown. */
export async function wechatUser(request, cgi) {
    const token = tokenOf(cgi, request.headers.cookie ?? '');
    return token === null ? null : validate(cgi, token);
}

/* A function (request, response, next) for who is signed in, who is request.wechat from there on. Others are sent to sign in
 * and to come back to the same page, the whole address. Where nobody can tell, the answer is a page that says so, with status
 * 503. With node:http alone, members being that function: if (await members(request, response)) { … } */
export function wechatRequire(cgi) {
    return async (request, response, next) => {
        try {
            request.wechat = await wechatUser(request, cgi);
        } catch (error) {
            if (!(error instanceof WechatUnknown)) throw error;
            console.error(`wechat.mjs: ${error.message}`);
            response.writeHead(503, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Length': Buffer.byteLength(page),
                'Cache-Control': 'no-store', 'Retry-After': '10' });
            response.end(request.method === 'HEAD' ? undefined : page);
            return false;
        }
        if (request.wechat === null) {
            response.writeHead(303, { Location: wechatLoginUrl(request, cgi), 'Content-Length': 0, 'Cache-Control': 'no-store' });
            response.end();
            return false;
        }
        next?.();
        return true;
    };
}

/* The link that signs in and comes back to this page. */
export function wechatLoginUrl(request, cgi) {
    const asked = request.originalUrl ?? request.url; // Express shortens url
    if (!asked.startsWith('/')) return `${cgi}/login.cgi`;
    const visible = asked.replace(/[^\x21-\x7e]/g, byte => '%' + byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0'));
    return `${cgi}/login.cgi?next=${encodeURIComponent(visible)}`;
}

/* The session's token in a Cookie header; null where there is none, or more than one. */
function tokenOf(cgi, cookies) {
    const secure = cgi.startsWith('https://');
    if (!secure && (!cgi.startsWith('http://') || /(?:^|;)[ \t]*__Host-wx_session=/.test(cookies)))
        throw new WechatUnknown(`the address of the programs, ${cgi}, should begin with https://`);
    const pattern = secure ? /(?:^|;)[ \t]*__Host-wx_session=([^;]*)/g : /(?:^|;)[ \t]*wx_session=([^;]*)/g;
    const values = [...cookies.matchAll(pattern)].map(match => match[1]);
    return values.length === 1 && /^[A-Za-z0-9_-]{43}$/.test(values[0]) ? values[0] : null;
}

/* What validate.cgi says of a token: the visitor, or null. */
async function validate(cgi, token) {
    const url = `${cgi}/validate.cgi`;
    let status, answer;
    try {
        const response = await fetch(url, { headers: { 'X-WX-Session': token }, redirect: 'manual',
            signal: AbortSignal.timeout(SECONDS * 1000) });
        status = response.status;
        answer = await response.json();
    } catch (error) {
        throw new WechatUnknown(`${url}: ${error.cause?.message ?? error.message}`);
    }
    if (status === 200 && answer?.active === true && typeof answer.sub === 'string') return answer;
    if (status === 401 && answer?.active === false) return null;
    throw new WechatUnknown(`${url} answered with status ${status} and nothing that says who it is`);
}
