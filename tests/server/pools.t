# wechat.fcgi in two pools of processes: which programs each serves, what it says to requests for the other, and that those who
# wait for WeChat or the handler hold up nobody else.
use strict;
use warnings;
use FastCGI;
use Kit;
use Push;
use Test::More;
use Time::HiRes qw(time);

my $kit = Kit->new(server => 'nginx-fcgi', fcgi_lines => \&FastCGI::pools, pools => 1, workers => 2,
    conf => { language => 'en', push_token => $Push::TOKEN, push_mode => 'plain', handler => 'handler' });
Kit::write_file("$kit->{folder}/handler", "#!/bin/sh\ncat >>'$kit->{folder}/pushed'\necho '{\"text\": \"heard\"}'\n", 0755);
my $browser = $kit->browser;
$browser->sign_in('xiaoming');

sub ask {
    my ($pool, $program, %more) = @_;
    return FastCGI::ask($kit->fcgi_socket($pool), { SCRIPT_NAME => "/cgi-bin/$program", REMOTE_ADDR => '192.0.2.1', %more });
}

# ---- who serves what ----

my $described = Kit::programs();
for my $program (sort keys %$described) {
    my %needs = map { $_ => 1 } @{ $described->{$program}{needs} };
    # validate.cgi and the like are in both; wechat-save.cgi and the like are run by programs only.
    my $slow = $needs{network} || $needs{go_on} || $program =~ /^wechat-/;
    my $both = exists $described->{ $program =~ s/\.cgi$/-live.cgi/r };
    my %refused = map { $_ => (ask($_, $program)->{status} // 0) == 421 } qw(quick slow);
    is join(' ', grep { !$refused{$_} } qw(quick slow)), $both ? 'quick slow' : $slow ? 'slow' : 'quick', "$program: " . ($both ? 'both' : $slow ? 'slow' : 'quick');
}
my $refused = ask('quick', 'callback.cgi', QUERY_STRING => 'code=secret-code');
is $refused->{body}, "Misdirected Request\n", 'what a visitor reads';
like $refused->{error}, qr/callback\.cgi .*kind=config .*: this process does not serve such requests \(WECHAT_SERVE\)/, 'what the log says';
unlike $refused->{error}, qr/secret-code/, 'without the code';
is ask('quick', 'callback.cgi', WECHAT_TRIES_OTHERS => 1)->{error}, '', 'nothing, if the server tries the other pool';
is ask('quick', 'validate.cgi', QUERY_STRING => 'live=1', HTTP_COOKIE => 'wx_session=' . $browser->cookie('wx_session'))->{status}, 421, 'validate.cgi?live=1 is never answered without asking WeChat';
is ask('quick', 'nothing.cgi')->{status}, 404, 'what is no program at all';

# ---- through the web server ----

is $browser->get('/cgi-bin/validate.cgi?live=1')->{status}, 200, 'the web server tries the slow pool';
my $push = $browser->request('POST', '/cgi-bin/wechat.cgi?' . Push::query(), content => Push::push_xml(MsgType => 'text', Content => 'hello', MsgId => 1), headers => { 'Content-Type' => 'text/xml' });
like $push->{content}, qr/heard/, 'with the body of the request';
is scalar(() = Kit::read_file("$kit->{folder}/pushed") =~ /hello/g), 1, 'which is handled once';

# ---- nobody waits for others ----

$kit->control(delay_grant => 3000);
my @begun = map { my $one = $kit->browser; [$one, $one->callback_url] } 1 .. 4;
my @times = Kit::at_once(5, sub {
    my ($i) = @_;
    return $begun[$i][0]->get($begun[$i][1])->{status} if $i < 4;
    Kit::wait_for('WeChat to be asked', 20, sub { FastCGI::calls_to_wechat($kit) == 2 });
    my $began = time;
    my %status;
    $status{ $browser->get('/cgi-bin/validate.cgi')->{status} }++ for 1 .. 20;
    return join ' ', %status, time - $began < 2 ? 'at once' : 'late';
});
is $times[4], '200 20 at once', 'all slow processes wait for WeChat: others are served';
is "@times[0 .. 3]", '303 303 303 303', 'and then those are signed in';

# ---- a name that is none ----

{
    local %ENV = (%ENV, WECHAT_SERVE => 'fast', WECHAT_CONF => "$kit->{folder}/wechat.conf");
    my $said = `$Kit::BUILD/bin/wechat.fcgi --listen '$kit->{folder}/other.sock' 2>&1`;
    is $? >> 8, 2, 'WECHAT_SERVE=fast: it does not start';
    is $said, "wechat.fcgi: WECHAT_SERVE must be all, quick or slow\n", 'and says why';
}

done_testing;
