# An afternoon with an account, on the demo's site: a menu is set and tapped, a slow handler answers after twelve seconds, a scene's QR
# code is scanned, and a template message arrives in the chat.
use strict;
use utf8;
use warnings;
use Command;
use Encode qw(decode_utf8 encode_utf8);
use JSON::PP;
use Kit;
use Test::More;
use Time::HiRes qw(time);

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $kit = Kit->new(conf => { push_mode => 'plain', language => 'en', handler => 'handler', handler_seconds => 14, replies => 'rules.json' });
my $wechat = Command->new($kit);
my $openid = 'oSim0001xiaoMing-aBcDeFgHiJk';
$wechat->file('rules.json', encode_utf8(qq([{"event": "CLICK", "reply": {"text": "none"}}])));
Kit::write_file("$kit->{folder}/handler", encode_utf8(<<'SH'), 0755);
#!/bin/sh
# Answers a question after twelve seconds; a tap on the menu and a scan at once.
read -r push
echo run >>"$WECHAT_STATE_DIR/../log/runs"
case $push in
    *'"EventKey":"TODAY"'*) echo '{"text": "今天有豆浆"}' ;;
    *'"EventKey":"door-7"'*) echo '{"text": "七号门"}' ;;
    *'"Content":'*) sleep 12; echo '{"text": "想好了"}' ;;
esac
SH
chmod 0755, "$kit->{folder}/handler";
sub push_ {
    my (%form) = @_;
    my $answer = $kit->browser->post("$kit->{sim_url}/console?format=json", { person => 'xiaoming', mode => 'plain', map({ $_ => encode_utf8($form{$_}) } keys %form) });
    return decode_utf8($answer->{content});
}
sub chat { return decode_utf8($kit->browser->get("$kit->{sim_url}/console?format=json&person=xiaoming")->{content}) }

is $wechat->run(qw(menu set), $wechat->file('menu.json', encode_utf8('{"button": [{"type": "click", "name": "今日", "key": "TODAY"}]}')))->{exit}, 0, 'wechat menu set';
my ($tap) = decode_utf8($kit->browser->get("$kit->{sim_url}/console?person=xiaoming")->{content}) =~ m{name="tap" value="([^"]+)">今日<};
ok defined $tap, 'the console shows the menu';
like decode_utf8($kit->browser->follow($kit->browser->post("$kit->{sim_url}/console", { person => 'xiaoming', mode => 'plain', tap => $tap // '' }))->{content}), qr/今天有豆浆/, 'a tap on it is answered';

my $began = time;
my $slow = push_(kind => 'text', content => '晚饭吃什么', way => 'retries');
like $slow, qr/想好了/, 'a slow handler is waited for';
cmp_ok time - $began, '>', 11.5, 'twelve seconds';
is scalar(() = Kit::read_file("$kit->{folder}/log/runs") =~ /run/g), 2, 'one run for the tap, and one for the question';

my $qr = $wechat->run(qw(qr door-7 --json));
is $qr->{exit}, 0, 'wechat qr';
like $qr->{json}{url}, qr{^\Q$kit->{sim_url}\E/q/}, 'a code';
my $scan = $kit->browser->follow($kit->browser->get($qr->{json}{url}), stop => qr{/console});
like $scan->{stopped} // $scan->{content}, qr/door-7/, 'scanning it leads to the console';
like push_(kind => 'SCAN', eventkey => 'door-7', ticket => $qr->{json}{ticket}), qr/七号门/, 'the scan is answered';

my $template = $wechat->run('template', $openid, 'simTemplateOrderShipped', $wechat->file('data.json', encode_utf8('{"thing1": {"value": "一本书"}}')));
is "$template->{exit} $template->{err}", '0 ', 'wechat template';
Kit::wait_for('the card', 10, sub { chat() =~ /一本书/ });
pass 'the card is in the chat';
Kit::wait_for('its outcome', 10, sub { join('', map { Kit::read_file($_) } grep {m{/events}} $kit->state_files) =~ /TEMPLATESENDJOBFINISH/ });
pass 'and its outcome came to the site';
unlike $kit->log_text, qr/^wechat-cgi:/m, 'nothing was wrong';

# An account that may not call WeChat, without appid and secret: a slow handler works there as well.
my $small = Kit->new(conf => { appid => undef, secret => undef, sign_in => 'message', push_mode => 'plain', handler => 'handler', handler_seconds => 14, replies => undef });
Kit::write_file("$small->{folder}/handler", "#!/bin/sh\ncat >/dev/null\nsleep 6\necho '{\"text\": \"after six seconds\"}'\n", 0755);
$small->control(account => 'subscription');
like $small->browser->post("$small->{sim_url}/console?format=json", { person => 'xiaoming', mode => 'plain', kind => 'text', content => 'a question', way => 'retries' })->{content},
    qr/after six seconds/, 'a slow handler of an account without permissions';
is_deeply [grep {m{/cgi-bin/}} map { $_->{path} } $small->asked], [], 'and WeChat was not called';
done_testing;
