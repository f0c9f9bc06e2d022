// The words, in the language that the browser prefers.
const zh_CN = {
  title: '我的',
  welcome: '登录之后，这里是您的头像、昵称和列表。',
  signIn: '微信登录',
  signOut: '退出登录',
  asking: '请稍候……',
  again: '再试一次',
  avatar: '头像',
  nameless: '微信用户',
  unread: '未读',
  empty: '这里还没有内容。',
  open: '打开',
  back: '回到列表',
  demo: '用演示网站的话，先在另一个终端运行 make demo；用别的网站，把它写在 .env.local 的 VITE_WECHAT_SITE 里。',
  trouble: {
    unreachable: { title: '连不上网站', text: '{site} 没有回答。请检查网络，再试一次。' },
    unlisted: { title: '网站不允许这个地址', text: '请站长在 wechat.conf 里一字不差地加上下面这一行，再试一次。' },
    expired: { title: '请再登录一次', text: '回到本页用了一分多钟，或者这次登录已经用过，或者它不是从这个标签页开始的。' },
    ended: { title: '登录已经结束', text: '您在别处退出了登录，或者登录已经到期。需要时请再登录。' },
    denied: { title: '这个操作没有执行', text: '请求不是从网站允许的页面发出的。请重新登录。' },
    not_found: { title: '没有这一项', text: '它可能已经被拿掉，或者链接不完整。请回到列表。' },
    config: { title: '网站还没有设置好', text: '请告诉站长：原因写在服务器的错误日志里，以 wechat-cgi: 开头的一行。' },
    system: { title: '网站暂时出了问题', text: '您的资料没有丢失。请过一会儿再试。' },
  },
};
const zh_TW = {
  title: '我的',
  welcome: '登入之後，這裡是您的大頭貼、暱稱與列表。',
  signIn: '使用微信登入',
  signOut: '登出',
  asking: '請稍候……',
  again: '再試一次',
  avatar: '大頭貼',
  nameless: '微信使用者',
  unread: '未讀',
  empty: '這裡還沒有內容。',
  open: '開啟',
  back: '回到列表',
  demo: '使用示範網站時，請先在另一個終端機執行 make demo；使用別的網站，請寫在 .env.local 的 VITE_WECHAT_SITE 裡。',
  trouble: {
    unreachable: { title: '連不上網站', text: '{site} 沒有回應。請檢查網路，再試一次。' },
    unlisted: { title: '網站不允許這個網址', text: '請站長在 wechat.conf 裡一字不差地加上下面這一行，再試一次。' },
    expired: { title: '請再登入一次', text: '回到本頁用了一分多鐘，或者這次登入已經用過，或者它不是從這個分頁開始的。' },
    ended: { title: '登入已經結束', text: '您在別處登出了，或者登入已經到期。需要時請再登入。' },
    denied: { title: '這個操作沒有執行', text: '請求不是從網站允許的頁面發出的。請重新登入。' },
    not_found: { title: '沒有這一項', text: '它可能已經被拿掉，或者連結不完整。請回到列表。' },
    config: { title: '網站還沒有設定好', text: '請告訴站長：原因寫在伺服器的錯誤記錄裡，以 wechat-cgi: 開頭的一行。' },
    system: { title: '網站暫時出了問題', text: '您的資料沒有遺失。請過一會兒再試。' },
  },
};
const en = {
  title: 'My page',
  welcome: 'Sign in, and your avatar, nickname and list are here.',
  signIn: 'Sign in with WeChat',
  signOut: 'Sign out',
  asking: 'One moment …',
  again: 'Try again',
  avatar: 'Avatar',
  nameless: 'WeChat user',
  unread: 'Unread',
  empty: 'There is nothing here yet.',
  open: 'Open',
  back: 'Back to the list',
  demo: 'For the demo site, run make demo in another terminal. Another site is named in .env.local, by VITE_WECHAT_SITE.',
  trouble: {
    unreachable: { title: 'The site cannot be reached', text: '{site} does not answer. Check the network, then try again.' },
    unlisted: { title: 'The site does not allow this address', text: 'The site’s owner adds the line below to wechat.conf, exactly so. Then try again.' },
    expired: { title: 'Please sign in once more', text: 'The way back took more than a minute, or this sign-in was used before, or it did not begin in this tab.' },
    ended: { title: 'You are no longer signed in', text: 'You signed out elsewhere, or the session ran out. Sign in again when you like.' },
    denied: { title: 'Nothing was done', text: 'The request did not come from a page that the site allows. Please sign in again.' },
    not_found: { title: 'There is no such item', text: 'It may have been taken away, or the link is not complete. Go back to the list.' },
    config: { title: 'The site is not set up yet', text: 'Please tell the owner: the reason is in the server’s error log, on a line that begins with wechat-cgi:.' },
    system: { title: 'The site has a problem at the moment', text: 'Nothing of yours is lost. Please try again in a little while.' },
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
