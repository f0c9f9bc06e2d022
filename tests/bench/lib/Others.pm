package Others;
# Other implementations: the sign-in as a Flask view and as a PHP page, run as CGI; a session of mod_auth_openidc.
use strict;
use warnings;
use Exporter qw(import);
use Bench qw(row consent sign_in wrk measure process_of put_program);
use Kit;

our @EXPORT_OK = qw(bench_views bench_openidc openidc_kit openidc_cookie);

my @views = (['flask', 'a Flask view'], ['php', 'a PHP page']);

sub new_kit {
    my $kit = Kit->new(tls => 1, site_conf => "SetEnv REDIRECT_STATUS 200\n");
    for my $view (map { $_->[0] } @views) {
        put_program($kit, "$Kit::TOP/tests/bench/others/$view.cgi", "$view.cgi");
        mkdir "$kit->{folder}/$view-state" or die "$view-state: $!";
        system('chown', 'nobody:nogroup', "$kit->{folder}/$view-state") == 0 or die 'chown' if $> == 0;
    }
    return $kit;
}

# Returns the processor time and memory of the process that ends a sign-in.
sub measure_sign_in {
    my ($kit, $program, $login, $path) = @_;
    my $browser = $kit->browser;
    my ($query) = consent($kit, $browser, $login) =~ /\?([^#]*)/;
    $kit->forget_asked;
    my $measured = measure(process_of($kit, $program, $browser, query => $query, path => $path), 1);
    die "$program: did not sign in:\n$measured->{answer}\n" if $measured->{answer} !~ /^Status: 303/m || $kit->asked('/sns/userinfo') != 1;
    return $measured;
}

# Signs in through Apache, as a browser does, and checks that the program knows this user and no other. Returns the
# browser.
sub browse {
    my ($kit, $view) = @_;
    my $browser = $kit->browser;
    my $answer = $browser->get(consent($kit, $browser, "/cgi-bin/$view.cgi/login"));
    die "$view: did not sign in under Apache: $answer->{status}\n" . $kit->log_text if $answer->{status} != 303;
    $answer = $browser->get("/cgi-bin/$view.cgi/validate");
    die "$view: does not know who signed in: $answer->{status}\n" if $answer->{status} != 200 || $answer->{content} !~ /oSim/;
    my $stranger = $kit->browser->get("/cgi-bin/$view.cgi/validate");
    die "$view: knows a stranger: $stranger->{status}\n" if $stranger->{status} != 401;
    return $browser;
}

# Processor time and memory of whole processes, as multiples of ours.
sub bench_views {
    my $kit = new_kit();
    my $own = sign_in($kit);
    my %browser = map { $_->[0] => browse($kit, $_->[0]) } @views;
    my (%sign_in, %validation, %memory);
    for my $round (1 .. $Bench::ROUNDS) {
        my $ours = measure_sign_in($kit, 'callback.cgi', '/cgi-bin/login.cgi?scope=snsapi_userinfo', '');
        my $validate = measure(process_of($kit, 'validate.cgi', $own), 20);
        for my $view (map { $_->[0] } @views) {
            my $theirs = measure_sign_in($kit, "$view.cgi", "/cgi-bin/$view.cgi/login", '/callback');
            push @{ $sign_in{$view} }, $theirs->{cpu} / $ours->{cpu};
            push @{ $memory{$view} }, $theirs->{memory} / $ours->{memory};
            my $answer = measure(process_of($kit, "$view.cgi", $browser{$view}, path => '/validate'), 1);
            die "$view: $answer->{answer}\n" if $answer->{answer} !~ /oSim/;
            push @{ $validation{$view} }, $answer->{cpu} / $validate->{cpu};
        }
    }
    for my $view (@views) {
        my ($name, $called) = @$view;
        row("the same sign-in by $called, processor time", 'callback', undef, @{ $sign_in{$name} });
        row("the same sign-in by $called, memory", 'callback', undef, @{ $memory{$name} });
        row("a validation by $called, processor time", 'validate', undef, @{ $validation{$name} });
    }
    return;
}

# ---- mod_auth_openidc ----

my $conf = <<'CONF';
ScriptAlias /provider {folder}/cgi-bin/provider.cgi
SetEnv BENCH_ISSUER http://127.0.0.1:{site_port}/provider
SetEnv BENCH_CLIENT bench
SetEnv BENCH_SECRET an-invented-secret-of-the-bench-0123
OIDCProviderMetadataURL http://127.0.0.1:{site_port}/provider/metadata
OIDCClientID bench
OIDCClientSecret an-invented-secret-of-the-bench-0123
OIDCIDTokenSignedResponseAlg HS256
OIDCRedirectURI http://127.0.0.1:{site_port}/protected/redirect
OIDCCryptoPassphrase another-invented-secret
<Location /protected/>
AuthType openid-connect
Require valid-user
</Location>
CONF

my %caches = (shm => '', file => "OIDCCacheType file\nOIDCCacheDir {folder}/openidc\n");

# A kit whose Apache also has mod_auth_openidc with that cache, lines of its configuration.
sub openidc_kit {
    my ($cache, %option) = @_;
    my $kit = Kit->new(%option, modules => [qw(authn_core authz_user auth_openidc)], site_conf => $conf . $cache, stopped => 1);
    my $f = $kit->{folder};
    put_program($kit, "$Kit::TOP/tests/bench/others/provider.cgi", 'provider.cgi');
    mkdir "$f/www/protected";
    mkdir "$f/openidc";
    Kit::write_file("$f/www/protected/file.txt", "ok\n", 0644);
    Kit::write_file("$f/www/file.txt", "ok\n", 0644);
    system('chown', '-R', 'nobody:nogroup', $f) == 0 or die 'chown' if $> == 0;
    $kit->start;
    return $kit;
}

# The cookie of a session that the module has opened. It must let in nobody without one.
sub openidc_cookie {
    my ($kit) = @_;
    my $browser = $kit->browser(headers => { Accept => 'text/html' });
    my $refused = $browser->get('/protected/file.txt');
    die "mod_auth_openidc lets everybody in: $refused->{status}\n" if $refused->{status} != 302;
    my $answer = $browser->follow($refused);
    die "mod_auth_openidc: $answer->{status}\n" . $kit->log_text if $answer->{status} != 200 || $answer->{content} ne "ok\n";
    return 'mod_auth_openidc_session=' . $browser->cookie('mod_auth_openidc_session');
}

# Requests for a small file behind mod_auth_openidc, with the cookie of its session, against requests for validate.cgi
# with the cookie of ours: a check within Apache against a process.
sub bench_openidc {
    for my $cache (sort keys %caches) {
        my $kit = openidc_kit($caches{$cache});
        my $cookie = openidc_cookie($kit);
        my $own = 'wx_session=' . sign_in($kit)->cookie('wx_session');
        my (@against_ours, @against_open);
        for my $round (1 .. $Bench::ROUNDS) {
            my $theirs = wrk($kit, '/protected/file.txt', cookie => $cookie);
            push @against_ours, $theirs / wrk($kit, '/cgi-bin/validate.cgi', cookie => $own);
            push @against_open, $theirs / wrk($kit, '/file.txt');
        }
        row("a file behind mod_auth_openidc ($cache cache)", 'validate, requests/s', undef, @against_ours);
        row("a file behind mod_auth_openidc ($cache cache)", 'the file, requests/s', undef, @against_open);
    }
    return;
}

1;
