#!/usr/bin/env perl
# A push in chunks, without a length, through each web server. WeChat's servers send none, but a proxy in front of the site
# may.
use strict;
use warnings;
use IO::Socket::INET;
use JSON::PP;
use Kit;
use Push;
use Test::More;

my %settings = (push_token => $Push::TOKEN, encoding_aes_key => $Push::AES_KEY, push_mode => 'plain', replies => undef, handler => undef);
my $id = 100;

# Sends a POST in chunks. Returns its status, or "closed" if the server does not answer.
sub post_chunked {
    my ($kit, $query, @chunks) = @_;
    my ($host, $port) = $kit->{site_url} =~ m{^http://([^:/]+):(\d+)};
    my $socket = IO::Socket::INET->new(PeerAddr => $host, PeerPort => $port, Timeout => 10) or die "connect: $!";
    local $SIG{PIPE} = 'IGNORE';
    print {$socket} "POST /cgi-bin/wechat.cgi?$query HTTP/1.1\r\nHost: $host:$port\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
    for my $chunk (@chunks) {
        printf {$socket} "%x\r\n%s\r\n", length $chunk, $chunk;
        $socket->flush;
    }
    print {$socket} "0\r\n\r\n";
    local $/;
    my $answer = <$socket>;
    return ($answer || '') =~ m{^HTTP/1\.1 (\d+)} ? $1 : 'closed';
}

sub journal { my ($kit) = @_; return map { decode_json($_) } split /\n/, join '', map { Kit::read_file($_) } glob $kit->state_dir . '/events/*.jsonl' }

for my $server (qw(apache-cgid apache-cgi lighttpd nginx)) {
    SKIP: {
        my $program = $server =~ /^apache/ ? 'apache2' : $server;
        skip "$program is not installed", 4 unless Kit::find_program($program);
        my $kit = Kit->new(server => $server, conf => {%settings});
        my $push = Push::push_xml(MsgType => 'text', Content => 'chunks', MsgId => ++$id);
        is post_chunked($kit, Push::query(), $push =~ /(.{1,40})/gs), 200, "$server: chunks are accepted";
        is_deeply [map { $_->{Content} } journal($kit)], ['chunks'], "$server: and kept";
        is post_chunked($kit, Push::query(), ('x' x 1000) x 70), 413, "$server: too many are refused";
        is post_chunked($kit, 'signature=none', $push), 403, "$server: a forged push is refused";
        $kit->stop;
    }
}
done_testing;
