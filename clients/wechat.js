/*
 * wechat: who is signed in with WeChat, and WeChat's JS-SDK, in a static page or a React app: one file, nothing to build.
 *
 *     <script src="/wechat.js"></script>
 *     <script>
 *         wechat.user().then(function (user) {
 *             if (user) document.title = user.name || user.openid; else wechat.login();
 *         });
 *     </script>
 *
 * wechat.user()                  who is signed in: null, or { openid, name, nickname, headimgurl, … } as validate.cgi says
 * wechat.login(next)             leaves for WeChat; comes back, signed in, to next ("/page?a=b"), or to this very page
 * wechat.logout()                ends the session
 * wechat.call(program, options)  asks a program of the site, as fetch() does ("list.cgi?format=json"): its JSON
 * wechat.config(jsApiList, options)  WeChat's JS-SDK for this page: its wx, ready to use. Options: openTagList, debug; sdk: where
 *                                WeChat's own script comes from
 *
 * Each returns a promise. One that is rejected has an error with kind: "unreachable" (the site does not answer), "ended" (nobody is
 * signed in any more), "unlisted" and "expired" (a page in development), "wechat" (not in WeChat, or WeChat refuses), or the
 * program's own word: "not_found", "config", "system", …
 *
 * The attributes of <script>: data-programs="/my/cgi-bin" if the programs are not in /cgi-bin. data-site="https://www.example.com"
 * while the page is in development at an address of its own, which the site lists in dev_origins: the site then sends the visitor
 * back with a ticket in the fragment, for which this tab gets a token. On the site itself data-site changes nothing.
 *
 * wechat.d.ts has the types. For Vue there is useWechat.js. Facts: "JS-SDK 说明文档" (Official Accounts documentation).
 */
