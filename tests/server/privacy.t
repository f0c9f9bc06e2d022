# consent = ask, on each way to sign in; the privacy page; “download my data” and “delete my data”. Through Apache and the simulator.
use strict;
use warnings;
use utf8;
use Encode qw(decode_utf8 encode_utf8);
use JSON::PP;
use Kit;
use POSIX ();
use Push;
use State;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $dev = 'http://192.168.1.5:5173';
my %conf = (sign_in => 'authorize message scene', outside_wechat => undef, push_mode => 'plain', replies => undef, language => 'en', trusted_proxies => '127.0.0.1', dev_origins => $dev, %Kit::mini);
my $kit = Kit->new(conf => {%conf});
my $state = $kit->state_dir;
my %agent = (
    computer => 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
    wechat   => 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.50(0x18003237) NetType/WIFI Language/zh_CN',
);
my %openid = (xiaoming => 'oSim0001xiaoMing-aBcDeFgHiJk', meimei => 'oSim0002wangMeiMei_MnOpQrStU');
my $browsers = 0;
sub browser { my ($kind) = @_; return $kit->browser(headers => { 'User-Agent' => $agent{$kind}, 'X-Forwarded-For' => '203.0.113.' . ++$browsers }) }
sub settings { $kit->write_conf(%conf, @_); return }
# A process behind an answer may still write.
sub anew { Kit::wait_for('an empty state', 10, sub { system "rm -rf $state 2>/dev/null"; !-e $state }); return }
sub user { my ($person) = @_; my ($file) = grep {/\Q$openid{$person}\E\.json$/} $kit->user_files; return $file ? decode_json(Kit::read_file($file)) : undef }
sub agreed { my ($person) = @_; my $user = user($person); return $user ? $user->{consented} : undef }
sub who { my ($browser) = @_; my $answer = $browser->get('/cgi-bin/validate.cgi'); return $answer->{status} == 200 ? decode_json($answer->{content})->{sub} : $answer->{status} }
sub with { my ($openid) = @_; my %texts = State::texts($state); return grep { /\Q$openid\E/ || $texts{$_} =~ /\Q$openid\E/ } sort keys %texts }

