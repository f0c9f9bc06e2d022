// Every word that the mini program shows itself, in the words of the site's pages; what the list says comes from the site.
const zh_CN = {
  my: {
    title: '我的',
    avatar: '选择头像',
    nickname: '微信用户',
    who: '用户标识',
    copy: '复制',
    copied: '已复制',
    empty: '这里还没有内容。',
    unread: '未读',
  },
  ways: { query: '链接参数', id: '元素 id', index: 'data-index', global: '全局数据' },
  how: {
    query: '值写在 wx.navigateTo 的链接里，由下一页的 onLoad 收到。',
    id: '脚本读取您点的那个元素的 id，放进 getApp().requestId。',
    index: '脚本读取您点的那个元素的 data-index，放进 getApp().requestIndex。',
    global: '整项内容放进 getApp().globalData，小程序关闭之前每一页都看得到。',
  },
  detail: {
    value: '收到的值',
    way: '传递方式',
    name: '链接里还写着',
    copy: '复制网址',
    back: '回到列表',
    unknown: '没有这一项',
    unknownText: '列表里没有这个值。请回到列表选一项。',
    nothing: '没有收到值',
    nothingText: '还没有选过项目。请回到列表选一项。',
  },
  loading: '正在登录…',
  again: '再试一次',
  failures: {
    domain: ['连不上网站', '这个网站不在小程序的域名列表里。请在 mp.weixin.qq.com → 管理 → 开发管理 →“服务器域名”里加上 request 合法域名：{site}'],
    network: ['连不上网站', '请检查网络，再试一次。在开发者工具里：{site} 启动了吗？'],
    site: ['连不上网站', '回答的不是本站的程序。请检查 config.js 里的 site 和 programs：{site}'],
    login: ['登录没有完成', '微信没有给出登录凭证。请检查网络，再试一次。'],
    expired: ['登录没有完成', '微信不认这次登录的 code。请再试一次；如果还是不行，project.config.json 里的 appid 和网站 wechat.conf 里的 mini_appid 不是同一个小程序。'],
    request: ['登录没有完成', '网站看不懂这个 code。游客 AppID 的 wx.login 只给假的 code：请换成自己的 AppID，或者在 config.js 里写上 simulator。'],
    config: ['这个网站还没有设置好', '这不是您的问题。请站长检查 wechat.conf 里的 mini_appid、mini_secret 和 list；原因写在服务器的错误日志里。'],
    refused: ['登录没有完成', '刚刚登录，网站还是说没有登录。请站长检查服务器有没有把 Authorization 交给程序（Apache：CGIPassAuth On）。'],
    restricted: ['微信限制了这次登录', '小程序或您的微信账号受到微信的限制。请联系站长。'],
    waiting: ['等待站长同意', '新用户需要站长同意。站长已经收到您的申请，请稍后再来。'],
    follow: ['请先关注公众号', '本站只让公众号的关注者登录，小程序里无法确认。请联系站长。'],
    blocked: ['您无法登录本站', '站长已停止您使用本站。如果您认为有误，请联系站长。'],
    busy: ['微信繁忙', '请等一分钟再试。'],
    full: ['同时登录的人太多', '请等一分钟再试。'],
    upstream: ['微信返回异常', '通常很快就会恢复。请再试一次。'],
    timeout: ['微信响应超时', '网络可能不太通畅。请稍等片刻，再试一次。'],
    other: ['网站暂时出了问题', '您的资料没有丢失。请稍后重试；如果还是不行，请联系站长。'],
  },
};

const zh_TW = {
  my: {
    title: '我的',
    avatar: '選擇大頭貼',
    nickname: '微信使用者',
    who: '使用者識別碼',
    copy: '複製',
    copied: '已複製',
    empty: '這裡還沒有內容。',
    unread: '未讀',
  },
  ways: { query: '連結參數', id: '元素 id', index: 'data-index', global: '全域資料' },
  how: {
    query: '值寫在 wx.navigateTo 的連結裡，由下一頁的 onLoad 收到。',
    id: '指令碼讀取您點選的元素的 id，放進 getApp().requestId。',
    index: '指令碼讀取您點選的元素的 data-index，放進 getApp().requestIndex。',
    global: '整項內容放進 getApp().globalData，小程式關閉之前每一頁都看得到。',
  },
  detail: {
    value: '收到的值',
    way: '傳遞方式',
    name: '連結裡還寫著',
    copy: '複製網址',
    back: '回到清單',
    unknown: '沒有這一項',
    unknownText: '清單裡沒有這個值。請回到清單選一項。',
    nothing: '沒有收到值',
    nothingText: '還沒有選取過項目。請回到清單選一項。',
  },
  loading: '正在登入…',
  again: '再試一次',
  failures: {
    domain: ['連不上網站', '這個網站不在小程式的網域清單裡。請在 mp.weixin.qq.com → 管理 → 开发管理 →「服务器域名」裡加上 request 合法域名：{site}'],
    network: ['連不上網站', '請檢查網路，再試一次。在開發者工具裡：{site} 啟動了嗎？'],
    site: ['連不上網站', '回應的不是本站的程式。請檢查 config.js 裡的 site 與 programs：{site}'],
    login: ['登入沒有完成', '微信沒有給出登入憑證。請檢查網路，再試一次。'],
    expired: ['登入沒有完成', '微信不認得這次登入的 code。請再試一次；如果仍然不行，project.config.json 裡的 appid 與網站 wechat.conf 裡的 mini_appid 不是同一個小程式。'],
    request: ['登入沒有完成', '網站看不懂這個 code。遊客 AppID 的 wx.login 只給假的 code：請換成自己的 AppID，或在 config.js 裡寫上 simulator。'],
    config: ['這個網站還沒有設定好', '這不是您的問題。請站長檢查 wechat.conf 裡的 mini_appid、mini_secret 與 list；原因寫在伺服器的錯誤紀錄裡。'],
    refused: ['登入沒有完成', '剛剛登入，網站還是說沒有登入。請站長檢查伺服器有沒有把 Authorization 交給程式（Apache：CGIPassAuth On）。'],
    restricted: ['微信限制了這次登入', '小程式或您的微信帳號受到微信的限制。請聯絡站長。'],
    waiting: ['等候站長同意', '新使用者需經站長同意。站長已收到您的申請，請稍後再來。'],
    follow: ['請先關注官方帳號', '本站只讓官方帳號的關注者登入，小程式裡無法確認。請聯絡站長。'],
    blocked: ['您無法登入本站', '站長已停止您使用本站。如果您認為有誤，請聯絡站長。'],
    busy: ['微信忙碌中', '請等一分鐘再試。'],
    full: ['同時登入的人太多', '請等一分鐘再試。'],
    upstream: ['微信回應異常', '通常很快就會恢復。請再試一次。'],
    timeout: ['微信回應逾時', '網路可能不太順暢。請稍候片刻，再試一次。'],
    other: ['網站暫時發生問題', '您的資料沒有遺失。請稍後再試；如果仍然不行，請聯絡站長。'],
  },
};

