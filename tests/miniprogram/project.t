# Is the mini program's project complete for WeChat's developer tools? What is asserted stands in project.mjs.
use strict;
use warnings;
use Kit;

my $failed = system 'node', "$Kit::TOP/tests/miniprogram/project.mjs";
exit($failed ? 1 : 0);
