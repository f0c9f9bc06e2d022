#!/usr/bin/env perl
# Each file that a comment or a document names exists. A name may leave out leading folders.
# Also: npm packages run no scripts of their own when they are installed.
use strict;
use warnings;
use File::Find qw(find);
use Kit;
use Test::More;

my @files;
find({ no_chdir => 1, wanted => sub {
    $File::Find::prune = 1 if $_ eq $Kit::BUILD || $_ eq "$Kit::TOP/build" || m{/(?:\.git|node_modules)$};
    push @files, s{^\Q$Kit::TOP\E/}{}r if -f;
} }, $Kit::TOP);

# Each file, under every end of its path.
my %there;
for my $file (@files) {
    my @parts = split m{/}, $file;
    $there{ join '/', @parts[$_ .. $#parts] } = 1 for 0 .. $#parts;
}

# Not in the repository: system headers, built files, name.c as a placeholder, and CONTRIBUTING.md's example program.
my $elsewhere = qr{^(?:linux|sys|build)/|^name\.c$|/hello\.[ct]$};

# The prose of a file: a whole document, or the comments of other files.
sub prose {
    my ($file) = @_;
    my $text = Kit::read_file("$Kit::TOP/$file");
    return $text if $file =~ /\.md$/;
    return join "\n", $text =~ m{/\*(.*?)\*/}gs, $text =~ m{^\s*//(.*)$}gm if $file =~ /\.(?:c|h|js|mjs|css)$/;
    return join "\n", $text =~ /(?:^|\s)#\s(.*)$/gm;
}

sub mentions {
    my ($text) = @_;
    return $text =~ m~(?<![\w./\$*{}\@%<:-])((?:[\w-]+/)*[\w-]+\.(?:md|c|h|pm|sh|t|mjs))\b(?![\w*(])~g;
}

is_deeply [mentions('see a.md, lib/x.h (t/y.t) and <stdio.h>, *.c, /etc/z.sh')], [qw(a.md lib/x.h t/y.t)], 'names are found';
my ($count, @missing) = 0;
for my $file (grep { m{(?:^|/)(?:Makefile|[\w-]+|[\w-]+\.(?:md|c|h|pm|sh|t|js|mjs|css))$} && !m{/corpus/} } @files) {
    my @names = grep { $_ !~ $elsewhere } mentions(prose($file));
    $count += @names;
    push @missing, map {"$file: $_"} grep { !$there{$_} } @names;
}
cmp_ok $count, '>', 100, 'file names found';
is_deeply \@missing, [], 'each of these files exists';

for my $lock (grep {m{(?:^|/)package-lock\.json$}} @files) {
    my $settings = $lock =~ s{package-lock\.json$}{.npmrc}r;
    like Kit::read_file("$Kit::TOP/$settings"), qr/^ignore-scripts=true$/m, "$settings: packages run no scripts";
}
done_testing;
