# The tests of single programs once more, whose requests go to wechat.fcgi, one after the other to one process (WECHAT_RUN=fastcgi,
# tests/lib/FastCGI.pm): the answers are the same. HARD=1, make check-fastcgi: all of them.
use strict;
use warnings;
use Kit;
use Test::More;

# Those that are about requests, not about how a process is run.
my @tests = $ENV{HARD} ? (map({"cgi/$_"} qw(face me people picture programs promises settings)), map {"push/$_"} qw(forms privacy replies wechat)) : qw(cgi/me cgi/people);
for my $test (@tests) {
    my $said = `cd $Kit::TOP && WECHAT_RUN=fastcgi $^X -Itests/lib tests/$test.t 2>&1`;
    is $?, 0, "$test.t through wechat.fcgi" or diag $said =~ /^(?:\s*not ok|#).*$/mg;
}
done_testing;
