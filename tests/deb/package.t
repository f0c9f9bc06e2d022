#!/usr/bin/env perl
# Debian's package in a clean Debian, as an owner uses it: installed in a lower version, three settings, a2enconf, signed in against
# the simulator, upgraded, removed, purged. `make check-deb` builds the package and runs this as root, in some minutes; the clean
# system is kept in build/debootstrap for a week. Its mirror is the first of this machine's apt. Apache runs in a network of its own.
use strict;
use warnings;
use File::Copy qw(copy);
use File::Path qw(make_path remove_tree);
use File::Temp qw(tempdir);
use Kit;
use Test::More;

my $store = "$Kit::BUILD/debootstrap";
my ($package) = grep { !/dbgsym/ } glob "$Kit::BUILD/deb/wechat-cgi_*.deb";
my ($source) = glob "$Kit::BUILD/dist-source/wechat-cgi-*.tar.gz";
plan skip_all => 'only root can make a Debian to install into' if $> != 0;
plan skip_all => 'make deb has not been run' if !defined $package || !defined $source;
plan skip_all => "$_ is not installed" for grep { !Kit::find_program($_) } qw(debootstrap ip unshare dpkg-deb);

sub run {
    my ($command) = @_;
    my $said = `{ $command
} 2>&1`;
    return $? == 0 ? $said : die "$command:\n" . substr($said, -3000) . "\n";
}

# ---- a clean Debian ----

my @sources = map { [split /\|/] } grep {/^Packages\|Debian\|/} split /\n/, `apt-get indextargets --format '\$(CREATED_BY)|\$(ORIGIN)|\$(SITE)|\$(RELEASE)|\$(COMPONENT)'`;
plan skip_all => 'apt has no list of Debian packages: apt-get update' if !@sources;
my ($suite) = Kit::read_file('/etc/os-release') =~ /^VERSION_CODENAME=(\w+)$/m;
my ($first) = grep { $_->[3] eq $suite } @sources or plan skip_all => "apt has no list of $suite";
my $base = "$store/$suite.tar";
make_path("$store/archives/partial");
if (!-e $base || -M $base > 7) {
    my $new = tempdir('base-XXXXXX', DIR => $store, CLEANUP => 1);
    run("debootstrap --variant=minbase --include=ca-certificates $suite $new/root $first->[2] && tar -C $new/root -cf $base.now . && mv $base.now $base");
    remove_tree($new);
}
my $folder = tempdir('root-XXXXXX', DIR => $store, CLEANUP => 1);
my $root = "$folder/root";
make_path($root);
run("tar -C $root -xpf $base");
my %line = map { ("deb $_->[2] $_->[3] $_->[4]\n" => 1) } @sources;
Kit::write_file("$root/etc/apt/sources.list", join '', sort keys %line);
Kit::write_file("$root/etc/apt/apt.conf.d/01here", join('', grep {/^Acquire::(?:http|https|Check)/} map {"$_\n"} split /\n/, `apt-config dump`) . "APT::Keep-Downloaded-Packages \"true\";\n");
copy('/etc/resolv.conf', "$root/etc/resolv.conf");
# Installing a web server does not start it.
Kit::write_file("$root/usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n", 0755);

# Runs a command in the clean Debian; every process that it started ends with it.
sub inside {
    my ($command, %option) = @_;
    my $net = $option{network} ? '' : '--net';
    my $lo = $option{network} ? ':' : 'ip link set lo up';
    Kit::write_file("$root/run-this", "export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive HOME=/root TERM=dumb\n$command\n");
    my $said = `unshare --mount --pid --fork --kill-child $net sh -c '$lo && mount -t proc proc $root/proc && mount --bind $store/archives $root/var/cache/apt/archives && chroot $root sh -e /run-this' 2>&1 </dev/null`;
    $option{status} and ${ $option{status} } = $?;
    $? == 0 || $option{status} or die "$command:\n" . substr($said, -3000) . "\n";
    return $said;
}

# All files but those of apt and dpkg, logs and caches, and the folders in which Apache's scripts note who has enabled what.
sub files {
    return { map { /^(\S+) (.*)$/ ? ($1 => $2) : () } split /\n/,
        inside(q{find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path /root -o -path /var/cache -o -path /var/log -o -path /var/lib/dpkg -o -path /var/lib/apt -o -path /run-this \) -prune -o ! \( -type d -path '/var/lib/apache2/conf/*_by_*' \) -printf '%p %y %m %u:%g %l\n'; find /etc -type f -exec sha256sum {} + | sed 's/^\(\S*\)  \(.*\)$/\2=sum \1/'}) };
}

inside('apt-get update -qq && apt-get install -y -qq --no-install-recommends apache2 ca-certificates', network => 1);
my $before = files();

# ---- a lower version ----

run("dpkg-deb -R $package $folder/lower && sed -i 's/^Version: .*/Version: 0.0.1/' $folder/lower/DEBIAN/control && dpkg-deb -b --root-owner-group $folder/lower $root/tmp/wechat-cgi_0.0.1.deb");
copy($package, "$root/tmp/wechat-cgi_now.deb") or die $!;
run("mkdir $root/tmp/source && tar -xzf $source -C $root/tmp/source --strip-components=1 && mkdir $root/tmp/simulator && cp -r $Kit::BUILD/tests/sim/sim.cgi $Kit::BUILD/tests/sim/html $root/tmp/simulator/");
inside('apt-get install -y -qq --no-install-recommends /tmp/wechat-cgi_0.0.1.deb', network => 1);
like inside('dpkg-query -W wechat-cgi'), qr/\t0\.0\.1$/, 'apt install: a lower version';
ok !-e "$root/etc/apache2/conf-enabled/wechat-cgi.conf", 'Apache does not run it yet';

