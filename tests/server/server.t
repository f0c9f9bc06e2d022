# server.cgi, as one-api and new-api ask it: their requests as read from their sources, with bare and Bearer tokens, and each wrong
# question. They ask songquanpeng/wechat-server otherwise.
use strict;
use warnings;
use Docs;
use Encode qw(decode_utf8 encode_utf8);
use HTTP::Tiny;
use IO::Socket::INET;
use JSON::PP;
use Kit;
use POSIX ();
use Test::More;
use Time::HiRes qw(time);

my $key = 'invented-service-key-0123456789abcdef';
my $other_key = 'another-service-key-0123456789abcdefg';
my $kit = Kit->new(conf => { appid => undef, secret => undef, sign_in => 'message', language => 'zh_CN', outside_wechat => undef,
    push_mode => 'plain', replies => undef, service_keys => "one-api:$key new-api:$other_key" });
my $address = "$kit->{site_url}/cgi-bin/server.cgi";
my %openid = (xiaoming => 'oSim0001xiaoMing-aBcDeFgHiJk', meimei => 'oSim0002wangMeiMei_MnOpQrStU');

sub code_for {
    my ($person) = @_;
    my $answer = $kit->browser->post("$kit->{sim_url}/console?format=json", { kind => 'text', content => decode_utf8('验证码'), person => $person, mode => 'plain' });
    return encode_utf8(decode_json($answer->{content})->{reply_text} // '') =~ /(\d{3} \d{3})/ ? $1 =~ s/ //r : die $answer->{content};
}

# What one-api's getWeChatIdByCode() does (controller/auth/wechat.go): GET with the token as it is, five seconds, the answer as JSON
# of success, message, data; no success: the message is the error; no data: 验证码错误或已过期.
sub one_api {
    my ($code, %option) = @_;
    return 'error: 无效的参数' if $code eq '';
    my $answer = HTTP::Tiny->new(timeout => 5, max_redirect => 0)->get("$address/api/wechat/user?code=$code" . ($option{more} || ''),
        { headers => { 'User-Agent' => 'Go-http-client/1.1', defined $option{token} ? (Authorization => $option{token}) : () } });
    my $said = decode_json($answer->{content});
    return 'error: ' . encode_utf8($said->{message}) if !$said->{success};
    return $said->{data} eq '' ? 'error: 验证码错误或已过期' : $said->{data};
}

is one_api(code_for('xiaoming'), token => $key), $openid{xiaoming}, 'one-api: a code becomes an openid';
is one_api(code_for('meimei'), token => $other_key), $openid{meimei}, 'new-api, with a key of its own';
is one_api(code_for('xiaoming'), token => "Bearer $key"), $openid{xiaoming}, 'with Bearer';
is one_api(code_for('xiaoming'), token => $key, more => '&app_id=wx0123456789abcdef'), $openid{xiaoming}, 'with an app_id behind it';
my $code = code_for('xiaoming');
is one_api(substr($code, 0, 3) . '+' . substr($code, 3), token => $key), $openid{xiaoming}, 'a code that was copied with its blank';
is one_api($code, token => $key), 'error: 验证码错误或已过期', 'a code works once';
is one_api('000000', token => $key), 'error: 验证码错误或已过期', 'an invented code';
$code = code_for('xiaoming');
is one_api($code, token => $_ // undef), 'error: 无权进行此操作，未登录或 token 无效', (defined $_ ? "token “$_”" : 'no token') . ': the error that they know'
    for undef, '', 'x', "${key}x", "one-api:$key", 'Bearer ', "Basic $key";
is one_api($code, token => $key), $openid{xiaoming}, 'which has not used up the code';

# The request as docs/en/one-api.md has it, and a key made by its line.
my ($request) = map { $_->{text} } grep { $_->{language} eq 'http' } Docs::snippets('docs/en/one-api.md');
$code = code_for('xiaoming');
$request =~ s/\bKEY\b/$key/;
$request =~ s/code=\d+/code=$code/;
my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $kit->{site_port}) or die "connect: $!";
print {$socket} $request =~ s/\n/\r\n/gr . "Connection: close\r\n\r\n";
like join('', <$socket>), qr/"data":"$openid{xiaoming}"/, 'the request of the documentation';
my ($line) = map { $_->{text} } grep { $_->{language} eq 'sh' } Docs::snippets('docs/en/one-api.md');
like qx{$line}, qr/^[0-9a-f]{64}\n\z/, 'and its line makes a key';

# ---- the answers, byte for byte ----

sub ask {
    my ($path, %header) = @_;
    my $answer = HTTP::Tiny->new(max_redirect => 0)->get("$address$path", { headers => { Authorization => $key, %header } });
    return "$answer->{status} $answer->{content}";
}
$code = code_for('meimei');
is ask("/api/wechat/user?code=$code"), qq(200 {"success":true,"message":"","data":"$openid{meimei}"}), 'a right code';
is ask("/api/wechat/user?code=$code"), '200 {"success":true,"message":"","data":""}', 'a wrong one: no data, and no error';
is ask('/api/wechat/user'), '200 {"success":false,"message":"无效的参数"}', 'no code';
is ask('/api/wechat/user?code='), '200 {"success":false,"message":"无效的参数"}', 'an empty code';
is ask('/api/wechat/user?code=%'), '200 {"success":true,"message":"","data":""}', 'a code that nobody escaped';
is ask("/api/wechat/user?code=$code", Authorization => 'wrong'), '200 {"success":false,"message":"无权进行此操作，未登录或 token 无效"}', 'a wrong token';
like ask('/api/wechat/other'), qr/^404 \{.*"success":false/, 'no other path';
like ask(''), qr/^404 \{.*"success":false/, 'nor none';
like ask("/api/wechat/user?code=x&Authorization=$key", Authorization => ''), qr/"success":false/, 'a token in the query counts for nothing';
like $kit->log_text, qr/server\.cgi .*Authorization: missing: .*CGIPassAuth On/, 'the log says what to do where the header does not arrive';
unlike $kit->log_text, qr/\Q$key\E/, 'and has no key';

# ---- bounded, each program for itself ----

my @statuses = map { one_api(sprintf('%06d', $_), token => $key) } 1 .. 105;
is $statuses[-1], 'error: 错误的验证码太多，请过几分钟再试', 'a program that asks for too many wrong codes is refused';
my @wrong = grep {/验证码错误/} @statuses;
cmp_ok scalar @wrong, '<=', 100, 'after a hundred';
cmp_ok scalar @wrong, '>=', 90, 'and not much sooner';
$code = code_for('xiaoming');
is one_api($code, token => $key), 'error: 错误的验证码太多，请过几分钟再试', 'for right codes, too';
is one_api($code, token => $other_key), $openid{xiaoming}, 'other programs are not';
my $page = $kit->browser->get('/cgi-bin/code.cgi');
unlike $page->{content}, qr/id="word">登录 \d\d</, 'nor are the pages of the site';

# ---- at the same moment, and in time ----

$code = code_for('meimei');
my @pipes = map {
    pipe my $read, my $write or die "pipe: $!";
    my $pid = fork // die "fork: $!";
    if ($pid == 0) { syswrite $write, one_api($code, token => $other_key); POSIX::_exit(0) }
    close $write;
    [$read, $pid];
} 1 .. 8;
my @said = map { my ($read, $pid) = @$_; local $/; my $text = <$read>; waitpid $pid, 0; $text } @pipes;
is scalar(grep { $_ eq $openid{meimei} } @said), 1, 'eight ask for one code at the same moment: one gets the openid';
is scalar(grep {/验证码错误或已过期/} @said), 7, 'the others none';
my $began = time;
one_api('123456', token => $other_key);
cmp_ok time - $began, '<', 5, 'an answer comes within their five seconds';

# ---- not set up ----

$kit->write_conf(appid => undef, secret => undef, sign_in => 'message', outside_wechat => undef, push_mode => 'plain');
is ask("/api/wechat/user?code=1"), '200 {"success":false,"message":"无权进行此操作，未登录或 token 无效"}', 'without service_keys nobody may ask';
$kit->write_conf(service_keys => "one-api:$key");
like ask("/api/wechat/user?code=1"), qr/^404 .*"success":false/, 'without sign_in = message there is nothing to ask';
done_testing;
