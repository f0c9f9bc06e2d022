# The whole sign-in, through each common web server.
use strict;
use warnings;
use utf8;
use Encode qw(decode_utf8);
use JSON::PP;
use Kit;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

# Goes from login.cgi to the page where the visitor lands. $person: who signs in; undef: refuses.
sub sign_in {
    my ($kit, $browser, $person, $path) = @_;
    my $consent = $browser->follow($browser->get($path || '/cgi-bin/login.cgi?again=1'));
    my ($ticket) = $consent->{content} =~ /ticket=(\w+)/;
    my $back = $browser->get("$kit->{sim_url}/connect/confirm?ticket=$ticket&" .
        (defined $person ? "person=$person" : 'refuse=1'));
    return $browser->follow($back);
}

for my $server (@ARGV ? @ARGV : qw(apache-cgid apache-cgi lighttpd nginx apache-fcgid apache-proxy-fcgi lighttpd-fcgi nginx-fcgi)) {
    subtest $server => sub {
        my $kit = Kit->new(server => $server);
        my $browser = $kit->browser;

        my $first = $browser->get('/cgi-bin/me.cgi');
        is $first->{status}, 303, 'not signed in: me.cgi redirects';
        is $first->{location}, "$kit->{site_url}/cgi-bin/login.cgi?next=%2Fcgi-bin%2Fme.cgi", 'to login.cgi';

        my $login = $browser->get($first->{location});
        like $login->{location}, qr{^\Q$kit->{sim_url}\E/connect/oauth2/authorize\?appid=\Q$Kit::APPID\E&redirect_uri=http%3A%2F%2F127\.0\.0\.1%3A\d+%2Fcgi-bin%2Fcallback\.cgi&response_type=code&scope=snsapi_userinfo&state=[0-9a-f]{65}#wechat_redirect$},
            'the authorize link, exactly';
        is_deeply [$kit->state_files], [], 'login.cgi wrote no file';

        my $me = sign_in($kit, $browser, 'xiaoming', '/cgi-bin/me.cgi');
        is $me->{status}, 200, 'lands on the personal page';
        my $page = decode_utf8($me->{content});
        like $page, qr{<title>小明的个人主页 · 127\.0\.0\.1:\d+</title>}, 'its title';
        for my $text ('oSim0001xiaoMing-aBcDeFgHiJk', '男', '广东', '深圳', '中国', 'chinaunicom',
            'uSim0001xiaoMing-aBcDeFgHiJk', "$kit->{sim_url}/mmopen/xiaoming/132", '退出登录', '注销并删除我的资料') {
            like $page, qr/\Q$text\E/, "the page says $text";
        }
        my @calls = grep { $_->{path} =~ m{^/sns} } $kit->asked;
        is_deeply [map { $_->{path} } @calls], ['/sns/oauth2/access_token', '/sns/userinfo'], 'two calls to WeChat';
        is $calls[0]{connection}, $calls[1]{connection}, 'over one connection';

        my $valid = $browser->get('/cgi-bin/validate.cgi');
        is $valid->{status}, 200, 'validate.cgi: 200';
        is decode_json($valid->{content})->{nickname}, '小明', 'who it is';
        is $valid->{headers}{'x-wx-openid'}, 'oSim0001xiaoMing-aBcDeFgHiJk', 'X-WX-OpenID';
        is $valid->{headers}{'x-wx-nickname'}, '%E5%B0%8F%E6%98%8E', 'X-WX-Nickname';
        is $browser->request('HEAD', '/cgi-bin/validate.cgi')->{status}, 200, 'HEAD too';

        my $bearer = $kit->browser(headers => { Authorization => 'Bearer ' . $browser->cookie('wx_session') });
        is $bearer->get('/cgi-bin/validate.cgi')->{status}, 200, 'Authorization: Bearer';
        my $session = $kit->browser(headers => { 'X-WX-Session' => $browser->cookie('wx_session') });
        is $session->get('/cgi-bin/validate.cgi')->{status}, 200, 'X-WX-Session';

        my ($csrf) = $page =~ /name="csrf" value="([^"]+)"/;
        is $browser->post('/cgi-bin/logout.cgi', { csrf => 'wrong' })->{status}, 403, 'a foreign form signs nobody out';
        is $browser->get('/cgi-bin/validate.cgi')->{status}, 200, 'still signed in';
        my $token = $browser->cookie('wx_session');
        my $out = $browser->post('/cgi-bin/logout.cgi', { csrf => $csrf });
        is $out->{status}, 303, 'sign out';
        is $out->{location}, "$kit->{site_url}/cgi-bin/logout.cgi", 'to a page of the site';
        is $browser->cookie($_), undef, "the browser has no $_ any more" for qw(wx_session wx_signin);
        my $thief = $kit->browser;
        $thief->set_cookie(wx_session => $token);
        is $thief->get('/cgi-bin/validate.cgi')->{status}, 401, 'the very next validation says 401';
        like decode_utf8($browser->follow($out)->{content}), qr/已退出登录/, 'and the page says so';
        unlike $kit->log_text, qr/\Q$Kit::SECRET\E|\Q$token\E/, 'no secret in the log';
    };
}

