# Who may come in, whatever the way to sign in: blocks, newcomers who wait for an owner, followers only; and the owner's hook, which is
# told of it behind the answer. cgi/people.t has roles and sessions, unit/person.c the rules.
use strict;
use utf8;
use warnings;
use Encode qw(decode_utf8 encode_utf8);
use JSON::PP;
use Kit;
use State;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my %openid = (xiaoming => 'oSim0001xiaoMing-aBcDeFgHiJk', meimei => 'oSim0002wangMeiMei_MnOpQrStU', ann => 'oSim0003annEmojiMarkup-WxYzA', john => 'oSim0005johnSmithEnglish-CdE');
my $mini = 'oMin0001xiaoMing-aBcDeFgHiJk';
my %conf = (sign_in => 'authorize message scene', language => 'en', push_mode => 'plain', trusted_proxies => '127.0.0.1', replies => undef, %Kit::mini,
    hook => 'hook', owners => $openid{john}, account_name => 'Invented', account_qr => 'https://open.weixin.qq.com/qr/code?username=gh_0123456789ab');
my $kit = Kit->new(conf => \%conf);
my $dir = $kit->state_dir;
my %agent = (
    computer => 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
    wechat   => 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.50(0x18003237) NetType/WIFI Language/zh_CN',
);
my $browsers = 0;
sub browser { my ($kind) = @_; return $kit->browser(headers => { 'User-Agent' => $agent{ $kind || 'computer' }, 'X-Forwarded-For' => '203.0.113.' . ++$browsers }) }
sub fields { my ($page) = @_; return { $page->{content} =~ /<input type="hidden" name="(\w+)" value="([^"]*)">/g } }
sub who { my ($browser) = @_; my $answer = $browser->get('/cgi-bin/validate.cgi'); return $answer->{status} == 200 ? decode_json($answer->{content})->{sub} : $answer->{status} }
sub title { my ($page) = @_; return "$page->{status} " . (decode_utf8($page->{content}) =~ m{<h1[^>]*>([^<]*)</h1>} ? $1 : $page->{content} || $page->{location}) }
my %pushed;    # two equal events in one second are one event, sent twice
sub push_ {
    my ($kind, $person, %form) = @_;
    Kit::wait_for('the next second', 5, sub { time > $pushed{"$kind $person"} }) if $kind =~ /subscribe/ && $pushed{"$kind $person"};
    $pushed{"$kind $person"} = time;
    return decode_json($kit->browser->post("$kit->{sim_url}/console?format=json", { kind => $kind, person => $person, mode => 'plain', %form })->{content});
}

# What the owner does, as owner.cgi will: members of a user's file.
sub set {
    my ($openid, %members) = @_;
    my $user = State::user($dir, $openid) or die "no user $openid\n";
    for my $name (keys %members) { if (defined $members{$name}) { $user->{$name} = $members{$name} } else { delete $user->{$name} } }
    Kit::write_file(State::user_file($dir, $openid), encode_json($user));
    return;
}
sub forget_all { unlink $kit->user_files; return }

# ---- the ways: each returns the browser and the page where xiaoming ends ----

sub by_code {
    my $computer = browser();
    my $page = $computer->get('/cgi-bin/code.cgi?next=/welcome');
    my ($code) = (push_('text', 'xiaoming', content => 'login')->{reply_text} // '') =~ /(\d{3} \d{3})/;
    return ($computer, $computer->post('/cgi-bin/code.cgi', { %{ fields($page) }, code => $code }));
}

sub by_link {
    my $phone = browser('wechat');
    my ($link) = push_('text', 'xiaoming', content => 'login')->{reply_text} =~ /<a href="([^"]+)">/;
    return ($phone, $phone->post($link, fields($phone->get($link))));
}

sub by_scene {
    my ($computer, $phone) = (browser(), browser('wechat'));
    $computer->follow($computer->get('/cgi-bin/scene.cgi?next=/welcome'));
    my ($packed) = $computer->cookie('wx_scene') =~ /^s1\.[\w-]+\.\d+\.[\w-]+\.([\w-]+)\./;
    $packed =~ tr{-_}{+/};
    require MIME::Base64;
    my ($scene) = MIME::Base64::decode_base64($packed . '=' x (-length($packed) % 4)) =~ m{/q/(in-[\w-]{16})$};
    my ($link) = push_('SCAN', 'xiaoming', eventkey => $scene)->{reply_text} =~ /<a href="([^"]+)">/;
    $phone->post($link, { %{ fields($phone->get($link)) }, answer => 'yes' });
    return ($computer, $computer->get('/cgi-bin/scene.cgi?wait=1'));
}

