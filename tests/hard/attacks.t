#!/usr/bin/env perl
# Attacks that no other test makes. Also checks that the table in tests/README.md names, for each threat, tests that exist.
# A browser's own parsers are the judges: Node.js for URLs, Chromium for cookies.
# weight: 6
use strict;
use warnings;
use Hard qw(is_long seconds row);
use JSON::PP;
use Kit;
use List::Util qw(sum);
use Test::More;
use Time::HiRes qw(time);

my $kit = Kit->new;
my $json = JSON::PP->new->canonical->latin1;

# ---- the table of the threats ----

my %proofs;
for my $line (split /\n/, Kit::read_file("$Kit::TOP/tests/README.md")) {
    my ($number, $rest) = $line =~ /^\| (\d+) \| [^|]+ \| (.*) \|$/ or next;
    $proofs{$number} = $rest;
    my @proofs = $rest =~ /`([^`]+)`: “([^”]+)”/g;
    ok @proofs >= 2, "threat $number names a test";
    while (my ($file, $assertion) = splice @proofs, 0, 2) {
        my $text = Kit::read_file("$Kit::TOP/tests/$file");
        # Only the table's quoted names are searched for, so that this file does not match itself.
        ok index($text, $assertion) >= 0, "threat $number: $file has “$assertion”";
    }
}
is_deeply [grep { !$proofs{$_} } 1 .. 24, 27 .. 30, 35 .. 41], [], 'the table has every threat';

# ---- 4 and 5: where an answer sends a browser ----

# Signs a person in; returns the address that the browser is finally redirected to.
sub land {
    my ($next) = @_;
    $next =~ s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ge;
    my $browser = $kit->browser;
    my $callback = $browser->callback_url("/cgi-bin/login.cgi?scope=snsapi_base&next=$next") or return '';
    return $browser->get($callback)->{location};
}
my @vectors = ('/', '/a?b#c', '//evil.example', '/\\evil.example', '\\\\evil.example', "/\t/evil.example", "/\n/evil.example", '/%09/evil.example',
    '/%2f%2fevil.example', '/%5cevil.example', '/.//evil.example', '/..//evil.example', '/;@evil.example', '/@evil.example', '///evil.example',
    'https:evil.example', 'https:/evil.example', 'javascript:alert(1)', 'data:text/html,x', "\x{01}//evil.example", '/a/../..//evil.example',
    '?//evil.example', '#//evil.example', '/%0d%0aLocation:%20//evil.example', '//evil.example@127.0.0.1/', '/[::1]', "/\xe3\x80\x82evil.example",
    'http://127.0.0.1.evil.example/', '.evil.example', ':80@evil.example/', '@evil.example', '/ /evil.example', '/' . 'a' x 1990 . '//evil.example');
my @landed = map { land($_) } @vectors;
is scalar(grep { defined && length } @landed), scalar @vectors, '4: each sign-in lands somewhere';
is scalar(grep { $_ eq "$kit->{site_url}/a?b#c" } @landed), 1, '4: one lands on a page of the site';

my (%answers, %statuses);
Kit::write_file("$kit->{folder}/attack.conf", Kit::read_file("$kit->{folder}/wechat.conf") . "state_dir = $kit->{folder}/attack-state\n", 0600);
for my $program (map { s{.*/}{}r } glob "$Kit::BUILD/cgi-bin/*.cgi") {
    for my $method (qw(GET POST HEAD OPTIONS DELETE)) {
        for my $query ($method =~ /^[OD]/ ? '' : ('', 'live=1', 'next=//evil.example', 'dev=http://evil.example/', "a=%0d%0aSet-Cookie:x=y", 'a=%zz', 'code=x&state=y', 'echostr=<b>', 'wait=1', 'format=json')) {
            my $answer = $kit->run($program, query => $query, $method eq 'POST' ? (stdin => 'action=forget&code=x') : (),
                environment => { REQUEST_METHOD => $method, WECHAT_CONF => "$kit->{folder}/attack.conf" });
            $statuses{ $answer->{status} || 0 }++;
            push @{ $answers{ $answer->{broken} ? 'broken' : 'whole' } }, "$program $method $query";
            push @landed, @{ $answer->{headers}{location} || [] };
        }
    }
}
is_deeply $answers{broken}, undef, '5: each answer is CGI by its strict grammar, with a status and an absolute Location';
cmp_ok scalar @{ $answers{whole} }, '>=', 300, '5: of many';
is_deeply [grep { !$statuses{$_} } 200, 303, 400, 401, 405], [], '5: with every status' or diag explain \%statuses;
cmp_ok $statuses{500} || 0, '<', 100, '5: and few because a setting is missing';

sub node {
    my ($script, @input) = @_;
    my $file = "$kit->{folder}/input.json";
    Kit::write_file($file, $json->encode(\@input));
    open my $out, '-|', 'node', '--input-type=module', '-e', $script, $file or die "node: $!";
    local $/;
    my $text = <$out>;
    close $out or die "node failed\n";
    return decode_json($text);
}
# Resolves each value against the program's address, as a browser does.
my $origins = node('import { readFileSync } from "node:fs"; const list = JSON.parse(readFileSync(process.argv[1], "utf8"));
    console.log(JSON.stringify(list.map((to) => { try { return new URL(to, "http://site.example/cgi-bin/callback.cgi").origin; } catch { return "none"; } })));', @landed);
my %allowed = map { $_ => 1 } $kit->{site_url}, $kit->{sim_url};
my @left = grep { !$allowed{ $origins->[$_] } } 0 .. $#landed;
is_deeply [map { "$landed[$_]: $origins->[$_]" } @left], [], '4: by the browser\'s URL parser every Location is the site or WeChat';
row('Location headers judged by a browser\'s URL parser', scalar @landed, scalar @left);

if (is_long()) {
    my ($rounds, $failed) = (10, 0);
    for my $round (1 .. $rounds) {
        local @ENV{qw(NEXT_COUNT NEXT_SEED)} = (1_000_000, 1000 + $round);
        $failed++ if system("node $Kit::TOP/tests/unit/tools/next.mjs $Kit::BUILD/tests/unit/tools/is-local >/dev/null") != 0
            || `NEXT_COUNT=1000 NEXT_SEED=1 node $Kit::TOP/tests/unit/tools/next.mjs $Kit::BUILD/tests/unit/tools/is-local` =~ /^not ok/m;
    }
    is $failed, 0, '4: of 10,000,000 generated strings none that is taken leaves the site';
    row('generated next values', $rounds * 1_000_000, $failed);
}

# ---- a session, and the programs on it without a web server ----

my $browser = $kit->browser;
my $consent = $browser->follow($browser->get('/cgi-bin/login.cgi?next=/cgi-bin/validate.cgi&scope=snsapi_userinfo'));
my ($link) = $consent->{content} =~ m{href="([^"]*person=xiaoming[^"]*)"};
$link = ($link =~ s/&amp;/&/gr) =~ s{^/}{$kit->{sim_url}/}r;
is $browser->follow($browser->get($link))->{status}, 200, 'somebody is signed in';
my $token = $browser->cookie('wx_session');

# ---- 10: the environment ----

{
    my %hostile = (map({ ($_ => 'http://127.0.0.1:1', uc, 'http://127.0.0.1:1') } qw(http_proxy https_proxy all_proxy ftp_proxy)), HTTP_PROXY => 'http://127.0.0.1:1',
        no_proxy => '', SSL_CERT_FILE => '/dev/null', SSL_CERT_DIR => '/nowhere', CURL_CA_BUNDLE => '/dev/null', CURL_HOME => '/nowhere', CURL_SSL_BACKEND => 'x',
        OPENSSL_CONF => '/dev/null', SSLKEYLOGFILE => "$kit->{folder}/keys", LOCALDOMAIN => 'evil.example', RES_OPTIONS => 'ndots:15',
        HOSTALIASES => '/nowhere', MALLOC_TRACE => "$kit->{folder}/malloc", TZ => 'Nowhere', LANG => 'x', LC_ALL => 'x', HOME => '/nowhere', LD_BIND_NOW => '1', LD_LIBRARY_PATH => '/nowhere');
    $kit->forget_asked;
    my $login = $kit->browser;
    my ($query) = $login->callback_url =~ /\?(.*)/;
    my $answer = as_owner('callback.cgi', query => $query, environment => { %hostile, HTTP_COOKIE => 'wx_signin=' . $login->cookie('wx_signin') });
    is $answer->{status}, 303, '10: signed in by a callback in a hostile environment';
    is scalar($kit->asked('/sns/oauth2/access_token')), 1, '10: and WeChat itself was asked';
    is_deeply [grep { -e "$kit->{folder}/$_" } qw(keys malloc)], [], '10: nothing was written where the environment said';
}

# Runs a program as the owner of the state folder, which is nobody if the test runs as root.
sub as_owner {
    my ($program, %option) = @_;
    my @before = @{ $option{before} || [] };
    unshift @before, 'setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups' if $> == 0;
    return $kit->run($program, %option, before => \@before);
}

# ---- 20: the clock ----

SKIP: {
    my $why = Kit::no_other_clock("$kit->{folder}/cgi-bin/validate.cgi");
    skip $why, 1 if $why;
    my %status = map {
        $_ => as_owner('validate.cgi', environment => { HTTP_COOKIE => "wx_session=$token" }, before => ['faketime', '-f', $_])->{status} || 0
    } '+0', '+1d', '+8d', '-1d', '@1970-01-02 00:00:00', '@2038-01-20 00:00:00', '@2106-02-08 00:00:00';
    is_deeply \%status, { '+0' => 200, '+1d' => 200, map { $_ => 401 } '+8d', '-1d', '@1970-01-02 00:00:00', '@2038-01-20 00:00:00', '@2106-02-08 00:00:00' },
        '20: a session is valid only between its start and its end';
}

# ---- 21: flooding ----

{
    my $size = sub { my $sum = 0; $sum += -s $_ for $kit->state_files; $sum };
    my ($files, $bytes) = (scalar($kit->state_files), $size->());
    my ($asked, $end) = (0, time + seconds(2) / 4);
    my $wanted = is_long() ? 100_000 : 500;
    while ($asked < $wanted && time < $end + 600) {
        my $seconds = is_long() ? 20 : 1;
        my $text = `wrk -t1 -c16 -d${seconds}s '$kit->{site_url}/cgi-bin/login.cgi?next=/a'`;
        my ($count) = $text =~ m{(\d+) requests in} or last;
        $asked += $count;
    }
    cmp_ok $asked, '>=', $wanted, "21: login.cgi asked many times";
    is scalar($kit->state_files), $files, '21: login.cgi adds no file, however often it is asked';
    is $size->(), $bytes, '21: and no byte';
    row('requests to login.cgi, bytes that they left', $asked, $size->() == $bytes ? 0 : 1);
}

# ---- 8: cookies, judged by Chromium ----

{
    my $name = '__Host-wx_session';
    $kit->write_conf(site_url => 'https://www.example.com');
    my $input = $json->encode({ token => $token, name => $name });
    open my $out, '-|', 'node', "$Kit::TOP/tests/hard/cookies.mjs", $input or die "node: $!";
    my ($tried, $active, @wrong) = (0, 0);
    while (my $line = <$out>) {
        my $case = decode_json($line);
        my $answer = as_owner('validate.cgi', environment => { HTTP_COOKIE => length $case->{sent} ? $case->{sent} : undef });
        my @ours = grep { $_->{name} eq $name } @{ $case->{jar} };
        my $ours = @ours == 1 && $ours[0]{value} eq $token ? 200 : 401;
        push @wrong, $line if ($answer->{status} || 0) != $ours;
        $active++ if $ours == 200;
        $tried++;
    }
    ok close $out, '8: Chromium was asked';
    cmp_ok $tried, '>=', 50, '8: in many ways';
    cmp_ok $active, '>=', 4, '8: the cookie itself is taken';
    cmp_ok $active, '<=', $tried / 2, '8: and many are look-alikes';
    is_deeply \@wrong, [], '8: signed in only with the one cookie that has exactly that name in Chromium';
    row('cookie look-alikes judged by Chromium', $tried, scalar @wrong);
}
done_testing;
