# Accidents on shared hosts: a wrong state folder, wrong settings, a wrong clock, missing pages, data of another version of
# the kit. In each case: a true answer in the visitor's language, one line in the log that says what to do, nothing lost,
# nothing else touched; and everything works again after the repair.
# weight: 1
use strict;
use warnings;
use utf8;
use Encode qw(decode_utf8);
use Hard qw(row);
use JSON::PP;
use Paths;
use State;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $site = Paths->new(unprivileged => 1);
my $folder = $site->{kit}{folder};
my $state = $site->{state};
my ($accidents, $fell) = (0, 0);
END { local $?; system "umount '$folder/full' 2>/dev/null" if defined $folder && $> == 0 }

# ---- the requests, and the answers expected ----

my %words;
for my $language (qw(en zh_CN zh_TW)) {
    $words{$language} = { decode_utf8(Kit::read_file("$folder/wechat-html/words/$language.txt")) =~ /^(\S+) = (.*)$/mg };
}
my %accept = (en => 'en-GB,en;q=0.8', zh_CN => 'zh-CN', zh_TW => 'zh-TW,zh;q=0.5');

# The request as a browser sends it that prefers a language.
sub in_language {
    my ($language, $request) = @_;
    return { %$request, environment => { %{ $request->{environment} || {} }, HTTP_ACCEPT_LANGUAGE => $accept{$language} } };
}

# The requests to try. Those that need a started sign-in are prepared before the accident.
sub requests {
    my $cookie = "$Paths::SESSION=$site->{other}";
    return (
        me => { program => 'me.cgi', cookie => $cookie },
        validate => { program => 'validate.cgi', cookie => $cookie },
        login => { program => 'login.cgi' },
        signin => $site->begin('xiaoming'),
        push => Paths::push_request($site, MsgType => 'text', Content => 'hello', MsgId => ++$site->{messages} . '77'),
        signout => { program => 'logout.cgi', cookie => $cookie, stdin => '', environment => { HTTP_SEC_FETCH_SITE => 'same-origin' } },
    );
}

# What differs from the expectation, a line each. expected: a status, then, for pages, the kind of error that the page must
# name, or "plain" for the plain-text page used when no page can be built.
sub wrong_with {
    my ($name, $request, $expected, $log, $language) = @_;
    my ($status, $kind) = split / /, $expected;
    my $answer = $site->run(in_language($language, $request));
    my $body = decode_utf8($answer->{body} || '');
    my @wrong;
    push @wrong, "status " . ($answer->{status} || "none (signal $answer->{signal})") . ", not $status" if ($answer->{status} || 0) ne $status;
    my $says = !defined $kind ? '' : $kind eq 'plain' ? 'This ' : $words{$language}{"error.$kind"};
    push @wrong, "the page does not say “$says”: " . substr $body, 0, 200 if index($body, $says) < 0;
    push @wrong, 'not in plain text and both languages' if ($kind || '') eq 'plain' && ($body !~ /^这个网站/ || $answer->{headers}{'content-type'}[0] !~ m{^text/plain});
    push @wrong, "not JSON: $body" if $name eq 'validate' && !eval { decode_json($answer->{body}) };
    my @lines = split /\n/, $answer->{error};
    if ($status =~ /^5/) {
        push @wrong, scalar(@lines) . " lines in the log: $answer->{error}" if @lines != 1;
        push @wrong, "the log does not say what to do: $answer->{error}" if $answer->{error} !~ $log;
        push @wrong, 'the visitor sees details meant for the log' if index($body, $folder) >= 0;
    }
    return map {"$name ($language): $_"} @wrong;
}

# Files of the site that are not state.
sub outside {
    return (map({ $_ => Kit::read_file("$folder/$_") } qw(wechat.conf replies.json)), map({ my $part = $_; map {"$part/$_"} State::texts("$folder/$part") } qw(wechat-html www)),
        entries => join ' ', grep { !/^(?:stdin|stdout|stderr)\./ } map {s{.*/}{}r} glob "$folder/*");
}