sub by_authorize {
    my $phone = browser('wechat');
    return ($phone, $phone->sign_in('xiaoming', '/cgi-bin/login.cgi?again=1&next=/welcome&way=authorize&scope=snsapi_userinfo'));
}

sub by_mini {
    my $phone = browser();
    my $code = decode_json($phone->get("$kit->{sim_url}/wx/login?person=xiaoming")->{content})->{code};
    return ($phone, $phone->post('/cgi-bin/mini.cgi', { code => $code }));
}

my %way = (code => \&by_code, link => \&by_link, scene => \&by_scene, authorize => \&by_authorize);

# ---- the hook ----

Kit::write_file("$kit->{folder}/hook", "#!/bin/sh\nread -r line\necho \"\$line\" >> told\necho \"heard \$(pwd | sed 's/.*wechat-kit/kit/')\" >&2\n", 0755);
my $told = 0;

# Waits for so many more events; returns them.
sub told {
    my ($count) = @_;
    my @lines;
    Kit::wait_for("$count events", 20, sub { @lines = split /\n/, Kit::read_file("$kit->{folder}/told"); @lines >= $told + $count });
    my @new = map { decode_json($_) } @lines[$told .. $#lines];
    $told = @lines;
    return @new;
}

my ($phone, $page) = by_authorize();
is who($phone), $openid{xiaoming}, 'people = everyone: signed in';
my ($event) = told(1);
is_deeply [@$event{qw(event openid nickname scope browser)}], ['first_sign_in', $openid{xiaoming}, '小明', 'snsapi_userinfo', 'WeChat, iOS'], 'the hook is told of the first sign-in';
is $event->{address}, '203.0.113.' . $browsers, 'and from where';
ok abs($event->{time} - time) < 60, 'and when';
my ($other) = by_authorize();
is +(told(1))[0]{event}, 'sign_in', 'of the next one';
($other) = by_code();
is_deeply [@{ (told(1))[0] }{qw(event scope)}], ['sign_in', 'message'], 'by a code';
by_scene();
is_deeply [@{ (told(1))[0] }{qw(event scope)}], ['sign_in', 'scene'], 'by a scene';
by_mini();
is_deeply [@{ (told(1))[0] }{qw(event openid)}], ['first_sign_in', $mini], 'from a mini program';
my $me = $other->get('/cgi-bin/me.cgi');
$other->post('/cgi-bin/logout.cgi', { csrf => fields($me)->{csrf} });
is_deeply [@{ (told(1))[0] }{qw(event openid browser)}], ['sign_out', $openid{xiaoming}, undef], 'of a sign-out';
$me = $phone->get('/cgi-bin/me.cgi');
$phone->post('/cgi-bin/me.cgi', { csrf => fields($me)->{csrf}, action => 'end_others' });
is +(told(1))[0]{event}, 'sign_out', 'of sessions that end on me.cgi';
push_('unsubscribe', 'meimei');
push_('unsubscribe', 'xiaoming');
my ($gone) = told(1);
is_deeply [sort(keys %$gone), $gone->{event}], [qw(event openid time delete)], 'of a follower who leaves and was known, and of nobody else';
is who($phone), 401, 'who is signed out by that';
is State::user($dir, $openid{xiaoming}), undef, 'and forgotten';
$phone->get('/cgi-bin/logout.cgi');
like $kit->log_text, qr{heard kit[^\n]*$}m, 'what the hook says on stderr is in the log';

# It fails, and nobody notices but the owner.
Kit::write_file("$kit->{folder}/hook", "#!/bin/sh\nexit 3\n", 0755);
my ($computer) = by_authorize();
is who($computer), $openid{xiaoming}, 'a hook that fails keeps nobody out';
Kit::wait_for('its line in the log', 20, sub { $computer->get('/cgi-bin/logout.cgi'); $kit->log_text =~ m{callback\.cgi [^\n]*kind=config [^\n]*/hook: ended with exit status 3} });
pass 'the log says so';
Kit::write_file("$kit->{folder}/hook", "#!/bin/sh\nread -r line\necho \"\$line\" >> told\nwhile [ ! -e go ]; do [ -e hook ] || exit 1; sleep 0.05; done\n", 0755);
my $began = time;
($computer) = by_authorize();
cmp_ok time - $began, '<', 8, 'a slow one delays nobody';
is who($computer), $openid{xiaoming}, 'signed in while it runs';
Kit::write_file("$kit->{folder}/go", '');
told(1);

# ---- blocked, whatever the way ----

set($openid{xiaoming}, blocked => time);
set($mini, blocked => time);
is who($computer), 401, 'who is blocked is no longer signed in';
for my $name (sort keys %way) {
    my ($browser, $answer) = $way{$name}->();
    is title($answer), '403 You cannot sign in to this site', "$name: a page that says so";
    unlike $answer->{content}, qr{login\.cgi}, "$name: without a button to try again";
    is who($browser), 401, "$name: and no session";
}
my (undef, $refused) = by_mini();
is "$refused->{status} $refused->{content}", '403 {"error":"blocked"}', 'a mini program is told';
push_('unsubscribe', 'xiaoming');
push_('subscribe', 'xiaoming');
is title((by_authorize())[1]), '403 You cannot sign in to this site', 'to unfollow and follow again does not help';
is_deeply [sort keys %{ State::user($dir, $openid{xiaoming}) }], [qw(blocked generation last_seen openid subscribed_since)], 'of them little else is stored';
set($openid{xiaoming}, blocked => undef);
is who((by_authorize())[0]), $openid{xiaoming}, 'until the block ends';

# A computer that waits for a phone whose owner is blocked before it takes the answer.
{
    my ($pc, $mobile) = (browser(), browser('wechat'));
    $mobile->sign_in('xiaoming', '/cgi-bin/login.cgi?again=1&way=authorize');
    my $code = $pc->follow($pc->get('/cgi-bin/desktop.cgi?next=/welcome'));
    my ($link) = $code->{content} =~ m{id="link">([^<]+)<};
    $mobile->post($link, { %{ fields($mobile->get($link)) }, answer => 'yes' });
    set($openid{xiaoming}, blocked => time);
    is $pc->get('/cgi-bin/desktop.cgi?wait=1')->{status}, 410, 'a block between a phone\'s yes and the computer: no session';
    is who($pc), 401, 'there either';
    set($openid{xiaoming}, blocked => undef);
    $code = $pc->follow($pc->get('/cgi-bin/desktop.cgi?next=/welcome'));
    ($link) = $code->{content} =~ m{id="link">([^<]+)<};
    $mobile->post($link, { %{ fields($mobile->get($link)) }, answer => 'yes' });
    unlink "$kit->{folder}/told";
    $told = 0;
    is $pc->get('/cgi-bin/desktop.cgi?wait=1')->{location}, "$kit->{site_url}/welcome", 'without it: signed in';
    is_deeply [@{ (told(1))[0] }{qw(event browser)}], ['sign_in', 'Chrome, Windows'], 'and the hook is told of the computer';
}

# ---- people = approved ----

forget_all();
$kit->write_conf(%conf, hook => undef, people => 'approved');
$kit->forget_asked;
sub sent { return map { ref $_->{body} ? $_->{body} : decode_json($_->{body}) } $kit->asked('/cgi-bin/message/custom/send') }
push_('text', 'john', content => 'hello');    # within 48 hours, so that the account may write
for my $name ('authorize', grep { $_ ne 'authorize' } sort keys %way) {
    my ($browser, $answer) = $way{$name}->();
    is title($answer), '403 Waiting for approval', "$name: a newcomer waits";
    like $answer->{content}, qr{href="/cgi-bin/login\.cgi\?[^"]*again=1}, "$name: with a button to try again";
    is who($browser), 401, "$name: without a session";
}
is +(by_mini())[1]{content}, '{"error":"waiting"}', 'a mini program is told';
my $user = State::user($dir, $openid{xiaoming});
is $user->{nickname}, '小明', 'the owner will see the name';
ok $user->{waiting} && !$user->{first_sign_in}, 'of somebody who waits';
Kit::wait_for('two messages to the owner', 20, sub { (my @sent = sent()) == 2 });
my ($message) = sent();
is $message->{touser}, $openid{john}, 'the owner is told by a message';
is $message->{text}{content}, "“小明” would like to sign in to 127.0.0.1:$kit->{site_port}. <a href=\"$kit->{site_url}/cgi-bin/owner.cgi?view=people&filter=waiting\">Decide</a>", 'with the name, and where to decide';
is scalar(my @all = sent()), 2, 'once for each newcomer, not for each try';
my $ann = browser('wechat');
$ann->sign_in('ann', '/cgi-bin/login.cgi?again=1&way=authorize&scope=snsapi_userinfo');
Kit::wait_for('another message', 20, sub { (my @sent = sent()) == 3 });
like +(sent())[2]{text}{content}, qr{^“🌸 b Ann /b  "O'Neil"}, 'markup in a name is none in the message';
set($openid{xiaoming}, approved => time, waiting => undef);
is who((by_authorize())[0]), $openid{xiaoming}, 'approved: signed in';
my $john = browser('wechat');
$john->sign_in('john', '/cgi-bin/login.cgi?again=1&way=authorize');
is who($john), $openid{john}, 'an owner does not wait';
set($openid{xiaoming}, approved => undef);
is who((by_code())[0]), $openid{xiaoming}, 'nor does who was here before';

