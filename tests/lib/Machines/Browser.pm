package Machines::Browser;

# A visitor of the site that runs on several machines (Machines.pm): through the balancer, or past it to one machine.
use strict;
use warnings;
use Kit;

our @ISA = ('Kit::Browser');

# Where the visitors' computer speaks TLS for them.
our ($SITE_PORT, $WECHAT_PORT) = (8001, 8002);

sub new {
    my ($class, $machines, %option) = @_;
    my $self = Kit::Browser::new($class, $machines, %option);
    $self->{http} = Machines::Browser::Http->new(max_redirect => 0, timeout => 40, keep_alive => 0);
    $self->{http}{way} = { $machines->{site_url} => "http://127.0.0.1:$SITE_PORT", $machines->{sim_url} => "http://127.0.0.1:$WECHAT_PORT" };
    return $option{at} ? $self->at($option{at}) : $self;
}

# From now on that web machine answers, without a name the one that the balancer chooses.
sub at {
    my ($self, $machine) = @_;
    $self->{http}{way}{ $self->{kit}{site_url} } = defined $machine ? "http://$Machines::ADDRESS{$machine}" : "http://127.0.0.1:$SITE_PORT";
    return $self;
}

# The token of the session, whose cookie has this name where the site has TLS.
sub session { my ($self) = @_; return $self->cookie('__Host-wx_session') // 'none' }

package Machines::Browser::Http;
use strict;
use warnings;
use HTTP::Tiny;

our @ISA = ('HTTP::Tiny');

sub request {
    my ($self, $method, $url, $option) = @_;
    my ($origin) = $url =~ m{^(https://[^/?#]+)};
    substr($url, 0, length $origin) = $self->{way}{$origin} if defined $origin && $self->{way}{$origin};
    return $self->SUPER::request($method, $url, $option);
}

1;
