# wechat api: any call of WeChat's. The token is put in and renewed, and is seen nowhere.
use strict;
use utf8;
use warnings;
use Command;
use Encode qw(decode_utf8 encode_utf8);
use JSON::PP;
use Kit;
use Test::More;
use Time::HiRes qw(sleep);

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $kit = Kit->new(conf => { language => 'en' });
my $wechat = Command->new($kit);
my $f = $kit->{folder};
my $openid = 'oSim0001xiaoMing-aBcDeFgHiJk';
sub last_body { my ($asked) = ($kit->asked($_[0]))[-1]; return $asked->{body} }

# ---- calls ----

my $user = $wechat->run('api', 'GET', "/cgi-bin/user/info?openid=$openid&lang=zh_CN");
is "$user->{exit} $user->{err}", '0 ', 'GET with a query';
is $user->{json}{openid}, $openid, 'WeChat’s answer';
is scalar(() = $user->{out} =~ /\n/g), 1, 'as it came, on one line';
is $wechat->run('api', 'get', '/cgi-bin/tags/get')->{json}{tags}[0]{id}, 2, 'GET without a query, in small letters';
is $wechat->run('api', 'POST', '/cgi-bin/tags/create', '--data', '{"tag": {"name": "\u5e7f\u4e1c 1.50"}}')->{json}{tag}{id}, 100, 'POST with JSON';
is_deeply last_body('/cgi-bin/tags/create'), { tag => { name => '广东 1.50' } }, 'characters in place of escapes';
is $wechat->run('api', 'POST', '/cgi-bin/tags/create', '--data', '@' . $wechat->file('tag.json', encode_utf8(qq({"tag":\r\n{"name": "上海"}}\n))))->{json}{tag}{name}, '上海', 'with a file';
is $wechat->run({ stdin => '{"tag": {"id": 100, "name": "x"}}' }, 'api', 'POST', '/cgi-bin/tags/update', '--data=@-')->{json}{errcode}, 0, 'with stdin';
my $empty = $wechat->run('api', 'POST', '/cgi-bin/tags/create');
is "$empty->{exit} $empty->{json}{errcode}", '1 44002', 'POST without a body';
like $empty->{err}, qr/^wechat: WeChat answered errcode 44002: /, 'WeChat refuses, which is said';
is $wechat->run('api', 'POST', '/cgi-bin/tags/create', '--json')->{json}{errcode}, 44002, '--json: WeChat’s answer as well, and nothing more';
is $wechat->run('api', 'GET', '/cgi-bin/none')->{json}{errcode}, 40066, 'a call that is none';
$kit->control(fault_tags => 'http500');
my $broken = $wechat->run('api', 'GET', '/cgi-bin/tags/get', '--json');
is "$broken->{exit} $broken->{json}{error}", '1 upstream', 'an answer that is none: --json says what';
like $broken->{json}{message}, qr/HTTP status 500/, 'and why';
$kit->control;

# ---- files ----

my $png = "\x89PNG\r\n\x1a\n" . join '', map { chr } 0 .. 255;
$wechat->file('a.png', $png);
my $media = $wechat->run('api', 'POST', '/cgi-bin/media/upload?type=image', '-F', 'media=@a.png');
is $media->{json}{type}, 'image', 'a form with a file';
my $id = $media->{json}{media_id};
my $got = $wechat->run('api', 'GET', "/cgi-bin/media/get?media_id=$id");
is "$got->{exit} " . ($got->{out} eq $png), '0 1', 'a file as the answer: its bytes';
is $wechat->run('api', 'GET', "/cgi-bin/media/get?media_id=$id", '-o', 'b.png')->{out}, '', '-o: nothing on stdout';
is $wechat->text('b.png'), $png, 'but in the file';
is $wechat->run('api', 'GET', "/cgi-bin/media/get?media_id=none", '-o', 'c.png')->{exit}, 1, 'no such file: 1';
ok !defined $wechat->text('c.png'), 'and nothing is written';
my $shown = $wechat->on_terminal('api', 'GET', "/cgi-bin/media/get?media_id=$id");
is $shown->{exit}, 1, 'a terminal shows no file';
like decode_utf8($shown->{out}), qr{^wechat: the answer is a file \(image/png, 264 bytes\): name one with -o FILE\n\z}, 'but says what to do';
is $wechat->run('api', 'GET', '/cgi-bin/tags/get', '-o', 'tags.json')->{exit}, 0, '-o for JSON';
is decode_json($wechat->text('tags.json'))->{tags}[0]{id}, 2, 'has it';
is $wechat->run('api', 'GET', '/cgi-bin/tags/get', '-o', '/dev/null')->{exit}, 0, 'a device is written into';
ok -c '/dev/null', 'and stays one';

# ---- on a terminal ----

