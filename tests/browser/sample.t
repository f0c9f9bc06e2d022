# The sample application, clients/openid/sample.mjs, at the demo, started by the lines that the demo prints, which are those of
# docs/en/openid.md. The assertions are in sample.mjs.
use strict;
use warnings;
use Docs;
use File::Copy qw(copy);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use Kit;

my $port = Kit::free_port();
my $demo = "$^X $Kit::TOP/tests/tools/demo";
# Not lexical: exit would close it, and wait for the sample, before END.
our ($sample, $output);
local $SIG{ALRM} = sub { die "the demo or the sample does not answer\n" };
alarm 300;
END { local $?; kill 'TERM', $sample if $sample; system "$demo stop >/dev/null 2>&1" if $ENV{DEMO_PORT} }

# A checkout with what the lines need; the packages are installed already.
my $checkout = tempdir(CLEANUP => 1);
my $openid = "$checkout/clients/openid";
make_path("$checkout/build", $openid);
symlink "$Kit::BUILD/$_", "$checkout/build/$_" for qw(bin cgi-bin html tests);
copy("$Kit::TOP/clients/openid/$_", $openid) or die "$_: $!" for qw(package.json sample.mjs);
my $packages = "$Kit::BUILD/oidc-clients-node";
symlink "$packages/node_modules", "$openid/node_modules" or die "node_modules: $!";
my ($wanted, $tested) = map { Kit::read_file("$_/package.json") =~ /"openid-client": "([\d.]+)"/ } $openid, $packages;
die "the sample has openid-client $wanted, and $tested is tested\n" if $wanted ne $tested;

@ENV{qw(WECHAT_BUILD DEMO_PORT SIM_PORT)} = ("$checkout/build", Kit::free_port(), Kit::free_port());
my $said = `$demo start 2>&1`;
my ($wechat, $add, $install, $run) = $said =~ /^ +(\S.*) (client add Sample .*)\n +cd clients\/openid && (npm ci) && (node .*)\n/m or die $said;
my ($shown) = grep {/client add Sample/} map { $_->{text} } Docs::snippets('docs/en/openid.md');
my $printed = "wechat $add\n$install\n$run\n" =~ s{clients/openid/}{}gr;
die "The demo prints\n${printed}and docs/en/openid.md has\n$shown" if $printed ne $shown;

$add =~ s/\b8009\b/$port/g;
system("cd $checkout && $wechat $add") == 0 or die "wechat client add\n";
# Node.js 18 needs the option, and later ones ignore it.
$run =~ s/^node/exec node --experimental-global-webcrypto/;
$sample = open $output, '-|', "cd $openid && PORT=$port $run" or die "node: $!";
my $line = readline $output;
die "the sample does not start\n" if ($line // '') ne "http://127.0.0.1:$port/\n";

local @ENV{qw(SITE_URL SIM_URL SAMPLE_URL WECHAT_BUILD)} = (map({"http://127.0.0.1:$_"} @ENV{qw(DEMO_PORT SIM_PORT)}, $port), $Kit::BUILD);
my $failed = system 'node', "$Kit::TOP/tests/browser/sample.mjs";
exit($failed ? 1 : 0);
