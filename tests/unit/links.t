#!/usr/bin/env perl
# Each program links the libraries that it says it links (--describe), and no other. Arguments: the programs to look at,
# others than all.
use strict;
use warnings;
use Kit;
use Test::More;

my $described = Kit::programs(@ARGV);

sub is_listed { my ($list, $item) = @_; return !!grep { $_ eq $item } @$list }

# The libraries of the world outside, by a function of each: in a static build they are inside.
my %library = (curl => 'curl_easy_perform', expat => 'XML_Parse', qrencode => 'QRcode_encodeString8bit|QRcode_encodeString');

for my $program (sort keys %$described) {
    my $path = "$Kit::BUILD/cgi-bin/$program";
    my $symbols = `nm $path`;
    my @shared = `objdump -p $path` =~ /NEEDED\s+lib([\w-]+)\.so/g;
    my $links = $described->{$program}{links};
    like $symbols, qr/ T main$/m, "$program: its symbols can be looked at";
    for my $library (sort keys %library) {
        my $is_there = is_listed(\@shared, $library) || $symbols =~ / [TtU] (?:$library{$library})(?:@.*)?$/m;
        is !!$is_there, is_listed($links, $library), "$program links $library if it says so";
        is is_listed(\@shared, $library), is_listed($links, $library), "$program: $library is the host's, which its updates reach" if @shared && $library ne 'qrencode';
    }
    is_deeply [grep { !$library{$_} } @$links], [], "$program: what it says it links is known here";
    is is_listed($links, 'curl'), is_listed($described->{$program}{needs}, 'network'), "$program: who calls WeChat links libcurl, and who does not says neither";
    is_deeply [grep { !/^(?:c|curl|expat|qrencode)$/ && `cc -print-file-name=lib$_.a` =~ m{/} } @shared], [], "$program: a library whose archive is there is inside";
}
done_testing;
