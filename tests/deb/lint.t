# debian/, as far as it can be judged without building the package: the maintainer scripts, what a purge deletes, versions in their
# order, the examples for web servers. `make check-deb` builds it, runs lintian, and installs it in a clean Debian.
use strict;
use warnings;
use File::Temp qw(tempdir);
use Kit;
use Test::More;

my $debian = "$Kit::TOP/debian";
is system("sh -n $debian/wechat-cgi.$_"), 0, "$_: its syntax" for qw(postinst postrm);
is system("perl -I$Kit::TOP/tests/lib -c $debian/tests/sign-in 2>/dev/null"), 0, 'the test of the installed package: its syntax';

# A purge deletes each kind of record by its name, and nothing that the owner has put beside them.
my ($names) = Kit::read_file("$debian/wechat-cgi.postrm") =~ /for name in (.*?); do/s;
my %deleted = map { $_ => 1 } split /[\s\\]+/, $names;
my @kinds = Kit::read_file("$Kit::TOP/lib/state/kind.c") =~ /^    \[STORE_\w+\] = \{"(\w+)"/mg;
cmp_ok scalar @kinds, '>', 15, 'kinds of records were found';
is_deeply [grep { !$deleted{$_} } @kinds, qw(users events errors audit.jsonl late.log tallies)], [], 'a purge deletes all that the programs write';
my @marks = map { Kit::read_file($_) =~ /state_note\([^,]+, "([\w-]+)"/g } glob "$Kit::TOP/lib/*/*.c $Kit::TOP/cgi-bin/*.c";
my $script = Kit::read_file("$debian/wechat-cgi.postrm");
like $script, qr{/\Q$_\E[ "]}, "the mark $_, too" for @marks;

# The settings of the package are complete but for the three.
my $settings = Kit::read_file("$debian/wechat.conf");
is join(' ', $settings =~ /^(\w+) =\s*$/mg), 'appid secret site_url', 'three settings to fill in';
is join(' ', $settings =~ /^(\w+) = \S/mg), 'cgi_path', 'and one that fits Apache’s configuration';
my ($path) = $settings =~ /^cgi_path = (\S+)$/m;
like Kit::read_file("$debian/$_"), qr{\Q$path\E/}, "$_ has the same path" for qw(apache/wechat-cgi.conf examples/nginx.conf examples/lighttpd.conf);

# ---- versions ----

SKIP: {
    skip 'dpkg is not installed', 6 unless Kit::find_program('dpkg');
    my $folder = tempdir(CLEANUP => 1);
    my $version = sub {
        my ($heading, $time, $makefile) = @_;
        Kit::write_file("$folder/CHANGES.md", "# Changes\n\n## $heading\n\n- x\n\n## 0.0.9 – 2020-01-01\n");
        return `sh $Kit::TOP/tools/debian-changelog $folder $makefile $time` =~ /^wechat-cgi \((\S+)\) unstable/ ? $1 : 'none';
    };
    my $time = 1796000000;
    my @order = ($version->('0.2.0 – unreleased', $time, '0.1.0'), $version->('0.2.0 – unreleased', $time + 3600, '0.1.0'), $version->('0.2.0 – unreleased', $time, '0.2.0'),
        $version->('0.2.0 – 2026-12-24', $time, '0.2.0'), $version->('0.3.0 – unreleased', $time, '0.2.0'));
    is $order[3], '0.2.0', 'a release has its number';
    is system('dpkg', '--compare-versions', $order[$_], 'lt', $order[ $_ + 1 ]), 0, "$order[$_] is before $order[$_ + 1]" for 0 .. 3;
    is system('dpkg', '--compare-versions', '0.1.0', 'lt', $order[0]), 0, 'and all of them after 0.1.0';
}

# ---- licences ----

my @paragraphs = split /\n\n+/, Kit::read_file("$debian/copyright");
like $paragraphs[0], qr{^Format: https://www\.debian\.org/doc/packaging-manuals/copyright-format/1\.0/$}m, 'copyright has the machine-readable form';
is scalar(grep { /^Files: / && !(/^Copyright: /m && /^License: /m) } @paragraphs), 0, 'each paragraph names holder and licence';
ok scalar(grep { /^Files: html\/weui\/\*/m && /Tencent/ } @paragraphs), 'WeUI’s, too';

done_testing;
