# The manual pages: one for each program, and none without; methods and parameters are those of the program; the pages are well
# formed, and those that they refer to exist.
use strict;
use warnings;
use Kit;
use Test::More;

my $man = "$Kit::TOP/man";
my %page = map { (s{.*/}{}r => Kit::read_file($_)) } glob "$man/*.[1-9]";
my $programs = Kit::programs();
is_deeply [grep {/\.8$/} sort keys %page], [sort 'wechat.fcgi.8', map {"$_.8"} keys %$programs], 'a page for each program, and none without';
ok $page{$_}, $_ for 'wechat.1', 'wechat.conf.5', 'wechat-cgi.7', map {"wechat-$_.5"} qw(access journal links list menu replies user words);

# Files of the library in which a program reads its parameters, besides its own.
my %more = ('validate.cgi' => ['signin/introspection'], 'jssdk.cgi' => ['account/jssdk'], 'owner.cgi' => ['owner/desk'],
    'check.cgi' => ['check/proof'], map { ("$_.cgi" => ['signin/consent']) } qw(code confirm link scan ticket));
sub parameters {
    my ($program) = @_;
    my $source = join '', map { Kit::read_file("$Kit::TOP/$_.c") } "cgi-bin/" . ($program =~ s/\.cgi$//r), map {"lib/$_"} @{ $more{$program} || [] };
    my %read = map { $_ => 1 } $source =~ /pairs_(?:get\w*|count)\([^";]*(?:query|form|(?<![.>\w])fields), "(\w+)"/g;
    $read{next} = 1 if $source =~ /app_next\(/;
    $read{csrf} = 1 if $source =~ /is_own_form\(/;
    return sort keys %read;
}

for my $program (sort keys %$programs) {
    my $page = $page{"$program.8"};
    my @tags = $page =~ /^\.It Ic (.*)$/mg;
    my %named = map { $_ => 1 } map { split /, / } @tags;
    is_deeply [grep { !$named{$_} } parameters($program)], [], "$program: every parameter is in its page";
    my ($synopsis) = $page =~ /^\.Sh SYNOPSIS\n(.*?)^\.Sh /ms or next;
    my %said = map { $_ => 1 } $synopsis =~ /^([A-Z]+) /mg;
    my $methods = $programs->{$program}{methods};
    delete $said{POST} if !$methods;
    is join(' ', sort keys %said), join(' ', sort $methods ? grep { $_ ne 'HEAD' } @$methods : 'ANY'),
        "$program: its methods";
}

for my $name (sort keys %page) {
    my ($title, $section) = $name =~ /^(.*)\.(\d)$/;
    like $page{$name}, qr/^\.Dt \U\Q$title\E $section$/m, "$name: its own title";
    my @others = $page{$name} =~ /^\.(?:Pq )?Xr (\S+ \d)/mg;
    is_deeply [grep { !$page{s/ /./r} } @others], [], "$name: the pages that it refers to exist";
}

SKIP: {
    skip 'mandoc is not installed', 1 unless Kit::find_program('mandoc');
    is `mandoc -T lint -W warning @{[map {"$man/$_"} sort keys %page]} 2>&1`, '', 'well formed';
}
done_testing;
