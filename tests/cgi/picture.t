#!/usr/bin/env perl
# wechat-picture.cgi, as me.cgi runs it: what it makes of pictures, and how little it can do meanwhile; and me.cgi where it cannot
# be run. server/picture.t has the rest.
use strict;
use warnings;
use Compress::Zlib qw(compress);
use Kit;
use MIME::Base64 qw(encode_base64url);
use Picture;
use State;
use Test::More;

my $kit = Kit->new(stopped => 1, conf => { language => 'en', list => '', sandbox => 'off' });
my %alone = (GATEWAY_INTERFACE => undef, WECHAT_LOCAL => 1);
my $good = Picture::png(40, 30);

# ---- what it says ----

my ($word, $made, $answer) = Picture::make($kit, $good);
is $word, 'good', 'a picture: good';
is_deeply [Picture::size_of($made)], [30, 30], 'and a square of it';
is $answer->{error}, '', 'without a line in the log';
is +(Picture::make($kit, 'GIF89a'))[0], 'other', 'another kind of picture';
is +(Picture::make($kit, ''))[0], 'other', 'nothing';
is +(Picture::make($kit, substr $good, 0, -30))[0], 'damaged', 'a damaged one';
is +(Picture::make($kit, Picture::png_of(30_000, 30_000, compress('x'))))[0], 'large', 'one that is too large';
for my $row (['not base64url', 'abc+', qr/stdin: not base64url/], ['a NUL', "ab\0cd", qr/stdin: not base64url/], ['too much', 'x' x (2 * 1024 * 1024), qr/stdin: more than 2097152 bytes/]) {
    my ($name, $stdin, $line) = @$row;
    my $refused = $kit->run('wechat-picture.cgi', stdin => $stdin, environment => {%alone});
    is_deeply [$refused->{exit}, $refused->{bytes}], [1, ''], "$name: no answer";
    like $refused->{error}, qr/^wechat-cgi: wechat-picture\.cgi client=- .*$line/, "$name: a line in the log";
}

# A progressive JPEG is in memory as a whole, and each scan is a walk over it.
my $jpeg = Picture::jpeg($kit, $good);
my ($frame) = $jpeg =~ /(\xff\xc0\0\x11\x08.{14})/s;
my $huge = $jpeg =~ s/\Q$frame\E/"\xff\xc2\0\x11\x08" . pack('nn', 5000, 5000) . substr $frame, 9/ser;
my $times = sub { my @times = times; return $times[2] + $times[3] };
my $before = $times->();
isnt +(Picture::make($kit, $huge . substr($jpeg, index($jpeg, "\xff\xda")) x 200))[0], 'good', 'a progressive JPEG with 200 scans of 25 million pixels';
cmp_ok $times->() - $before, '<', 5 + Kit::slack(), 'costs less than five seconds';

# ---- what it can do ----

SKIP: {
    skip 'this build has no sandbox', 1 if $Kit::BUILD =~ m{/(?:sanitize|valgrind|coverage)(?:/|$)};
    my $trace = "$kit->{folder}/trace";
    my $traced = $kit->run('wechat-picture.cgi', stdin => encode_base64url($good), environment => {%alone}, before => ['strace', '-f', '-o', $trace]);
    like $traced->{bytes}, qr/^good\n/, 'with sandbox = off in the settings';
    my $calls = Kit::read_file($trace);
    unlike $calls, qr/wechat\.conf|wechat-state|wechat-html/, 'it does not look for settings, state and pages';
    my ($later) = $calls =~ /PR_SET_SECCOMP, SECCOMP_MODE_FILTER.* = 0\n(.*)/s;
    ok $later, 'it enters its sandbox';
    my %made = map { $_ => 1 } ($later // 'nothing') =~ /^\d+ +(\w+)\(/mg;
    is_deeply [grep { !/^(?:read|write|writev|mmap|munmap|mremap|mprotect|brk|madvise|futex|exit_group)$/ } sort keys %made], [], 'and then opens nothing, and calls nobody';
    like $calls, qr/RLIMIT_AS, \{rlim_cur=262144\*1024/, 'with a limit of memory';
    like $calls, qr/RLIMIT_CPU, \{rlim_cur=5/, 'and of time';
    my $refused = $kit->run('wechat-picture.cgi', stdin => encode_base64url($good), environment => {%alone}, before => ['strace', '-f', '-o', '/dev/null', '-e', 'inject=prctl:error=EINVAL']);
    is_deeply [$refused->{exit}, $refused->{bytes}], [1, ''], 'on a host without seccomp it reads nothing';
    like $refused->{error}, qr/this kernel has no seccomp filter/, 'and says so';
}

# ---- me.cgi without it ----

my $dir = $kit->state_dir;
mkdir $dir, 0700;
my $token = State::plant($dir, 'oPicture', { nickname => 'Ann' }, {});
sub send_picture {
    my ($body, $type) = Picture::form(action => 'picture', picture => ['me.png', 'image/png', $good]);
    return $kit->run('me.cgi', stdin => $body, environment => { HTTP_COOKIE => "wx_session=$token", HTTP_SEC_FETCH_SITE => 'same-origin', CONTENT_TYPE => $type }, @_);
}
my $program = "$kit->{folder}/cgi-bin/wechat-picture.cgi";
rename $program, "$program.away" or die "rename: $!";
$answer = send_picture(files => 1);
is $answer->{status}, 503, 'the program is missing: 503';
like $answer->{body}, qr{role="alert">This site cannot process pictures at the moment\.}, 'and the page says that it is the site’s fault';
like $answer->{error}, qr/^wechat-cgi: me\.cgi .*wechat-picture\.cgi.*\n\z/, 'one line in the log, which names it';
Kit::write_file($program, "#!/bin/sh\ncat >/dev/null\necho fine\n", 0755);
$answer = send_picture(files => 1);
is $answer->{status}, 503, 'another version';
like $answer->{error}, qr/wechat-picture\.cgi is of another version/, 'the log says so';
rename "$program.away", $program or die "rename: $!";
is_deeply [glob "$dir/pictures/*/*"], [], 'nothing is stored';
is send_picture()->{status}, 303, 'it is there again';
is scalar(my @files = glob "$dir/pictures/*/*"), 1, 'one picture';
done_testing;
