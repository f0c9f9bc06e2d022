#!/usr/bin/env perl
# What is stored of pushes (journal = full, kinds, off), and who is deleted after people_days, and what is not: no text or place is in any file of
# the state.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use Encode ();
use File::Path qw(make_path remove_tree);
use JSON::PP;
use Kit;
use POSIX ();
use Push;
use State;
use Test::More;

my $kit = Kit->new(stopped => 1);
my $state = $kit->state_dir;
my $time = time;
my $number = 0;

sub settings { $kit->write_conf(push_token => $Push::TOKEN, encoding_aes_key => $Push::AES_KEY, push_mode => 'plain', replies => undef, handler => undef, language => 'en', @_); return }
sub day { my ($ago) = @_; return POSIX::strftime('%Y-%m-%d', gmtime $time + 8 * 3600 - $ago * 86400) }
sub text { my ($who) = @_; return '<xml>' . Push::xml(ToUserName => $Push::ACCOUNT, FromUserName => $who, CreateTime => $time, MsgType => 'text', Content => 'hello there', MsgId => ++$number) . '</xml>' }
sub pushed { my ($xml) = @_; my $answer = Push::deliver($kit, $xml); return $answer->{status} }
sub anew { remove_tree($state, { keep_root => 1 }) if -d $state; return }
sub user_file { my ($openid) = @_; return "$state/users/" . substr(sha256_hex($openid), 0, 3) . "/$openid.json" }
sub is_there { return -e user_file($_[0]) }

# A user's file, and perhaps a line in an older journal, as earlier versions of the kit left them.
sub plant {
    my ($openid, %members) = @_;
    my $file = user_file($openid);
    my $mask = umask 077;
    make_path($file =~ s{/[^/]*$}{}r);
    Kit::write_file($file, encode_json({ openid => $openid, generation => 'g' x 43, %members }));
    umask $mask;
    return;
}
sub plant_line {
    my ($ago, $openid) = @_;
    my $mask = umask 077;
    make_path("$state/events");
    my $file = "$state/events/" . day($ago) . '.jsonl';
    Kit::write_file($file, Kit::read_file($file) . qq({"FromUserName":"$openid","Content":"long ago"}\n));
    umask $mask;
    return;
}
sub lines_of { my ($openid) = @_; return scalar grep { ($_->{FromUserName} || '') eq $openid } State::journal($state) }

# ---- journal ----

# All values of a push but those that say when, who and what kind.
sub values_of {
    my (@fields) = @_;
    my @values;
    while (my ($name, $value) = splice @fields, 0, 2) {
        if (ref $value) { push @values, values_of(@$value) }
        elsif ($name !~ /^(?:MsgType|Event|OpenID|CreateTime)$/) { push @values, $value }
    }
    return grep { length >= 4 } @values;
}

