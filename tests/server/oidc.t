# oidc.cgi: other programs sign people in by OpenID Connect. The whole way, through Apache and through nginx with wechat.fcgi;
# then each endpoint. oidc-basic.t has the OpenID Foundation's names, oidc-attacks.t the attacks.
use strict;
use warnings;
use utf8;
use Encode qw(decode_utf8);
use File::Temp qw(tempdir);
use JSON::PP;
use Kit;
use Oidc;
use Redis;
use State;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $ming = 'oSim0001xiaoMing-aBcDeFgHiJk';

# ---- the whole way ----

for my $case (['apache-cgid'], ['nginx-fcgi'], ['apache-cgid', 'Redis']) {
    my ($server, $store) = @$case;
    subtest join(', state in ', @$case) => sub {
        my $why = $store && Redis::missing();
        plan skip_all => $why if $why;
        my $folder = tempdir('wechat-oidc-XXXXXX', TMPDIR => 1, CLEANUP => 1);
        chmod 0755, $folder;
        my $redis = $store && Redis->new("$folder/redis");
        my $oidc = Oidc->new(server => $server, conf => { $store ? (state => $redis->address(prefix => 'oidc')) : () });
        my $browser = $oidc->kit->browser;
        my $metadata = decode_json($browser->get(Oidc::base() . '/.well-known/openid-configuration')->{content});
        is $metadata->{issuer}, $oidc->issuer, 'discovery names the issuer';

        my $page = $oidc->open_request($browser, 'xiaoming');
        ok Oidc::is_question($page), 'signed in by WeChat, and asked' or diag $page->{content};
        like $page->{content}, qr/Sign in to Shop\?.*<p class="setting">app\.example\.com</s, 'by the name of the program, and the host';
        my $back = $oidc->answer($browser, $page, 'yes');
        my $got = Oidc::parameters($back);
        is "$back->{status} " . join(' ', sort keys %$got), '303 code iss state', 'agreed: back to the program';
        is "$got->{state} $got->{iss}", "s-1 $metadata->{issuer}", 'with its state, and who answers';

        my $answer = $oidc->redeem($got->{code});
        my $tokens = $answer->{json};
        is "$answer->{status} $answer->{headers}{'cache-control'} $tokens->{token_type} $tokens->{expires_in} $tokens->{scope}", '200 no-store Bearer 3600 openid profile', 'the token response';
        ok $oidc->is_signed($tokens->{id_token}), 'the ID token is signed by a published key';
        my $claims = Oidc::claims($tokens->{id_token});
        is "$claims->{iss} $claims->{aud} $claims->{sub} $claims->{nonce}", "$metadata->{issuer} shop $ming n-1", 'for this program, about this person';
        is $claims->{name}, '小明', 'with the name';
        cmp_ok $claims->{exp} - $claims->{iat}, '==', 600, 'for ten minutes';

        my $who = $oidc->userinfo($tokens->{access_token});
        is "$who->{status} $who->{json}{sub} $who->{json}{name}", "200 $ming 小明", 'userinfo';
        my $next = $oidc->refresh($tokens->{refresh_token});
        is "$next->{status} " . Oidc::claims($next->{json}{id_token})->{sub}, "200 $ming", 'refreshed';
        is $oidc->ask('/introspect', { token => $next->{json}{access_token} })->{json}{sub}, $ming, 'introspection says whose token it is';
        is $oidc->ask('/revoke', { token => $tokens->{refresh_token} })->{status}, 200, 'given up';
        is Oidc::said($oidc->userinfo($_)), '401 invalid_token', 'and both access tokens are over' for $tokens->{access_token}, $next->{json}{access_token};

        my $again = $oidc->open_request($browser, 'xiaoming');
        ok defined Oidc::parameters($again)->{code}, 'the second time nobody is asked anything';
        my $code = Oidc::parameters($again)->{code};
        my @said = sort +Kit::at_once(4, sub { return $oidc->redeem($code)->{status} });
        is "@said", '200 400 400 400', 'four redeem the code at the same moment: one succeeds';
        return if !$store;
        my $stored = sub { return join "\n", map { $redis->cli('GET', $_) } grep {/\}./} split /\n/, $redis->cli('KEYS', '*oidc-grants*') };
        $oidc->redeem($oidc->code($browser));
        like $stored->(), qr/\Q$ming\E/, 'a record names the person';
        $browser->post('/cgi-bin/me.cgi', { action => 'forget' }, headers => { 'Sec-Fetch-Site' => 'same-origin' });
        unlike $stored->(), qr/\Q$ming\E/, 'deleted: none does';
    };
}

my $oidc = Oidc->new;
my $kit = $oidc->kit;
my $browser = $kit->browser;

# ---- what programs read first ----

