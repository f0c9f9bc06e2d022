package Receiver;
# A program on loopback that is called: it keeps each request, and answers as the path says.
#
#   my $receiver = Receiver->new;
#   $receiver->url('/ok/shop')          # 200; also /nothing (204), /fails (500), /elsewhere (302, to /ok/followed), /hangs (never)
#   my @requests = $receiver->requests; # those so far: {method, path, type, body, when}
#   $receiver->given_up($since)         # when a caller of /hangs first gave up since then; undef: none has
use strict;
use warnings;
use File::Temp qw(tempdir);
use IO::Socket::INET;
use JSON::PP;
use Kit;
use POSIX ();
use Time::HiRes ();

my %answer = (ok => '200 OK', nothing => '204 No Content', fails => '500 Internal Server Error', elsewhere => "302 Found\r\nLocation: /ok/followed");

sub new {
    my ($class) = @_;
    my $self = bless { folder => tempdir(CLEANUP => 1), owner => $$ }, $class;
    my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Listen => 64) or die "listen: $!";
    $self->{port} = $listener->sockport;
    Kit::write_file($self->_file, '');
    $self->{pid} = fork // die "fork: $!";
    return $self if $self->{pid};
    POSIX::setpgid(0, 0);
    $SIG{CHLD} = 'IGNORE';
    while (my $client = $listener->accept) {
        next if fork;
        $self->_serve($client);
        POSIX::_exit(0);
    }
    POSIX::_exit(0);
}

sub _file { return "$_[0]{folder}/requests" }

sub _serve {
    my ($self, $client) = @_;
    my $text = '';
    while ($text !~ /\r\n\r\n/ || length($text) - index($text, "\r\n\r\n") - 4 < ($text =~ /^Content-Length: *(\d+)/mi ? $1 : 0)) {
        sysread($client, $text, 65536, length $text) or return;
    }
    my ($method, $path) = $text =~ /^(\w+) (\S+)/;
    my ($type) = $text =~ /^Content-Type: *([^\r]*)/mi;
    $self->_note(method => $method, path => $path, type => $type, body => $text =~ s/.*?\r\n\r\n//sr);
    my ($kind) = $path =~ m{^/(\w+)};
    if ($kind eq 'hangs') {
        sysread $client, my $nothing, 1;
        $self->_note(given_up => 1);
    }
    syswrite $client, "HTTP/1.1 $answer{$kind}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" if $answer{$kind};
    return;
}

sub _note {
    my ($self, %what) = @_;
    open my $file, '>>', $self->_file or die "requests: $!";
    syswrite $file, encode_json({ %what, when => Time::HiRes::time() }) . "\n";
    return;
}

sub _notes { my ($self) = @_; return map { decode_json($_) } split /\n/, Kit::read_file($self->_file) }

sub url { my ($self, $path) = @_; return "http://127.0.0.1:$self->{port}$path" }
sub requests { my ($self) = @_; return grep { !$_->{given_up} } $self->_notes }
sub given_up { my ($self, $since) = @_; return (map { $_->{when} } grep { $_->{given_up} && $_->{when} > $since } $self->_notes)[0] }

sub DESTROY {
    my ($self) = @_;
    return if $self->{owner} != $$;
    local ($?, $!);
    kill 'KILL', -$self->{pid};
    waitpid $self->{pid}, 0;
    return;
}

1;
