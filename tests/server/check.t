# check.cgi: who may open it; each thing broken in turn, and the line that says so; secrets.
use strict;
use warnings;
use utf8;
use Digest::SHA;
use Encode qw(decode_utf8 encode_utf8);
use File::Path qw(make_path remove_tree);
use File::Temp ();
use IO::Socket::INET;
use JSON::PP;
use Docs;
use Kit;
use POSIX ();
use Push;
use Test::More;
use Time::HiRes qw(time sleep);

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

# ---- a server that answers as it is told: in place of WeChat, or of a site that is not ours ----

my $fake_port = Kit::free_port();
my $told = File::Temp->new(TEMPLATE => 'wechat-fake-XXXXXX', TMPDIR => 1)->filename;
my $fake = fork // die "fork: $!";
if ($fake == 0) {
    my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $fake_port, Listen => 20, ReuseAddr => 1) or POSIX::_exit(1);
    $SIG{CHLD} = 'IGNORE';
    while (my $client = $server->accept) {
        next if fork;
        my ($path) = (readline($client) // '') =~ m{^\w+ ([^ ?]+)};
        my $length = 0;
        while (defined(my $line = readline $client)) { last if $line eq "\r\n"; $length = $1 if $line =~ /^content-length: (\d+)/i }
        read $client, my $body, $length if $length;
        my $answer = decode_json(Kit::read_file($told) || '{}');
        my $own = $answer->{ $path // '' } // $answer->{'*'} // { body => '{}' };
        sleep $own->{late} if $own->{late};
        my $text = $own->{body} // '';
        print {$client} join "\r\n", 'HTTP/1.1 ' . ($own->{status} // 200) . ' Told', 'Connection: close', 'Date: ' . POSIX::strftime('%a, %d %b %Y %H:%M:%S GMT', gmtime(time + ($own->{clock} // 0))),
            'Content-Type: application/json', 'Content-Length: ' . length $text, ($own->{location} ? "Location: $own->{location}" : ()), '', $text;
        POSIX::_exit(0);
    }
    POSIX::_exit(0);
}
my $test = $$;
END { if (($test // 0) == $$) { kill 'KILL', $fake if $fake; unlink $told if $told } }
sub now_says { Kit::write_file($told, JSON::PP->new->utf8->encode({@_}), 0644); return }
my $fake_url = "http://127.0.0.1:$fake_port";
Kit::wait_for('the server that is told', 10, sub { IO::Socket::INET->new(PeerAddr => "127.0.0.1:$fake_port") });

sub reaches { my ($body) = @_; return ('/cgi-bin/callback/check' => { body => $body }) }
# A verified service account, and one that has no permissions.
my @token = ('/cgi-bin/stable_token' => { body => '{"access_token":"TOKEN-FROM-WECHAT","expires_in":7200}' });
my %all_rights = (@token, '/cgi-bin/menu/get' => { body => '{"errcode":46003,"errmsg":"menu no exist"}' }, '/cgi-bin/tags/get' => { body => '{"tags":[]}' },
    '/cgi-bin/template/get_all_private_template' => { body => '{"template_list":[]}' }, reaches('{"dns":[{"ip":"203.0.113.8","real_operator":"UNICOM"}],"ping":[{"ip":"203.0.113.8","from_operator":"CAP","package_loss":"0%","time":"9ms"}]}'));
my %no_rights = (@token, '*' => { body => '{"errcode":48001,"errmsg":"api unauthorized"}' });
sub refuses { my ($errcode, $errmsg) = @_; return ('*' => { body => qq({"errcode":$errcode,"errmsg":"$errmsg"}) }) }

# ---- the site ----

my ($key, $other_key) = ('K' x 40, 'J' x 40);
my ($open, $tls) = map { Kit::free_port() } 1 .. 2;
my $kit = Kit->new(tls => 1, site_conf => <<"SITE");
</VirtualHost>
Listen 127.0.0.1:$open
<VirtualHost 127.0.0.1:$open>
DocumentRoot {folder}/www
Alias /wechat.conf {folder}/wechat.conf
Alias /wechat-state {folder}/wechat-state
ScriptAlias /cgi-bin/ {folder}/cgi-bin/
<Directory {folder}/cgi-bin>
CGIPassAuth Off
</Directory>
SetEnv WECHAT_CONF {folder}/wechat.conf
</VirtualHost>
Listen 127.0.0.1:$tls
<VirtualHost 127.0.0.1:$tls>
SSLEngine on
SSLCertificateFile {folder}/server.pem
SSLCertificateKeyFile {folder}/server.key
DocumentRoot {folder}/www
ScriptAlias /cgi-bin/ {folder}/cgi-bin/
SetEnv WECHAT_CONF {folder}/wechat.conf
SITE
my $f = $kit->{folder};
my @nobody = $> == 0 ? (getpwnam 'nobody')[2, 3] : ($>, $) + 0);
my $proof = "$f/wechat-check";

sub ours { my (@files) = @_; chown @nobody, @files if $> == 0; return }
sub put { my ($name, $text, $mode) = @_; my $path = $name =~ m{^/} ? $name : "$f/$name"; Kit::write_file($path, $text, $mode // 0644); ours($path); return $path }
sub upload_proof { unlink $proof; put('wechat-check', ''); return }
sub checksums {
    put('cgi-bin/SHA256SUMS', join '', map { my ($name) = m{([^/]+)$}; Digest::SHA->new(256)->addfile($_)->hexdigest . "  $name\n" } sort glob "$f/cgi-bin/*.cgi");
    return;
}
checksums();

# Settings with which all is well, changed by %change. The tests' keys are among what no page may show.
my %keys = (service_keys => "monitor:$key one-api:$other_key", account_clients => 'monitor');
sub settings {
    my (%change) = @_;
    $kit->write_conf(%keys, api_url => $fake_url, ca_file => undef, push_mode => 'safe', owners => 'oOwner0000 oSecond000', language => 'en', %change);
    return;
}

my @shown;    # all that was answered

sub answer { my ($answer) = @_; push @shown, $answer->{content} // $answer->{body}; return $answer }

# The lines of a page: check.result => { state, cause, cure }.
sub lines {
    my ($html) = @_;
    my %lines;
    while ($html =~ m{<li class="weui-cell line" id="([\w.]+)" data-state="(\w+)">.*?<p class="cause">(.*?)</p>(?:<p class="cure">(.*?)</p>)?}gs) {
        my ($id, $state, $cause, $cure) = ($1, $2, $3, $4 // '');
        push @{ $lines{$id} }, { state => $state, map { $_->[0] => $_->[1] =~ s/&lt;/</gr =~ s/&gt;/>/gr =~ s/&quot;/"/gr =~ s/&#39;/'/gr =~ s/&amp;/&/gr } [cause => $cause], [cure => $cure] };
    }
    return \%lines;
}

sub browser { my (%headers) = @_; return $kit->browser(headers => { 'Accept-Language' => 'en', %headers }) }
sub page { my (%headers) = @_; return answer(browser(%headers)->get('/cgi-bin/check.cgi')) }
sub look { return lines(decode_utf8(page()->{content})) }

# Breaks a thing, reads the line on the page and for programs, and mends it.
sub finds {
    my ($name, $line, $state, $cause, $cure, $break, %option) = @_;
    # wechat.fcgi needs no other program, runs as its own user, and does not take up settings that are wrong.
    return if $kit->is_fcgi && $line =~ /^(?:programs\.|(?:user\.shared|state_folder\.served|site_programs\.broken)$)/;
    my $mend = $break->();
    my $ask = $option{ask} || sub { my ($query, %environment) = @_; return answer(browser()->get("/cgi-bin/check.cgi$query")) };
    my $found = lines(decode_utf8($ask->('')->{content}));
    ok $found->{$line}, "$name: $line" or diag join "\n", map {"$_: $found->{$_}[0]{state}"} grep { $found->{$_}[0]{state} ne 'good' } sort keys %$found;
    my $said = $found->{$line}[0] || {};
    is $said->{state}, $state, "$name: $state";
    like $said->{cause} // '', $cause, "$name: the cause";
    like $said->{cure} // '', $cure, "$name: the cure";
    my $json = eval { decode_json($ask->('?format=json')->{content}) } || {};
    my ($check, $result) = split /\./, $line;
    my ($same) = grep { $_->{check} eq $check && $_->{result} eq $result } @{ $json->{checks} || [] };
    is_deeply [@{ $same || {} }{qw(state cause cure)}], [@$said{qw(state cause cure)}], "$name: programs read the same";
    is $json->{status}, $json->{failed} ? 'failed' : 'good', "$name: the whole is judged by the faults";
    $mend->() if ref $mend eq 'CODE';
    return $found;
}

# For faults that a web server cannot have: runs the program itself, as the server's user.
sub asking {
    my (%option) = @_;
    return sub {
        my ($query) = @_;
        my $answer = $kit->run('check.cgi', query => $query =~ s/^\?//r, %option, before => [Kit::as_server(), @{ $option{before} || [] }],
            environment => { SCRIPT_NAME => '/cgi-bin/check.cgi', DOCUMENT_ROOT => "$f/www", HTTP_ACCEPT_LANGUAGE => 'en', SERVER_SOFTWARE => 'Apache', NO_FAKE_STAT => 1, %{ $option{environment} || {} } });
        push @shown, $answer->{body} // '';
        return { %$answer, content => $answer->{body} // '' };
    };
}
sub moved { my ($path, $away) = ($_[0], "$_[0].away"); rename $path, $away or die "rename $path: $!"; return sub { remove_tree($path) if -d $path; rename $away, $path or die "rename: $!" } }
# The old file goes first: a program that still runs cannot be written to.
sub in_place_of { my ($path, $text, $mode) = @_; unlink $path or die "unlink $path: $!"; put($path, $text, $mode); return }
sub changed { my ($path, $change) = @_; my ($text, $mode) = (Kit::read_file($path), (stat $path)[2] & 07777); in_place_of($path, $change->($text), $mode); return sub { in_place_of($path, $text, $mode) } }
sub mode { my ($mode, $path) = @_; my $was = (stat $path)[2] & 07777; chmod $mode, $path; return sub { chmod $was, $path } }
sub with { my (%change) = @_; settings(%change); return sub { settings() } }

# ---- who may open it ----

now_says(%all_rights);
settings();

# What a page is without what differs each time.
sub plain { my ($answer) = @_; return ($answer->{content} // $answer->{body}) =~ s/nonce="[^"]*"//gr }
my $closed = page();
is $closed->{status}, 403, 'a stranger: 403';
my $closed_text = plain($closed);
like decode_utf8($closed_text), qr/站长检查.*站長檢查.*The owner’s check/s, 'in three languages';
like $closed_text, qr/wechat-check/, 'says how to open it';
unlike $closed_text, qr/\d+\.\d+\.\d+|\Q$f\E|<li class="weui-cell/, 'no path, no version, no line';
is $kit->log_text =~ /opened by/ ? 1 : 0, 0, 'and nothing is logged';

sub is_closed { my ($name, $answer) = @_; is $answer->{status}, 403, "$name: 403"; ok plain($answer) eq $closed_text, "$name: the same page" or diag substr(plain($answer) =~ s/<style.*<\/style>//sr, 0, 600); return }
is_closed('another method', answer(browser()->post('/cgi-bin/check.cgi', { csrf => 'x' })));
is_closed('a made-up probe', answer(browser()->get('/cgi-bin/check.cgi?probe=s1.x.y')));
is $kit->run('me.cgi', query => 'probe=s1.x.y')->{status}, 303, 'nor does it get an answer from another program';
is_closed('a key on the page', page(Authorization => $key));
my $good_conf = Kit::read_file("$f/wechat.conf");
$kit->write_conf_text("nonsense\n$good_conf");
is_closed('settings that are broken', page());
chmod 0644, "$f/wechat.conf";
is_closed('settings that others may read', page());
my $back = moved("$f/wechat.conf");
is_closed('no settings', page());
$back->();
settings();

# The file.
sub with_file { my ($name, $make, $is_open) = @_; unlink $proof; $make->(); my $answer = page(); $is_open ? is($answer->{status}, 200, "$name: open") : is_closed($name, $answer); remove_tree($proof) if -d $proof && !-l $proof; unlink $proof; return }
with_file('an empty file', sub { upload_proof() }, 1);
with_file('a file with a byte', sub { put('wechat-check', 'x') });
with_file('a link', sub { put('empty', ''); symlink "$f/empty", $proof });
with_file('a file with another name', sub { put('empty2', ''); link "$f/empty2", $proof });
with_file('a folder', sub { mkdir $proof; ours($proof) });
with_file('a file in the document root', sub { put('www/wechat-check', '') });
unlink "$f/www/wechat-check";
with_file('a folder that everybody may write', sub { upload_proof(); chmod 0777, $f });
chmod 0755, $f;
SKIP: {
    skip 'only root can give files away', 2 if $> != 0;
    with_file('a file of somebody else', sub { upload_proof(); chown 12345, 12345, $proof });
}
SKIP: {
    my $why = Kit::no_other_clock("$f/cgi-bin/check.cgi");
    skip $why, 4 if $why;
    upload_proof();
    my $at = sub { my ($when) = @_; return asking(before => ['faketime', '-f', $when])->('') };
    is $at->('+50m')->{status}, 200, 'the file, 50 minutes old: open';
    is $at->('+61m')->{status}, 403, '61 minutes old: closed';
    is $at->('-10m')->{status}, 403, 'from the future: closed';
    unlink $proof;
}

# A session.
my $me = browser();
settings(api_url => $kit->{sim_url});
$me->sign_in('xiaoming', '/cgi-bin/login.cgi?again=1');
my ($openid) = decode_utf8($me->get('/cgi-bin/me.cgi')->{content}) =~ /identifier">([\w-]+)</;
is_closed('signed in, not as an owner', answer($me->get('/cgi-bin/check.cgi')));
settings(owners => "oOwner0000 $openid");
is answer($me->get('/cgi-bin/check.cgi'))->{status}, 200, 'signed in as an owner: open';
settings(owners => "oOwner0000 x$openid");
is_closed('as part of an owner\'s name', answer($me->get('/cgi-bin/check.cgi')));
like decode_utf8($kit->log_text), qr/check\.cgi client=\S+ kind=none .*: opened by the owner \Q@{[substr $openid, 0, 6]}\E…/, 'the log says who';
unlike $kit->log_text, qr/opened by the owner \Q$openid\E/, 'without the whole openid';
SKIP: {
    my $why = Kit::no_other_clock("$f/cgi-bin/check.cgi");
    skip $why, 2 if $why;
    settings(owners => $openid);
    my $at = sub { my ($when) = @_; return asking(before => ['faketime', '-f', $when], environment => { HTTP_COOKIE => 'wx_session=' . $me->cookie('wx_session') })->('') };
    is $at->('+11h')->{status}, 200, 'signed in eleven hours ago: open';
    is $at->('+13h')->{status}, 403, 'thirteen hours ago: closed';
}
settings();

# A monitor.
sub monitor { my ($with) = @_; return answer($kit->browser(headers => { $with ? (Authorization => $with) : () })->get('/cgi-bin/check.cgi?format=json')) }
is monitor('')->{status}, 403, 'a monitor without a key: 403';
is monitor('')->{content}, '{"error":"denied"}', 'and no more';
is monitor('X' x 40)->{status}, 403, 'a wrong key: 403';
is monitor($other_key)->{status}, 403, 'a key for codes only: 403';
my $seen = monitor($key);
is $seen->{status}, 200, 'a key of account_clients: 200 if nothing failed' or diag $seen->{content};
my $json = decode_json($seen->{content});
is_deeply [sort keys %$json], [qw(checks failed hints status untried version)], 'its members';
is_deeply [sort keys %{ $json->{checks}[0] }], [qw(cause check cure result state)], 'and those of a line';
is monitor("Bearer $key")->{status}, 200, 'as Bearer as well';
{
    my %example = map { $_->{language} => $_->{text} } Docs::snippets('docs/en/check.md');
    local %ENV = (%ENV, SITE => $kit->{site_url}, KEY => $key);
    is_deeply [map { $_->{check} } @{ decode_json(`$example{sh}`)->{checks} }], [map { $_->{check} } @{ $json->{checks} }], 'as docs/en/check.md asks';
    my $form = decode_json(encode_utf8($example{json}));
    is_deeply [sort keys %$form], [sort keys %$json], 'the answer has the members that it shows';
    is_deeply [sort keys %{ $form->{checks}[0] }], [sort keys %{ $json->{checks}[0] }], 'and each line those of its line';
}
now_says(refuses(40125, 'invalid appsecret'));
is monitor($key)->{status}, 503, 'something failed: 503';
now_says(%all_rights);

# ---- each thing broken in turn ----

upload_proof();
my $first = look();
is_deeply [grep { $first->{$_}[0]{state} eq 'failed' } keys %$first], [], 'all is well before';
like decode_utf8(page()->{content}), qr/<p class="note">The uploaded wechat-check lets anybody/, 'the page says that the file should go';

# The settings.
finds('others may read the settings', 'settings_file.open', 'failed', qr{^Others can read [\w-]+/wechat\.conf\.$}, qr/mode to 600/, sub { mode(0644, "$f/wechat.conf") });
finds('UTF-16', 'settings_file.encoding', 'failed', qr/not UTF-8/, qr/as UTF-8/, sub { put('wechat.conf', "\xff\xfea\0=\0", 0600); sub { settings() } });
my $slips = finds('a misspelt key', 'settings_lines.misspelt', 'failed', qr/^The key in line 2 is misspelt/, qr/push_token/, sub {
    $kit->write_conf_text(encode_utf8 "# \npush_tokn = x\nsession_seconds = 1\nlanguage = en\nlanguage = en\nscope：snsapi_base\nqqqqqqqqqq = $Kit::SECRET\naccount_clients = shop\n" . "appid = $Kit::APPID\nsecret = $Kit::SECRET\n");
    sub { settings() };
});
is_deeply { map { $_ => $slips->{$_}[0]{cause} } grep {/^settings_lines\./} keys %$slips }, {
    'settings_lines.misspelt' => 'The key in line 2 is misspelt.', 'settings_lines.value' => 'Line 3: the value of session_seconds is not valid.',
    'settings_lines.twice' => 'language is given twice, the second time in line 5.', 'settings_lines.form' => 'Line 6 is not “key = value”.',
    'settings_lines.unknown' => 'Line 7 has a key that does not exist.', 'settings_lines.unset' => 'site_url is not set.',
    'settings_lines.with_account_clients' => 'account_clients has a name that is not in service_keys.' }, 'all mistakes at once, each with its line';
like $slips->{'settings_lines.value'}[0]{cure}, qr/60 to 31622400/, 'the cure says which values are valid';
is $slips->{'state_folder.untried'}[0]{state}, 'untried', 'what needs the settings is not tried';
is $slips->{'site.untried'}[0]{cure}, 'Correct the settings first.', 'and says why';
finds('dev_origins without an end', 'settings_lines.until', 'failed', qr/no last day/, qr/dev_origins_until/, sub { with(dev_origins => 'http://192.168.1.5:5173', site_url => 'https://www.example.com') });
finds('half a website', 'settings_lines.with_website_secret', 'failed', qr/Only one/, qr/both or neither/, sub { with(website_appid => 'wxfedcba9876543210') });
finds('half a mini program', 'settings_lines.with_mini_secret', 'failed', qr/Only one/, qr/both or neither/, sub { with(mini_appid => 'wxfedcba9876543210') });
finds('messages without a token', 'settings_lines.with_push_token', 'failed', qr/need push_token/, qr/Token/, sub { with(push_token => undef, sign_in => 'message') });
finds('any origin', 'settings_lines.with_dev_origins', 'failed', qr/this computer/, qr/empty dev_origins/, sub { with(dev_origins => '*', dev_origins_until => '2020-01-01', site_url => 'https://www.example.com') });
finds('the mini program\'s token', 'settings_lines.with_mini_push_token', 'failed', qr/does not go/, qr/must differ/, sub { with(mini_push_token => 'abc') });
finds('an earlier name', 'settings_lines.renamed', 'hint', qr/another name/, qr/^Write sandbox = strict\.$/, sub { with(sandbox => undef, wall => 'on') });
finds('no owners', 'owners.none', 'hint', qr/owners is empty/, qr/me\.cgi/, sub { with(owners => undef) });

# Where they are: a home folder as on cPanel, without WECHAT_CONF.
my $home = "$f/you";
make_path("$home/public_html/cgi-bin", "$home/wechat");
system('cp', '-rp', "$f/wechat-html", "$home/wechat/") == 0 or die 'cp';
system('cp', '-p', "$f/cgi-bin/check.cgi", "$home/public_html/cgi-bin/") == 0 or die 'cp';
system('chown', '-R', "$nobody[0]:$nobody[1]", $home) == 0 or die 'chown' if $> == 0;
sub at_home {
    my (%environment) = @_;
    return sub {
        my ($query) = @_;
        my $run = "$home/public_html/cgi-bin/check.cgi";
        local %ENV = (GATEWAY_INTERFACE => 'CGI/1.1', REQUEST_METHOD => 'GET', QUERY_STRING => $query =~ s/^\?//r, SCRIPT_NAME => '/cgi-bin/check.cgi', REMOTE_ADDR => '192.0.2.7',
            DOCUMENT_ROOT => "$home/public_html", HTTP_ACCEPT_LANGUAGE => 'en', SERVER_SOFTWARE => 'Apache', PATH => $ENV{PATH}, %environment);
        delete $ENV{$_} for grep { !defined $ENV{$_} } keys %ENV;
        my $bytes = join '', map { my @command = (Kit::as_server(), $run); open my $pipe, '-|', 'sh', '-c', 'exec "$@" 2>/dev/null', 'sh', @command or die; local $/; <$pipe> } 1;
        my %answer = Kit::parse_answer($bytes);
        push @shown, $answer{body} // '';
        return { %answer, content => $answer{body} // '' };
    };
}
is_closed('as on cPanel, without the file', at_home()->(''));
put("$home/wechat/wechat-check", '');
my $text = Kit::read_file("$f/wechat.conf");
finds('no settings file', 'settings_place.missing', 'failed', qr/No settings file was found/, qr/^Make the folder wechat beside the document root \(public_html\), and put wechat\.conf into it\.$/, sub { }, ask => at_home());
finds('in the document root', 'settings_place.served', 'failed', qr/inside the document root \(public_html\)/, qr/Move it.*reset the AppSecret/, sub { put("$home/public_html/wechat.conf", $text, 0600); sub { unlink "$home/public_html/wechat.conf" } }, ask => at_home());
finds('two files', 'settings_place.two', 'failed', qr/two settings files/, qr/Keep the one/, sub {
    make_path("$home/private/wechat");
    put("$home/$_/wechat.conf", $text, 0600) for 'wechat', 'private/wechat';
    sub { unlink map {"$home/$_/wechat.conf"} 'wechat', 'private/wechat' };
}, ask => at_home());
finds('a file that WECHAT_CONF names and that is missing', 'settings_file.missing', 'failed', qr{There is no file wechat/other\.conf}, qr/WECHAT_CONF/, sub { }, ask => at_home(WECHAT_CONF => "$home/wechat/other.conf"));
put("$home/wechat/wechat.conf", $text, 0600);
my $placed = lines(decode_utf8(at_home()->('')->{content}));
is $placed->{'settings_place.good'}[0]{cause}, 'The settings file is wechat/wechat.conf, outside the document root.', 'in its place';
unlink "$home/wechat/wechat.conf", "$home/wechat/wechat-check";
put("$home/public_html/wechat-check", '');
is_closed('the file in the document root, as on cPanel', at_home()->(''));
make_path("$home/public_html/wechat");
put("$home/public_html/wechat/wechat-check", '');
is_closed('the file in a folder wechat in the document root', at_home()->(''));

# The programs.
finds('a program is missing', 'programs.missing', 'failed', qr/Missing: list\.cgi, me\.cgi\./, qr/binary/, sub { my @back = map { moved("$f/cgi-bin/$_.cgi") } qw(list me); sub { $_->() for @back } });
finds('uploaded as text', 'programs.ascii', 'failed', qr/text \(ASCII\) mode: me\.cgi\./, qr/binary/, sub { changed("$f/cgi-bin/me.cgi", sub { $_[0] =~ s/\n/\r\n/gr }) });
finds('cut off', 'programs.damaged', 'failed', qr/: me\.cgi\./, qr/SHA256SUMS/, sub { changed("$f/cgi-bin/me.cgi", sub { substr $_[0], 0, 9999 }) });
finds('not executable', 'programs.not_executable', 'failed', qr/: me\.cgi\./, qr/755/, sub { mode(0644, "$f/cgi-bin/me.cgi") });
finds('writable by others', 'programs.writable', 'failed', qr/: me\.cgi\./, qr/755/, sub { mode($_, "$f/cgi-bin/me.cgi") }) for 0775, 0757;
finds('a folder writable by others', 'programs.folder', 'failed', qr{/cgi-bin \(mode 775\)}, qr/755/, sub { mode(0775, "$f/cgi-bin") });
finds('no checksums', 'programs.no_sums', 'hint', qr/no SHA256SUMS/, qr/beside/, sub { moved("$f/cgi-bin/SHA256SUMS") });
finds('the list of checksums, uploaded as text', 'programs.good', 'good', qr/\d+ programs/, qr/\A\z/, sub { changed("$f/cgi-bin/SHA256SUMS", sub { $_[0] =~ s/\n/\r\n/gr }) });
finds('probe.cgi is left', 'programs.probe', 'hint', qr/still there/, qr/^Delete probe\.cgi\.$/, sub { put('cgi-bin/probe.cgi', "#!/bin/sh\n", 0755); sub { unlink "$f/cgi-bin/probe.cgi" } });
SKIP: {
    skip 'only root can give files away', 5 if $> != 0;
    finds('a shared user', 'user.shared', 'hint', qr/shared user/, qr/suEXEC/, sub { chown 12345, 12345, "$f/cgi-bin/check.cgi"; sub { ours("$f/cgi-bin/check.cgi") } });
}

# The pages.
my $pages = "$f/wechat-html";
{
    my $mend = moved($pages);
    my $answer = page();
    is $answer->{status}, 200, 'no templates: a report all the same';
    like decode_utf8($answer->{content}), qr/\A✗ 没有页面模板.*\n✗ There are no page templates: upload.*\n\n.*^✗ pages\.missing$/ms, 'in plain text';
    $mend->();
}
finds('pages of an older version', 'pages.unversioned', 'failed', qr/no version\.txt/, qr/whole folder wechat-html/, sub { moved("$pages/version.txt") });
finds('pages of another version', 'pages.version', 'failed', qr/of version 9\.9\.9, the programs of/, qr/same archive/, sub { changed("$pages/version.txt", sub { $_[0] =~ s/\A.*/9.9.9/r }) });
finds('a page is missing', 'pages.incomplete', 'failed', qr/lacks me\.html\./, qr/Upload/, sub { moved("$pages/me.html") });
{
    my $mend = moved("$pages/check.html");
    like decode_utf8(page()->{content}), qr/^✗ Page templates: The folder .* lacks check\.html\.\n  → Upload/m, 'even its own: the report is text';
    $mend->();
}

# The owner's files.
for (['replies', 'replies_file'], ['list', 'list_file']) {
    my ($setting, $check) = @$_;
    finds("$setting: missing", "$check.missing", 'failed', qr/$setting\.json/, qr/empty $setting/, sub { moved("$f/$setting.json") });
    finds("$setting: GBK", "$check.encoding", 'failed', qr/not UTF-8/, qr/as UTF-8/, sub { changed("$f/$setting.json", sub {"[\"\xc4\xfa\"]"}) });
    finds("$setting: a slip", "$check.invalid", 'failed', qr/$setting\.json has a mistake: .*line 1/, qr/Correct/, sub { changed("$f/$setting.json", sub {'[{"text": "a",}]'}) });
}
sub linked { my ($text) = @_; put('links.json', $text); my $back = with(links => 'links.json'); return sub { unlink "$f/links.json"; $back->() } }
finds('links: missing', 'links_file.missing', 'failed', qr/links\.json/, qr/empty links/, sub { with(links => 'links.json') });
finds('links: GBK', 'links_file.encoding', 'failed', qr/not UTF-8/, qr/as UTF-8/, sub { linked("[\"\xc4\xfa\"]") });
finds('links: a slip', 'links_file.invalid', 'failed', qr/links\.json has a mistake: link 1 \(line 1\): it has no "url"/, qr/Correct/, sub { linked('[{"text": "a"}]') });
sub worded { my ($text) = @_; my $path = put('words.en.txt', $text); return sub { unlink $path } }
finds('words: GBK', 'own_words.encoding', 'failed', qr/words\.en\.txt is not UTF-8/, qr/as UTF-8/, sub { worded("me.title = \xc4\xfa") });
finds('words: of no page', 'own_words.unknown', 'hint', qr/words\.en\.txt: there are no words me\.titel, x\.y\./, qr/names/, sub { worded("me.titel = a\nme.city = Town\nx.y = z\n") });
finds('words: with other values', 'own_words.unfit', 'failed', qr/words\.en\.txt: me\.title, me\.city, me\.sex: not used/, qr/same line/, sub { worded("me.title = {{?nickname}}a\nme.city = {{secret}}\nme.sex = {{\n") });
{
    my $mend = worded("me.title = {{nickname}}\n");
    like look()->{'own_words.good'}[0]{cause}, qr/words\.en\.txt: 1 words are valid/, 'words that are well';
    $mend->();
}

# The state.
my $state = $kit->state_dir;
finds('state in the document root', 'state_folder.served', 'failed', qr{www/state is inside}, qr/state_dir/, sub { with(state_dir => "$f/www/state") });
finds('a state that others may enter', 'state_folder.open', 'failed', qr/Other users can enter/, qr/mode to 700/, sub { mode(0755, $state) });
finds('a file in place of it', 'state_folder.no_folder', 'failed', qr/not a folder/, qr/rename/, sub { put('afile', ''); with(state_dir => 'afile') });
SKIP: {
    skip 'root may write everywhere', 5 if $> == 0 && !Kit::as_server();
    finds('a state that cannot be made', 'state_folder.uncreated', 'failed', qr{closed/state}, qr/mode 700/, sub { mkdir "$f/closed"; ours("$f/closed"); chmod 0555, "$f/closed"; with(state_dir => "$f/closed/state") });
}
SKIP: {
    skip 'only root can give files away', 5 if $> != 0;
    finds('a state of somebody else', 'state_folder.owner', 'failed', qr/another user/, qr/rename/, sub { mkdir "$f/theirs"; chown 12345, 12345, "$f/theirs"; chmod 0700, "$f/theirs"; with(state_dir => "$f/theirs") });
}
sub failing { my ($call, $error) = @_; return asking(before => ['strace', '-f', '-o', '/dev/null', '-e', "trace=$call", '-e', "inject=$call:error=$error"]) }
SKIP: {
    skip 'no strace', 25 if !Kit::find_program('strace') || $Kit::BUILD =~ m{/(?:sanitize|valgrind)(?:/|$)};
    finds('no sync', 'state_writable.sync', 'failed', qr/Invalid argument/, qr/another disk/, sub { }, ask => failing('fsync', 'EINVAL'));
    finds('no hard links', 'state_writable.link', 'failed', qr/hard links/, qr/another disk/, sub { }, ask => failing('linkat', 'EPERM'));
    finds('no locks', 'state_writable.lock', 'failed', qr/No locks available/, qr/network drive/, sub { }, ask => failing('flock', 'ENOLCK'));
    finds('room unknown', 'state_room.unknown', 'untried', qr/does not say/, qr/control panel/, sub { }, ask => failing('fstatfs', 'ENOSYS'));
}

# The site from outside.
my $unused = Kit::free_port();
for (['redirected', 'redirect', 'failed', qr{redirects to https://www\.example\.org, }, qr/Set site_url/, { status => 301, location => 'https://www.example.org/cgi-bin/check.cgi' }],
    ['not there', 'not_found', 'failed', qr/status 404/, qr/cgi_path/, { status => 404 }], ['a password', 'refused', 'failed', qr/status 401/, qr/password/, { status => 401 }],
    ['a firewall', 'refused', 'failed', qr/status 403/, qr/firewall/, { status => 403 }], ['error 500', 'error', 'failed', qr/status 500/, qr/755/, { status => 500 }],
    ['sent as a file', 'not_run', 'failed', qr/sent to visitors as files/, qr/CGI/, { body => "\x7fELF" . "x" x 100_000 }],
    ['another site', 'another', 'failed', qr/another site/, qr/site_url/, { body => 'welcome' }], ['a slow site', 'late', 'untried', qr/Could not test/, qr/phone/, { late => 5 }]) {
    my ($name, $result, $said, $cause, $cure, $answer) = @$_;
    finds($name, "site.$result", $said, $cause, $cure, sub { now_says(%all_rights, '/cgi-bin/check.cgi' => $answer); my $back = with(site_url => $fake_url); sub { $back->(); now_says(%all_rights) } });
}
finds('no logo', 'face_file.missing', 'failed', qr{logo: /none\.png cannot be opened \(status 404\)}, qr/correct the path in logo/, sub { with(logo => '/none.png', custom_css => '/account.svg') });
{
    my $mend = with(logo => 'https://cdn.example.com/logo.png', custom_css => '/account.svg');
    my $found = look();
    is_deeply [map { "$_->{state} $_->{cause}" } @{ $found->{'face_file.good'} }], ['good custom_css: /account.svg can be read from the web.'], 'a style sheet that is there; a logo elsewhere is not asked for';
    $mend->();
}
finds('out of reach', 'site.unreached', 'untried', qr/^Could not test: .*cannot connect/, qr/phone/, sub { with(site_url => "http://127.0.0.1:$unused") });
finds('no such name', 'site.no_name', 'untried', qr/no address for https:\/\/www\.nowhere\.invalid/, qr/DNS/, sub { with(site_url => 'https://www.nowhere.invalid') });
my $reached = finds('out of reach, the rest', 'exposed.untried', 'untried', qr/Could not test/, qr/above/, sub { with(site_url => "http://127.0.0.1:$unused") });
ok !$reached->{'exposed.good'} && !$reached->{'authorization.good'} && !$reached->{'push_test.good'}, 'what was not tried is not well';
finds('a program that does not run', 'site_programs.broken', 'failed', qr/: me\.cgi \(500\)\.$/, qr/program files/, sub { changed("$f/cgi-bin/me.cgi", sub {'damaged'}) });
finds('no encryption', 'site_https.plain', 'hint', qr/without encryption/, qr/https/, sub { });
my $secure = finds('https', 'site_https.good', 'good', qr/https/, qr/\A\z/, sub { with(site_url => "https://localhost:$tls", ca_file => "$f/ca.pem") });
is $secure->{'site.good'}[0]{state}, 'good', 'with a valid chain';
finds('a wrong chain', 'site.certificate', 'failed', qr/certificate of .* is not valid/, qr/whole chain/, sub { with(site_url => "https://localhost:$tls", ca_file => "$f/other-ca.pem") });
finds('another name', 'site.certificate', 'failed', qr/another name/, qr/Renew/, sub { with(site_url => "https://127.0.0.1:$tls", ca_file => "$f/ca.pem") });
finds('Authorization dropped', 'authorization.dropped', 'hint', qr/drops Authorization/, qr/CGIPassAuth On/, sub { with(site_url => "http://127.0.0.1:$open") });
my $exposed = finds('settings on the web', 'exposed.settings', 'failed', qr{at /wechat\.conf\.}, qr/change the AppSecret/, sub { with(site_url => "http://127.0.0.1:$open") });
like $exposed->{'exposed.state'}[0]{cause}, qr{^Anybody can read the data at /wechat-state\.$}, 'and the state';
is_deeply [grep {/canary/} $kit->state_files], [], 'no canary is left';
finds('no MP_verify file', 'verify_file.missing', 'hint', qr/no MP_verify/, qr/document root/, sub { });
put('www/MP_verify_abc.txt', 'abc');
finds('an MP_verify file', 'verify_file.good', 'good', qr/MP_verify_abc\.txt can be read/, qr/\A\z/, sub { });
finds('that is not served', 'verify_file.differs', 'failed', qr/MP_verify_abc\.txt is not what the web shows \(status 404\)/, qr/unchanged/, sub { now_says(%all_rights, '/MP_verify_abc.txt' => { status => 404 }); my $back = with(site_url => $fake_url); sub { $back->(); now_says(%all_rights) } });

# WeChat.
sub wechat_says { my (@answers) = @_; return sub { now_says(@answers); sub { now_says(%all_rights) } } }
finds('no way out', 'wechat.unreached', 'failed', qr/cannot connect to WeChat/, qr/port 443/, sub { with(api_url => "http://127.0.0.1:$unused") });
finds('no way out, by message', 'wechat.unreached', 'hint', qr/cannot connect/, qr/sign_in = message/, sub { with(api_url => "http://127.0.0.1:$unused", sign_in => 'message') });
finds('no name service', 'wechat.no_name', 'failed', qr/no address/, qr/name service/, sub { with(api_url => 'https://api.nowhere.invalid') });
finds('WeChat\'s certificate', 'wechat.certificate', 'failed', qr/certificate/, qr/ca_file/, sub { with(api_url => $kit->{api_url}, ca_file => "$f/other-ca.pem") });
finds('WeChat is slow', 'wechat.late', 'failed', qr/in time/, qr/again/, wechat_says('*' => { late => 6 }));
finds('a proxy answers', 'wechat.another', 'failed', qr/status 502/, qr/api_url/, wechat_says('*' => { status => 502, body => '<h1>no</h1>' }));
finds('a fast clock', 'clock.fast', 'failed', qr/(?:399|400|401) s fast/, qr/five minutes/, wechat_says(%all_rights, '/cgi-bin/stable_token' => { %{ $token[1] }, clock => -400 }));
finds('a slow clock', 'clock.slow', 'failed', qr/(?:399|400|401) s slow/, qr/five minutes/, wechat_says(%all_rights, '/cgi-bin/stable_token' => { %{ $token[1] }, clock => 400 }));
finds('a clock that is a little off', 'clock.slow', 'hint', qr/(?:59|60|61) s slow/, qr/set its clock/, wechat_says(%all_rights, '/cgi-bin/stable_token' => { %{ $token[1] }, clock => 60 }));
finds('the whitelist', 'token.whitelist', 'failed', qr/IP address 203\.0\.113\.9 is not on the whitelist/, qr/^Add 203\.0\.113\.9 to the API IP白名单/, wechat_says(refuses(40164, 'invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist rid: x')));
finds('a wrong secret', 'token.secret', 'failed', qr/AppSecret is wrong/, qr/Reset/, wechat_says(refuses($_, 'invalid appsecret'))) for 40125, 40001;
finds('a wrong AppID', 'token.appid', 'failed', qr/does not know/, qr/appid/, wechat_says(refuses(40013, 'invalid appid')));
finds('frozen', 'token.frozen', 'failed', qr/frozen/, qr/Unfreeze/, wechat_says(refuses(40243, 'frozen')));
finds('used up', 'token.quota', 'failed', qr/used up/, qr/tomorrow/, wechat_says(refuses(45009, 'reach max api daily quota limit')));
finds('another errcode', 'token.other', 'failed', qr/errcode 50002/, qr/\S/, wechat_says(refuses(50002, 'user limited')));
finds('a service account', 'account.service', 'good', qr/Menu: ✓, user management: ✓, template messages: ✓/, qr/\A\z/, wechat_says(%all_rights));
finds('no permission for web authorization', 'account.too_small', 'failed', qr/Menu: ✗, user management: ✗, template messages: ✗/, qr/sign_in = message/, wechat_says(%no_rights));
finds('none is needed by message', 'account.unverified', 'good', qr/without verification/, qr/\A\z/, sub { now_says(%no_rights); my $back = with(sign_in => 'message'); sub { $back->(); now_says(%all_rights) } });
finds('a verified subscription account', 'account.verified', 'good', qr/✓, user management: ✓, template messages: ✗/, qr/\A\z/, sub { now_says(%no_rights, '/cgi-bin/menu/get' => { body => '{"menu":{"button":[{"sub_button":[{"name":"a"}]}]}}' }, '/cgi-bin/tags/get' => { body => '{"tags":[]}' }); my $back = with(sign_in => 'message'); sub { $back->(); now_says(%all_rights) } });
finds('WeChat does not say', 'account.untried', 'untried', qr/not known/, qr/again/, wechat_says(@token, '*' => { body => '{"errcode":-1,"errmsg":"system error"}' }));
finds('WeChat reaches the site', 'reached.good', 'good', qr/at 203\.0\.113\.8\.$/, qr/\A\z/, sub { });
finds('no address is entered', 'reached.no_url', 'failed', qr/not been entered/, qr{^Enter \Q$kit->{site_url}\E/cgi-bin/wechat\.cgi at}, wechat_says(%all_rights, reaches('{"errcode":40201,"errmsg":"callback url is not set"}')));
finds('WeChat finds no address', 'reached.no_address', 'failed', qr/no address/, qr/DNS/, wechat_says(%all_rights, reaches('{"dns":[],"ping":[]}')));
finds('pings are lost', 'reached.lost', 'hint', qr/203\.0\.113\.8, 203\.0\.113\.9, but its pings/, qr/Send the account/, wechat_says(%all_rights, reaches('{"dns":[{"ip":"203.0.113.8"},{"ip":"203.0.113.9"}],"ping":[{"package_loss":"100%"},{"package_loss":"100%"}]}')));
finds('WeChat does not say whether', 'reached.untried', 'untried', qr/did not say/, qr/again/, wechat_says(%all_rights, reaches($_))) for '{"errcode":-1,"errmsg":"system error"}', '{}', 'no JSON';
finds('what cannot be seen', 'domains.unknown', 'untried', qr/cannot be seen from here/, qr/127\.0\.0\.1/, sub { });

# Messages.
finds('no token', 'push.none', 'hint', qr/not set/, qr/Token/, sub { with(push_token => undef) });
finds('no key', 'push.no_key', 'failed', qr/push_mode = safe needs/, qr/EncodingAESKey/, sub { with(encoding_aes_key => undef) });
finds('plain messages', 'push.plain', 'hint', qr/not encrypted/, qr/安全模式/, sub { with(push_mode => 'plain') });
finds('the address is answered', 'push_test.good', 'good', qr/got the right answer/, qr/\A\z/, sub { });
finds('the address redirects', 'push_test.failed', 'failed', qr/status 302/, qr/redirect/, sub { now_says(%all_rights, '/cgi-bin/wechat.cgi' => { status => 302, location => 'https://www.example.org/' }); my $back = with(site_url => $fake_url); sub { $back->(); now_says(%all_rights) } });
finds('no message yet', 'last_push.none', 'hint', qr/has arrived yet/, qr/Send the account/, sub { });
finds('no journal', 'last_push.untried', 'untried', qr/no journal/, qr/Send/, sub { with(events_days => 0) });
settings(push_mode => 'plain', push_token => $Push::TOKEN);
$kit->browser->request('POST', '/cgi-bin/wechat.cgi?' . Push::query(nonce => 'n1') . "&openid=$Push::USER", headers => { 'Content-Type' => 'text/xml' }, content => Push::push_xml(MsgType => 'text', Content => 'x', MsgId => 1)) ;
finds('a message came', 'last_push.good', 'good', qr/came at \d{4}-\d\d-\d\d/, qr/\A\z/, sub { });
settings();

# The handler.
finds('no such handler', 'handler.missing', 'failed', qr/no .*handler/, qr/Upload/, sub { with(handler => 'handler') });
put('handler', "#!/bin/sh\n", 0644);
finds('a handler that cannot be run', 'handler.not_executable', 'failed', qr/cannot be run/, qr/755/, sub { with(handler => 'handler') });

finds('no such hook', 'hook.missing', 'failed', qr/no .*hook/, qr/Upload/, sub { with(hook => 'hook') });
put('hook', "#!/bin/sh\n", 0644);
finds('a hook that cannot be run', 'hook.not_executable', 'failed', qr/cannot be run/, qr/755/, sub { with(hook => 'hook') });

# The handler runs only when the page's own button is pressed; returns the lines.
sub handler_says {
    my ($script) = @_;
    put('handler', $script, 0755);
    settings(handler => 'handler');
    unlink "$f/ran";
    my $browser = browser();
    my $page = decode_utf8(answer($browser->get('/cgi-bin/check.cgi'))->{content});
    my ($csrf) = $page =~ /name="csrf" value="([^"]+)"/;
    ok !-e "$f/ran", 'looking does not run it';
    my $foreign = answer($browser->post('/cgi-bin/check.cgi', { csrf => 'x' }));
    is $foreign->{status}, 403, 'a foreign form: refused';
    ok !-e "$f/ran", 'and does not run it';
    return lines(decode_utf8(answer($browser->post('/cgi-bin/check.cgi', { csrf => $csrf }))->{content}));
}
my $ran = handler_says("#!/bin/sh\ncat >$f/ran; echo \$WECHAT_CHECK >>$f/ran\necho '{\"text\": \"hello\"}'\n");
like $ran->{'handler.good'}[0]{cause} // '', qr/answered, in \d+ ms/, 'the button runs the handler';
like Kit::read_file("$f/ran"), qr/"Content":"wechat-check".*\n?1\n\z/s, 'with a message that says what it is, and WECHAT_CHECK=1';
is_deeply [grep { !/^handler/ } map { @{ $ran->{$_} } > 1 ? $_ : () } keys %$ran], [], 'each other line stands once';
is handler_says("#!/bin/sh\nexit 3\n")->{'handler.failed'}[0]{state}, 'failed', 'a handler that fails';
is handler_says("#!/bin/sh\necho hello\n")->{'handler.invalid'}[0]{state}, 'failed', 'an answer that is no reply';
is handler_says("#!/bin/sh\nsleep 3\n")->{'handler.slow'}[0]{state}, 'hint', 'a slow one';
is handler_says("#!/bin/sh\nsleep 20\n")->{'handler.late'}[0]{state}, 'failed', 'one that is too slow';
settings();

# Everything is slow at once: still less than 20 seconds.
put('handler', "#!/bin/sh\nsleep 30\n", 0755);
settings(handler => 'handler');
my ($slow_csrf) = decode_utf8(page()->{content}) =~ /name="csrf" value="([^"]+)"/;
now_says('*' => { late => 9 });
settings(handler => 'handler', site_url => $fake_url);
my $began = time;
my $slow = lines(decode_utf8(answer(browser()->post('/cgi-bin/check.cgi', { csrf => $slow_csrf }))->{content}));
cmp_ok time - $began, '<', 20 + Kit::slack(), 'everything slow: less than 20 s';
is_deeply [map { $slow->{$_}[0]{state} } qw(site.late wechat.late handler.late)], [qw(untried failed failed)], 'and each says so';
now_says(%all_rights);
settings();
my @both = Kit::at_once(3, sub { return browser()->get('/cgi-bin/check.cgi')->{status} });
is "@both", '200 200 200', 'three at the same moment: one after the other';
is_deeply [grep {/canary/} $kit->state_files], [], 'and no canary is left';

# The host.
finds('no sandbox', 'sandbox.off', 'hint', qr/not restricted/, qr/sandbox = files/, sub { with(sandbox => 'off') });
SKIP: {
    skip 'no strace, or no sandbox', 10 if !Kit::find_program('strace') || $Kit::BUILD =~ m{/(?:sanitize|valgrind|coverage)(?:/|$)};
    finds('no Landlock', 'sandbox.no_landlock', 'hint', qr/no Landlock/, qr/nothing to do/, sub { with(sandbox => 'files') }, ask => failing('landlock_create_ruleset', 'ENOSYS'));
    finds('no filter', 'sandbox.no_filter', 'hint', qr/no filter/, qr/sandbox = files/, sub { }, ask => asking(before => ['strace', '-f', '-o', '/dev/null', '-e', 'inject=prctl:error=EINVAL:when=3']));
}
my $low = finds('few files', 'limits.files', 'hint', qr/no more than 30 files .*; 32 are needed/, qr/raise .*RLIMIT_NOFILE/, sub { }, ask => asking(before => [qw(prlimit --nofile=30:30 --fsize=3145728:3145728 --cpu=4:4 --as=120000000:120000000)]));
is_deeply [map { $low->{"limits.$_"}[0]{cause} } qw(file_size seconds memory)], ['A file may have no more than 3 MB; 4 MB are needed.', 'A program may use no more than 4 s of processor time; 5 s are needed.', 'A program may use no more than 114 MB of memory; 128 MB are needed.'], 'and each of the others';

# ---- languages, and secrets ----

like decode_utf8(page('Accept-Language' => 'zh-CN')->{content}), qr{<h3>设置文件的位置</h3>}, 'in Chinese';
like decode_utf8(page('Accept-Language' => 'zh-TW')->{content}), qr{<h3>設定檔的位置</h3>}, 'in traditional Chinese';
my $all = join "\n", @shown;
cmp_ok length $all, '>', 500_000, 'much was shown';
for (['the AppSecret', $Kit::SECRET], ['the Token', $Kit::PUSH_TOKEN], ['the EncodingAESKey', $Kit::AES_KEY], ['a key', $key], ['another key', $other_key], ['the access_token', 'TOKEN-FROM-WECHAT'],
    ['an openid', $openid], ['a path', $f], ['a session', $me->cookie('wx_session')]) {
    my ($name, $secret) = @$_;
    unlike $all, qr/\Q$secret\E/, "never on a page: $name";
    unlike $kit->log_text, qr/\Q$secret\E/, "nor in the log: $name" if $name ne 'a path';
}

done_testing;
