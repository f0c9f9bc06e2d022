#!/usr/bin/env perl
# An openid known from a push and one known from a sign-in lead to one user. Through Apache.
use strict;
use warnings;
use JSON::PP;
use Kit;
use POSIX ();
use Push;
use Test::More;

my $kit = Kit->new(conf => { push_token => $Push::TOKEN, push_mode => 'plain', replies => undef, handler => undef });
my $xiaoming = 'oSim0001xiaoMing-aBcDeFgHiJk';
my $time = time;

sub happens {
    my ($event, @fields) = @_;
    my $xml = '<xml>' . Push::xml(ToUserName => $Push::ACCOUNT, FromUserName => $xiaoming, CreateTime => $time++, MsgType => 'event', Event => $event, @fields) . '</xml>';
    my $answer = $kit->browser->request('POST', '/cgi-bin/wechat.cgi?' . Push::query(), content => $xml, headers => { 'Content-Type' => 'text/xml' });
    is "$answer->{status} [$answer->{content}]", '200 []', "$event is taken";
    return;
}
sub user { my ($file) = $kit->user_files; return $file ? decode_json(Kit::read_file($file)) : undef }

sub sign_in {
    my $browser = $kit->browser;
    my $consent = $browser->follow($browser->get('/cgi-bin/login.cgi?next=/cgi-bin/validate.cgi&scope=snsapi_userinfo'));
    my ($link) = $consent->{content} =~ m{href="([^"]*person=xiaoming[^"]*)"};
    $link =~ s/&amp;/&/g;
    $link = $kit->{sim_url} . $link if $link =~ m{^/};
    is $browser->follow($browser->get($link))->{status}, 200, 'signed in';
    return $browser;
}
sub who { my ($browser) = @_; my $answer = $browser->get('/cgi-bin/validate.cgi'); return ($answer->{status}, decode_json($answer->{content})) }

happens('subscribe', EventKey => 'qrscene_5', Ticket => 'T');
my $begun = user();
my ($first, $second) = (sign_in(), sign_in());
is scalar($kit->user_files), 1, 'a follower who signs in is one user';
is user()->{generation}, $begun->{generation}, 'the same one';
is user()->{scene}, '5', 'with what the push said';
ok user()->{nickname}, 'and what the sign-in said';
happens('LOCATION', Latitude => '1.5', Longitude => '2.5', Precision => '3');
is((who($first))[0], 200, 'still signed in');
ok((who($first))[1]{nickname}, 'with a nickname');

happens('user_authorization_revoke', OpenID => $xiaoming, RevokeInfo => '1');
my ($status, $who) = who($first);
is $status, 200, 'revoked: the session stays';
is $who->{sub}, $xiaoming, 'with the openid';
ok !exists $who->{nickname} && !exists $who->{headimgurl}, 'and without the profile';
is_deeply [grep { exists user()->{$_} } qw(nickname headimgurl province city country sex privilege unionid)], [], 'none of it is in the file';
is user()->{scene}, '5', 'what pushes said stays';

happens('unsubscribe');
is((who($_))[0], 401, 'unsubscribed: signed out') for $first, $second;
is_deeply [$kit->user_files], [], 'no user is left';
is_deeply [grep {m{/(sessions|grants)/}} $kit->state_files], [], 'nor a session or a grant';
my $again = sign_in();
is((who($again))[0], 200, 'a new sign-in works');
is((who($first))[0], 401, 'an old session stays dead');
happens('user_authorization_cancellation', OpenID => $xiaoming, RevokeInfo => '1');
is((who($again))[0], 401, 'cancelled: signed out');
is_deeply [grep {m{/(sessions|grants|users)/}} $kit->state_files], [], 'nothing of them is left';

# Counted by day, for the owner; midnight may be between two lines.
my @tallies = (0) x 5;
for (grep {/^2/} split /\n/, Kit::read_file($kit->state_dir . '/tallies')) { my ($day, @of_day) = split ' '; $tallies[$_] += $of_day[$_] for 0 .. 4 }
is "@tallies", '3 2 1 1 0', 'three sign-ins, twice somebody new, one follower won and lost, no message';

# The answer arrives even if the body is not read.
for my $case (['POST', 100_000, 413], ['POST', 900_000, 413], ['PUT', 50_000, 405]) {
    my ($method, $size, $status) = @$case;
    is $kit->browser->request($method, '/cgi-bin/wechat.cgi?' . Push::query(), content => 'x' x $size)->{status}, $status, "$method of $size bytes: $status";
}

# Pushes of different kinds change a user's file at the same moment: no change is lost.
my %fields = (subscribe => [EventKey => 'qrscene_6', Ticket => 'T'], LOCATION => [Latitude => '1', Longitude => '2', Precision => '3'], CLICK => [EventKey => 'A']);
for my $round (1 .. 10) {
    my @pids;
    for my $event (sort keys %fields) {
        my $pid = fork;
        if (!$pid) {
            my $xml = '<xml>' . Push::xml(ToUserName => $Push::ACCOUNT, FromUserName => "oRound$round", CreateTime => $time, MsgType => 'event', Event => $event, @{ $fields{$event} }) . '</xml>';
            my $answer = $kit->browser->request('POST', '/cgi-bin/wechat.cgi?' . Push::query(), content => $xml, headers => { 'Content-Type' => 'text/xml' });
            POSIX::_exit($answer->{status} == 200 ? 0 : 1);
        }
        push @pids, $pid;
    }
    my $failed = 0;
    for (@pids) { waitpid $_, 0; $failed += $? != 0 }
    is $failed, 0, 'all three are taken';
    my ($file) = grep {/oRound$round\.json/} $kit->user_files;
    my $user = decode_json(Kit::read_file($file));
    is_deeply [@$user{qw(scene latitude subscribed_since last_located)}], ['6', '1', $time, $time], "round $round: no change is lost";
}
done_testing;