# Makes an accident, sends the requests, repairs it, and checks that all is as before. expect: the answer to each request.
sub accident {
    my ($name, %what) = @_;
    $site->bring_back('first');
    my %request = requests();
    my %outside = outside();
    my %before = State::texts($state);
    $what{make}->();
    my @wrong;
    for my $ask (grep { $what{expect}{$_} } qw(me validate login signin push signout)) {
        # A request that can be repeated is sent in each language.
        for my $language ($ask eq 'me' ? qw(zh_TW en zh_CN) : 'en') {
            push @wrong, wrong_with($ask, $request{$ask}, $what{expect}{$ask}, $what{log} || qr/^\0/, $language);
        }
    }
    $what{mend}->();
    my %now = State::texts($state);
    push @wrong, map {"repaired: $_ is not as it was"} grep { ($now{$_} || '') ne $before{$_} && !m{^(?:events|errors)/|^tallies$} && !($what{expect}{signout} && $what{expect}{signout} eq '303') } sort keys %before;
    push @wrong, map {"repaired: $_"} State::wrongs($state);
    my %after = outside();
    push @wrong, map {"$_ was changed"} grep { ($after{$_} || '') ne $outside{$_} } sort keys %outside;
    push @wrong, map {"repaired: John: $_"} Paths::signed_in($site, $site->{other}) unless ($what{expect}{signout} || '') eq '303';
    push @wrong, eval { Paths::signed_in($site, $site->sign_in('meimei')) } || ($@ ? "repaired: $@" : ());
    push @wrong, Paths::status_is($site->run($request{push}), 200);
    is_deeply \@wrong, [], $name;
    $accidents++;
    $fell += @wrong > 0;
    return;
}

my %broken = (me => '503 system', validate => '503', login => '303', signin => '503 system', push => '500', signout => '503 system');
sub shell { my ($command) = @_; system('sh', '-c', $command) == 0 or die "$command: $?"; return }

# ---- the state folder ----

accident('no state folder: it is created',
    expect => { me => '303', validate => '401', login => '303', signin => '303', push => '200' },
    make => sub { rename $state, "$folder/aside" or die $! },
    mend => sub { shell("rm -rf '$state' && mv '$folder/aside' '$state'") });

accident('read-only', log => qr/kind=system .*state_dir: .*Permission denied: the user that the programs run as has to be allowed to \(chown, chmod\)$/,
    expect => { %broken, me => '200', validate => '200' },
    make => sub { shell("chmod -R a-w '$state'") },
    mend => sub { shell("chmod -R u+w '$state'") });

for my $part ('', '/sessions', '/users') {
    accident("others may write into it: state$part", log => qr/kind=system .*\S+ is open to others: chmod 700 it$/,
        expect => { me => '503 system', validate => '503', signout => '503 system', login => '303', $part eq '' ? (signin => '503 system', push => '500') : () },
        make => sub { chmod 0777, "$state$part" or die $! },
        mend => sub { chmod 0700, "$state$part" or die $! });
}

accident('a symbolic link', log => qr/kind=system .*wechat-state: Not a directory: a folder has to be there itself, no file and no symbolic link$/,
    expect => \%broken,
    make => sub { rename $state, "$folder/real" or die $!; symlink "$folder/real", $state or die $! },
    mend => sub { unlink $state; rename "$folder/real", $state or die $! });

accident('a symbolic link inside', log => qr/kind=system .*: Not a directory: a folder has to be there itself/,
    expect => { me => '503 system', validate => '503', signout => '503 system' },
    make => sub { rename "$state/sessions", "$folder/real" or die $!; symlink "$folder/real", "$state/sessions" or die $! },
    mend => sub { unlink "$state/sessions"; rename "$folder/real", "$state/sessions" or die $! });

