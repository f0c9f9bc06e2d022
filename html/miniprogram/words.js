// Every word that the mini program shows itself; what the list says comes from the site.
const zh_CN = {
  my: {
    title: '我的',
    avatar: '选择头像',
    nickname: '微信用户',
    who: '您在本站的标识',
    empty: '这里还没有内容。',
    unread: '未读',
  },
  ways: { query: '链接参数', id: '元素 id', index: 'data-index', global: '全局数据' },
  how: {
    query: '值写在 wx.navigateTo 的链接里，由下一页的 onLoad 收到。',
    id: '读取您点的那个元素的 id，放进 getApp().requestId。',
    index: '读取您点的那个元素的 data-index，放进 getApp().requestIndex。',
    global: '整项内容放进 getApp().globalData，小程序关闭之前每一页都看得到。',
  },
  detail: {
    title: '详情',
    value: '收到的值',
    way: '传递方式',
    name: '链接里还写着',
    copy: '复制网址',
    unknown: '没有这一项',
    unknownText: '列表里没有这个值。请回到列表点一项。',
    nothing: '没有收到值',
    nothingText: '还没有选过任何一项。请回到列表点一项。',
  },
  loading: '正在登录…',
  again: '再试一次',
  failed: '没有成功',
  failures: {
    domain: '这个网站不在小程序的域名列表里。请在 mp.weixin.qq.com → 管理 → 开发管理 →“服务器域名”里加上 request 合法域名：{site}',
    network: '连不上网站。请检查网络，再试一次。在开发者工具里：{site} 启动了吗？',
    site: '回答的不是本站的程序。请检查 config.js 里的 site 和 programs：{site}',
    login: '微信没有给出登录凭证。请检查网络，再试一次。',
    expired: '微信不认这次登录的 code。请再试一次；如果还是不行，project.config.json 里的 appid 和网站 wechat.conf 里的 mini_appid 不是同一个小程序。',
    request: '网站看不懂这个 code。游客 AppID 的 wx.login 只给假的 code：请换成自己的 AppID，或者在 config.js 里写上 simulator。',
    config: '网站还没有为小程序设置好。请站长检查 wechat.conf 里的 mini_appid、mini_secret 和 list；原因写在服务器的错误日志里。',
    refused: '刚刚登录，网站还是说没有登录。请站长检查服务器有没有把 Authorization 交给程序（Apache：CGIPassAuth On）。',
    restricted: '微信限制了这次登录。请联系站长。',
    waiting: '已经通知站长，新用户需要站长同意。请过一会儿再试。',
    follow: '本站只让公众号的关注者登录，小程序里无法确认。请联系站长。',
    blocked: '站长已停止您使用本站。如果您认为有误，请联系本站。',
    busy: '现在很忙。请等一分钟再试。',
    full: '现在登录的人太多。请等一分钟再试。',
    upstream: '微信返回异常。请过一会儿再试。',
    timeout: '微信没有及时回答网站。请过一会儿再试。',
    other: '网站暂时出了问题。请过一会儿再试。',
  },
};

const zh_TW = {
  my: {
    title: '我的',
    avatar: '選擇大頭貼',
    nickname: '微信使用者',
    who: '您在本站的識別碼',
    empty: '這裡還沒有內容。',
    unread: '未讀',
  },
  ways: { query: '連結參數', id: '元素 id', index: 'data-index', global: '全域資料' },
  how: {
    query: '值寫在 wx.navigateTo 的連結裡，由下一頁的 onLoad 收到。',
    id: '讀取您點的那個元素的 id，放進 getApp().requestId。',
    index: '讀取您點的那個元素的 data-index，放進 getApp().requestIndex。',
    global: '整項內容放進 getApp().globalData，小程式關閉之前每一頁都看得到。',
  },
  detail: {
    title: '詳情',
    value: '收到的值',
    way: '傳遞方式',
    name: '連結裡還寫著',
    copy: '複製網址',
    unknown: '沒有這一項',
    unknownText: '列表裡沒有這個值。請回到列表點一項。',
    nothing: '沒有收到值',
    nothingText: '還沒有選過任何一項。請回到列表點一項。',
  },
  loading: '正在登入…',
  again: '再試一次',
  failed: '沒有成功',
  failures: {
    domain: '這個網站不在小程式的網域清單裡。請在 mp.weixin.qq.com → 管理 → 开发管理 →「服务器域名」裡加上 request 合法域名：{site}',
    network: '連不上網站。請檢查網路，再試一次。在開發者工具裡：{site} 啟動了嗎？',
    site: '回應的不是本站的程式。請檢查 config.js 裡的 site 與 programs：{site}',
    login: '微信沒有給出登入憑證。請檢查網路，再試一次。',
    expired: '微信不認得這次登入的 code。請再試一次；如果仍然不行，project.config.json 裡的 appid 與網站 wechat.conf 裡的 mini_appid 不是同一個小程式。',
    request: '網站看不懂這個 code。遊客 AppID 的 wx.login 只給假的 code：請換成自己的 AppID，或在 config.js 裡寫上 simulator。',
    config: '網站還沒有為小程式設定好。請站長檢查 wechat.conf 裡的 mini_appid、mini_secret 與 list；原因寫在伺服器的錯誤紀錄裡。',
    refused: '剛剛登入，網站還是說沒有登入。請站長檢查伺服器有沒有把 Authorization 交給程式（Apache：CGIPassAuth On）。',
    restricted: '微信限制了這次登入。請聯絡站長。',
    waiting: '已經通知站長，新使用者需經站長同意。請稍後再試。',
    follow: '本站只讓官方帳號的關注者登入，小程式裡無法確認。請聯絡站長。',
    blocked: '站長已停止您使用本站。如果您認為有誤，請與本站聯絡。',
    busy: '現在很忙碌。請等一分鐘再試。',
    full: '現在登入的人太多。請等一分鐘再試。',
    upstream: '微信回應異常。請稍後再試。',
    timeout: '微信沒有及時回應網站。請過一會兒再試。',
    other: '網站暫時出了問題。請過一會兒再試。',
  },
};

