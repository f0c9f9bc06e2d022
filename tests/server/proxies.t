# The recipes of docs/en/proxies.md, exactly as written. nginx, Apache and Caddy run them; for Traefik the test does what
# Traefik's documentation says.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use File::Copy qw(copy);
use HTTP::Tiny;
use IO::Socket::INET;
use JSON::PP;
use Gate qw(give_roles);
use Kit;
use Test::More;

my $kit = Kit->new(conf => { language => 'en' });
my $f = $kit->{folder};
copy("$Kit::TOP/tests/server/proxies/app.py", "$f/app.py") or die "app.py: $!";
$kit->_spawn('app', -x '/usr/bin/python3' ? '/usr/bin/python3' : Kit::find_program('python3'), "$f/app.py");
my $app = Kit::wait_for('the application', 30, sub { Kit::read_file("$f/log/app.out") =~ /^port (\d+)$/m && $1 });
sub wait_for_port { my ($port) = @_; Kit::wait_for("port $port", 30, sub { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port) }); return }

# ---- the recipes ----

my %recipe;
my ($for_role, $number) = ('', '');    # ' for a role': each recipe with a line of the document's last table; so the second proxy of its kind
{
    my $section = '';
    my $text = Kit::read_file("$Kit::TOP/docs/en/proxies.md");
    while ($text =~ /^## ([^\n]+)$|^```(\w+)[^\n]*\n(.*?)^```/gms) {
        if (defined $1) { $section = $1 } else { $recipe{$section}{$2} = $3 }
    }
}
# A recipe, with its example paths and ports replaced; each must occur in it.
sub recipe {
    my ($section, $language, @change) = @_;
    my $text = $recipe{"$section$for_role"}{$language} or die "docs/en/proxies.md: no $language for $section\n";
    while (my ($from, $to) = splice @change, 0, 2) {
        $text =~ s/\Q$from\E/$to/g or die "docs/en/proxies.md, $section: no $from\n";
    }
    return $text;
}

# From here on the site's address is the proxy's.
sub stand_behind {
    my ($port) = @_;
    $kit->{site_url} = "http://127.0.0.1:$port";
    $kit->write_conf(language => 'en', dev_origins => 'http://localhost:5173');
    Kit::write_file("$f/sim.conf", Kit::read_file("$f/sim.conf") =~ s{^site_url = .*$}{site_url = $kit->{site_url}}mr, 0600);
    return;
}

