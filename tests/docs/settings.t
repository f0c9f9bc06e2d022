# What is generated from the table of settings is current: the example, the pages, and the list in wechat.conf(5).
use strict;
use warnings;
use Kit;
use Test::More;

my $settings = "$Kit::BUILD/tools/settings";
sub said { my ($form) = @_; return scalar `$settings $form` }
my %files = (example => 'wechat.conf.example', en => 'docs/en/settings.md', zh => 'docs/zh/settings.md');
is Kit::read_file("$Kit::TOP/$files{$_}"), said($_), "$files{$_}: as make settings writes it" for sort keys %files;
my ($list) = Kit::read_file("$Kit::TOP/man/wechat.conf.5") =~ /^\.\\" settings: begin\n(.*)^\.\\" settings: end\n/ms;
is $list, said('man'), 'man/wechat.conf.5: as make settings writes it';

# Each setting is in each of them, once, in the same order.
my @keys = Kit::read_file("$Kit::TOP/wechat.conf.example") =~ /^#?([a-z_]+) =/mg;
for my $page (@files{qw(en zh)}) {
    is_deeply [Kit::read_file("$Kit::TOP/$page") =~ /^### `(\w+)`$/mg], \@keys, "$page: every setting";
}
is_deeply [$list =~ /^\.It Ic (\w+)$/mg], \@keys, 'wechat.conf(5): every setting';
system("$settings nothing >/dev/null 2>&1");
is $? >> 8, 2, 'another form: wrong usage';
done_testing;
