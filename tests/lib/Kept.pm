package Kept;

# One process for many requests, which keeps its connection to the state.
#
#   my $kept = Kept->new($kit);
#   $kept->validate($token)    # the status of validate.cgi's answer, or `ended`: another process must take over
use strict;
use warnings;
use IPC::Open2;
use Kit;

sub new {
    my ($class, $kit) = @_;
    my $self = bless { owner => $$ }, $class;
    local %ENV = (WECHAT_CONF => "$kit->{folder}/wechat.conf", PATH => $ENV{PATH});
    $self->{pid} = open2($self->{out}, $self->{in}, 'sh', '-c', 'exec "$0" 2>>"$1"', "$Kit::BUILD/tests/many/many", "$kit->{folder}/kept.log");
    return $self;
}

sub validate {
    my ($self, $token) = @_;
    my $variables = join '', map {"$_\0"} 'REQUEST_METHOD=GET', 'REMOTE_ADDR=192.0.2.7', 'QUERY_STRING=', "HTTP_COOKIE=wx_session=$token";
    local $SIG{PIPE} = 'IGNORE';
    print { $self->{in} } 'validate.cgi ' . length($variables) . " 0\n$variables";
    $self->{in}->flush;
    my $line = readline $self->{out};
    return 'ended' if !defined $line;
    my (undef, $size) = split ' ', $line;
    my $answer;
    read $self->{out}, $answer, $size;
    return $answer =~ /^Status: (\d+)/ ? $1 : $answer;
}

sub DESTROY {
    my ($self) = @_;
    return if $$ != $self->{owner};
    local ($?, $!);
    close $self->{in};
    close $self->{out};
    waitpid $self->{pid}, 0;
    return;
}

1;
