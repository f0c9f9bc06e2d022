# wechat.js in a static page, in headless Chromium: as a page of the site, and in development at an address of its own, which a small
# server of the test serves; the page of docs/en/who-is-it.md; the assertions are in client.mjs.
use strict;
use warnings;
use Docs;
use Encode qw(encode_utf8);
use File::Copy qw(copy);
use Kit;

my $kit = Kit->new(conf => { dev_origins => '*' });
copy("$Kit::TOP/clients/wechat.js", "$kit->{folder}/www/wechat.js") or die "wechat.js: $!";
Kit::write_file("$kit->{folder}/www/members.html", <<"HTML", 0644);
<!DOCTYPE html><meta charset="utf-8"><title>members</title>
<h1></h1><button></button>
<script src="/wechat.js" data-site="$kit->{site_url}"></script>
<script>
    var button = document.querySelector('button');
    function show(user) {
        document.querySelector('h1').textContent = user ? user.nickname : 'nobody';
        button.textContent = user ? 'out' : 'in';
        button.onclick = function () { return user ? wechat.logout().then(function () { show(null); }, fail) : wechat.login().catch(fail); };
    }
    function fail(error) { document.querySelector('h1').textContent = error.kind; }
    wechat.user().then(show, function (error) { show(null); fail(error); });
</script>
HTML
my ($example) = grep { $_->{text} =~ /wechat\.user\(\)/ } Docs::snippets('docs/en/who-is-it.md');
Kit::write_file("$kit->{folder}/www/example.html", encode_utf8("<!DOCTYPE html><meta charset=\"utf-8\"><title>example</title>\n$example->{text}"), 0644);
local $ENV{SITE_URL} = $kit->{site_url};
local $ENV{SIM_URL}  = $kit->{sim_url};
local $ENV{KIT_FOLDER} = $kit->{folder};
my $failed = system 'node', "$Kit::TOP/tests/browser/client.mjs";
exit($failed ? 1 : 0);
