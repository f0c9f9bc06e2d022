# The words and the built pages.
use strict;
use warnings;
use File::Temp;
use Kit;
use Test::More;

sub words {
    my ($file) = @_;
    my %words;
    for my $line (split /\n/, Kit::read_file($file)) {
        next if $line =~ /^#/ || $line eq '';
        my ($name, $text) = $line =~ /^([a-z0-9_.]+) = (\S.*)$/ or fail("$file: $line");
        ok !exists $words{$name}, "$name is there once" or diag $file;
        $words{$name} = $text;
    }
    return \%words;
}

for my $case (["$Kit::TOP/html", "$Kit::BUILD/html"], ["$Kit::TOP/tests/sim/html", "$Kit::BUILD/tests/sim/html"]) {
    my ($source, $built) = @$case;
    my %language = map { $_ => words("$source/words/$_.txt") } qw(zh_CN zh_TW en);
    is_deeply [sort keys %{ $language{$_} }], [sort keys %{ $language{zh_CN} }], "$_ has the words that zh_CN has" for qw(zh_TW en);
    for my $name (sort keys %{ $language{zh_CN} }) {
        my @values = map { join ' ', sort $language{$_}{$name} =~ /\{\{(\w+)\}\}/g } qw(zh_CN zh_TW en);
        ok $values[0] eq $values[1] && $values[0] eq $values[2], "$name has the same values in each language";
    }
    my %used;
    for my $page (glob "$source/*.html") {
        my ($name) = $page =~ m{([^/]+)\.html$};
        next if $name eq 'layout';
        my $text = Kit::read_file("$built/$name.html");
        $used{$1}++ while $text =~ /\{\{([a-z0-9_]+\.[a-z0-9_.]+)\}\}/g;
        my @open;
        while ($text =~ /\{\{([?^*\/]?)([a-z0-9_.]+)\}\}/g) {
            my ($kind, $tag) = ($1, $2);
            if ($kind eq '/') { is pop @open, $tag, "$name: {{/$tag}} closes what is open" }
            elsif ($kind) { push @open, $tag }
        }
        is_deeply \@open, [], "$name: each section is closed";
        is scalar(() = $text =~ /<h1\b/g), 1, "$name: one h1";
        is scalar(() = $text =~ /<title>/g), 1, "$name: one title";
        unlike $text, qr/@[a-z]+@|<script(?! nonce="\{\{nonce\}\}"[^<>]*>)|\sstyle=|\son\w+=/, "$name: no script but with the nonce, no style attribute, nothing unfilled";
        unlike $text, qr{https?://(?!www\.w3\.org/)}, "$name: no foreign host";
        cmp_ok length $text, '<', 20_000, "$name: small";
        like $text, qr/\.weui-/, "$name: dressed by WeUI";
    }
    is_deeply [grep { !$used{$_} } sort keys %{ $language{en} }], [], 'each word is used';
    is_deeply [grep { !exists $language{en}{$_} } sort keys %used], [], 'each word that is used is there';
}

# Without npm the pages are built all the same, and it says so.
my $folder = File::Temp::tempdir(CLEANUP => 1);
mkdir "$folder/bin";
for my $tool (qw(sh awk sed mkdir cp mv rm cat basename dirname mktemp chmod cmp)) {
    my $path = Kit::find_program($tool) or next;
    symlink $path, "$folder/bin/$tool";
}
my $said = `PATH=$folder/bin sh $Kit::TOP/html/build.sh $folder/out 2>&1`;
is $?, 0, 'without npm: built';
like $said, qr/built without WeUI.*npm/, 'and says what was left out';
like Kit::read_file("$folder/out/me.html"), qr/<style nonce.*\.profile\{.*\{\{me\.sign_out\}\}/s, 'in plainer dress';

# As editors on Windows save them, they build the same.
system 'cp', '-r', "$Kit::TOP/html", "$folder/html";
for my $file (glob "$folder/html/*.html $folder/html/parts/*.html $folder/html/words/*.txt") {
    Kit::write_file($file, "\xef\xbb\xbf" . Kit::read_file($file) =~ s/\n/\r\n/gr . "\x1a");
}
is system("PATH=$folder/bin sh $folder/html/build.sh $folder/again >/dev/null 2>&1"), 0, 'with byte order marks, CR LF and 0x1A: built';
is Kit::read_file("$folder/again/$_"), Kit::read_file("$folder/out/$_"), "$_: the same" for qw(me.html list.html words/zh_CN.txt);
is_deeply [glob "$folder/out/.build.*"], [], 'nothing is left lying about';
done_testing;
