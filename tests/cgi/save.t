#!/usr/bin/env perl
# wechat-save.cgi, as owner.cgi runs it: what it writes, what it keeps, and all that it refuses to write.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use JSON::PP;
use Kit;
use Test::More;

my $kit = Kit->new(stopped => 1, conf => { menu => 'menu.json', access => 'access.json', oidc_clients => 'clients.json', list => undef });
my $folder = $kit->{folder};
my $file = "$folder/replies.json";
my $other = qq([\n  {"reply": {"text": "other"}}\n]\n);

# Runs it; returns what it says happened, or the error.
sub save {
    my ($name, $before, $text, %option) = @_;
    my $digest = defined $before ? sha256_hex($before) : '-';
    my $got = $kit->run('wechat-save.cgi', stdin => "$name $digest\n$text", environment => { GATEWAY_INTERFACE => undef, WECHAT_LOCAL => 1 }, %option);
    return $got->{exit} == 0 && eval { decode_json($got->{bytes})->{outcome} } || "$got->{exit}: $got->{error}";
}

sub state_of { my ($path) = @_; return join ' ', map { $_ // 'none' } (lstat $path)[2, 4, 5], Kit::read_file($path) }

my $first = Kit::read_file($file);
chmod 0640, $file;
chown -1, 1, $file if $> == 0;
my @owner = (stat $file)[2, 4, 5];
is save('replies', $first, $other), 'saved', 'a version is replaced';
is Kit::read_file($file), $other, 'by the new one, byte for byte';
is Kit::read_file("$file.before"), $first, 'the version before is kept beside it';
is_deeply [(stat $_)[2, 4, 5]], \@owner, s{.*/}{}r . ': owner, group and mode stay' for $file, "$file.before";
is save('replies', $other, $other), 'same', 'the same text again is nothing to write';
is Kit::read_file("$file.before"), $first, 'and the version before stays';
is save('replies', $first, $first), 'changed', 'another version than the one that was edited is not replaced';
is Kit::read_file($file), $other, 'it stays';
is save('replies', undef, $first), 'changed', 'nor one that appeared meanwhile';
is save('replies', $other, $first), 'saved', 'another change';
is Kit::read_file("$file.before"), $other, 'one version is kept';

my $menu = qq({"button": [{"type": "click", "name": "a", "key": "k"}]}\n);
is save('menu', undef, $menu), 'saved', 'a file that is set and missing is created';
is state_of("$folder/menu.json"), join(' ', 0100600, $>, (split / /, $))[0], $menu), 'for the programs alone';
ok !-e "$folder/menu.json.before", 'there was none before';
is save('menu', $first, $menu), 'changed', 'a file that is gone is not replaced either' if unlink "$folder/menu.json";

# Two at once: one of them wins, the other is told.
{
    my @texts = map {qq([{"reply": {"text": "$_"}}]\n)} 0 .. 7;
    my $now = Kit::read_file($file);
    my @said = Kit::at_once(scalar @texts, sub { my ($i) = @_; $kit->{runs} = 100 * ($i + 1); return save('replies', $now, $texts[$i]) });
    is_deeply [sort @said], [('changed') x 7, 'saved'], 'of eight who save at once, one has replaced the version';
    my ($winner) = grep { $said[$_] eq 'saved' } 0 .. 7;
    is Kit::read_file($file), $texts[$winner], 'and that one is in force';
    is Kit::read_file("$file.before"), $now, 'the version before is theirs all';
    $first = $texts[$winner];
}

# What is not saved: mistakes, other files, and what is not in the form.
my $conf = Kit::read_file("$folder/wechat.conf");
for my $row (
    ['a syntax error', 'replies', "[\n{\"reply\" {}}]", qr/line 2: the : behind a name is missing/],
    ['an unknown member', 'replies', "[\n\n{\"replay\": null}]", qr/line 3: there is no "replay": did you mean reply\?/],
    ['a menu with a mistake', 'menu', '{"button": [{"name": "a"}]}', qr/line 1: the button has no type/],
    ['an access file with a mistake', 'access', '[{"folder": "x"}]', qr/line 1: "folder" must be a path/],
    ['clients with a mistake', 'oidc_clients', '[{"client_id": "a b"}]', qr/line 1: "client_id": must be 1 to 64 letters/],
    ['not UTF-8', 'replies', "[{\"reply\": {\"text\": \"\xc4\xe3\"}}]", qr/UTF-8/],
    ['too large', 'replies', '[' . ' ' x (256 * 1024) . ']', qr/larger than 262144 bytes/],
    ['more than can be read', 'replies', ' ' x (400 * 1024), qr/stdin: more than 327680 bytes/],
    ['a file that is not set', 'list', '[]', qr/no such file/],
    ['the settings', 'wechat.conf', $conf, qr/no such file/],
    ['a path', "$folder/wechat.conf", $conf, qr/no such file/],
    ['a path from the file', 'replies/../wechat.conf', $conf, qr/no such file/],
    ['another setting', 'handler', "#!/bin/sh\n", qr/no such file/],
    ['a setting that is a secret', 'secret', 'x', qr/no such file/],
    ['nothing', '', '', qr/no such file/],
) {
    my ($what, $name, $text, $error) = @$row;
    my $version = -e "$folder/$name.json" ? Kit::read_file("$folder/$name.json") : undef;
    like save($name, $version, $text), qr/\A1: [^\n]*$error/, "$what: not saved, and the log says why";
}
like $kit->run('wechat-save.cgi', stdin => 'x', environment => { GATEWAY_INTERFACE => undef, WECHAT_LOCAL => 1 })->{error}, qr/no file is named/, 'no line at all: refused';
is Kit::read_file($file), $first, 'the rules are as they were';
is Kit::read_file("$folder/wechat.conf"), $conf, 'the settings, too';

# A web server, and whoever asks it, gets nothing written.
for my $environment ({}, { WECHAT_LOCAL => 1 }, { WECHAT_LOCAL => 1, HTTP_WECHAT_LOCAL => 1 }) {
    my $got = $kit->run('wechat-save.cgi', stdin => 'replies ' . sha256_hex($first) . "\n$other", environment => $environment);
    is $got->{status}, 404, 'a web server gets 404';
}
is Kit::read_file($file), $first, 'and nothing is written';

# Files that are not its own are not replaced; the log says why.
sub refused {
    my ($what, $pattern, @before) = @_;
    my $version = -f $file ? Kit::read_file($file) : undef;
    my $before = state_of($file);
    my $got = $kit->run('wechat-save.cgi', stdin => 'replies ' . (defined $version ? sha256_hex($version) : '-') . "\n$other",
        environment => { GATEWAY_INTERFACE => undef, WECHAT_LOCAL => 1 }, before => \@before);
    is eval { decode_json($got->{bytes})->{outcome} }, 'forbidden', "$what: not written" or diag $got->{error};
    like $got->{error}, $pattern, "$what: the log says why";
    is state_of($file), $before, "$what: it is as it was";
    is_deeply [glob "$folder/.tmp-*"], [], "$what: nothing is left behind";
}
rename $file, "$folder/real.json";
symlink 'real.json', $file;
refused('a link', qr/replies\.json/);
is Kit::read_file("$folder/real.json"), $first, 'what it leads to, too';
unlink $file;
link "$folder/real.json", $file;
refused('a file with two names', qr/one link/);
unlink $file;
mkdir $file;
refused('a folder', qr/regular file/);
rmdir $file;
rename "$folder/real.json", $file;

# Killed at any moment, or on a disk that is full: the file is whole, the old one or the new, and nothing keeps it from being saved.
SKIP: {
    skip 'strace is not installed', 1 if !Kit::find_program('strace');
    skip 'sanitizers and valgrind do not work under strace', 1 if $Kit::BUILD =~ m{/(?:sanitize|valgrind)(?:/|$)};
    my $local = { GATEWAY_INTERFACE => undef, WECHAT_LOCAL => 1 };
    my $try = sub {
        my ($inject) = @_;
        Kit::write_file($file, $first);
        unlink "$file.before";
        return $kit->run('wechat-save.cgi', stdin => 'replies ' . sha256_hex($first) . "\n$other", environment => $local, before => ['strace', '-f', '-qqq', '-o', '/dev/null', '-e', "inject=$inject"]);
    };
    my (@wrong, $killed);
    for my $call (qw(openat write fsync renameat fchmod)) {
        for my $number (1 .. 60) {
            my $got = $try->("$call:signal=KILL:when=$number");
            last if $got->{signal} != 9;
            $killed++;
            my $text = Kit::read_file($file);
            push @wrong, "$call $number: the file is broken" if $text ne $first && $text ne $other;
            push @wrong, "$call $number: it was replaced, and the version before is not kept" if $text eq $other && Kit::read_file("$file.before") ne $first;
            push @wrong, "$call $number: half a version before" if -e "$file.before" && Kit::read_file("$file.before") ne $first;
            my $again = save('replies', $text, "$other\n");
            push @wrong, "$call $number: then saving says $again" if $again ne 'saved';
        }
    }
    cmp_ok $killed, '>', 20, 'killed at more than 20 system calls';
    is_deeply \@wrong, [], 'each time the file is whole, and can be saved';
    unlink glob "$folder/.tmp-*";
    for my $error (qw(ENOSPC EDQUOT EIO)) {
        my $got = $try->("fsync:error=$error");
        is "$got->{exit} " . Kit::read_file($file), "1 $first", "fsync fails, $error: not saved, and no answer says so";
        is_deeply [glob "$folder/.tmp-*"], [], 'nothing is left behind';
    }

    # The order on the disk: each version is synced before it gets its name, and the folder before the answer.
    Kit::write_file($file, $first);
    $kit->run('wechat-save.cgi', stdin => 'replies ' . sha256_hex($first) . "\n$other", environment => $local,
        before => ['strace', '-f', '-y', '-qqq', '-o', "$folder/trace", '-e', 'trace=fsync,renameat,renameat2,rename,write,writev']);
    my @calls = map { /fsync\(\d+<\Q$folder\E\/\.tmp-/ ? 'file' : /fsync\(\d+<\Q$folder\E>/ ? 'folder' : /rename.*"\.tmp-[^"]*".*"(replies\.json(?:\.before)?)"/ ? $1 : /writev?\(1</ ? 'answer' : () } split /\n/, Kit::read_file("$folder/trace");
    is "@calls", 'file replies.json.before folder file replies.json folder answer', 'synced, renamed, the folder synced, and then the answer';
    Kit::write_file($file, $first);
}

# Hosts where the programs run as another user.
SKIP: {
    skip 'only root runs programs as another user', 1 if $> != 0;
    my @nobody = getpwnam 'nobody';
    # Apache owns the settings and the state, as on such hosts; the owner's files are somebody else's.
    system 'chown', '-R', 'nobody:nogroup', $kit->state_dir, "$folder/wechat.conf";
    chmod 0644, $file;
    chmod 0755, $folder;
    refused("another user's file", qr/not a regular file of our own/, 'setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups');
    chown $nobody[2], $nobody[3], $file;
    refused('a folder that may not be written', qr/replies\.json: Permission denied/, 'setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups');
}
done_testing;
