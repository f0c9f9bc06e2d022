#!/usr/bin/env perl
# The archive for aarch64: the same files as that for this machine, programs of that processor with everything inside, and a sign-in over
# TLS in which each program runs under qemu-aarch64. qemu has neither Landlock nor seccomp filters: that the sandbox is missing is logged
# once, so what it does on this processor is not tested here.
use strict;
use warnings;
use utf8;
use Encode qw(decode_utf8);
use JSON::PP;
use Kit;
use POSIX ();
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my ($archive) = glob "$Kit::BUILD/dist/wechat-cgi-*-linux-aarch64.tar.gz";
plan skip_all => 'make dist-static ARCH=aarch64 was not run' unless $archive;
plan skip_all => 'this machine is an aarch64 itself' if (POSIX::uname())[4] eq 'aarch64';
my $qemu = Kit::find_program('qemu-aarch64') or plan skip_all => 'qemu-aarch64 is not installed (package qemu-user)';

my $kit = Kit->new(tls => 1, conf => { language => 'en' });
my $folder = $kit->{folder};
is system('tar', '-xzf', $archive, '-C', $folder), 0, 'unpacked';
my ($there) = glob "$folder/wechat-cgi-*-aarch64";

# ---- the same files ----

sub names { my ($tar, $processor) = @_; return map { s/-\Q$processor\E\//\//r } split /\n/, `tar -tzf $tar` }
my $here = (POSIX::uname())[4];
SKIP: {
    my $own = $archive =~ s/aarch64(?=\.tar)/$here/r;
    skip 'make dist-static was not run', 1 unless -e $own;
    is_deeply [names($archive, 'aarch64')], [names($own, $here)], "the same files as for $here";
}
is system('cd ' . "$Kit::BUILD/dist" . ' && sha256sum --check --quiet SHA256SUMS'), 0, 'SHA256SUMS is over all archives';
like Kit::read_file("$Kit::BUILD/dist/SHA256SUMS"), qr/-aarch64\.$_$/m, "with the .$_" for 'tar.gz', 'zip';

# ---- the programs ----

my @programs = map {m{([^/]+)$}} grep { !m{/probe\.cgi$} } glob "$there/cgi-bin/*.cgi";
for my $path ("$there/bin/wechat", map {"$there/cgi-bin/$_"} @programs) {
    my ($name) = $path =~ m{([^/]+)$};
    my $headers = Kit::read_file($path);
    is unpack('x18 v', $headers), 183, "$name is for aarch64";
    my $segments = unpack 'x56 v', $headers;
    my @types = map { unpack 'V', substr $headers, unpack('x32 Q<', $headers) + $_ * 56, 4 } 0 .. $segments - 1;
    ok !grep({ $_ == 3 } @types), 'and needs no loader';
    unlike $headers, qr{\Q$Kit::TOP\E}, 'and names no folder of the build machine';
}
my $described = Kit::programs();
is_deeply [sort @programs], [sort keys %$described], 'all programs';
is_deeply decode_json(`$qemu $there/cgi-bin/$_ --describe`), $described->{$_}, "$_ describes itself as here" for @programs;
is `$qemu $there/bin/wechat --version`, `$Kit::BUILD/bin/wechat --version`, 'the command has the same version';
is `$qemu $there/bin/wechat --completion`, Kit::read_file("$there/bin/wechat-completion.bash"), 'and its completion';

# ---- a sign-in ----

# In place of each program, a script that runs it under qemu. A program that another one runs is looked for beside that one: there
# stands a script as well, and the program in the folder of its own.
system('cp', '-R', "$there/cgi-bin", "$folder/programs") == 0 or die 'cp';
mkdir "$folder/programs/run";
for my $program (@programs) {
    my $path = "$folder/programs/$program";
    if ($program =~ /-(?:live|late|save)\.cgi$/) {
        rename $path, "$folder/programs/run/$program" or die $!;
        Kit::write_file($path, "#!/bin/sh\nexec $qemu $folder/programs/run/$program \"\$@\"\n", 0755);
        $path = "$folder/programs/run/$program";
    }
    unlink "$folder/cgi-bin/$program";
    Kit::write_file("$folder/cgi-bin/$program", "#!/bin/sh\nexec $qemu $path \"\$@\"\n", 0755);
}
my $browser = $kit->browser(headers => { 'User-Agent' => 'Mozilla/5.0 (iPhone) MicroMessenger/8.0.50' });
my $me = $browser->sign_in('xiaoming', '/cgi-bin/me.cgi');
is $me->{status}, 200, 'signed in' or diag $kit->log_text;
like decode_utf8($me->{content}), qr/小明’s page/, 'on the personal page';
my $valid = decode_json($browser->get('/cgi-bin/validate.cgi')->{content});
ok $valid->{active} && $valid->{name} eq '小明', 'validate.cgi knows who it is';
is $browser->get('/cgi-bin/validate.cgi?live=1')->{status}, 200, 'and asks WeChat';
my $computer = $kit->browser;
like $computer->follow($computer->get('/cgi-bin/desktop.cgi'))->{content}, qr/<svg/, 'a QR code for a computer';
is $kit->run('validate.cgi')->{status}, 401, 'a stranger is nobody';
my @log = grep {/wechat-cgi:/} split /\n/, $kit->log_text;
my @sandbox = grep {/the programs run without that part of their sandbox/} @log;
is scalar(@log), scalar(@sandbox), 'nothing in the log but that qemu has no sandbox' or diag join "\n", @log;
cmp_ok scalar(@sandbox), '<=', 2, 'once for each part of it';
my %session = (HTTP_COOKIE => 'wx_session=' . $browser->cookie('wx_session'));
is $kit->run('validate.cgi', environment => \%session, before => [Kit::as_server()])->{status}, 200, 'without a server: a request with the session in its environment';
my $login = $kit->run('login.cgi', query => 'again=1');
is $login->{status}, 303, 'and login.cgi';
like $login->{headers}{location}[0], qr{^\Q$kit->{sim_url}\E/connect/}, 'goes to WeChat';
done_testing;
