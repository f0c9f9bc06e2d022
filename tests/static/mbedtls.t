#!/usr/bin/env perl
# The files that use Mbed TLS compile against the version of the static build, and against version 3 without its deprecated
# functions; they use public functions only. WECHAT_MBEDTLS3: the folder of the headers of version 3, if not the system's.
use strict;
use warnings;
use File::Temp qw(tempdir);
use Kit;
use Test::More;

my $folder = tempdir('wechat-mbedtls-XXXXXX', TMPDIR => 1, CLEANUP => 1);
my $flags = '-std=c11 -D_GNU_SOURCE -DHTTP_OVER_MBEDTLS -Wall -Wextra -Werror';

# The major version of the headers in a folder.
sub version_in {
    my ($include) = @_;
    my ($file) = grep { -e } map {"$include/mbedtls/$_"} qw(build_info.h version.h);
    return Kit::read_file($file // '/dev/null') =~ /^#define MBEDTLS_VERSION_MAJOR\s+(\d+)/m ? $1 : 0;
}

# The files that use Mbed TLS; unit/includes.t checks that there are no others.
my @users = qw(format/digest.c format/key.c host/tls.c);

sub compiles {
    my ($file, $include) = @_;
    # Configured as by static/build.sh.
    my $callback = 'MBEDTLS_X509_TRUSTED_CERTIFICATE_CALLBACK';
    my $is_set = grep { Kit::read_file($_) =~ /^#define $callback$/m } glob "$include/mbedtls/*config.h";
    my $configured = join ' ', $is_set ? () : "-D$callback", version_in($include) < 3 ? () : '-DMBEDTLS_DEPRECATED_REMOVED';
    my $said = `cc $flags $configured -I$Kit::TOP/lib -I$include -c -o $folder/object.o $Kit::TOP/lib/$file 2>&1`;
    is $?, 0, "$file against Mbed TLS " . version_in($include) or diag $said;
    return;
}

my @folders = grep {defined} $ENV{WECHAT_MBEDTLS3}, "$Kit::BUILD/static-libs/include", '/usr/include';
for my $major (2, 3) {
    my ($include) = grep { version_in($_) == $major } @folders;
    SKIP: {
        skip "there are no headers of Mbed TLS $major" . ($major == 3 ? ': WECHAT_MBEDTLS3 may name their folder' : ''), scalar @users if !$include;
        compiles($_, $include) for @users;
    }
}
for my $file (@users) {
    my $text = Kit::read_file("$Kit::TOP/lib/$file");
    like $text, qr/#include <mbedtls\//, "$file uses it";
    unlike $text, qr/MBEDTLS_(?:ALLOW_)?PRIVATE/, 'and no private part of it';
}
done_testing;
