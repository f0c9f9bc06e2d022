#!/usr/bin/env perl
# Failures beside the answer itself are reported: an answer that cannot be written, a damaged record, a sweep that fails.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use File::Basename qw(basename);
use Kit;
use State;
use Push;
use Test::More;

my $kit = Kit->new(stopped => 1, conf => { language => 'en', push_token => $Push::TOKEN, push_mode => 'plain', outside_wechat => 'qr' });
my $line = qr/^wechat-cgi: \S+\.cgi client=192\.0\.2\.7 kind=system errcode=0 rid=- request=[0-9a-f]{8}: /m;

# An answer that cannot be written is a failure. Writing to /dev/full always fails.
SKIP: {
    skip 'no /dev/full', 1 unless -c '/dev/full';
    for my $program (map { basename($_) } glob "$kit->{folder}/cgi-bin/*.cgi") {
        for my $case (['a request', {}, []], ['--help', { GATEWAY_INTERFACE => undef }, ['--help']], ['--version', { GATEWAY_INTERFACE => undef }, ['--version']]) {
            my ($name, $environment, $arguments) = @$case;
            my @where = (environment => $environment, arguments => $arguments, before => []);
            is $kit->run($program, @where)->{exit}, 0, "$program: $name is answered: exit status 0";
            $where[5] = ['sh', '-c', '"$0" "$@" >/dev/full'];
            is $kit->run($program, @where)->{exit}, 1, 'and 1 where the answer cannot be written';
        }
    }
}

# If a QR code's answer cannot be read, the program does not say that nobody has answered.
{
    my $begun = $kit->run('desktop.cgi', query => 'next=/here');
    my ($cookie) = join("\n", @{ $begun->{headers}{'set-cookie'} }) =~ /^([^=]+=[^;]+)/m;
    my %waits = (environment => { HTTP_COOKIE => $cookie });
    my $shown = $kit->run('desktop.cgi', query => 'wait=1', %waits);
    is $shown->{status}, 200, 'the code is shown';
    is $kit->run('desktop.cgi', query => 'wait=1&format=json', %waits)->{body}, '{"state":"waiting"}', 'nobody has scanned it yet';
    my ($code) = $shown->{body} =~ m{confirm\.cgi\?([\w-]{16})<};
    my $name = sha256_hex("desktops $code scanned");
    my $shard = $kit->state_dir . '/desktops/' . substr $name, 0, 2;
    mkdir $shard, 0700;
    Kit::write_file("$shard/$name", State::format_record(time - 1, time + 100), 0600);
    is $kit->run('desktop.cgi', query => 'wait=1&format=json', %waits)->{body}, '{"state":"scanned"}', 'nobody has answered yet';
    mkdir $kit->state_dir . '/answers', 0700;
    chmod 0755, $kit->state_dir . '/answers';
    for my $query ('wait=1', 'wait=1&format=json') {
        my $answer = $kit->run('desktop.cgi', query => $query, %waits);
        is $answer->{status}, 503, "$query: an answer that cannot be read: 503";
        like $answer->{error}, qr/${line}answers is open to others: chmod 700 it$/m, 'and the log says why';
    }
    chmod 0700, $kit->state_dir . '/answers';
}

# If the code cannot be recorded as spent, WeChat is not asked, and the visitor may try again: the claim is deleted.
{
    my $begun = $kit->run('login.cgi', query => 'next=/here', environment => { HTTP_USER_AGENT => 'MicroMessenger/8.0' });
    my ($cookie) = $begun->{headers}{'set-cookie'}[0] =~ /^([^=]+=[^;]+)/;
    my ($state) = $begun->{headers}{location}[0] =~ /state=(\w+)/;
    mkdir $kit->state_dir . '/codes', 0700;
    chmod 0755, $kit->state_dir . '/codes';
    my $answer = $kit->run('callback.cgi', query => "code=invented&state=$state", environment => { HTTP_COOKIE => $cookie });
    is $answer->{status}, 503, 'a code that cannot be recorded: 503';
    like $answer->{error}, qr/${line}codes is open to others: chmod 700 it$/m, 'and the log says why';
    is_deeply [grep {m{/claims/}} $kit->state_files], [], 'no claim is left';
    chmod 0700, $kit->state_dir . '/codes';
}

# A sweep after a push that fails is logged, and the push is still answered. Each push sweeps one random folder out of
# hundreds. All but the push's own are broken here, so that a few pushes meet a broken one.
sub pushed {
    my ($kind, $id) = @_;
    my $answer = Push::deliver($kit, Push::push_xml(MsgType => 'text', Content => 'x', MsgId => $id));
    is $answer->{status}, 200, "a push, $kind: 200";
    return $answer->{error};
}
for my $kind (qw(pushes users)) {
    my $folder = $kit->state_dir . "/$kind";
    is pushed($kind, 7), '', 'nothing is wrong';
    my ($own) = map {m{/$kind/([^/]+)/}} $kit->state_files;
    my $digits = length $own;
    for my $shard (map { sprintf '%0*x', $digits, $_ } 0 .. 16**$digits - 1) {
        mkdir "$folder/$shard", 0700;
        chmod 0755, "$folder/$shard" if $shard ne $own;
    }
    # A push is also looked for where 0.1.0 would have put its record: that folder has to be whole, too.
    unlink grep {m{/pushes/}} $kit->state_files;
    my $first = Push::deliver($kit, Push::push_xml(MsgType => 'text', Content => 'x', MsgId => 7));
    chmod 0700, "$folder/$1" if $first->{status} == 500 && $first->{error} =~ m{${line}(?:pushes/)?([0-9a-f]+) is open to others};
    my $errors = '';
    for (1 .. 4) {
        unlink grep {m{/pushes/}} $kit->state_files;
        $errors .= pushed($kind, 7);
    }
    like $errors, qr/${line}[0-9a-f]{2,3} is open to others: chmod 700 it$/m, "and a sweep of $kind that fails is logged";
    chmod 0700, glob "$folder/*";
}
done_testing;
