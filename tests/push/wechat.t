#!/usr/bin/env perl
# wechat.cgi, run with an environment and stdin: verification, each kind of push in each mode, what is stored, what is refused,
# and what the log says.
use strict;
use warnings;
use Digest::SHA;
use JSON::PP;
use Kit;
use Push;
use Test::More;

my %settings = (push_token => $Push::TOKEN, encoding_aes_key => $Push::AES_KEY, encoding_aes_key_previous => $Push::OLD_KEY,
    push_mode => 'plain', replies => undef, handler => undef);
my $kit = Kit->new(stopped => 1, conf => {%settings});
my $state = $kit->state_dir;

sub settings { $kit->write_conf(%settings, @_) }
sub forget_state { system('rm', '-rf', $state); return }
sub journal { return map { decode_json($_) } split /\n/, join '', map { Kit::read_file($_) } glob "$state/events/*.jsonl" }
sub user { my ($openid) = @_; my ($file) = grep {m{/\Q$openid\E\.json$}} $kit->user_files; return $file ? decode_json(Kit::read_file($file)) : undef }

# ---- verification ----

my $answer = $kit->run('wechat.cgi', query => Push::query() . '&echostr=4375120948345356249');
is $answer->{status}, 200, 'verified';
is $answer->{body}, '4375120948345356249', 'echostr byte for byte, nothing else';
is $answer->{headers}{'content-type'}[0], 'text/plain; charset=utf-8', 'as plain text';
$answer = $kit->run('wechat.cgi', query => Push::query() . '&echostr=%3Cb%3E%26');
is $answer->{body}, '<b>&', 'even if it looks like markup';
is $answer->{headers}{'x-content-type-options'}[0], 'nosniff', 'and no browser guesses a type';
ok !-e $state, 'verification writes nothing';
for my $mode (qw(compatible safe)) {
    settings(push_mode => $mode);
    is $kit->run('wechat.cgi', query => Push::query() . '&echostr=7')->{body}, '7', "echostr is plain in $mode mode";
}
settings();

