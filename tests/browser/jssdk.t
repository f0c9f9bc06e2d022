# wechat.js in pages of the site, one of them as in docs/en/calls.md, in headless Chromium, with a stand-in for WeChat's own script; the
# assertions are in jssdk.mjs.
use strict;
use warnings;
use Docs;
use Encode qw(encode_utf8);
use File::Copy qw(copy);
use Kit;

my $key = 'k' x 40;
my $kit = Kit->new(conf => { service_keys => "page:$key", account_clients => 'page' });
copy("$Kit::TOP/clients/wechat.js", "$kit->{folder}/www/wechat.js") or die "wechat.js: $!";
Kit::write_file("$kit->{folder}/www/share.html", <<'HTML', 0644);
<!DOCTYPE html><meta charset="utf-8"><title>share</title>
<script src="/wechat.js"></script>
<script>
    function run() {
        return wechat.config(['updateAppMessageShareData'], { sdk: '/stand-in.js', openTagList: ['wx-open-launch-weapp'] })
            .then(function (wx) { return { asked: wx.asked }; }, function (error) { return { error: error.message }; });
    }
</script>
HTML
my ($example) = grep { $_->{language} eq 'html' } Docs::snippets('docs/en/calls.md');
Kit::write_file("$kit->{folder}/www/example.html", encode_utf8("<!DOCTYPE html><meta charset=\"utf-8\"><title>example</title>\n$example->{text}"), 0644);
# What WeChat's script does as far as a page can see: config(), then ready() or error().
Kit::write_file("$kit->{folder}/www/stand-in.js", <<'JS', 0644);
window.wx = {
    config: function (values) { this.asked = values; var self = this; setTimeout(function () { if (window.refuse) self.failed({ errMsg: window.refuse }); self.isReady(); }, 0); },
    ready: function (call) { this.isReady = call; }, error: function (call) { this.failed = call; },
    updateAppMessageShareData: function (shared) { window.shared = shared; }
};
JS
local $ENV{SITE_URL} = $kit->{site_url};
local $ENV{SIM_URL}  = $kit->{sim_url};
local $ENV{SERVICE_KEY} = $key;
my $failed = system 'node', "$Kit::TOP/tests/browser/jssdk.mjs";
exit($failed ? 1 : 0);
