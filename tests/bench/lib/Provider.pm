package Provider;
# The OpenID provider: a token request against a program that only signs, discovery and keys against a program that does nothing, and
# whole flows against npm's oidc-provider.
use strict;
use warnings;
use Exporter qw(import);
use IPC::Open2;
use JSON::PP;
use Kit;
use Oidc;
use State;
use Bench qw(row wrk measure process_of put_program make_shards);

our @EXPORT_OK = qw(bench_provider);

# A site that is a provider, with the programs that are measured.
sub site {
    my (%option) = @_;
    my $oidc = Oidc->new(%option);
    put_program($oidc->kit, "$Bench::TOOLS/$_", "$_.cgi") for qw(nothing nothing-static);
    put_program($oidc->kit, "$Bench::STATIC/oidc.cgi", 'static-oidc.cgi');
    return $oidc;
}

# The processor time of a token request, which stores an access token and signs an ID token (RS256): it redeems a code, or refreshes.
sub bench_token {
    my $oidc = site(clients => { bench => { %{ $Oidc::clients{shop} }, skip_consent => JSON::PP::true } });
    my $kit = $oidc->kit;
    my $key = "$kit->{folder}/key.pem";
    system("openssl genrsa -traditional -out $key 2048 2>/dev/null && chmod 644 $key") == 0 or die "openssl\n";
    put_program($kit, "$Bench::TOOLS/$_", "$_.cgi") for qw(sign sign-static);
    my $browser = $kit->browser;
    my $refresh = $oidc->redeem($oidc->code($browser, client_id => 'bench'), as => 'bench')->{json}{refresh_token};
    make_shards($kit);
    my %form = (client_id => 'bench', client_secret => $Oidc::SECRET);
    my $asks = sub {
        my ($build, %more) = @_;
        my $measured = measure(process_of($kit, "${build}oidc.cgi", undef, path => '/token', body => Oidc::form(%form, %more)), 1);
        die "/token: $measured->{answer}\n" if $measured->{answer} !~ /^Status: 200.*"id_token"/s;
        return $measured->{cpu};
    };
    my %ratios;
    for my $turn (1 .. ($Bench::SHORT ? 1 : 75)) {
        for my $build ('', 'static-') {
            my $limit = measure({ kit => $kit, command => ["$kit->{folder}/cgi-bin/" . ($build ? 'sign-static.cgi' : 'sign.cgi'), $key] }, 1)->{cpu};
            my $code = $oidc->code($browser, client_id => 'bench');
            push @{ $ratios{"$build code"} }, $asks->($build, grant_type => 'authorization_code', code => $code, redirect_uri => $Oidc::CALLBACK, code_verifier => $Oidc::VERIFIER) / $limit;
            push @{ $ratios{"$build refresh"} }, $asks->($build, grant_type => 'refresh_token', refresh_token => $refresh) / $limit;
        }
    }
    for my $build ('', 'static-') {
        my $name = '/token' . ($build ? ' (static)' : '') . ', processor time';
        row("$name: a code", 'a program that only signs', ['<=', 1.3], @{ $ratios{"$build code"} });
        row("$name: refreshed", 'a program that only signs', ['<=', 1.3], @{ $ratios{"$build refresh"} });
    }
    return;
}

my @public = (['discovery', '/.well-known/openid-configuration'], ['/jwks', '/jwks']);

sub bench_public {
    my $kit = site()->kit;
    my %ratios;
    for my $round (1 .. $Bench::ROUNDS) {
        for my $build ('', 'static-') {
            my $nothing = wrk($kit, $build ? '/cgi-bin/nothing-static.cgi' : '/cgi-bin/nothing.cgi');
            push @{ $ratios{"$build$_->[0]"} }, wrk($kit, "/cgi-bin/${build}oidc.cgi$_->[1]") / $nothing for @public;
        }
    }
    for my $build ('', 'static-') {
        row($_->[0] . ($build ? ' (static)' : ''), 'do-nothing, requests/s', ['>=', 0.85], @{ $ratios{"$build$_->[0]"} }) for @public;
    }
    return;
}

# ---- whole flows ----

# People who are signed in: a code is given to one person 200 times in ten minutes at most.
sub cookies {
    my ($kit, $count) = @_;
    my @tokens = map { scalar State::plant($kit->state_dir, sprintf('oBench%04d', $_), { nickname => 'somebody' }, {}) } 1 .. $count;
    system('chown', '-R', 'nobody:nogroup', $kit->state_dir) == 0 or die 'chown' if $> == 0;
    return map {"wx_session=$_\n"} @tokens;
}

sub flows {
    my ($cookies, @arguments) = @_;
    my $pid = open2(my $out, my $in, 'node', "$Kit::TOP/tests/bench/flows.mjs", @arguments, $Bench::SHORT ? 1 : 5);
    print {$in} @$cookies;
    close $in;
    my $rate = <$out>;
    waitpid $pid, 0;
    return $rate || die "no flows: @arguments\n";
}

sub bench_flows {
    my $oidc = Oidc->new(server => 'nginx-fcgi', workers => 2, clients => { bench => { %{ $Oidc::clients{shop} }, skip_consent => JSON::PP::true } });
    my $kit = $oidc->kit;
    my @cookies = cookies($kit, $Bench::SHORT ? 20 : 400);
    my $port = Kit::free_port();
    my @client = ('bench', $Oidc::SECRET, $Oidc::CALLBACK);
    local $ENV{WECHAT_BUILD} = $Kit::BUILD;
    my $theirs = open2(my $out, my $in, 'node', "$Kit::TOP/tests/bench/others/oidc-provider.mjs", $port, @client);
    die "oidc-provider does not run\n" if (<$out> // '') ne "listening\n";
    my @ratios;
    for my $round (1 .. ($Bench::SHORT ? 1 : 5)) {
        my $ours = flows(\@cookies, map({ $oidc->issuer . $_ } '/authorize', '/token'), @client);
        push @ratios, $ours / flows([], map({"http://127.0.0.1:$port$_"} '/auth', '/token'), @client);
    }
    close $in;
    waitpid $theirs, 0;
    row('flows by FastCGI, two processes', 'oidc-provider under node', undef, @ratios);
    return;
}

sub bench_provider {
    local $ENV{WECHAT_MAX_REQUESTS} = 1_000_000_000;    # a worker that is measured stays
    bench_token();
    bench_public();
    bench_flows();
    return;
}

1;
