#!/usr/bin/env perl
# The archive of the static build, as .tar.gz and .zip: its contents, its examples, and a sign-in in a folder with nothing else, to which
# Apache is confined (chroot), without any library. That it has the same bytes when built again: tests/hard/packages.t.
use strict;
use warnings;
use Docs;
use File::Path qw(make_path remove_tree);
use File::Temp qw(tempdir);
use JSON::PP;
use Kit;
use POSIX qw(:sys_wait_h);
use Test::More;

my $processor = (POSIX::uname())[4];
my ($archive) = glob "$Kit::BUILD/dist/wechat-cgi-*-linux-$processor.tar.gz";
plan skip_all => 'make dist-static was not run' unless $archive;
my ($name) = $archive =~ m{([^/]+)\.tar\.gz$};

# ---- what is in it ----

my @files = map { s{^\Q$name\E/}{}r } grep { !m{/$} } split /\n/, `tar -tzf $archive`;
is_deeply [grep {m{^cgi-bin/.*\.cgi$}} @files],
    [sort 'cgi-bin/probe.cgi', map { s{.*/}{cgi-bin/}r } glob "$Kit::BUILD/cgi-bin/*.cgi"], 'the programs';
my %there = map { $_ => 1 } @files;
ok $there{$_}, $_ for qw(INSTALL.zh-CN.md INSTALL.md CHANGES.md LICENSE wechat-check clients/README.md clients/wechat.php clients/wechat.py clients/wechat.mjs clients/wechat.js clients/wechat.d.ts bin/wechat bin/wechat-completion.bash man/wechat.1 man/wechat.conf.5 man/wechat-cgi.7 man/validate.cgi.8 cgi-bin/.htaccess cgi-bin/SHA256SUMS wechat/.htaccess
    wechat/wechat.conf.example wechat/menu.json.example wechat/replies.json.example wechat/list.json.example wechat/links.json.example wechat/access.json.example wechat/wechat-html/me.html wechat/wechat-html/words/zh_CN.txt), Docs::files();
