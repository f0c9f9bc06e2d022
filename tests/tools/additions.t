#!/usr/bin/env perl
# What the READMEs say about additions.
#
# A program made as lib/web/README.md says is built, and the tests that cover every program include it, though nothing lists it.
# If it breaks a promise, they fail. This runs in a copy of the sources and of what is built, so that only the new program is
# compiled. A new setting appears in wechat.conf.example, even where only the programs can be built.
use strict;
use warnings;
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use Kit;
use Test::More;

plan skip_all => 'only in make check-hard: HARD=1' if !$ENV{HARD};
plan skip_all => 'for the ordinary build' if $Kit::BUILD ne "$Kit::TOP/build";
delete @ENV{qw(MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL CFLAGS CPPFLAGS LDFLAGS WECHAT_TOP WECHAT_BUILD PERL5LIB)};

my $copy = tempdir('wechat-program-XXXXXX', TMPDIR => 1, CLEANUP => 1);
make_path("$copy/build/tests/sim", "$copy/tests/server");
for my $part (qw(Makefile lib cgi-bin command fcgi man html static clients docs site README.md README.zh-CN.md CHANGES.md SECURITY.md LICENSE wechat.conf.example build/lib build/cgi-bin build/command build/fcgi build/bin build/html build/flags
    build/tests/sim/sim.cgi build/tests/sim/html tools tests/tests.mk tests/server/many.mk tests/lib tests/cgi tests/unit tests/demo)) {
    system('cp', '-a', "$Kit::TOP/$part", "$copy/$part") == 0 or die "cp $part";
}

# Writes the source of shop.cgi, a changed copy of logout.c, and builds it.
sub build {
    my (@changes) = @_;
    my $source = Kit::read_file("$Kit::TOP/cgi-bin/logout.c");
    for my $change (['"logout\.cgi",', '"shop.cgi",'], @changes) {
        my ($from, $to) = @$change;
        $source =~ s/$from/$to/ or die "logout.c has no $from";
    }
    Kit::write_file("$copy/cgi-bin/shop.c", $source);
    my $said = `make -C $copy programs 2>&1`;
    is $?, 0, 'built' or diag $said;
    return;
}

# Runs one of the copy's tests, for the given programs or for all; returns the names of failed assertions.
sub failures {
    my ($test, @programs) = @_;
    my $said = `cd $copy && perl -Itests/lib $test @programs 2>&1`;
    my $passed = () = $said =~ /^ok /mg;
    cmp_ok $passed, '>', @programs ? 4 : 15, "$test ran";
    return $said =~ /^not ok \d+ - (.*)$/mg;
}

# ---- it is built and tested ----

build();
for my $test (qw(tests/cgi/promises.t tests/cgi/sandbox.t tests/unit/links.t)) {
    is_deeply [failures($test, 'shop.cgi')], [], "$test: shop.cgi keeps what it says";
}
like join('', `cd $copy && perl -Itests/lib tests/unit/links.t 2>&1`), qr/^ok \d+ - shop\.cgi links curl if --describe says so$/m, 'without arguments, it is tested among the others';
is_deeply [failures('tests/unit/links.t')], [], 'and the others still pass';
is_deeply [failures('tests/cgi/install.t')], [], 'make install installs it';

# ---- a broken promise is noticed ----

my @broken = (
    ['the name of another', 'tests/cgi/promises.t', 'shop.cgi: has the name of its file', ['"shop\.cgi",', '"login.cgi",']],
    ['a method that it refuses', 'tests/cgi/promises.t', 'shop.cgi: PUT is taken', ['"GET, HEAD, POST"', '"GET, HEAD, POST, PUT"'],
        [qr/(?<=        struct session session;\n)/, qq(\n        if (strcmp(app->request.method, "PUT") == 0)\n                return err_set(&app->err, ERR_METHOD, "method PUT");\n)]],
    ['a judgement on what it does not ask for', 'tests/cgi/promises.t', 'shop.cgi: a broken query is no error',
        [qr/(?<=        struct session session;\n)/, qq(\n        if (app->request.query_flaw != NULL)\n                return err_set(&app->err, ERR_REQUEST, "%s", app->request.query_flaw);\n)]],
    ['libcurl, unsaid', 'tests/unit/links.t', 'shop.cgi links curl if --describe says so', [qr/(?=static int\nlogout\()/, "int curl_easy_perform(void *curl);\n\n"],
        [qr/(?<=        struct session session;\n)/, qq(\n        if (app->started < 0)\n                return curl_easy_perform(NULL);\n)]],
    ['Expat, said and not linked', 'tests/unit/links.t', 'shop.cgi links expat if --describe says so', [qr/(?=    \.handle = )/, qq(    .links = "expat",\n)]],
    ['the network, without libcurl', 'tests/unit/links.t', 'shop.cgi links libcurl if and only if it needs the network',
        [qr/(?=    \.handle = )/, "    .needs = SANDBOX_STANDARD | SANDBOX_NETWORK,\n"], [qr/(?=#include "web\/program\.h")/, qq(#include "host/sandbox.h"\n)]],
);
for my $case (@broken) {
    my ($name, $test, $row, @changes) = @$case;
    build(@changes);
    my @failed = failures($test, 'shop.cgi');
    ok scalar(grep { $_ eq $row } @failed), "$name: seen" or diag join "\n", @failed;
}
unlink "$copy/cgi-bin/shop.c";
ok scalar(grep { $_ eq 'a program is a file in cgi-bin' } failures('tests/cgi/promises.t')), 'a program without a source: seen';

# ---- a setting ----

# Generates wechat.conf.example without cmocka and without the tests' tools.
sub example {
    unlink "$copy/wechat.conf.example";
    my $said = `make -C $copy wechat.conf.example CMOCKA=-lmissing 2>&1`;
    is $?, 0, 'make wechat.conf.example, without cmocka' or diag $said;
    unlike $said, qr/-lmissing|tests\/unit/, 'and needs neither';
    return Kit::read_file("$copy/wechat.conf.example");
}
is example(), Kit::read_file("$Kit::TOP/wechat.conf.example"), 'the committed one is current';
my $settings = Kit::read_file("$copy/lib/conf/keys.c");
$settings =~ s/(?=^    \{"home", TEXT)/    {"shop_path", TEXT, offsetof(struct conf, home), "\/shop", check_path, "The shop."},\n/m or die 'keys.c has no home';
Kit::write_file("$copy/lib/conf/keys.c", $settings);
like example(), qr/^# The shop\.\n#shop_path = \/shop\n/m, 'one line in the table: it has the new setting';
done_testing;
