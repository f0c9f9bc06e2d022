// 小程序只有这一个设置文件。The mini program's only settings.
module.exports = {
  // 网站的地址，不带末尾的斜杠；手机上必须是 https，并且在 mp.weixin.qq.com 的“服务器域名”里。
  // The site, without a slash at its end; on a phone https, and on WeChat's list of server domains.
  site: 'http://127.0.0.1:8007',

  // 程序所在的路径，同 wechat.conf 里的 cgi_path。Where the programs are, as cgi_path in wechat.conf.
  programs: '/cgi-bin',

  // 没有 AppID 时，向 make demo 的模拟器要 wx.login 的 code。有了自己的 AppID，就改成空的 ''。
  // Without an AppID: the simulator of `make demo` gives the code of wx.login. With one of your own: ''.
  simulator: 'http://127.0.0.1:8008',
};