const en = {
  my: {
    title: 'My page',
    avatar: 'Choose an avatar',
    nickname: 'WeChat user',
    who: 'Your identifier on this site',
    empty: 'There is nothing here yet.',
    unread: 'Unread',
  },
  ways: { query: 'The link', id: 'Element id', index: 'data-index', global: 'Global data' },
  how: {
    query: 'The value stands in the link of wx.navigateTo; the next page’s onLoad receives it.',
    id: 'The id of the element you tap is read, and put into getApp().requestId.',
    index: 'The data-index of the element you tap is read, and put into getApp().requestIndex.',
    global: 'The whole item is put into getApp().globalData, for every page until the mini program is closed.',
  },
  detail: {
    title: 'Details',
    value: 'Value received',
    way: 'By way of',
    name: 'The link also says',
    copy: 'Copy the address',
    unknown: 'There is no such item',
    unknownText: 'The list does not have this value. Go back to the list and tap an item.',
    nothing: 'No value arrived',
    nothingText: 'Nothing has been chosen yet. Go back to the list and tap an item.',
  },
  loading: 'Signing in…',
  again: 'Try again',
  failed: 'That did not work',
  failures: {
    domain: 'This site is not on the mini program’s list of domains. At mp.weixin.qq.com → 管理 → 开发管理 → 服务器域名 (server domains) add as a request domain: {site}',
    network: 'The site cannot be reached. Check the network and try again. In the developer tools: is {site} running?',
    site: 'What answered is not one of the site’s programs. Check site and programs in config.js: {site}',
    login: 'WeChat gave no code to sign in with. Check the network and try again.',
    expired: 'WeChat does not accept the code of this sign-in. Try again; if that does not help, appid in project.config.json and mini_appid in the site’s wechat.conf are two different mini programs.',
    request: 'The site cannot read this code. With the visitor’s AppID wx.login gives only a mock: use an AppID of your own, or name the simulator in config.js.',
    config: 'The site is not set up for mini programs. Its owner finds the reason in the error log: mini_appid, mini_secret and list in wechat.conf.',
    refused: 'Just signed in, and still the site says no. Its owner should check that the web server hands Authorization to the programs (Apache: CGIPassAuth On).',
    restricted: 'WeChat has restricted this sign-in. Ask the owner of the site.',
    waiting: 'Your sign-in has reached the owner of the site, who lets newcomers in. Try again later.',
    follow: 'Only followers of the account may sign in to this site, and a mini program cannot tell who they are. Ask the owner of the site.',
    blocked: 'The owner of this site has closed it to you. If you think this is a mistake, contact the site.',
    busy: 'It is busy at the moment. Wait a minute and try again.',
    full: 'Too many people are signing in. Wait a minute and try again.',
    upstream: 'WeChat did not answer the site properly. Try again in a while.',
    timeout: 'WeChat did not answer the site in time. Try again in a while.',
    other: 'The site has a problem at the moment. Try again in a while.',
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
  const { failed, failures } = words();
  return { title: failed, text: (failures[kind] || failures.other).replace('{site}', site), detail };
}

module.exports = { explain, language, languages, words };
