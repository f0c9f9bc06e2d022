# docs/en/backup.md: its lines, in a made-up home.
use strict;
use warnings;
use Docs;
use File::Path qw(make_path);
use Kit;
use State;
use Test::More;

my ($copy, $restore, $deleted) = map { $_->{text} } grep { $_->{language} eq 'sh' } Docs::snippets('docs/en/backup.md');
my $kit = Kit->new(stopped => 1);
my $home = "$kit->{folder}/home";
my $state = "$home/wechat/wechat-state";
make_path("$home/wechat");
system('cp', '-r', "$kit->{folder}/wechat-html", "$kit->{folder}/wechat.conf", "$home/wechat/") == 0 or die 'cp';
mkdir $state, 0700;
sub plant { my ($name) = @_; return State::plant($state, $name, { nickname => $name }, {}) }
my ($anna, $bert) = map { plant($_) } 'oAnna', 'oBert';
sub status {
    my ($token) = @_;
    return $kit->run('validate.cgi', environment => { WECHAT_CONF => "$home/wechat/wechat.conf", HTTP_COOKIE => "wx_session=$token" })->{status};
}
sub shell {
    my ($lines) = @_;
    local $ENV{HOME} = $home;
    open my $pipe, '-|', 'sh', '-ec', $lines or die "sh: $!";
    my @said = <$pipe>;
    close $pipe;
    return join '', @said;
}
is status($anna), 200, 'signed in';
shell($copy);
is sprintf('%o', (stat "$home/wechat-backup.tar.gz")[2] & 07777), '600', 'a backup that nobody else reads';

unlink State::user_file($state, 'oBert') or die "oBert: $!";
is status($bert), 401, 'somebody deletes their data';
plant('oCarl');
shell($restore);
is_deeply [map { status($_) } $anna, $bert], [200, 200], 'put back: everybody of the backup is signed in';
is_deeply [State::wrongs($state)], [], 'with a state that is whole';
like shell($deleted), qr{\A\./\w{3}/oBert\.json\n\z}, 'the lines name the person who must be deleted again';
system('rm', '-r', "$state/sessions") == 0 or die 'rm';
is status($anna), 401, 'without sessions/ everybody signs in again';
ok State::user($state, 'oAnna'), 'and is known all the same';
done_testing;
