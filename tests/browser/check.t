# check.cgi in headless Chromium; the assertions are in check.mjs.
use strict;
use warnings;
use Kit;

my $kit = Kit->new(conf => { push_mode => 'plain', handler => 'handler', ca_file => undef });
my $f = $kit->{folder};
sub put { my ($name, $text, $mode) = @_; Kit::write_file("$f/$name", $text, $mode); if ($> == 0) { my @n = getpwnam 'nobody'; chown $n[2], $n[3], "$f/$name" } return }
put('handler', "#!/bin/sh\necho '{\"text\": \"hello\"}'\n", 0755);
# Some faults and hints, beside what is well.
put('cgi-bin/me.cgi', Kit::read_file("$f/cgi-bin/me.cgi"), 0775);
put('replies.json', '[{"message": "text",}]', 0644);
unlink "$f/wechat-html/again.html";
local $ENV{SITE_URL} = $kit->{site_url};
local $ENV{PROOF} = "$f/wechat-check";
my $failed = system 'node', "$Kit::TOP/tests/browser/check.mjs";
exit($failed ? 1 : 0);
