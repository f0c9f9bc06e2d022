# wechat menu: a file that is checked before it is sent, and the menu as such a file.
use strict;
use utf8;
use warnings;
use Command;
use Encode qw(decode_utf8 encode_utf8);
use Kit;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $kit = Kit->new(conf => { language => 'en' });
my $wechat = Command->new($kit);
my $menu = encode_utf8(qq({"button": [\n  {"type": "click", "name": "\\u4eca\\u65e5", "key": "TODAY"},\n  {"name": "菜单", "sub_button": [\n    {"type": "view", "name": "网站", "url": "https://www.example.com/?a=1&b=2"}]}]}\n));

# ---- no menu ----

my $none = $wechat->run(qw(menu get));
is $none->{exit}, 1, 'no menu: 1';
is $none->{out}, '', 'nothing on stdout';
like $none->{err}, qr/^wechat: WeChat answered errcode 46003: .*There is no menu, or it was made in the account's admin page\. \(rid [\w-]+\)\n\z/, 'and what WeChat says';
$none = $wechat->run(qw(menu get --json));
is "$none->{exit} $none->{json}{error} $none->{json}{errcode}", '1 not_found 46003', '--json: the errcode';
like $none->{json}{message}, qr/There is no menu/, 'and the text';
$none = $wechat->run({ environment => { LANG => 'zh_CN.UTF-8' } }, qw(menu get));
like decode_utf8($none->{err}), qr/^wechat: 微信回答 errcode 46003：没有菜单，或者菜单是在公众号后台设置的。 \(rid [\w-]+\)\n\z/, 'in Chinese';

# ---- setting it ----

my $set = $wechat->run(qw(menu set), $wechat->file('menu.json', $menu));
is "$set->{exit} $set->{err}", '0 ', 'set';
like $set->{out}, qr/^The menu is set\./, 'which it says';
my ($asked) = $kit->asked('/cgi-bin/menu/create');
is_deeply $asked->{body}, { button => [{ type => 'click', name => '今日', key => 'TODAY' },
    { name => '菜单', sub_button => [{ type => 'view', name => '网站', url => 'https://www.example.com/?a=1&b=2' }] }] }, 'WeChat got it, with characters in place of escapes';
is $wechat->run(qw(menu set menu.json --json))->{json}{errcode}, 0, '--json: WeChat’s answer';
for my $row (["\xef\xbb\xbf$menu", 'a byte order mark'], [$menu =~ s/\n/\r\n/gr, 'CR LF'], ["$menu\x1a", '0x1A at the end']) {
    is $wechat->run(qw(menu set), $wechat->file('menu2.json', $row->[0]))->{exit}, 0, "with $row->[1]";
}
is $wechat->run({ stdin => $menu }, qw(menu set -))->{exit}, 0, 'from stdin';
my $example = $wechat->run({ stdin => Kit::read_file("$Kit::TOP/docs/menu.json.example") }, qw(menu set -));
is "$example->{exit} $example->{err}", '0 ', 'docs/menu.json.example is valid';

# ---- and back ----

$wechat->run(qw(menu set menu.json));
my $got = $wechat->run(qw(menu get));
is $got->{exit}, 0, 'got';
is decode_utf8($got->{out}), <<'MENU', 'as a file';
{
  "button": [
    {
      "type": "click",
      "name": "今日",
      "key": "TODAY"
    },
    {
      "name": "菜单",
      "sub_button": [
        {
          "type": "view",
          "name": "网站",
          "url": "https://www.example.com/?a=1&b=2"
        }
      ]
    }
  ]
}
MENU
$kit->forget_asked;
is $wechat->run(qw(menu set), $wechat->file('again.json', $got->{out}))->{exit}, 0, 'which can be set again';
is_deeply [$kit->asked('/cgi-bin/menu/create')]->[0]{body}, $asked->{body}, 'and means the same';
is_deeply [sort keys %{ $wechat->run(qw(menu get --json))->{json} }], ['menu'], '--json: WeChat’s answer';
my $deleted = $wechat->run(qw(menu delete));
is "$deleted->{exit} $deleted->{out}", "0 The menu is deleted.\n", 'deleted';
is $wechat->run(qw(menu get))->{exit}, 1, 'and gone';

# ---- mistakes ----