const en = {
  my: {
    title: 'My page',
    avatar: 'Choose an avatar',
    nickname: 'WeChat user',
    who: 'Identifiers',
    copy: 'Copy',
    copied: 'Copied',
    empty: 'There is nothing here yet.',
    unread: 'Unread',
  },
  ways: { query: 'The link', id: 'Element id', index: 'data-index', global: 'Global data' },
  how: {
    query: 'The value stands in the link of wx.navigateTo; the next page’s onLoad receives it.',
    id: 'A script reads the id of the element you tap, and puts it into getApp().requestId.',
    index: 'A script reads the data-index of the element you tap, and puts it into getApp().requestIndex.',
    global: 'The whole item is put into getApp().globalData, for every page until the mini program is closed.',
  },
  detail: {
    value: 'Value received',
    way: 'By way of',
    name: 'The link also says',
    copy: 'Copy the address',
    back: 'Back to the list',
    unknown: 'There is no such item',
    unknownText: 'The list does not have this value. Go back to the list and tap one.',
    nothing: 'No value received',
    nothingText: 'You have not chosen an item yet. Go back to the list and tap one.',
  },
  loading: 'Signing in…',
  again: 'Try again',
  failures: {
    domain: ['The site cannot be reached', 'This site is not on the mini program’s list of domains. At mp.weixin.qq.com → 管理 → 开发管理 → 服务器域名 (server domains) add as a request domain: {site}'],
    network: ['The site cannot be reached', 'Check the network and try again. In the developer tools: is {site} running?'],
    site: ['The site cannot be reached', 'What answered is not one of the site’s programs. Check site and programs in config.js: {site}'],
    login: ['You are not signed in', 'WeChat gave no code to sign in with. Check the network and try again.'],
    expired: ['You are not signed in', 'WeChat does not accept the code of this sign-in. Try again; if that does not help, appid in project.config.json and mini_appid in the site’s wechat.conf are two different mini programs.'],
    request: ['You are not signed in', 'The site cannot read this code. With the visitor’s AppID wx.login gives only a mock: use an AppID of your own, or name the simulator in config.js.'],
    config: ['This site is not set up yet', 'This is not your fault. The site’s owner finds the reason in the error log: mini_appid, mini_secret and list in wechat.conf.'],
    refused: ['You are not signed in', 'The site did not accept a sign-in that had just succeeded. Its owner should check that the web server passes Authorization to the programs (Apache: CGIPassAuth On).'],
    restricted: ['WeChat has restricted this sign-in', 'WeChat restricts the mini program or your WeChat account. Please contact the owner.'],
    waiting: ['Waiting for approval', 'New users have to be approved by the site’s owner, who has received your request. There is nothing else you have to do.'],
    follow: ['Please follow the account first', 'Only followers of the account may sign in to this site, and a mini program cannot tell who they are. Please contact the owner.'],
    blocked: ['You cannot sign in to this site', 'The owner has blocked your access. If you think this is a mistake, please contact the owner.'],
    busy: ['WeChat is busy', 'Please wait a minute and try again.'],
    full: ['Too many people are signing in', 'Please wait a minute and try again.'],
    upstream: ['WeChat gave an unexpected answer', 'This usually passes quickly. Please try again.'],
    timeout: ['WeChat did not answer in time', 'The network may be slow. Wait a moment, then try again.'],
    other: ['The site has a problem at the moment', 'Your data is not lost. Try again later; if that does not help, please contact the owner.'],
  },
};

const languages = { zh_CN, zh_TW, en };

// WeChat's own setting, as one of ours: zh_CN, zh_TW or en.
function language() {
  const asked = wx.getAppBaseInfo().language;
  if (asked === 'zh_HK') return 'zh_TW';
  return languages[asked] ? asked : 'en';
}

function words() {
  return languages[language()];
}

// What a page shows of a failure: title, text, detail.
function explain({ kind, detail }, site) {
  const { failures } = words();
  const [title, text] = failures[kind] || failures.other;
  return { title, text: text.replace('{site}', site), detail };
}

module.exports = { explain, language, languages, words };
