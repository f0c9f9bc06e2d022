package Oidc;
# A site that is an OpenID provider, and a program that signs people in with it, as its developer would write it.
#
#   my $oidc = Oidc->new;                         # clients: see %clients
#   my $browser = $oidc->kit->browser;
#   my $code = $oidc->code($browser, person => 'xiaoming');
#   my $tokens = $oidc->redeem($code);
use strict;
use warnings;
use Command;
use Digest::SHA qw(sha256 sha256_hex);
use JSON::PP;
use Kit;
use MIME::Base64 qw(encode_base64 encode_base64url decode_base64url);

our $VERIFIER = 'invented-verifier.0123456789~abcdefghijklmnop';
our $CALLBACK = 'https://app.example.com/cb';
our $SECRET = 'invented-client-secret-0123456789abcdefghij';

our @base = (redirect_uris => [$CALLBACK], client_secret_sha256 => sha256_hex($SECRET), grant_types => ['authorization_code', 'refresh_token'],
    scope => 'openid profile email groups offline_access', post_logout_redirect_uris => ['https://app.example.com/bye', 'https://app.example.com/bye?a=b']);

# The programs, by client_id. wiki is the owner's own; spa has no secret.
our %clients = (
    shop => { @base, client_name => 'Shop' },
    wiki => { @base, client_name => 'Wiki', redirect_uris => ['https://wiki.example.com/cb?a=b'], skip_consent => JSON::PP::true, id_token_signed_response_alg => 'ES256', email => 'placeholder' },
    spa => { client_name => 'Page', redirect_uris => ['http://127.0.0.1/cb'], token_endpoint_auth_method => 'none', grant_types => ['authorization_code', 'refresh_token'] },
    staff => { @base, client_name => 'Staff', required_roles => ['staff'], skip_consent => JSON::PP::true },
    pair => { @base, client_name => 'Pair', subject_type => 'pairwise', skip_consent => JSON::PP::true },
);

# Takes the options of Kit->new(); clients: others besides.
sub new {
    my ($class, %option) = @_;
    my %all = (%clients, %{ delete $option{clients} || {} });
    my $kit = Kit->new(%option, conf => { oidc_clients => 'clients.json', language => 'en', %{ $option{conf} || {} } });
    set_up($kit, %all);
    return bless { kit => $kit, clients => \%all }, $class;
}

# Another machine of the same site, with the same store. Takes the options of Kit->new().
sub beside {
    my ($self, %option) = @_;
    my $first = $self->{kit};
    my $kit = Kit->new(%option, conf => { %{ $first->{conf} }, site_url => $first->{site_url}, %{ $option{conf} || {} } });
    Kit::write_file("$kit->{folder}/clients.json", Kit::read_file("$first->{folder}/clients.json"), 0644);
    return bless { kit => $kit, clients => $self->{clients} }, ref $self;
}

# Gives a site clients.json, and keys.
sub set_up {
    my ($kit, %all) = @_;
    %all = %clients if !%all;
    my $json = JSON::PP->new->canonical;
    Kit::write_file("$kit->{folder}/clients.json", '[' . join(",\n", map { $json->encode({ client_id => $_, %{ $all{$_} } }) } sort keys %all) . "]\n", 0644);
    for my $algorithm (qw(RS256 ES256)) {
        my $said = Command->new($kit)->run('keys', 'make', '--alg', $algorithm);
        die "wechat keys: $said->{err}\n" if $said->{exit} != 0;
    }
    return;
}

sub kit { return $_[0]{kit} }
sub base { return '/cgi-bin/oidc.cgi' }
sub issuer { return $_[0]{kit}{site_url} . base() }

# ---- the program ----

sub escape { my ($text) = @_; return $text =~ s/([^A-Za-z0-9._~-])/sprintf '%%%02X', ord $1/ger }
sub form { my (%fields) = @_; return join '&', map {"$_=" . escape($fields{$_})} grep { defined $fields{$_} } sort keys %fields }
sub challenge { return encode_base64url(sha256($VERIFIER)) }

# The parameters of an authorization request; %change: others, undef for none.
sub request {
    my ($self, %change) = @_;
    my $client = $change{client_id} // 'shop';
    my ($uri) = @{ ($self->{clients}{$client} || {})->{redirect_uris} || [$CALLBACK] };
    return (response_type => 'code', client_id => $client, redirect_uri => $uri, scope => 'openid profile', state => 's-1',
        nonce => 'n-1', code_challenge => challenge(), code_challenge_method => 'S256', %change);
}
sub authorize_path { my ($self, %change) = @_; return base() . '/authorize?' . form($self->request(%change)) }

# Is it an answer to the program, which is not followed?
sub is_back { my ($self, $url) = @_; return defined $url && $url !~ /^\Q$self->{kit}{site_url}\E/ && $url !~ /^\Q$self->{kit}{sim_url}\E/ }

# Follows redirects within the site and WeChat.
sub follow {
    my ($self, $browser, $answer) = @_;
    for (1 .. 12) {
        return $answer if $answer->{status} !~ /^30[1237]$/ || $self->is_back($answer->{location});
        $answer = $browser->get($answer->{location});
    }
    return $answer;
}

