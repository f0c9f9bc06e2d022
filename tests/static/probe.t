#!/usr/bin/env perl
# probe.cgi, as in the archive, after uploads that went wrong: it reports each file as good or BAD, and shows no secret.
use strict;
use warnings;
use utf8;
use Encode qw(decode_utf8);
use File::Temp qw(tempdir);
use Kit;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $folder = tempdir('wechat-probe-XXXXXX', TMPDIR => 1, CLEANUP => 1);
is system("sh $Kit::TOP/static/dist.sh $Kit::BUILD/cgi-bin $Kit::BUILD/html $folder/dist 1.2.3 >/dev/null"), 0, 'packed';
my ($from) = glob "$folder/dist/wechat-cgi-1.2.3-*/cgi-bin";
my $site = "$folder/site/cgi-bin";
my @programs = map { s{.*/}{}r } glob "$from/*.cgi";

# Damages an upload with $break; returns the answer of probe.cgi.
sub probe {
    my ($break, %environment) = @_;
    system('rm', '-rf', "$folder/site");
    mkdir "$folder/site";
    system('cp', '-rp', $from, $site) == 0 or die 'cp';
    $break->() if $break;
    local %ENV = (PATH => $ENV{PATH}, GATEWAY_INTERFACE => 'CGI/1.1', REQUEST_METHOD => 'GET', SCRIPT_FILENAME => "$site/probe.cgi", %environment);
    return decode_utf8(`cd / && $site/probe.cgi 2>&1`);
}

sub line_of { my ($text, $file) = @_; return $text =~ /^(\Q$file\E: .*)$/m ? $1 : '' }

my $good = probe();
like $good, qr{\AContent-Type: text/plain; charset=utf-8\r\n(?:[\w-]+: [^\r\n]*\r\n)*\r\n}, 'a valid CGI answer';
unlike $good, qr/BAD/, 'all as in the archive: nothing bad';
like $good, qr/^processor: \Q@{[ `uname -m` =~ s{\n}{}r ]}\E: good$/m, 'the processor';
like $good, qr/^runs as: uid=$>\b/m, 'the user';
like $good, qr/^folder: drwxr-xr-x owner \d+/m, 'the folder';
is_deeply [map { s/:.*//sr } grep {/ good *$/} grep {/^[\w-]+\.cgi:/} split /\n/, $good], \@programs, 'each program: good';
like line_of($good, 'me.cgi'), qr{-rwxr-xr-x owner \d+ group \d+ @{[ -s "$from/me.cgi" ]} bytes [0-9a-f]{64}}, 'mode, owner, size and checksum';

# An upload in ASCII mode changes CR LF to LF, or LF to CR LF.
for my $ascii (sub { $_[0] =~ s/\r\n/\n/gr }, sub { $_[0] =~ s/\n/\r\n/gr }) {
    my $text = probe(sub {
        my $bytes = Kit::read_file("$site/me.cgi");
        Kit::write_file("$site/me.cgi", $ascii->($bytes), 0755);
    });
    like line_of($text, 'me.cgi'), qr/BAD: not as in the archive: upload it again in binary mode/, 'uploaded in ASCII mode: bad';
    like line_of($text, 'login.cgi'), qr/ good *$/, 'and the others good';
}
my $crlf = probe(sub { Kit::write_file("$site/SHA256SUMS", Kit::read_file("$site/SHA256SUMS") =~ s/\n/\r\n/gr) });
unlike $crlf, qr/BAD/, 'the list of checksums may be uploaded as text';
like line_of(probe(sub { unlink "$site/list.cgi" }), 'list.cgi'), qr/BAD: missing/, 'a program is missing';
like line_of(probe(sub { chmod 0644, "$site/me.cgi" }), 'me.cgi'), qr/good BAD: it cannot be run: chmod 755/, 'not executable';
like line_of(probe(sub { chmod $_, "$site/me.cgi" }), 'me.cgi'), qr/BAD: others may write it: chmod 755/, sprintf 'mode %o', $_ for 0775, 0757, 0777;
like line_of(probe(sub { chmod 0775, $site }), 'folder'), qr/BAD: others may write it: chmod 755/, 'a folder that others may write';
like probe(sub { Kit::write_file("$site/probe.cgi", Kit::read_file("$site/probe.cgi") =~ s/^processor=.*/processor=riscv9/mr) }),
    qr/^processor: \S+, the programs are for riscv9: BAD/m, 'another processor';
like probe(sub { unlink "$site/SHA256SUMS" }), qr/^checksums: SHA256SUMS is missing: upload it/m, 'without the list';
my $secret = probe(sub { Kit::write_file("$site/wechat.conf", "secret = $Kit::SECRET\n") }, HTTP_COOKIE => 'wx_session=TOKEN', WECHAT_CONF => '/home/you/x.conf');
unlike $secret, qr/\Q$Kit::SECRET\E|TOKEN|x\.conf|\Q$folder\E/, 'no secret, nothing of the environment, and no path';
done_testing;
