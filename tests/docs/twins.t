# The pages of docs/en and docs/zh are the same: each has its twin, names it, and has the same sections and the same snippets, but for
# comments and for words that people read.
use strict;
use utf8;
use warnings;
use Docs;
use Kit;
use Test::More;
binmode Test::More->builder->$_, ':utf8' for qw(output failure_output todo_output);

my %page = map { $_ => 1 } Docs::pages();
my @english = grep { m{^docs/en/} } sort keys %page;
cmp_ok scalar @english, '>=', 30, 'the pages were found';
is_deeply [grep { !$page{s{^docs/zh/}{docs/en/}r} } grep { m{^docs/zh/} } sort keys %page], [], 'no page is in Chinese only';

# A snippet without its comments and without what is written for people: texts with a character outside of ASCII, and what English has in
# their place.
sub bare {
    my ($snippet) = @_;
    my $text = $snippet->{text};
    $text =~ s/^\s*(?:#(?!!)|\/\/|--|\/\*).*\n//mg;
    $text =~ s/[ \t]+(?:#|\/\/) .*$//mg;
    $text =~ s/<!--.*?-->//gs;
    $text =~ s/(["'`])(?:(?!\1)[^\\\n]|\\.)*\1/""/g;
    $text =~ s/^(\s*\w+ *= *).*$/$1/mg if $snippet->{language} eq 'conf';
    $text =~ s/您的域名|your-domain/host/g;
    $text =~ s/>[^<>]*</></g if $snippet->{language} =~ /^(?:html|php|js)$/;
    return $text;
}

for my $page (@english) {
    my $twin = $page =~ s{^docs/en/}{docs/zh/}r;
    my ($name) = $page =~ m{([^/]+)$};
    ok $page{$twin}, "$name is in both languages" or next;
    my ($english, $chinese) = map { Docs::text($_) } $page, $twin;
    ok $english =~ qr{^# .+\n\n.*\[中文\]\(\.\./zh/\Q$name\E\)}, "$name: names its twin";
    ok $chinese =~ qr{^# .+\n\n.*\[English\]\(\.\./en/\Q$name\E\)}, "$name: and is named by it";
    ok +($english =~ s/\[中文\]\([^)]*\)//r) !~ qr{\]\((?:\.\./)*(?:docs/)?zh/}, "$name: the English page leads to English pages";
    ok +($chinese =~ s/\[English\]\([^)]*\)//r) !~ qr{\]\((?:\.\./)*(?:docs/)?en/}, "$name: the Chinese page leads to Chinese pages";
    my ($sections, $their) = map { [map {length} s/^( *)```.*?^\1```$//gmsr =~ /^(#+) /mg] } $english, $chinese;
    is_deeply $their, $sections, "$name: the same sections";
    my @english_ones = Docs::snippets($page);
    my @chinese_ones = Docs::snippets($twin);
    is_deeply [map {"$_->{language} $_->{name}"} @chinese_ones], [map {"$_->{language} $_->{name}"} @english_ones], "$name: the same snippets" or next;
    for my $i (grep { $english_ones[$_]{language} ne 'text' } 0 .. $#english_ones) {
        is bare($chinese_ones[$i]), bare($english_ones[$i]), "$name:$english_ones[$i]{line}: the same snippet";
    }
}

my ($english, $chinese) = map { [map {"$_->{language} $_->{name} $_->{text}"} Docs::snippets($_)] } 'README.md', 'README.zh-CN.md';
is_deeply $chinese, $english, 'both READMEs have the same snippets';
done_testing;
