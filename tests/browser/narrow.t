# Every page on a screen of 320 pixels; the assertions are in narrow.mjs.
use strict;
use warnings;
use Scenes;

my $kit = Scenes::kit();
my $failed = system 'node', "$Kit::TOP/tests/browser/narrow.mjs";
exit($failed ? 1 : 0);
