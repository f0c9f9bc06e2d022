# Every page on a screen of 320 pixels; the assertions are in narrow.mjs.
use strict;
use warnings;
use Scenes;

# Two minutes of a browser: in make check-hard, in all three languages.
if (!$ENV{HARD}) {
    print "1..0 # SKIP only in make check-hard\n";
    exit;
}
my $kit = Scenes::kit();
my $failed = system 'node', "$Kit::TOP/tests/browser/narrow.mjs";
exit($failed ? 1 : 0);