for my $path ('/.well-known/openid-configuration', '/.well-known/oauth-authorization-server', '/jwks') {
    my $answer = $browser->get(Oidc::base() . $path);
    is "$answer->{status} $answer->{headers}{'content-type'} $answer->{headers}{'cache-control'} $answer->{headers}{'access-control-allow-origin'}", '200 application/json public, max-age=3600 *', "$path: for any cache and any origin";
    is $browser->request('HEAD', Oidc::base() . $path)->{status}, 200, "$path: HEAD";
    my $preflight = $browser->request('OPTIONS', Oidc::base() . $path, headers => { Origin => 'https://spa.example', 'Access-Control-Request-Method' => 'GET' });
    is "$preflight->{status} $preflight->{headers}{'access-control-allow-headers'}", '204 Authorization, Content-Type', "$path: OPTIONS";
}
{
    my $metadata = decode_json($browser->get(Oidc::base() . '/.well-known/openid-configuration')->{content});
    my @unknown = grep { $browser->get($metadata->{$_})->{status} == 404 } grep {/_(?:endpoint|uri)$/} sort keys %$metadata;
    is_deeply \@unknown, [], 'each address of the metadata is one';
    is scalar @{ decode_json($browser->get(Oidc::base() . '/jwks')->{content})->{keys} }, 2, 'a key for each algorithm';
}

# ---- clients that differ ----

{
    my $tokens = $oidc->redeem($oidc->code($browser, client_id => 'wiki', scope => 'openid email'), as => 'wiki')->{json};
    is Oidc::header($tokens->{id_token})->{alg}, 'ES256', 'id_token_signed_response_alg';
    ok $oidc->is_signed($tokens->{id_token}), 'which is a signature of 64 bytes';
    like Oidc::claims($tokens->{id_token})->{email}, qr/^wx[0-9a-f]{12}\@noreply\./, 'a placeholder for an address';
    is Oidc::claims($tokens->{id_token})->{email_verified}, undef, 'which nobody calls verified';
    my $answer = $oidc->follow($browser, $browser->get($oidc->authorize_path(client_id => 'wiki')));
    like $answer->{location}, qr{^https://wiki\.example\.com/cb\?a=b&code=}, 'an address keeps its query; and the owner\'s own program asks nobody';
    my $pair = Oidc::claims($oidc->redeem($oidc->code($browser, client_id => 'pair'), as => 'pair')->{json}{id_token});
    like $pair->{sub}, qr/^[\w-]{43}$/, 'pairwise: another sub';
    is $oidc->redeem($oidc->code($browser, client_id => 'spa'), as => 'spa')->{status}, 200, 'a program without a secret';
}

# ---- form_post, the language ----

{
    my $page = $oidc->follow($browser, $browser->get($oidc->authorize_path(response_mode => 'form_post', prompt => 'consent', ui_locales => 'zh-TW')));
    like decode_utf8($page->{content}), qr/要登入 Shop 嗎/, 'ui_locales: the language of the question';
    my $back = $oidc->answer($browser, $page, 'yes');
    my %field = $back->{content} =~ /<input type="hidden" name="(\w+)" value="([^"]*)">/g;
    is $back->{status} . ' ' . join(' ', sort keys %field), '200 code iss state', 'form_post: a page with the fields';
    is $oidc->redeem($field{code})->{status}, 200, 'and the code is good';
}

# ---- signing out, the personal page ----

{
    my $shop = $oidc->redeem($oidc->code($browser))->{json};
    my $away = $oidc->redeem($oidc->code($browser, scope => 'openid offline_access'))->{json};
    $browser->post('/cgi-bin/logout.cgi', {}, headers => { 'Sec-Fetch-Site' => 'same-origin' });
    is Oidc::said($oidc->userinfo($shop->{access_token})), '401 invalid_token', 'signed out: the program learns nothing more';
    is Oidc::said($oidc->refresh($shop->{refresh_token})), '400 invalid_grant', 'and gets no token';
    is $oidc->userinfo($away->{access_token})->{status}, 200, 'but with offline_access';
    is $oidc->refresh($away->{refresh_token})->{status}, 200, 'for which it refreshes, too';

    $browser->sign_in('xiaoming');
    my $me = $browser->get('/cgi-bin/me.cgi');
    like $me->{content}, qr{<h3>Shop</h3>.*name="program" value="shop"}s, 'the personal page lists the programs';
    my ($csrf) = $me->{content} =~ /name="csrf" value="([^"]+)"/;
    is $browser->post('/cgi-bin/me.cgi', { action => 'end_program', program => 'shop', csrf => $csrf })->{status}, 303, 'the person ends the access of one';
    unlike $browser->get('/cgi-bin/me.cgi')->{content}, qr{<h3>Shop</h3>}, 'which is not listed any more';
    like $browser->get('/cgi-bin/me.cgi')->{content}, qr{<h3>Wiki</h3>}, 'the others are';
    is Oidc::said($oidc->userinfo($away->{access_token})), '401 invalid_token', 'and its tokens are over';
    is Oidc::said($oidc->refresh($away->{refresh_token})), '400 invalid_grant', 'all of them';
    my $question = $oidc->open_request($browser, 'xiaoming');
    ok Oidc::is_question($question), 'it is asked for again';
    ok defined Oidc::parameters($oidc->answer($browser, $question, 'yes'))->{code}, 'and given again';
    is Oidc::said($oidc->refresh($away->{refresh_token})), '400 invalid_grant', 'which does not bring back what was ended';
    like $browser->get('/cgi-bin/me.cgi?download=1')->{content}, qr/"programs":\["/, 'the programs are in the download';
}

