#!/usr/bin/env perl
# What holds for every program: what it says about itself (--describe) is true. A new program is tested without being listed
# here. sandbox.t tests what a program may do, unit/links.t what it links. Arguments: the programs to test; default: all.
use strict;
use warnings;
use Kit;
use Test::More;

# A broken query is no error, except for these programs.
my %is_strict = ('wechat.cgi' => 'what WeChat signs is the whole query');

my $described = Kit::programs(@ARGV);
my $kit = Kit->new(stopped => 1, conf => { language => 'zh_CN' });
my $conf = "$kit->{folder}/wechat.conf";
my $good = Kit::read_file($conf);

is_deeply [sort keys %$described], [sort map { s{.*/(.*)\.c$}{$1.cgi}r } glob "$Kit::TOP/cgi-bin/*.c"], 'a program is a file in cgi-bin' if !@ARGV;

sub is_listed { my ($list, $item) = @_; return !!grep { $_ eq $item } @$list }

# ---- its words ----

for my $program (sort keys %$described) {
    my $methods = $described->{$program}{methods};
    my $any = $methods ? join(', ', @$methods) : 'any';
    is $described->{$program}{name}, $program, "$program: has the name of its file";
    my $help = `$kit->{folder}/cgi-bin/$program --help`;
    is $?, 0, "$program --help";
    like $help, qr/^\Q$program\E \(wechat-cgi \d+\.\d+\.\d+\)\n\n.+WECHAT_CONF.+Methods: $any\. Options:/s, "$program: explains itself";
    like `$kit->{folder}/cgi-bin/$program --version`, qr/^\Q$program\E \(wechat-cgi\) \d+\.\d+\.\d+$/, "$program --version";
    is $?, 0, "$program --version: exit status 0";
    is `$kit->{folder}/cgi-bin/$program --nonsense`, $help, "$program: an unknown option: help";
    is $? >> 8, 2, "$program: and an exit status of 2";
}

# ---- methods ----

for my $program (sort keys %$described) {
    my $methods = $described->{$program}{methods};
    for my $method (qw(GET HEAD POST PUT PATCH DELETE OPTIONS PROPFIND get), 'X' x 300) {
        my $answer = $kit->run($program, environment => { REQUEST_METHOD => $method });
        my $name = "$program: " . substr($method, 0, 10);
        if (!$methods || is_listed($methods, $method)) {
            ok $answer->{status} && $answer->{status} != 405, "$name is taken" or diag $answer->{bytes}, $answer->{error};
        }
        else {
            is $answer->{status}, 405, "$name: 405";
            is $answer->{headers}{allow}[0], join(', ', @$methods), "$name: Allow";
            like $answer->{error}, qr/^wechat-cgi: \Q$program\E client=192\.0\.2\.7 kind=method .*: method \Q@{[substr $method, 0, 20]}\E\n\z/, "$name: the log says so";
        }
        is $answer->{headers}{'cache-control'}[0], 'no-store', "$name: no-store";
        is $answer->{headers}{'referrer-policy'}[0], 'no-referrer', "$name: no-referrer";
        is $answer->{headers}{'x-content-type-options'}[0], 'nosniff', "$name: nosniff";
        is $answer->{body}, '', "$name has no body" if $method eq 'HEAD';
    }
    my $answer = $kit->run($program, arguments => ['--help'], environment => { REQUEST_METHOD => 'PUT' });
    isnt $answer->{status}, 200, "$program: run by a server, it takes no options";
}

# ---- the query does not matter to programs that do not need it ----

for my $program (grep { !$is_strict{$_} } sort keys %$described) {
    my $plain = $kit->run($program);
    for my $case (['a broken query', 'utm=100%'], ['one with broken names', '%zz=1&%=%&a=%u5c0f&%e5'], ['a NUL', 'a=%00'], ['a long query', 'a=' . 'x' x 100_000],
        ['many fields', join '&', map {"a$_=1"} 1 .. 1000], ['nothing but ends', '&' x 5000]) {
        my ($name, $query) = @$case;
        my $answer = $kit->run($program, query => $query);
        is $answer->{status}, $plain->{status}, "$program: $name is no error";
        is $answer->{error} =~ s{request=\w+}{}r, $plain->{error} =~ s{request=\w+}{}r, "$program: $name leaves no line in the log";
    }
}

# ---- settings ----

# A program that answers without settings gives the same answer without them as with them.
for my $program (grep { $described->{$_}{without_settings} } sort keys %$described) {
    my $answer = sub { $kit->run($program)->{body} =~ s/nonce="[^"]*"//gr };
    my $with = $answer->();
    cmp_ok length $with, '>', 1000, "$program: its answer to a stranger";
    for my $case (['an unknown key', sub { $kit->write_conf_text("colour = red\n$good") }], ['settings that others may read', sub { chmod 0644, $conf }], ['no settings file', sub { unlink $conf }]) {
        my ($name, $break) = @$case;
        $break->();
        ok $answer->() eq $with, "$program: $name: the same answer";
        $kit->write_conf_text($good);
        chmod 0600, $conf;
    }
    is $kit->run($program)->{error}, '', "$program: and no line in the log";
}

# Not set up: the visitor learns no more than that; one line in the log says why.
sub is_not_set_up {
    my ($program, $name, $log, %environment) = @_;
    my $answer = $kit->run($program, environment => { REQUEST_METHOD => ($described->{$program}{methods} || ['GET'])->[0], %environment });
    my $json = ($answer->{headers}{'content-type'}[0] || '') =~ m{^application/json};
    is $answer->{status}, $json ? 503 : 500, "$program: $name";
    like $answer->{body}, $json ? qr/^\{"error":"config"/ : qr/还没有设置好|本站服务器的错误日志/, "$program: $name: says that the site is not set up";
    unlike $answer->{body}, qr/\Q$kit->{folder}\E/, "$program: $name: no path in the answer";
    like $answer->{error}, qr/^wechat-cgi: \Q$program\E client=192\.0\.2\.7 kind=config errcode=0 rid=- request=[0-9a-f]{8}: $log.*\n\z/, "$program: $name: one line in the log";
}

for my $program (grep { !$described->{$_}{without_settings} } sort keys %$described) {
    rename $conf, "$conf.away" or die "rename: $!";
    is_not_set_up($program, 'no settings file', qr/\Q$conf\E: No such file/);
    rename "$conf.away", $conf or die "rename: $!";
    chmod 0644, $conf;
    is_not_set_up($program, 'settings that others may read', qr/\Q$conf\E can be read by others: chmod 600/);
    chmod 0600, $conf;
    is_not_set_up($program, 'settings in the document root', qr/\Q$conf\E is in \Q$kit->{folder}\E, which the web server serves/, DOCUMENT_ROOT => $kit->{folder});
    $kit->write_conf_text("colour = red\n$good");
    is_not_set_up($program, 'an unknown key', qr/\Q$conf\E, line 1: unknown key colour/);
    $kit->write_conf_text($good);
}
done_testing;
