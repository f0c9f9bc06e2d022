#!/usr/bin/env perl
# Includes point one way; each foreign library is included in one file, or two; pure modules do no input or
# output; there are no globals that can be written, and no HTML in C.
use strict;
use warnings;
use Kit;
use Test::More;

# The folders in the order of lib/README.md, and the modules of each in the order of its README.md.
my @rooms = Kit::read_file("$Kit::TOP/lib/README.md") =~ /^\| \[(\w+)\]\(\w+\/README\.md\) \|/mg;
my (@order, %place, %room, %used);
for my $room (@rooms) {
    for my $module (grep { $_ ne 'module' } Kit::read_file("$Kit::TOP/lib/$room/README.md") =~ /^\| (\w+) \|/mg) {
        $place{$module} = @order;
        $room{$module} = $room;
        push @order, $module;
    }
}
is_deeply [sort @rooms], [sort map { m{/(\w+)$} } grep { -d } glob "$Kit::TOP/lib/*"], 'lib/README.md names each folder';
is_deeply [sort @order], [sort keys %{ { map { m{/(\w+)\.[ch]$} ? ($1 => 1) : () } glob "$Kit::TOP/lib/*/*.[ch]" } }], 'and each folder\'s README names its modules';
is_deeply [glob "$Kit::TOP/lib/*.[ch]"], [], 'no module is outside a folder';

# What is wrong is collected, so that a few lines are printed and not thousands.
my @elsewhere;
for my $path (glob "$Kit::TOP/lib/*/*.[ch]") {
    my ($in, $module) = $path =~ m{/(\w+)/(\w+)\.[ch]$};
    push @elsewhere, "$in/$module" if ($room{$module} // '') ne $in;
    my $text = Kit::read_file($path);
    my @wrong = $text =~ /^#include "\w+\.h"/mg;
    while ($text =~ /^#include "(\w+)\/(\w+)\.h"/mg) {
        push @wrong, "$1/$2" if $2 ne $module && !(($room{$2} // '') eq $1 && $place{$2} < $place{$module});
    }
    is_deeply \@wrong, [], "$module includes only what is above it, with its folder" if @wrong || $path =~ /c$/;
    $used{$1}{ $path =~ s{.*/}{}r } = 1 while $text =~ /^\s*#\s*include\s*[<"](curl|json-c|mbedtls|expat|qrencode|png|jpeglib|hiredis)\b/mg;
}
is_deeply \@elsewhere, [], 'each module is in the folder whose README names it';
is join(' ', sort keys %{ $used{curl} }), 'http.c', 'one file includes libcurl';
is join(' ', sort keys %{ $used{'json-c'} }), 'json.c json_build.c', 'two files include json-c';
is join(' ', sort keys %{ $used{expat} }), 'xml.c', 'one file includes expat';
is join(' ', sort keys %{ $used{qrencode} }), 'qr.c', 'one file includes libqrencode';
is join(' ', sort keys %{ $used{png} }), 'png_read.c qr_png.c', 'two files include libpng, one to read and one to write';
is join(' ', sort keys %{ $used{jpeglib} }), 'jpeg.c', 'one file includes libjpeg';
is join(' ', sort keys %{ $used{hiredis} }), 'redis.c', 'one file includes hiredis';
is join(' ', sort keys %{ $used{mbedtls} }), 'digest.c key.c tls.c', 'three files include mbedTLS, tls.c for the static build';

# Functions for input and output, also under the names that fortified builds give them.
my $world = qr/(?:v?f?printf|puts|fputs|putchar|f?write|f?read|p(?:read|write)|open(?:at)?|fopen|getenv|time|clock_gettime)/;
my $touch = qr/ U (?:$world(?:64)?|__$world(?:64)?(?:_chk|_2)|secure_getenv|gettimeofday|getrandom|curl_\w+)(?:@.*)?$/;
# nm must have printed symbols, of functions or of a table: an empty list must not pass.
my $known = qr/ [TtRD] \w+/;

my %pure = map { $_ => 1 } qw(base format conf wechat list gate);
for my $module (grep { $pure{ $room{$_} } || /^(?:ca|kind|record|member|clients|client_values|client_entry|clients_file|clients_text|claims)$/ } @order) {
    my $object = "$Kit::BUILD/lib/$room{$module}/$module.o";
    like scalar `nm $object`, $known, "$module has an object file";
    my @touches = grep {$_ =~ $touch} split /\n/, `nm -u $object`;
    is_deeply \@touches, [], "$module is pure";
}
like " U $_", $touch, "$_ would be found" for qw(printf __printf_chk __read_chk __openat_2 open64 curl_easy_init);
unlike " U $_", $touch, "$_ is pure" for qw(snprintf __snprintf_chk __vsnprintf_chk gmtime_r strftime);
my @empty;
for my $module (grep { -e "$Kit::TOP/lib/$room{$_}/$_.c" } @order) {
    my $symbols = `nm $Kit::BUILD/lib/$room{$module}/$module.o`;
    push @empty, $module if $symbols !~ $known;
    my @globals = grep {/ [BbDdCGgSs] /} split /\n/, $symbols;
    # Constant tables of pointers are relocated at the start: they are in .data.rel.ro, for which nm prints d.
    my $relro = `objdump -t $Kit::BUILD/lib/$room{$module}/$module.o`;
    @globals = grep { my ($name) = /(\S+)$/; $relro !~ /\.data\.rel\.ro\S*\s+\S+\s+(?:\.hidden )?\Q$name\E$/m } @globals;
    # The pool of malloc().
    @globals = grep { !/ b pool$/ } @globals if $module eq 'memory';
    is_deeply \@globals, [], "$module has no globals that can be written";
}
is_deeply \@empty, [], 'each module has symbols';
my @html;
for my $path (glob "$Kit::TOP/lib/*/*.c $Kit::TOP/cgi-bin/*.c $Kit::TOP/command/*.c $Kit::TOP/tests/sim/*.c") {
    next if $path =~ /people\.c$/;    # a nickname with markup
    push @html, map {"$path: $_"} Kit::read_file($path) =~ /"[^"\n]*<\/?(?:html|body|head|p|div|a|span|h[1-6]|b|br|img)[ >][^"\n]*"/g;
}
is_deeply \@html, [], 'no file in C holds HTML';
done_testing;
