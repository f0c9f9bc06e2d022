# The documentation as a site, in headless Chromium; the assertions are in site.mjs.
use strict;
use warnings;
use Kit;

if (!$ENV{HARD}) { print "1..0 # SKIP only in make check-hard: HARD=1\n"; exit }
if (system("make -s -C $Kit::TOP BUILD=$Kit::BUILD site >$Kit::BUILD/site.log 2>&1") != 0) {
    print map {"# $_"} grep {defined} (reverse((reverse split /^/, Kit::read_file("$Kit::BUILD/site.log"))[0 .. 19]));
    print "not ok 1 - make site\n1..1\n";
    exit 1;
}
local $ENV{SITE_FILES} = "$Kit::BUILD/site";
local $ENV{SITE_URL} = local $ENV{SIM_URL} = 'http://127.0.0.1';
my $failed = system 'node', "$Kit::TOP/tests/browser/site.mjs";
exit($failed ? 1 : 0);