subtest 'refusing is no error' => sub {
    my $kit = Kit->new;
    my $browser = $kit->browser;
    my $refused = sign_in($kit, $browser, undef, '/cgi-bin/login.cgi?next=/a?b=c');
    is $refused->{status}, 200, 'a page, not an error';
    like decode_utf8($refused->{content}), qr/登录已取消.*再试一次/s, 'that offers to try again';
    like $refused->{content}, qr{href="/cgi-bin/login\.cgi\?next=%2Fa%3Fb%3Dc&amp;again=1"}, 'for the same page';
    is_deeply [$kit->state_files], [], 'nothing stored';
    $kit->control(authdeny => 1);
    my $denied = sign_in($kit, $browser, undef, '/cgi-bin/login.cgi?next=/a');
    like decode_utf8($denied->{content}), qr/登录已取消.*再试一次/s, 'nor is code=authdeny an error';
    unlike $kit->log_text, qr/wechat-cgi:/, 'nothing logged';
};

subtest 'each person of the simulator' => sub {
    my $kit = Kit->new(conf => { language => 'en' });
    my %seen = (
        meimei => qr{<title>王小美’s page · 127\.0\.0\.1:\d+</title>.*Female.*台灣}s,
        ann => qr{🌸&lt;b&gt;Ann&lt;/b&gt; &quot;O&#39;Neil&quot; &amp; 👩}s,
        nobody => qr{<title>My page · 127\.0\.0\.1:\d+</title>.*No avatar}s,
        john => qr{<title>John Smith’s page · 127\.0\.0\.1:\d+</title>.*England}s,
        control => qr{<title>control gnp\.exe’s page · 127\.0\.0\.1:\d+</title>}s,
    );
    for my $person (sort keys %seen) {
        my $me = sign_in($kit, $kit->browser, $person);
        like decode_utf8($me->{content}), $seen{$person}, $person;
    }
    my $before = () = $kit->user_files;
    my $snapshot = sign_in($kit, $kit->browser, 'snapshot');
    like decode_utf8($snapshot->{content}), qr/使用完整服务/, 'the snapshot user sees the hint';
    is scalar(() = $kit->user_files), $before, 'and is not stored';
};

subtest 'session fixation' => sub {
    my $kit = Kit->new;
    my $browser = $kit->browser;
    my $planted = 'P' x 43;
    $browser->set_cookie(wx_session => $planted);
    sign_in($kit, $browser, 'john');
    my $token = $browser->cookie('wx_session');
    isnt $token, $planted, 'a planted token is not adopted';
    like $token, qr/^[A-Za-z0-9_-]{43}$/, 'the token is 256 random bits';
    my $with = sub { $kit->browser(headers => { 'X-WX-Session' => $_[0] })->get('/cgi-bin/validate.cgi')->{status} };
    is $with->($planted), 401, 'nor does it become valid';
    sign_in($kit, $browser, 'john');
    isnt $browser->cookie('wx_session'), $token, 'each sign-in has a new token';
    is $with->($token), 401, 'and ends the one before';
    is $browser->post('/cgi-bin/validate.cgi')->{status}, 200, 'validate.cgi by POST';

    my $left = `find ${\$kit->state_dir} -type f -exec grep -l $token {} +`;
    is $left, '', 'no file holds a token';
    is `find ${\$kit->state_dir} -type f ! -perm 600`, '', 'files are the owner’s alone';
    is `find ${\$kit->state_dir} -type d ! -perm 700`, '', 'so are folders';

    # Variables in the server's environment do not redirect calls to WeChat (threat 10).
    $kit->write_conf(state_dir => "$kit->{folder}/other-state");
    my $other = $kit->browser;
    my $url = $other->callback_url;
    chown 0, 0, "$kit->{folder}/wechat.conf" if $> == 0;
    my %hostile = map { $_ => 'http://127.0.0.1:1' } qw(http_proxy HTTP_PROXY https_proxy HTTPS_PROXY ALL_PROXY all_proxy);
    my $answer = $kit->run('callback.cgi', query => $url =~ s/.*\?//r, environment => { %hostile,
        HTTP_COOKIE => 'wx_signin=' . $other->cookie('wx_signin'), SSL_CERT_FILE => '/dev/null', SSL_CERT_DIR => '/',
        CURL_CA_BUNDLE => '/dev/null', CURL_HOME => '/', HOME => '/', NO_PROXY => '', LD_DEBUG => '' });
    is $answer->{status}, 303, 'proxies in the environment are not asked' or diag $answer->{error};
};