# Beside the recipe: a proxy that passes on the method and the length of the original request.
my $plain = Kit::free_port();
my @programs = ('/srv/wechat/wechat.conf' => "$f/wechat.conf", ':9000' => ":$app");
# Each recipe again, for a role only: a line of the last table of the document.
{
    my %line = Kit::read_file("$Kit::TOP/docs/en/proxies.md") =~ /^\| ([\w ]+) \| `([^`\n]*role=editor[^`]*)`/mg;
    my %place = (nginx => sub { $_[0] =~ s/(SCRIPT_FILENAME \S+validate\.cgi;)/$1\n$_[1]/ }, 'nginx in front of Apache' => sub { $_[0] =~ s/proxy_pass \S+validate\.cgi;/$_[1]/ },
        Apache => sub { $_[0] =~ s/^(#!.*\n)/$1$_[1]\n/ }, Caddy => sub { $_[0] =~ s/uri \S+/$_[1]/ }, Traefik => sub { $_[0] =~ s/address: \S+/$_[1]/ });
    is_deeply [sort keys %line], [sort keys %place], 'a line for each proxy';
    $recipe{"$_ for a role"} = { %{ $recipe{$_} } } for keys %place;
    for my $name (keys %place) {
        my $changed = grep { $place{$name}->($recipe{"$name for a role"}{$_}, $line{$name}) } keys %{ $recipe{"$name for a role"} };
        is $changed, 1, "$name: the line has one place";
    }
}
# Starts nginx with the given site.
sub start_nginx {
    my ($name, $site) = @_;
    my $temporary = join ' ', map {"${_}_temp_path $f/$name-$_;"} qw(client_body proxy fastcgi uwsgi scgi);
    Kit::write_file("$f/$name.conf", "daemon off; pid $f/$name.pid; error_log $f/log/$name.error.log warn;\nevents {}\n"
        . "http { access_log off; $temporary\n$site}\n");
    return $kit->_spawn($name, Kit::find_program('nginx'), '-c', "$f/$name.conf");
}
my %start = (
    nginx => sub {
        my ($port) = @_;
        my $site = recipe('nginx', 'nginx', @programs, '/usr/lib/cgi-bin' => "$f/cgi-bin", '/usr/lib$fastcgi' => "$f\$fastcgi",
            '/run/fcgiwrap.socket' => "$f/fcgiwrap.sock", 'listen 80' => "listen 127.0.0.1:$port", 'www.example.com' => '127.0.0.1');
        return start_nginx('nginx2', $site) if $for_role ne '';
        my $as_it_came = $site =~ s/listen \S+/listen 127.0.0.1:$plain;/r
            =~ s/(= \/wechat-validate \{.*?)REQUEST_METHOD GET;/$1REQUEST_METHOD \$request_method; fastcgi_param CONTENT_LENGTH \$content_length;/sr;
        $kit->_spawn('fcgiwrap', Kit::find_program('fcgiwrap'), '-f', '-c', '4', '-s', "unix:$f/fcgiwrap.sock");
        Kit::wait_for('fcgiwrap', 10, sub { -S "$f/fcgiwrap.sock" });
        start_nginx('nginx', $site . $as_it_came);
    },
    'nginx in front of Apache' => sub {
        my ($port) = @_;
        start_nginx("nginx3$number", recipe('nginx in front of Apache', 'nginx', ':9000' => ":$app", ':8080' => ":$kit->{site_port}", 'listen 80' => "listen 127.0.0.1:$port",
            'www.example.com' => '127.0.0.1'));
    },
    Apache => sub {
        my ($port) = @_;
        Kit::write_file("$f/wechat-map$number", recipe('Apache', 'sh', @programs[0, 1], '/usr/lib/cgi-bin' => "$f/cgi-bin"), 0755);
        # If root starts Apache, the map runs as the user named here; in this test Apache is started as nobody.
        my $site = recipe('Apache', 'apache', @programs, '/usr/lib/cgi-bin' => "$f/cgi-bin", '/usr/local/lib/wechat-map" www-data:www-data' => "$f/wechat-map$number\"",
            '*:80' => "127.0.0.1:$port", 'www.example.com' => '127.0.0.1');
        my $folder = Kit::find_modules();
        my $load = join '', map {"LoadModule ${_}_module $folder/mod_$_.so\n"} grep { -e "$folder/mod_$_.so" }
            qw(mpm_event authz_core mime dir alias env cgid rewrite headers proxy proxy_http);
        Kit::write_file("$f/front$number.conf", "ServerRoot $f\nServerName 127.0.0.1\nPidFile $f/front$number.pid\nErrorLog $f/log/front.error.log\n$load"
            . "TypesConfig /dev/null\nScriptSock $f/front$number.sock\nListen 127.0.0.1:$port\nDocumentRoot $f/www\n$site");
        $kit->_spawn("front$number", Kit::find_program('apache2', 'httpd'), '-f', "$f/front$number.conf", '-DFOREGROUND');
    },
    Caddy => sub {
        my ($port) = @_;
        my $site = recipe('Caddy', 'caddy', 'www.example.com' => "http://127.0.0.1:$port", ':9000' => ":$app", ':8080' => ":$kit->{site_port}");
        Kit::write_file("$f/Caddyfile$number", "{\n\tadmin off\n}\n$site");
        $kit->_spawn("caddy$number", 'env', "HOME=$f", "XDG_DATA_HOME=$f", "XDG_CONFIG_HOME=$f", Kit::find_program('caddy'), 'run', '--config', "$f/Caddyfile$number", '--adapter', 'caddyfile');
    },
);

# ---- what each proxy must do ----

my $browser;
my $whole = '/app/shop/what%3F/%E5%B0%8F?a=1&b=%E5%B0%8F%E6%98%8E&c=/x?y=z&d=100%25&q=%3Fr&next=/z&e';
my %forged = ('X-WX-OpenID' => ['forged1', 'forged2'], 'x-wx-nickname' => 'forged3', 'X_WX_OPENID' => 'forged4', 'X-WX_OpenID' => 'forged5',
    'x_wx-openid' => 'forged6', 'X_WX_Nickname' => 'forged7', 'X-WX_Nickname' => 'forged8', 'X-WX-Roles' => 'forged9', 'x_wx_roles' => 'forged10', 'X-WX_Roles' => 'forged11',
    'X_WX-Roles' => 'forged12');

# What the application received; header names as a CGI program would see them.
sub seen {
    my ($answer) = @_;
    my $said = eval { decode_json($answer->{content}) } || return { status => $answer->{status} };
    my %header;
    push @{ $header{ uc($_->[0]) =~ tr/-/_/r } }, $_->[1] for @{ $said->{headers} };
    return { status => $answer->{status}, %$said, openid => $header{X_WX_OPENID}, nickname => $header{X_WX_NICKNAME}, roles => $header{X_WX_ROLES}, session => $header{X_WX_SESSION} };
}

# Checks a proxy. $ask sends a request: method, page, and options of Kit::Browser.
sub check {
    my ($name, $ask) = @_;
    my $out = $ask->('GET', '/app/', headers => {%forged});
    isnt $out->{status}, 200, "$name: not signed in: not let in";
    unlike $out->{content}, qr/"headers"/, 'and the application not asked';
    isnt $ask->('OPTIONS', '/app/', headers => { Origin => 'http://localhost:5173', 'Access-Control-Request-Method' => 'GET' })->{status}, 200, "$name: nor with a request that looks like a preflight";
    isnt seen($ask->($_, '/app/x', content => 'a=1'))->{method}, $_, "$name: nor by $_" for qw(POST PUT DELETE);
    isnt seen($ask->('GET', $_))->{method}, 'GET', "$name: nor at $_" for '/%61pp/', '//app/x', '/x/../app/x', '/app', '/App/';

    my $back = $ask->('sign in', $whole);
    my $seen = seen($back);
    is $seen->{status}, 200, "$name: back after the sign-in" or diag "$back->{status} $back->{content}";
    is $seen->{page}, $whole, 'at the whole address';
    my $openid = decode_json($browser->get('/cgi-bin/validate.cgi')->{content})->{sub};
    is_deeply $seen->{openid}, [$openid], 'with X-WX-OpenID';
    is_deeply $seen->{nickname}, ['%E5%B0%8F%E6%98%8E'], 'and X-WX-Nickname';

    $back = $ask->('GET', '/app/', headers => {%forged});
    $seen = seen($back);
    is_deeply [@$seen{qw(openid nickname)}], [[$openid], ['%E5%B0%8F%E6%98%8E']], "$name: signed in, with forged headers: only the real ones reach the application";
    unlike $back->{content}, qr/forged/, 'and no forged one';
    give_roles($kit, 'xiaoming', 'editor', 'staff_2');
    is_deeply seen($ask->('GET', '/app/', headers => {%forged}))->{roles}, ['editor staff_2'], "$name: with X-WX-Roles";
    give_roles($kit, 'xiaoming');
    $seen = seen($ask->('GET', '/app/', headers => { 'X-WX-Session' => $browser->cookie('wx_session') }));
    is_deeply [@$seen{qw(status session)}], [200, undef], "$name: a token in X-WX-Session does not reach the application";

    # A visitor without a profile has no nickname, and a forged one is not passed on either.
    my $signed_in = $browser;
    $browser = $kit->browser;
    $kit->control(person => 'meimei');
    $browser->get($browser->callback_url);
    $back = $ask->('GET', '/app/', headers => {%forged});
    $seen = seen($back);
    is_deeply [$seen->{status}, join ',', @{ $seen->{nickname} || [] }], [200, ''], "$name: without a nickname";
    unlike $back->{content}, qr/forged/, 'even if one is forged';
    $browser = $signed_in;

    my $body = join '', map { chr(($_ * 7919) % 256) } 1 .. 300_000;
    for my $method (qw(POST PUT PATCH)) {
        my $sent = seen($ask->($method, '/app/form?a=1', content => $body, headers => { 'Content-Type' => 'application/x-www-form-urlencoded' }));
        is_deeply [@$sent{qw(method page size sha256)}], [$method, '/app/form?a=1', length $body, sha256_hex($body)], "$name: $method, the body intact";
    }
    is seen($ask->('DELETE', '/app/x'))->{method}, 'DELETE', "$name: DELETE";
    is $ask->('HEAD', '/app/')->{status}, 200, "$name: HEAD";
    is $ask->('GET', '/app/fault')->{status}, 500, "$name: the application's own 500 stays";
    is $ask->('GET', '/app/own401')->{status}, 401, "$name: and its own 401";

    chmod 0, $kit->state_dir or die "chmod: $!";
    my $unknown = $ask->('GET', $whole);
    chmod 0700, $kit->state_dir;
    is $unknown->{status}, 503, "$name: a broken state folder: 503";
    is $unknown->{location}, undef, 'and no redirect to the sign-in';
    unlike $unknown->{content}, qr/"headers"/, 'and does not let in';
    is $ask->('GET', '/app/')->{status}, 200, "$name: and afterwards as before";
    $browser->set_cookie(wx_session => 'A' x 43);
    isnt seen($ask->('GET', '/app/'))->{method}, 'GET', "$name: an unknown token";
    $browser->set_cookie(wx_session => "x'; touch /tmp/x; \$(id) `id` | %{HTTP_HOST} \\");
    isnt seen($ask->('GET', '/app/'))->{method}, 'GET', "$name: a cookie with shell syntax";
    return;
}

# Checks a proxy that is for a role only. $ask as above.
sub check_role {
    my ($name, $ask) = @_;
    is $ask->('GET', '/app/')->{status} =~ /^30[23]$/, 1, "$name, for a role: not signed in: to the sign-in";
    my $back = $ask->('sign in', '/app/');
    is $back->{status}, 403, "$name, for a role: signed in, without it: 403";
    unlike $back->{content}, qr/"headers"/, 'and the application not asked';
    give_roles($kit, 'xiaoming', 'staff', 'editor');
    is_deeply [@{ seen($ask->('GET', '/app/', headers => {%forged})) }{qw(status roles)}], [200, ['staff editor']], "$name, for a role: with it: let in";
    give_roles($kit, 'xiaoming');
    return;
}

for my $name ('nginx', 'nginx in front of Apache', 'Apache', 'Caddy') {
    SKIP: {
        skip "$name is not installed", 1 unless Kit::find_program($name eq 'Apache' ? ('apache2', 'httpd') : lc($name =~ s{ .*}{}r));
        my $port = Kit::free_port();
        stand_behind($port);
        $start{$name}->($port);
        wait_for_port($port);
        $browser = $kit->browser;
        my $ask = sub {
            my ($method, $page, %option) = @_;
            return $browser->sign_in('xiaoming', $page) if $method eq 'sign in';
            return $browser->request($method, $page, %option);
        };
        check($name, $ask);
        my $signed_in = $browser;
        ($for_role, $number) = (' for a role', '-2');
        my $second = Kit::free_port();
        stand_behind($second);
        $start{$name}->($second);
        wait_for_port($second);
        $browser = $kit->browser;
        check_role($name, $ask);
        ($for_role, $number) = ('', '');
        stand_behind($port);
        $browser = $signed_in;
        next if $name ne 'nginx';
        $browser->sign_in('xiaoming', '/app/');
        for my $method (qw(GET POST PUT PATCH DELETE OPTIONS)) {
            my $answer = $browser->request($method, "http://127.0.0.1:$plain/app/", content => 'a=%zz',
                headers => { Cookie => 'wx_session=' . $browser->cookie('wx_session'), 'Content-Type' => 'application/x-www-form-urlencoded' });
            is_deeply [@{ seen($answer) }{qw(method size)}], [$method, 5], "nginx, which passes on the method $method: let in";
        }
    }
}

# ---- Traefik, by its documentation ----

# ForwardAuth sends a GET to the address, with the headers and the description of the request. If the answer is 2xx, the request
# passes; headers whose names match are replaced by those of the answer. Any other answer goes to the visitor.
my $yaml = recipe('Traefik', 'yaml', ':8080' => ":$kit->{site_port}");
our ($address) = $yaml =~ /^ +address: (\S+)$/m;
my ($address_for_role) = $recipe{'Traefik for a role'}{yaml} =~ /^ +address: (\S+)$/m;
my ($names) = $yaml =~ /^ +authResponseHeadersRegex: (\S+)$/m;
stand_behind($kit->{site_port});
$browser = $kit->browser;
my $http = HTTP::Tiny->new(max_redirect => 0);

sub traefik {
    my ($method, $page, %option) = @_;
    if ($method eq 'sign in') {
        my $consent = $browser->follow(traefik('GET', $page));
        my ($ticket) = $consent->{content} =~ /ticket=(\w+)/ or die "no consent page\n";
        my $landed = $browser->follow($browser->get("$kit->{sim_url}/connect/confirm?ticket=$ticket&person=xiaoming"), stop => qr{/app/});
        return traefik('GET', $landed->{stopped} =~ s{^\Q$kit->{site_url}\E}{}r);
    }
    return { status => 404, content => '' } unless $page =~ m{^/app/}; # PathPrefix
    my %sent = %{ $option{headers} || {} };
    my $cookies = $browser->{cookies}{"127.0.0.1:$kit->{site_port}"} || {};
    $sent{Cookie} = join '; ', map {"$_=$cookies->{$_}"} sort keys %$cookies if %$cookies;
    my $answer = $http->get($address, { headers => { %sent, 'X-Forwarded-Method' => $method, 'X-Forwarded-Proto' => 'http',
        'X-Forwarded-Host' => 'www.example.com', 'X-Forwarded-Uri' => $page, 'X-Forwarded-For' => '192.0.2.7' } });
    $answer->{location} = $answer->{headers}{location};
    return $answer if $answer->{status} !~ /^2/;
    delete @sent{ grep {/$names/} keys %sent };
    $sent{$_} = $answer->{headers}{$_} for grep {/$names/} keys %{ $answer->{headers} };
    return $http->request($method, "http://127.0.0.1:$app$page", { headers => \%sent, defined $option{content} ? (content => $option{content}) : () });
}
check('Traefik', \&traefik);
{
    local $address = $address_for_role =~ s/:8080/:$kit->{site_port}/r;
    $browser = $kit->browser;
    check_role('Traefik', \&traefik);
}
# forwardBody: the body is sent to validate.cgi as well.
my $long = $http->request('GET', $address, { headers => { 'X-Forwarded-Method' => 'POST', 'X-Forwarded-Uri' => '/app/' }, content => 'x' x 500_000 });
is $long->{status}, 303, 'Traefik: asked with the body of the request: 303 as well';
is $http->request('POST', $address =~ s/\?.*//r, { content => 'x' x 500_000 })->{status}, 401, 'mod_cgid: a long body is not read, and the answer arrives';
is $http->request('POST', $address =~ s/\?.*//r, { content => do { my $n = 40; sub { $n-- ? 'x' x 10_000 : '' } } })->{status}, 401, 'and one in chunks';
done_testing;
