#include "conf/keys.h"

#include "conf/check.h"

const char conf_for_authorize[] = "";

const struct conf_key conf_keys[] = {
    {"appid", TEXT, offsetof(struct conf, appid), conf_for_authorize, check_appid,
        "公众号或服务号的 AppID，见微信开发者平台 → 我的业务 → 公众号或服务号。\n"
        "sign_in 有 authorize 或 scene 时必填。\n"
        "The AppID of your official account. WeChat's developer platform (微信开发者平台) shows\n"
        "it under 我的业务 → 公众号 or 服务号. Required for sign_in = authorize and scene."},
    {"secret", TEXT, offsetof(struct conf, secret), conf_for_authorize, check_secret,
        "公众号的 AppSecret，在同一页。sign_in 有 authorize 或 scene 时必填。不要告诉任何人。\n"
        "The account's AppSecret, on the same page. Required for sign_in = authorize and scene.\n"
        "Show it to nobody."},
    {"site_url", TEXT, offsetof(struct conf, site_url), NULL, check_origin,
        "网站的地址，末尾不加斜杠，例如 https://www.example.com。必填。\n"
        "The address of your site, without a slash at the end, such as https://www.example.com.\n"
        "Required."},
    {"sign_in", TEXT, offsetof(struct conf, sign_in), "authorize", check_sign_in,
        "登录方式。authorize：微信网页授权，只有已认证的服务号和测试号可以用。\n"
        "message：访客给公众号发“登录”，公众号回复验证码。任何公众号都可以用，\n"
        "只要填好 site_url 和 push_token。scene：电脑上显示公众号的二维码，扫码的人先关注公众号，\n"
        "再在它的回复里确认；已认证的服务号和测试号可以用，也要 push_token。\n"
        "要几种就都写上，用空格分开，第一个是默认的。\n"
        "How visitors sign in. authorize: by WeChat's web authorization, which only verified\n"
        "service accounts and test accounts have. message: the visitor sends the account a word,\n"
        "and the account answers with a code. Every account can do this; it needs only site_url\n"
        "and push_token. scene: the computer shows a QR code of the account; who scans it follows\n"
        "the account and agrees by a link in its answer. Verified service accounts and test\n"
        "accounts can do this; it needs push_token, too. For several ways, write them all,\n"
        "separated by spaces: the first is the default."},
    {"cgi_path", TEXT, offsetof(struct conf, cgi_path), "/cgi-bin", check_path,
        "这些程序在网站上的路径：地址是 https://www.example.com/cgi-bin/me.cgi 时，填 /cgi-bin。\n"
        "The path of the programs on your site: /cgi-bin if their addresses are like\n"
        "https://www.example.com/cgi-bin/me.cgi."},
    {"home", TEXT, offsetof(struct conf, home), "", check_local,
        "访客登录后打开的页面，例如 /index.html；访客原来要看别的页面时，回到那个页面。\n"
        "空着就打开个人主页 me.cgi。\n"
        "The page that opens after sign-in, such as /index.html, unless the visitor asked for\n"
        "another page. Empty: the personal page, me.cgi."},
    {"scope", TEXT, offsetof(struct conf, scope), "snsapi_userinfo", check_scope,
        "登录时取得什么。snsapi_userinfo：请访客同意，取得昵称和头像；\n"
        "snsapi_base：不询问访客，只取得 openid（访客在这个公众号里的编号）。\n"
        "What a sign-in obtains. snsapi_userinfo: the visitor is asked to agree, and the site\n"
        "gets nickname and avatar. snsapi_base: the visitor is not asked, and the site gets\n"
        "only the openid (WeChat's identifier of the visitor for this account)."},
    {"outside_wechat", TEXT, offsetof(struct conf, outside_wechat), "qr", check_outside,
        "在微信以外的浏览器里怎样登录。qr：显示二维码，用手机微信扫一扫。\n"
        "direct 和 both 只用于模拟器。direct：直接打开微信授权页，没有二维码；\n"
        "both：也直接打开授权页，但 login.cgi?qr=1 显示二维码。\n"
        "How to sign in with a browser outside WeChat. qr: the page shows a QR code to scan\n"
        "with WeChat on a phone. direct and both are for the simulator only. direct: opens\n"
        "WeChat's authorization page, and there are no QR codes. both: also opens that page,\n"
        "but login.cgi?qr=1 shows a QR code."},
    {"website_appid", TEXT, offsetof(struct conf, website_appid), "", check_other_appid,
        "微信开放平台“网站应用”的 AppID。填了它，在电脑上登录就改用微信自己的二维码页。\n"
        "没有网站应用就空着。\n"
        "The AppID of your website application (网站应用) on WeChat's open platform. If it is\n"
        "set, computers sign in on WeChat's own QR code page. Leave it empty if you have none."},
    {"website_secret", TEXT, offsetof(struct conf, website_secret), "", check_other_secret,
        "网站应用的 AppSecret。与 website_appid 一起填写。\n"
        "The website application's AppSecret. Set it together with website_appid."},
    {"mini_appid", TEXT, offsetof(struct conf, mini_appid), "", check_other_appid,
        "小程序的 AppID。空着就不能从小程序登录。\n"
        "The AppID of your mini program. Empty: mini programs cannot sign in."},
    {"mini_secret", TEXT, offsetof(struct conf, mini_secret), "", check_other_secret,
        "小程序的 AppSecret。与 mini_appid 一起填写。\n"
        "The mini program's AppSecret. Set it together with mini_appid."},
    {"mini_push_token", TEXT, offsetof(struct conf, mini_push_token), "", check_push_token,
        "接收小程序的消息：填小程序后台“消息推送”里的 Token，不能与 push_token 相同。\n"
        "空着就不接收。\n"
        "To receive the mini program's messages: the Token under 消息推送 in the mini program's\n"
        "admin pages. It must differ from push_token. Empty: no messages are received."},
    {"mini_encoding_aes_key", TEXT, offsetof(struct conf, mini_encoding_aes_key), "", check_aes_key,
        "小程序“消息推送”里的 EncodingAESKey。安全模式和兼容模式必填，明文模式空着。\n"
        "The EncodingAESKey under 消息推送. Required in safe mode (安全模式) and compatible\n"
        "mode (兼容模式); empty in plain mode (明文模式)."},
    {"list", FILE_PATH, offsetof(struct conf, list), "", check_any,
        "列表页的内容文件（JSON），例如 list.json，写法见 docs/zh/list.md。空着就没有列表页。\n"
        "The file with the items of the list page (JSON), such as list.json; docs/en/list.md\n"
        "describes it. Empty: there is no list page."},
    {"list_lesson", TEXT, offsetof(struct conf, list_lesson), "off", check_switch,
        "列表页是否演示把选中的项传给下一页的四种方式（链接参数、id、data-index、全局数据）：\n"
        "on 或 off。给访客用的列表不需要。\n"
        "Whether the list page shows the four ways to hand an item to its page (link, id,\n"
        "data-index, session): on or off. A list for visitors does not need it."},
    {"menu", FILE_PATH, offsetof(struct conf, menu), "", check_any,
        "公众号菜单的文件（JSON），例如 menu.json，写法见 docs/menu.json.example。\n"
        "站长在 owner.cgi 里修改、发布，在 shell 里用 wechat menu set；check.cgi "
        "检查它。空着就没有。\n"
        "The file of the account's menu (JSON), such as menu.json; docs/menu.json.example shows\n"
        "how to write it. Owners edit and publish it in owner.cgi, in a shell wechat menu set\n"
        "publishes it, and check.cgi checks it. Empty: none."},
    {"private_dir", FILE_PATH, offsetof(struct conf, private_dir), "", check_any,
        "只给登录的人看的文件放在哪个文件夹，例如 private：gate.cgi/报告.pdf 就是其中的 "
        "报告.pdf，\n"
        "见 docs/zh/gate.md。绝不能放在网站根目录里。空着就没有。\n"
        "The folder of files for visitors who are signed in, such as private: gate.cgi/a.pdf is "
        "its\n"
        "file a.pdf (docs/en/gate.md). Never put it inside the document root. Empty: none."},
    {"access", FILE_PATH, offsetof(struct conf, access), "", check_any,
        "private_dir 里哪个文件夹给哪些角色看（JSON），例如 access.json，写法见 docs/zh/gate.md。\n"
        "空着就给每个登录的人看。\n"
        "The file that says which roles may read which folders of private_dir (JSON), such as\n"
        "access.json (docs/en/gate.md). Empty: everybody who is signed in may read all."},
    {"private_listing", TEXT, offsetof(struct conf, private_listing), "off", check_switch,
        "文件夹里没有 index.html 时，是否列出其中的文件：on 或 off。access.json 里可以另行规定。\n"
        "Whether a folder without index.html shows the names of its files: on or off. access.json\n"
        "may say otherwise for a folder."},
    {"sendfile", TEXT, offsetof(struct conf, sendfile), "off", check_sendfile,
        "由网站服务器代为发送文件，程序不必等到发完：X-Sendfile（Apache 的 "
        "mod_xsendfile、lighttpd），\n"
        "或 X-Accel-Redirect 和 nginx 的内部路径，例如 X-Accel-Redirect /private-files。\n"
        "off：由程序发送。服务器也要设置，见 docs/zh/gate.md。\n"
        "Lets the web server send the files, so that no program has to wait for the end:\n"
        "X-Sendfile (Apache's mod_xsendfile, lighttpd), or X-Accel-Redirect with an internal path "
        "of\n"
        "nginx, such as X-Accel-Redirect /private-files. off: the program sends them. The server\n"
        "has to be set up for it (docs/en/gate.md)."},
    {"dev_origins", TEXT, offsetof(struct conf, dev_origins), "", check_dev_origins,
        "用于本地开发：哪些来源的网页可以使用本站的登录，例如 http://192.168.1.5:5173；\n"
        "几个之间用空格分开。* 表示任何来源，只能在 site_url 是本机时使用。开发完请清空。\n"
        "For local development: the origins whose pages may use this site's sign-in, such as\n"
        "http://192.168.1.5:5173, separated by spaces. * means any origin, and is allowed only\n"
        "while site_url is this computer. Empty it when you have finished."},
    {"dev_origins_until", TEXT, offsetof(struct conf, dev_origins_until), "", check_day,
        "dev_origins 有效到哪一天（北京时间，含当天），例如 2026-12-24，最多 30 天以后。\n"
        "过了这一天，dev_origins 就不再起作用。site_url 是本机时可以不填。\n"
        "The last day on which dev_origins is valid (Beijing time), such as 2026-12-24, at most\n"
        "30 days ahead. After that day, dev_origins is ignored. Not needed while site_url is\n"
        "this computer."},
    {"introspection_clients", TEXT, offsetof(struct conf, introspection_clients), "", check_clients,
        "可以向 validate.cgi 查询令牌是否有效的程序（RFC 7662），写成 名字:密钥，\n"
        "几个之间用空格分开。密钥是 32 到 128 个字母、数字、- 和 _，可以用 openssl rand -hex 32\n"
        "生成。更换密钥时，同一个名字可以写两次，各用新旧一个密钥。空着就没有这样的程序。\n"
        "The programs that may ask validate.cgi whether a token is valid (RFC 7662), each as\n"
        "name:secret, separated by spaces. A secret has 32 to 128 letters, digits, - and _;\n"
        "openssl rand -hex 32 makes one. While you change a secret, a name may be listed twice,\n"
        "with the old and the new one. Empty: no program may ask."},
    {"sign_in_words", TEXT, offsetof(struct conf, sign_in_words),
        "登录 登陆 登入 登錄 验证码 驗證碼 login code", check_words,
        "sign_in = message 时，访客发送其中任何一个词，都会收到验证码。用空格分开。\n"
        "For sign_in = message: each of these words gets a code. Separated by spaces."},
    {"account_name", TEXT, offsetof(struct conf, account_name), "", check_line,
        "公众号的名称，显示在登录页上。\n"
        "The account's name, shown on the sign-in page."},
    {"account_qr", TEXT, offsetof(struct conf, account_qr), "", check_picture,
        "公众号的二维码图片，显示在登录页上：本站的路径，例如 /wechat-qr.jpg，或 https 地址。\n"
        "图片可以在公众平台的“账号设置”里下载，再上传到网站。\n"
        "The picture of the account's QR code for the sign-in page: a path on this site, such as\n"
        "/wechat-qr.jpg, or an https address. Download the picture from 账号设置 on WeChat's "
        "admin\n"
        "pages and upload it to your site."},
    {"account_url", TEXT, offsetof(struct conf, account_url), "", check_link,
        "在微信里点一下就打开公众号的链接。空着，页面就请访客长按二维码。\n"
        "A link that opens the account when tapped in WeChat. Empty: the page asks visitors to\n"
        "press and hold the QR code."},
    {"service_keys", TEXT, offsetof(struct conf, service_keys), "", check_clients,
        "可以向 server.cgi 查询验证码的程序，例如 one-api，写成 名字:密钥，\n"
        "写法与 introspection_clients 相同。空着就没有这样的程序。\n"
        "The programs that may ask server.cgi about codes, such as one-api, each as name:key,\n"
        "written as in introspection_clients. Empty: no program may ask."},
    {"account_clients", TEXT, offsetof(struct conf, account_clients), "", check_names,
        "service_keys 里的哪些程序还可以通过 server.cgi 以公众号的名义调用微信：取得 "
        "access_token、\n"
        "发消息等。写它们的名字，用空格分开。空着就没有：one-api 这样的程序不需要。\n"
        "Which programs of service_keys may also make calls in the account's name through\n"
        "server.cgi: get the access_token, send messages, …. Their names, separated by spaces.\n"
        "Empty: none; one-api and its like need no more."},
    {"oidc_clients", FILE_PATH, offsetof(struct conf, oidc_clients), "", check_any,
        "用 OpenID Connect 接入本站登录的程序（Gitea、Nextcloud 等）的文件（JSON），\n"
        "例如 clients.json：用 wechat client add 添加，写法见 docs/zh/openid.md。空着就没有。\n"
        "The file of the programs, such as Gitea or Nextcloud, that sign people in by OpenID\n"
        "Connect (JSON), such as clients.json: wechat client add writes it, and\n"
        "docs/en/openid.md describes it. Empty: there are none."},
    {"oidc_issuer", TEXT, offsetof(struct conf, oidc_issuer), "", check_issuer,
        "OpenID Connect 的颁发者地址，要填进那些程序里，以 site_url 开头，末尾不加斜杠。\n"
        "空着就是 oidc.cgi 的地址。用起来以后不要再改：程序会认为换了一个站。\n"
        "The address of the issuer that these programs are given. It begins with site_url and\n"
        "has no slash at the end. Empty: the address of oidc.cgi. Do not change it later: the\n"
        "programs would take the site for another one."},
    {"oidc_emails", FILE_PATH, offsetof(struct conf, oidc_emails), "", check_any,
        "每个人的邮箱地址的文件（JSON），例如 emails.json，提供给 clients.json 里写了\n"
        "\"email\": \"file\" 的程序，见 docs/zh/openid.md。空着就没有。\n"
        "The file of people's mail addresses (JSON), such as emails.json, for the clients with\n"
        "\"email\": \"file\" (docs/en/openid.md). Empty: none."},
    {"owners", TEXT, offsetof(struct conf, owners), "", check_owners,
        "站长本人的 openid（登录后打开 me.cgi 可以看到），几个之间用空格分开。\n"
        "他们登录以后可以打开 check.cgi，看到哪里没有设置好。\n"
        "The openids of the site's owners (me.cgi shows yours), separated by spaces. Signed in,\n"
        "they may open check.cgi, which shows what is not set up well."},
    {"people", TEXT, offsetof(struct conf, people), "everyone", check_people,
        "谁可以登录。everyone：所有人；followers：先关注公众号；approved：新来的人先等站长同意，\n"
        "以前登录过的人不用再等。owners 里的人总可以登录，被站长停用的人总不可以。见 "
        "docs/zh/people.md。\n"
        "Who may sign in. everyone; followers: only followers of the account; approved: newcomers\n"
        "wait until an owner agrees, and those who have signed in before need not wait. owners "
        "may\n"
        "always sign in, people whom an owner has blocked never. See docs/en/people.md."},
    {"hook", FILE_PATH, offsetof(struct conf, hook), "", check_any,
        "有人登录、退出、第一次登录，被停用、同意、删除时运行的您自己的程序，写法见 "
        "docs/zh/people.md。\n"
        "空着就没有。\n"
        "A program of your own that is run when somebody signs in, signs in for the first time, "
        "or\n"
        "signs out, and when a person is blocked, approved or deleted; docs/en/people.md describes "
        "it.\n"
        "Empty: none."},
    {"trusted_proxies", TEXT, offsetof(struct conf, trusted_proxies), "", check_proxies,
        "网站前面的反向代理或 CDN 的地址，例如 127.0.0.1 10.0.0.0/8，用空格分开。\n"
        "只有它们发来的 X-Forwarded-For 才算数。前面没有代理就空着。\n"
        "The addresses of the reverse proxies or CDN in front of your site, such as\n"
        "127.0.0.1 10.0.0.0/8, separated by spaces. X-Forwarded-For counts only when they send "
        "it.\n"
        "Empty: there are none."},
    {"language", TEXT, offsetof(struct conf, language), "zh_CN", check_language,
        "页面的语言：zh_CN（简体中文）、zh_TW（繁体中文）或 en（英文）。\n"
        "访客的浏览器要求其中另一种时，以浏览器为准。\n"
        "The language of the pages: zh_CN (simplified Chinese), zh_TW (traditional Chinese) or\n"
        "en (English). A visitor whose browser asks for another of these gets that one."},
    {"site_name", TEXT, offsetof(struct conf, site_name), "", check_line,
        "网站的名称，显示在每一页的上方和标题里，例如 小明的店。空着，标题里就是网站的域名。\n"
        "以下六项也是网站自己的样子，见 docs/zh/pages.md。\n"
        "The site's name, at the top and in the title of each page. Empty: the title has the\n"
        "site's host. This and the next six make the pages yours (docs/en/pages.md)."},
    {"logo", TEXT, offsetof(struct conf, logo), "", check_picture,
        "网站的标志，也用作浏览器标签页的图标：本站的路径，例如 /logo.png，或 https 地址。\n"
        "The site's logo, also the icon of the browser's tab: a path on this site, such as\n"
        "/logo.png, or an https address."},
    {"theme_color", TEXT, offsetof(struct conf, theme_color), "", check_color,
        "网站的颜色，例如 #c8102e，用于按钮和链接。上面的文字用白色还是黑色由程序计算，\n"
        "保证看得清。空着就是绿色。\n"
        "The site's colour, such as #c8102e, for buttons and links. The programs compute which\n"
        "text can be read on it, and the shade of links. Empty: green."},
    {"custom_css", TEXT, offsetof(struct conf, custom_css), "", check_style,
        "您自己的样式表，本站的路径，例如 /pages.css。类名见 docs/zh/pages.md。\n"
        "Your own style sheet, a path on this site, such as /pages.css. docs/en/pages.md lists "
        "the\n"
        "names of the classes."},
    {"links", FILE_PATH, offsetof(struct conf, links), "", check_any,
        "个人主页上的链接（JSON），例如 links.json，写法见 docs/zh/pages.md。空着就没有。\n"
        "The file of the links on the personal page (JSON), such as links.json; docs/en/pages.md\n"
        "describes it. Empty: there are none."},
    {"icp", TEXT, offsetof(struct conf, icp), "", check_line,
        "ICP 备案号，例如 京ICP备12345678号-1，显示在每一页的底部，并链接到备案查询网站。\n"
        "在中国境内的网站必须显示。\n"
        "The site's ICP number (备案号), at the bottom of each page, with a link to the registry.\n"
        "Sites in mainland China must show it."},
    {"contact", TEXT, offsetof(struct conf, contact), "", check_contact,
        "怎样联系您，显示在每一页的底部：邮箱、本站的页面，例如 /contact.html，或 https 地址。\n"
        "How to reach you, at the bottom of each page: a mail address, a page on this site, such\n"
        "as /contact.html, or an https address."},
    {"session_seconds", NUMBER, offsetof(struct conf, session_seconds), "604800", check_seconds,
        "一次登录有效多少秒：60 到 31622400（366 天）。604800 秒是 7 天。\n"
        "How long a sign-in is valid, in seconds: 60 to 31622400 (366 days). 604800 is 7 days."},
    {"session_idle_seconds", NUMBER, offsetof(struct conf, session_idle_seconds), "0", check_idle,
        "多少秒不用就要重新登录：60 到 31622400，例如 86400（一天）；0 表示不管用不用。\n"
        "一直在用的登录也只到 session_seconds 为止。\n"
        "After how many seconds without use a sign-in ends: 60 to 31622400, such as 86400 (a "
        "day);\n"
        "0: it need not be used. A sign-in that is used ends after session_seconds all the same."},
    {"push_token", TEXT, offsetof(struct conf, push_token), "", check_push_token,
        "接收公众号的消息：填“消息与事件推送”里的 Token（3 到 32 个字母和数字），\n"
        "与 AppID 在同一页。空着就不接收。\n"
        "To receive the account's messages: the Token under 消息与事件推送, on the same page as\n"
        "the AppID (3 to 32 letters and digits). Empty: no messages are received."},
    {"encoding_aes_key", TEXT, offsetof(struct conf, encoding_aes_key), "", check_aes_key,
        "“消息与事件推送”里的 EncodingAESKey（43 个字符）。明文模式不需要。\n"
        "The EncodingAESKey under 消息与事件推送 (43 characters). Not needed in plain mode\n"
        "(明文模式)."},
    {"encoding_aes_key_previous", TEXT, offsetof(struct conf, encoding_aes_key_previous), "",
        check_aes_key,
        "更换 EncodingAESKey 以后，这里填旧的那一个：微信在一段时间里还会用它。过一天再清空。\n"
        "After a change of the EncodingAESKey: the old one, which WeChat still uses for a\n"
        "while. Empty it a day later."},
    {"push_mode", TEXT, offsetof(struct conf, push_mode), "plain", check_push_mode,
        "消息加解密方式，与“消息与事件推送”里选的一致：plain（明文模式）、\n"
        "compatible（兼容模式）或 safe（安全模式，推荐）。\n"
        "The encryption mode chosen under 消息与事件推送 (消息加解密方式): plain (明文模式),\n"
        "compatible (兼容模式) or safe (安全模式, recommended)."},
    {"replies", FILE_PATH, offsetof(struct conf, replies), "", check_any,
        "自动回复的规则文件（JSON），例如 replies.json，\n"
        "写法见 docs/zh/messages.md。空着就没有规则。\n"
        "The file with the rules for automatic replies (JSON), such as replies.json;\n"
        "docs/en/messages.md describes it. Empty: there are no rules."},
    {"handler", FILE_PATH, offsetof(struct conf, handler), "", check_any,
        "您自己的程序（PHP、Python、shell 等），每条消息和事件都交给它，它可以回复。\n"
        "写法见 docs/zh/messages.md。空着就没有。\n"
        "A program of your own (PHP, Python, shell, …) that receives each message and event and\n"
        "may reply; docs/en/messages.md describes it. Empty: none."},
    {"handler_seconds", NUMBER, offsetof(struct conf, handler_seconds), "4", check_handler_seconds,
        "处理程序最多运行多少秒：1 到 300，超过了就被结束。微信每次只等 5 秒，一条消息共发三次，\n"
        "所以 14 秒以内的回复还能作为回答，任何公众号都可以；更晚的作为客服消息发出，\n"
        "要 appid 和 secret，只有已认证的账号可以。见 docs/zh/slow.md。\n"
        "How many seconds the handler may run before it is ended: 1 to 300. WeChat waits for 5\n"
        "seconds each time and sends a message three times, so a reply within 14 seconds can "
        "still\n"
        "be the answer; every account can do this. A later one goes out as a customer-service\n"
        "message (客服消息), for which appid, secret and a verified account are needed\n"
        "(docs/en/slow.md)."},
    {"handler_late", TEXT, offsetof(struct conf, handler_late), "wait", check_late,
        "处理程序来不及在 5 秒内回复时怎么办。wait：让微信再发，直到 14 秒；\n"
        "send：先空着回答，回复好了再作为客服消息发出（要 appid、secret 和已认证的账号）。\n"
        "handler_seconds 大于 4 时才起作用。\n"
        "When the handler does not reply within 5 seconds. wait: WeChat sends again, until 14\n"
        "seconds have passed. send: the answer stays empty, and the reply goes out as a\n"
        "customer-service message when it is ready (needs appid, secret and a verified account).\n"
        "Only for handler_seconds above 4."},
    {"handler_typing", TEXT, offsetof(struct conf, handler_typing), "off", check_switch,
        "处理程序一秒后还没有回复时，让用户看到“对方正在输入”：on 或 off。\n"
        "要 appid、secret 和已认证的账号。\n"
        "If on, and the handler has not replied after a second, the user sees “typing”\n"
        "(对方正在输入). Needs appid, secret and a verified account."},
    {"journal", TEXT, offsetof(struct conf, journal), "full", check_journal,
        "消息和事件的日志记什么。full：全部内容；kinds：只记时间、类型和 openid，\n"
        "不记文字、位置、链接和媒体；off：不记。隐私说明页会写明是哪一种，见 docs/zh/privacy.md。\n"
        "What the journal of messages and events records. full: all of them; kinds: only time,\n"
        "kind and openid, and no texts, places, links or media; off: nothing. The privacy page\n"
        "says which it is (docs/en/privacy.md)."},
    {"events_days", NUMBER, offsetof(struct conf, events_days), "30", check_days,
        "消息和事件的日志保留多少天：0 到 3660。0 与 journal = off 相同：不记日志，也不记位置。\n"
        "How many days the journal of messages and events is kept: 0 to 3660. 0 is the same as\n"
        "journal = off: no journal, and no places."},
    {"people_days", NUMBER, offsetof(struct conf, people_days), "0", check_days,
        "多少天没有登录、也没有发来消息的人，资料会被删除：1 到 3660；0 表示一直保留。\n"
        "正在登录的人、站长（owners）和被停用的人除外。见 docs/zh/privacy.md。\n"
        "After how many days without a sign-in or a message a person's data are deleted: 1 to\n"
        "3660; 0: never. Not those of people who are signed in, of owners, and of people who\n"
        "are blocked (docs/en/privacy.md)."},
    {"consent", TEXT, offsetof(struct conf, consent), "off", check_consent,
        "登录前是否请访客同意保存资料：ask 或 off。ask：没有同意过的人先看到保存什么、\n"
        "隐私说明的链接和“同意”按钮，同意的时间会记下来。见 docs/zh/privacy.md。\n"
        "Whether people are asked to agree before they are signed in: ask or off. ask: whoever "
        "has\n"
        "not agreed yet is told what is stored, with a link to the privacy page, and the time of\n"
        "the agreement is recorded (docs/en/privacy.md)."},
    {"state", TEXT, offsetof(struct conf, state), "files", check_state,
        "登录和用户的数据存放在哪里。files：state_dir 文件夹里的文件。\n"
        "也可以填 redis://127.0.0.1:6379/0?prefix=shop 这样的地址：存放在 Redis 或 Valkey 里，\n"
        "几台机器可以共用；也可以由 Sentinel 指出主库。见 docs/zh/redis.md。\n"
        "Where the data of sign-ins and users are kept. files: in the folder state_dir. An\n"
        "address such as redis://127.0.0.1:6379/0?prefix=shop keeps them in Redis or Valkey, "
        "which\n"
        "several machines can share; Sentinels may name the primary (docs/en/redis.md)."},
    {"state_wait", NUMBER, offsetof(struct conf, state_wait), "0", check_wait,
        "Redis 有从库时，登录、用户和删除要有几个从库确认才算完成：0 到 9。\n"
        "If Redis has replicas: how many of them must confirm a sign-in, a user or a deletion: 0\n"
        "to 9."},
    {"state_dir", FILE_PATH, offsetof(struct conf, state_dir), "wechat-state", check_folder,
        "存放登录和用户数据的文件夹，只有这些程序可以读。绝不能放在网站根目录里。\n"
        "The folder for the data of sign-ins and users, readable by the programs only. Never\n"
        "put it inside the document root."},
    {"html_dir", FILE_PATH, offsetof(struct conf, html_dir), "wechat-html", check_folder,
        "页面模板所在的文件夹。\n"
        "The folder of the page templates."},
    {"open_url", TEXT, offsetof(struct conf, open_url), "https://open.weixin.qq.com", check_origin,
        "微信授权页的地址。只有用模拟器时才改。\n"
        "The address of WeChat's authorization page. Change it only for the simulator."},
    {"api_url", TEXT, offsetof(struct conf, api_url), "https://api.weixin.qq.com", check_origin,
        "微信接口的地址。只有用模拟器时才改。\n"
        "The address of WeChat's API. Change it only for the simulator."},
    {"ca_file", FILE_PATH, offsetof(struct conf, ca_file), "", check_any,
        "受信任的根证书文件（PEM）。空着就用主机自己的。\n"
        "The file of trusted root certificates (PEM). Empty: the host's own."},
    {"sandbox", TEXT, offsetof(struct conf, sandbox), "files", check_sandbox,
        "限制程序的权限，这样即使程序有漏洞，攻击者也做不了多少事。files：程序读完设置后，\n"
        "放弃不需要的文件和端口；strict：还放弃不需要的系统调用，每个请求会慢一点；\n"
        "off：不限制。错误日志里出现 “ended at system call” 时，改为 files。\n"
        "Restricts the programs, so that a mistake in one gives an attacker little. files:\n"
        "after reading its settings, a program gives up the files and ports that it does not\n"
        "need. strict: it also gives up the system calls that it does not need, which makes\n"
        "each request a little slower. off: no restrictions. If the error log says \"ended at\n"
        "system call\", set this to files."},
};

const size_t conf_key_count = sizeof(conf_keys) / sizeof(conf_keys[0]);