subtest 'signing out from a script of the site' => sub {
    my $kit = Kit->new;
    my $browser = $kit->browser;
    sign_in($kit, $browser, 'john');
    for my $from ('cross-site', 'same-site', 'none', undef) {
        my %headers = defined $from ? ('Sec-Fetch-Site' => $from) : ();
        is $browser->post('/cgi-bin/logout.cgi', {}, headers => \%headers)->{status}, 403, 'refused from ' . ($from || 'nowhere');
    }
    is $browser->get('/cgi-bin/logout.cgi')->{status}, 200, 'a link only asks';
    is $browser->get('/cgi-bin/validate.cgi')->{status}, 200, 'still signed in';
    my %own = (headers => { 'Sec-Fetch-Site' => 'same-origin' });
    my $out = $browser->post('/cgi-bin/logout.cgi', { next => '//evil.example' }, %own);
    is $out->{location}, "$kit->{site_url}/cgi-bin/logout.cgi", 'from the same origin: done, and never to a foreign page';
    is $browser->get('/cgi-bin/validate.cgi')->{status}, 401, 'signed out';
    is $browser->post('/cgi-bin/logout.cgi', { next => '/bye' }, %own)->{location}, "$kit->{site_url}/bye", 'to a page of the site';
};

subtest 'a broken store is not “signed out”' => sub {
    my $kit = Kit->new(conf => { language => 'en' });
    my $browser = $kit->browser;
    sign_in($kit, $browser, 'john');
    my ($session) = grep {m{/sessions/}} $kit->state_files;
    my $whole = Kit::read_file($session);
    Kit::write_file($session, substr($whole, 0, -1));
    my $answer = $browser->get('/cgi-bin/validate.cgi');
    is $answer->{status}, 503, 'a cut record: 503';
    is $answer->{content}, '{"error":"system"}', 'as JSON';
    my $me = $browser->get('/cgi-bin/me.cgi');
    is $me->{status}, 503, 'me.cgi: a page';
    like $me->{content}, qr/The site has a problem/, 'that says so';
    Kit::write_file($session, $whole);
    is $browser->get('/cgi-bin/validate.cgi')->{status}, 200, 'repaired: signed in';
    my $sessions = $kit->state_dir . '/sessions';
    chmod 0755, $sessions;
    my $fresh = $kit->browser;
    my $failed = sign_in($kit, $fresh, 'meimei');
    is $failed->{status}, 503, 'a sign-in that cannot be stored: 503';
    like $failed->{content}, qr/The site has a problem/, 'as a page that says so';
    is $fresh->cookie('wx_session'), undef, 'and no cookie';
    like $kit->log_text, qr{^wechat-cgi: callback\.cgi client=\S+ kind=system errcode=0 rid=- request=[0-9a-f]{8}: sessions is open to others: chmod 700 it$}m, 'the log says why';
    chmod 0700, $sessions;
    my ($user) = $kit->user_files;
    Kit::write_file($user, '{"openid":');
    is $browser->get('/cgi-bin/validate.cgi')->{status}, 503, 'a broken user file: 503';
    unlink $user;
    is $browser->get('/cgi-bin/validate.cgi')->{status}, 401, 'no user file: signed out';
};