$kit->forget_asked;
my $bad = encode_utf8(qq({"button": [\n{"type": "clik", "name": "今日今日今日", "key": "A"},\n{"name": "b", "sub_button": [\n{"type": "view", "name": "c", "url": "www.example.com"}]}],\n"matchrule": {"tag_id": "2"}}));
my $refused = $wechat->run(qw(menu set), $wechat->file('bad.json', $bad));
is $refused->{exit}, 1, 'mistakes: 1';
is_deeply [Command::lines($refused->{err})], ['bad.json: line 2: name is 18 bytes, 16 at most: shorten it (a Chinese character takes 3)',
    'bad.json: line 2: there is no type "clik": did you mean click?', 'bad.json: line 4: url must begin with https:// or http://',
    'bad.json: line 5: a menu for some of the people is set by another call: wechat api POST /cgi-bin/menu/addconditional --data @FILE'], 'each with its line';
is $refused->{out}, '', 'nothing on stdout';
is scalar($kit->asked('/cgi-bin/menu/create')), 0, 'nothing was sent';
my $json = $wechat->run(qw(menu set bad.json --json))->{json};
is_deeply [map { $_->{line} } @{ $json->{mistakes} }], [2, 2, 4, 5], '--json: the lines';
is $json->{error}, 'request', 'and the kind';
like decode_utf8($wechat->run({ environment => { LC_ALL => 'zh_TW.UTF-8' } }, qw(menu set bad.json))->{err}), qr/^wechat: bad\.json：第 2 行：name 有 18 个字节，最多 16 个：/, 'in Chinese';
for my $row (['{"button": [1,]}', qr/^x\.json: line 1: remove the comma before \]/], ["\n[1]", qr/^x\.json: line 2: an object, \{ … \}, must begin here/], ['', qr/^x\.json: line 1: there is nothing in it/],
    ["{ \0}", qr/^x\.json: it is not text: it has a NUL byte/], ["{\"button\":\"\xc4\xe3\"}", qr/^x\.json, line 1: it is not UTF-8, perhaps GBK: save it as UTF-8/],
    [' ' x (1024 * 1024) . $menu, qr/^x\.json has more than 1,048,576 bytes, which is the limit/]) {
    my $said = $wechat->run(qw(menu set), $wechat->file('x.json', $row->[0]));
    is $said->{exit}, 1, "refused: $row->[1]";
    like join("\n", map { decode_utf8($_) } Command::lines($said->{err})), $row->[1], 'and why';
}
is $wechat->run(qw(menu set none.json))->{err}, "wechat: none.json: No such file or directory\n", 'no such file';
is $wechat->run('menu', 'set', '.')->{err}, "wechat: .: Is a directory\n", 'a folder';

# ---- the file of the settings ----

is_deeply [(Command::lines($wechat->run(qw(menu set))->{err}))[0]], ['FILE is missing, and the setting menu names none'], 'no file at all';
is $wechat->run(qw(menu set))->{exit}, 2, 'is wrong usage';
$kit->write_conf(menu => 'menu.json');
my $own = $wechat->run({ in => '/' }, qw(menu set));
is $own->{exit}, 0, 'without a file: that of the setting menu, beside the settings' or diag $own->{err};
is $wechat->run(qw(menu set bad.json))->{exit}, 1, 'a file that is named comes first';
$kit->write_conf;

# ---- WeChat refuses ----

for my $row ([40018, 'name is too long'], [48001, 'may not call this'], [45009, 'used up']) {
    $kit->control(fault_menu_create => $row->[0]);
    my $said = $wechat->run(qw(menu set menu.json --json));
    is "$said->{exit} $said->{json}{errcode}", "1 $row->[0]", "errcode $row->[0]";
    like $said->{err}, qr/\Q$row->[1]\E/, 'and what to do';
}
$kit->control(fault_menu_create => 'http500');
my $broken = $wechat->run(qw(menu set menu.json --json));
is "$broken->{exit} $broken->{json}{error} " . ($broken->{json}{errcode} // 'none'), '1 upstream none', 'an answer that is none';
$kit->control(fault_menu_create => -1, fault_menu_create_count => 1);
is $wechat->run(qw(menu set menu.json))->{exit}, 0, 'busy once: tried again';
done_testing;
