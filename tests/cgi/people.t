#!/usr/bin/env perl
# Who may come in, as single programs see it: roles in validate.cgi, people who are blocked, the sessions on me.cgi, sessions that
# are not used, the hook. unit/person.c has the rules.
use strict;
use utf8;
use warnings;
use Encode qw(decode_utf8 encode_utf8);
use Digest::SHA ();
use Docs;
use JSON::PP;
use Kit;
use State;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $kit = Kit->new(stopped => 1, conf => { language => 'en' });
my $dir = $kit->state_dir;
mkdir $dir, 0700;

sub run_as {
    my ($token, $program, $query, %option) = @_;
    return $kit->run($program, query => $query || '', %option, environment => { HTTP_COOKIE => "wx_session=$token", %{ $option{environment} || {} } });
}
sub json { my ($answer) = @_; return decode_json($answer->{body}) }

# ---- roles ----

my $editor = State::plant($dir, 'oEditor', { nickname => '小明', roles => ['editor', 'staff'] }, {});
my $reader = State::plant($dir, 'oReader', {}, {});
my $answer = run_as($editor, 'validate.cgi');
is $answer->{status}, 200, 'who has roles: 200';
is_deeply json($answer)->{roles}, ['editor', 'staff'], 'roles in the JSON';
is_deeply $answer->{headers}{'x-wx-roles'}, ['editor staff'], 'X-WX-Roles';
$answer = run_as($reader, 'validate.cgi');
ok !exists json($answer)->{roles}, 'who has none: no member roles';
is $answer->{headers}{'x-wx-roles'}, undef, 'and no header';

for my $row (['role=editor', 200], ['role=staff', 200], ['role=board', 403], ['role=board,editor', 200], ['role=board%20editor', 200], ['role=board+staff', 200],
    ['role=board,owner', 403], ['role=', 403], ['role=,', 403], ['role=edit', 403], ['role=EDITOR', 403], ['role=editor%0d%0aX:1', 403],
    ['role=board&role=editor', 200], ['role=board&role=owner', 403], ['login=1&role=editor', 200], ['login=1&role=board', 403]) {
    my ($query, $status) = @$row;
    $answer = run_as($editor, 'validate.cgi', $query);
    is $answer->{status}, $status, "?$query: $status";
    is json($answer)->{error}, $status == 403 ? 'insufficient_role' : undef, "?$query: " . ($status == 403 ? 'and why' : 'no error');
}
$answer = run_as($editor, 'validate.cgi', 'role=board');
is_deeply [@{ json($answer) }{qw(active sub)}], [JSON::PP::true, 'oEditor'], 'the 403 says who it is';
is run_as($reader, 'validate.cgi', 'role=editor')->{status}, 403, 'who has no roles: 403';
is $kit->run('validate.cgi', query => 'role=editor')->{status}, 401, 'nobody: 401';
is $kit->run('validate.cgi', query => 'role=editor&login=1')->{status}, 303, 'nobody, with login=1: to the sign-in';

# Roles that somebody wrote into the file: they break neither the header nor the list.
my $odd = State::plant($dir, 'oOdd', { roles => ['员工', "a\r\nX-Evil: 1", 'two words', 'a,b', '', 'x' x 65, "tab\there", '"quoted"', { no => 'text' }, ['no'], 7] }, {});
$answer = run_as($odd, 'validate.cgi');
is $answer->{status}, 200, 'odd roles: 200';
is_deeply $answer->{headers}{'x-wx-roles'}, ['%E5%91%98%E5%B7%A5 tabhere %22quoted%22 7'], 'what can be a role is in the header, percent-encoded';
is_deeply json($answer)->{roles}, ['员工', 'tabhere', '"quoted"', '7'], 'and in the JSON';
is $answer->{headers}{'x-evil'}, undef, 'and no header of its own';
is run_as($odd, 'validate.cgi', 'role=%E5%91%98%E5%B7%A5')->{status}, 200, 'it can be asked for';
is run_as($odd, 'validate.cgi', 'role=two%20words')->{status}, 403, 'what is none cannot';
my $many = State::plant($dir, 'oMany', { roles => [map {"role$_"} 1 .. 40] }, {});
is scalar @{ json(run_as($many, 'validate.cgi'))->{roles} }, 16, 'sixteen roles count';
my $one = State::plant($dir, 'oOne', { roles => 'editor' }, {});
is run_as($one, 'validate.cgi', 'role=editor')->{status}, 403, 'a text in place of the list is no role';

# ---- blocked ----

my $blocked = State::plant($dir, 'oBlocked', { blocked => time }, {});
is run_as($blocked, 'validate.cgi')->{status}, 401, 'blocked: validate.cgi says nobody is signed in';
is run_as($blocked, $_)->{status}, 303, "$_: to the sign-in" for qw(me.cgi list.cgi);
like run_as($blocked, 'login.cgi')->{headers}{location}[0], qr{/connect/oauth2/authorize}, 'login.cgi: not signed in';