for my $mode (qw(full kinds off), 'full, but no days') {
    my ($journal) = split /,/, $mode;
    my %days = $mode =~ /days/ ? (events_days => 0) : ();
    settings(journal => $journal, %days);
    anew();
    my @kinds = @Push::KINDS;
    my (@found, @lines);
    while (my ($kind, $fields) = splice @kinds, 0, 2) {
        is pushed(Push::push_xml(@$fields)), 200, "$mode: $kind is taken";
        my %texts = State::texts($state);
        # As text, and as JSON writes it.
        for my $value (values_of(@$fields)) {
            my $json = JSON::PP->new->allow_nonref->encode(Encode::decode_utf8($value));
            my @forms = ($value, Encode::encode_utf8($json =~ s/^"|"$//gr), Encode::encode_utf8($json =~ s/^"|"$//gr =~ s{/}{\\/}gr));
            push @found, grep { my $file = $_; grep { index($texts{$file}, $_) >= 0 } @forms } sort keys %texts;
        }
        push @lines, [$kind, $fields];
    }
    my @journal = State::journal($state);
    if ($mode eq 'full') {
        cmp_ok scalar(grep {/^events/} @found), '>=', 40, 'full: the journal has all of it';
        is scalar(@journal) > 0, 1, 'and lines';
        next;
    }
    is_deeply \@found, [], "$mode: no text, place, link or number of a picture is in any file";
    if ($mode ne 'kinds') { is_deeply [glob "$state/events/*"], [], "$mode: no journal"; next }
    # The last push says that the follower has gone, so that only its line is left: send some again.
    ok pushed(Push::push_xml(@$_)) == 200, 'sent again' for [MsgType => 'text', Content => 'secret words', MsgId => '77'], [MsgType => 'event', Event => 'CLICK', EventKey => 'secret key'];
    my @last = (State::journal($state))[-2, -1];
    $_->{CreateTime} =~ s/^\d{10}$/T/ for @last;
    is_deeply \@last, [{ FromUserName => $Push::USER, CreateTime => 'T', MsgType => 'text' }, { FromUserName => $Push::USER, CreateTime => 'T', MsgType => 'event', Event => 'CLICK' }], 'kinds: a line has who, when and what kind, and nothing else';
    is_deeply [grep { join(' ', sort keys %$_) !~ /^CreateTime (?:Event )?FromUserName MsgType$/ } State::journal($state)], [], 'as each line of it';
}

# A handler gets all of it in any case.
{
    my $got = "$kit->{folder}/got";
    Kit::write_file("$kit->{folder}/handler", "#!/bin/sh\ncat >$got\n", 0755);
    settings(journal => 'kinds', handler => 'handler');
    anew();
    is pushed(Push::push_xml(MsgType => 'text', Content => 'for the handler', MsgId => ++$number)), 200, 'with a handler';
    is decode_json(Kit::read_file($got))->{Content}, 'for the handler', 'which gets the text';
    my %texts = State::texts($state);
    is_deeply [grep { $texts{$_} =~ /for the handler/ } sort keys %texts], [], 'which is not stored';
}

# A site that records no places drops the one that it had.
settings(journal => 'full');
anew();
my @located = (MsgType => 'event', Event => 'LOCATION', Latitude => '23.137466', Longitude => '113.352425', Precision => '119.385040');
pushed(Push::push_xml(@located));
is decode_json(Kit::read_file(user_file($Push::USER)))->{latitude}, '23.137466', 'full: the place is in the user’s file';
settings(journal => 'kinds');
pushed(Push::push_xml(@located, Extra => 1));
is_deeply [grep {/^(?:latitude|longitude|precision|last_located)$/} sort keys %{ decode_json(Kit::read_file(user_file($Push::USER))) }], [], 'kinds: it is gone with the next one';

# ---- old days ----

# Old days of the journal go with any push, also where its line is not the first of a day, or is not written.
for my $row (['full', 3, [0 .. 3]], ['full', 0, []], ['off', 30, []], ['kinds', 1, [0, 1]]) {
    my ($journal, $days, $left) = @$row;
    settings(journal => 'full', events_days => 30);
    anew();
    pushed(text('oBystander'));
    plant_line($_, 'oBystander') for 1 .. 6;
    settings(journal => $journal, events_days => $days);
    is pushed(text('oBystander')), 200, "journal = $journal, events_days = $days";
    is_deeply [map { s{.*/(.*)\.jsonl$}{$1}r } glob "$state/events/*.jsonl"], [map { day($_) } reverse @$left], 'the days that are kept are there, and no others';
}

# ---- people who are away ----

# Pushes, each of which looks at an eighth of the folders. The turn of a minute is given back.
sub look_at_all {
    my ($times, $until) = @_;
    for (1 .. $times) {
        remove_tree("$state/totals");
        pushed(text('oVisitor')) == 200 or die 'no push';
        return 1 if $until && $until->();
    }
    return !$until;
}
my $long = $time - 400 * 86400;
my @people = (
    [oAway     => 0, last_sign_in => $long, last_seen => $long],
    [oWrote    => 0, last_seen => $long],
    [oWaited   => 0, waiting => $long],
    [oSession  => 0, last_sign_in => $long, sessions => ['a' x 64 . ' ' . ($time - 5)]],
    [oSeen     => 1, last_sign_in => $long, last_seen => $time - 86400],
    [oSignedIn => 1, last_sign_in => $time - 86400, last_seen => $long],
    [oInForce  => 1, last_sign_in => $long, sessions => ['a' x 64 . ' ' . ($time + 5000)]],
    [oAsks     => 1, last_seen => $long, waiting => $time - 86400],
    [oOwner    => 1, last_sign_in => $long],
    [oBlocked  => 1, last_sign_in => $long, blocked => $long],
    [oTimeless => 1, nickname => 'x'],
    [oEdge     => 1, last_sign_in => $time - 365 * 86400 + 600],
);
sub plant_all {
    anew();
    for (@people) { my ($openid, $stays, %members) = @$_; plant($openid, %members); plant_line(1, $openid) }
    return;
}
settings(people_days => 0);
plant_all();
look_at_all(20);
is_deeply [grep { !is_there($_) } map { $_->[0] } @people], [], 'people_days = 0: nobody is deleted';

settings(people_days => 365, owners => 'oFirst oOwner');
plant_all();
my @go = map { $_->[0] } grep { !$_->[1] } @people;
ok look_at_all(400, sub { !grep { is_there($_) } @go }), 'people_days = 365: who has been away goes';
look_at_all(40);
is_deeply [grep { !is_there($_) } map { $_->[0] } grep { $_->[1] } @people], [], 'who was here, is signed in, owns the site or is blocked stays';
is_deeply [grep { lines_of($_) } @go], [], 'the journal has no line of who is gone';
is_deeply [grep { lines_of($_) != 1 } map { $_->[0] } grep { $_->[1] } @people], [], 'and each of the others’';
is_deeply [State::wrongs($state)], [], 'the folder is as it must be';
{
    my %texts = State::texts($state);
    is_deeply [grep { my $file = $_; grep { $file =~ /$_/ || $texts{$file} =~ /$_/ } @go } sort keys %texts], [], 'no file names who is gone';
}

# One a minute, whatever the number of those who are away.
anew();
plant("oCrowd$_", last_seen => $long) for 1 .. 200;
pushed(text('oVisitor')) for 1 .. 5;
is scalar(grep { !is_there("oCrowd$_") } 1 .. 200), 1, 'of many who are away, one is deleted in a minute';

# A folder that cannot be read: the push is answered, and the log says why.
chmod 0755, "$state/users/" . substr sha256_hex("oCrowd$_"), 0, 3 for 1 .. 200;
my $answer = Push::deliver($kit, text('oBehind'));
is $answer->{status}, 200, 'a folder that is open to others: the push is answered';
like $answer->{error}, qr/kind=system .* is open to others: chmod 700 it/, 'and the log says what to do';

done_testing;
