// The words, in the language that the browser prefers: those of the site's own pages (html/words), where these have them.
const zh_CN = {
  title: '我的',
  welcome: '登录后，这里显示您的头像、名称和列表。',
  signIn: '微信登录',
  signOut: '退出登录',
  left: '已退出登录',
  leftText: '您已在这台设备上退出本站，需要时可以重新登录。',
  asking: '请稍候……',
  again: '再试一次',
  signInAgain: '重新登录',
  avatar: '头像',
  noAvatar: '没有头像',
  nameless: '微信用户',
  unread: '未读',
  empty: '这里还没有内容。',
  me: '我的资料',
  privacy: '隐私说明',
  open: '打开',
  back: '回到列表',
  demo: '用演示网站的话，先在另一个终端运行 make demo；用别的网站，把它写在 .env.local 的 VITE_WECHAT_SITE 里。',
  trouble: {
    unreachable: { title: '连不上网站', text: '{site} 没有回应。请检查网络，再试一次。' },
    unlisted: { title: '这个页面不能登录', text: '本站允许本地开发的地址里没有这个地址。如果这是您自己的页面，请站长在 wechat.conf 里一字不差地加上：' },
    expired: { title: '本次登录已过期', text: '停留的时间太长，或者这次登录已经用过，或者不是从这个标签页开始的。请重新登录。' },
    ended: { title: '登录已结束', text: '您在别处退出了登录，或者登录已到期。需要时可以重新登录。' },
    denied: { title: '操作没有执行', text: '请求不是从本站允许的页面发出的，什么也没有改变。请重新登录。' },
    not_found: { title: '页面不存在', text: '请检查地址，或者回到列表。' },
    config: { title: '这个网站还没有设置好', text: '这不是您的问题。请联系站长：原因写在服务器的错误日志里，以 wechat-cgi: 开头的一行。' },
    system: { title: '网站暂时出了问题', text: '您的资料没有丢失。请稍后重试；如果还是不行，请联系站长。' },
  },
};
const zh_TW = {
  title: '我的',
  welcome: '登入後，這裡顯示您的大頭貼、名稱與清單。',
  signIn: '使用微信登入',
  signOut: '登出',
  left: '已登出',
  leftText: '您已在這部裝置登出本站，需要時可以再次登入。',
  asking: '請稍候……',
  again: '再試一次',
  signInAgain: '重新登入',
  avatar: '大頭貼',
  noAvatar: '沒有大頭貼',
  nameless: '微信使用者',
  unread: '未讀',
  empty: '這裡還沒有內容。',
  me: '我的資料',
  privacy: '隱私權說明',
  open: '開啟',
  back: '回到清單',
  demo: '使用示範網站時，請先在另一個終端機執行 make demo；使用別的網站，請寫在 .env.local 的 VITE_WECHAT_SITE 裡。',
  trouble: {
    unreachable: { title: '連不上網站', text: '{site} 沒有回應。請檢查網路，再試一次。' },
    unlisted: { title: '這個頁面無法登入', text: '本站允許本機開發的網址中沒有這個網址。如果這是您自己的頁面，請站長在 wechat.conf 中一字不差地加上：' },
    expired: { title: '本次登入已逾時', text: '停留時間太久，或這次登入已使用過，或不是從這個分頁開始的。請重新登入。' },
    ended: { title: '登入已結束', text: '您在別處登出了，或登入已到期。需要時可以再次登入。' },
    denied: { title: '操作未執行', text: '要求不是從本站允許的頁面送出的，沒有任何變更。請重新登入。' },
    not_found: { title: '找不到這個頁面', text: '請檢查網址，或回到清單。' },
    config: { title: '這個網站還沒有設定好', text: '這不是您的問題。請聯絡站長：原因寫在伺服器的錯誤紀錄裡，以 wechat-cgi: 開頭的一行。' },
    system: { title: '網站暫時發生問題', text: '您的資料沒有遺失。請稍後再試；如果仍然不行，請聯絡站長。' },
  },
};
const en = {
  title: 'My page',
  welcome: 'Once you have signed in, your avatar, name and list are here.',
  signIn: 'Sign in with WeChat',
  signOut: 'Sign out',
  left: 'You are signed out',
  leftText: 'You are signed out of this site on this device. You can sign in again at any time.',
  asking: 'One moment …',
  again: 'Try again',
  signInAgain: 'Sign in again',
  avatar: 'Avatar',
  noAvatar: 'No avatar',
  nameless: 'WeChat user',
  unread: 'Unread',
  empty: 'There is nothing here yet.',
  me: 'My profile',
  privacy: 'Privacy',
  open: 'Open',
  back: 'Back to the list',
  demo: 'For the demo site, run make demo in another terminal. Another site is named in .env.local, by VITE_WECHAT_SITE.',
  trouble: {
    unreachable: { title: 'The site cannot be reached', text: '{site} does not answer. Check the network, then try again.' },
    unlisted: { title: 'This page cannot sign in', text: 'This site’s list of addresses for local development does not have this one. If this is your page, ask the site’s owner to add exactly this line to wechat.conf:' },
    expired: { title: 'This sign-in has expired', text: 'It took too long, or was used before, or did not begin in this tab. Please sign in again.' },
    ended: { title: 'You are no longer signed in', text: 'You signed out elsewhere, or the session has ended. You can sign in again at any time.' },
    denied: { title: 'The request was refused', text: 'It did not come from a page that this site allows, so nothing was changed. Please sign in again.' },
    not_found: { title: 'Page not found', text: 'Check the address, or go back to the list.' },
    config: { title: 'This site is not set up yet', text: 'This is not your fault. Please contact the owner: the reason is in the server’s error log, on a line that begins with wechat-cgi:.' },
    system: { title: 'The site has a problem at the moment', text: 'Your data is not lost. Please try again in a few minutes. If it happens again, contact the owner.' },
  },
};

const wanted = navigator.languages.find((tag) => /^(zh|en)\b/i.test(tag)) ?? 'en';
const tradition = /^zh\b.*-(TW|HK|MO|Hant)\b/i;
export const language = /^en/i.test(wanted) ? 'en' : tradition.test(wanted) ? 'zh-TW' : 'zh-CN';
export const words = { en, 'zh-TW': zh_TW, 'zh-CN': zh_CN }[language];

// {site} in a text, replaced.
export function fill(text, site) {
  return text.replace('{site}', site);
}