# ---- the sessions on me.cgi ----

my @mine = State::plant($dir, 'oPhones', { nickname => 'Mei' },
    { created => time - 3000, browser => 'Chrome, Windows', address => '192.0.2.9' }, {}, { scope => 'dev', address => '192.0.2.10' },
    { browser => 'WeChat, Android', address => '2001:db8::1' }, { expires => time - 5 });
my $other = State::plant($dir, 'oOther', {}, {});
sub names { return $_[0]{body} =~ /<button class="end" type="submit" name="session" value="([0-9a-f]{64})">/g }
sub csrf { return $_[0]{body} =~ /name="csrf" value="([^"]+)"/ ? $1 : die 'no csrf' }
my $page = run_as($mine[3], 'me.cgi');
is $page->{status}, 200, 'the personal page';
my @entries = decode_utf8($page->{body}) =~ m{<li class="weui-cell line">(.*?)</li>}gs;
is scalar @entries, 4, 'lists the sessions in force';
like $entries[0], qr{<h3>WeChat, Android <span class="own">This browser</span></h3><p>2001:db8::1 · <time>}, 'this one, which is marked,';
unlike $entries[0], qr{<button}, 'without a button,';
like $entries[1], qr{<h3>A page under development</h3><p>192\.0\.2\.10 · }, 'a page under development,';
like $entries[2], qr{<h3>Unknown browser</h3><p><time>}, 'one from before, of which neither is known,';
like $entries[3], qr{<h3>Chrome, Windows</h3><p>192\.0\.2\.9 · <time>\d{4}-\d\d-\d\d \d\d:\d\d</time>}, 'and the oldest last';
is scalar(my @three = names($page)), 3, 'a button for each other one';
unlike $page->{body}, qr{\Q$mine[0]\E}, 'and no token';

sub act { my ($token, %form) = @_; return run_as($token, 'me.cgi', '', stdin => join '&', map {"$_=$form{$_}"} sort keys %form) }
my ($name) = (names($page))[2];
is act($mine[3], action => 'end', session => $name)->{status}, 403, 'a form without csrf ends nothing';
is act($mine[3], action => 'end', session => $name, csrf => 'x' x 43)->{status}, 403, 'nor does a foreign one';
is run_as($mine[0], 'validate.cgi')->{status}, 200, 'the session is still there';
is act($mine[3], action => 'end', session => $name, csrf => csrf($page))->{status}, 303, 'our own form: done';
is run_as($mine[0], 'validate.cgi')->{status}, 401, 'that session is over';
is run_as($mine[3], 'validate.cgi')->{status}, 200, 'this one is not';
is act($mine[3], action => 'end', session => $name, csrf => csrf($page))->{status}, 303, 'once more: nothing to do';
is act($mine[3], action => 'end', session => Digest::SHA::sha256_hex("sessions $other"), csrf => csrf($page))->{status}, 303, "somebody else's session:";
is run_as($other, 'validate.cgi')->{status}, 200, 'is not ended';
is act($mine[3], action => 'end', session => '../../wechat.conf', csrf => csrf($page))->{status}, 303, 'no name at all: nothing';
is act($mine[3], action => 'nothing', csrf => csrf($page))->{status}, 400, 'an unknown action: 400';
is act($mine[2], action => 'end_others', csrf => csrf(run_as($mine[2], 'me.cgi')))->{status}, 403, 'a page under development ends nobody';
is act($mine[3], action => 'end_others', csrf => csrf($page))->{status}, 303, 'all others';
is_deeply [map { run_as($_, 'validate.cgi')->{status} } @mine[1 .. 3]], [401, 401, 200], 'are over';
$page = run_as($mine[3], 'me.cgi');
is scalar(my @none = names($page)), 0, 'no button is left';
unlike $page->{body}, qr{end_others}, 'nor that for all others';

# ---- sessions that are not used ----

