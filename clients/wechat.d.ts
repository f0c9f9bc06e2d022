// The types of wechat.js, which is window.wechat. In a TypeScript project: /// <reference path="wechat.d.ts" />, or list the file in
// "include" of tsconfig.json.

/** Who is signed in, as validate.cgi says. A visitor of the scope snsapi_base has no nickname. */
interface WechatUser {
    active: true;
    /** The visitor's openid at this account; sub is the same. */
    openid: string;
    sub: string;
    /** The name to show: the one that the visitor chose on me.cgi, or the nickname. */
    name?: string;
    /** The picture to show: the one that the visitor has set on me.cgi, or WeChat's avatar. */
    picture?: string;
    nickname?: string;
    headimgurl?: string;
    unionid?: string;
    /** What the site's owner lets the visitor do; missing: nothing special. */
    roles?: string[];
    /** The scope of the session: snsapi_userinfo, message, … */
    scope: string;
    /** When the session began and ends, in seconds since 1970. */
    iat: number;
    exp: number;
}

/** What a rejected promise of wechat.js holds. */
interface WechatError extends Error {
    /** "unreachable", "ended", "unlisted", "expired", "wechat", or the word of the program that refused: "not_found", "system", … */
    kind: string;
    /** The HTTP status, if a program answered. */
    status?: number;
}

interface WechatConfigOptions {
    openTagList?: string[];
    debug?: boolean;
    /** Where WeChat's own script comes from. */
    sdk?: string;
}

interface Wechat {
    /** Who is signed in; null: nobody. */
    user(): Promise<WechatUser | null>;
    /** Leaves for WeChat; comes back to next, a path of this site, or to this very page. */
    login(next?: string): Promise<void>;
    /** Ends the session. */
    logout(): Promise<void>;
    /** Asks a program of the site ("list.cgi?format=json"): its JSON. */
    call<Answer = unknown>(program: string, options?: RequestInit): Promise<Answer>;
    /** WeChat's JS-SDK for this page: its wx, ready to use. */
    config(jsApiList: string[], options?: WechatConfigOptions): Promise<any>;
}

declare const wechat: Wechat;

interface Window {
    wechat: Wechat;
}
