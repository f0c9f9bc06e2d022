# The page of a list with 10,000 items fits in 32 MB: memory grows with the list, not with its square.
# weight: 0
use strict;
use warnings;
use Hard qw(row);
use JSON::PP;
use Kit;
use Paths;
use Test::More;

# The sanitizers and valgrind need more memory.
plan skip_all => 'this build takes more memory' if $Kit::BUILD =~ m{/(?:sanitize|valgrind|coverage)(?:/|$)};
plan skip_all => 'prlimit is not here' unless Kit::find_program('prlimit');

my $site = Paths->new;
$site->write_conf(list_lesson => 'on');
my $token = $site->sign_in('xiaoming');
my $items = 10_000;
Kit::write_file("$site->{kit}{folder}/list.json", encode_json([map {
    { id => "item$_", text => "Item number $_", icon => "/icons/$_.svg", unread => $_ % 7, detail => "A few words about $_.", url => "/page.php?n=$_" }
} 1 .. $items]));

sub list_page {
    my ($query, $bytes) = @_;
    # --data limits private memory, not the mapped programs and libraries.
    return $site->run({ program => 'list.cgi', query => $query, cookie => "wx_session=$token", before => ['prlimit', "--data=$bytes", '--'] });
}

# The JSON form is built with json-c, whose objects are larger.
for my $case (['', 32, qr/item=item\d+&amp;name=/], ['way=global', 32, qr/value="item\d+"/], ['format=json', 48, qr/"id":"item\d+"/]) {
    my ($query, $megabytes, $item) = @$case;
    my $answer = list_page($query, $megabytes * 1024 * 1024);
    my $name = $query || 'links';
    is $answer->{status}, 200, "$name: $items items in $megabytes MB" or diag $answer->{error};
    is scalar(() = ($answer->{body} || '') =~ /$item/g), $items, 'all of them are there';
}
$site->write_conf;
my $plain = list_page('', 32 * 1024 * 1024);
is $plain->{status}, 200, "without the lesson: $items items in 32 MB" or diag $plain->{error};
is scalar(() = ($plain->{body} || '') =~ m{href="/page\.php\?n=\d+"}g), $items, 'all of them are there';
is list_page('', 4 * 1024 * 1024)->{status}, 503, 'and with too little memory it fails: the limit works';
my @results = Test::More->builder->summary;
row('what a list of 10,000 items needs', scalar @results, scalar grep { !$_ } @results);
done_testing;