sub notes { return grep {m{/used/}} $kit->state_files }
is_deeply [notes()], [], 'without session_idle_seconds no use is noted';
$kit->write_conf(language => 'en', session_idle_seconds => 600);
my $now = time;
my ($fresh, $old) = State::plant($dir, 'oIdle', {}, { created => $now - 300, expires => $now + 9000 }, { created => $now - 700, expires => $now + 9000 });
is run_as($old, 'validate.cgi')->{status}, 401, 'a session that was not used for so long is over';
is run_as($old, 'me.cgi')->{status}, 303, 'on every page';
$answer = run_as($fresh, 'validate.cgi');
is $answer->{status}, 200, 'one that was is not';
ok abs(json($answer)->{exp} - $now - 600) < 30, 'exp says what is in force now';
is scalar(my @one = notes()), 1, 'its use is noted';
my ($note) = notes();
my $seen = Kit::read_file($note);
run_as($fresh, 'validate.cgi') for 1 .. 3;
is Kit::read_file($note), $seen, 'sparsely';
State::age($note, 61);
my $aged = Kit::read_file($note);
run_as($fresh, 'validate.cgi');
isnt Kit::read_file($note), $aged, 'again after a tenth of the time';
State::age($note, 601);
is run_as($fresh, 'validate.cgi')->{status}, 401, 'from there the time counts';
my ($ending) = State::plant($dir, 'oEnding', {}, { created => $now - 300, expires => $now + 100 });
is json(run_as($ending, 'validate.cgi'))->{exp}, $now + 100, 'session_seconds is the end in any case';
like run_as($ending, 'me.cgi')->{body}, qr{Last used <time>}, 'me.cgi shows the last use';
is run_as($ending, 'login.cgi', 'next=/x')->{headers}{location}[0], "$kit->{site_url}/x", 'login.cgi, which only reads, notes it as well';
is_deeply [State::wrongs($dir)], [], 'and the state is whole';
$kit->write_conf(language => 'en');
is run_as($fresh, 'validate.cgi')->{status}, 200, 'switched off: it is valid again';

# ---- the hook ----

# Without a web server: the event is told behind the answer of the program itself, and strict about system calls.
$kit->write_conf(language => 'en', hook => 'hook', dev_origins => 'http://192.168.1.5:5173');
my $hook = "$kit->{folder}/hook";
Kit::write_file($hook, "#!/bin/sh\ncat >> told\nenv >> told.env\necho >> told\n", 0755);
my $hooked = State::plant($dir, 'oHooked', { nickname => '$(id) `id` "\'; 小明', roles => ['editor'], note => 'a secret note' }, {});
my $csrf = csrf(run_as($hooked, 'logout.cgi'));
is run_as($hooked, 'logout.cgi', '', stdin => "csrf=$csrf", environment => { HTTP_X_EVIL => 'x' })->{status}, 303, 'signed out';
my $line = Kit::wait_for('the event', 20, sub { my $text = Kit::read_file("$kit->{folder}/told"); $text =~ /\n\z/ && $text });
my $event = decode_json($line);
ok abs(delete($event->{time}) - time) < 60, 'the hook is told when';
is_deeply $event, { event => 'sign_out', openid => 'oHooked', nickname => '$(id) `id` "\'; 小明', roles => ['editor'] }, 'and what, of whom, and no note';
unlike Kit::read_file("$kit->{folder}/told.env"), qr/EVIL|HTTP_|QUERY/, 'nothing of the request is in its environment';
is_deeply [map { s/=.*//r } grep {/^WECHAT/} split /\n/, Kit::read_file("$kit->{folder}/told.env")], ['WECHAT_STATE_DIR'], 'but the state folder';

# What an owner does on owner.cgi.
$kit->write_conf(language => 'en', hook => 'hook', owners => 'oOwner');
my $owner = State::plant($dir, 'oOwner', {}, {});
State::plant($dir, 'oTheirs', { first_sign_in => time, waiting => time }, {});
for my $action (qw(approve block unblock sign_out)) {
    unlink "$kit->{folder}/told";
    my $form = csrf(run_as($owner, 'owner.cgi', 'view=person&openid=oTheirs'));
    is run_as($owner, 'owner.cgi', 'view=person', stdin => "csrf=$form&openid=oTheirs&action=$action")->{status}, 303, "owner.cgi: $action";
    $line = Kit::wait_for('the event', 20, sub { my $text = Kit::read_file("$kit->{folder}/told"); $text =~ /\n\z/ && $text });
    is_deeply [@{ decode_json($line) }{qw(event openid)}], [$action, 'oTheirs'], 'and the hook is told';
}

# The hooks of docs/en/people.md.
my %example = map { $_->{language} => $_->{text} } grep { $_->{name} eq 'hook' } Docs::snippets('docs/en/people.md');
my $told = '{"event":"first_sign_in","openid":"oNew","time":1795516188}';
for my $row (['sh', 'hook.log', qr/\A\Q$told\E\n\z/], ['php', 'newcomers.txt', qr/\A2026-11-24T\S+ oNew\n\z/]) {
    my ($language, $file, $pattern) = @$row;
    SKIP: {
        skip "$language is not installed", 1 unless Kit::find_program($language);
        Kit::write_file("$kit->{folder}/example", encode_utf8($example{$language}), 0755);
        Kit::write_file("$kit->{folder}/line", "$told\n");
        system("cd '$kit->{folder}' && ./example < line");
        like Kit::read_file("$kit->{folder}/$file") =~ s/\n+\z/\n/r, $pattern, "the example in $language";
    }
}
done_testing;
