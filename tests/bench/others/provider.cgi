#!/usr/bin/env perl
# An OpenID provider for mod_auth_openidc in make bench. It signs everybody in at once, as the same person. The ID
# token is signed with the client's secret (HS256).
use strict;
use warnings;
use Digest::SHA qw(hmac_sha256);
use JSON::PP;
use MIME::Base64 qw(encode_base64url);

my ($issuer, $client, $secret) = @ENV{qw(BENCH_ISSUER BENCH_CLIENT BENCH_SECRET)};
my $path = $ENV{PATH_INFO} || '';
my $input = $ENV{QUERY_STRING} || '';
if ($ENV{REQUEST_METHOD} eq 'POST') { read STDIN, $input, $ENV{CONTENT_LENGTH} || 0 }
my %given = map { my ($name, $value) = split /=/, $_, 2; $value =~ s/%(..)/chr hex $1/ge; ($name => $value) } split /&/, $input;

sub answer { my ($value) = @_; print "Content-Type: application/json\r\nCache-Control: no-store\r\n\r\n", encode_json($value); return }

if ($path eq '/metadata') {
    answer({ issuer => $issuer, response_types_supported => ['code'], subject_types_supported => ['public'],
        id_token_signing_alg_values_supported => ['HS256'],
        map { ($_->[0] => "$issuer/$_->[1]") } [qw(authorization_endpoint authorize)], [qw(token_endpoint token)],
        [qw(userinfo_endpoint userinfo)], [qw(jwks_uri keys)] });
}
elsif ($path eq '/authorize') {
    print "Status: 302 Found\r\nLocation: $given{redirect_uri}?code=$given{nonce}&state=$given{state}\r\n\r\n";
}
elsif ($path eq '/token') {
    my @parts = map { encode_base64url(encode_json($_)) } { alg => 'HS256', typ => 'JWT' },
        { iss => $issuer, sub => 'person', aud => $client, iat => time, exp => time + 3600, nonce => $given{code} };
    my $token = join '.', @parts, encode_base64url(hmac_sha256(join('.', @parts), $secret));
    answer({ access_token => 'access', token_type => 'Bearer', expires_in => 3600, id_token => $token });
}
elsif ($path eq '/keys') { answer({ keys => [] }) }
elsif ($path eq '/userinfo') { answer({ sub => 'person', nickname => 'somebody' }) }
else { print "Status: 404 Not Found\r\n\r\n" }
