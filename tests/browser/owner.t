# owner.cgi in headless Chromium; the assertions are in owner.mjs.
use strict;
use warnings;
use Encode qw(encode_utf8);
use JSON::PP;
use Kit;
use POSIX qw(strftime);
use utf8;

my %conf = (push_token => 'inventedToken0123', push_mode => 'plain');
my $kit = Kit->new(conf => {%conf});
my $state = $kit->state_dir;
my $owner = 'oSim0001xiaoMing-aBcDeFgHiJk';
$kit->browser->sign_in($_) for qw(xiaoming meimei john);
$kit->write_conf(%conf, owners => $owner);

# Thirty days of counts, errors, and messages of today.
my @day = map { strftime('%Y-%m-%d', gmtime(time + 8 * 3600 - $_ * 86400)) } 0 .. 29;
my @line = (' ' x 65 . "\n") x 64;
for my $i (0 .. 29) { $line[int((time + 8 * 3600) / 86400 - $i) % 64] = sprintf("%s %10d %10d %10d %10d %10d\n", $day[$i], 20 + ($i * 7) % 13, $i % 5, ($i * 3) % 11, $i % 4, ($i * 29) % 170) }
my %file = (tallies => join('', @line),
    "errors/$day[0]" => join('', map { time - $_ * 60 . " wechat-cgi: callback.cgi client=- kind=upstream errcode=0 rid=-: grant: WeChat's answer is not JSON\n" } reverse 1 .. 3)
        . time . " wechat-cgi: server-live.cgi client=- kind=config errcode=40164 rid=-: WeChat answered errcode 40164: 主机的 IP 192.0.2.7 不在白名单里。The host's IP is not on the list.\n",
    "events/$day[0].jsonl" => join('', map { JSON::PP->new->canonical->encode($_) . "\n" } map { { ToUserName => 'gh', CreateTime => time - 1000 + $_->[0], FromUserName => $_->[1], MsgType => $_->[2], @$_[3 .. $#$_] } }
        ([1, 'oSim0005johnSmithEnglish-CdE', 'text', Content => "Hello,\nare you there? " . 'A long line without an end ' x 6], [2, $owner, 'text', Content => '你好<script>alert(1)</script>'], [3, 'oGone', 'image'],
        [4, 'oSim0005johnSmithEnglish-CdE', 'event', Event => 'CLICK', EventKey => 'MENU_1'])));
for my $name (sort keys %file) {
    mkdir "$state/$1", 0700 if $name =~ m{(.*)/};
    Kit::write_file("$state/$name", encode_utf8($file{$name}), 0600);
}
system('chown', '-R', '--reference', $state, glob "$state/*") == 0 or die if $> == 0;
local $ENV{SITE_URL} = $kit->{site_url};
my $failed = system 'node', "$Kit::TOP/tests/browser/owner.mjs";
exit($failed ? 1 : 0);