my $pretty = decode_utf8($wechat->on_terminal('api', 'GET', '/cgi-bin/tags/get')->{out});
like $pretty, qr/\A\{\n  "tags": \[\n    \{\n      "id": 2,\n      "name": "星标组",\n/, 'JSON with indents';
$wechat->file('remark.json', JSON::PP->new->ascii->encode({ openid => $openid, remark => "a\x{9b}31mb" }));
is $wechat->run('api', 'POST', '/cgi-bin/user/info/updateremark', '--data', '@remark.json')->{json}{errcode}, 0, 'a remark with a control character';
unlike $wechat->on_terminal('api', 'GET', "/cgi-bin/user/info?openid=$openid")->{out}, qr/\xc2\x9b|[\x00-\x08\x0b-\x1f]/, 'does not reach the terminal';

# ---- wrong usage ----

for my $row ([['GET', 'cgi-bin/menu/get'], 'PATH begins with /'], [['GET', "/a b"], 'visible ASCII'], [['GET', "/\xe4"], 'visible ASCII'], [['GET', '/a#b'], 'visible ASCII'], [['PUT', '/a'], 'METHOD is GET or POST'],
    [['GET', '/a?access_token=x'], 'leave out access_token'], [['GET', '/cgi-bin/token?secret=x'], 'leave out access_token and secret'], [['GET', '/a', '--data', '{}'], 'are for POST'],
    [['POST', '/a', '--data', '{}', '-F', 'a=@b'], 'only one of them'], [['POST', '/a', '-F', 'media'], '-F takes NAME=@FILE'], [['POST', '/a', '-F', '=@x'], '-F takes NAME=@FILE'], [['POST', '/a', '-F', 'x=@'], '-F takes NAME=@FILE']) {
    my $said = $wechat->run('api', @{ $row->[0] });
    is $said->{exit}, 2, "wrong: api @{ $row->[0] }";
    like $said->{err}, qr/^wechat: .*\Q$row->[1]\E/, 'and why';
}
for my $row ([['--data', '{"a": }'], '--data: line 1: '], [['--data', '[]'], '--data: line 1: an object'], [['--data', '@none'], 'none: No such file'], [['-F', 'media=@none'], 'none: No such file'],
    [['-F', 'media=@' . $wechat->file('empty.png', '')], 'empty.png is empty'], [['--data', '@' . $wechat->file('x.json', "{\n\n\"a\": 'b'}")], "x.json: line 3: write \" instead of '"]) {
    my $said = $wechat->run('api', 'POST', '/a', @{ $row->[0] });
    is $said->{exit}, 1, "refused: @{ $row->[0] }";
    like decode_utf8($said->{err}), qr/^wechat: \Q$row->[1]\E/, 'and why';
}

# ---- the token ----

my $token = $wechat->run('token')->{json} // $wechat->run('token')->{out} =~ s/\n//r;
$kit->control(expire => 'access');
$kit->forget_asked;
is $wechat->run('api', 'GET', '/cgi-bin/tags/get')->{exit}, 0, 'a token that WeChat has ended is renewed';
is scalar($kit->asked('/cgi-bin/stable_token')), 1, 'once';
my $new = $wechat->run('token')->{out} =~ s/\n//r;
isnt $new, $token, 'it is another one';

# Nowhere but in "wechat token": while a call runs, and afterwards.
$kit->control(delay_tags => 1500);
my $run = $wechat->start('api', 'GET', '/cgi-bin/tags/get');
my $seen = '';
Kit::wait_for('the process', 10, sub { Kit::read_file("/proc/$run->{pid}/cmdline") =~ /^\S*wechat\0.*tags/ });
for (1 .. 20) { $seen .= join '', map { Kit::read_file("/proc/$run->{pid}/$_") } qw(cmdline environ comm); sleep 0.05 }
like $seen, qr/(?:tags.*){20}/s, 'the process is seen';
unlike $seen, qr/\Q$new\E|\Q$Kit::SECRET\E/, 'without the token and the AppSecret';
my $said = $wechat->finish($run);
is $said->{exit}, 0, 'the call succeeds';
$kit->control(fault_tags => 40001, fault_menu => 'http500');
my $all = join '', map { my $s = $wechat->run(@$_); $s->{out} . $s->{err} } ['api', 'GET', '/cgi-bin/tags/get'], ['menu', 'get'], ['api', 'GET', '/none'], ['check'], ['user', $openid, '--json'], ['followers'];
like $all, qr/errcode/, 'errors, too';
my $last = $wechat->run('token')->{out} =~ s/\n//r;
unlike $all . $kit->log_text, qr/\Q$new\E|\Q$last\E|\Q$Kit::SECRET\E/, 'no token and no AppSecret in what is said, nor in a log';
done_testing;
