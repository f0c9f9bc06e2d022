package Programs;
# Each program of both builds with a real request: size on disk, libraries, system calls, syncs, peak memory.
use strict;
use warnings;
use Exporter qw(import);
use HTTP::Tiny;
use Bench qw(row sign_in consent measure process_of put_program as_server);
use Kit;

our @EXPORT_OK = qw(report_programs);

# For each program: the name of its request, the status that it must answer, and a function that makes the request's
# browser, query and body for each run. Any other program gets a bare GET.
my %requests = (
    'login.cgi'         => ['a sign-in begins', 303, sub { (undef, query => 'next=/&scope=snsapi_userinfo') }],
    'callback.cgi'      => ['a sign-in ends', 303, \&callback],
    'me.cgi'            => ['the page, signed in', 200, sub { sign_in($_[0]) }],
    'privacy.cgi'       => ['the page', 200, sub { (undef, query => '') }],
    'validate.cgi'      => ['signed in', 200, sub { sign_in($_[0]) }],
    'validate-live.cgi' => ['signed in, WeChat asked', 200, sub { (sign_in($_[0]), query => 'live=1') }],
    'logout.cgi'        => ['signs out', 303, \&logout],
    'list.cgi'          => ['the list, signed in', 200, sub { sign_in($_[0]) }],
    'desktop.cgi'       => ['a QR code', 200, \&desktop],
    'confirm.cgi'       => ['its question, signed in', 200, \&confirm],
    'code.cgi'          => ['the page for a code', 200, sub { (undef, query => 'next=/') }],
    'link.cgi'          => ['a link that is too old', 410, sub { (undef, query => 't=' . 'x' x 43) }],
    'server.cgi'        => ['another path', 404, sub { (undef, query => 'code=000000') }],
    'server-live.cgi'   => ['another path', 404, sub { (undef, query => '') }],
    'jssdk.cgi'         => ['no page of this site', 403, sub { (undef, query => 'url=https%3A%2F%2Fwww.example.com%2F') }],
    'jssdk-live.cgi'    => ['a page is signed', 200, sub { (undef, query => 'url=' . HTTP::Tiny->new->_uri_escape("$_[0]{site_url}/")) }],
    'check.cgi'         => ['a stranger', 403, sub { (undef, query => '') }],
    'picture.cgi'       => ['no such picture', 404, sub { (undef, query => '') }],
    'oidc.cgi'          => ['another path', 404, sub { (undef, query => '') }],
    'wechat-picture.cgi' => ['run by a web server', 404, sub { (undef, query => '') }],
    'wechat-save.cgi'   => ['run by a web server', 404, sub { (undef, query => '') }],
    'owner.cgi'         => ['nobody is signed in', 303, sub { (undef, query => '') }],
    'scene.cgi'         => ['a QR code begins', 303, sub { (undef, query => 'next=/') }],
    'scan.cgi'          => ['a link that is too old', 410, sub { (undef, query => 't=' . 'x' x 43) }],
    'gate.cgi'          => ['a file, signed in', 200, \&private_file],
    'ticket.cgi'        => ['a ticket, signed in', 303, \&ticket],
    'mini.cgi'          => ['a mini program signs in', 200, \&mini],
    'wechat-notify.cgi' => ['run by a web server', 404, sub { (undef, query => '') }],
    'wechat-late.cgi'   => ['run by a web server', 404, sub { (undef, query => '') }],
    'wechat.cgi'        => ['a message, replied to by a rule', 200, \&push_message],
);

sub callback {
    my ($kit) = @_;
    my $browser = $kit->browser;
    my ($query) = consent($kit, $browser, '/cgi-bin/login.cgi?scope=snsapi_userinfo') =~ /\?([^#]*)/;
    return ($browser, query => $query);
}

sub private_file {
    my ($kit) = @_;
    Kit::write_file("$kit->{folder}/private/a.pdf", 'x' x 10_000, 0644) if mkdir "$kit->{folder}/private", 0755;
    return (sign_in($kit), path => '/a.pdf');
}

sub ticket {
    my ($kit) = @_;
    my $browser = sign_in($kit);
    my $query = 'dev=http%3A%2F%2F192.168.1.5%3A5173%2F';
    my ($csrf) = $browser->get("/cgi-bin/ticket.cgi?$query")->{content} =~ /name="csrf" value="([^"]*)"/;
    return ($browser, query => $query, body => "csrf=$csrf");
}

sub logout {
    my ($kit) = @_;
    my $browser = sign_in($kit);
    my ($csrf) = $browser->get('/cgi-bin/me.cgi')->{content} =~ /name="csrf" value="([^"]*)"/;
    return ($browser, body => "csrf=$csrf");
}