# Opens an authorization request, signs in if WeChat asks, and stops at the question for consent or at the answer.
sub open_request {
    my ($self, $browser, $person, %change) = @_;
    return $self->sign_in($browser, $person, $self->follow($browser, $browser->get($self->authorize_path(%change))));
}

sub sign_in {
    my ($self, $browser, $person, $answer) = @_;
    my ($ticket) = ($answer->{content} || '') =~ /ticket=(\w+)/ or return $answer;
    return $self->follow($browser, $browser->get("$self->{kit}{sim_url}/connect/confirm?ticket=$ticket&person=$person"));
}

# The fields of the page that asks, and what an answer to it leads to.
sub question {
    my ($answer) = @_;
    my %field = $answer->{content} =~ /<input type="hidden" name="(\w+)" value="([^"]*)">/g;
    return \%field;
}
sub is_question { my ($answer) = @_; return $answer->{status} == 200 && $answer->{content} =~ /id="approve"/ }
sub answer {
    my ($self, $browser, $page, $word, %change) = @_;
    return $browser->post(base() . '/continue', { %{ question($page) }, answer => $word, %change });
}

# What the program gets.
sub parameters {
    my ($answer) = @_;
    my ($query) = ($answer->{location} // '') =~ /\?(.*)/ or return {};
    return { map { my ($name, $value) = split /=/, $_, 2; ($name => $value =~ s/%([0-9A-F]{2})/chr hex $1/ger) } split /&/, $query };
}

# The whole way to a code.
sub code {
    my ($self, $browser, %option) = @_;
    my $person = delete $option{person} || 'xiaoming';
    my $answer = $self->open_request($browser, $person, %option);
    $answer = $self->answer($browser, $answer, 'yes') if is_question($answer);
    my $got = parameters($answer);
    die "no code: $answer->{status} " . ($answer->{location} // $answer->{content}) . "\n" if !defined $got->{code};
    return $got->{code};
}

# A request to an endpoint for programs. as: client_id; how: basic, post, none.
sub ask {
    my ($self, $endpoint, $form, %option) = @_;
    my $id = $option{as} // 'shop';
    my $how = $option{how} // ($id eq 'spa' ? 'none' : 'basic');
    my $secret = $option{secret} // $SECRET;
    my %headers = ('Content-Type' => 'application/x-www-form-urlencoded', $how eq 'basic' ? (Authorization => 'Basic ' . encode_base64(escape($id) . ':' . escape($secret), '')) : (), %{ $option{headers} || {} });
    my %form = (%$form, $how eq 'basic' ? () : (client_id => $id), $how eq 'post' ? (client_secret => $secret) : ());
    my $answer = $self->{kit}->browser->request('POST', base() . $endpoint, headers => \%headers, content => form(%form));
    $answer->{json} = eval { decode_json($answer->{content}) };
    return $answer;
}

sub redeem {
    my ($self, $code, %option) = @_;
    my $as = $option{as} // 'shop';
    my ($uri) = @{ ($self->{clients}{$as} || {})->{redirect_uris} || [$CALLBACK] };
    return $self->ask('/token', { grant_type => 'authorization_code', code => $code, redirect_uri => $uri, code_verifier => $VERIFIER, %{ $option{change} || {} } }, %option);
}
sub refresh { my ($self, $token, %option) = @_; return $self->ask('/token', { grant_type => 'refresh_token', refresh_token => $token, %{ $option{change} || {} } }, %option) }

sub userinfo {
    my ($self, $token) = @_;
    my $answer = $self->{kit}->browser->get(base() . '/userinfo', headers => { defined $token ? (Authorization => "Bearer $token") : () });
    $answer->{json} = eval { decode_json($answer->{content}) };
    return $answer;
}

sub claims { my ($token) = @_; return decode_json(decode_base64url((split /\./, $token)[1])) }
sub header { my ($token) = @_; return decode_json(decode_base64url((split /\./, $token)[0])) }

# Does Node's own cryptography accept the signature, with a key of /jwks?
sub is_signed {
    my ($self, $token) = @_;
    my $jwks = $self->{kit}->browser->get(base() . '/jwks')->{content};
    my $script = <<'JS';
const [jwks, token] = process.argv.slice(1), [head, body, signature] = token.split('.');
const { alg, kid } = JSON.parse(Buffer.from(head, 'base64url'));
const jwk = JSON.parse(jwks).keys.find((key) => key.kid === kid && key.alg === alg);
const key = { key: require('crypto').createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' };
process.stdout.write(String(require('crypto').verify('sha256', `${head}.${body}`, key, Buffer.from(signature, 'base64url'))));
JS
    open my $node, '-|', 'node', '-e', $script, $jwks, $token or die "node: $!";
    return <$node> eq 'true';
}

# The short form of an error.
sub said { my ($answer) = @_; return "$answer->{status} " . ($answer->{json}{error} // $answer->{content}) }

1;