# The fields of a page's form, and where it leads.
sub form {
    my ($page) = @_;
    my ($action, $form) = $page->{content} =~ m{<form [^>]*action="([^"]+)"(.*?)</form>}s;
    my %fields = ($form // '') =~ /<input type="hidden" name="(\w+)" value="([^"]*)">/g;
    return ($action =~ s/&amp;/&/gr =~ s{^https?://[^/]+}{}r, \%fields, scalar($form =~ /<input type="checkbox" name="agree" value="1" required/));
}
sub has_box { my ($page) = @_; return (form($page))[2] ? 1 : 0 }
sub is_consent { my ($page) = @_; return $page->{content} =~ /name="answer" value="yes">Agree and continue</ ? 1 : 0 }
sub send_form { my ($browser, $page, %more) = @_; my ($action, $fields) = form($page); return $browser->post($action, { %$fields, %more }) }

# WeChat’s own question, and back.
sub allow {
    my ($browser, $answer, $person) = @_;
    my $asks = $browser->follow($answer);
    my ($ticket) = $asks->{content} =~ /ticket=(\w+)/ or return $asks;
    return $browser->follow($browser->get("$kit->{sim_url}/connect/confirm?ticket=$ticket&person=$person"));
}
sub write_to {
    my ($person, %fields) = @_;
    my $answer = $kit->browser->post("$kit->{sim_url}/console?format=json", { $fields{kind} ? () : (kind => 'text', content => 'login'), person => $person, mode => 'plain', %fields });
    my $text = encode_utf8(decode_json($answer->{content})->{reply_text} // '');
    my ($code) = $text =~ /(\d{3} \d{3})/;
    my ($link) = $text =~ /<a href="https?:\/\/[^\/]+([^"]+)">/;
    return { code => $code, link => $link };
}
sub scene_of {
    my ($computer) = @_;
    my ($packed) = ($computer->cookie('wx_scene') // '') =~ /^s1\.[\w-]+\.\d+\.[\w-]+\.([\w-]+)\./ or return;
    require MIME::Base64;
    $packed =~ tr{-_}{+/};
    return MIME::Base64::decode_base64($packed . '=' x (-length($packed) % 4)) =~ m{/q/(in-[\w-]{16})$} ? $1 : undef;
}

# ---- consent: each way to sign in ----

# A way: begin(person, browser) opens the page that asks and returns it and the browser; agree and disagree answer it. They return the browser
# that should then be signed in, or not. On the ways with a form, whether the page has a box says whether it asks.
sub begin_authorize { my ($person, $phone, $scope) = @_; $phone ||= browser('wechat'); my $page = $phone->get("/cgi-bin/login.cgi?next=/landed&again=1&scope=$scope"); return { browser => $phone, person => $person, page => $page, asks => is_consent($page) } }
sub go_on { my ($case, $answer) = @_; $case->{end} = allow($case->{browser}, $answer, $case->{person}); return $case->{browser} }
sub begin_form {
    my ($person, $browser, $page) = @_;
    return { browser => $browser, person => $person, page => $page, asks => has_box($page) };
}
my %authorize = (
    agree    => sub { my ($case) = @_; return go_on($case, $case->{asks} ? send_form($case->{browser}, $case->{page}, answer => 'yes') : $case->{page}) },
    disagree => sub { my ($case) = @_; $case->{end} = send_form($case->{browser}, $case->{page}, answer => 'no'); return $case->{browser} },
);
my %ways = (
    'authorize' => { begin => sub { begin_authorize(@_[0, 1], 'snsapi_userinfo') }, %authorize },
    'authorize, silently' => { begin => sub { $kit->control(person => $_[0]); begin_authorize(@_[0, 1], 'snsapi_base') }, %authorize },
    'code by message' => {
        begin => sub { my ($person, $browser) = @_; $browser ||= browser('computer'); return begin_form($person, $browser, $browser->get('/cgi-bin/code.cgi?next=/landed')) },
        agree => sub { my ($case) = @_; my $code = write_to($case->{person})->{code}; $case->{end} = send_form($case->{browser}, $case->{page}, code => $code, $case->{asks} ? (agree => 1) : ()); return $case->{browser} },
        disagree => sub { my ($case) = @_; my $code = write_to($case->{person})->{code}; $case->{end} = send_form($case->{browser}, $case->{page}, code => $code); return $case->{browser} },
    },
    'link by message' => {
        begin => sub { my ($person, $browser) = @_; $browser ||= browser('wechat'); return begin_form($person, $browser, $browser->get(write_to($person)->{link})) },
        agree => sub { my ($case) = @_; $case->{end} = send_form($case->{browser}, $case->{page}, $case->{asks} ? (agree => 1) : ()); return $case->{browser} },
        disagree => sub { my ($case) = @_; $case->{end} = send_form($case->{browser}, $case->{page}); return $case->{browser} },
    },
    'scene' => {
        begin => sub {
            my ($person) = @_;
            my ($computer, $phone) = (browser('computer'), browser('wechat'));
            $computer->follow($computer->get('/cgi-bin/scene.cgi?next=/landed'));
            my $link = write_to($person, kind => 'SCAN', eventkey => scene_of($computer))->{link};
            return { computer => $computer, %{ begin_form($person, $phone, $phone->get($link)) } };
        },
        agree => sub { my ($case) = @_; $case->{end} = send_form($case->{browser}, $case->{page}, answer => 'yes', $case->{asks} ? (agree => 1) : ()); $case->{computer}->get('/cgi-bin/scene.cgi?wait=1'); return $case->{computer} },
        disagree => sub { my ($case) = @_; $case->{end} = send_form($case->{browser}, $case->{page}, answer => 'yes'); $case->{computer}->get('/cgi-bin/scene.cgi?wait=1'); return $case->{computer} },
    },
    # The phone was signed in before the site asked.
    'computer, by a phone that is signed in' => {
        before => sub { my ($person) = @_; my $phone = browser('wechat'); settings(); allow($phone, $phone->get('/cgi-bin/login.cgi?scope=snsapi_userinfo'), $person); settings(consent => 'ask'); return $phone },
        begin => sub {
            my ($person, $phone) = @_;
            my $computer = browser('computer');
            my ($link) = $computer->follow($computer->get('/cgi-bin/desktop.cgi?next=/landed'))->{content} =~ m{id="link">([^<]+)<};
            return { computer => $computer, %{ begin_form($person, $phone, $phone->get($link)) } };
        },
        agree => sub { my ($case) = @_; $case->{end} = send_form($case->{browser}, $case->{page}, answer => 'yes', $case->{asks} ? (agree => 1) : ()); $case->{computer}->get('/cgi-bin/desktop.cgi?wait=1'); return $case->{computer} },
        disagree => sub { my ($case) = @_; $case->{end} = send_form($case->{browser}, $case->{page}, answer => 'yes'); $case->{computer}->get('/cgi-bin/desktop.cgi?wait=1'); return $case->{computer} },
    },
);
for my $name (sort keys %ways) {
    my $way = $ways{$name};
    anew();
    settings(consent => 'ask');
    my $known = $way->{before} && $way->{before}->('xiaoming');
    my $case = $way->{begin}->('xiaoming', $known);
    ok $case->{asks}, "$name: asks" or diag $case->{page}{content};
    like $case->{page}{content}, qr{<a href="/cgi-bin/privacy\.cgi">Privacy</a>}, 'with a link to the privacy page';
    my $browser = $way->{disagree}->($case);
    is who($browser), 401, "$name: no agreement, no session";
    is agreed('xiaoming'), undef, 'and nothing is recorded';
    like $case->{end}{content}, $name =~ /authorize/ ? qr/Sign-in was cancelled/ : qr/role="alert">Please tick the box to agree/, 'the page says what to do';
    is_deeply [with($openid{xiaoming})], [], "$name: nothing of the person is stored" if $name =~ /authorize/;
    my $before = time;
    $case = $way->{begin}->('xiaoming', $known);
    $browser = $way->{agree}->($case);
    is who($browser), $openid{xiaoming}, "$name: agreed, and signed in";
    ok agreed('xiaoming') >= $before && agreed('xiaoming') <= time, 'the time is recorded' or diag explain user('xiaoming');
    my $first = agreed('xiaoming');
    is $browser->cookie('wx_consent'), '1', 'and the browser remembers that somebody agreed';
    $case = $way->{begin}->('xiaoming', $known || ($name =~ /scene/ ? undef : $browser));
    ok !$case->{asks}, "$name: not asked again" or diag $case->{page}{content};
    is who($way->{agree}->($case)), $openid{xiaoming}, 'and signed in again';
    is agreed('xiaoming'), $first, 'the time is that of the first agreement';
}

# ---- consent: corners ----

anew();
settings(consent => 'ask');
{
    # Somebody else agreed in this browser: after WeChat has said who it is, the site asks.
    my $phone = browser('wechat');
    my $case = $ways{authorize}{begin}->('xiaoming', $phone);
    $ways{authorize}{agree}->($case);
    my $other = $ways{authorize}{begin}->('meimei', $phone);
    ok !$other->{asks}, 'a browser in which somebody agreed: on to WeChat';
    $ways{authorize}{agree}->($other);
    ok is_consent($other->{end}), 'another person: asked when WeChat has said who it is';
    is user('meimei'), undef, 'and nothing of theirs is stored';
    is who($phone), $openid{xiaoming}, 'the first one is still signed in';
    my $end = allow($phone, send_form($phone, $other->{end}, answer => 'yes'), 'meimei');
    is who($phone), $openid{meimei}, 'agreed: signed in';
    ok agreed('meimei'), 'with an agreement of their own';
    # The same with a code: the code stays in force.
    my $computer = browser('computer');
    $computer->set_cookie(wx_consent => 1);
    my $file = (grep {/\Q$openid{meimei}\E\.json$/} $kit->user_files)[0];
    Kit::write_file($file, encode_json({ map { $_ eq 'consented' ? () : ($_ => user('meimei')->{$_}) } keys %{ user('meimei') } }));
    my $page = $computer->get('/cgi-bin/code.cgi?next=/landed');
    ok !has_box($page), 'a code’s page without a box';
    my $code = write_to('meimei')->{code};
    my $again = send_form($computer, $page, code => $code);
    is $again->{status}, 400, 'a right code of somebody who has not agreed: the box is there now';
    ok has_box($again), 'to tick';
    like $again->{content}, qr/name="code" [^>]*value="\Q$code\E"/, 'with the code that was typed';
    is send_form($computer, $again, code => $code, agree => 1)->{status}, 303, 'which still works';
    is who($computer), $openid{meimei}, 'and signs in';
    is send_form($computer, $again, code => $code, agree => 1)->{status}, 403, 'once';
    my $wrong = send_form(browser('computer'), $page, code => '000000');
    isnt $wrong->{status}, 303, 'a wrong code is a wrong code';
}
{
    # Forms of others, and without their cookie.
    my $phone = browser('wechat');
    my $page = $phone->get('/cgi-bin/login.cgi?next=/landed');
    my ($action, $fields) = form($page);
    like $action, qr{^/cgi-bin/login\.cgi\?way=authorize&again=1&next=%2Flanded$}, 'the form goes to login.cgi, and comes back to the page';
    is $phone->post($action, { answer => 'yes' })->{status}, 403, 'a form without the token: refused';
    is $phone->post($action, { answer => 'yes', csrf => 'x' x 64 })->{status}, 403, 'with another one: refused';
    is browser('wechat')->post($action, { %$fields, answer => 'yes' })->{status}, 403, 'without the cookie: refused';
    is $phone->post($action, { %$fields, answer => 'maybe' })->{status}, 400, 'neither yes nor no';
    like $page->{headers}{'content-security-policy'}, qr{form-action 'self' \Q$kit->{sim_url}\E;}, 'the page’s form may lead to WeChat';
    my $begun = $phone->post($action, { %$fields, answer => 'yes' });
    like $begun->{location}, qr{/connect/oauth2/authorize\?}, 'agreed: to WeChat';
    ok +(split /\./, $phone->cookie('wx_signin'))[6] > time - 60, 'the sign-in’s cookie has the time of the agreement';
    # A cookie that claims one is none of ours.
    my $forger = browser('wechat');
    $forger->set_cookie(wx_consent => 1);
    my $login_of_forger = $forger->get('/cgi-bin/login.cgi?next=/landed&scope=snsapi_userinfo');
    my @parts = split /\./, $forger->cookie('wx_signin');
    is $parts[6], 0, 'no agreement yet';
    $forger->set_cookie(wx_signin => join '.', @parts[0 .. 5], time, $parts[7]);
    my $second = allow($forger, $login_of_forger, 'ann');
    like $second->{content}, qr/ticket=/, 'a forged agreement: the sign-in begins anew';
    my ($ticket) = $second->{content} =~ /ticket=(\w+)/;
    ok is_consent($forger->follow($forger->get("$kit->{sim_url}/connect/confirm?ticket=$ticket&person=ann"))), 'and the person is asked';
    is who($forger), 401, 'and not signed in';
    my $silent = browser('wechat');
    my $login = $silent->get('/cgi-bin/login.cgi?next=/landed&scope=snsapi_base');
    like $login->{content}, qr{login\.cgi\?way=authorize&amp;again=1&amp;next=%2Flanded&amp;scope=snsapi_base"}, 'the scope is kept';
    unlike $login->{content}, qr/nickname/, 'and no nickname is spoken of';
    like $page->{content}, qr/identifier, nickname and avatar/, 'as it is where WeChat gives one';
    is $login->{headers}{'cache-control'}, 'no-store', 'no cache keeps the page';
    is $kit->browser->get('/cgi-bin/me.cgi')->{status}, 303, 'a page that needs a sign-in leads to it as before';
}
{
    # A ticket for a page under development, from a session that began before the site asked.
    settings();
    anew();
    my $phone = browser('wechat');
    allow($phone, $phone->get('/cgi-bin/login.cgi?scope=snsapi_userinfo'), 'xiaoming');
    settings(consent => 'ask');
    is who($phone), $openid{xiaoming}, 'a session from before stays';
    my $page = $phone->get('/cgi-bin/ticket.cgi?dev=http%3A%2F%2F192.168.1.5%3A5173%2F');
    ok has_box($page), 'a page under development: asks';
    is send_form($phone, $page)->{status}, 400, 'no agreement, no ticket';
    my ($ticket) = (send_form($phone, $page, agree => 1)->{location} // '') =~ /#wx_ticket=([\w-]+)$/;
    my $answer = $kit->browser->post('/cgi-bin/ticket.cgi', { ticket => $ticket }, headers => { Origin => $dev });
    is $answer->{status}, 200, 'agreed: a session';
    ok agreed('xiaoming'), 'and recorded';
    # It may not download.
    my $token = decode_json($answer->{content})->{access_token};
    my $page_of_dev = $kit->browser;
    $page_of_dev->set_cookie(wx_session => $token);
    is $page_of_dev->get('/cgi-bin/me.cgi?download=1')->{status}, 403, 'a page under development downloads nothing';
    # A mini program has WeChat's own agreement.
    my $code = decode_json($kit->browser->get("$kit->{sim_url}/wx/login?person=xiaoming")->{content})->{code};
    is $kit->browser->post('/cgi-bin/mini.cgi', { code => $code })->{status}, 200, 'a mini program is not asked';
}
{
    # A newcomer who is put on the waiting list has agreed as well.
    settings(consent => 'ask', people => 'approved', owners => 'oTheOwner');
    anew();
    my $case = $ways{authorize}{begin}->('meimei');
    ok $case->{asks}, 'people = approved: asks first';
    my $phone = $ways{authorize}{agree}->($case);
    is who($phone), 401, 'a newcomer waits';
    like $case->{end}{content}, qr{<a [^>]*href="/cgi-bin/privacy\.cgi">}, 'on a page that links to the privacy page, too';
    my $waits = user('meimei');
    ok $waits->{waiting} && $waits->{consented}, 'and the agreement is recorded' or diag explain $waits;
}
settings();
{
    # consent = off: nothing of it.
    anew();
    my $phone = browser('wechat');
    my $login = $phone->get('/cgi-bin/login.cgi?next=/landed&scope=snsapi_userinfo');
    is $login->{status}, 303, 'consent = off: on to WeChat';
    allow($phone, $login, 'xiaoming');
    is agreed('xiaoming'), undef, 'nothing is recorded';
    is $phone->cookie('wx_consent'), undef, 'no cookie';
    ok !has_box(browser('computer')->get('/cgi-bin/code.cgi')), 'no box';
    is send_form(browser('computer'), browser('computer')->get('/cgi-bin/code.cgi'), code => '1', agree => 1)->{status} // 0, 403, 'and a box that is sent all the same is nothing';
}

# ---- the privacy page ----

sub page { my (%change) = @_; settings(%change); return decode_utf8($kit->run('privacy.cgi', environment => { HTTP_ACCEPT_LANGUAGE => $change{language} // 'en' })->{body}) }
for my $row (
    [{ journal => 'full', events_days => 30 }, qr/texts, locations, links/, qr/What you send and do: 30 days\./],
    [{ journal => 'kinds', events_days => 7 }, qr/Texts, locations, links and pictures are not stored/, qr/What you send and do: 7 days\./],
    [{ journal => 'off' }, qr/What you send to the account is not stored\./, undef, qr/What you send and do:/],
    [{ events_days => 0 }, qr/What you send to the account is not stored\./, undef, qr/What you send and do:/],
    [{ push_token => undef, sign_in => 'authorize', mini_push_token => undef, push_mode => undef }, qr/your nickname and avatar/i, qr/until you delete it\./, qr/unfollow|to the account/],
    [{ sign_in => 'message' }, qr/openid/, qr/until you delete it or unfollow the account\./, qr/nickname/],
    [{ people_days => 365 }, qr/unfollow the account, or have neither signed in nor written for 365 days\./],
    [{ session_seconds => 604800 }, qr/Each sign-in: 7 days\./], [{ session_seconds => 7200 }, qr/Each sign-in: 2 hours\./],
    [{ session_seconds => 5400 }, qr/Each sign-in: 90 minutes\./], [{ session_seconds => 61 }, qr/Each sign-in: 61 seconds\./],
    [{ consent => 'ask' }, qr/When you agreed to this\./], [{ consent => 'off' }, qr/Privacy/, undef, qr/When you agreed/],
    [{ account_name => 'Our <Shop>' }, qr/a message to the account “Our &lt;Shop&gt;”/],
    [{ language => 'zh_CN' }, qr{<h1[^>]*>隐私说明</h1>}, qr{href="/cgi-bin/me\.cgi\?download=1">下载我的资料<}, qr/\{\{/],
    [{ language => 'zh_TW' }, qr{<h1[^>]*>隱私權說明</h1>}, qr{href="/cgi-bin/me\.cgi\?forget=1">註銷並刪除我的資料<}, qr/\{\{/],
) {
    my ($change, $like, $also, $unlike) = @$row;
    my $name = join ', ', map {"$_ = " . ($change->{$_} // '')} sort keys %$change;
    my $text = page(%$change);
    like $text, $like, "$name: the privacy page";
    like $text, $also, "$name: and" if $also;
    unlike $text, $unlike, "$name: no more" if $unlike;
}
{
    # The site's own words.
    my $file = "$kit->{folder}/wechat-html/words/privacy.en.txt";
    my $good = Kit::read_file($file);
    Kit::write_file($file, $good =~ s/^privacy\.contact_text = .*$/privacy.contact_text = Write to privacy\@shop.example./mr);
    like page(), qr/Write to privacy\@shop\.example\./, 'words of the site’s own';
    Kit::write_file($file, $good =~ s/^privacy\.contact_text = .*\n//mr);
    my $answer = $kit->run('privacy.cgi');
    is $answer->{status}, 500, 'a word that is missing';
    like $answer->{error}, qr/privacy\.html .*no word privacy\.contact_text/, 'is named in the log';
    Kit::write_file($file, $good);
    chmod 0644, $file;
}
settings();
is $kit->run('privacy.cgi')->{status}, 200, 'without a state';

# ---- download and delete ----

anew();
my $mark = 'xiaomings own words';
sub pushes {
    my ($openid, @fields) = @_;
    my $xml = '<xml>' . Push::xml(ToUserName => $Push::ACCOUNT, FromUserName => $openid, CreateTime => time, @fields) . '</xml>';
    my $answer = $kit->browser->request('POST', '/cgi-bin/wechat.cgi?' . Push::query(token => $Kit::PUSH_TOKEN), content => $xml, headers => { 'Content-Type' => 'text/xml' });
    return is $answer->{status}, 200, 'a push is taken';
}
my ($phone, $computer) = (browser('wechat'), browser('computer'));
allow($_, $_->get('/cgi-bin/login.cgi?scope=snsapi_userinfo&again=1&way=authorize'), 'xiaoming') for $phone;
pushes($openid{xiaoming}, MsgType => 'text', Content => $mark, MsgId => 1);
pushes($openid{xiaoming}, MsgType => 'event', Event => 'LOCATION', Latitude => '23.1', Longitude => '113.3', Precision => '9');
pushes($openid{meimei}, MsgType => 'text', Content => 'meimeis words', MsgId => 2);
# Somebody else may write this openid: that is not about its owner.
pushes($openid{meimei}, MsgType => 'text', Content => $openid{xiaoming}, MsgId => 3);
{
    my $page = $computer->get('/cgi-bin/code.cgi?next=/landed');
    send_form($computer, $page, code => write_to('xiaoming')->{code});
    is who($computer), $openid{xiaoming}, 'signed in on a computer as well';
    my ($file) = grep {/\Q$openid{xiaoming}\E\.json$/} $kit->user_files;
    Kit::write_file($file, encode_json({ %{ user('xiaoming') }, roles => ['staff'], note => 'a regular', points => { gold => [1, 2] } }));
}
my $answer = $phone->get('/cgi-bin/me.cgi?download=1');
is $answer->{status}, 200, 'download my data';
is $answer->{headers}{'content-type'}, 'application/json', 'JSON';
is $answer->{headers}{'content-disposition'}, 'attachment; filename="my-data.json"', 'as a file';
is $answer->{headers}{'cache-control'}, 'no-store', 'which no cache keeps';
my $data = decode_json($answer->{content});
my $stored = user('xiaoming');
my @sessions = map {/^(\w+)/} @{ $stored->{sessions} };
is_deeply $data->{user}, { map { $_ => $stored->{$_} } grep { !/^(?:generation|sessions)$/ } keys %$stored }, 'the members of the user’s file, also those of other programs, but not generation and sessions';
is scalar(@{ $data->{sessions} }), 2, 'two sessions';
is_deeply [grep { $_->{until} - $_->{since} != 604800 || !$_->{scope} || !$_->{address} } @{ $data->{sessions} }], [], 'each with since, until, scope and address';
is_deeply [map { $_->{Content} // $_->{Event} } @{ $data->{journal} }], [$mark, 'LOCATION', 'login'], 'the journal’s lines of this person';
ok $data->{journal_is_complete}, 'all of them';
unlike $answer->{content}, qr/meimei|\Q$openid{meimei}\E/, 'nothing of others';
unlike $answer->{content}, qr/\Q$_\E/, 'no secret' for $stored->{generation}, @sessions, $phone->cookie('wx_session'), $computer->cookie('wx_session');
is $kit->browser->get('/cgi-bin/me.cgi?download=1')->{status}, 303, 'not signed in: to the sign-in';
is $phone->request('HEAD', '/cgi-bin/me.cgi?download=1')->{content} // '', '', 'HEAD has no body';
like $phone->get('/cgi-bin/me.cgi')->{content}, qr{<a [^>]*href="/cgi-bin/me\.cgi\?download=1" download><span[^>]*>Download my data</span></a>.*<a class="quiet quiet_warn" href="/cgi-bin/me\.cgi\?forget=1">Delete my data</a>}s, 'me.cgi has both links';
{
    # Days of a whole year, in the strict sandbox: sorting them takes no system call that it forbids.
    my @days = map { "$state/events/" . POSIX::strftime('%Y-%m-%d', gmtime time - $_ * 86400) . '.jsonl' } 10 .. 370;
    Kit::write_file($_, encode_json({ FromUserName => $openid{xiaoming}, Content => (split m{/})[-1] }) . "\n", 0600) for @days;
    if ($> == 0) { my @nobody = getpwnam 'nobody'; chown @nobody[2, 3], @days }
    my $year = $phone->get('/cgi-bin/me.cgi?download=1');
    is $year->{status}, 200, 'a journal of a year';
    my @found = map { $_->{Content} } grep { ($_->{Content} // '') =~ /^\d{4}-/ } @{ decode_json($year->{content})->{journal} };
    is_deeply \@found, [map { (split m{/})[-1] } reverse @days], 'its days in order';
    unlink @days;
}
{
    # A journal larger than the limit: the latest lines, and the file says that there are more.
    my ($today) = glob "$state/events/*.jsonl";
    my $old = $today =~ s/[^\/]+$/POSIX::strftime('%Y-%m-%d', gmtime time - 3 * 86400) . '.jsonl'/er;
    my $line = encode_json({ FromUserName => $openid{xiaoming}, Content => 'x' x 1000 });
    Kit::write_file($old, "$line\n" x 5000, 0600);
    if ($> == 0) { my @nobody = getpwnam 'nobody'; chown @nobody[2, 3], $old }
    my $large = decode_json($phone->get('/cgi-bin/me.cgi?download=1')->{content});
    ok !$large->{journal_is_complete}, 'too much of it';
    cmp_ok scalar(@{ $large->{journal} }), '>', 3500, 'most of the lines';
    is $large->{journal}[-3]{Content}, $mark, 'the latest are there';
}
{
    # Everything that was ever stored about a person goes: also of a computer by scene, which was answered.
    my $case = $ways{scene}{begin}->('xiaoming');
    is who($ways{scene}{agree}->($case)), $openid{xiaoming}, 'signed in by scene';
    my $second = $ways{scene}{begin}->('xiaoming');
    write_to('xiaoming');
    pushes($openid{meimei}, MsgType => 'text', Content => 'still here', MsgId => 4);
    cmp_ok scalar(with($openid{xiaoming})), '>', 5, 'many files name the person';
    my $ask = $phone->get('/cgi-bin/me.cgi?forget=1');
    like $ask->{content}, qr/<h1[^>]*>Delete your data on this site\?/, 'delete my data: asks';
    my $done = send_form($phone, $ask);
    like $done->{content}, qr/Your data has been deleted/, 'done';
    is_deeply [with($openid{xiaoming})], [], 'no file of the state names the person';
    is_deeply [State::wrongs($state)], [], 'which is as it must be';
    is who($_), 401, 'signed out' for $phone, $computer;
    cmp_ok scalar(with($openid{meimei})), '>=', 2, 'and the others are there';
}
{
    settings(consent => 'ask');
    my $case = $ways{authorize}{begin}->('xiaoming');
    my $browser = $ways{authorize}{agree}->($case);
    is $browser->cookie('wx_consent'), '1', 'agreed';
    send_form($browser, $browser->get('/cgi-bin/me.cgi?forget=1'));
    is $browser->cookie('wx_consent'), undef, 'deleted: the browser forgets it';
    ok $ways{authorize}{begin}->('xiaoming', $browser)->{asks}, 'and the next sign-in asks again';
}
unlike $kit->log_text, qr/kind=system/, 'no error of the host';

# ---- a sign-in sweeps as well ----

{
    settings(people_days => 30, events_days => 2);
    anew();
    my $phone = browser('wechat');
    allow($phone, $phone->get('/cgi-bin/login.cgi?scope=snsapi_userinfo'), 'meimei');
    my $mask = umask 077;
    require Digest::SHA;
    require File::Path;
    for my $openid (map {"oAway$_"} 1 .. 150) {
        my $folder = "$state/users/" . substr Digest::SHA::sha256_hex($openid), 0, 3;
        File::Path::make_path($folder);
        Kit::write_file("$folder/$openid.json", encode_json({ openid => $openid, generation => 'g' x 43, last_sign_in => 1000 }));
    }
    File::Path::make_path("$state/events");
    Kit::write_file("$state/events/2020-01-01.jsonl", qq({"FromUserName":"oAway1"}\n));
    umask $mask;
    if ($> == 0) { system 'chown', '-R', 'nobody:nogroup', $state }
    allow($phone, $phone->get('/cgi-bin/login.cgi?scope=snsapi_userinfo&again=1'), 'meimei');
    is who($phone), $openid{meimei}, 'a sign-in';
    is scalar(grep {/oAway/} $kit->user_files), 149, 'deletes one who has been away';
    ok !-e "$state/events/2020-01-01.jsonl", 'and the journal’s old days, without any push';
}
done_testing;
