# A site's own face: what the settings put into each page, the owner's own words, and the files that are opened for them.
use strict;
use warnings;
use utf8;
use Encode qw(decode_utf8 encode_utf8);
use Docs;
use Kit;
use Push;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $kit = Kit->new(stopped => 1);
my $f = $kit->{folder};
my %ways = (sign_in => 'authorize message', account_name => 'x', push_token => $Push::TOKEN, push_mode => 'plain');

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
    like $policy, qr{img-src 'self' (?:data: )?https://\*\.qlogo\.cn(?: http://127\.0\.0\.1:\d+)? https://cdn\.example\.com;}, "$request->[0]: the logo's origin";
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

# ---- the owner's own words ----

settings();
sub words { my ($language, $text) = @_; Kit::write_file("$f/words.$language.txt", $text, 0644); return }
my $english = { HTTP_ACCEPT_LANGUAGE => 'en' };
words('en', "# mine\r\nsignedout.title = See you soon\r\nsignedout.titel = x\r\nno.word = x\r\n");
my ($body, undef, $log) = page('logout.cgi', environment => $english);
like $body, qr{<title>See you soon · .*<h1[^>]*>See you soon</h1>.*You are signed out of this site on this device\.}s, 'one word is the owner’s, the others the kit’s';
is $log, '', 'names that do not exist are left to check.cgi';
unlike +(page('logout.cgi'))[0], qr/See you soon/, 'another language keeps its own';
words('zh_CN', encode_utf8("signedout.title = 再见\n"));
like +(page('logout.cgi'))[0], qr{<h1[^>]*>再见</h1>}, 'and has a file of its own';
for my $row (['another value', 'me.title = {{secret}}'], ['a part that is not closed', 'code.open = {{?account_name}}x'], ['a word in a word', 'code.send = {{code.type}}'], ['half a tag', 'code.type = {{'], ['a repetition', 'code.label = {{*a}}{{/a}}']) {
    my ($name, $line) = @$row;
    words('en', "$line\ncode.submit = Go\n");
    my ($body, undef, $log) = page('code.cgi', environment => $english);
    like $body, qr{<li>Send it the message .*<li>Enter the six-digit code from its reply\..*>Code</label>.*>Go</button>}s, "$name: the kit's word stays, and the others are used";
    my ($word) = $line =~ /^(\S+)/;
    like decode_utf8($log), qr/^wechat-cgi: code\.cgi client=\S+ kind=config .*: words\.en\.txt: \Q$word\E: not used: \{\{…\}\} may have only what the same word has in \S+words\/en\.txt, and each part must be closed$/m, "$name: and the log says so";
}
words('en', 'code.hold = <b>{{account_name}}</b>');
like +(page('code.cgi', environment => $english))[0], qr{<li>&lt;b&gt;x&lt;/b&gt;</li>}, 'the same values may be used, and markup is text';
words('zh_CN', encode_utf8("reply.where = 只在{{site}}上填写\nreply.link = <a href=\"{{link}}\">点这里</a>，{{openid}}\n"));
my $reply = decode_utf8(Push::deliver($kit, encode_utf8(Push::push_xml(MsgType => 'text', Content => '登录', MsgId => '1')))->{body});
like $reply, qr{验证码 \d{3} \d{3}.*\n只在127\.0\.0\.1:\d+上填写\n要在这部手机上登录}s, 'the answer to a follower who signs in: with the owner’s word, but not with one that has another value';
words('en', "code.label = \xc4\xfa");
($body, undef, $log) = page('code.cgi', environment => $english);
like $body, qr{>Code</label>}, 'a file in GBK: the kit’s words';
like $log, qr/words\.en\.txt, line 1: it is not UTF-8/, 'and a line in the log';

# ---- the examples of docs/en/pages.md ----

my $guide = Docs::text('docs/en/pages.md');
my %example = map { ("$_->{language} $_->{name}" => $_->{text}) } Docs::snippets('docs/en/pages.md');
my ($lines, $own) = @example{ 'conf ', 'text words.zh_CN.txt' };
unlink glob "$f/words.*.txt";
settings(map { /^(\w+) = (.*)$/ ? ($1 => $2) : () } split /\n/, $lines);
words('zh_CN', encode_utf8($own));
($body, undef, $log) = page('logout.cgi');
like $body, qr{· 小明的书店</title>.*--theme:#c8102e.*href="/pages\.css".*>欢迎再来</h1>.*shop\@example\.com.*京ICP备12345678号-1}s, 'the settings and the words work as written';
is $log, '', 'without a line in the log';
my $said = decode_utf8(join q{}, map { Kit::read_file($_) } glob "$Kit::BUILD/html/*.html");
my @classes = map { /`\.([\w-]+)`/g } grep {/^\| `\./} split /\n/, $guide;
cmp_ok scalar @classes, '>', 15, 'it lists classes';
is_deeply [grep { $said !~ m{class="(?:[^"]* )?\Q$_\E[ "\{]} } @classes], [], 'which are in the pages';
is_deeply [grep { $said !~ /[{;]$_:/ } map { /`(--[\w-]+)`/g } $guide], [], 'and variables that are in their style';

# ---- which files are opened ----

unlink glob "$f/words.*.txt";
settings();
words($_, 'word.sign_in = x') for qw(zh_CN zh_TW en);

SKIP: {
    skip 'no strace', 8 if !Kit::find_program('strace') || $Kit::BUILD =~ m{/(?:sanitize|valgrind|coverage)(?:/|$)};
    my $opened = sub {
        my ($program, %option) = @_;
        $kit->run($program, %option, before => ['strace', '-f', '-o', "$f/trace", '-e', 'trace=openat']);
        return join ' ', map { m{/(words\.\w+\.txt|links\.json)"} ? $1 : () } split /\n/, Kit::read_file("$f/trace");
    };
    my $push = encode_utf8('<xml><ToUserName>gh</ToUserName><FromUserName>oPush0001</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>x</Content><MsgId>1</MsgId></xml>');
    is $opened->('logout.cgi', environment => $english), 'words.en.txt', 'a page: the words of its language';
    is $opened->('login.cgi'), 'words.zh_CN.txt', 'the default language';
    is $opened->($_), '', "$_: none" for qw(validate.cgi jssdk.cgi server.cgi check.cgi);
    is $opened->('wechat.cgi', query => Push::query(), stdin => $push), 'words.zh_CN.txt words.zh_TW.txt words.en.txt', 'a push, where messages sign in: the language is in the message';
    settings(sign_in => 'authorize');
    is $opened->('wechat.cgi', query => Push::query(), stdin => $push), '', 'and else none';
}
done_testing;
