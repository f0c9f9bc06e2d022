#!/usr/bin/env perl
# CONTRIBUTING.md, followed literally: its five common changes are made in a copy, exactly as written; with HARD=1 their commands are
# run, which takes minutes. The files that answer its eleven questions exist, and lib/README.md names them.
use strict;
use warnings;
use File::Copy qw(copy);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use Kit;
use Test::More;

my $guide = Kit::read_file("$Kit::TOP/CONTRIBUTING.md");

# Eleven questions.
my ($table) = $guide =~ /^## Where to look\n(.*?)^## /ms;
my @answers = $table =~ /^\| [^|]+\? \| `([^`]+)` \|$/mg;
is scalar(@answers), 11, 'eleven questions have a file each';
ok -e "$Kit::TOP/$_", "$_ is there" for @answers;
my $rooms = Kit::read_file("$Kit::TOP/lib/README.md");
for my $file (@answers) {
    # lib/README.md leaves out lib/ in the names of files.
    my $name = $file =~ s{^lib/}{}r;
    like $rooms, qr/`\Q$name\E`/, "lib/README.md names $file";
}

# Parses the steps of a change: [what to do, file, line, text].
sub steps {
    my ($text) = @_;
    my @steps;
    while ($text =~ /^((?:In|Create|At) [^\n]*|[^\n]*(?:run|Run) [^\n]*):\n\n((?:    [^\n]*\n|\n)+)/mg) {
        my ($what, $lines) = ($1, $2);
        $lines =~ s/^    //mg;
        $lines =~ s/\n+\z/\n/;
        if ($what =~ /^In `([^`]+)`, (above|below) the line with `([^`]+)`$/) { push @steps, [$2, $1, $3, $lines] }
        elsif ($what =~ /^Create `([^`]+)`$/) { push @steps, ['create', $1, undef, $lines] }
        elsif ($what =~ /^At the end of `([^`]+)`$/) { push @steps, ['append', $1, undef, $lines] }
        elsif ($what =~ /^At the end of the line in `([^`]+)` that begins with `([^`]+)`$/) { push @steps, ['extend', $1, $2, $lines] }
        elsif ($what =~ /run /i) { push @steps, ['run', undef, undef, $lines] }
        else { fail("a step that nobody can follow: $what") }
    }
    return @steps;
}

my ($part) = $guide =~ /^## Five common changes\n(.*?)^## /ms;
my @changes = $part =~ /^### ([^\n]+)\n(.*?)(?=^### |\z)/msg;
is join(', ', @changes[grep { $_ % 2 == 0 } 0 .. $#changes]), 'A setting, An event, A page, A program, An errcode', 'the five changes';

SKIP: {
    skip 'the copy is of the ordinary build', 1 if $Kit::BUILD ne "$Kit::TOP/build";

    # The copy includes what is built, with its times, so that only changes are rebuilt.
    my $copy = tempdir('wechat-contributing-XXXXXX', TMPDIR => 1, CLEANUP => 1);
    make_path("$copy/build/tests");
    my @own = (qw(lib cgi-bin command fcgi tools html tests static clients docs man site), map { s{.*/}{}r } glob "$Kit::TOP/*.md $Kit::TOP/*.mk $Kit::TOP/Makefile $Kit::TOP/wechat.conf.example $Kit::TOP/LICENSE");
    my @built = grep { $ENV{HARD} && -e "$Kit::BUILD/$_" } qw(flags lib cgi-bin command fcgi bin html vue tests/unit tests/sim tests/hard);
    system('cp', '-a', (map {"$Kit::TOP/$_"} @own), $copy) == 0 or die 'cannot copy the sources';
    for my $name (@built) {
        my $to = "$copy/build/" . ($name =~ m{^(.*)/} ? $1 : '');
        system('cp', '-a', "$Kit::BUILD/$name", $to) == 0 or die "cannot copy $name";
    }
    # Folders of npm packages are large and never written: link to them.
    for my $folder (glob "$Kit::BUILD/*-node $Kit::BUILD/vue-app") {
        symlink $folder, "$copy/build/" . $folder =~ s{.*/}{}r or die "$folder: $!";
    }
    delete @ENV{qw(MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL WECHAT_BUILD WECHAT_TOP PERL5LIB HARNESS_ACTIVE HARNESS_OPTIONS)};

    while (my ($name, $text) = splice @changes, 0, 2) {
        my @steps = steps($text);
        cmp_ok scalar(grep { $_->[0] ne 'run' } @steps), '>', 1, "$name: there are steps";
        is scalar(grep { $_->[0] eq 'run' } @steps), 1, "$name: and one set of commands";
        follow($copy, $name, @$_) for @steps;
    }
}

sub follow {
    my ($copy, $name, $what, $file, $at, $lines) = @_;
    if ($what eq 'run') {
        return if !$ENV{HARD};
        my $said = `cd $copy && exec 2>&1 </dev/null && set -e
$lines`;
        is $?, 0, "$name: the commands succeed" or diag substr $said, -4000;
        like $said, qr/^All tests successful\.$/m, "$name: the tests pass" if $lines =~ m{tests/run};
        return;
    }
    my $path = "$copy/$file";
    if ($what eq 'create') {
        ok !-e $path, "$name: $file is new";
        Kit::write_file($path, $lines);
        return;
    }
    my $old = Kit::read_file($path);
    my $new = $old;
    if ($what eq 'append') { $new .= $lines }
    else {
        my $line = $what eq 'extend' ? qr/^\Q$at\E[^\n]*\n/m : qr/^[^\n]*\Q$at\E[^\n]*\n/m;
        is scalar(() = $old =~ /$line/g), 1, "$name: one line in $file has $at";
        if ($what eq 'above') { $new =~ s/(?=$line)/$lines/ }
        elsif ($what eq 'below') { $new =~ s/($line)/$1$lines/ }
        else { chomp $lines; $new =~ s/($line)/substr($1, 0, -1) . "$lines\n"/e }
    }
    isnt $new, $old, "$name: $file is changed";
    Kit::write_file($path, $new);
    return;
}
done_testing;
