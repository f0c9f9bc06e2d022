# owner.cgi: Today, People, Messages: what an owner sees of the site and of a person, and does about it.
use strict;
use warnings;
use utf8;
use Digest::SHA qw(sha256_hex);
use Encode qw(decode_utf8 encode_utf8);
use JSON::PP;
use Kit;
use Push;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my %conf = (language => 'en', push_token => $Push::TOKEN, push_mode => 'plain', replies => undef, handler => undef);
my $kit = Kit->new(conf => {%conf});
my $state = $kit->state_dir;
my $url = '/cgi-bin/owner.cgi';
my $me = $kit->browser(headers => { 'Accept-Language' => 'en' });
$me->sign_in('xiaoming');
my ($mine) = $me->get('/cgi-bin/me.cgi')->{content} =~ /identifier">([\w-]+)</;
$kit->write_conf(%conf, owners => $mine);

sub page { my ($query, $status) = @_; my $answer = $me->get("$url?$query"); is $answer->{status}, $status || 200, "$query: " . ($status || 200); return decode_utf8($answer->{content}) }
sub csrf { my ($text) = $me->get($url)->{content} =~ /name="csrf" value="([\w-]+)"/; return $text || ($me->get("$url?view=person&openid=$mine")->{content} =~ /name="csrf" value="([\w-]+)"/)[0] }
my $csrf = csrf();
my $pushed = 1000;

# Makes a change, and follows the redirect.
sub change {
    my ($view, $action, %form) = @_;
    my $answer = $me->post("$url?view=$view", { action => $action, csrf => $csrf, %form });
    return { %$answer, content => decode_utf8($answer->{content}) } if $answer->{status} != 303;
    my $next = $me->get($answer->{location});
    return { %$next, back => $answer->{location}, content => decode_utf8($next->{content}) };
}
sub processor { my @times = times; return $times[2] + $times[3] }
sub user { my ($openid) = @_; my ($file) = grep {m{/\Q$openid\E\.json$}} $kit->user_files; return $file ? decode_json(Kit::read_file($file)) : undef }
sub audit { return map { decode_json($_) } split /\n/, Kit::read_file("$state/audit.jsonl") }
sub pushes {
    my ($openid, @fields) = @_;
    my $xml = '<xml>' . Push::xml(ToUserName => $Push::ACCOUNT, FromUserName => $openid, CreateTime => time, MsgId => time . ++$pushed, @fields) . '</xml>';
    my $answer = $kit->browser->request('POST', '/cgi-bin/wechat.cgi?' . Push::query(), content => encode_utf8($xml), headers => { 'Content-Type' => 'text/xml' });
    is $answer->{status}, 200, 'WeChat pushes';
    return;
}

# ---- today ----

