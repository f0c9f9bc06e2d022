# The settings file: an error is logged with file and line; the visitor sees only that the site is not set up yet.
use strict;
use warnings;
use utf8;
use Encode qw(decode_utf8 encode encode_utf8);
use Kit;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $kit = Kit->new(stopped => 1);
my $file = "$kit->{folder}/wechat.conf";
my $good = Kit::read_file($file);

my $save = qr/save it as UTF-8 \(Notepad: Save As, Encoding: UTF-8\); 请保存为 UTF-8（记事本：另存为 → 编码：UTF-8）/;

my @bad = (
    ['unknown key', "colour = red\n", qr/\Q$file\E, line 1: unknown key colour/],
    ['no equals sign', "# a comment\n\nappid wx1\n", qr/line 3: no '='/],
    ['given twice', "language = en\nlanguage = en\n", qr/line 2: language is given twice/],
    ['bad language', "language = fr\n", qr/line 1: language must be zh_CN, zh_TW or en/],
    ['bad scope', "scope = all\n", qr/line 1: scope must be/],
    ['http elsewhere', "site_url = http://example.com\n", qr/line 1: site_url must be https/],
    ['an origin with a path', "api_url = https://api.example.com/x\n", qr/line 1: api_url must be/],
    ['seconds', "session_seconds = 1h\n", qr/line 1: session_seconds must be 60 to/],
    ['seconds too few', "session_seconds = 59\n", qr/session_seconds must be/],
    ['home elsewhere', "home = https://evil.example/\n", qr/line 1: home must be a page of this site/],
    ['cgi_path with a slash', "cgi_path = /cgi-bin/\n", qr/cgi_path must be/],
    ['nothing set', "language = en\n", qr/appid is not set/],
    ['a NUL', "language = en\0\n", qr/\Q$file\E: it is not text/],
    ['a comment behind a value', "state_dir = x   # note\n", qr/\Q$file\E, line 1: a comment must stand on a line of its own/],
    ['quotation marks', "\nstate_dir = \"x\"\n", qr/line 2: remove the quotation marks around the value/],
    ['a full-width =', encode_utf8("state_dir ＝ x\n"), qr/line 1: write = between key and value, not the full-width ＝/],
    ['a full-width blank', encode_utf8("state_dir = \x{3000}x\n"), qr/line 1: it has a full-width or no-break blank/],
    ['a key in other letters', "State_Dir = x\n", qr/line 1: unknown key State_Dir: did you mean state_dir\?/],
    ['GBK', "language = zh_CN\r\n# \xc4\xe3\xba\xc3\r\n", qr/\Q$file\E, line 2: it is not UTF-8, perhaps GBK: $save/],
    (map { my ($name, $encoding) = @$_; [$name, encode($encoding, "# 设置\r\nstate_dir = x\r\n"), qr/\Q$file\E: it is UTF-16: $save/] }
        ['UTF-16 by Notepad', 'UTF-16LE'], ['UTF-16, big end first', 'UTF-16BE']),
    (map { my ($name, $encoding) = @$_; [$name, encode($encoding, "\x{feff}# 设置\r\nstate_dir = x\r\n"), qr/\Q$file\E: it is UTF-16: $save/] }
        ['UTF-16 with its mark', 'UTF-16LE'], ['UTF-16, big end first, with its mark', 'UTF-16BE']),
);
for my $case (@bad) {
    my ($name, $text, $log) = @$case;
    $kit->write_conf_text($text);
    my $answer = $kit->run('me.cgi');
    is $answer->{status}, 500, "$name: 500";
    # A language set in an earlier line already applies.
    my $words = $text =~ /\Alanguage = en\n./s || $name eq 'nothing set' ? 'This site is not set up yet' : '这个网站还没有设置好';
    like decode_utf8($answer->{body}), qr/<h1[^>]*>\Q$words\E</, "$name: not set up yet";
    unlike $answer->{body}, qr{\Q$file\E|, line \d}, "$name: the visitor sees no detail";
    like decode_utf8($answer->{error}), qr/^wechat-cgi: me\.cgi client=192\.0\.2\.7 kind=config errcode=0 rid=- request=[0-9a-f]{8}: .*$log.*\n\z/, "$name: one line in the log";
}

$kit->write_conf(state_dir => 'x   # note');
is $kit->run('me.cgi')->{status}, 500, 'a comment behind a value, where all else is good: 500, and no folder of that name';

$kit->write_conf_text($good);
is $kit->run('me.cgi')->{status}, 303, 'good settings';
$kit->write_conf_text("\xef\xbb\xbf" . $good =~ s/\n/\r\n/gr . "\x1a");
is $kit->run('me.cgi')->{status}, 303, 'as Windows editors save them: a byte order mark before the first key, CR LF, 0x1A at the end';
$kit->write_conf_text($good =~ s/^/  /gmr =~ s/ = /=/gr =~ s/\n/\r\n/gr);
is $kit->run('me.cgi')->{status}, 303, 'blanks, none around =, and CR LF do not matter';

