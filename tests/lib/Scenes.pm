package Scenes;
# A kit in which each page of tests/browser/scenes.mjs can be opened: owners, thirty days of counts, messages, errors, private files, a
# blocked person, a session of yesterday, a menu, the Vue app under /app/. Returns it; %ENV has what the scripts need.
use strict;
use warnings;
use utf8;
use Encode qw(encode_utf8);
use File::Path qw(make_path);
use JSON::PP;
use Kit;
use Oidc;
use POSIX qw(strftime);
use State;

my @owners = qw(oSim0001xiaoMing-aBcDeFgHiJk oSim0002wangMeiMei_MnOpQrStU oSim0005johnSmithEnglish-CdE);

sub put {
    my ($kit, $name, $text, $mode) = @_;
    my $path = encode_utf8("$kit->{folder}/$name");
    make_path($path =~ s{/[^/]*\z}{}r, { mode => $mode && $mode == 0600 ? 0700 : 0755 });
    Kit::write_file($path, encode_utf8($text), $mode || 0644);
    return;
}

sub kit {
    my (%option) = @_;
    my $kit = Kit->new(%option, conf => { %Kit::mini, trusted_proxies => '127.0.0.1' });
    my $f = $kit->{folder};
    my $state = $kit->state_dir;
    $kit->browser->sign_in($_) for qw(xiaoming meimei john);

    my @day = map { strftime('%Y-%m-%d', gmtime(time + 8 * 3600 - $_ * 86400)) } 0 .. 29;
    my @line = (' ' x 65 . "\n") x 64;
    for my $i (0 .. 29) {
        $line[int((time + 8 * 3600) / 86400 - $i) % 64] = sprintf "%s %10d %10d %10d %10d %10d\n", $day[$i], 20 + ($i * 7) % 13, $i % 5, ($i * 3) % 11, $i % 4, ($i * 29) % 170;
    }
    put($kit, 'wechat-state/tallies', join('', @line), 0600);
    put($kit, "wechat-state/errors/$day[0]", join('', map { time - $_ * 60 . " wechat-cgi: callback.cgi client=- kind=upstream errcode=0 rid=-: grant: WeChat's answer is not JSON\n" } reverse 1 .. 3)
        . time . " wechat-cgi: server-live.cgi client=- kind=config errcode=40164 rid=-: WeChat answered errcode 40164: 主机的 IP 192.0.2.7 不在白名单里。The host's IP is not on the list.\n", 0600);
    my $json = JSON::PP->new->canonical;
    put($kit, "wechat-state/events/$day[0].jsonl", join('', map { $json->encode({ ToUserName => 'gh', CreateTime => time - 1000 + $_->[0], FromUserName => $_->[1], MsgType => $_->[2], @$_[3 .. $#$_] }) . "\n" }
        [1, $owners[2], 'text', Content => 'Hello, are you open on Sunday?'], [2, $owners[0], 'text', Content => '你好，我想改一下收货地址。'], [3, $owners[1], 'image'],
        [4, $owners[2], 'event', Event => 'CLICK', EventKey => 'MENU_1']), 0600);
    State::plant($state, 'oSim0003annEmojiMarkup-WxYzA', { blocked => time });
    my $old = State::plant($state, 'oSim0008yesterdaysOwner-abcd', { nickname => '小明' }, { created => time - 13 * 3600, expires => time + 86400 });

    put($kit, 'broken.json', qq([\n  {"id": "orders", "text": "我的订单", "ulr": "/orders.html"},\n  {"id": "!"}\n]\n), 0600);
    put($kit, 'empty.json', "[]\n", 0600);
    put($kit, 'access.json', '[{"folder": "/", "listing": true}, {"folder": "/board", "roles": ["board"]}]', 0600);
    put($kit, 'menu.json', '{"button": [{"type": "click", "name": "今日", "key": "TODAY"}, {"name": "更多", "sub_button": [{"type": "view", "name": "网站首页", "url": "https://www.example.com/index.html"}]}]}', 0600);
    put($kit, 'links.json', '[{"text": {"zh_CN": "我的订单", "zh_TW": "我的訂單", "en": "My orders"}, "url": "/orders.html", "icon": "/icons/orders.svg"},
  {"text": {"zh_CN": "常见问题", "zh_TW": "常見問題", "en": "Questions and answers"}, "url": "https://help.example.com/"}]');
    put($kit, 'www/logo.svg', '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64" viewBox="0 0 64 64"><circle cx="32" cy="32" r="32" fill="#c8102e"/><path d="M18 20h12l2 3 2-3h12v26H34l-2 2-2-2H18z" fill="#fff"/></svg>');
    put($kit, "private/$_", 'x' x 123_456) for '会员资料/第三季度报告.pdf', '会员资料/录音.mp3', '会员资料/2026/预算.xlsx', 'board/plan.txt', 'welcome.pdf';
    my $modified = 1_790_000_000;    # so that the pages look the same each time
    utime $modified, $modified, $_ for map { chomp; $_ } `find $f/private`;
    # desktop.cgi, three minutes later.
    put($kit, 'cgi-bin/late.cgi', "#!/bin/sh\nexec faketime -f +200s $f/cgi-bin/desktop.cgi\n", 0755);
    system('cp', '-r', "$Kit::BUILD/vue", "$f/www/app") == 0 or die 'cp vue' if -e "$Kit::BUILD/vue";
    Oidc::set_up($kit, %Oidc::clients, board => { @Oidc::base, client_name => 'Board', skip_consent => JSON::PP::true, redirect_uris => ["$kit->{site_url}/cb"], frontchannel_logout_uri => "$kit->{site_url}/out" });
    if ($> == 0) { my @n = getpwnam 'nobody'; system('chown', '-R', "$n[2]:$n[3]", $f) == 0 or die 'chown' }
    $kit->browser->post("$kit->{sim_url}/console?format=json", { kind => 'unsubscribe', person => 'lin' });

    %ENV = (%ENV, SITE_URL => $kit->{site_url}, SIM_URL => $kit->{sim_url}, CONF => "$f/wechat.conf", OLD_SESSION => $old, OWNERS => join(' ', @owners, 'oSim0008yesterdaysOwner-abcd'),
        APPID => $Kit::APPID, SECRET => $Kit::SECRET);
    return $kit;
}

1;
