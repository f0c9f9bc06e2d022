# docs/en/performance.md and docs/zh/performance.md: the commands that they name are those of tests/bench/bench, and both have the same figures.
use strict;
use warnings;
use utf8;
use Docs;
use Kit;
use Test::More;
binmode $_, ':utf8' for Test::More->builder->output, Test::More->builder->failure_output;

my $bench = Kit::read_file("$Kit::TOP/tests/bench/bench");
my $sources = join '', $bench, map { Kit::read_file($_) } glob "$Kit::TOP/tests/bench/lib/*.pm $Kit::TOP/tests/lib/Kit.pm";
my ($list) = $bench =~ /^my \@parts = \((.*?)\);$/ms;
my %parts = map { $_ => 1 } $list =~ /\[(\w+) =>/g, 'programs';
cmp_ok scalar(keys %parts), '>', 5, 'parts of the bench found';

my %pages = map { $_ => Docs::text("docs/$_/performance.md") } qw(en zh);
for my $language (sort keys %pages) {
    my @commands = grep { !/ PART$| 名称$/ } $pages{$language} =~ /`([^`]*perl tests\/bench\/bench [^`]*)`/g;
    cmp_ok scalar(@commands), '>', 8, "docs/$language: commands found";
    for my $command (@commands) {
        my ($settings, $named) = $command =~ /^((?:\w+=\w+ )*)perl tests\/bench\/bench (.*)$/;
        is_deeply [grep { !$parts{$_} } split / /, $named], [], "docs/$language: $command";
        ok index($sources, "ENV{$_}") >= 0, "$_ is read" for $settings =~ /(\w+)=/g;
    }
    ok -e "$Kit::TOP/$_", "$_ is there" for $pages{$language} =~ /`prove -Itests\/lib (\S+)`/g;
}

# The figures of the tables, in order, without words.
sub figures { my ($text) = @_; return join ' ', map { join ',', /\d+\.\d+/g } $text =~ /^(\|.*)$/gm }
is figures($pages{zh}), figures($pages{en}), 'the tables have the same figures';
like figures($pages{en}), qr/0\.78,0\.65,0\.88,0\.63/, 'and there are some';
done_testing;
