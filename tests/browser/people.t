# Who may come in, and the sessions on the personal page, in headless Chromium; the assertions are in people.mjs. Three sites: one where
# newcomers wait, one for followers, one for everybody but Ann, whom the owner has blocked.
use strict;
use warnings;
use Kit;
use State;

my %account = (account_name => '小店', account_qr => '/account.svg', outside_wechat => 'both');
my $waiting = Kit->new(conf => { %account, people => 'approved', owners => 'oSomebodyElse' });
my $followers = Kit->new(conf => { %account, people => 'followers' });
$followers->browser->post("$followers->{sim_url}/console?format=json", { kind => 'unsubscribe', person => 'lin' });
my $open = Kit->new(conf => {%account});
State::plant($open->state_dir, 'oSim0003annEmojiMarkup-WxYzA', { blocked => time });
system('chown', '-R', '--reference', $open->{folder} . '/wechat.conf', $open->state_dir) == 0 or die 'chown';
local $ENV{SITE_URL} = $open->{site_url};
local $ENV{SIM_URL} = $open->{sim_url};
local $ENV{WAITING_URL} = $waiting->{site_url};
local $ENV{FOLLOWERS_URL} = $followers->{site_url};
my $failed = system 'node', "$Kit::TOP/tests/browser/people.mjs";
exit($failed ? 1 : 0);