subtest 'each sign-in sweeps one shard of each kind' => sub {
    my $kit = Kit->new;
    my $first = $kit->browser;
    sign_in($kit, $first, 'john');
    my $nobody = (getpwnam 'nobody')[2];
    for my $n (0 .. 255) {
        my $folder = sprintf '%s/claims/%02x', $kit->state_dir, $n;
        mkdir $folder, 0700;
        Kit::write_file("$folder/old", 'left behind', 0600);
        utime 1, 1, "$folder/old";
        chown $nobody, -1, $folder, "$folder/old" if $> == 0;
    }
    my $left = sub { scalar(() = glob $kit->state_dir . '/claims/*/old') };
    my $swept = sub {    # a program sweeps when it has answered
        my ($expected, $what) = @_;
        eval { Kit::wait_for($what, 10, sub { $left->() <= $expected }) };
        is $left->(), $expected, $what;
    };
    is $left->(), 256, '256 shards with something old';
    sign_in($kit, $kit->browser, 'john');
    $swept->(255, 'one is swept');
    is $first->get('/cgi-bin/validate.cgi')->{status}, 200, 'and nobody signed out';
    $first->get('/cgi-bin/validate.cgi') for 1 .. 5;
    is $left->(), 255, 'validation sweeps nothing';
    $kit->write_conf(%Kit::mini);
    my $code = decode_json($first->get("$kit->{sim_url}/wx/login?person=john")->{content})->{code};
    is $first->post('/cgi-bin/mini.cgi', { code => $code })->{status}, 200, 'a mini program signs in';
    $swept->(254, 'and sweeps one as well');
    my $broken = $kit->state_dir . '/tickets';
    mkdir $broken;
    chmod 0755, $broken;
    chown $nobody, -1, $broken if $> == 0;
    sign_in($kit, $kit->browser, 'john');
    $swept->(253, 'if one folder cannot be swept, the others are');
    eval { Kit::wait_for('the log', 10, sub { $kit->log_text =~ /tickets is open/ }) };
    like $kit->log_text, qr{^wechat-cgi: callback\.cgi client=\S+ kind=system errcode=0 rid=- request=[0-9a-f]{8}: tickets is open to others: chmod 700 it$}m, 'and the log says which';
};

subtest 'forget me' => sub {
    my $kit = Kit->new;
    my ($phone, $desktop) = ($kit->browser, $kit->browser);
    sign_in($kit, $phone, 'xiaoming');
    my $me = sign_in($kit, $desktop, 'xiaoming');
    my ($user) = $kit->user_files;
    my $stored = decode_json(Kit::read_file($user));
    is $stored->{nickname}, '小明', 'the user is stored, readable as JSON';
    is scalar @{ $stored->{sessions} }, 2, 'with two sessions';
    my $ask = $desktop->get('/cgi-bin/me.cgi?forget=1');
    my ($csrf) = $ask->{content} =~ /name="csrf" value="([^"]+)"/;
    like decode_utf8($ask->{content}), qr/要注销并删除您的资料吗/, 'asks first';
    is $desktop->post('/cgi-bin/me.cgi', { action => 'forget', csrf => 'no' })->{status}, 403, 'a foreign form does nothing';
    ok -e $user, 'the user is still there';
    is $desktop->post('/cgi-bin/me.cgi', { action => 'remember', csrf => $csrf })->{status}, 400, 'an unknown action is refused';
    my $done = $desktop->post('/cgi-bin/me.cgi', { action => 'forget', csrf => $csrf });
    like decode_utf8($done->{content}), qr/您的资料已删除/, 'done';
    is_deeply [$kit->user_files], [], 'the file is gone';
    is_deeply [grep {m{/(sessions|grants)/}} $kit->state_files], [], 'so are all sessions and grants';
    is $_->get('/cgi-bin/validate.cgi')->{status}, 401, 'signed out' for $phone, $desktop;
    my $token = $phone->cookie('wx_session');
    sign_in($kit, $desktop, 'xiaoming');
    is $phone->get('/cgi-bin/validate.cgi')->{status}, 401, 'a new sign-in does not revive the phone’s session';
    is $desktop->get('/cgi-bin/validate.cgi')->{status}, 200, 'but the computer is signed in';
};

done_testing;