my $status;
my $said = inside('WECHAT_SIMULATOR=/tmp/simulator WECHAT_SESSION=/tmp/session /tmp/source/debian/tests/sign-in', status => \$status);
is $status, 0, 'three settings, a2enconf: signed in against the simulator' or diag $said;
Kit::write_file("$root/etc/wechat-cgi/replies.json", "{}\n");
Kit::write_file("$root/var/lib/wechat-cgi/own", "the owner's\n");

# ---- an upgrade ----

sub kept { return inside('sha256sum /etc/wechat-cgi/wechat.conf; stat -c "%n %a %U:%G" /etc/wechat-cgi/wechat.conf /var/lib/wechat-cgi; cd /var/lib/wechat-cgi; find . -type f ! -name "*lock" -exec sha256sum {} + | sort') }
my $settings = kept();
inside('apt-get install -y -qq --no-install-recommends /tmp/wechat-cgi_now.deb', network => 1);
like inside('dpkg-query -W wechat-cgi'), qr/\t0\.[1-9]/, 'an upgrade';
is kept(), $settings, 'changes neither settings nor state';
$said = inside('apache2ctl start && /tmp/source/debian/tests/sign-in --again "$(cat /tmp/session)"', status => \$status);
is $status, 0, 'who was signed in still is' or diag $said;

# ---- removed, purged ----

inside('apt-get remove -y -qq wechat-cgi');
is kept(), $settings, 'apt remove keeps settings and state';
ok !-e "$root/usr/lib/wechat-cgi", 'and no program';
ok !-e "$root/etc/apache2/conf-enabled/wechat-cgi.conf", 'nor Apache’s configuration';
is inside('apache2ctl configtest 2>&1 | tail -n 1'), "Syntax OK\n", 'Apache runs without it';
inside('apt-get purge -y -qq --auto-remove wechat-cgi');
my $after = files();
is_deeply [grep { !exists $before->{$_} } sort keys %$after], [qw(/etc/wechat-cgi /etc/wechat-cgi/replies.json /etc/wechat-cgi/replies.json=sum /var/lib/wechat-cgi /var/lib/wechat-cgi/own)], 'apt purge leaves what the owner made';
is_deeply [grep { ($after->{$_} // '') ne $before->{$_} } sort grep { $_ ne '/etc/ld.so.cache=sum' } keys %$before], [], 'and takes nothing else away';

# ---- again, and purged before it was used ----

inside('rm -r /etc/wechat-cgi /var/lib/wechat-cgi; apt-get install -y -qq --no-install-recommends /tmp/wechat-cgi_now.deb', network => 1);
inside('apt-get purge -y -qq --auto-remove wechat-cgi');
$after = files();
is_deeply [grep { !exists $before->{$_} } sort keys %$after], [], 'installed and purged: nothing is left';

# ---- nginx and lighttpd, by the examples ----

inside('apt-get install -y -qq --no-install-recommends lighttpd nginx-light fcgiwrap /tmp/wechat-cgi_now.deb', network => 1);
inside("sed -i -e 's/^appid =.*/appid = $Kit::APPID/' -e 's/^secret =.*/secret = $Kit::SECRET/' -e 's|^site_url =.*|site_url = http://127.0.0.1|' /etc/wechat-cgi/wechat.conf");
my $examples = '/usr/share/doc/wechat-cgi/examples';
my $asks = q{perl -MHTTP::Tiny -e 'for (1 .. 100) { my $a = HTTP::Tiny->new->get("http://127.0.0.1/wechat/$ARGV[0]"); if ($a->{status} < 500) { print "$a->{status} $a->{content}"; exit } select undef, undef, undef, 0.1 } print "none\n"' };
my $lighttpd = inside("cp $examples/lighttpd.conf /etc/lighttpd/conf-available/50-wechat-cgi.conf; lighty-enable-mod wechat-cgi >/dev/null; install -d -o www-data /run/lighttpd; lighttpd -f /etc/lighttpd/lighttpd.conf; $asks validate.cgi; $asks privacy.cgi");
like $lighttpd, qr/^401 \{"active":false\}.*200 <!doctype html>/s, 'lighttpd, by the example' or diag substr $lighttpd, 0, 600;
my $nginx = inside("install -d -o www-data /run/f; ln -s /run/f/s /run/fcgiwrap.socket; sed -i 's|^[^#]*server_name _;|server_name _; include $examples/nginx.conf;|' /etc/nginx/sites-available/default; setpriv --reuid=www-data --regid=www-data --clear-groups fcgiwrap -s unix:/run/f/s & nginx; $asks validate.cgi; $asks privacy.cgi");
like $nginx, qr/^401 \{"active":false\}.*200 <!doctype html>/s, 'nginx, by the example' or diag substr $nginx, 0, 600;

done_testing;
