# The connection to Redis ends at each question of each way to write, before Redis has it or before the answer is back: nothing
# is said to be done that is not, nobody is signed out, and the next request is fine.
use strict;
use warnings;
use File::Temp qw(tempdir);
use Kit;
use Push;
use Redis;
use Test::More;

if (my $why = Redis::missing()) { plan skip_all => $why }

my $folder = tempdir('wechat-faults-XXXXXX', TMPDIR => 1, CLEANUP => 1);
chmod 0755, $folder;
my $redis = Redis->new("$folder/redis");
my $port = $redis->between;
# By CGI: a connection for each process, whose questions are counted.
my $kit = Kit->new(server => 'apache-cgid', conf => { language => 'en', state => "redis://127.0.0.1:$port/0?prefix=shop", push_token => $Push::TOKEN, encoding_aes_key => $Push::AES_KEY, push_mode => 'plain' });
my $witness = $kit->browser;
is $witness->sign_in('xiaoming', '/cgi-bin/me.cgi')->{status}, 200, 'somebody is signed in';

sub validate { my ($token) = @_; return $kit->run('validate.cgi', environment => { HTTP_COOKIE => "wx_session=$token" })->{status} }

# Runs $try with the fault at question 1, 2, … until it is not met any more; $try says whether it was. In the short form every
# third question, each with one of the two faults.
sub at_each {
    my ($name, $try) = @_;
    my $met = 0;
    for (my $number = 1; $number < 60; $number += $ENV{HARD} ? 1 : 3) {
        my $again = 0;
        for my $fault ($ENV{HARD} ? qw(drop lose) : $number % 2 ? 'lose' : 'drop') {
            $redis->mode("$fault $number");
            my $failed = $try->("$name, $fault $number");
            $redis->mode('');
            $met += $failed;
            $again ||= $failed;
            is validate($witness->cookie('wx_session')), 200, "$name, $fault $number: who is signed in stays so";
        }
        last if !$again;
    }
    cmp_ok $met, '>', 0, "$name: met $met times";
    return;
}

at_each('a sign-in', sub {
    my ($name) = @_;
    my $browser = $kit->browser;
    my $answer = eval { $browser->sign_in('meimei', '/cgi-bin/me.cgi') };
    my $status = $answer ? $answer->{status} : 0;
    $redis->mode('');
    my $token = $browser->cookie('wx_session');
    ok $status == 503 || ($status == 200 && $token), "$name: signed in or 503" or diag $status;
    is validate($token), 200, "$name: a session that was given is in force" if $token;
    is $kit->browser->sign_in('meimei', '/cgi-bin/me.cgi')->{status}, 200, "$name: the next attempt succeeds";
    return $status != 200;
});

at_each('a sign-out', sub {
    my ($name) = @_;
    my $mode = Kit::read_file("$folder/redis/mode");
    $redis->mode('');
    my $browser = $kit->browser;
    my ($csrf) = $browser->sign_in('john', '/cgi-bin/me.cgi')->{content} =~ /name="csrf" value="([^"]+)"/;
    my $token = $browser->cookie('wx_session');
    $redis->mode($mode);
    my $status = $browser->post('/cgi-bin/logout.cgi', { csrf => $csrf })->{status};
    $redis->mode('');
    ok $status == 503 || validate($token) == 401, "$name: signed out, or 503" or diag $status;
    return $status == 503;
});

my $id = 900;
at_each('a message', sub {
    my ($name) = @_;
    my $text = Push::push_xml(MsgType => 'text', Content => 'hello', MsgId => ++$id);
    my $status = Push::deliver($kit, $text)->{status};
    $redis->mode('');
    my $begun = time;
    is Push::deliver($kit, $text)->{status}, 200, "$name: WeChat's repeat is answered";
    cmp_ok time - $begun, '<', 5, "$name: in time";
    my ($day) = split /\n/, $redis->cli('ZRANGE', 'shop:{events}:days', 0, -1);
    my $lines = () = $redis->cli('XRANGE', "shop:{events}:$day", '-', '+') =~ /\b$id\b/g;
    cmp_ok $lines, '>=', 1, "$name: it is in the journal";
    return $status != 200;
});
done_testing;
