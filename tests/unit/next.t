#!/usr/bin/env perl
# No `next` that is taken leaves the site: judged by the URL parser that browsers share (WHATWG, as
# Node.js has it), not by a rule of our own. NEXT_COUNT strings are made from what parsers stumble on.
use strict;
use warnings;
use Kit;

$ENV{NEXT_COUNT} ||= 300_000;
my $failed = system 'node', "$Kit::TOP/tests/unit/tools/next.mjs", "$Kit::BUILD/tests/unit/tools/is-local";
exit($failed ? 1 : 0);
