# A state folder of each earlier version that this folder has, under today's programs: sessions are valid, people and their choices are
# shown, WeChat's repeats have no second effect, and nothing is lost. rolling.t serves one state with both versions.
use strict;
use warnings;
use utf8;
use Encode qw(decode_utf8);
use JSON::PP;
use Kit;
use Push;
use Test::More;
use Upgrade;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $kit = Kit->new(conf => { push_token => $Push::TOKEN, push_mode => 'plain', encoding_aes_key => undef, language => 'en', dev_origins => 'http://localhost:5173',
    session_seconds => 31622400, events_days => 3660, %Kit::mini });
my $state = $kit->state_dir;

sub deliver { my ($xml) = @_; return $kit->browser->request('POST', '/cgi-bin/wechat.cgi?' . Push::query(), content => $xml, headers => { 'Content-Type' => 'text/xml' }) }
sub reply { my ($answer) = @_; return decode_utf8($answer->{content}) =~ m{<Content><!\[CDATA\[(.*)\]\]>}s ? $1 : '' }
sub journal { return join '', map { Kit::read_file($_) } sort glob "$state/events/*.jsonl" }
sub person { my ($openid) = @_; my ($file) = glob "$state/users/*/$openid.json"; return $file ? decode_json(Kit::read_file($file)) : {} }
sub asks { my ($token, $query) = @_; return $kit->browser->get('/cgi-bin/validate.cgi' . ($query || ''), headers => { Authorization => "Bearer $token" }) }
sub with { my ($token) = @_; my $browser = $kit->browser; $browser->set_cookie(wx_session => $token); return $browser }

for my $version (map { m{/([\d.]+)/facts\.json$} } glob "$Kit::TOP/tests/upgrade/*/facts.json") {
    system("rm -rf $state") == 0 or die 'rm';
    my $facts = Upgrade::unpack_state($version, $state);
    my %token = %{ $facts->{tokens} };
    my %before = map { m{/([^/]+)\.json$} ? ($1 => decode_json(Kit::read_file($_))) : () } glob "$state/users/*/*.json";
    is scalar keys %before, 4, "$version: people";

    for my $name (sort keys %{ $facts->{who} }) {
        my $answer = asks($token{$name});
        is $answer->{status}, 200, "$version: $name is signed in" or next;
        my $who = decode_json($answer->{content});
        is_deeply { map { $_ => $who->{$_} } keys %{ $facts->{who}{$name} } }, $facts->{who}{$name}, "$version: $name, as before";
    }
    is asks($token{signed_out})->{status}, 401, "$version: who signed out stays signed out";
    my $again = $kit->browser->post('/cgi-bin/ticket.cgi', { ticket => $facts->{spent_ticket} }, headers => { Origin => 'http://localhost:5173' });
    like $again->{status}, qr/^4/, "$version: a ticket that was spent stays spent";

    my $me = with($token{phone})->get('/cgi-bin/me.cgi');
    is $me->{status}, 200, "$version: the personal page";
    like decode_utf8($me->{content}), qr/小明/, "$version: with the name";
    is scalar(() = $me->{content} =~ /name="session"/g), 2, "$version: and the other sessions, to end them";
    like with($token{phone})->get($facts->{chosen})->{content}, qr/My orders/, "$version: the choice from the list";

    # WeChat repeats what was answered just before the programs were replaced.
    my $journal = journal();
    my $lines = () = $journal =~ /\n/g;
    is $lines, 3, "$version: the journal";
    # 0.1.0 identified events in another way (CHANGES.md).
    for my $push (grep { $_->{xml} =~ /<MsgId>/ } @{ $facts->{pushes} }) {
        my $answer = deliver($push->{xml});
        is "$answer->{status} " . reply($answer), "200 $push->{reply}", "$version: a repeat gets the same reply";
    }
    is journal(), $journal, "$version: and is not written down again";
    my $new = deliver('<xml>' . Push::xml(ToUserName => $Push::ACCOUNT, FromUserName => $Push::USER, CreateTime => time, MsgType => 'text', Content => 'hi', MsgId => '24000000000000002') . '</xml>');
    is reply($new), '收到：hi', "$version: a new message is answered";
    is index(journal(), $journal), 0, "$version: and is added to the journal";

    # One more sign-in, and one end.
    my $browser = $kit->browser;
    is $browser->sign_in('xiaoming', '/cgi-bin/me.cgi')->{status}, 200, "$version: a new sign-in";
    is asks($token{$_})->{status}, 200, "$version: $_ is still signed in" for qw(phone tablet ann development);
    my $tablet = with($token{tablet});
    is $tablet->post('/cgi-bin/logout.cgi', {}, headers => { 'Sec-Fetch-Site' => 'same-origin' })->{status} =~ /^[23]/ ? 'ok' : 'no', 'ok', "$version: one signs out";
    is asks($token{tablet})->{status}, 401, "$version: that session ends";
    is asks($token{phone})->{status}, 200, "$version: and no other";
    for my $openid (sort keys %before) {
        my ($old, $now) = ($before{$openid}, person($openid));
        my %may_change = map { $_ => 1 } qw(sessions last_seen last_sign_in headimgurl);
        is_deeply { map { $_ => $now->{$_} } grep { !$may_change{$_} } keys %$old }, { map { $_ => $old->{$_} } grep { !$may_change{$_} } keys %$old }, "$version: nothing of $openid is lost";
    }
    unlike $kit->log_text =~ s/^.*(?:AH00|mpm).*\n//gmr, qr/kind=(?:system|config)/, "$version: no error in the log";
}
done_testing;
