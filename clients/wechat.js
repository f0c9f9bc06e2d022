/*
 * WeChat's JS-SDK for a page of your site, in one call:
 *
 *     <script src="/wechat.js"></script>
 *     <script>
 *         wechat.config(['updateAppMessageShareData', 'updateTimelineShareData']).then(function (wx) {
 *             wx.updateAppMessageShareData({ title: '…', desc: '…', link: location.href, imgUrl: '…' });
 *         });
 *     </script>
 *
 * wechat.config(jsApiList, options) returns a promise of WeChat's wx, ready to use. It is rejected outside WeChat, and with the
 * reason if WeChat or the site refuses. Options: openTagList, debug; sdk: where WeChat's own script comes from. If the programs
 * are not in /cgi-bin: <script src="/wechat.js" data-programs="/my/cgi-bin">.
 *
 * Facts: "JS-SDK 说明文档" (Official Accounts documentation).
 */
(function () {
    'use strict';

    var script = document.currentScript;
    var programs = (script && script.getAttribute('data-programs')) || '/cgi-bin';
    var sdk = 'https://res.wx.qq.com/open/js/jweixin-1.6.0.js';
    var firstPage = location.href;

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
            element.onerror = function () { reject(new Error('cannot load ' + source)); };
            document.head.appendChild(element);
        });
    }

    function sign() {
        return fetch(programs + '/jssdk.cgi?url=' + encodeURIComponent(page())).then(function (answer) {
            return answer.json().then(function (values) {
                if (!answer.ok) throw new Error('jssdk.cgi: ' + answer.status + ' ' + (values.error || ''));
                return values;
            });
        });
    }

    function config(jsApiList, options) {
        options = options || {};
        if (!/MicroMessenger/.test(navigator.userAgent)) return Promise.reject(new Error('this page is not open in WeChat'));
        return Promise.all([load(options.sdk || sdk), sign()]).then(function (both) {
            var wx = both[0];
            return new Promise(function (resolve, reject) {
                var failed = false;
                wx.error(function (result) { failed = true; reject(new Error(result.errMsg)); });
                wx.ready(function () { if (!failed) resolve(wx); });
                wx.config(Object.assign({ jsApiList: jsApiList, openTagList: options.openTagList || [], debug: !!options.debug }, both[1]));
            });
        });
    }

    window.wechat = { config: config };
})();
