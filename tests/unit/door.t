#!/usr/bin/env perl
# The state has one door: outside lib/state nothing includes what is behind it, knows where the state lies, or opens, marks
# and locks its files.
use strict;
use warnings;
use Kit;
use Test::More;

my @files = grep { !m{/lib/state/} } glob "$Kit::TOP/lib/*/*.[ch] $Kit::TOP/cgi-bin/*.[ch]";
cmp_ok scalar(@files), '>', 100, scalar(@files) . ' files are looked at';

# A file without its comments, for what is looked for.
sub code_of { my ($text) = @_; return $text =~ s{/\*.*?\*/}{}gsr }

# What a file outside does that only the state may.
sub wrongs {
    my ($path, $text) = @_;
    my $code = code_of($text);
    my @wrong;
    push @wrong, map {"includes $_"} grep { $_ ne 'state/state.h' } $code =~ /^#include "(state\/[^"]+)"/mg;
    push @wrong, map {"calls $_"} $code =~ /\b((?:lock_acquire|file_mark|file_read_private|file_list|lines_append|lines_remove|atomic_\w+)\w*)\(/g unless $path =~ m{/lib/host/};
    push @wrong, ('uses state_dir') x (() = $code =~ /conf(?:\.|->)state_dir/g);
    return @wrong;
}

# Who may know the name of the folder: who opens the door, who checks where the web server would serve it, and
# wechat.cgi, which tells the owner's handler.
my %may = ('lib/web/host.c' => 4, 'lib/web/conf_file.c' => 1, 'cgi-bin/wechat.c' => 1);
my %found;
for my $path (@files) {
    my $name = $path =~ s{^\Q$Kit::TOP\E/}{}r;
    my @wrong = wrongs($path, Kit::read_file($path));
    $found{$name} = grep { $_ eq 'uses state_dir' } @wrong;
    shift @wrong for 1 .. ($may{$name} || 0);
    is_deeply \@wrong, [], "$name stays outside";
}
is $found{$_}, $may{$_}, "$_ does use it" for sort keys %may;

# The check sees what it is for.
for my $row (['#include "state/store.h"', 'includes state/store.h'], ['lock_acquire(folder, ".lock", &lock, err);', 'calls lock_acquire'],
    ['lock_acquire_key(folder, "x", 1, 2, &lock, err);', 'calls lock_acquire_key'], ['file_mark(root, "x");', 'calls file_mark'],
    ['f(app->conf.state_dir);', 'uses state_dir'], ['f(conf->state_dir);', 'uses state_dir'], ['atomic_write(a);', 'calls atomic_write']) {
    is_deeply [wrongs('lib/push/x.c', $row->[0])], [$row->[1]], "seen: $row->[1]";
}
is_deeply [wrongs('lib/push/x.c', "#include \"state/state.h\"\n/* conf->state_dir */\n")], [], 'what is allowed is not';

# The door has no hole: one function gives a descriptor, for the sandbox, and one place calls it.
my $calls = join ' ', map { my $path = $_; map { $path =~ s{.*/}{}r } code_of(Kit::read_file($path)) =~ /\bstate_reach\(/g } @files;
is $calls, 'host.c', 'the descriptor goes to the sandbox only';
done_testing;
