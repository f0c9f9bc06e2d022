# The examples of docs/en/who-is-it.md, exactly as written but for the site's address, each in a server of its own language.
# WordPress, Express and React are not there: stand-ins have what the examples call.
use strict;
use utf8;
use warnings;
use Docs;
use Encode qw(decode_utf8 encode_utf8);
use File::Copy qw(copy);
use Gate qw(give_roles);
use HTTP::Tiny;
use IO::Socket::INET;
use JSON::PP;
use Kit;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $secret = 's' x 40;
my $kit = Kit->new(conf => { language => 'en', introspection_clients => "shop:$secret" });
my $pages = "$kit->{folder}/pages";
mkdir $pages or die "pages: $!";
copy($_, "$pages/") or die "$_: $!" for glob "$Kit::TOP/clients/wechat.*";
my $browser = $kit->browser;
$browser->sign_in('xiaoming');
give_roles($kit, 'xiaoming', 'editor');
my $token = $browser->cookie('wx_session');
my @snippets = map { { %$_, text => $_->{text} =~ s{https://www\.example\.com}{$kit->{site_url}}gr } } Docs::snippets('docs/en/who-is-it.md');

# The snippets in a language that contain a text.
sub snippet {
    my ($language, $has) = @_;
    my @found = grep { $_->{language} eq $language && index($_->{text}, $has) >= 0 } @snippets;
    is scalar(@found), 1, "one $language snippet with $has";
    return $found[0]{text};
}

# ---- validate.cgi ----

sub members { my ($json) = @_; return [sort keys %{ decode_json(encode_utf8($json)) }] }
my ($active, $introspected) = map { $_->{text} } grep { $_->{name} eq 'answer validate.cgi' } @snippets;
local @ENV{qw(TOKEN SECRET)} = ($token, $secret);
for my $row (['Bearer', $active], ['-u ', $introspected]) {
    my $line = snippet('sh', $row->[0]);
    open my $curl, '-|', 'sh', '-ec', $line =~ s/^curl/curl -s/r or die "sh: $!";
    my $said = decode_utf8(join '', <$curl>);
    is_deeply members($said), members($row->[1]), "$row->[0]: the answer has the members of the example" or diag $said;
}

my @links = snippet('html', 'logout.cgi') =~ /href="([^"]+)"/g;
is $browser->get($links[0])->{location} =~ s/^\Q$kit->{site_url}\E//r, '/shop?a=1&b=2', 'the link to sign in lands on next, the whole of it';
is $browser->get($links[1])->{status}, 200, 'the link to sign out asks';

# ---- pages ----

my $http = HTTP::Tiny->new(max_redirect => 0, timeout => 20);

# Opens a page as a guest, and signed in.
sub check_page {
    my ($name, $port, %expected) = @_;
    Kit::wait_for("$name on port $port", 30, sub { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port) });
    my $guest = $http->get("http://127.0.0.1:$port/members?a=1&b=2");
    is $guest->{status}, $expected{status}, "$name: not signed in: $expected{status}" or diag $guest->{content};
    is $guest->{headers}{location} // '', "$kit->{site_url}/cgi-bin/login.cgi?next=%2Fmembers%3Fa%3D1%26b%3D2", "$name: to sign in, and back" if $expected{status} == 303;
    is $guest->{content}, $expected{guest}, "$name: a guest" if defined $expected{guest};
    my $member = $http->get("http://127.0.0.1:$port/members", { headers => { Cookie => "wx_session=$token" } });
    is decode_utf8("$member->{status} $member->{content}"), '200 ' . ($expected{member} // '小明'), "$name: signed in";
    return;
}

# Starts the server of a page; the text may have PORT in it. Prefers /usr/bin: the servers run as nobody.
sub start {
    my ($name, $file, $text, $program, @words) = @_;
    my $port = Kit::free_port();
    Kit::write_file("$pages/$file", encode_utf8($text =~ s/\bPORT\b/$port/gr), 0644);
    $kit->_spawn($name, 'env', '-C', $pages, 'PYTHONDONTWRITEBYTECODE=1', -x "/usr/bin/$program" ? "/usr/bin/$program" : Kit::find_program($program), map { s/\bPORT\b/$port/r } @words);
    return $port;
}
my @php = ('php', '-d', 'display_errors=1', '-d', 'html_errors=0', '-S', '127.0.0.1:PORT');
check_page('PHP', start('php', 'required.php', "<?php\n" . snippet('php', 'wechat_require'), @php, 'required.php'), status => 303);
check_page('PHP, optional', start('php-open', 'open.php', "<?php\n" . snippet('php', 'echo $user === null'), @php, 'open.php'), status => 200, guest => 'not signed in');
check_page('Python', start('python', 'page.py', snippet('python', 'wechat_require')
    . "\nfrom wsgiref.simple_server import make_server\nmake_server('127.0.0.1', PORT, application).serve_forever()\n", 'python3', 'page.py'), status => 303);
check_page('Node.js', start('node', 'page.mjs', snippet('js', 'createServer') =~ s/3000/PORT/r, 'node', 'page.mjs'), status => 303);

# Express: use() for a path and what follows it, get(), send().
check_page('Express', start('express', 'express.mjs', <<'JS' . snippet('js', 'app.use'), 'node', 'express.mjs'), status => 303);
import http from 'node:http';
const app = { use: (path, guard) => { app.guard = guard; }, get: (path, page) => { app.page = page; } };
http.createServer((request, response) => {
    response.send = (text) => response.end(text);
    app.guard(request, response, () => app.page(request, response));
}).listen(PORT, '127.0.0.1');
JS

# WordPress: its users are a file here.
Kit::write_file("$pages/users.json", '[]', 0666);
my $wordpress = start('wordpress', 'wechat-user.php', snippet('php', 'Plugin Name'), @php, 'wordpress.php');
Kit::write_file("$pages/wordpress.php", encode_utf8(<<'PHP'), 0644);
<?php
function users($users = null) { $file = __DIR__ . '/users.json'; if ($users !== null) file_put_contents($file, json_encode($users)); return json_decode(file_get_contents($file), true); }
function add_action($hook, $call, $priority) { if ($hook === 'init') $GLOBALS['init'] = $call; }
function is_user_logged_in() { return isset($_GET['wordpress']); }
function get_users($query) { $found = array_filter(users(), function ($user) use ($query) { return $user['meta_input'][$query['meta_key']] === $query['meta_value']; }); return array_column($found, $query['fields']); }
function wp_generate_password($length, $special, $extra) { return str_repeat('p', $length); }
function wp_insert_user($user) { $users = users(); foreach ($users as $other) if ($other['user_login'] === $user['user_login']) return 'WP_Error'; $user['ID'] = (string) (count($users) + 1); users(array_merge($users, [$user])); return (int) $user['ID']; }
function is_wp_error($id) { return $id === 'WP_Error'; }
function wp_set_current_user($id) { $GLOBALS['current'] = $id; }
require __DIR__ . '/wechat-user.php';
$GLOBALS['init']();
echo json_encode(['current' => $GLOBALS['current'] ?? 0, 'users' => users()]);
PHP
Kit::wait_for("WordPress on port $wordpress", 30, sub { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $wordpress) });
sub wordpress { my ($page, $cookie) = @_; my $answer = $http->get("http://127.0.0.1:$wordpress$page", { headers => $cookie ? { Cookie => "wx_session=$cookie" } : {} }); return eval { decode_json($answer->{content}) } || diag $answer->{content} }
is_deeply wordpress('/'), { current => 0, users => [] }, 'WordPress: a guest stays one';
is_deeply wordpress('/?wordpress', $token), { current => 0, users => [] }, 'WordPress: a user of its own stays that user';
my $first = wordpress('/', $token);
is $first->{current}, 1, 'WordPress: somebody who is signed in is a user';
is "$first->{users}[0]{display_name} $first->{users}[0]{role}", '小明 subscriber', 'made at the first visit, as a subscriber';
my $second = wordpress('/', $token);
is $second->{current} . scalar @{ $second->{users} }, '11', 'and found at the next one';
my $other = $kit->browser;
$other->sign_in('john');
is wordpress('/', $other->cookie('wx_session'))->{current}, 2, 'somebody else is another user';
chmod 0, $kit->state_dir;
is wordpress('/', $token)->{current}, 0, 'if the site cannot tell: a guest';
chmod 0700, $kit->state_dir;

