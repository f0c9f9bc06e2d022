# What the command says about itself: help on each level, wrong usage, languages, completion in bash; and what it does when a web
# server runs it.
use strict;
use utf8;
use warnings;
use Command;
use Encode qw(decode_utf8);
use Kit;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $kit = Kit->new(stopped => 1);
my $wechat = Command->new($kit);
my @none = (environment => { WECHAT_CONF => undef });

# ---- help ----

my $all = $wechat->run({@none}, '--help');
is "$all->{exit} $all->{err}", '0 ', '--help: 0, without settings';
my @commands = $all->{out} =~ /^  ((?:[a-z]+ )+?)(?=[A-Z[ ])/mg;
s/ $// for @commands;
is_deeply \@commands, ['api', 'menu get', 'menu set', 'menu delete', 'qr', 'user', 'followers', 'send', 'template', 'media upload', 'token', 'check', 'state copy',
    map({"keys $_"} qw(list make rotate replace)), map({"client $_"} qw(add list check secret remove))], 'the commands';
like $all->{out}, qr/^  --conf FILE +the settings file$/m, 'the options';
like $all->{out}, qr/^Exit status: 0 done; 1 WeChat or the host refused; 2 wrong usage\.$/m, 'and the exit status';
is $_, $_ =~ /^.{0,100}$/ ? $_ : '', 'a line of at most 100 characters' for grep { length > 100 } split /\n/, $all->{out};
for my $command (@commands) {
    my $help = $wechat->run({@none}, split(/ /, $command), '--help');
    is "$help->{exit} $help->{err}", '0 ', "$command --help";
    like $help->{out}, qr/^Usage: wechat \Q$command\E\b.*\n\n  \Q$command\E\b.*\n/, 'its usage and what it does';
}
my $group = $wechat->run({@none}, 'menu', '--help');
like $group->{out}, qr/^Usage: wechat menu get\n       wechat menu set \[FILE\]\n       wechat menu delete\n/, 'menu --help: a group';
unlike $group->{out}, qr/followers/, 'and nothing else';
like $wechat->run({@none}, 'qr', '--help')->{out}, qr/^  --days N +valid for/m, 'qr --help: its options';
like $wechat->run({@none}, '--version')->{out}, qr/^wechat \(wechat-cgi\) \d+\.\d+\.\d+$/, '--version';

# ---- wrong usage ----

for my $row ([[], 'a command is missing'], [['menu'], 'menu: a word is missing'], [['menus'], 'there is no command menus: did you mean menu?'], [['menu', 'sett'], 'there is no command menu sett: did you mean set?'],
    [['menu set', 'x'], 'there is no command menu set'], [[''], 'there is no command '], [['user'], 'user: OPENID is missing'], [['menu', 'get', 'x'], 'menu get: there is one argument too many: x'],
    [['qr', 'a', '--dayz', '3'], 'qr has no option --dayz'], [['qr', 'a', '--days'], '--days: N is missing'], [['qr', 'a', '--days=3', '--days', '4'], '--days is given twice'],
    [['qr', 'a', '--permanent=yes'], '--permanent takes no value'], [['--days', '3', 'qr'], 'there is no option --days before a command'], [['qr', '-x'], 'qr has no option -x'],
    [['send', 'oX'], undef], [['api', 'GET'], 'api: PATH is missing'], [['template', 'o', 'id'], 'template: FILE is missing'], [['menu', 'get', '--completion'], 'menu get has no option --completion']) {
    my ($words, $text) = @$row;
    my $said = $wechat->run({@none}, @$words);
    next if !defined $text;
    is $said->{exit}, 2, "2: wechat @$words";
    like $said->{err}, qr/^wechat: \Q$text\E\nUsage: wechat /, 'why, and the usage';
    is $said->{out}, '', 'nothing on stdout';
}
like $wechat->run({@none}, 'menu')->{err}, qr/\nUsage: wechat menu get\n       wechat menu set \[FILE\]\n/, 'the usage of the group';

# ---- languages ----

for my $row ([{ LANG => 'zh_CN.UTF-8' }, 1], [{ LANG => 'en_US.UTF-8' }, 0], [{ LANG => 'C' }, 0], [{}, 0], [{ LANG => 'zh_CN.UTF-8', LC_ALL => 'C.UTF-8' }, 0], [{ LANG => 'C', LC_MESSAGES => 'zh_HK' }, 1],
    [{ LANG => 'zh_CN', LC_ALL => '' }, 1]) {
    my ($environment, $chinese) = @$row;
    my $said = decode_utf8($wechat->run({ environment => { WECHAT_CONF => undef, %$environment } }, 'media', 'upload')->{err});
    is $said, $chinese ? "wechat: media upload：缺少 FILE\n用法：wechat media upload FILE [--thumb]\n" : "wechat: media upload: FILE is missing\nUsage: wechat media upload FILE [--thumb]\n", join ' ', map {"$_=$environment->{$_}"} sort keys %$environment;
}
my %help = map { $_ => decode_utf8($wechat->run({ environment => { WECHAT_CONF => undef, LANG => $_ } }, '--help')->{out}) } qw(C zh_CN);
is_deeply [$help{zh_CN} =~ /^  (\S.*?)  /mg], [$help{C} =~ /^  (\S.*?)  /mg], 'the help has the same rows in both';
is_deeply [grep { !/\p{Han}/ } $help{zh_CN} =~ /^  \S.*?  +(\S.*)/mg], [], 'and each in Chinese';

# ---- completion ----

my $script = $wechat->run({@none}, '--completion')->{out};
is $script, Kit::read_file("$Kit::BUILD/bin/wechat-completion.bash"), '--completion prints what is installed';
$wechat->file('completion', $script);
$wechat->file('menu.json', '');
# What bash offers for the last of the words.
sub offers {
    my (@words) = @_;
    my $list = join ' ', map {"'$_'"} 'wechat', @words;
    $wechat->file('complete', "set -u; source ./completion; COMP_WORDS=($list); COMP_CWORD=" . @words . "; _wechat; printf '%s\\n' \"\${COMPREPLY[\@]-}\"\n");
    my %offered = map { $_ => 1 } split /\n/, `cd $kit->{folder} && bash ./complete 2>&1`;
    return join ' ', sort grep { $_ ne '' } keys %offered;
}
for my $row ([[''], 'api check client followers keys media menu qr send state template token user'], [['m'], 'media menu'], [['menu', ''], 'delete get set'], [['menu', 'g'], 'get'], [['media', ''], 'upload'],
    [['menu', 'set', 'men'], 'menu.json'], [['menu', 'set', '--c'], '--conf'], [['api', ''], 'GET POST'], [['api', 'GET', ''], ''], [['user', ''], ''], [['nothing', ''], ''],
    [['qr', 'x', '-'], '--conf --days --help --json --permanent -o'], [['qr', '--days', ''], ''], [['qr', '--days', '3', '--p'], '--permanent'], [['qr', 'x', '-o', 'men'], 'menu.json'],
    [['--conf', 'men'], 'menu.json'], [['--conf', 'x', 'men'], 'menu'], [['template', 'oX', 'id', 'men'], 'menu.json'], [['template', 'oX', 'men'], ''], [['followers', '--ex'], '--export'],
    [['send', 'oX', '--im'], '--image'], [['menu', 'get', ''], '--conf --help --json']) {
    is offers(@{ $row->[0] }), $row->[1], "completed: wechat @{ $row->[0] }";
}
like `bash -c 'source $kit->{folder}/completion; complete -p wechat'`, qr/^complete -F _wechat wechat$/, 'bash knows it';

# ---- run by a web server ----

my $cgi = $wechat->run({ environment => { GATEWAY_INTERFACE => 'CGI/1.1', QUERY_STRING => 'token', REQUEST_METHOD => 'GET' } }, 'token');
is_deeply [$cgi->{out} =~ /\A(Status: 404 Not Found)\r\n(Content-Type: text\/plain; charset=utf-8)\r\n\r\nNot found\.\n\z/], ['Status: 404 Not Found', 'Content-Type: text/plain; charset=utf-8'], 'a web server gets 404';
like $cgi->{err}, qr/GATEWAY_INTERFACE/, 'and its log the reason';
ok !-e $kit->state_dir, 'and nothing was done';
is $wechat->run({ environment => { GATEWAY_INTERFACE => '' } }, '--help')->{out}, $cgi->{out}, 'even for --help, and if the variable is empty';
done_testing;
