#!/usr/bin/env perl
# The key exchange of the static build: it offers the fastest group first, and works with each usual group.
use strict;
use warnings;
use IPC::Open2;
use Kit;
use POSIX ();
use Test::More;

my $program = "$Kit::BUILD/static/cgi-bin/callback.cgi";
plan skip_all => 'make static was not run' unless -e $program;
my $kit = Kit->new(tls => 1);
my $f = $kit->{folder};
system('cp', $program, "$f/cgi-bin/callback.cgi") == 0 or die "cp $program\n";

# Starts a sign-in and runs its callback, which connects to the given port. Returns the process id.
sub call_back {
    my ($port) = @_;
    $kit->write_conf(api_url => "https://localhost:$port", language => 'en');
    my $browser = $kit->browser;
    my ($query) = $browser->callback_url =~ /\?([^#]*)/;
    my $pid = fork;
    die "fork: $!" unless defined $pid;
    return $pid if $pid;
    $kit->run('callback.cgi', query => $query, environment => { HTTP_COOKIE => 'wx_signin=' . $browser->cookie('wx_signin') });
    POSIX::_exit(0);
}

# Runs OpenSSL's server with $groups, and a callback that connects to it. Returns the server's output. The server answers as WeChat
# does to an unknown code.
sub exchange {
    my ($groups) = @_;
    my $body = '{"errcode":40029,"errmsg":"invalid code"}';
    my $server = open2(my $out, my $in, "exec openssl s_server -accept 127.0.0.1:0 -naccept 1 -tls1_2 -groups $groups"
        . " -cert $f/server.pem -key $f/server.key 2>&1");
    my ($said, $callback) = ('');
    while (my $line = <$out>) {
        $said .= $line;
        $callback = call_back($1) if $line =~ /^ACCEPT .*:(\d+)$/;
        next unless $line eq "\r\n" && $in;
        print {$in} "HTTP/1.1 200 OK\r\nContent-Length: " . length($body) . "\r\n\r\n$body";
        close $in;
        undef $in;
    }
    waitpid $callback, 0 if $callback;
    waitpid $server, 0;
    return $said;
}

my $said = exchange('P-521:P-384:P-256:X25519');
like $said, qr/^Supported groups: X25519:/mi, 'X25519 is offered first' or diag $said;
for my $group (qw(X25519 P-256 P-384 P-521)) {
    $said = exchange($group);
    like $said, qr{^GET /sns/oauth2/access_token\?}m, "$group alone is enough" or diag $said;
}
done_testing;
