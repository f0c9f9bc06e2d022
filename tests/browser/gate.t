# Private files in headless Chromium; the assertions are in gate.mjs.
use strict;
use warnings;
use utf8;
use Encode qw(encode_utf8);
use File::Path qw(make_path);
use Gate qw(recipe);
use Kit;

my $kit = Kit->new(modules => ['rewrite'], site_conf => "<Directory {folder}/www>\nAllowOverride All\n</Directory>\n",
    conf => { private_dir => 'private', access => 'access.json' });
my $f = $kit->{folder};
make_path(map { encode_utf8("$f/private/$_") } '会员资料/2026', '会员资料/往期', 'board', 'pages', 'own', 'empty');
my %files = ('会员资料/第三季度报告.pdf' => '%PDF-1.4', '会员资料/a-very-long-name-without-any-blank-to-break-at-which-goes-on-and-on-and-on.xlsx' => 'x' x 1_234_567,
    '会员资料/录音.mp3' => '', 'board/plan.txt' => 'plan', 'pages/index.html' => Kit::read_file("$Kit::TOP/tests/browser/gate-page.html"),
    'pages/style.css' => 'h1 { color: rgb(1, 2, 3); }', 'pages/picture.svg' => '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><script>parent.document.title = "ran"</script></svg>',
    'own/index.html' => Kit::read_file("$Kit::TOP/tests/browser/gate-page.html"), 'own/style.css' => '', 'own/picture.svg' => '<svg xmlns="http://www.w3.org/2000/svg"/>');
Kit::write_file(encode_utf8("$f/private/$_"), $files{$_}, 0644) for keys %files;
my $modified = 1_790_000_000;    # so that the pages look the same each time
utime $modified, $modified, $_ for map { encode_utf8("$f/private/$_") } keys %files, '会员资料/2026', '会员资料/往期';
Kit::write_file("$f/access.json", '[{"folder": "/", "listing": true}, {"folder": "/board", "roles": ["board"]}, {"folder": "/own", "scripts": true}]', 0644);
Kit::write_file("$f/www/.htaccess", recipe('/members/', 'apache'), 0644);
local $ENV{SITE_URL} = $kit->{site_url};
local $ENV{SIM_URL}  = $kit->{sim_url};
my $failed = system 'node', "$Kit::TOP/tests/browser/gate.mjs";
exit($failed ? 1 : 0);
