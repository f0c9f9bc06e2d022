# A site's own face: what the settings put into each page.
use strict;
use warnings;
use utf8;
use Encode qw(decode_utf8 encode_utf8);
use Kit;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $kit = Kit->new(stopped => 1);
my $f = $kit->{folder};
my %ways = (sign_in => 'authorize message', account_name => 'x', push_token => 'abc');

sub settings { my (%change) = @_; my %conf = (%ways, %change); $kit->write_conf(map { $_ => encode_utf8($conf{$_}) } keys %conf); return }
sub page {
    my ($program, %option) = @_;
    my $answer = $kit->run($program, %option);
    return (decode_utf8($answer->{body}), $answer->{headers}{'content-security-policy'}[0] // '', $answer->{error});
}
my @pages = (['logout.cgi'], ['callback.cgi', query => 'code=x&state=y'], ['code.cgi'], ['login.cgi', environment => { REQUEST_METHOD => 'PUT' }], ['link.cgi', query => 't=' . 'x' x 43]);

# ---- nothing is set ----

settings();
for my $request (@pages) {
    my ($body, $policy) = page(@$request);
    like $body, qr{<title>[^<·]+ · \Q127.0.0.1:$kit->{site_port}\E</title>}, "$request->[0]: without the settings: the host in the title";
    unlike $body, qr{class="site|class="footer"|<link|--theme:#}, "$request->[0]: and nothing else";
    unlike $policy, qr/font-src/, "$request->[0]: nor in the policy";
}

# ---- all is set ----

settings(site_name => '小明 & <Co>', logo => 'https://cdn.example.com/logo.png', theme_color => '#FFFF00', custom_css => '/pages.css?a&b', icp => '京ICP备12345678号-1', contact => 'a+b@example.com');
for my $request (@pages) {
    my ($body, $policy) = page(@$request);
    like $body, qr{<title>[^<·]+ · 小明 &amp; &lt;Co&gt;</title>}, "$request->[0]: the name in the title";
    like $body, qr{<link rel="icon" href="https://cdn\.example\.com/logo\.png">}, "$request->[0]: the logo as icon";
    like $body, qr{<body>\n<header class="site"><a class="site__link" href="/"><img class="site__logo" src="https://cdn\.example\.com/logo\.png" alt=""><span class="site__name">小明 &amp; &lt;Co&gt;</span></a></header>\n<main }, "$request->[0]: the header";
    like $body, qr{</main>\n<footer class="footer">\n<a href="mailto:a\+b\@example\.com">a\+b\@example\.com</a>\n<a href="/cgi-bin/privacy\.cgi">[^<]+</a>\n<a href="https://beian\.miit\.gov\.cn/" rel="noopener">京ICP备12345678号-1</a>\n</footer>\n</body>}, "$request->[0]: the footer";
    like $body, qr/:root\{--theme:#ffff00;--theme-ink:#191919;--theme-edge:#[0-9a-f]{6};--link:#6f6f00\}\n\@media \(prefers-color-scheme:dark\)\{:root\{--theme-edge:#ffff00;--link:#ffff00\}\}/, "$request->[0]: the colour, and what can be read on it";
    my ($nonce) = $policy =~ /style-src 'nonce-([\w-]{43})'; font-src 'self';/;
    like $body, qr{</style>\n<link rel="stylesheet" href="/pages\.css\?a&amp;b" nonce="\Q@{[$nonce // 'none']}\E">}, "$request->[0]: the owner's style sheet, by the nonce";
    like $policy, qr{img-src 'self' https://\*\.qlogo\.cn(?: http://127\.0\.0\.1:\d+)? https://cdn\.example\.com;}, "$request->[0]: the logo's origin";
}
for my $row ([{ contact => '/contact.html' }, qr{<footer class="footer">\n<a href="/contact\.html">联系我们</a>\n<a href="/cgi-bin/privacy\.cgi">[^<]+</a>\n</footer>}, 'a page to contact the owner'], [{ contact => 'https://work.example.com/k?a=1&b' }, qr{<a href="https://work\.example\.com/k\?a=1&amp;b">联系我们</a>}, 'a link'],
    [{ logo => '/logo.png' }, qr{src="/logo\.png" alt="127\.0\.0\.1:\d+"></a>}, 'a logo without a name'], [{ site_name => '店' }, qr{href="/"><span class="site__name">店</span></a>}, 'a name without a logo']) {
    my ($change, $like, $name) = @$row;
    settings(%$change);
    my ($body, $policy) = page('logout.cgi');
    like $body, $like, $name;
    unlike $policy, qr/example\.com/, "$name: and no other origin";
}

# check.cgi also answers without settings, and does not show strangers whether there are some.
settings(site_name => 'Shop', icp => 'x');
my $closed = page('check.cgi');
unlike $closed, qr/Shop|class="footer"/, 'check.cgi has no face';

# ---- the examples of docs/pages.md ----

my $guide = decode_utf8(Kit::read_file("$Kit::TOP/docs/pages.md"));
my ($lines) = $guide =~ /^```\w*\n(.*?)^```$/msg;
settings(map { /^(\w+) = (.*)$/ ? ($1 => $2) : () } split /\n/, $lines);
my ($body, undef, $log) = page('logout.cgi');
like $body, qr{· 小明的书店</title>.*--theme:#c8102e.*href="/pages\.css".*</h1>.*shop\@example\.com.*京ICP备12345678号-1}s, 'the settings work as written';
is $log, '', 'without a line in the log';
my $said = decode_utf8(join q{}, map { Kit::read_file($_) } glob "$Kit::BUILD/html/*.html");
my @classes = map { /`\.([\w-]+)`/g } grep {/^\| `\./} split /\n/, $guide;
cmp_ok scalar @classes, '>', 15, 'it lists classes';
is_deeply [grep { $said !~ m{class="(?:[^"]* )?\Q$_\E[ "\{]} } @classes], [], 'which are in the pages';
is_deeply [grep { $said !~ /[{;]$_:/ } map { /`(--[\w-]+)`/g } $guide], [], 'and variables that are in their style';

done_testing;
