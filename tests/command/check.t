# wechat check: the lines of check.cgi in a shell; what only the site sees, asked of it; the exit status.
use strict;
use utf8;
use warnings;
use Command;
use Docs;
use Encode qw(decode_utf8 encode_utf8);
use IO::Socket::INET;
use JSON::PP;
use Kit;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $kit = Kit->new;
my $wechat = Command->new($kit);
my ($f, $cgi) = ($kit->{folder}, "$kit->{folder}/cgi-bin");
my $unused = Kit::free_port();
sub settings { my (%change) = @_; $kit->write_conf(owners => 'oOwner0000', ca_file => undef, push_mode => 'safe', language => 'en', %change); return }
sub put { my ($name, $text, $mode) = @_; Kit::write_file("$f/$name", $text, $mode // 0644); return "$f/$name" }
settings();

# The lines of a run: check.result => { state, cause, cure }.
sub lines { my ($json) = @_; return { map { ("$_->{check}.$_->{result}" => $_) } @{ $json->{checks} || [] } } }
sub look { my (@words) = @_; return lines($wechat->run('check', '--json', @words)->{json}) }

# ---- the same lines as the page ----

my $said = $wechat->run('check');
is "$said->{exit} $said->{err}", '0 ', 'all is well, but for hints: 0';
my $text = decode_utf8($said->{out});
like $text, qr/^✓ Where the settings are: The settings file is \Q$f\E\/wechat\.conf\.$/m, 'paths are shown';
like $text, qr/^! Program files: .* cannot be seen from here\.\n  → Open check\.cgi in a browser/m, 'a cause, and below it the cure';
my $programs = () = glob "$Kit::BUILD/cgi-bin/*.cgi";
like $text, qr/^✓ All programs: All $programs programs can be opened from the web\.$/m, 'each program was asked over the web';
for (['zh_CN.UTF-8', qr/^✓ 设置的内容：每一项设置都有效。$/m], ['zh_TW', qr/^✓ 設定的內容：每一項設定都有效。$/m]) {
    my ($locale, $line) = @$_;
    like decode_utf8($wechat->run({ environment => { LANG => $locale } }, 'check')->{out}), $line, $locale;
}
my $json = $wechat->run('check', '--json')->{json};
put('wechat-check', '');
chown +(getpwnam 'nobody')[2, 3], "$f/wechat-check" if $> == 0;
my $page = decode_json($kit->browser->get('/cgi-bin/check.cgi?format=json')->{content});
is_deeply [sort keys %$json], [sort keys %$page], '--json: the members of ?format=json';
is_deeply [sort keys %{ $json->{checks}[0] }], [sort keys %{ $page->{checks}[0] }], 'and of its lines';
my ($here, $there) = map { lines($_) } $json, $page;
my %differ = map { $_ => 1 } qw(programs verify_file);
is_deeply [grep { !$differ{ s/\..*//r } } sort keys %$here], [grep { !$differ{ s/\..*//r } } sort keys %$there], 'both find the same';
is_deeply [grep { $differ{ s/\..*//r } } sort keys %$here], [qw(programs.untried verify_file.untried)], 'what only a web server sees is not tried';

# ---- faults ----

$kit->control(fault_token => 40164);
$said = $wechat->run('check');
is $said->{exit}, 1, 'a fault: 1';
like decode_utf8($said->{out}), qr/^✗ AppID and AppSecret: .*203\.0\.113\.7 is not on the whitelist\.\n  → Add 203\.0\.113\.7 /m, 'its line';
for my $language ('en', 'zh') {
    my ($shown) = grep { $_->{text} =~ /203\.0\.113\.7/ } Docs::snippets("docs/$language/command.md");
    like decode_utf8($wechat->run({ environment => { LANG => $language eq 'zh' ? 'zh_CN' : 'C' } }, 'check')->{out}), qr/^\Q$shown->{text}\E/m, "as docs/$language/command.md has it";
}
is $wechat->run('check', '--json')->{json}{status}, 'failed', '--json: failed';
$kit->control(fault_token => 50002);
like decode_utf8($wechat->run({ environment => { LANG => 'zh_CN' } }, 'check')->{out}), qr/^✗ .*errcode 50002。\n  → 用户或公众号被限制：看公众号后台的通知。$/m, 'in Chinese, WeChat’s refusal has its Chinese advice alone';
$kit->control;
$kit->write_conf_text("appid = $Kit::APPID\nsecrett = x\nsession_seconds = 1\n");
$said = $wechat->run('check');
is $said->{exit}, 1, 'settings that are not valid: 1';
like decode_utf8($said->{out}), qr/key in line 2 is misspelt.*Line 3: the value of session_seconds/s, 'each mistake, with its line';
settings(html_dir => 'nowhere');
like decode_utf8($wechat->run('check')->{out}), qr/\A✗ 没有页面模板.*\n✗ There are no page templates.*\n\n.*^✗ pages\.missing$/ms, 'no templates: the names of the lines';
settings(push_token => undef, sign_in => 'authorize');
ok look()->{'push.none'}, 'a hint';
settings();

# What the library says in English about the owner's files, in each language.
put('menu.json', encode_utf8(qq({"button": [\n{"type": "clik", "name": "今日今日今日", "key": "A"}]})));
put('bad.json', qq([{"equals": "a", "reply": {"text": "b"}},\n{"equal": "a", "reply": {"text": "b"}}]\n));
put('access.json', qq([{"folder": "/"},]\n));
settings(menu => 'menu.json', replies => 'bad.json', access => 'access.json', private_dir => 'private');
my @wrong = (
    ['C', "menu.json has a mistake: line 2: name is 18 bytes, 16 at most: shorten it (a Chinese character takes 3)", 'menu.json has a mistake: line 2: there is no type "clik": did you mean click?', 'bad.json has a mistake: rule 2 (line 2): there is no "equal": did you mean equals?',
        'access.json has a mistake: line 1: remove the comma before ] in line 1', "There is no folder $f/private."],
    ['zh_CN', 'menu.json 有错误：第 2 行：name 有 18 个字节，最多 16 个：请缩短（一个汉字占 3 个）', 'menu.json 有错误：第 2 行：没有 "clik" 这种 type：是不是 click？', 'bad.json 有错误：第 2 条规则（第 2 行）：没有 "equal" 这一项：是不是 equals？', 'access.json 有错误：第 1 行：去掉第 1 行的 ] 前面的逗号', "文件夹 $f/private 不存在。"],
    ['zh_TW', 'menu.json 有錯誤：第 2 行：name 有 18 個位元組，最多 16 個：請縮短（一個漢字占 3 個）', 'menu.json 有錯誤：第 2 行：沒有 "clik" 這種 type：是不是 click？', 'bad.json 有錯誤：第 2 條規則（第 2 行）：沒有 "equal" 這一項：是不是 equals？', 'access.json 有錯誤：第 1 行：刪掉第 1 行的 ] 前面的逗號', "資料夾 $f/private 不存在。"]);
for (@wrong) {
    my ($locale, @mistakes) = @$_;
    my $shown = decode_utf8($wechat->run({ environment => { LANG => $locale } }, 'check')->{out});
    like $shown, qr/^✗ .*\Q$_\E$/m, "$locale: $_" for @mistakes;
}
put('menu.json', '{"button": [{"type": "click", "name": "A", "key": "A"}]}');
put('access.json', '[{"folder": "/"}]');
mkdir "$f/private", 0755;
settings(menu => 'menu.json', access => 'access.json', private_dir => 'private');
my $written = look();
ok $written->{$_}, $_ for qw(menu_file.good access_file.good private_folder.good);
settings();

# ---- what the site says ----

rename "$cgi/list.cgi", "$cgi/list.away";
my $absent = look()->{'site_programs.absent'};
is_deeply [@$absent{qw(state cause)}], ['hint', 'These programs are not on the site: list.cgi.'], 'a program that is not there';
rename "$cgi/list.away", "$cgi/list.cgi";
rename "$cgi/me.cgi", "$cgi/me.away";
put('cgi-bin/me.cgi', "#!/bin/sh\nexec sleep 5\n", 0755);
is look()->{'site_programs.untried'}{cause}, 'The site answers slowly; programs that were not tested: 1.', 'one that does not answer in time';
rename "$cgi/me.away", "$cgi/me.cgi";
rename "$cgi/check.cgi", "$cgi/check.away";
put('cgi-bin/check.cgi', "#!/bin/sh\nulimit -n 30\nexec $cgi/check.away\n", 0755);
my $limited = look();
is $limited->{'limits.files'}{cause}, 'A program may open no more than 30 files at a time; 32 are needed.', 'the limits are those of the web server’s processes';
SKIP: {
    skip 'only root can give files away', 1 if $> != 0;
    chown 12345, 12345, "$cgi/check.away";
    is look()->{'user.shared'}{state}, 'hint', 'and so is the user';
}
rename "$cgi/check.away", "$cgi/check.cgi";
settings(site_url => "http://127.0.0.1:$unused");
my $alone = $wechat->run('check', '--json');
is_deeply [map { lines($alone->{json})->{"$_.untried"}{state} } qw(user sandbox limits)], [('untried') x 3], 'out of reach: what only the site could say is not tried';
is $alone->{exit}, 0, 'which is no fault';
settings();

# ---- people = followers ----

settings(people => 'followers');
ok look()->{'admission.good'}, 'the account can tell who follows it';
$kit->control(account => 'subscription');
settings(people => 'followers', sign_in => 'message');
is look()->{'admission.by_message'}{state}, 'hint', 'one that may not ask';
settings(people => 'followers', push_token => undef);
is look()->{'admission.unknown'}{state}, 'failed', 'and receives no messages';
$kit->control;
settings(people => 'followers', secret => undef, appid => undef, sign_in => 'message');
is look()->{'admission.by_message'}{state}, 'hint', 'without appid and secret';
settings();

# ---- the handler ----

put('handler', "#!/bin/sh\ncat >$f/log/ran\necho '{\"text\": \"hello\"}'\n", 0755);
settings(handler => 'handler');
like look()->{'handler.not_run'}{cure}, qr/^Run wechat check --handler to try it\.$/, 'the handler is not run by itself';
ok !-e "$f/log/ran", 'indeed';
is look('--handler')->{'handler.good'}{state}, 'good', '--handler runs it';
like Kit::read_file("$f/log/ran"), qr/wechat-check/, 'with the test message';

# ---- no lines at all ----

my $none = $wechat->run({ environment => { WECHAT_CONF => "$f/none.conf" } }, 'check', '--json');
is "$none->{exit} $none->{json}{error}", '1 config', 'no settings file: an error';
like $none->{err}, qr/^wechat: no settings file; looked for /, 'which says where it was looked for';
done_testing;
