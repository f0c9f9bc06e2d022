# Whether the mini program's project is complete for WeChat's developer tools; the assertions are in project.mjs.
use strict;
use warnings;
use Kit;

my $failed = system 'node', "$Kit::TOP/tests/miniprogram/project.mjs";
exit($failed ? 1 : 0);
