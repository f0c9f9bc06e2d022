# The settings file: what is wrong with it is said with file and line, to the log; the visitor sees
# that the site is not set up yet.
use strict;
use warnings;
use utf8;
use Encode qw(decode_utf8);
use Kit;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $kit = Kit->new(stopped => 1);
my $file = "$kit->{folder}/wechat.conf";
my $good = Kit::read_file($file);

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
    ['a NUL', "language = en\0\n", qr/is no text/],
);
for my $case (@bad) {
    my ($name, $text, $log) = @$case;
    $kit->write_conf_text($text);
    my $answer = $kit->run('me.cgi');
    is $answer->{status}, 500, "$name: 500";
    # The language that was set before the line in question already holds.
    my $words = $text =~ /\Alanguage = en\n./s || $name eq 'nothing set' ? 'This site is not set up yet' : '这个网站还没有设置好';
    like decode_utf8($answer->{body}), qr/<h1[^>]*>\Q$words\E</, "$name: not set up yet";
    unlike $answer->{body}, qr{\Q$file\E|, line \d}, "$name: the visitor sees no detail";
    like $answer->{error}, qr/^wechat-cgi: me\.cgi client=192\.0\.2\.7 kind=config errcode=0 rid=-: .*$log.*\n\z/, "$name: one line in the log";
}

$kit->write_conf_text($good);
is $kit->run('me.cgi')->{status}, 303, 'good settings';
$kit->write_conf_text($good =~ s/^/  /gmr =~ s/ = /=/gr =~ s/\n/\r\n/gr);
is $kit->run('me.cgi')->{status}, 303, 'blanks, none around =, and CR LF do not matter';

# Settings that show at once in where a sign-in goes.
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
