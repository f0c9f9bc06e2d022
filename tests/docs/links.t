# Every link of a page in this project leads somewhere: to a file, a folder, or a heading of a page; and every page of docs/ is in its
# index. Other hosts are not asked, but each is in the table below, so that a slip in its name shows.
use strict;
use warnings;
use Docs;
use File::Basename qw(dirname);
use File::Spec;
use Kit;
use Test::More;

my %host = map { $_ => 1 } qw(mp.weixin.qq.com developers.weixin.qq.com open.weixin.qq.com github.com vitepress.dev);

chdir $Kit::TOP or die "$Kit::TOP: $!\n";
my @pages = grep { !m{^(?:build|\.git)/|/node_modules/} } map { s{^\./}{}r } split /\n/, `find . -name build -prune -o -name node_modules -prune -o -name '*.md' -print`;
cmp_ok scalar @pages, '>', 50, 'the pages were found';
my %anchors;
for my $page (sort @pages) {
    my @wrong;
    for my $link (Docs::links($page)) {
        if ($link =~ m{^(?:https?:)//([^/]+)}) { push @wrong, $link if !$host{$1} && $1 !~ /^127\.0\.0\.1/; next }
        next if $link =~ /^mailto:/;
        my ($file, $anchor) = split /#/, $link, 2;
        # The pages of the archives lie at their top.
        my $from = $page =~ m{^static/INSTALL} ? '.' : dirname($page);
        my $to = $file eq '' ? $page : File::Spec->canonpath("$from/$file");
        while ($to =~ s{(^|/)(?!\.\./)[^/]+/\.\./}{$1}) { }
        next if $page =~ m{^static/INSTALL} && $file =~ /^INSTALL/ && -e "static/$file";
        if (!-e $to) { push @wrong, $link; next }
        next if !defined $anchor;
        $anchors{$to} //= { map { $_ => 1 } Docs::anchors($to) };
        push @wrong, $link if !$anchors{$to}{$anchor};
    }
    is join(' ', @wrong), '', "$page: its links lead somewhere";
}

my %listed = map { ("docs/$_" => 1) } map {s/#.*//r} Docs::links('docs/README.md');
is_deeply [grep { !$listed{$_} } grep { m{^docs/(?:en|zh)/} } Docs::pages()], [], 'docs/README.md lists every page';
done_testing;
