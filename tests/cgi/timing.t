# How long a secret is compared tells nothing about it: instructions, counted by valgrind, of the function that decides.
use strict;
use warnings;
use Kit;
use MIME::Base64 qw(encode_base64);
use Oidc;
use Test::More;

plan skip_all => 'valgrind is not installed (package valgrind)' if !Kit::find_program('valgrind');
plan skip_all => 'valgrind does not run this build' if $Kit::BUILD =~ m{/(?:sanitize|valgrind|coverage)(?:/|$)};
plan skip_all => 'a program without symbols' if `nm $Kit::BUILD/cgi-bin/oidc.cgi 2>&1` !~ / clients_authenticate$/m;

my $secret = $Oidc::SECRET;
# Wrong in the first byte, in the last one, and in all.
my @wrong = ('x' . substr($secret, 1), substr($secret, 0, -1) . 'x', 'x' x length $secret);
my $oidc = Oidc->new(conf => { introspection_clients => "other:@{[ 'y' x 40 ]} shop:$secret", sandbox => 'off' });
my $kit = $oidc->kit;

# The instructions of a function, and of all that it calls, in a request of that client; and the status of the answer.
sub count {
    my ($function, $program, $id, $given, %request) = @_;
    my $log = "$kit->{folder}/log/valgrind";
    my $answer = $kit->run($program, before => [Kit::as_server(), 'valgrind', '--tool=callgrind', "--toggle-collect=$function", '--callgrind-out-file=/dev/null', "--log-file=$log"],
        stdin => $request{stdin}, environment => { PATH_INFO => $request{path} // '', HTTP_AUTHORIZATION => 'Basic ' . encode_base64("$id:$given", '') });
    my ($count) = Kit::read_file($log) =~ /Collected : (\d+)/;
    unlink $log;
    return ($count // 0, $answer->{status});
}

for my $case (['/token', 'clients_authenticate', 'oidc.cgi', 400, path => '/token', stdin => 'grant_type=authorization_code&code=x'], ['token introspection', 'client_is_known', 'validate.cgi', 200, stdin => 'token=x']) {
    my ($name, $function, $program, $status, %request) = @$case;
    my ($right, $said) = count($function, $program, 'shop', $secret, %request);
    is $said, $status, "$name: a client with its secret";
    cmp_ok $right, '>', 100, 'is looked at';
    my @counts = map { [count($function, $program, 'shop', $_, %request)] } @wrong;
    is_deeply [map { $_->[1] } @counts], [401, 401, 401], "$name: with a wrong one";
    is_deeply [map { $_->[0] } @counts], [($counts[0][0]) x 3], 'takes as many instructions wherever it is wrong';
}
my ($known) = count('clients_authenticate', 'oidc.cgi', 'shop', 'x' x 43, path => '/token', stdin => 'grant_type=x');
my ($unknown, $said) = count('clients_authenticate', 'oidc.cgi', 'nope', 'x' x 43, path => '/token', stdin => 'grant_type=x');
is $said, 401, 'an unknown client';
cmp_ok abs($unknown - $known), '<', $known / 100, 'takes as long as a known one';
done_testing;
