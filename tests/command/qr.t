# wechat qr: QR codes of the account for a scene, as text, SVG, PNG, and on the terminal.
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
my $f = $kit->{folder};
sub asked { my ($asked) = ($kit->asked('/cgi-bin/qrcode/create'))[-1]; return $asked->{body} }

# ---- what WeChat is asked for ----

my $code = $wechat->run(qw(qr shop-8));
is "$code->{exit} $code->{err}", '0 ', 'a code';
like $code->{out}, qr{^url: (\Q$kit->{sim_url}\E/q/shop-8)\nticket: (\S+)\nvalid until: 20\d\d-\d\d-\d\d \d\d:\d\d \(Beijing time\)\n\z}, 'url, ticket, until when';
for my $row ([['shop-8'], 'QR_STR_SCENE', { scene_str => 'shop-8' }, 2592000], [['shop-8', '--days', '1'], 'QR_STR_SCENE', { scene_str => 'shop-8' }, 86400], [['123', '--days=30'], 'QR_SCENE', { scene_id => 123 }, 2592000],
    [['4294967295'], 'QR_SCENE', { scene_id => 4294967295 }, 2592000], [['100000', '--permanent'], 'QR_LIMIT_SCENE', { scene_id => 100000 }, undef], [['x', '--permanent'], 'QR_LIMIT_STR_SCENE', { scene_str => 'x' }, undef],
    [['门店'], 'QR_STR_SCENE', { scene_str => '门店' }, 2592000], [['好' x 21], 'QR_STR_SCENE', { scene_str => '好' x 21 }, 2592000], [['1e5'], 'QR_STR_SCENE', { scene_str => '1e5' }, 2592000]) {
    my ($words, $action, $scene, $seconds) = @$row;
    is $wechat->run('qr', map { encode_utf8($_) } @$words)->{exit}, 0, "qr @$words";
    is_deeply asked(), { action_name => $action, action_info => { scene => $scene }, defined $seconds ? (expire_seconds => $seconds) : () }, "is $action";
}
like $wechat->run(qw(qr 77 --permanent))->{out}, qr/\npermanent\n\z/, 'a permanent one';
is_deeply [sort keys %{ $wechat->run(qw(qr 77 --json))->{json} }], [qw(expire_seconds ticket url)], '--json: WeChat’s answer';
$kit->forget_asked;
for my $row ([['0'], '1 to 4294967295'], [['007'], 'without zeros'], [['4294967296'], '1 to 4294967295'], [['99999999999999999999'], '1 to 4294967295'], [['100001', '--permanent'], '1 to 100000'], [[''], '1 to 64 characters'],
    [['x' x 65], '1 to 64 characters'], [["\xff"], '1 to 64 characters'], [['x', '--days', '31'], '1 to 30'], [['x', '--days', '0'], '1 to 30'], [['x', '--days', '3x'], '1 to 30'], [['x', '--days', ''], '1 to 30'],
    [['x', '--days', '3', '--permanent'], 'either --days or --permanent'], [['x', '-o', 'x.gif'], 'FILE.svg or FILE.png'], [['x', '-o', 'svg'], 'FILE.svg or FILE.png']) {
    my $said = $wechat->run('qr', @{ $row->[0] });
    is $said->{exit}, 2, 'wrong: qr ' . join ' ', map { s/[^ -~]/?/gr } @{ $row->[0] };
    like $said->{err}, qr/^wechat: .*\Q$row->[1]\E/, 'and why';
}
is scalar($kit->asked('/cgi-bin/qrcode/create')), 0, 'WeChat was not asked for those';
$kit->control(account => 'subscription');
my $refused = $wechat->run(qw(qr x --json));
is "$refused->{exit} $refused->{json}{errcode}", '1 48001', 'an account that may not';
$kit->control;

# ---- pictures ----

for my $type (qw(svg png PNG)) {
    my $made = $wechat->run('qr', 'shop-8', '-o', "code.$type");
    is "$made->{exit} $made->{err}", '0 ', "a picture: $type";
    like $made->{out}, qr/\npicture: code\.$type\n\z/, 'which is named';
    is sprintf('%o', (stat "$f/code.$type")[2] & 0777), '644', 'and can be served';
}
is_deeply [grep {/code\.\w+\./} glob "$f/code*"], [], 'nothing else is left';
like $wechat->text('code.svg'), qr{\A<svg xmlns="http://www\.w3\.org/2000/svg" viewBox="0 0 (\d+) \1">\n<path fill="#fff" d="M0 0h\1v\1H0z"/>\n<path d="M[\dMhvz -]+"/>\n</svg>\n\z}, 'SVG';
like $wechat->text('code.png'), qr/\A\x89PNG\r\n\x1a\n/, 'PNG';
SKIP: {
    skip 'zbarimg is not installed (package zbar-tools)', 1 unless Kit::find_program('zbarimg');
    is `zbarimg -q --raw $f/code.png 2>/dev/null`, "$kit->{sim_url}/q/shop-8\n", 'a phone reads it';
}
is $wechat->run(qw(qr x -o none/code.svg))->{err}, "wechat: none/code.svg: No such file or directory\n", 'a folder that is missing';

# ---- on a terminal ----

my $shown = decode_utf8($wechat->on_terminal(qw(qr shop-8))->{out});
my @drawn = $shown =~ /^\e\[40;97m([█▀▄ ]+)\e\[0m$/mg;
cmp_ok scalar(@drawn), '>', 10, 'a terminal shows the code itself';
is scalar(grep { length != length $drawn[0] } @drawn), 0, 'as a square';
# Two modules above each other are one character; white is the paper.
my @modules;
for my $line (@drawn) {
    push @modules, [map { /[█▀]/ ? 0 : 1 } split //, $line], [map { /[█▄]/ ? 0 : 1 } split //, $line];
}
my $path = join '', map { my $y = $_; my $row = join '', @{ $modules[$y] }; my $made = ''; $made .= "M$-[0] ${y}h" . length($&) . 'v1h-' . length($&) . 'z' while $row =~ /1+/g; $made } 0 .. $#modules;
my ($svg) = $wechat->text('code.svg') =~ /<path d="([^"]+)"/;
is $path, $svg, 'the same modules as in the picture';
unlike decode_utf8($wechat->on_terminal(qw(qr shop-8 --json))->{out}), qr/█/, 'not with --json';
done_testing;
