#!/usr/bin/env perl
# Each program links exactly the libraries that --describe lists. Arguments: the programs to check, if not all.
use strict;
use warnings;
use Kit;
use Test::More;

my $described = Kit::programs(@ARGV);

sub is_listed { my ($list, $item) = @_; return !!grep { $_ eq $item } @$list }

# A function of each foreign library, to find it in a static build, which includes the library.
my %library = (curl => 'curl_easy_perform', expat => 'XML_Parse', qrencode => 'QRcode_encodeString8bit|QRcode_encodeString',
    # Where a program only writes PNG, libpng is linked statically, as a whole; our own function tells who reads it.
    jpeg => 'jpeg_read_header', png16 => 'png_read');

for my $program (sort keys %$described) {
    my $path = "$Kit::BUILD/cgi-bin/$program";
    my $symbols = `nm $path`;
    my @shared = `objdump -p $path` =~ /NEEDED\s+lib([\w-]+)\.so/g;
    my $links = $described->{$program}{links};
    like $symbols, qr/ T main$/m, "$program has symbols";
    for my $library (sort keys %library) {
        my $is_there = is_listed(\@shared, $library) || $symbols =~ / [TtU] (?:$library{$library})(?:@.*)?$/m;
        # From a static build the linker drops what the program never calls.
        my $is_dropped = !@shared && !$is_there;
        is !!$is_there || $is_dropped && is_listed($links, $library), is_listed($links, $library), "$program links $library if --describe says so";
        is is_listed(\@shared, $library), is_listed($links, $library), "$program: $library is the host's own, so that the host's updates reach it" if @shared && $library ne 'qrencode';
    }
    is_deeply [grep { !$library{$_} } @$links], [], "$program: this test knows each library that it links";
    is is_listed($links, 'curl'), is_listed($described->{$program}{needs}, 'network'), "$program links libcurl if and only if it needs the network";
    is_deeply [grep { !/^(?:c|m|curl|expat|qrencode|jpeg|png16)$/ && `cc -print-file-name=lib$_.a` =~ m{/} } @shared], [], "$program: a library with a static archive is linked statically";
}

# The command takes the host's libcurl and libqrencode, and has everything else inside.
if (!@ARGV) {
    my @shared = `objdump -p $Kit::BUILD/bin/wechat` =~ /NEEDED\s+lib([\w-]+)\.so/g;
    is_deeply [sort grep { !/^[cm]$/ } @shared], [qw(curl qrencode)], 'the command links libcurl and libqrencode' if @shared;
    unlike `nm $Kit::BUILD/bin/wechat`, qr/ [TtU] XML_Parse(?:@.*)?$/m, 'and not expat';
}
done_testing;