(function () {
    'use strict';

    var script = document.currentScript;
    var site = setting('site').replace(/\/+$/, '');
    var dev = site !== '' && site !== location.origin;
    var programs = (dev ? site : '') + (setting('programs') || '/cgi-bin');
    var TOKEN = 'wx_token';
    var FRAGMENT = 'wx_fragment'; // of the page that began a sign-in
    var sdk = 'https://res.wx.qq.com/open/js/jweixin-1.6.0.js';
    var firstPage = location.href;
    var started = dev ? start(takeTicket()) : Promise.resolve();

    function setting(name) {
        return (script && script.getAttribute('data-' + name)) || '';
    }

    function failure(kind, text, status) {
        var error = new Error(text);
        error.kind = kind;
        error.status = status;
        return error;
    }

    // ---- a page in development ----

    // The ticket leaves the address and the history at once; the fragment that stood there before the sign-in comes back. A ticket
    // that this tab did not ask for is nobody's: with it, a link could sign you in as somebody else.
    function takeTicket() {
        var found = location.hash.match(/^#wx_ticket=([\w-]+)$/);
        var fragment = sessionStorage.getItem(FRAGMENT);
        sessionStorage.removeItem(FRAGMENT);
        if (!found) return null;
        history.replaceState(history.state, '', location.pathname + location.search + (fragment || ''));
        return { text: found[1], expected: fragment !== null };
    }

    // Exchanges the ticket. What fails is said once, by the first call of user().
    function start(ticket) {
        if (!ticket) return Promise.resolve();
        if (!ticket.expected) return Promise.resolve(failure('expired', 'a ticket that this tab did not ask for'));
        return ask('ticket.cgi', form({ ticket: ticket.text })).then(json).then(function (grant) {
            sessionStorage.setItem(TOKEN, grant.access_token);
        }).catch(function (error) { return error; });
    }

    // ---- questions to the programs ----

    function form(fields) {
        return { method: 'POST', body: new URLSearchParams(fields) };
    }

    function json(answer) {
        return answer.json().catch(function () { throw failure('system', 'the answer is not JSON', answer.status); });
    }

    // Does the site answer at all? A browser does not say whether it was that or the origin.
    function isThere() {
        if (!dev) return Promise.resolve(false);
        return fetch(programs + '/validate.cgi', { mode: 'no-cors' }).then(function () { return true; }, function () { return false; });
    }

    function refuse(program, answer) {
        if (answer.status === 401 && dev) sessionStorage.removeItem(TOKEN);
        return answer.json().catch(function () { return {}; }).then(function (values) {
            var word = values.error || '';
            throw failure(answer.status === 401 ? 'ended' : word || 'system', program.split('?')[0] + ': ' + answer.status + ' ' + word, answer.status);
        });
    }

    function ask(program, options) {
        var headers = new Headers(options && options.headers);
        var token = dev && sessionStorage.getItem(TOKEN);
        if (token) headers.set('Authorization', 'Bearer ' + token);
        return fetch(programs + '/' + program, Object.assign({}, options, { headers: headers })).then(function (answer) {
            return answer.ok ? answer : refuse(program, answer);
        }, function () {
            return isThere().then(function (there) {
                throw failure(there ? 'unlisted' : 'unreachable', there ? site + ' does not allow ' + location.origin : 'the site cannot be reached');
            });
        });
    }

    // ---- what a page calls ----

    function user() {
        return started.then(function (error) {
            started = Promise.resolve();
            if (error) throw error;
            if (dev && !sessionStorage.getItem(TOKEN)) return null;
            return call('validate.cgi').then(function (values) {
                return Object.assign({ openid: values.sub }, values);
            }, function (wrong) {
                if (wrong.status === 401) return null;
                throw wrong;
            });
        });
    }

    function login(next) {
        var here = location.pathname + location.search;
        if (!dev) {
            location.assign(programs + '/login.cgi?next=' + encodeURIComponent(next || here + location.hash));
            return Promise.resolve();
        }
        return isThere().then(function (there) {
            if (!there) throw failure('unreachable', 'the site cannot be reached');
            sessionStorage.setItem(FRAGMENT, next ? '' : location.hash);
            // Anew: the site may still have its own sign-in, and this tab has signed out.
            location.assign(programs + '/login.cgi?dev=' + encodeURIComponent(location.origin + (next || here)) + '&again=1');
        });
    }

    function logout() {
        return ask('logout.cgi', form({})).then(function () {
            if (dev) sessionStorage.removeItem(TOKEN);
        }, function (error) {
            if (error.status === 401) return;
            if (dev || error.status !== 403) throw error;
            location.assign(programs + '/logout.cgi'); // an old browser; the page asks
        });
    }

    function call(program, options) {
        return started.then(function () { return ask(program, options); }).then(json);
    }

    // ---- the JS-SDK ----

    // On iPhones WeChat checks the address that the page was opened with, elsewhere the present one; a page whose script changes
    // the address (history.pushState) has two.
    function page() {
        return (/iPhone|iPad|iPod/.test(navigator.userAgent) ? firstPage : location.href).split('#')[0];
    }

    function load(source) {
        if (window.wx && window.wx.config) return Promise.resolve(window.wx);
        return new Promise(function (resolve, reject) {
            var element = document.createElement('script');
            element.src = source;
            element.onload = function () { resolve(window.wx); };
            element.onerror = function () { reject(failure('wechat', 'cannot load ' + source)); };
            document.head.appendChild(element);
        });
    }

    function config(jsApiList, options) {
        options = options || {};
        if (!/MicroMessenger/.test(navigator.userAgent)) return Promise.reject(failure('wechat', 'this page is not open in WeChat'));
        return Promise.all([load(options.sdk || sdk), call('jssdk.cgi?url=' + encodeURIComponent(page()))]).then(function (both) {
            var wx = both[0];
            return new Promise(function (resolve, reject) {
                var failed = false;
                wx.error(function (result) { failed = true; reject(failure('wechat', result.errMsg)); });
                wx.ready(function () { if (!failed) resolve(wx); });
                wx.config(Object.assign({ jsApiList: jsApiList, openTagList: options.openTagList || [], debug: !!options.debug }, both[1]));
            });
        });
    }

    window.wechat = { user: user, login: login, logout: logout, call: call, config: config };
})();