SKIP: {
    skip 'another owner: only root can give files away', 2 if $> != 0;
    my ($nobody) = (getpwnam 'nobody')[2];
    accident('another owner', log => qr/kind=system .*wechat-state: Permission denied: the user that the programs run as has to be allowed/,
        expect => \%broken, make => sub { chown 0, -1, $state }, mend => sub { chown $nobody, -1, $state });
    accident('another owner, and open', log => qr/kind=system .*wechat-state belongs to another user: make it your own \(chown\)$/,
        expect => \%broken, make => sub { chown 0, -1, $state; chmod 0755, $state }, mend => sub { chown $nobody, -1, $state; chmod 0700, $state });
}

# A place where the folder cannot be created.
accident('cannot be made', log => qr{kind=system .*/closed/wechat-state (?:is missing and cannot be made|cannot be made: Permission denied): make it yourself, for the user that the programs run as, chmod 700$},
    expect => \%broken,
    make => sub {
        mkdir "$folder/closed"; chmod 0555, "$folder/closed";
        $site->write_conf(state_dir => "$folder/closed/wechat-state");
    },
    mend => sub { rmdir "$folder/closed"; $site->write_conf });

# ---- no room ----

my %full = (%broken, me => '200', validate => '200', signout => '303');
SKIP: {
    mkdir "$folder/full";
    skip 'a full disk: only root can mount one, and not everywhere', 1
        if $> != 0 || system("mount -t tmpfs -o size=512k,mode=700,uid=nobody tmpfs '$folder/full' 2>/dev/null") != 0;
    accident('a full disk', log => qr/kind=system .*state_dir: .*No space left on device: make room$/,
        expect => \%full,
        make => sub {
            shell("cp -a '$state/.' '$folder/full/' && { head -c 1000000 /dev/zero >'$folder/full/fill' 2>/dev/null || true; }");
            $site->write_conf(state_dir => "$folder/full");
        },
        mend => sub {
            # Once there is room again, the same disk works too.
            unlink "$folder/full/fill";
            is_deeply [State::wrongs("$folder/full")], [], 'a full disk: no half files on it';
            is_deeply [Paths::signed_in($site, $site->sign_in('xiaoming'))], [], 'a full disk: with room again a sign-in works';
            $site->write_conf;
        });
    system('umount', "$folder/full");
}
rmdir "$folder/full";

{
    my $run = $site->can('run');
    my $limited = sub {
        my ($self, $request) = @_;
        # The answer and the log go through pipes, to which the limit does not apply.
        return $run->($self, { %$request, before => ['sh', '-c', '{ prlimit --fsize=16 -- "$@" 2>&1 1>&3 | cat >&2; } 3>&1 | cat', 'sh'] });
    };
    no warnings 'redefine';
    accident('files may not grow', log => qr/kind=system .*state_dir: .*File too large: the host limits the size of files \(ulimit -f\)$/,
        expect => \%full, make => sub { *Paths::run = $limited }, mend => sub { *Paths::run = $run });
}

# ---- the settings ----

my %unset = (me => '500 config', validate => '503', login => '500 config', signin => '500 config', push => '500', signout => '500 config');
my $conf = "$folder/wechat.conf";
accident('settings that others can read', log => qr/kind=config .*wechat\.conf can be read by others: chmod 600 it$/,
    expect => \%unset, make => sub { chmod 0644, $conf }, mend => sub { chmod 0600, $conf });
accident('no settings', log => qr/kind=config .*wechat\.conf: No such file or directory/,
    expect => \%unset, make => sub { rename $conf, "$conf.aside" }, mend => sub { rename "$conf.aside", $conf });
accident('a folder in place of the settings', log => qr/kind=config .*wechat\.conf: not a small regular file$/,
    expect => \%unset, make => sub { rename $conf, "$conf.aside"; mkdir $conf, 0700; chown((stat "$conf.aside")[4, 5], $conf) if $> == 0 }, mend => sub { rmdir $conf; rename "$conf.aside", $conf });
accident('empty settings', log => qr/kind=config .*wechat\.conf: appid is not set/,
    expect => \%unset, make => sub { rename $conf, "$conf.aside"; $site->{kit}->write_conf_text('') }, mend => sub { rename "$conf.aside", $conf });

