#!/usr/bin/env perl
# lib/LIMITS.md lists each limit of the code with its value, and no other.
use strict;
use warnings;
use Kit;
use Test::More;

my (%code, %table);
for my $path (glob "$Kit::TOP/lib/*/*.[ch] $Kit::TOP/cgi-bin/*.c $Kit::TOP/command/*.[ch]") {
    my $file = $path =~ s{^\Q$Kit::TOP\E/}{}r;
    my $text = Kit::read_file($path);
    # A constant in an enum: it follows a brace or a comma.
    while ($text =~ /[{,]\s*(?:\/\*.*?\*\/\s*)?([A-Z][A-Z0-9_]*MAX[A-Z0-9_]*)\s*=\s*([^,}]+?)\s*[,}]/g) {
        my ($name, $value) = ($1, $2);
        pos($text)--;
        ok $value =~ /^[\d\s*+<()]+$/, "$name in $file is a number" or next;
        $code{"$name in $file"} = eval $value;    ## no critic
    }
    my @literals = $text =~ /\b(text_is_id|is_digits)\([^;{]*?,\s*(\d\d+)\)/g;
    is "@literals", '', "$file: no length without a name";
    unlike $text, qr/^\s*#\s*define\s+\w*MAX\w*\s/m, "$file: no limit outside an enum";
}
my $limits = Kit::read_file("$Kit::TOP/lib/LIMITS.md");
while ($limits =~ /^\| ([A-Z][A-Z0-9_]*) \| (\S+) \| ([\d,]+)[^|]* \| ([^|]+) \| ([^|]+) \|$/mg) {
    my ($name, $file, $value, $comes, $source) = ($1, $2, $3, $4, $5);
    ok !exists $table{"$name in $file"}, "$name in $file has one row";
    $table{"$name in $file"} = $value =~ s/,//gr;
}
cmp_ok scalar keys %code, '>', 40, 'limits found in the code';
is_deeply \%table, \%code, 'lib/LIMITS.md lists each of them with its value, and no other';
like Kit::read_file("$Kit::TOP/lib/README.md"), qr/\(LIMITS\.md\)/, 'lib/README.md links to it';
done_testing;