# Settings that change the address of the sign-in.
$kit->write_conf(cgi_path => '/wx', scope => 'snsapi_base');
like $kit->run('login.cgi')->{headers}{location}[0], qr{%2Fwx%2Fcallback\.cgi&.*&scope=snsapi_base&}, 'cgi_path and scope';
is $kit->run('me.cgi')->{headers}{location}[0], "$kit->{site_url}/wx/login.cgi?next=%2Fwx%2Fme.cgi", 'cgi_path in our own links';
$kit->write_conf(open_url => 'https://open.example.com');
like $kit->run('login.cgi')->{headers}{location}[0], qr{^https://open\.example\.com/connect/}, 'open_url';
$kit->write_conf_text($good);

chmod 0644, $file;
like $kit->run('me.cgi')->{error}, qr/can be read by others: chmod 600/, 'a file that others may read is refused';
unlink $file;
my $missing = $kit->run('validate.cgi');
is $missing->{status}, 503, 'no file: validate.cgi cannot tell';
is $missing->{body}, '{"error":"config"}', 'and says so as JSON';
like $missing->{error}, qr/\Q$file\E: No such file/, 'the log names the file';

$kit->write_conf_text($good);

# html_dir and state_dir
$kit->write_conf(html_dir => "$kit->{folder}/nowhere");
my $plain = $kit->run('logout.cgi');
is $plain->{status}, 500, 'no templates: 500';
like decode_utf8($plain->{body}), qr/还没有设置好.*not set up yet/s, 'in plain text';
is decode_utf8($plain->{body}) =~ m{Request number: ([0-9a-f]{8})\n\z} && $plain->{error} =~ / request=$1: / ? 1 : 0, 1, 'with the request number that the log has';
# Pages that the owner changed, with any editor.
my $pages = "$kit->{folder}/pages";
my $template = "$pages/signedout.html";
my $words = "$pages/words/zh_CN.txt";
system 'cp', '-r', "$Kit::BUILD/html", $pages;
my %was = map { $_ => Kit::read_file($_) } $template, $words;
$kit->write_conf(html_dir => $pages);
sub page { return $kit->run('logout.cgi') }
my $page = page();
is $page->{status}, 200, 'a page';
Kit::write_file($_, "\xef\xbb\xbf" . $was{$_} =~ s/\n/\r\n/gr . "\x1a", 0644) for keys %was;
is page()->{body} =~ s/nonce[-=]"?[\w-]+//gr, $page->{body} =~ s/nonce[-=]"?[\w-]+//gr, 'with byte order marks, CR LF and 0x1A in template and words: the same page';
for my $row ([$template, 'UTF-16LE', qr/\Q$template\E: it is UTF-16: $save/], [$template, 'GBK', qr/\Q$template\E, line \d+: it is not UTF-8, perhaps GBK: $save/],
    [$words, 'UTF-16BE', qr/\Q$words\E: it is UTF-16: $save/], [$words, 'GBK', qr/\Q$words\E, line \d+: it is not UTF-8, perhaps GBK: $save/]) {
    my ($path, $encoding, $log) = @$row;
    Kit::write_file($_, $was{$_}, 0644) for keys %was;
    Kit::write_file($path, encode($encoding, decode_utf8($was{$path}) . "你好\n"), 0644);
    my $answer = page();
    is $answer->{status}, 500, "$encoding: 500";
    like decode_utf8($answer->{body}), qr/还没有设置好/, "$encoding: nothing garbled";
    like decode_utf8($answer->{error}), $log, "$encoding: the log names the file and says how to save it";
}
Kit::write_file($_, $was{$_}, 0644) for keys %was;
Kit::write_file($template, $was{$template} . "{{me.nothing}}", 0644);
like page()->{error}, qr/\Q$template\E with words\/zh_CN\.txt: page: no word me\.nothing/, 'a word that is missing: the log names the page';
$kit->write_conf;
my $token = { HTTP_COOKIE => 'wx_session=' . 'A' x 43 };
my @state = (
    ['open to others', sub { mkdir $_[0]; chmod 0755, $_[0] }, qr/open to others: chmod 700/],
    ['a symbolic link', sub { mkdir "$_[0].real", 0700; symlink "$_[0].real", $_[0] }, qr/wechat-state/],
    ['a file', sub { Kit::write_file($_[0], 'x', 0600) }, qr/wechat-state: Not a directory/],
);
for my $case (@state) {
    my ($name, $make, $log) = @$case;
    my $dir = $kit->state_dir;
    $make->($dir);
    my $answer = $kit->run('validate.cgi', environment => $token);
    is $answer->{status}, 503, "state folder is $name: 503";
    like $answer->{error}, $log, "$name: the log says what";
    system 'rm', '-rf', $dir, "$dir.real";
}
done_testing;