# React: useState() and useEffect() of one component that is shown twice.
my $hook = snippet('js', 'useWechatUser');
mkdir "$pages/node_modules";
mkdir "$pages/node_modules/react";
Kit::write_file("$pages/node_modules/react/package.json", '{"name": "react", "type": "module", "exports": "./react.js"}', 0644);
Kit::write_file("$pages/node_modules/react/react.js", <<'JS', 0644);
let place, states = [], begun = false;
export const useState = (first) => { const i = place++; if (states.length === i) states.push(first); return [states[i], (value) => { states[i] = value; }]; };
export const useEffect = (effect) => { if (!begun) effect(); begun = true; };
export const show = async (component) => { place = 0; component(); await null; await null; place = 0; return component(); };
JS
Kit::write_file("$pages/hook.mjs", encode_utf8($hook), 0644);
Kit::write_file("$pages/react.mjs", <<'JS', 0644);
import { show } from 'react';
globalThis.wechat = { user: () => process.argv[2] === 'gone' ? Promise.reject({ kind: 'unreachable' }) : Promise.resolve({ name: 'Ann' }) };
const { useWechatUser } = await import('./hook.mjs');
console.log(JSON.stringify(await show(useWechatUser)));
JS
is qx{node $pages/react.mjs there}, qq({"user":{"name":"Ann"},"problem":""}\n), 'React: the hook knows who it is';
is qx{node $pages/react.mjs gone}, qq({"problem":"unreachable"}\n), 'React: or what is wrong';

unlike $kit->log_text, qr/PHP (?:Warning|Deprecated|Notice|Fatal)/, 'PHP has no complaint';
done_testing;