# ---- who is blocked, or deleted ----

{
    my $tokens = $oidc->redeem($oidc->code($browser, scope => 'openid offline_access'))->{json};
    my ($file) = grep {/xiaoMing/} $kit->user_files;
    my $who = Kit::read_file($file);
    Kit::write_file($file, encode_json({ %{ decode_json($who) }, blocked => time }), 0600);
    is Oidc::said($oidc->userinfo($tokens->{access_token})), '401 invalid_token', 'blocked: no more';
    Kit::write_file($file, $who, 0600);
    is $oidc->userinfo($tokens->{access_token})->{status}, 200, 'and with the end of the block again';
    ok scalar(grep { Kit::read_file($_) =~ /\Q$ming\E/ } grep {m{/oidc-}} $kit->state_files), 'the state names the person';
    $browser->post('/cgi-bin/me.cgi', { action => 'forget' }, headers => { 'Sec-Fetch-Site' => 'same-origin' });
    is Oidc::said($oidc->userinfo($tokens->{access_token})), '401 invalid_token', 'deleted: no more';
    is scalar(grep { Kit::read_file($_) =~ /\Q$ming\E/ } $kit->state_files), 0, 'and no file of the state names the person';
    $browser->sign_in('xiaoming');
    is Oidc::said($oidc->refresh($tokens->{refresh_token})), '400 invalid_grant', 'also when they come back';
}

# ---- times ----

SKIP: {
    my $why = Kit::no_other_clock("$kit->{folder}/cgi-bin/oidc.cgi");
    skip $why, 1 if $why;
    my $late = sub {
        my ($seconds, $path, %fields) = @_;
        my $answer = $kit->run('oidc.cgi', before => [Kit::as_server(), 'faketime', '-f', "+${seconds}s"], stdin => Oidc::form(client_id => 'shop', client_secret => $Oidc::SECRET, %fields), environment => { PATH_INFO => $path });
        return "$answer->{status} " . ((decode_json($answer->{body}))->{error} // 'good');
    };
    my %code = (grant_type => 'authorization_code', redirect_uri => $Oidc::CALLBACK, code_verifier => $Oidc::VERIFIER);
    is $late->(50, '/token', %code, code => $oidc->code($browser)), '200 good', 'a code after 50 seconds';
    is $late->(62, '/token', %code, code => $oidc->code($browser)), '400 invalid_grant', 'and after 62';
    my $tokens = $oidc->redeem($oidc->code($browser, scope => 'openid offline_access'))->{json};
    is $late->($_->[0], '/token', grant_type => 'refresh_token', refresh_token => $tokens->{refresh_token}), $_->[1], "a refresh token after $_->[0] seconds" for [40 * 86400, '400 invalid_grant'], [20 * 86400, '200 good'];
}

# ---- a failure of ours uses nothing up ----

{
    my $access = $kit->state_dir . '/oidc-access';
    my $tokens = $oidc->redeem($oidc->code($browser, client_id => 'spa'), as => 'spa')->{json};
    for my $case (['code', sub { my ($code) = @_; return $oidc->redeem($code) }, $oidc->code($browser)],
        ['refresh token that is used once', sub { my ($token) = @_; return $oidc->refresh($token, as => 'spa') }, $tokens->{refresh_token}]) {
        my ($name, $ask, $given) = @$case;
        rename $access, "$access.away" or die "$access: $!";
        Kit::write_file($access, '', 0600);
        is Oidc::said($ask->($given)), '503 server_error', "no access token can be stored: the $name is refused";
        unlink $access;
        rename "$access.away", $access or die "$access: $!";
        my $again = $ask->($given);
        is $again->{status}, 200, 'and is good the next time';
        is $oidc->userinfo($again->{json}{access_token})->{status}, 200, 'as are its tokens';
    }
}

# ---- mistakes of the owner's ----

{
    my $json = Kit::read_file("$kit->{folder}/clients.json");
    Kit::write_file("$kit->{folder}/clients.json", '[{"client_id": "x"}]', 0644);
    my $answer = $browser->get(Oidc::base() . '/userinfo');
    is "$answer->{status} $answer->{content}", '503 {"error":"server_error"}', 'a mistake in the file of clients: an error of ours';
    is $browser->get(Oidc::base() . '/jwks')->{status}, 200, 'the keys are published all the same';
    like $kit->log_text, qr/clients\.json/, 'and the log names the file';
    Kit::write_file("$kit->{folder}/clients.json", $json, 0644);
    my @keys = grep {m{/keys/}} $kit->state_files;
    unlink @keys;
    is Oidc::parameters($oidc->follow($browser, $browser->get($oidc->authorize_path)))->{error}, 'server_error', 'without keys: the program is told';
    like $kit->log_text, qr/OpenID Connect: there are no keys: run wechat keys/, 'and the log says what to do';
    $kit->write_conf(language => 'en');
    is $browser->get(Oidc::base() . '/jwks')->{status}, 404, 'without oidc_clients the site is no provider';
}
done_testing;