# ---- the pages ----

my $html = "$folder/wechat-html";
my %works = (validate => '200', login => '303', signin => '303', push => '200');
accident('no pages', log => qr/kind=config .*me\.html: No such file or directory: see html_dir$/,
    expect => { %works, me => '500 plain' }, make => sub { rename $html, "$html.aside" }, mend => sub { rename "$html.aside", $html });
accident('one page is missing', log => qr/kind=config .*me\.html: No such file or directory: see html_dir$/,
    expect => { %works, me => '500 config' }, make => sub { rename "$html/me.html", "$folder/me.aside" }, mend => sub { rename "$folder/me.aside", "$html/me.html" });
accident('no words', log => qr{kind=config .*words/[a-zA-Z_]+\.txt: No such file or directory: see html_dir$},
    expect => { %works, me => '500 plain' }, make => sub { rename "$html/words", "$html/aside" }, mend => sub { rename "$html/aside", "$html/words" });
accident('broken words', log => qr/kind=config .*page: no word me\./,
    expect => { %works, me => '500 plain' }, make => sub { shell("cp -a '$html/words' '$html/aside'"); Kit::write_file($_, '') for glob "$html/words/*" },
    mend => sub { shell("rm -rf '$html/words' && mv '$html/aside' '$html/words'") });

# ---- the clock ----

# Runs $code with the programs' clock set to another time, in the notation of faketime(1).
sub at {
    my ($when, $code) = @_;
    local $site->{as} = [@{ $site->{as} }, 'faketime', '-f', $when];
    return $code->();
}

# John's session is valid, not yet valid, or expired at that time; a new sign-in is valid there.
sub clock {
    my ($when, $status) = @_;
    my $now = `faketime -f '$when' date +%s`;
    $site->bring_back('first');
    my %before = State::texts($state);
    my %request = requests();
    my @wrong;
    my $wait = sub { my ($what, $got, $wanted) = @_; push @wrong, "$what: $got, not $wanted" if $got ne $wanted };
    at($when, sub {
        $wait->('validate.cgi', $site->status_of($site->{other}), $status);
        $wait->('me.cgi', $site->run($request{me})->{status}, $status eq '200' ? '200' : '303');
        my $push = $site->run($request{push});
        $wait->('a push', $push->{status}, '403');
        push @wrong, "the log does not name the clock: $push->{error}" if $push->{error} !~ /^wechat-cgi: .*this host's clock: the clock is off.*\n\z/;
    });
    my %now = State::texts($state);
    push @wrong, map {"$_ changed"} grep { ($now{$_} || '') ne ($before{$_} || '') } sort keys %{ { %before, %now } };
    push @wrong, map {"the clock is right again: $_"} Paths::signed_in($site, $site->{other});
    my $token;
    at($when, sub {
        $token = $site->sign_in('xiaoming');
        push @wrong, Paths::signed_in($site, $token);
        my $query = Push::query(time => $now + 0);
        # WeChat's timestamps have 10 digits, so they start in 2001.
        $wait->('a push of that time', $site->run({ %{ $request{push} }, query => $query })->{status}, $now < 1_000_000_000 ? '403' : '200');
    });
    push @wrong, State::wrongs($state);
    # With the right clock again, a session from the future or one that has expired is refused without an error.
    $wait->('and back', $site->status_of($token), $when =~ /^[+]|2038|2106|1970/ ? '401' : '200');
    is_deeply \@wrong, [], "the clock says $when";
    $accidents++;
    $fell += @wrong > 0;
    return;
}
SKIP: {
    my $why = Kit::no_other_clock("$folder/cgi-bin/callback.cgi");
    skip $why, 5 if $why;
    clock(@$_) for ['+1d', 200], ['-1d', 401], ['@1970-01-02 00:00:00', 401], ['@2038-01-20 00:00:00', 401], ['@2106-02-08 00:00:00', 401];
}

