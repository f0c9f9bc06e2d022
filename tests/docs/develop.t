# The examples of docs/en/development.md and docs/en/mini-program.md, and the pushes of docs/en/messages.md, exactly as written but for
# the site's address. The page of Vite is built by esbuild and run by Node.js; wx is a stand-in that asks the programs as a phone would.
use strict;
use utf8;
use warnings;
use Docs;
use Encode qw(decode_utf8 encode_utf8);
use File::Copy qw(copy);
use JSON::PP;
use Kit;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $kit = Kit->new(conf => {%Kit::mini});
my $f = $kit->{folder};
sub snippet {
    my ($page, $has) = @_;
    my @found = grep { $_->{language} eq 'js' && index($_->{text}, $has) >= 0 } Docs::snippets("docs/en/$page.md");
    is scalar(@found), 1, "$page: one snippet with $has";
    return $found[0]{text} =~ s{https://www\.example\.com}{$kit->{site_url}}gr;
}
sub node { my ($file) = @_; open my $out, '-|', 'node', "$f/$file" or die "node: $!"; return decode_utf8(join '', <$out>) }

# ---- Vue ----

my $app = "$Kit::BUILD/vue-app/vue";
my $browser = $kit->browser;
$browser->sign_in('xiaoming');
my $token = $browser->cookie('wx_session');
mkdir "$f/vue" or die "vue: $!";
copy("$Kit::TOP/html/vue/src/useWechat.js", "$f/vue/useWechat.js") or die "useWechat.js: $!";
symlink "$app/node_modules", "$f/vue/node_modules";
# A browser sends the cookie by itself.
Kit::write_file("$f/vue/page.js", encode_utf8("import './browser.js';\n" . snippet('development', 'useWechat()') . "\nconsole.log(user.value.name, list.items.length, error.value);\n"));
Kit::write_file("$f/vue/browser.js", "const get = globalThis.fetch;\nglobalThis.fetch = (path, options) => get('$kit->{site_url}' + path, { ...options, headers: { Cookie: 'wx_session=$token' } });\n");
is system("$app/node_modules/.bin/esbuild", "$f/vue/page.js", '--bundle', '--format=esm', '--log-level=warning', '--define:import.meta.env.DEV=false', "--outfile=$f/vue/built.mjs"), 0, 'it builds';
is node('vue/built.mjs'), "小明 3 null\n", 'and knows who is signed in, and the list';

# ---- the mini program ----

Kit::write_file("$f/config.cjs", encode_utf8(snippet('mini-program', 'module.exports')));
my ($theirs, $ours) = map { qx{node -p "Object.keys(require('$_'))"} } "$f/config.cjs", "$Kit::TOP/html/miniprogram/config.js";
is $theirs, $ours, 'config.js has the settings of the real one';
my ($answer) = map { decode_json($_->{text}) } grep { $_->{name} eq 'answer mini.cgi' } Docs::snippets('docs/en/mini-program.md');
Kit::write_file("$f/wx.mjs", encode_utf8(<<"JS" . snippet('mini-program', 'wx.login')));
globalThis.wx = {
    login: async ({ success }) => success(await (await fetch('$kit->{sim_url}/wx/login?person=xiaoming')).json()),
    request: async ({ url, method, data, header, success }) => {
        const answer = await fetch(url, { method: method ?? 'GET', headers: { 'Content-Type': 'application/json', ...header }, body: data && JSON.stringify(data) });
        const value = await answer.json();
        if (value.access_token) console.log(Object.keys(value).sort().join());
        success({ statusCode: answer.status, data: value });
    },
};
JS
is node('wx.mjs'), join(',', sort keys %$answer) . "\noMin0001xiaoMing-aBcDeFgHiJk\n", 'wx.login, mini.cgi, validate.cgi: the answer has the members of the example, and the token says who it is';
# ---- pushes from a shell, while a demo runs ----

my ($lines) = map { $_->{text} } grep { $_->{text} =~ m{^tests/tools/push}m } Docs::snippets('docs/en/messages.md');
local $ENV{SIM_PORT} = $kit->{sim_url} =~ s/.*://r;
qx{cd '$Kit::TOP' && sh -ec '${\encode_utf8($lines)}'};
is $?, 0, 'docs/en/messages.md: each push is answered';
unlike $kit->log_text, qr/wechat-cgi: /, 'and nothing was wrong';
done_testing;
