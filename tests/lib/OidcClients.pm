package OidcClients;
# Programs of others that sign people in by OpenID Connect, each a site on loopback. Those from npm are scripts in
# tests/server/oidc-clients, whose site.mjs says which pages they have.
#
#   my $clients = OidcClients->new(jose => { token_endpoint_auth_method => 'none' });
#   my $oidc = Oidc->new(clients => $clients->registered);
#   $clients->start($oidc, 'jose');
#   is $clients->first_line('jose'), "listening\n";
#   ... $clients->site('jose') . '/login' ...
#
# Those that run end with stop(), or when $clients goes out of scope.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use IPC::Open2;
use Kit;
use Oidc;

my %callback = ('auth-core' => '/auth/callback/wechat');

# Takes by name what clients.json has for each beside its secret and addresses; those of its own that are told of a sign-out as paths.
sub new {
    my ($class, %more) = @_;
    return bless { more => \%more, site => { map { $_ => 'http://127.0.0.1:' . Kit::free_port() } keys %more }, running => {} }, $class;
}

# Tells a program of a sign-out by a token that is not ours to tell; returns the status of its answer.
sub tell { my ($self, $browser, $name, $token) = @_; return $browser->post($self->site($name) . $self->{more}{$name}{backchannel_logout_uri}, { logout_token => $token })->{status} }

sub site { my ($self, $name) = @_; return $self->{site}{$name} }

# Their entries in clients.json, by name.
sub registered {
    my ($self) = @_;
    my %all;
    while (my ($name, $more) = each %{ $self->{more} }) {
        my $is_public = ($more->{token_endpoint_auth_method} // '') eq 'none';
        $all{$name} = { client_name => $name, grant_types => ['authorization_code', 'refresh_token'],
            $is_public ? () : (client_secret_sha256 => sha256_hex($Oidc::SECRET)),
            redirect_uris => [$self->site($name) . ($callback{$name} // '/callback')], post_logout_redirect_uris => [$self->site($name) . '/bye'], %$more,
            map { ($_ => $self->site($name) . $more->{$_}) } grep {/_logout_uri$/} keys %$more };
    }
    return \%all;
}

# Starts scripts, from a folder in which they find their packages. Node.js 18 needs the option, and later ones ignore it.
sub start {
    my ($self, $oidc, @names) = @_;
    my $folder = "$oidc->{kit}{folder}/clients";
    mkdir $folder or die "$folder: $!";
    system('cp', glob("$Kit::TOP/tests/server/oidc-clients/*.mjs"), $folder) == 0 or die 'cp';
    symlink "$Kit::BUILD/oidc-clients-node/node_modules", "$folder/node_modules" or die "node_modules: $!";
    for my $name (@names) {
        local @ENV{qw(OIDC_ISSUER OIDC_CLIENT OIDC_SECRET OIDC_SITE)} = ($oidc->issuer, $name, $Oidc::SECRET, $self->site($name));
        my $pid = open2(my $out, my $in, 'node', '--experimental-global-webcrypto', "$folder/$name.mjs");
        $self->{running}{$name} = { pid => $pid, out => $out, in => $in };
    }
    return;
}

sub is_started { my ($self, $name) = @_; return exists $self->{running}{$name} }

# What a script says first: "listening\n" when its site can be opened; undef if it failed.
sub first_line { my ($self, $name) = @_; return scalar readline $self->{running}{$name}{out} }

# A script ends when its stdin does.
sub stop {
    my ($self) = @_;
    for my $client (values %{ delete $self->{running} // {} }) {
        close $client->{in};
        waitpid $client->{pid}, 0;
    }
    return;
}

sub DESTROY { my ($self) = @_; local $?; $self->stop; return }

1;
