#!/usr/bin/env perl
# The state is used through state.h only: outside lib/state, no file includes another header of it, uses the state
# folder's path, or opens, marks or locks its files.
use strict;
use warnings;
use Kit;
use Test::More;

my @files = grep { !m{/lib/state/} } glob "$Kit::TOP/lib/*/*.[ch] $Kit::TOP/cgi-bin/*.[ch] $Kit::TOP/command/*.[ch]";
cmp_ok scalar(@files), '>', 100, scalar(@files) . ' files are checked';

# A file's text without its comments.
sub code_of { my ($text) = @_; return $text =~ s{/\*.*?\*/}{}gsr }

# What a file outside lib/state does, and only lib/state may do.
sub wrongs {
    my ($path, $text) = @_;
    my $code = code_of($text);
    my @wrong;
    push @wrong, map {"includes $_"} grep { $_ ne 'state/state.h' } $code =~ /^#include "(state\/[^"]+)"/mg;
    push @wrong, map {"calls $_"} $code =~ /\b((?:lock_acquire|file_mark|file_read_private|file_list|lines_append|lines_remove|lines_take|atomic_\w+)\w*)\(/g unless $path =~ m{/lib/host/};
    push @wrong, ('uses state_dir') x (() = $code =~ /conf(?:\.|->)state_dir/g);
    return @wrong;
}

# The files that may use the folder's path: conf.c says where the state is, host.c watches for it, conf_file.c takes that of an installation, and checks that
# neither the web server nor gate.cgi serves it, local.c passes it to the owner's programs, and state_checks.c and the command say what is
# wrong with it.
my %may = ('lib/check/state_checks.c' => 1, 'lib/web/host.c' => 1, 'lib/conf/conf.c' => 2, 'lib/web/conf_file.c' => 3, 'lib/web/local.c' => 1,
    'command/settings.c' => 1);
my %found;
for my $path (@files) {
    my $name = $path =~ s{^\Q$Kit::TOP\E/}{}r;
    my @wrong = wrongs($path, Kit::read_file($path));
    $found{$name} = grep { $_ eq 'uses state_dir' } @wrong;
    shift @wrong for 1 .. ($may{$name} || 0);
    is_deeply \@wrong, [], "$name uses the state through state.h only";
}
is $found{$_}, $may{$_}, "$_ uses state_dir where it may" for sort keys %may;

# The check finds each violation.
for my $row (['#include "state/store.h"', 'includes state/store.h'], ['lock_acquire(folder, ".lock", &lock, err);', 'calls lock_acquire'],
    ['lock_acquire_key(folder, "x", 1, 2, &lock, err);', 'calls lock_acquire_key'], ['file_mark(root, "x");', 'calls file_mark'],
    ['f(app->conf.state_dir);', 'uses state_dir'], ['f(conf->state_dir);', 'uses state_dir'], ['atomic_write(a);', 'calls atomic_write']) {
    is_deeply [wrongs('lib/push/x.c', $row->[0])], [$row->[1]], "found: $row->[1]";
}
is_deeply [wrongs('lib/push/x.c', "#include \"state/state.h\"\n/* conf->state_dir */\n")], [], 'and nothing that is allowed';

# One function returns a descriptor of the state, for the sandbox, and one file calls it.
my %calls = map { my $path = $_; map { $path =~ s{.*/}{}r => 1 } code_of(Kit::read_file($path)) =~ /\bstate_reach\(/g } @files;
is join(' ', sort keys %calls), 'host.c', 'only host.c gets the descriptor, for the sandbox';
done_testing;