# Returns the page with the QR code; the browser receives the cookie that belongs to it.
sub show_code {
    my ($kit, $browser) = @_;
    $browser ||= $kit->browser;
    return $browser->follow($browser->get('/cgi-bin/desktop.cgi?next=/'));
}

sub desktop {
    my ($kit) = @_;
    my $browser = $kit->browser;
    show_code($kit, $browser);
    return ($browser, query => 'wait=1');
}

sub confirm {
    my ($kit) = @_;
    my ($query) = show_code($kit)->{content} =~ m{id="link">[^<?]+\?([^<]+)<};
    return (sign_in($kit), query => $query);
}

sub mini {
    my ($kit) = @_;
    my ($code) = $kit->browser->get("$kit->{sim_url}/wx/login?person=xiaoming")->{content} =~ /"code":"([^"]+)"/;
    return (undef, body => "code=$code");
}

# How many syncs a program may make (lib/state/README.md). callback.cgi: three files, their folders, and the folders above
# two new shards. wechat.cgi: a line of the journal. tests/hard/order.t checks which files these are.
my %may_sync = ('callback.cgi' => 8, 'wechat.cgi' => 1);

# Each call makes a new message; every second one is of a follower who wrote earlier the same day.
my $pushed = 0;
sub push_message {
    my ($kit) = @_;
    my @pushes = split /\n/, `$Bench::TOOLS/pushes 2000 $Kit::PUSH_TOKEN $Kit::AES_KEY $Kit::APPID`;
    my ($query, $body) = split /\t/, $pushes[$pushed % 2 * 1000 + int($pushed / 2)];
    $pushed++;
    return (undef, query => $query, body => "$body\n", type => 'text/xml');
}

# Runs the kit's copy of a program once, and checks the answer.
sub run_once {
    my ($kit, $file, $program, @before) = @_;
    my (undef, $expected, $prepare) = @{ $requests{$program} || ['a bare GET', undef, sub { }] };
    my ($browser, %option) = $prepare->($kit);
    my $process = process_of($kit, $program, $browser, %option);
    $process->{command} = [@before, $file];
    my $measured = measure($process, 1);
    my ($status) = $measured->{answer} =~ /^Status: (\d+)/;
    die "$program: answered " . ($status || 'nothing') . "\n" if !$status || defined $expected && $status != $expected;
    return $measured;
}

# Prints the table, and returns it as a list.
sub report_programs {
    my $kit = Kit->new(tls => 1, conf => { %Kit::mini, dev_origins => 'http://192.168.1.5:5173', private_dir => 'private', sign_in => 'authorize message scene' });
    my $strace = Kit::find_program('strace') or die "strace is not installed\n";
    my (@list, %syncs);
    print "\n| program | its request | size on disk, kB | libraries | system calls | syncs | memory, MB |\n|---|---|---|---|---|---|---|\n";
    for my $build (["$Kit::BUILD/cgi-bin", ''], [$Bench::STATIC, 'static-']) {
        for my $program (map { s{.*/}{}r } glob "$build->[0]/*.cgi") {
            my $file = "$kit->{folder}/cgi-bin/measured-$build->[1]$program";
            put_program($kit, "$build->[0]/$program", "measured-$build->[1]$program");
            system('strip', $file) == 0 or die "strip $program\n";
            my @libraries = grep {/=>/} split /\n/, `ldd $file 2>/dev/null`;
            my $memory = run_once($kit, $file, $program)->{memory};
            run_once($kit, $file, $program, $strace, '-f', '-o', "$kit->{folder}/trace");
            my $trace = Kit::read_file("$kit->{folder}/trace");
            my $calls = () = $trace =~ /^\d+\s+\w+\(/mg;
            my $syncs = $syncs{"$build->[1]$program"} = () = $trace =~ / f(?:data)?sync\(/g;
            my $name = $program . ($build->[1] ? ' (static)' : '');
            my $request = $requests{$program} ? $requests{$program}[0] : 'a bare GET';
            push @list, { program => $name, request => $request, bytes => -s $file, libraries => scalar @libraries,
                system_calls => $calls, syncs => $syncs, memory_kib => 0 + $memory };
            printf "| %s | %s | %d | %d | %d | %d | %.1f |\n", $name, $request, (-s $file) / 1000, scalar @libraries, $calls, $syncs, $memory / 1024;
        }
    }
    print "\n";
    $syncs{$_} or die "$_: no sync was seen\n" for map { ($_, "static-$_") } keys %may_sync;
    row("syncs of $_", '1', ['<=', $may_sync{s/^static-//r}], $syncs{$_}) for map { ($_, "static-$_") } sort keys %may_sync;
    return \@list;
}

1;