# ---- another version of the kit was here ----

# The path of John's session record.
sub johns_record {
    my %texts = State::texts($state);
    return first_of(sub { $_[0] =~ m{^sessions/} && (State::parse_record($texts{ $_[0] })->{fields}{openid} || '') =~ /john/i }, sort keys %texts);
}
sub first_of { my ($test, @list) = @_; for (@list) { return $_ if $test->($_) } return }

$site->bring_back('first');
my $record = johns_record();
my $old = Kit::read_file("$state/$record");
accident('a record of a later version', log => qr/kind=system .*store: a record of another version of these programs: put that version back/,
    expect => { me => '503 system', validate => '503', login => '303', signin => '303', push => '200', signout => '503 system' },
    make => sub {
        my ($rest) = $old =~ /\Awxstore1 (.*)/s;
        my ($head, $form) = $rest =~ /\A(\d+ \d+ \d+) [0-9a-f]{64}\n(.*)\z/s;
        my $stamp = (stat "$state/$record")[9];
        Kit::write_file("$state/$record", "wxstore2 $head " . Digest::SHA::sha256_hex("wxstore2 $head $form") . "\n$form");
        utime $stamp, $stamp, "$state/$record";
    },
    mend => sub {
        my ($shard) = $record =~ m{/([0-9a-f]{3})/};
        is $site->run({ program => 'sweep', arguments => [$state, $shard] })->{bytes}, "swept\n", 'a sweep runs';
        like Kit::read_file("$state/$record"), qr/\Awxstore2 /, 'and leaves it';
        Kit::write_file("$state/$record", $old);
    });
{
    $site->bring_back('first');
    Kit::write_file("$state/$record", $old =~ s/^wxstore1/wxstore2/r);
    my $request = $site->begin('john');
    $request->{cookie} .= "; $Paths::SESSION=$site->{other}";
    my $token = Paths::token_of($site->run($request)) || '';
    is $site->status_of($token), '200', 'a browser with that session can sign in again';
}

{
    $site->bring_back('first');
    $site->sign_in('xiaoming');
    my ($file) = glob "$state/users/*/$Paths::ME.json";
    my $later = '"level":{"name":"gold","since":[1,{"a":null}]},"flags":[true,false],"none":null';
    Kit::write_file($file, Kit::read_file($file) =~ s/\}\z/,$later}/r);
    $site->sign_in('xiaoming');
    my $push = Paths::push_request($site, FromUserName => $Paths::ME, MsgType => 'event', Event => 'CLICK', EventKey => 'a');
    is $site->run($push)->{status}, '200', 'a push changes the user';
    like Kit::read_file($file), qr/\Q$later\E/, 'members of a later version survive a sign-in and a push';
    is_deeply [State::wrongs($state)], [], 'and it is a user';

    mkdir "$state/invitations", 0700;
    my $ticket = "$state/invitations/ab";
    Kit::write_file($ticket, 'of a later version', 0600);
    $site->sign_in('meimei');
    is Kit::read_file($ticket), 'of a later version', 'a folder of a later version is left alone';

    my $request = $site->begin('xiaoming');
    my $cookie = $request->{cookie} =~ s/^(wx_signin=)v\d+\./$1v0./r;
    isnt $cookie, $request->{cookie}, 'a cookie holds its version';
    my $answer = $site->run({ %$request, cookie => $cookie });
    is $answer->{status}, '303', 'the cookie of a sign-in that began under another version';
    like $answer->{headers}{location}[0], qr{^\Q$site->{kit}{sim_url}\E/connect/}, 'starts again';
    for my $cookie ('0' x 32, 'f' x 64, 'v3.' . 'x' x 43, '') {
        is $site->status_of($cookie), '401', "a session of another version: “$cookie”";
        is $site->run({ program => 'me.cgi', cookie => "$Paths::SESSION=$cookie" })->{status}, '303', 'leads to a new sign-in';
    }
}

row('accidents of hosts', $accidents, $fell);
done_testing;