# Failures are only logged; after ten messages in an hour there are no more.
forget_all();
$kit->control(fault_custom => 45015);
by_authorize();
my $looker = browser();
Kit::wait_for('the failure in the log', 20, sub { $looker->get('/cgi-bin/logout.cgi'); decode_utf8($kit->log_text) =~ /errcode=45015/ });
pass 'a message that cannot be sent is logged';
Kit::wait_for('that call', 20, sub { (my @sent = sent()) == 4 });
$kit->control;
forget_all();
my ($counter) = grep {m{/totals/}} grep { Kit::read_file($_) =~ /^count=4$/m } $kit->state_files;
ok $counter, 'messages are counted';
my $record = State::parse_record(Kit::read_file($counter));
Kit::write_file($counter, State::format_record(@$record{qw(created expires)}, count => 10));
$kit->forget_asked;
is title((by_authorize())[1]), '403 Waiting for approval', 'the eleventh waits as well';
is +(State::parse_record(Kit::read_file($counter)))->{fields}{count}, 11, 'and is counted';
is_deeply [sent()], [], 'without a message';

# ---- people = followers ----

forget_all();
$kit->write_conf(%conf, hook => undef, people => 'followers');
push_('unsubscribe', 'xiaoming');
$kit->forget_asked;
($computer, $page) = by_authorize();
is title($page), '403 Please follow the account first', 'who does not follow is asked to';
like $page->{content}, qr{<img class="qr qr_account" src="https://open\.weixin\.qq\.com/qr/code\?username=gh_0123456789ab"}, "with the account's QR code";
like decode_utf8($page->{content}), qr{Press and hold the QR code and follow the account “Invented”}, 'in WeChat: press and hold';
like $page->{content}, qr{href="/cgi-bin/login\.cgi\?[^"]*again=1}, 'and then sign in again';
is scalar(my @info = $kit->asked('/cgi-bin/user/info')), 1, 'WeChat was asked';
is State::user($dir, $openid{xiaoming}), undef, 'nothing is stored';
push_('subscribe', 'xiaoming');
forget_all();
$kit->forget_asked;
is who((by_authorize())[0]), $openid{xiaoming}, 'who follows comes in';
$user = State::user($dir, $openid{xiaoming});
ok $user->{subscribed_since} > 1e9, 'since when is noted';
is who((by_authorize())[0]), $openid{xiaoming}, 'and again,';
is scalar(@info = $kit->asked('/cgi-bin/user/info')), 1, 'without another question';
forget_all();
$kit->control(fault_user => 48001);
is title((by_authorize())[1]), '403 Please follow the account first', 'an account that may not ask';
like decode_utf8($kit->log_text), qr/callback\.cgi [^\n]*errcode=48001/, 'which is logged';
push_('text', 'xiaoming', content => 'hello');
is who((by_authorize())[0]), $openid{xiaoming}, 'who has written to it is known all the same';
forget_all();
$kit->control(fault_user => 'http500');
is +(by_authorize())[1]{status}, 502, 'WeChat cannot be asked: an error, and not the request to follow';
$kit->control;
forget_all();
is who((by_code())[0]), $openid{xiaoming}, 'by message: a follower by nature';
forget_all();
is who((by_scene())[0]), $openid{xiaoming}, 'by scene as well';
$kit->forget_asked;
is +(by_mini())[1]{content}, '{"error":"follow"}', 'from a mini program nobody is known';
like $kit->log_text, qr/mini\.cgi [^\n]*kind=follow [^\n]*sign-in: from a mini program nobody is known as a follower[^\n]*people = approved/, 'and the log says what to do';
push_('unsubscribe', 'xiaoming');
is State::user($dir, $openid{xiaoming}), undef, 'who unfollows is forgotten,';
is title((by_authorize())[1]), '403 Please follow the account first', 'and asked to follow again';
$john = browser('wechat');
$john->sign_in('john', '/cgi-bin/login.cgi?again=1&way=authorize');
is who($john), $openid{john}, 'an owner need not follow';
is_deeply [State::wrongs($dir)], [], 'the state is whole';
unlike $kit->log_text, qr/ended at system call|Permission denied/, 'and nobody needed more than is allowed';
done_testing;
