package Account;
# The account's side of WeChat's calls, as a program of the site would make them, for tests of the simulator.
#
#   my $account = Account->new($kit);
#   $account->post('menu/create', { button => [...] })->{errcode};
use strict;
use warnings;
use HTTP::Tiny;
use JSON::PP;
use Kit;

my $json = JSON::PP->new->utf8->canonical;

sub new {
    my ($class, $kit) = @_;
    return bless { kit => $kit, http => HTTP::Tiny->new(timeout => 60, max_redirect => 0) }, $class;
}

# The answer as it came. $query: a hash or a list; $body: a text, or a structure to send as JSON.
sub raw {
    my ($self, $method, $path, $query, $body, %headers) = @_;
    my $encoded = $self->{http}->www_form_urlencode($query || {});
    $body = $json->encode($body) if ref $body;
    return $self->{http}->request($method, "$self->{kit}{sim_url}/cgi-bin/$path" . ($encoded eq '' ? '' : "?$encoded"),
        { headers => { 'Content-Type' => 'application/json', %headers }, defined $body ? (content => $body) : () });
}

sub call {
    my ($self, @request) = @_;
    my $answer = $self->raw(@request);
    return eval { $json->decode($answer->{content}) } || die "$request[1]: $answer->{status} $answer->{content}\n";
}

sub credential { return (grant_type => 'client_credential', appid => $Kit::APPID, secret => $Kit::SECRET) }

# A new answer of stable_token or of token.
sub stable { my ($self, %more) = @_; return $self->call('POST', 'stable_token', undef, { credential(), %more }) }
sub plain { my ($self, %more) = @_; return $self->call('GET', 'token', { credential(), %more }) }

# The token in use; forget_token() makes the next call fetch it again.
sub token { my ($self) = @_; return $self->{token} ||= $self->stable->{access_token} }
sub forget_token { my ($self) = @_; delete $self->{token}; return }

sub get { my ($self, $path, %query) = @_; return $self->call('GET', $path, { access_token => $self->token, %query }) }
sub post { my ($self, $path, $body) = @_; return $self->call('POST', $path, { access_token => $self->token }, $body) }

# Uploads bytes as a file in a form.
sub upload {
    my ($self, $type, $file, $bytes, $field) = @_;
    my $boundary = 'invented-boundary-0123456789';
    my $name = $field || 'media';
    my $form = "--$boundary\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\na field\r\n"
        . "--$boundary\r\nContent-Disposition: form-data; name=\"$name\"; filename=\"$file\"\r\nContent-Type: application/octet-stream\r\n\r\n$bytes\r\n--$boundary--\r\n";
    return $self->call('POST', 'media/upload', { access_token => $self->token, type => $type }, $form, 'Content-Type' => "multipart/form-data; boundary=$boundary");
}

# What a person says or does, through the console.
sub push_ {
    my ($self, $person, $kind, %form) = @_;
    my $answer = $self->{kit}->browser->post("$self->{kit}{sim_url}/console?format=json", { kind => $kind, person => $person, %form });
    die "console: $answer->{status} $answer->{content}\n" if $answer->{status} != 200;
    return $json->decode($answer->{content});
}

# What the person sees in the chat: { chat => [...], typing, menu, follows, end }.
sub chat {
    my ($self, $person, %query) = @_;
    my $query = $self->{http}->www_form_urlencode({ format => 'json', person => $person, %query });
    return $json->decode($self->{http}->get("$self->{kit}{sim_url}/console?$query")->{content});
}

1;
