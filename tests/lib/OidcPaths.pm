package OidcPaths;
# The write paths of an OpenID provider, for the table in Paths.pm: a program is approved, gets tokens, renews them, and each way in
# which they end.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use JSON::PP;
use MIME::Base64 qw(encode_base64);
use Oidc;
use Paths;
use State;

# shop has a secret; page has none, so that its refresh tokens are used once each. told is told of a sign-out.
my %more = (grant_types => ['authorization_code', 'refresh_token'], id_token_signed_response_alg => 'ES256', redirect_uris => [$Oidc::CALLBACK],
    post_logout_redirect_uris => ['https://app.example.com/bye']);
my @clients = (
    { %more, client_id => 'shop', client_name => 'Shop', client_secret_sha256 => sha256_hex($Oidc::SECRET) },
    { %more, client_id => 'told', client_name => 'Told', client_secret_sha256 => sha256_hex($Oidc::SECRET), frontchannel_logout_uri => 'https://app.example.com/out' },
    { %more, client_id => 'page', client_name => 'Page', token_endpoint_auth_method => 'none' },
);

# The settings of each path. (Paths.pm loads this file before it has a value for $ME.)
sub conf { return (conf => { owners => $Paths::ME, oidc_clients => 'clients.json' }) }

sub paths {
    my $is_200 = sub { my ($answer) = @_; return ($answer->{status} || 0) == 200 };
    return (
        {
            name => 'a program approved', conf(),
            prepare => sub {
                my ($site) = @_;
                my $cookie = set_up($site);
                return make_last($site, { cookie => $cookie, request => yes_request($site->run(authorize_request('shop', $cookie)), $cookie) });
            },
            done => sub { my ($answer) = @_; return defined code_of($answer) },
            fails => sub { my ($answer) = @_; return ($answer->{headers}{location}[0] // '') =~ /[?&]error=(?:server_error|temporarily_unavailable)&/ },
            holds => sub { my ($site, $case, $answer) = @_; return (is_listed($site, $case->{cookie}), gives_tokens($site, code_of($answer))) },
            again => sub {
                my ($site, $case) = @_;
                my $answer = $site->run($case->{request});
                # The question is answered once; if that answer was lost, the program asks again.
                return anew($site, 'shop', $case) if ($answer->{status} || 0) == 410;
                return (is_listed($site, $case->{cookie}), gives_tokens($site, code_of($answer) // 'none'));
            },
            survives => sub { my ($site, $case) = @_; return is_listed($site, $case->{cookie}) },
            disk => { put => 2, passed => 2, files => [qw(oidc-grants users)] },
        },
        {
            name => 'a code redeemed', conf(),
            prepare => sub {
                my ($site) = @_;
                my $cookie = set_up($site);
                return make_last($site, { cookie => $cookie, request => redeem_request('shop', get_code($site, 'shop', $cookie)) });
            },
            done => $is_200,
            holds => sub {
                my ($site, $case, $answer) = @_;
                # A code never gives twice: who comes second gets nothing, and ends what the first one got.
                return (works($site, 'shop', $answer), status_is($site->run($case->{request}), 400), ended($site, 'shop', $answer));
            },
            again => sub { my ($site, $case) = @_; return again($site, 'shop', $case) },
            survives => sub { my ($site, $case, $answer) = @_; return Paths::status_is($site->run(refresh_request('shop', $answer)), 200) },
            disk => { put => 2, passed => 1, files => [qw(oidc-grants oidc-refresh)] },
        },
        {
            # Whoever signs out afterwards finds the note, and tells it.
            name => 'a code redeemed by a program that is told', conf(),
            prepare => sub {
                my ($site) = @_;
                my $cookie = set_up($site);
                return { cookie => $cookie, request => redeem_request('told', get_code($site, 'told', $cookie)) };
            },
            done => $is_200,
            holds => \&is_noted,
            again => sub {
                my ($site, $case) = @_;
                my $answer = $site->run($case->{request});
                return (($answer->{status} || 0) == 400 ? anew($site, 'told', $case) : status_is($answer, 200), is_noted($site));
            },
            disk => { put => 3, passed => 1, files => [qw(oidc-grants oidc-programs oidc-refresh)] },
        },
        {
            name => 'tokens renewed', conf(),
            prepare => sub {
                my ($site) = @_;
                my $cookie = set_up($site);
                return { cookie => $cookie, request => refresh_request('page', tokens($site, 'page', $cookie)) };
            },
            done => $is_200,
            holds => sub {
                my ($site, $case, $answer) = @_;
                return (works($site, 'page', $answer), status_is($site->run($case->{request}), 400), ended($site, 'page', $answer));
            },
            again => sub { my ($site, $case) = @_; return again($site, 'page', $case) },
            survives => sub { my ($site, $case, $answer) = @_; return Paths::status_is($site->run(refresh_request('page', $answer)), 200) },
            disk => { put => 2, passed => 1, files => [qw(oidc-grants oidc-refresh)] },
        },
        ends('a grant revoked', sub { my ($site, $cookie, $given) = @_; return program_request('shop', '/revoke', token => $given->{refresh_token}) }, deleted => 1, files => []),
        ends('an access token revoked', sub { my ($site, $cookie, $given) = @_; return program_request('shop', '/revoke', token => $given->{access_token}) },
            keeps_refresh => 1, deleted => 1, files => []),
        ends('a program ended', sub {
            my ($site, $cookie) = @_;
            return { program => 'me.cgi', cookie => $cookie, stdin => 'action=end_program&program=shop', environment => { HTTP_SEC_FETCH_SITE => 'same-origin' }, removes => 'programs' };
        }, put => 1, files => ['users']),
        ends('sign-out at the provider', sub {
            my ($site, $cookie, $given) = @_;
            return browser_request('/logout', $cookie, id_token_hint => $given->{id_token}, post_logout_redirect_uri => 'https://app.example.com/bye');
        }, signs_out => 1, put => 1, deleted => 2, files => ['users']),
    );
}

# A path after which tokens are valid no more. request: makes the request, of the site, the cookie and the tokens. keeps_refresh: the
# refresh token is still valid; signs_out: the session has ended. The rest is the path's disk.
sub ends {
    my ($name, $request, %disk) = @_;
    my ($keeps_refresh, $signs_out) = delete @disk{qw(keeps_refresh signs_out)};
    my $holds = sub {
        my ($site, $case) = @_;
        return (status_is(userinfo($site, $case->{given}), 401), ($keeps_refresh ? () : status_is($site->run(refresh_request('shop', $case->{given})), 400)),
            $signs_out ? Paths::signed_out($site, $case->{ends}) : ());
    };
    return {
        name => $name, conf(), disk => \%disk, holds => $holds,
        prepare => sub {
            my ($site) = @_;
            my $cookie = set_up($site);
            my $given = tokens($site, 'shop', $cookie);
            my $made = $request->($site, $cookie, $given);
            return { $signs_out ? (ends => $cookie =~ s/.*=//r) : (), given => $given, removes => delete $made->{removes}, request => $made };
        },
        done => sub { my ($answer) = @_; return ($answer->{status} || 0) =~ /^(?:200|303)$/ },
        again => sub {
            my ($site, $case) = @_;
            my $status = $site->run($case->{request})->{status} || 0;
            return ($status =~ /^(?:200|303)$/ ? () : "the answer is $status", $holds->($site, $case));
        },
    };
}

# ---- requests ----

sub browser_request {
    my ($endpoint, $cookie, %query) = @_;
    return { program => 'oidc.cgi', cookie => $cookie, query => Oidc::form(%query), environment => { PATH_INFO => $endpoint } };
}

sub authorize_request {
    my ($client, $cookie) = @_;
    return browser_request('/authorize', $cookie, response_type => 'code', client_id => $client, redirect_uri => $Oidc::CALLBACK, scope => 'openid profile',
        state => 's-1', code_challenge => Oidc::challenge(), code_challenge_method => 'S256');
}

# The answer to the page that asks.
sub yes_request {
    my ($page, $cookie) = @_;
    my $field = Oidc::question({ content => $page->{body} || '' });
    die "no question: $page->{bytes} $page->{error}\n" if !defined $field->{id};
    return { program => 'oidc.cgi', cookie => $cookie, stdin => Oidc::form(%$field, answer => 'yes'), environment => { PATH_INFO => '/continue' } };
}

sub program_request {
    my ($client, $endpoint, %form) = @_;
    my %environment = (PATH_INFO => $endpoint);
    if ($client eq 'page') { $form{client_id} = $client }
    else { $environment{HTTP_AUTHORIZATION} = 'Basic ' . encode_base64("$client:$Oidc::SECRET", '') }
    return { program => 'oidc.cgi', stdin => Oidc::form(%form), environment => \%environment };
}

sub redeem_request { my ($client, $code) = @_; return program_request($client, '/token', grant_type => 'authorization_code', code => $code, redirect_uri => $Oidc::CALLBACK, code_verifier => $Oidc::VERIFIER) }
sub refresh_request { my ($client, $given) = @_; return program_request($client, '/token', grant_type => 'refresh_token', refresh_token => given($given)->{refresh_token}) }

sub userinfo {
    my ($site, $given) = @_;
    return $site->run({ program => 'oidc.cgi', environment => { PATH_INFO => '/userinfo', HTTP_AUTHORIZATION => 'Bearer ' . given($given)->{access_token} } });
}

# ---- what they lead to ----

# Clients and a key; returns the cookie of somebody who is signed in, an owner.
sub set_up {
    my ($site) = @_;
    Kit::write_file("$site->{kit}{folder}/clients.json", encode_json(\@clients), 0644);
    my $cookie = "$Paths::SESSION=" . $site->sign_in('xiaoming');
    die "no key\n" if ($site->run(Paths::key_request($site, $cookie, 'make_key'))->{status} || 0) != 303;
    return $cookie;
}

# Gives a day more to what lasts for a minute or ten: the case is tried again and again. Returns the case.
sub make_last {
    my ($site, $case) = @_;
    for my $path (grep {m{^(?:authorizations|oidc-codes|oidc-grants)/[0-9a-f]+/[0-9a-f]}} State::entries($site->{state})) {
        my $record = State::parse_record(Kit::read_file("$site->{state}/$path"));
        my ($fields, $expires) = ($record->{fields}, $record->{expires} + 86400);
        $fields->{until} += 86400 if defined $fields->{until};
        Kit::write_file("$site->{state}/$path", State::format_record($record->{created}, $expires, %$fields));
        utime $expires, $expires, "$site->{state}/$path";
    }
    return $case;
}

sub code_of { my ($answer) = @_; return ($answer->{headers}{location}[0] // '') =~ /[?&]code=([\w-]{43})&/ ? $1 : undef }

# The way of a program to a code; the question is asked the first time only.
sub get_code {
    my ($site, $client, $cookie) = @_;
    my $answer = $site->run(authorize_request($client, $cookie));
    $answer = $site->run(yes_request($answer, $cookie)) if ($answer->{status} || 0) == 200;
    return code_of($answer) // die "no code: $answer->{bytes} $answer->{error}\n";
}

sub tokens {
    my ($site, $client, $cookie) = @_;
    my $answer = $site->run(redeem_request($client, get_code($site, $client, $cookie)));
    die "no tokens: $answer->{bytes} $answer->{error}\n" if ($answer->{status} || 0) != 200;
    return decode_json($answer->{body});
}

# The tokens in an answer, or those that were taken from one.
sub given { my ($answer) = @_; return defined $answer->{body} ? decode_json($answer->{body}) : $answer }

# ---- the checks; each returns what is wrong ----

sub status_is { return Paths::status_is(@_) }

sub works {
    my ($site, $client, $answer) = @_;
    return (status_is(userinfo($site, $answer), 200), $client ne 'page' ? status_is($site->run(refresh_request($client, $answer)), 200) : ());
}

sub ended {
    my ($site, $client, $answer) = @_;
    return (status_is(userinfo($site, $answer), 401), status_is($site->run(refresh_request($client, $answer)), 400));
}

sub gives_tokens {
    my ($site, $code) = @_;
    my $answer = $site->run(redeem_request('shop', $code));
    return ($answer->{status} || 0) == 200 ? works($site, 'shop', $answer) : status_is($answer, 200);
}

sub is_listed {
    my ($site, $cookie) = @_;
    my $page = $site->run({ program => 'me.cgi', cookie => $cookie });
    return ($page->{body} || '') =~ /name="program" value="shop"/ ? () : 'the program is not on the personal page';
}

sub is_noted { my ($site) = @_; return (grep { -s } glob "$site->{state}/oidc-programs/*/*") == 1 ? () : 'the program is not noted' }

# The program sends the person through the sign-in once more, and has tokens.
sub anew {
    my ($site, $client, $case) = @_;
    my $given = eval { tokens($site, $client, $case->{cookie}) } or return $@;
    return works($site, $client, $given);
}

# A request for tokens is repeated. If it was carried out, and the answer lost, nothing is given again.
sub again {
    my ($site, $client, $case) = @_;
    my $answer = $site->run($case->{request});
    return anew($site, $client, $case) if ($answer->{status} || 0) == 400;
    return (status_is($answer, 200)) if ($answer->{status} || 0) != 200;
    return (works($site, $client, $answer), status_is($site->run($case->{request}), 400));
}

1;
