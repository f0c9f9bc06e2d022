# wechat followers: all of them, page by page; the export to a CSV file, which continues where it stopped.
use strict;
use utf8;
use warnings;
use Account;
use Command;
use Encode qw(decode_utf8 encode_utf8);
use JSON::PP;
use Kit;
use Test::More;
use Time::HiRes qw(sleep);

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $kit = Kit->new(conf => { language => 'en', replies => undef });
my $wechat = Command->new($kit);
my $account = Account->new($kit);
my $f = $kit->{folder};
sub calls { my ($path) = @_; return scalar $kit->asked("/cgi-bin/$path") }
# The openids in a file, in order.
sub openids { my ($text) = @_; return map { /^'?([^,]+)/ ? $1 : () } grep { !/openid,/ } split /\r\n/, $text }
# How often the most frequent one is there, and how many there are.
sub counted { my %count; $count{$_}++ for @_; my ($most) = sort { $b <=> $a } values %count; return ($most // 0) . ' of ' . keys %count }

# ---- the list ----

my $list = $wechat->run('followers');
is "$list->{exit} $list->{err}", '0 ', 'the list';
is_deeply [$list->{out} =~ /^(oSim\S{24})$/mg], [split /\n/, $list->{out}], 'one openid a line';
is scalar(my @seven = split /\n/, $list->{out}), 7, 'seven';
$kit->control(followers => 2500, page_size => 1000);
$kit->forget_asked;
$list = $wechat->run('followers');
is counted(split /\n/, $list->{out}), '1 of 2507', 'several pages: everybody once';
is_deeply [map { $_->{query}{next_openid} // '' } $kit->asked('/cgi-bin/user/get')]->[0], '', 'from the first page on';
my @pages = map { decode_json($_) } split /\n/, $wechat->run('followers', '--json')->{out};
is_deeply [map { $_->{count} } @pages], [1000, 1000, 507], '--json: WeChat’s answers, one a line';
my $shown = $wechat->on_terminal('followers');
like $shown->{out}, qr/1,000 of 2,507.*2,507 of 2,507/s, 'a terminal shows the progress';
like decode_utf8($wechat->on_terminal({ environment => { LANG => 'zh_CN' } }, 'followers')->{out}), qr{1,000 / 2,507}, 'in Chinese';
unlike $list->{err}, qr/2,507/, 'a file does not';
$kit->control(followers => 10, page_size => 5, fault_followers => 45009);
my $refused = $wechat->run('followers', '--json');
is "$refused->{exit} $refused->{json}{errcode}", '1 45009', 'WeChat refuses';

# ---- the export ----

$kit->control(followers => 250, page_size => 100);
for my $row (['xiaoming', '=1+1'], ['meimei', encode_utf8('a,"b"')], ['ann', "+1\n2"], ['lin', '@x']) {
    my ($openid) = grep { /\Q$row->[0]\E/i } @seven;
    $account->post('user/info/updateremark', { openid => $openid, remark => decode_utf8($row->[1]) }) if $openid;
}
$kit->forget_asked;
my $export = $wechat->run('followers', '--export', 'f.csv');
is "$export->{exit} $export->{out} $export->{err}", "0 f.csv: 257 followers\n ", 'the export';
my $csv = $wechat->text('f.csv');
like $csv, qr/\A\xef\xbb\xbfopenid,unionid,subscribe_time,subscribe_scene,qr_scene,qr_scene_str,language,tagid_list,remark\r\n/, 'UTF-8 with a byte order mark, and a header';
is counted(openids($csv)), '1 of 257', 'everybody once';
is scalar(() = $csv =~ /\n/g), 258, 'a line each';
is scalar(() = $csv =~ /(?<!\r)\n/g), 0, 'which ends with CR LF';
like $csv, qr/^oSim0001\S+,uSim0001\S+,20\d\d-\d\d-\d\d \d\d:\d\d,ADD_SCENE_SEARCH,0,,zh_CN,,'=1\+1\r$/m, 'a row; what a spreadsheet would run is text';
like $csv, qr/,"a,""b"""\r$/m, 'commas and quotation marks';
like $csv, qr/,'\+1 2\r$/m, 'a line end is a blank';
like $csv, qr/,'\@x\r$/m, 'and @ is text';
is sprintf('%o', (stat "$f/f.csv")[2] & 0777), '600', 'only its owner can read it';
is join(' ', map { s{.*/}{}r } glob "$f/f.csv*"), 'f.csv', 'nothing else is left';
is calls('user/get') . ' ' . calls('user/info/batchget'), '4 3', 'pages of user/get until one is empty, 100 people a call';
is $wechat->run('followers', '--export', 'f.csv', '--json')->{json}{followers}, 257, 'again: replaced; --json';
is $wechat->text('f.csv'), $csv, 'with the same bytes';
like $wechat->on_terminal('followers', '--export', 'f.csv')->{out}, qr/100 of 257.*257 of 257.*f\.csv: 257 followers/s, 'a terminal shows the progress';

# Somebody who leaves between the two calls is no follower.
$account->push_('xiaoming', 'unsubscribe');
is $wechat->run('followers', '--export', 'g.csv')->{out}, "g.csv: 256 followers\n", 'who has left is not there';
$account->push_('xiaoming', 'subscribe');

# ---- a quota ends it ----

$kit->control(followers => 250, page_size => 100, fault_users => 45009);
my $stopped = $wechat->run('followers', '--export', 'q.csv');
is $stopped->{exit}, 1, 'no more calls today: 1';
like $stopped->{err}, qr/^wechat: WeChat answered errcode 45009: .*\nwechat: 0 followers are in q\.csv\.part: the same command continues there\n\z/, 'and that it can be continued';
ok !-e "$f/q.csv" && -e "$f/q.csv.part", 'the file is not there yet';
is decode_utf8($wechat->run({ environment => { LANG => 'zh_CN' } }, 'followers', '--export', 'q.csv')->{err}) =~ /已有 0 个关注者在 q\.csv\.part 里：再运行一次，就接着写\n\z/ ? 1 : 0, 1, 'in Chinese';
$kit->control(followers => 250, page_size => 100, quota_users => 100);
is $wechat->run('followers', '--export', 'q.csv')->{exit}, 0, 'the next day it is complete';
is counted(openids($wechat->text('q.csv'))), '1 of 257', 'everybody once';

# ---- killed at any moment ----

# Kills a run by a signal after so many of batchget's answers; returns the rows that are there.
sub interrupt {
    my ($file, $signal, $batches) = @_;
    my $before = calls('user/info/batchget');
    my $run = $wechat->start('followers', '--export', $file);
    Kit::wait_for("$batches batches", 30, sub { calls('user/info/batchget') >= $before + $batches });
    kill $signal, $run->{pid};
    my $said = $wechat->finish($run);
    return ($said, scalar openids($wechat->text("$file.part") // ''));
}
$kit->control(followers => 8000, page_size => 150, delay_users => 100, delay_followers => 30);
my @rows;
for my $round (1 .. 5) {
    my ($said, $rows) = interrupt('k.csv', $round % 2 ? 'KILL' : 'TERM', 2);
    isnt $said->{signal}, 0, "round $round: killed";
    push @rows, $rows;
    # A row that was cut off.
    if ($round == 3) {
        open my $part, '>>', "$f/k.csv.part" or die $!;
        print {$part} 'oSimF00099';
        close $part;
    }
}
is "@rows", join(' ', sort { $a <=> $b } @rows), 'each goes on where the last one stopped' or diag "@rows";
cmp_ok $rows[-1], '>', 150, 'beyond the first page';
ok !-e "$f/k.csv", 'the file is not there yet';
# Somebody leaves while it is interrupted.
$kit->control(followers => 8000, page_size => 150);
$account->push_('meimei', 'unsubscribe');
my $last = $wechat->run('followers', '--export', 'k.csv');
is $last->{exit}, 0, 'and the last one completes it';
like $last->{err}, qr/^wechat: k\.csv\.part: [\d,]+ followers are there, continuing\n\z/, 'which it says';
my @there = openids($wechat->text('k.csv'));
my %expected = map { $_ => 1 } split /\n/, $wechat->run('followers')->{out};
$expected{$_} = 1 for grep {/meimei/i} @there;
is counted(@there), '1 of ' . keys %expected, 'nobody twice';
is_deeply [grep { !$expected{$_} } @there], [], 'and no row that is none';
my %had = map { $_ => 1 } @there;
is_deeply [grep { !$had{$_} } keys %expected], [], 'and nobody missing';
is join(' ', map { s{.*/}{}r } glob "$f/k.csv*"), 'k.csv', 'nothing else is left';

# ---- what may be there already ----

$kit->control(followers => 100, page_size => 50);
Kit::write_file("$f/o.csv.part", 'something else');
chown((stat "$f/wechat.conf")[4, 5], "$f/o.csv.part");
is $wechat->run('followers', '--export', 'o.csv')->{exit}, 0, 'a part without a position: from the beginning';
is counted(openids($wechat->text('o.csv'))), '1 of 106', 'everybody once';
for my $position ('{}', 'no JSON', '{"appid":"wx9999999999999999","next_openid":"","offset":5,"rows":0}', '{"appid":"' . $Kit::APPID . '","next_openid":"","offset":999999,"rows":0}') {
    for my $file (['p.csv.part', 'abc'], ['p.csv.position', $position]) {
        Kit::write_file("$f/$file->[0]", $file->[1]);
        chown((stat "$f/wechat.conf")[4, 5], "$f/$file->[0]");
    }
    is $wechat->run('followers', '--export', 'p.csv')->{exit}, 0, "a position that does not fit: from the beginning: $position";
    is counted(openids($wechat->text('p.csv'))), '1 of 106', 'everybody once';
}
like $wechat->run('followers', '--export', 'none/f.csv')->{err}, qr/^wechat: none\/f\.csv\.part: No such file or directory\n/, 'a folder that is missing';
$kit->control(followers => 100, page_size => 50, delay_users => 1000);
my $first = $wechat->start('followers', '--export', 't.csv');
Kit::wait_for('the first', 10, sub { -s "$f/t.csv.part" });
like $wechat->run('followers', '--export', 't.csv')->{err}, qr/^wechat: t\.csv\.part: another process is writing it\n\z/, 'two at the same time: one is refused';
is $wechat->finish($first)->{exit}, 0, 'and the other is not disturbed';
is counted(openids($wechat->text('t.csv'))), '1 of 106', 'everybody once';

# ---- answers that are wrong ----

for my $fault (qw(garbage empty wrong_types http500)) {
    $kit->control(followers => 100, page_size => 50, fault_users => $fault);
    my $said = $wechat->run('followers', '--export', 'w.csv', '--json');
    is "$said->{exit} $said->{json}{error}", '1 upstream', "people: $fault";
}
$kit->control(followers => 100, page_size => 50);
is $wechat->run('followers', '--export', 'w.csv')->{exit}, 0, 'and it can be continued';
is counted(openids($wechat->text('w.csv'))), '1 of 106', 'everybody once';
done_testing;
