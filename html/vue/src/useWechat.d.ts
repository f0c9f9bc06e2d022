// The types of useWechat.js. Copy both files.
import type { Ref } from 'vue';

/** Who is signed in, as validate.cgi says. A visitor of the scope snsapi_base has no nickname. */
export interface WechatUser {
  active: true;
  /** The visitor's openid at this account. */
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

export function useWechat(): {
  /** undefined until it is known; null: nobody. */
  user: Ref<WechatUser | null | undefined>;
  /** null, or why the last thing failed: "unreachable", "unlisted", "ended", "expired", or a program's word. */
  error: Ref<string | null>;
  /** The site's origin while the app is in development; else "". */
  site: string;
  /** Leaves for WeChat; comes back to this very page. */
  login(): Promise<void>;
  /** Ends the session. */
  logout(): Promise<void>;
  /** Asks a program of the site, as fetch() does: its JSON, or undefined, and error says why. */
  call<Answer = unknown>(program: string, options?: RequestInit): Promise<Answer | undefined>;
};