sub refused {
    my ($name, $status, $log, %option) = @_;
    my $got = $kit->run('wechat.cgi', %option);
    is $got->{status}, $status, "$name: $status";
    like $got->{error}, $log, "$name: the log says so";
    unlike "$got->{error}$got->{body}", qr/\Q$Push::TOKEN\E|\Q$Push::AES_KEY\E|\Q$Kit::SECRET\E/, "$name: no secret";
    return $got;
}
my $now = time;
refused('no query',        403, qr/kind=denied .*: signature: missing/, query => '');
refused('no echostr',      403, qr/echostr: missing/, query => Push::query());
refused('two echostr',     403, qr/echostr: .*given twice/, query => Push::query() . '&echostr=1&echostr=2');
refused('a long echostr',  403, qr/echostr: .*too long/, query => Push::query() . '&echostr=' . 'x' x 1025);
refused('no timestamp',    403, qr/timestamp: missing/, query => Push::query() =~ s/&timestamp=\d+//r . '&echostr=1');
refused('no nonce',        403, qr/nonce: missing/, query => Push::query() =~ s/&nonce=\d+//r . '&echostr=1');
refused('a wrong token',   403, qr/signature: does not match: push_token is not the Token/, query => Push::query(token => 'anotherToken') . '&echostr=1');
refused('a slow clock',    403, qr/timestamp: \d+ s ahead of this host's clock/, query => Push::query(time => $now + 400) . '&echostr=1');
refused('a fast clock',    403, qr/timestamp: \d+ s behind this host's clock/, query => Push::query(time => $now - 400) . '&echostr=1');
refused('a method',        405, qr/method PUT/, query => Push::query(), environment => { REQUEST_METHOD => 'PUT' });
settings(push_token => undef);
refused('no token set',    403, qr/push_token is not set: put the Token of 消息与事件推送 into wechat\.conf/, query => Push::query() . '&echostr=1');
settings();
ok !-e $state, 'a refused request writes nothing';

# ---- every kind with every field, in every mode ----

for my $mode (qw(plain compatible safe)) {
    settings(push_mode => $mode);
    forget_state();
    my @kinds = @Push::KINDS;
    my @expected;
    while (my ($name, $fields) = splice @kinds, 0, 2) {
        my @all = (ToUserName => $Push::ACCOUNT, FromUserName => $Push::USER, CreateTime => $now, @$fields);
        my $got = Push::deliver($kit, '<xml>' . Push::xml(@all) . '</xml>', mode => $mode);
        is "$got->{status} [$got->{body}] $got->{error}", '200 [] ', "$mode: $name is taken";
        # When a user leaves, their earlier lines are deleted.
        @expected = () if grep { /^(?:unsubscribe|user_authorization_cancellation)$/ } @all;
        push @expected, Push::tree(@all);
    }
    # Compared as canonical JSON.
    my @journal = journal();
    is_deeply [map { encode($_) } @journal], [map { encode($_) } @expected], "$mode: the journal has each push with each field";
}

sub encode { return JSON::PP->new->canonical->encode(utf8_decoded($_[0])) }

sub utf8_decoded {
    my ($value) = @_;
    return { map { $_ => utf8_decoded($value->{$_}) } keys %$value } if ref $value eq 'HASH';
    return [map { utf8_decoded($_) } @$value] if ref $value eq 'ARRAY';
    my $text = "$value";
    utf8::decode($text) unless utf8::is_utf8($text);
    return $text;
}

# ---- users ----

settings();
forget_state();
my %kinds = @Push::KINDS;
my @changing = Kit::read_file("$Kit::TOP/lib/push/follower.c") =~ /^ +\{"(\w+)", \w+\},$/mg;
my %is_pushed = map { my %field = @$_; (lc($field{Event} || '') => 1) } values %kinds;
cmp_ok scalar @changing, '>=', 15, 'the events that change a user';
is_deeply [grep { !$is_pushed{$_} } @changing], [], 'each of them is pushed here';

sub event {
    my ($name, $time, @more) = @_;
    my $xml = '<xml>' . Push::xml(ToUserName => $Push::ACCOUNT, FromUserName => $Push::USER, CreateTime => $time, @{ $kinds{$name} }, @more) . '</xml>';
    my $got = Push::deliver($kit, $xml);
    is $got->{status}, 200, "$name";
    return;
}
event('subscribe_scene', $now);
my $first = user($Push::USER);
is_deeply [@$first{qw(openid subscribed_since last_seen scene)}], [$Push::USER, $now, $now, '77'], 'subscribe: since when, by which scene';
event('SCAN', $now + 1);
event('LOCATION', $now + 2);
is_deeply [@{ user($Push::USER) }{qw(subscribed_since last_seen scene latitude longitude precision last_located)}],
    [$now, $now + 2, '78', '23.137466', '113.352425', '119.385040', $now + 2], 'SCAN and LOCATION: the last of each';
my $seen = $now + 2;
for my $name (qw(CLICK VIEW text image location scancode_push an_unknown_kind)) {
    event($name, ++$seen);
    is user($Push::USER)->{last_seen}, $seen, "$name: last seen";
}
for my $name (qw(TEMPLATESENDJOBFINISH MASSSENDJOBFINISH user_info_modified an_unknown_event)) {
    event($name, $seen + 100);
    is user($Push::USER)->{last_seen}, $seen, "$name is not the user's doing";
}
is user($Push::USER)->{generation}, $first->{generation}, 'it is the same user all along';
event('user_authorization_cancellation', $seen);
is user($Push::USER), undef, 'cancellation deletes the user';
event('user_authorization_revoke', $seen);
is user($Push::USER), undef, 'revoke creates none';
event('unsubscribe', $seen);
event('subscribe', $seen + 200);
ok defined user($Push::USER), 'subscribed again';
event('unsubscribe', $seen + 201);
is user($Push::USER), undef, 'unsubscribe deletes the user';
is_deeply [$kit->user_files], [], 'and no file of theirs is left';

# ---- bodies ----

my $text_push = Push::push_xml(MsgType => 'text', Content => 'hi', MsgId => 1);
forget_state();
sub body_refused {
    my ($name, $status, $body, $log) = @_;
    my $got = Push::deliver($kit, $text_push, body => $body);
    is $got->{status}, $status, "$name: $status";
    like $got->{error}, $log, "$name: the log says so";
    return;
}
body_refused('no XML',        400, 'hello', qr/xml: line 1/);
body_refused('empty',         400, '', qr/xml/);
body_refused('cut off',       400, substr($text_push, 0, 100), qr/xml: line/);
body_refused('JSON of none',  400, '{"MsgType":"text"}', qr/ToUserName, .* is missing/);
body_refused('broken JSON',   400, '{"MsgType":"text"', qr/json: not an object/);
body_refused('a DTD',         400, "<!DOCTYPE xml [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>$text_push", qr/DTD/);
body_refused('a laugh',       400, '<!DOCTYPE l [<!ENTITY a "ha">' . join('', map { "<!ENTITY a$_ \"" . '&a' . ($_ - 1 || '') . ';' x 10 . '">' } 1 .. 9) . ']><l>&a9;</l>', qr/DTD/);
body_refused('too deep',      400, '<a>' x 9 . '</a>' x 9, qr/too deep/);
body_refused('too many',      400, '<xml>' . '<a/>' x 4096 . '</xml>', qr/too many elements/);
body_refused('no MsgType',    400, $text_push =~ s{<MsgType>.*?</MsgType>}{}r, qr/MsgType/);
body_refused('a bad openid',  400, $text_push =~ s{\Q$Push::USER\E}{../../x}r, qr/openid/);
body_refused('oversized',     413, 'x' x 65537, qr/kind=too_large/);
ok !-e $state, 'nothing of it is kept';

# ---- safe mode: downgrades, forgeries ----

settings(push_mode => 'safe');
sub seal_refused {
    my ($name, $log, %option) = @_;
    my $got = Push::deliver($kit, $text_push, mode => 'safe', %option);
    is $got->{status}, 403, "$name: 403";
    like $got->{error}, $log, "$name: the log says so";
    return;
}
seal_refused('a plain push',          qr/not encrypted, but push_mode is safe/, mode => 'plain');
seal_refused('a wrong msg_signature', qr/msg_signature: does not match/, msg_signature => 'a' x 40);
seal_refused('another appid',         qr/another appid/, appid => 'wxanother');
seal_refused('another key',           qr/encoding_aes_key differs/, key => 'A' x 43);
seal_refused('blanks in the base64',  qr/base64/, encrypt => Push::seal($text_push) =~ s/^(.{8})/$1 /r);
seal_refused('no base64',             qr/base64/, encrypt => '!!!!');
ok !-e $state, 'nothing of it is kept';
is Push::deliver($kit, $text_push, mode => 'safe', key => $Push::OLD_KEY)->{status}, 200, 'the previous key opens too';
settings(push_mode => 'safe', encoding_aes_key => undef);
is Push::deliver($kit, $text_push, mode => 'safe')->{status}, 500, 'no key set: 500';
settings();
seal_refused('a sealed push in plain mode', qr/encrypted, but push_mode is plain/);

# Threat 14: forgeries that a plain sha1(sort()) accepts. If the token does not sort last, anyone who has seen one signature
# can extend the text that follows the token, without knowing it.
{
    my $token = '0token';
    settings(push_token => $token);
    my $nonce = 'zz';
    my $seen_signature = Push::signature($token, $now, $nonce);
    my $length = length($token) + 10 + length $nonce;
    my $glue = "\x80" . "\0" x ((119 - $length) % 64) . pack('N2', 0, 8 * $length);
    my $sha = Digest::SHA->new(1);
    my $state_text = "H:" . join(':', $seen_signature =~ /(.{8})/g, ('00000000') x 3);
    my $blocks = ($length + length $glue) / 64;
    $sha->putstate("alg:1\n$state_text\nblock:" . join(':', ('00') x 64) . "\nblockcnt:0\nlenhh:0\nlenhl:0\nlenlh:0\nlenll:" . 512 * $blocks . "\n");
    my $forged_nonce = "zz${glue}more";
    my $forged = $sha->add('more')->hexdigest;
    is $forged, Push::signature($token, $now, $forged_nonce), 'the forgery works: sha1(sort()) accepts it';
    my $encoded = join '', map { sprintf '%%%02X', ord } split //, $forged_nonce;
    refused('a nonce with SHA-1 padding', 400, qr/malformed: broken percent-encoding/, query => "signature=$forged&timestamp=$now&nonce=$encoded&echostr=1");
    # The boundary between timestamp and nonce moves: the joined text, and so the signature, stays the same.
    my $moved = Push::signature($token, $now, '5nonce');
    is $moved, Push::signature($token, "${now}5", 'nonce'), 'a moved boundary is accepted by sha1(sort())';
    refused('a longer timestamp', 403, qr/timestamp: not 10 digits/, query => "signature=$moved&timestamp=${now}5&nonce=nonce&echostr=1");
    my $short = substr $now, 0, 9;
    my $rest = substr $now, 9;
    refused('a shorter timestamp', 403, qr/timestamp: not 10 digits/, query => "signature=$moved&timestamp=$short&nonce=${rest}5nonce&echostr=1");
    settings();
}

# ---- pushes that cannot be stored are sent again ----

SKIP: {
    forget_state();
    mkdir $state, 0755;
    chmod 0755, $state;
    my $got = Push::deliver($kit, $text_push);
    is $got->{status}, 500, 'a state folder that others can read: 500';
    like $got->{error}, qr/open to others: chmod 700/, 'and what to do';
    rmdir $state;
    Kit::write_file($state, 'a file in its place');
    is Push::deliver($kit, $text_push)->{status}, 500, 'no state folder: 500';
    unlink $state;
    is Push::deliver($kit, $text_push)->{status}, 200, 'repaired: taken';
    is scalar(journal()), 1, 'and kept once';
}
for my $part (qw(events users pushes)) {
    forget_state();
    mkdir $state, 0700;
    Kit::write_file("$state/$part", 'a file in its place', 0600);
    my $got = Push::deliver($kit, $text_push);
    is $got->{status}, 500, "$part cannot be written: 500";
    like $got->{error}, qr/kind=system .*Not a directory/, 'and the log says so';
    unlink "$state/$part";
}
is Push::deliver($kit, $text_push)->{status}, 200, 'sent again: taken';
SKIP: {
    skip 'no /dev/full', 2 unless -e '/dev/full' && $> == 0;
    # A full disk: no half line in the journal.
    forget_state();
    Push::deliver($kit, $text_push);
    my ($file) = glob "$state/events/*.jsonl";
    my $before = Kit::read_file($file);
    my $got = $kit->run('wechat.cgi', query => Push::query(), stdin => Push::push_xml(MsgType => 'text', Content => 'y' x 20_000, MsgId => 5),
        environment => { CONTENT_TYPE => 'text/xml' }, before => ['prlimit', '--fsize=' . (length($before) + 5000), '--']);
    isnt $got->{status} || 'none', 200, 'no room for the line: not acknowledged';
    Push::deliver($kit, Push::push_xml(MsgType => 'text', Content => 'after', MsgId => 6));
    my @lines = split /\n/, Kit::read_file($file);
    is_deeply [map { decode_json($_)->{MsgId} } @lines], [1, 6], 'whole lines only';
}
settings(events_days => 0);
forget_state();
is Push::deliver($kit, $text_push)->{status}, 200, 'events_days = 0';
is scalar(journal()), 0, 'keeps no journal';
done_testing;
