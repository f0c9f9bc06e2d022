# The two Apache directives in docs/en/security.md that keep queries, and so codes, out of the access log.
use strict;
use warnings;
use Docs;
use Kit;
use Test::More;

my ($snippet) = grep { $_->{language} eq 'apache' } Docs::snippets('docs/en/security.md');
my ($format, $log) = $snippet->{text} =~ /^(LogFormat .*)\n(CustomLog .*)\n$/;
ok $format && $log, 'the page has two directives';
my $usual = 'CustomLog {folder}/log/usual.log "%h %l %u %t \"%r\" %>s %b"';
$log =~ s{ logs/}{ \{folder\}/log/};
my $kit = Kit->new(modules => ['log_config'], site_conf => "$format\n$log\n$usual\n");
is $kit->browser->sign_in('xiaoming', '/cgi-bin/me.cgi')->{status}, 200, 'signed in';
my $queries = Kit::read_file("$kit->{folder}/log/usual.log");
like $queries, qr{GET /cgi-bin/callback\.cgi\?code=\w+&state=\w+ HTTP}, 'the usual log has code and state';
my $without = Kit::read_file("$kit->{folder}/log/access_log");
like $without, qr{"GET /cgi-bin/callback\.cgi HTTP/1\.1" 303 }, 'the log of the page has the request';
unlike $without, qr/[?&]|code=|state=/, 'and no query';
done_testing;