my $john = $kit->browser(headers => { 'User-Agent' => 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0' });
$john->sign_in('john');
my ($johns) = $john->get('/cgi-bin/me.cgi')->{content} =~ /identifier">([\w-]+)</;
pushes($johns, MsgType => 'text', Content => "你好 <b>Hello</b>");
pushes($johns, MsgType => 'event', Event => 'subscribe', EventKey => 'qrscene_5');
pushes('oFollower-without-a-sign-in', MsgType => 'event', Event => 'CLICK', EventKey => 'MENU_1');
pushes('oFollower-without-a-sign-in', MsgType => 'event', Event => 'unsubscribe');
$kit->control(fault_grant => 'garbage');
for (1, 2) {
    my $answer = $kit->browser;
    eval { $answer->sign_in('meimei') };
}
$kit->control;
my $today = page('');
like $today, qr{<a href="/cgi-bin/owner\.cgi\?view=today" aria-current="page">Today</a>}, 'the first page is Today';
my %figure = $today =~ /<dd id="(\w+)">(\d+)</g;
is_deeply \%figure, { sign_ins => 2, new_people => 2, followed => 1, unfollowed => 1, messages => 1 }, 'what happened today';
like $today, qr{<svg viewBox="0 0 332 120" role="img" aria-labelledby="sign_ins-title sign_ins-desc">\s*<title id="sign_ins-title">Sign-ins</title>}, 'a chart with a name';
like $today, qr{<desc id="sign_ins-desc">\d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d: Sign-ins 2, of new people 2; 2 at most on one day}, 'and in words';
like $today, qr{<rect x="320" y="16\.0" width="9" height="88\.0" class="chart__bar"><title>\d{4}-\d\d-\d\d: 2</title>}, 'its last bar is today';
like $today, qr{fill="url\(#sign_ins-hatch\)"}, 'the second row is hatched, not only coloured';
is scalar(() = $today =~ /<tr><th scope="row">/g), 30, 'thirty days in figures';
like $today, qr{<h3>WeChat gave an unexpected answer</h3>.*?<p class="cure">If it goes on.*?callback\.cgi · 2 × · <time>[^<]*</time> · Request number <span class="identifier">[0-9a-f]{8}<}s, 'errors of the same kind are one, with what to do';
unlike +($today =~ m{<ul class="weui-cells lines">(.*?)</ul>}s)[0], qr/client=|127\.0\.0\.1/, 'without addresses';
like $today, qr{There was no check in the last month}, 'nobody has checked';
$me->get('/cgi-bin/check.cgi');
like page('view=today'), qr{id="checked">(?:The last check|At the last check), on \d{4}-\d\d-\d\d \d\d:\d\d}, 'what the check said';

# ---- people ----

my $people = page('view=people');
like $people, qr{id="places">1–2 of 2, the latest first<}, 'everybody';
my @order = $people =~ m{view=person&amp;openid=([\w-]+)"}g;
is_deeply [sort @order], [sort $johns, $mine], 'each with a link';
like page('view=people&q=JOHN'), qr{1–1 of 1.*openid=\Q$johns\E}s, 'found by a name, whatever its case';
like page('view=people&q=' . substr $johns, 3, 12), qr{1–1 of 1.*openid=\Q$johns\E}s, 'by part of the openid';
my ($file) = grep {m{/\Q$johns\E\.json$}} $kit->user_files;
Kit::write_file($file, Kit::read_file($file) =~ s/\A\{/{"unionid":"uInvented-0123",/r);
like page('view=people&q=Invented-01'), qr{1–1 of 1.*openid=\Q$johns\E}s, 'by the unionid';
my $named = Kit::read_file($file);
Kit::write_file($file, $named =~ s/\A\{/{"display_name":"Captain Haddock",/r);
like page('view=people&q=haddock'), qr{1–1 of 1.*openid=\Q$johns\E">Captain Haddock<}s, 'by the name that the person chose, which is shown';
like page('view=people&q=john'), qr{1–1 of 1.*openid=\Q$johns\E}s, 'and still by the nickname';
like page("view=person&openid=$johns"), qr{<h1 class="profile__name">Captain Haddock</h1>.*WeChat name</dt><dd class="weui-cell__ft">John Smith<}s, 'their page has both';
Kit::write_file($file, $named);
like page('view=people&q=nobody-of-that-name'), qr{<p class="note">Nobody\.}, 'or nobody';
like page('view=people&show=followers'), qr{1–1 of 1.*openid=\Q$johns\E}s, 'followers';
like page('view=people&show=blocked'), qr{Nobody\.}, 'those who are blocked';

my $person = page("view=person&openid=$johns");
like $person, qr{<dd class="weui-cell__ft identifier">\Q$johns\E</dd>}, 'a person: the openid';
like $person, qr{<h3>Firefox, Linux</h3><p>127\.0\.0\.1 · since <time>\d{4}-}, 'the browser that is signed in, its address, and since when';
like $person, qr{· text</p><p class="said">你好 &lt;b&gt;Hello&lt;/b&gt;</p>}, 'what the person wrote, as text';
page("view=person&openid=$_", 404) for 'oNobody', '../x', '';

# ---- changes of a person ----

sub changed {
    my ($action, $says, %form) = @_;
    my $answer = change('person', $action, openid => $johns, %form);
    like $answer->{back} || '', qr{view=person&openid=\Q$johns\E&done=person\.\w+$}, "$action: back to the person";
    like $answer->{content}, qr{<p class="notice" role="status">\Q$says\E}, 'which says what was done';
    my ($line) = reverse audit();
    is "$line->{owner} $line->{view}.$line->{action} $line->{subject}", "$mine person.$action $johns", 'and it is recorded';
    return $answer->{content};
}
sub refused { my ($action, $says, %form) = @_; my $before = () = audit(); my $answer = change('person', $action, openid => $johns, %form); is $answer->{status}, 422, "$action: refused"; like $answer->{content}, qr{role="alert">[^<]*\Q$says\E}, 'with the reason'; is scalar(() = audit()), $before, 'and not recorded'; return $answer->{content} }

changed(roles => 'The roles were saved', roles => 'staff， board staff');
is_deeply user($johns)->{roles}, ['staff', 'board'], 'roles';
like refused(roles => 'A role is 1 to 32', roles => 'staff Über'), qr{id="roles"[^>]* value="staff Über"}, 'what was typed stays';
is_deeply user($johns)->{roles}, ['staff', 'board'], 'as before';
like page('view=people&show=role.board'), qr{1–1 of 1.*openid=\Q$johns\E.*<span class="tag">staff, board</span>}s, 'found by a role';
like page('view=people&show=role.nobody'), qr{Nobody\.}, 'of another one nobody';
changed(note => 'The note was saved', note => "pays\nlate");
is user($johns)->{note}, 'pays late', 'a note, on one line';
refused(note => 'too long', note => 'x' x 1001);
changed(end => 'The session was ended', name => ($person =~ /name="name" value="([0-9a-f]{64})"/)[0]);
is $john->get('/cgi-bin/validate.cgi')->{status}, 401, 'that browser is signed out';
$john->sign_in('john');
is $john->get('/cgi-bin/validate.cgi')->{status}, 200, 'signed in anew';
changed(sign_out => 'Signed out everywhere');
is $john->get('/cgi-bin/validate.cgi')->{status}, 401, 'signed out';
$john->sign_in('john');
changed(block => 'Blocked, and signed out everywhere');
is $john->get('/cgi-bin/validate.cgi')->{status}, 401, 'blocked: signed out';
is $john->sign_in('john')->{status}, 403, 'and not let in again';
like page('view=people&show=blocked'), qr{1–1 of 1.*openid=\Q$johns\E}s, 'listed as blocked';
changed(unblock => 'The block has ended');
is $john->sign_in('john')->{status}, 200, 'unblocked: let in';
{
    my $answer = change('person', 'block', openid => $mine);
    is "$answer->{status}", 422, 'an owner cannot be blocked';
    is $me->get($url)->{status}, 200, 'and is still there';
}
is $me->post("$url?view=person", { action => 'block', openid => $johns })->{status}, 403, 'not without our form';

# ---- messages ----

my $messages = page('view=messages');
my @said = $messages =~ m{<p><time>[^<]*</time> · ([^<]*)</p>}g;
is "@said", 'follows no longer follows text', 'the pushes of today, the latest first; what somebody did who was forgotten is gone';
like page('view=messages&kind=message'), qr{· text</p><p class="said">你好 &lt;b&gt;Hello}, 'messages only';
unlike page('view=messages&kind=message'), qr{· follows</p>}, 'without events';
like page('view=messages&kind=event.subscribe'), qr{· follows</p><p class="said">qrscene_5}, 'one kind of event';
is scalar(() = page("view=messages&openid=$johns") =~ /<li /g), 2, 'of one person';
like page('view=messages&day=2020-01-01'), qr{Nothing on this day}, 'another day';
like page('view=messages&day=../../x&openid=%22&before=x&kind=%3Cb'), qr{<option value="&lt;b" selected>&lt;b</option>}, 'nonsense finds nothing';
my ($day) = glob "$state/events/*.jsonl";
my $lines = Kit::read_file($day);
Kit::write_file($day, $lines . join '', map { encode_json({ ToUserName => 'gh', FromUserName => $johns, CreateTime => 1790000000 + $_, MsgType => 'text', Content => "No $_" }) . "\n" } 1 .. 120);
my $first = page('view=messages');
is_deeply [($first =~ /class="said">No (\d+)</g)[0, -1]], [120, 71], 'fifty on a page';
my ($earlier) = $first =~ m{<a href="[^"]*(view=messages&amp;day=[\d-]+&amp;before=\d+)">Earlier</a>};
is_deeply [(page($earlier =~ s/&amp;/&/gr) =~ /class="said">No (\d+)</g)[0, -1]], [70, 21], 'then those before';
Kit::write_file($day, $lines);

# ---- a reply ----

$kit->browser->post("$kit->{sim_url}/console?format=json", { kind => 'text', person => 'john', content => 'Are you there?' });
$kit->forget_asked;
changed(write => 'The message was sent', text => "Yes, we <are>\nhere 你好");
my ($sent) = $kit->asked('/cgi-bin/message/custom/send');
is_deeply $sent->{body}{text}, { content => "Yes, we <are>\nhere 你好" }, 'WeChat was asked to send it' or diag explain $sent;
refused(write => 'Write 1 to 2,047 bytes', text => " \n");
refused(write => 'Write 1 to 2,047 bytes', text => '汉' x 683);
$kit->control(fault_custom => 45015);
like refused(write => '45015', text => 'still there?'), qr{48 hours.*<textarea[^>]*>still there\?</textarea>}s, 'WeChat’s refusal, with what to do, and the text';
$kit->control;
my $stored = Kit::read_file($file);
my $old = time - 49 * 3600;
Kit::write_file($day, '');
Kit::write_file($file, $stored =~ s/"last_seen":\s*\d+/"last_seen":$old/r);
like page("view=person&openid=$johns"), qr{within 48 hours after a person has written}, 'too late: it says why';
Kit::write_file($file, $stored);
$kit->write_conf(%conf, owners => $mine, appid => undef, secret => undef, sign_in => 'message');
like page("view=person&openid=$johns"), qr{appid and secret are not set}, 'without appid and secret: it says so';
$kit->write_conf(%conf, owners => $mine);
Kit::write_file($day, $lines);

# ---- files ----

my $json = $me->get("$url?view=person&openid=$johns&format=json");
like $json->{headers}{'content-disposition'}, qr{^attachment; filename="}, 'all data of a person, as a file';
my $data = decode_json($json->{content});
is_deeply [$data->{user}{note}, scalar @{ $data->{sessions} }, scalar @{ $data->{journal} }], ['pays late', 1, 2], 'members, sessions, the journal';
unlike $json->{content}, qr/generation|[0-9a-f]{64}/, 'and nothing that signs somebody in';
Kit::write_file($file, $stored =~ s/"nickname":\s*"[^"]*"/"nickname":"=1+1,\\"x\\""/r);
my $csv = $me->get("$url?view=people&format=csv");
like $csv->{headers}{'content-type'}, qr{^text/csv; charset=utf-8}, 'everybody as CSV';
like $csv->{content}, qr{\A\xef\xbb\xbfopenid,unionid,nickname,display_name,country,.*,blocked\r\n}, 'with a byte order mark and a header';
like $csv->{content}, qr{^\Q$johns\E,[\w-]+,"'=1\+1,""x""",[^\r\n]*,staff board,pays late,}m, 'a formula is text, quotation marks are doubled, a line end is a blank';
is scalar(() = $csv->{content} =~ /\r\n/g), 3, 'a line each';
Kit::write_file($file, $stored);

# ---- deletion ----

like page("view=person&openid=$johns&ask=delete"), qr{<h1[^>]*>Delete this person\?<.*name="action" value="delete"}s, 'deletion asks first';
ok user($johns), 'and deletes nothing yet';
my $gone = change('person', 'delete', openid => $johns);
like $gone->{content}, qr{role="status">The person was deleted.*1–1 of 1}s, 'deleted: back to the list';
is user($johns), undef, 'the file is gone';
is $john->get('/cgi-bin/validate.cgi')->{status}, 401, 'and the session';
unlike Kit::read_file($day), qr/"FromUserName":"\Q$johns\E"/, 'and what was written';
like page('view=changes'), qr{The person was deleted\.</h2><p><span class="identifier">\Q$johns\E</span>}, 'the record has it';

# ---- the waiting list ----

$kit->write_conf(%conf, owners => $mine, people => 'approved');
my $meimei = $kit->browser;
is $meimei->sign_in('meimei')->{status}, 403, 'a newcomer waits';
my $waiting = page('view=people');
like $waiting, qr{view=people&amp;show=waiting">Waiting for your approval: 1<}, 'which the list says';
my ($theirs) = page('view=people&show=waiting') =~ /name="openid" value="([\w-]+)"/;
like change('people', 'approve', openid => $theirs)->{content}, qr{role="status">The person may sign in now}, 'let in from the list';
is $meimei->sign_in('meimei')->{status}, 200, 'and now comes in';

# ---- many ----

for my $i (0 .. 9_999) {
    my $openid = sprintf 'oMany%05d', $i;
    my $shard = substr sha256_hex($openid), 0, 3;
    mkdir "$state/users/$shard", 0700;
    open my $out, '>', "$state/users/$shard/$openid.json" or die $!;
    chmod 0600, $out;
    printf {$out} '{"openid":"%s","generation":"%s","nickname":"Person %d","first_sign_in":1700000000,"last_sign_in":%d,"sessions":["%s 1700000000"]}', $openid, 'g' x 43, $i, 1700000000 + $i, 'a' x 64;
}
system('chown', '-R', '--reference', $state, "$state/users") == 0 or die if $> == 0;
# Time of the processor: others may be at work on this computer.
my $before = processor();
my $many = decode_utf8($kit->run('owner.cgi', query => 'view=people', before => [Kit::as_server()], environment => { HTTP_COOKIE => 'wx_session=' . $me->cookie('wx_session'), HTTP_ACCEPT_LANGUAGE => 'en' })->{body});
my $took = processor() - $before;
cmp_ok $took, '<', 1 + Kit::slack(), sprintf '10,000 people: a page in %.0f ms', $took * 1000;
like $many, qr{1–50 of 10,?002}, 'of all';
my %seen;
my ($query, $pages) = ('view=people', 0);
while (defined $query && $pages++ < 5) {
    my $text = page($query);
    $seen{$_}++ for $text =~ m{view=person&amp;openid=([\w-]+)"}g;
    ($query) = map {s/&amp;/&/gr} $text =~ m{\?(view=people[^"]*)" rel="next"};
}
is scalar(keys %seen), 250, 'five pages: 250 people';
is scalar(grep { $_ != 1 } values %seen), 0, 'each once';
like page('view=people&q=Person+77'), qr{1–50 of 111.*>Person 7799<.*>Person 7798<}s, 'found among them, those seen last first';
my ($second) = map {s/&amp;/&/gr} page('view=people&q=Person+77') =~ m{\?(view=people[^"]*)" rel="next"};
my ($back) = map {s/&amp;/&/gr} page($second) =~ m{\?(view=people[^"]*)" rel="prev"};
like page($back), qr{1–50 of 111.*>Person 7799<}s, 'and back to the first page';
my $broken = (glob "$state/users/*/oMany00001.json")[0];
Kit::write_file($broken, '{');
like page('view=people'), qr{role="alert">Some are not shown: .* left out: 1, such as .*oMany00001.json.*1–50 of 10001}s, 'a broken file is named, and the others are shown';
done_testing;
