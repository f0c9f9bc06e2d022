#!/usr/bin/env perl
# The example docs/examples/checkin, set up as its README says: followers check in through Apache, the list is shown to
# visitors who are signed in, and winners are drawn.
use strict;
use warnings;
use Encode qw(decode_utf8);
use Kit;
use Push;
use Test::More;

plan skip_all => 'python3 is not installed' unless Kit::find_program('python3');
my $kit = Kit->new(conf => { push_token => $Push::TOKEN, push_mode => 'plain', replies => undef, handler => 'checkin/handler' });
my $folder = $kit->{folder};
my $own = "$folder/checkin";
system('cp', '-r', "$Kit::TOP/docs/examples/checkin", $own) == 0 or die 'cp';
my $module = Kit::read_file("$own/checkin.py");
$module =~ s{^SITE_URL = .*$}{SITE_URL = "$kit->{site_url}"}m;
Kit::write_file("$own/checkin.py", $module);
symlink "$own/today.cgi", "$folder/cgi-bin/today.cgi" or die "symlink: $!";
if ($> == 0) { system('chown', '-R', 'nobody:nogroup', $own) == 0 or die 'chown' }

my $xiaoming = 'oSim0001xiaoMing-aBcDeFgHiJk';
my $ann = 'oSim0003annEmojiMarkup-WxYzA';
my $now = time;
my $id = 1;

sub says {
    my ($openid, $time, @fields) = @_;
    my $xml = '<xml>' . Push::xml(ToUserName => $Push::ACCOUNT, FromUserName => $openid, CreateTime => $time, @fields) . '</xml>';
    my $answer = $kit->browser->request('POST', '/cgi-bin/wechat.cgi?' . Push::query(),
        content => $xml, headers => { 'Content-Type' => 'text/xml' });
    return $answer->{content} =~ m{<Content><!\[CDATA\[(.*)\]\]></Content>}s ? $1 : "$answer->{status} $answer->{content}";
}
sub text { my ($text) = @_; return (MsgType => 'text', Content => $text, MsgId => $id++) }

my $day = 86400;
like says($xiaoming, $now - 3 * $day, text('签到')), qr/^签到成功！累计 1 天，连续 1 天。$/, 'the first day';
like says($xiaoming, $now - $day, text(' 签到 ')), qr/累计 2 天，连续 1 天/, 'after a day without';
like says($xiaoming, $now, MsgType => 'event', Event => 'CLICK', EventKey => 'CHECKIN'), qr/签到成功！累计 3 天，连续 2 天/, 'by the menu, the next day';
like says($xiaoming, $now + 1, text('簽到')), qr/^您今天已经签到过了。累计 3 天，连续 2 天。$/, 'once a day';
like says($ann, $now, text('CheckIn')), qr/签到成功！累计 1 天/, 'another follower';
is says($ann, $now, text('签到吧')), '200 ', 'other words: no reply';
is says($ann, $now, MsgType => 'event', Event => 'CLICK', EventKey => 'OTHER'), '200 ', 'another button: no reply';

# The list, a CGI program of the owner's.
SKIP: {
    skip 'this server runs no other programs', 10 if $kit->{server} =~ /fcgi/;
    my $browser = $kit->browser;
    my $answer = $browser->get('/cgi-bin/today.cgi');
    is $answer->{status}, 303, 'not signed in: to the sign-in';
    is $answer->{location}, "$kit->{site_url}/cgi-bin/login.cgi?next=/cgi-bin/today.cgi", 'and back here';
    for my $person ('ann', 'xiaoming') {
        my $visitor = $person eq 'xiaoming' ? $browser : $kit->browser;
        my $consent = $visitor->follow($visitor->get('/cgi-bin/login.cgi?next=/cgi-bin/today.cgi&scope=snsapi_userinfo'));
        my ($link) = $consent->{content} =~ m{href="([^"]*person=$person[^"]*)"};
        ok $link, "$person can agree" or next;
        $link =~ s/&amp;/&/g;
        $link = $kit->{sim_url} . $link if $link =~ m{^/};
        $answer = $visitor->follow($visitor->get($link));
    }
    is $answer->{status}, 200, 'signed in: the list';
    like decode_utf8($answer->{content}), qr{<ol><li><time>\d\d:\d\d</time>.*\x{5c0f}\x{660e}}s, 'with names';
    unlike $answer->{content}, qr/<b>Ann/, 'escaped';
    like $answer->{content}, qr/&lt;b&gt;Ann/, 'as text';
    like decode_utf8($answer->{content}), qr/\x{ff08}2 \x{4eba}\x{ff09}/, 'two people';
    $module =~ s{^SITE_URL = .*$}{SITE_URL = "http://127.0.0.1:9"}m;
    Kit::write_file("$own/checkin.py", $module);
    is $browser->get('/cgi-bin/today.cgi')->{status}, 503, 'validate.cgi cannot be asked: 503, no list';
}

# The draw.
sub draw { my (@arguments) = @_; open my $out, '-|', 'sh', '-c', 'exec "$0" "$@" 2>&1', "$own/draw", @arguments or die "draw: $!"; local $/; my $text = <$out>; close $out; return ($text, $? >> 8) }
my $today = POSIX::strftime('%Y-%m-%d', gmtime($now + 8 * 3600));
my ($one) = draw(1, '--seed', 'a', '--day', $today);
is scalar(split /\n/, $one), 1, 'one winner';
is +(draw(1, '--seed', 'a', '--day', $today))[0], $one, 'the same again';
my ($two) = draw(2, '--seed', 'a', '--day', $today);
is join(' ', sort $two =~ /^(\S+)/mg), join(' ', sort $xiaoming, $ann), 'two distinct winners';
my %winners = map { (draw(1, '--seed', $_, '--day', $today))[0] => 1 } 1 .. 12;
is scalar(keys %winners), 2, 'another seed, at times another winner';
for my $bad ([3, '--seed', 'a'], [0, '--seed', 'a'], ['x', '--seed', 'a'], [1], [1, '--seed', 'a', '--day', 'yesterday']) {
    my ($text, $exit) = draw(@$bad, (grep { $_ eq '--day' } @$bad) ? () : ('--day', $today));
    is $exit, 2, "refused: @$bad";
    unlike $text, qr/Traceback/, 'in words';
}
unlike $kit->log_text, qr/Traceback/, 'nothing crashed';
done_testing;
