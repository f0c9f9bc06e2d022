# A rolling change: today's programs and those of each earlier version serve one state in turn. Sessions made by one are valid for the
# other, who signs out is signed out for both, no member of a person's file is lost, and a message that WeChat repeats is answered as
# before. `make check-upgrade` builds the earlier version first, from the git history.
use strict;
use warnings;
use utf8;
use Encode qw(decode_utf8);
use JSON::PP;
use Kit;
use Push;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my @versions = map { m{/([\d.]+)/facts\.json$} } glob "$Kit::TOP/tests/upgrade/*/facts.json";
plan skip_all => 'no earlier version is built: make check-upgrade' unless grep { -e "$Kit::BUILD/upgrade/$_/build/cgi-bin/me.cgi" } @versions;

# Settings that 0.1.0 knows.
my %conf = (push_token => $Push::TOKEN, push_mode => 'plain', encoding_aes_key => undef, language => 'en', events_days => 3660, sandbox => undef, outside_wechat => 'direct', %Kit::mini);
my $message = 24000000000000100;

for my $version (@versions) {
    my %programs = (today => $Kit::BUILD, $version => "$Kit::BUILD/upgrade/$version/build");
    next if !-e "$programs{$version}/cgi-bin/me.cgi";
    my $kit = Kit->new(conf => {%conf});
    my ($folder, $state) = ($kit->{folder}, $kit->state_dir);

    # Replaces the programs and the pages, as an owner does by upload: a folder at a time, while Apache runs.
    my $changes = 0;
    my $use = sub {
        my ($which) = @_;
        $changes++;
        system("mkdir $folder/new.$changes && cp $programs{$which}/cgi-bin/*.cgi $folder/new.$changes/ && cp -rH $programs{$which}/html $folder/html.$changes"
            . " && mv $folder/cgi-bin $folder/old.$changes && mv $folder/new.$changes $folder/cgi-bin && rm -rf $folder/wechat-html && mv $folder/html.$changes $folder/wechat-html") == 0 or die $which;
        like `$folder/cgi-bin/me.cgi --version`, $which eq 'today' ? qr/wechat-cgi/ : qr/\Q$version\E/, "now: $which";
    };
    my $asks = sub { my ($token) = @_; return $kit->browser->get('/cgi-bin/validate.cgi', headers => { Authorization => "Bearer $token" }) };
    my $person = sub { my ($openid) = @_; my ($file) = glob "$state/users/*/$openid.json"; return $file ? decode_json(Kit::read_file($file)) : {} };
    my $sign_in = sub { my ($who) = @_; my $browser = $kit->browser; my $page = eval { $browser->sign_in($who, "/cgi-bin/me.cgi") } || { status => 0 }; is $page->{status}, 200, "$who signs in" or diag $kit->log_text; return $browser };
    my $text = sub { my ($content) = @_; return '<xml>' . Push::xml(ToUserName => $Push::ACCOUNT, FromUserName => $Push::USER, CreateTime => time, MsgType => 'text', Content => $content, MsgId => '' . $message++) . '</xml>' };
    my $deliver = sub { my ($xml) = @_; my $answer = $kit->browser->request('POST', '/cgi-bin/wechat.cgi?' . Push::query(), content => $xml, headers => { 'Content-Type' => 'text/xml' }); return "$answer->{status} " . (decode_utf8($answer->{content}) =~ m{<Content><!\[CDATA\[(.*)\]\]>}s ? $1 : '') };
    my $lines = sub { my $all = join '', map { Kit::read_file($_) } glob "$state/events/*.jsonl"; return scalar(() = $all =~ /\n/g) };
    my $leaves = sub { my ($browser) = @_; $browser->post('/cgi-bin/logout.cgi', {}, headers => { 'Sec-Fetch-Site' => 'same-origin' }); return };
    my $xiaoming = 'oSim0001xiaoMing-aBcDeFgHiJk';
    my %session;

    # ---- the earlier version, then today's ----

    $use->($version);
    $session{$_} = $sign_in->('xiaoming') for qw(first second);
    $session{ann} = $sign_in->('ann');
    my $hello = $text->('hello');
    is $deliver->($hello), '200 收到：hello', 'a message';
    $use->('today');
    is $asks->($session{$_}->cookie('wx_session'))->{status}, 200, "$_: signed in" for qw(first second ann);
    is $deliver->($hello), '200 收到：hello', 'the message is repeated';
    is $lines->(), 1, 'and counts once';
    $session{third} = $sign_in->('xiaoming');
    $leaves->($session{second});
    my $named = $session{first}->post('/cgi-bin/me.cgi', { action => 'display_name', display_name => '明明' }, headers => { 'Sec-Fetch-Site' => 'same-origin' });
    is $person->($xiaoming)->{display_name}, '明明', 'a name of one’s own, which the earlier version does not know' or diag $named->{status}, $named->{content};
    my $before = $person->($xiaoming);
    my $bye = $text->('bye');
    is $deliver->($bye), '200 收到：bye', 'another message';
    my $download = $session{ann}->get('/cgi-bin/me.cgi');
    is $download->{status}, 200, 'ann’s page';

    # ---- back ----

    $use->($version);
    is $asks->($session{$_}->cookie('wx_session'))->{status}, 200, "$_: signed in" for qw(first third ann);
    is $asks->($session{second}->cookie('wx_session') // 'A' x 43)->{status}, 401, 'second: signed out';
    is decode_json($asks->($session{third}->cookie('wx_session'))->{content})->{nickname}, '小明', 'who it is';
    is $session{third}->get('/cgi-bin/me.cgi')->{status}, 200, 'the personal page';
    $session{fourth} = $sign_in->('xiaoming');
    $leaves->($session{first});
    is $deliver->($text->('again')), '200 收到：again', 'a message';
    my $after = $person->($xiaoming);
    my %may_change = map { $_ => 1 } qw(sessions last_seen last_sign_in headimgurl);
    is_deeply { map { $_ => $after->{$_} } grep { !$may_change{$_} } keys %$before }, { map { $_ => $before->{$_} } grep { !$may_change{$_} } keys %$before }, 'no member of the person’s file is lost';

    # ---- and forward again ----

    $use->('today');
    is $asks->($session{$_}->cookie('wx_session'))->{status}, 200, "$_: signed in" for qw(third fourth ann);
    is $asks->($session{first}->cookie('wx_session') // 'A' x 43)->{status}, 401, 'first: signed out';
    is decode_json($asks->($session{fourth}->cookie('wx_session'))->{content})->{name}, '明明', 'the name of one’s own';
    is $lines->(), 3, 'each message is in the journal once';
    $sign_in->('xiaoming');
    my $log = $kit->log_text;
    is join('', $log =~ /^.*kind=(?:system|config).*\n/mg), '', 'no error in the log';

    # ---- a sign-in that was begun under the other version ----

    for my $pair ([$version, 'today'], ['today', $version]) {
        my ($from, $to) = @$pair;
        $use->($from);
        my $browser = $kit->browser;
        my $consent = $browser->follow($browser->get('/cgi-bin/login.cgi?again=1'));
        my ($ticket) = $consent->{content} =~ /ticket=(\w+)/;
        $use->($to);
        my $back = $browser->get("$kit->{sim_url}/connect/confirm?ticket=$ticket&person=xiaoming");
        my $page = $browser->follow($back, stop => qr{/connect/});
        my $began = $page->{status} == 200 || $page->{stopped} || $page->{content} =~ m{login\.cgi};
        ok $began, "a sign-in from $from to $to: signed in, begun anew, or a page with a link to begin" or diag "$page->{status} $page->{content}";
        note "$from to $to: ", $page->{stopped} ? 'begins anew by itself' : $page->{status} == 200 ? 'signed in' : "a page that says so ($page->{status})";
    }
}
done_testing;