is_deeply [grep {/sim|test|\.c$|\.o$/} @files], [map {"licenses/qrencode/$_.o"} qw(desktop owner scene wechat.fcgi wechat)], 'and nothing of the simulator or the tests';
my @loose;
for my $page (grep { m{^(?:docs|clients)/.*\.md$} } @files) {
    for my $link (grep { !/^(?:https?:|#)/ } Docs::links($page)) {
        my $to = ($page =~ s{[^/]+$}{}r) . ($link =~ s/#.*//r);
        while ($to =~ s{(^|/)(?!\.\./)[^/]+/\.\./}{$1}) { }
        push @loose, "$page: $link" if !$there{$to};
    }
}
is join(' ', @loose), '', 'what the documents link to is there';
my $root = tempdir('wechat-static-XXXXXX', TMPDIR => 1, CLEANUP => 1);
is system('tar', '-xzf', $archive, '-C', $root), 0, 'unpacked';
for my $program ("$root/$name/bin/wechat", grep { !m{/probe\.cgi$} } glob "$root/$name/cgi-bin/*.cgi") {
    my $headers = `objdump -p $program`;
    unlike $headers, qr/NEEDED|INTERP/, ($program =~ s{.*/}{}r) . ' needs no library and no loader';
    cmp_ok -s $program, '<', 1_400_000, 'and is below 1.4 MB';
    unlike `strings $program`, qr{\Q$Kit::TOP\E}, 'and names no folder of the build machine';
}
my ($version) = $name =~ /^wechat-cgi-([\d.]+)-/;
like `$root/$name/cgi-bin/login.cgi --version`, qr/ \Q$version\E$/m, 'its version is that of the archive';
like `$root/$name/bin/wechat --version`, qr/ \Q$version\E$/m, 'and so is the command’s';
is `$root/$name/bin/wechat --completion`, Kit::read_file("$root/$name/bin/wechat-completion.bash"), 'with its completion';

# ---- what is inside, and its licences ----

my @pages = map { Kit::read_file("$root/$name/$_") } qw(INSTALL.zh-CN.md INSTALL.md);
my %inside = split ' ', Kit::read_file("$Kit::BUILD/static-libs/versions");
delete $inside{cmocka};
is_deeply [sort keys %inside], [qw(curl expat hiredis json-c libjpeg-turbo libpng1.6 mbedtls musl qrencode zlib)], 'the libraries that are inside';
for my $library (sort keys %inside) {
    is scalar(grep {/\b\Q$library\E \Q$inside{$library}\E[,.。]/} @pages), 2, "$library: both pages for installing have its version";
}
unlike join('', @pages), qr/\@\w/, 'and nothing of them is left to fill in';
my %words = (curl => 'Permission to use, copy, modify, and distribute', mbedtls => 'Apache License', expat => 'Expat maintainers', weui => 'MIT',
    'json-c' => 'Permission is hereby granted', hiredis => 'Redistribution and use in source and binary forms', 'libpng1.6' => 'PNG Reference Library', 'libjpeg-turbo' => 'Independent JPEG Group', zlib => 'Jean-loup Gailly', musl => 'Rich Felker', 'qrencode/COPYING' => 'GNU LESSER GENERAL PUBLIC LICENSE');
for my $library (sort keys %words) {
    my $file = "$root/$name/licenses/$library" . ($library =~ m{/} ? '' : '.txt');
    SKIP: {
        skip 'the pages were built without WeUI', 1 if $library eq 'weui' && !-e "$Kit::BUILD/html-node/node_modules/weui";
        like Kit::read_file($file), qr/\Q$words{$library}\E/, "the licence of $library";
    }
}
{
    my $folder = "$root/$name/licenses/qrencode";
    my ($source) = glob "$folder/qrencode_*.orig.tar.*";
    like `tar -tf $source`, qr{/qrencode\.h$}m, 'libqrencode: its source';
    my ($link) = Kit::read_file("$folder/README.md") =~ /^ +(musl-gcc -static .*?desktop\.o libqrencode\.a)$/ms;
    ok $link, 'and how to link it';
    system 'cp', "$Kit::BUILD/static-libs/lib/libqrencode.a", $folder;
    for my $program (qw(desktop scene wechat)) {
        unlike `strings $folder/$program.o`, qr{\Q$Kit::TOP\E}, "$program: the object names no folder of the build machine";
        is system("cd $folder && " . $link =~ s/desktop/$program/gr), 0, 'it can be linked';
        like `$folder/$program.cgi --version`, qr/^$program(?:\.cgi)? .* \Q$version\E$/m, 'and the result is the program';
        unlike `nm $folder/$program.o`, qr/ T QRcode_/, 'and the object does not contain the library';
    }
}
is system("cd $Kit::BUILD/dist && sha256sum --check --quiet SHA256SUMS"), 0, 'SHA256SUMS fits';
is system("cd $root/$name/cgi-bin && sha256sum --check --quiet SHA256SUMS"), 0, 'and so does the one for probe.cgi';

# ---- the .zip ----

is system('python3', '-m', 'zipfile', '-e', "$Kit::BUILD/dist/$name.zip", "$root/zip"), 0, 'the .zip can be unpacked';
is `diff -r $root/$name $root/zip/$name 2>&1 | grep -v 'Only in .*/licenses/qrencode: '`, '', 'to the same files';
my %mode = map { reverse split / /, $_, 2 }
    split /\n/, `python3 -c 'import sys, zipfile; [print(oct(e.external_attr >> 16), e.filename) for e in zipfile.ZipFile(sys.argv[1]).infolist()]' $Kit::BUILD/dist/$name.zip`;
is $mode{"$name/cgi-bin/login.cgi"}, '0o100755', 'with the modes, for those who unpack it on Unix';
is $mode{"$name/wechat/wechat.conf.example"}, '0o100644', 'of every file';

# ---- the examples ----

{
    my $kit = Kit->new(stopped => 1);
    my @examples = map {m{([^/]+)\.json\.example$}} glob "$root/$name/wechat/*.json.example";
    system('cp', "$root/$name/wechat/$_.json.example", "$kit->{folder}/$_.json") == 0 or die 'cp' for @examples;
    mkdir "$kit->{folder}/private";
    $kit->write_conf(private_dir => 'private', map { $_ => "$_.json" } @examples);
    my $lines = decode_json(`WECHAT_CONF=$kit->{folder}/wechat.conf $kit->{folder}/bin/wechat check --json`)->{checks};
    for my $example (@examples) {
        my ($line) = grep { $_->{check} =~ /^\Q$example\E(?:_file)?$/ } @$lines;
        is $line->{state}, 'good', "$example.json.example: no mistake in it" or diag explain $line;
    }
}

# ---- a host that has nothing ----

SKIP: {
    skip 'only root can confine a web server', 12 if $> != 0;
    my $sim = Kit->new; # as WeChat only
    my $port = Kit::free_port();
    my $host = "$root/$name";
    mkdir "$host/srv" or die $!; # Apache needs it inside and outside the chroot
    Kit::write_file("$host/wechat/wechat.conf", Kit::conf_text(appid => $Kit::APPID, secret => $Kit::SECRET, language => 'en', outside_wechat => 'direct',
        site_url => "http://127.0.0.1:$port", open_url => $sim->{sim_url}, api_url => $sim->{sim_url}), 0600);
    Kit::write_file("$sim->{folder}/sim.conf", Kit::read_file("$sim->{folder}/sim.conf") =~ s{^site_url = .*$}{site_url = http://127.0.0.1:$port}mr, 0600);
    my $modules = Kit::find_modules();
    Kit::write_file("$root/apache.conf", join '', map({"LoadModule ${_}_module $modules/mod_$_.so\n"}
        grep { -e "$modules/mod_$_.so" } qw(mpm_prefork unixd authz_core mime dir alias env cgi)), <<"CONF");
ServerRoot $root
ServerName 127.0.0.1
PidFile $root/pid
ErrorLog $root/error.log
TypesConfig /dev/null
Listen 127.0.0.1:$port
User nobody
Group nogroup
ChrootDir $host
DocumentRoot /srv
<Directory />
Require all denied
</Directory>
ScriptAlias /cgi-bin/ /cgi-bin/
<Directory /cgi-bin>
AllowOverride None
CGIPassAuth On
Require all granted
</Directory>
CONF
    system('chown', '-R', 'nobody:nogroup', $host) == 0 or die 'chown';
    chmod 0755, $root;
    my $pid = fork;
    if (!$pid) {
        POSIX::setpgid(0, 0);
        open STDOUT, '>', "$root/out";
        open STDERR, '>&', \*STDOUT;
        exec Kit::find_program('apache2', 'httpd'), '-f', "$root/apache.conf", '-DFOREGROUND' or POSIX::_exit(127);
    }
    my $ready = eval { Kit::wait_for('Apache', 20, sub { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port, Timeout => 1) }); 1 };
    ok $ready, 'Apache serves from there' or diag Kit::read_file("$root/out") . Kit::read_file("$root/error.log");
    my $site = "http://127.0.0.1:$port";
    my $browser = $sim->browser;
    my $consent = $browser->follow($browser->get("$site/cgi-bin/me.cgi"));
    my ($link) = $consent->{content} =~ m{href="([^"]*person=xiaoming[^"]*)"};
    ok $link, 'not signed in: to WeChat' or diag $consent->{status}, $consent->{content}, Kit::read_file("$root/error.log");
    $link =~ s/&amp;/&/g;
    $link = $sim->{sim_url} . $link if $link =~ m{^/};
    my $me = $browser->follow($browser->get($link));
    is $me->{status}, 200, 'signed in';
    like $me->{content}, qr/小明’s page/, 'the personal page';
    is $browser->get("$site/cgi-bin/validate.cgi")->{status}, 200, 'validate.cgi knows it';
    is $browser->get("$site/cgi-bin/validate.cgi?live=1")->{status}, 200, 'and asks WeChat';
    ok !-e "$host/lib" && !-e "$host/usr" && !-e "$host/proc", 'with nothing else in the folder';

    # https, on a host without certificates.
    my $conf = Kit::read_file("$host/wechat/wechat.conf");
    Kit::write_file("$host/wechat/wechat.conf", $conf =~ s{^api_url = .*$}{api_url = https://127.0.0.1:9}mr, 0600);
    my $other = $sim->browser;
    my $callback = $other->follow($other->get("$site/cgi-bin/login.cgi?scope=snsapi_base"), stop => qr{/callback\.cgi\?})->{stopped};
    ok $callback, 'WeChat sends back';
    my $answer = $other->get($callback);
    is $answer->{status}, 500, 'no certificates: a page';
    like Kit::read_file("$root/error.log"), qr/no file of trusted certificates where they usually are: put one there \(PEM\) and set ca_file/, 'and what to do in the log';
    make_path("$host/etc/pki/tls/certs");
    Kit::write_file("$host/etc/pki/tls/certs/ca-bundle.crt", "\n", 0644);
    $callback = $other->follow($other->get("$site/cgi-bin/login.cgi?scope=snsapi_base"), stop => qr{/callback\.cgi\?})->{stopped};
    isnt $other->get($callback)->{status}, 200, 'an empty bundle trusts nothing';
    unlike((split /\n/, Kit::read_file("$root/error.log"))[-1], qr/where they usually are/, 'a bundle in Red Hat’s place is found');
    kill 'TERM', -$pid;
    waitpid $pid, 0;
}
done_testing;
