# The JSON Schemas (docs/reference/schemas): what the programs read, write and answer has the form that they describe, each at least
# once; owners' files with a mistake are refused by the schema and by the program; and another implementation of JSON Schema agrees.
# Kit.pm checks each other answer of the programs in all tests.
use strict;
use warnings;
use utf8;
use Command;
use Docs;
use Encode qw(decode_utf8 encode_utf8);
use JSON::PP;
use Kit;
use Oidc;
use Push;
use Schema;
use Test::More;
binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my (%met, @asked);

# Does the text have the form? $wanted: true or false. What the other implementation says is asked for at the end.
sub has_form {
    my ($name, $text, $wanted, $row, %option) = @_;
    my $said = Schema::check_text($name, $text, %option);
    is $said eq '' ? 1 : 0, $wanted ? 1 : 0, "$name: $row" or diag "$said\n$text";
    $met{$name}++ if $wanted;
    push @asked, [$name, $text, $wanted, $row] if eval { JSON::PP->new->utf8->allow_nonref->decode($text); 1 };
    return;
}
sub answers { my ($name, $answer, $row) = @_; return has_form($name, $answer->{content} // $answer->{body}, 1, $row, closed => 1) }

# ---- the files that owners write ----

my $kit = Kit->new(stopped => 1, conf => { menu => 'menu.json', access => 'access.json', links => 'links.json', oidc_clients => 'oidc_clients.json', private_dir => 'private' });
my $folder = $kit->{folder};
unlink "$folder/$_.json" for qw(replies list menu access links);
mkdir "$folder/private";

# What the program says about a file: accepted?
sub saves {
    my ($name, $text) = @_;
    my $got = $kit->run('wechat-save.cgi', stdin => "$name -\n$text", environment => { GATEWAY_INTERFACE => undef, WECHAT_LOCAL => 1 });
    unlink "$folder/$name.json";
    has_form('save', $got->{bytes}, 1, 'what wechat-save.cgi says', closed => 1) if $got->{exit} == 0 && !$met{save};
    return $got->{exit} == 0;
}
my $wechat = Command->new($kit);
sub checks {
    my ($name, $text) = @_;
    Kit::write_file("$folder/$name.json", $text, 0644);
    my ($row) = grep { $_->{check} =~ /^\Q$name\E(?:_file)?$/ } @{ $wechat->run({ as_root => 1 }, 'check', '--json')->{json}{checks} };
    unlink "$folder/$name.json";
    return $row->{state} eq 'good';
}
# A handler that writes this.
sub hands {
    my ($name, $text) = @_;
    Kit::write_file("$folder/written", $text, 0644);
    Kit::write_file("$folder/handler", "#!/bin/sh\ncat > got\ncat written\n", 0755);
    my $got = Push::deliver($kit, Push::push_xml(MsgType => 'text', Content => 'hello', MsgId => int rand 1e15));
    return $got->{error} !~ /is invalid/;
}
$kit->write_conf(push_token => $Push::TOKEN, push_mode => 'plain', encoding_aes_key => undef, replies => 'replies.json', list => 'list.json', menu => 'menu.json',
    access => 'access.json', private_dir => 'private', links => 'links.json', oidc_clients => 'oidc_clients.json', handler => 'handler');
Kit::write_file("$folder/handler", "#!/bin/sh\n", 0755);

my $secret = '"client_secret_sha256":"' . '0' x 64 . '"';
my %files = (
    replies => [\&saves,
        ['[]', '[{"reply":null}]', '[{"message":"text","equals":"a","prefix":"b","contains":"c","reply":{"text":"d","template":false}}]',
            '[{"event":"CLICK","key":"K","scene":"s","reply":{"news":[{"title":"t","url":"u","description":"","picurl":"p"}]}}]', '[{"reply":{"image":"m"}},{"reply":{"voice":"m"}},{"reply":{"transfer":true}}]',
            '[{"reply":{"video":{"media_id":"m","title":"t"}}},{"reply":{"music":{"thumb_media_id":"m"}}}]'],
        ['{}', '[{}]', '[{"event":"subscribe"}]', '[{"reply":{}}]', '[{"reply":"hello"}]', '[{"reply":{"text":""}}]', '[{"reply":{"text":"a","image":"b"}}]', '[{"reply":{"txt":"a"}}]', '[{"event":1,"reply":null}]',
            '[{"evnt":"subscribe","reply":null}]', '[{"reply":{"news":[]}}]', '[{"reply":{"news":[{"title":"t"}]}}]', '[{"reply":{"transfer":false}}]', '[{"reply":{"video":{"title":"t"}}}]', '[{"reply":{"text":"a","template":"no"}}]',
            '[{"reply":{"news":[' . join(',', ('{"title":"t","url":"u"}') x 9) . ']}}]', '[{"reply":{"music":{"title":1}}}]', '[1]']],
    list => [\&saves,
        ['[]', '[{"id":"a-1_B","text":"t","detail":"d","icon":"/i.svg","url":"/u.php?a=b","unread":3}]', '[{"id":"a","text":{"zh_CN":"一","zh_TW":"二","en":"three"},"unread":{"oA":1,"oB":0}}]'],
        ['{}', '[{"id":"a"}]', '[{"text":"a"}]', '[{"id":"a b","text":"t"}]', '[{"id":"a","text":""}]', '[{"id":"a","text":1}]', '[{"id":"a","text":"t","url":"https://evil.example/"}]', '[{"id":"a","text":"t","url":"//evil.example"}]',
            '[{"id":"a","text":"t","unread":-1}]', '[{"id":"a","text":"t","unread":"2"}]', '[{"id":"a","text":"t","unread":{"oA":"2"}}]', '[{"id":"a","text":"t","colour":"red"}]', '[{"id":"' . 'a' x 65 . '","text":"t"}]']],
    access => [\&saves,
        ['[]', '[{"folder":"/"}]', '[{"folder":"/报告/2026/","roles":["staff","board"],"listing":true,"scripts":false}]'],
        ['{}', '[{}]', '[{"folder":"reports"}]', '[{"folder":"/.git"}]', '[{"folder":"/a//b"}]', '[{"folder":"/a\\\\b"}]', '[{"folder":"/a","roles":[]}]', '[{"folder":"/a","roles":"staff"}]', '[{"folder":"/a","roles":["two words"]}]',
            '[{"folder":"/a","listing":"yes"}]', '[{"folder":"/a","role":["staff"]}]']],
    clients => [sub { saves('oidc_clients', $_[1]) },
        ['[]', qq([{"client_id":"a",$secret,"redirect_uris":["https://a.example/cb"]}]), qq([{"client_id":"a","token_endpoint_auth_method":"none","redirect_uris":["http://127.0.0.1/cb","com.example.app:/cb"],"client_name":"相册"}]),
            qq([{"client_id":"a",$secret,"redirect_uris":["https://a.example/cb?x=1"],"post_logout_redirect_uris":[],"grant_types":["authorization_code","refresh_token"],"scope":"openid groups offline_access","subject_type":"pairwise","email":"file","extra_claims":{"a":1,"b":true,"c":"d"},"access_token_seconds":60}])],
        ['{}', '[{}]', qq([{"client_id":"a",$secret}]), qq([{"client_id":"a b",$secret,"redirect_uris":["https://a.example/cb"]}]), qq([{"client_id":"a",$secret,"redirect_uris":[]}]), qq([{"client_id":"a",$secret,"redirect_uris":["https://a.example/#x"]}]),
            qq([{"client_id":"a",$secret,"redirect_uris":["https://*.example/"]}]), qq([{"client_id":"a",$secret,"redirect_uris":["javascript:alert(1)"]}]), qq([{"client_id":"a","client_secret":"x","redirect_uris":["https://a.example/cb"]}]),
            qq([{"client_id":"a","client_secret_sha256":"x","redirect_uris":["https://a.example/cb"]}]), map({qq([{"client_id":"a",$secret,"redirect_uris":["https://a.example/cb"],$_}])} '"scope":"openid phone"', '"subject_type":"public"', '"email":"typed"', '"skip_consent":"yes"', '"id_token_seconds":59', '"grant_types":["implicit"]', '"extra_claims":{"a":{"b":1}}', '"colour":"red"')]],
    menu => [\&saves,
        ['{"button":[{"type":"click","name":"a","key":"k"}]}', '{"button":[{"type":"view","name":"菜单","url":"https://www.example.com/"},{"name":"b","sub_button":[{"type":"miniprogram","name":"c","url":"https://a.example/","appid":"wx1","pagepath":"p"}]}]}',
            '{"button":[{"type":"media_id","name":"a","media_id":"m","sub_button":[]},{"type":"article_id","name":"a","article_id":"m"}]}'],
        ['[]', '{}', '{"button":[]}', '{"button":[{"type":"click","name":"a"}]}', '{"button":[{"type":"clik","name":"a","key":"k"}]}', '{"button":[{"name":"a","key":"k"}]}', '{"button":[{"type":"click","key":"k"}]}',
            '{"button":[{"type":"view","name":"a","url":"www.example.com"}]}', '{"button":[{"type":"click","name":"a","sub_button":[{"type":"click","name":"b","key":"k"}]}]}', '{"button":[{"name":"a","sub_button":[{"type":"click","name":"b","key":"k","sub_button":[{"type":"click","name":"c","key":"k"}]}]}]}',
            '{"button":[' . join(',', ('{"type":"click","name":"a","key":"k"}') x 4) . ']}', '{"button":[{"type":"click","name":"' . 'a' x 17 . '","key":"k"}]}', '{"button":[{"type":"click","name":"a","key":"k"}],"matchrule":{"tag_id":"2"}}', '{"button":[{"type":"click","name":"a","key":"k","colour":"red"}]}']],
    links => [\&checks,
        ['[]', '[{"text":{"zh_CN":"一","en":"one"},"url":"/a.php","icon":"/i.svg"},{"text":"b","url":"https://help.example.com/"}]'],
        ['[{"text":"a"}]', '[{"url":"/a"}]', '[{"text":"a","url":"http://a.example/"}]', '[{"text":"a","url":"/a","title":"b"}]', '[{"text":"a","url":"/a","icon":"https://a.example/i.svg"}]']],
    'handler-reply' => [\&hands,
        ['null', '{"text":"a"}', '{"text":"{{nickname}}","template":true}', '{"text":"a","then":[{"text":"b"},{"image":"m"},{"video":{"media_id":"m","thumb_media_id":"t"}}]}', '{"transfer":true}'],
        ['{"text":1}', '{"txt":"a"}', '{"text":"a","then":[]}', '{"text":"a","then":[' . join(',', ('{"text":"b"}') x 6) . ']}', '{"text":"a","image":"b"}', '{"then":[{"text":"a"}]}', '"a"', '[]']],
);
for my $name (sort keys %files) {
    my ($program, $good, $bad) = @{ $files{$name} };
    for my $row ([1, $good], [0, $bad]) {
        for my $text (map { encode_utf8($_) } @{ $row->[1] }) {
            has_form($name, $text, $row->[0], decode_utf8($text));
            is $program->($name, $text) ? 1 : 0, $row->[0], '  and so says the program';
        }
    }
}
has_form($_->[0], Kit::read_file("$Kit::TOP/$_->[1]"), 1, $_->[1])
    for [replies => 'tests/demo/replies.json'], [list => 'tests/demo/list.json'], [menu => 'tests/demo/menu.json'], [menu => 'docs/menu.json.example'];
# What the documents show. In a value, … stands for more of it.
for my $snippet (map { Docs::snippets($_) } grep { -e "$Kit::TOP/$_" } 'README.md', 'README.zh-CN.md', Docs::pages()) {
    next if $snippet->{language} ne 'json';
    my $at = "$snippet->{page}:$snippet->{line}";
    my $text = encode_utf8($snippet->{text} =~ s/…/x/gr);
    if ($snippet->{name} =~ /^(replies|list|links|menu|access|clients)\.json$/) { has_form($1, $text, 1, $at) }
    elsif ($snippet->{name} =~ /^answer (\S+\.cgi)(\S*)$/) {
        my ($program, $path) = ($1, $2 =~ s/\?.*//r);
        my @names = map { Schema::of_answer($program, $path, $snippet->{name} =~ /\?(.*)/ ? $1 : '', $_) } 200, 403;
        ok scalar(grep { Schema::check_text($_, $text, closed => 1) eq '' } @names), "$at: the answer" or diag $text;
    }
}

# ---- what the site's own programs get ----

has_form('push', Kit::read_file("$folder/got"), 1, 'what a handler got');
my %kinds = @Push::KINDS;
Push::deliver($kit, Push::push_xml(@{ $kinds{$_} })) for grep { !/^unsubscribe$|cancellation/ } sort keys %kinds;
my @lines = map { split /\n/, Kit::read_file($_) } grep {m{/events/}} $kit->state_files;
cmp_ok scalar @lines, '>', 20, 'a journal of each kind of push';
has_form('push', $_, 1, 'a line of the journal, as handlers get it') for @lines;
has_form('journal', $_, 1, 'a line of the journal') for @lines;
has_form('user', Kit::read_file($_), 1, 'somebody who wrote', closed => 1) for $kit->user_files;
has_form('describe', encode_json($_), 1, "$_->{name} --describe", closed => 1) for values %{ Kit::programs() };

# ---- answers ----

my ($shop, $client) = ('s' x 40, 'c' x 40);
my $dev = 'http://localhost:5173';
my $openid = 'oSim0001-xiaoming_aBcDeFgHiJ';
my %conf = (hook => 'hook', service_keys => "shop:$shop", account_clients => 'shop', introspection_clients => "rs:$client", sign_in => 'authorize message', dev_origins => $dev, %Kit::mini);
my $site = Kit->new(conf => \%conf);
Kit::write_file("$site->{folder}/hook", "#!/bin/sh\nread -r line\necho \"\$line\" >> told\n", 0755);
system('chown', '-R', join(':', (getpwnam 'nobody')[2, 3]), $site->{folder}) if $> == 0;
my $cgi = '/cgi-bin';
my $browser = $site->browser;
$browser->sign_in('xiaoming');
my $who = $browser->get("$cgi/validate.cgi");
answers('validate', $who, 'signed in');
$openid = decode_json($who->{content})->{sub};
answers('validate', $site->browser->get("$cgi/validate.cgi"), 'nobody');
answers('validate', $browser->get("$cgi/validate.cgi?role=none"), 'without the role');
answers('validate', $browser->get("$cgi/validate.cgi?live=1"), 'live');
sub introspect { my ($secret, $token) = @_; return $site->browser->post("$cgi/validate.cgi", { client_id => 'rs', client_secret => $secret, defined $token ? (token => $token) : () }) }
answers('introspection', introspect($client, $browser->cookie('wx_session')), 'a valid token');
answers('introspection', introspect($client, 'x' x 43), 'another');
answers('introspection', introspect('x' x 40, 'x'), 'a wrong secret');
answers('introspection', introspect($client, undef), 'no token');
answers('list-page', $browser->get("$cgi/list.cgi?format=json"), 'the list');
answers('list-item', $browser->get("$cgi/list.cgi?format=json&item=orders"), 'an item');
answers('error', $browser->get("$cgi/list.cgi?format=json&item=nothing"), 'no such item');
answers('download', $browser->get("$cgi/me.cgi?download=1"), 'the own data');
answers('jssdk', $browser->get("$cgi/jssdk.cgi?url=$site->{site_url}/page"), 'a page of the site');
answers('error', $browser->get("$cgi/jssdk.cgi?url=https://evil.example/"), 'a page of another');
answers('error', $browser->post("$cgi/mini.cgi", {}), 'no code');

my $ticket = $browser->post("$cgi/ticket.cgi?dev=http%3A%2F%2Flocalhost%3A5173%2F", {}, headers => { 'Sec-Fetch-Site' => 'same-origin' });
my ($taken) = $ticket->{location} =~ /#wx_ticket=([\w-]+)$/;
answers('token', $site->browser->post("$cgi/ticket.cgi", { ticket => $taken }, headers => { Origin => $dev }), 'a ticket of a page under development');

my $computer = $site->browser;
$computer->get("$cgi/desktop.cgi");
answers('desktop', $computer->get("$cgi/desktop.cgi?wait=1&format=json"), 'no code is shown yet');
$computer->get("$cgi/desktop.cgi?wait=1");
answers('desktop', $computer->get("$cgi/desktop.cgi?wait=1&format=json"), 'it is shown');

my $program = $site->browser(headers => { Authorization => $shop });
answers('access-token', $program->get("$cgi/server.cgi/token"), 'the token');
answers('jsapi-ticket', $program->get("$cgi/server.cgi/jsapi_ticket"), 'the ticket');
answers('peer', $program->get("$cgi/server.cgi/api/wechat/access_token"), 'the token, as wechat-server gives it');
answers('peer', $program->get("$cgi/server.cgi/api/wechat/user?code=000000"), 'a code that is not in force');
answers('call', $program->get("$cgi/server.cgi/user?openid=$openid"), 'a call');
answers('call', $program->request('POST', "$cgi/server.cgi/send", content => '{"touser":"oNobody0001-xxxxxxxxxxxxx","msgtype":"text","text":{"content":"a"}}'), 'a call that WeChat refuses');
answers('service-error', $program->request('POST', "$cgi/server.cgi/send", content => '['), 'no JSON');
answers('check', $program->get("$cgi/check.cgi?format=json"), 'all checks');
answers('error', $site->browser->get("$cgi/check.cgi?format=json"), 'for a stranger');

# Another program signs somebody in.
my $oidc = Oidc->new;
my $visitor = $oidc->kit->browser;
answers('oidc-metadata', $visitor->get(Oidc::base() . '/.well-known/openid-configuration'), 'discovery');
answers('oidc-jwks', $visitor->get(Oidc::base() . '/jwks'), 'the keys');
my $given = $oidc->redeem($oidc->code($visitor, scope => 'openid profile email groups'));
answers('oidc-token', $given, 'a code');
answers('oidc-token', $oidc->refresh($given->{json}{refresh_token}), 'a refresh token');
answers('oidc-error', $oidc->redeem('x' x 43), 'no code');
answers('oidc-error', $oidc->userinfo(undef), 'no token');
answers('oidc-userinfo', $oidc->userinfo($given->{json}{access_token}), 'the person');
answers('oidc-introspection', $oidc->ask('/introspect', { token => $_ }), 'a token') for $given->{json}{access_token}, 'x';
answers('error', $visitor->get(Oidc::base() . '/nothing'), 'no endpoint');
has_form('user', Kit::read_file(($oidc->kit->user_files)[0]), 1, 'a person who signs in to programs');

has_form('command-error', Command->new($site)->run('token', '--conf', '/nonexistent', '--json')->{out}, 1, 'an error of the command', closed => 1);

# An owner blocks somebody: the record, the hook, and the file.
$site->browser->sign_in('meimei');
my ($other) = grep { $_ ne $openid } map { m{/([^/]+)\.json$} } $site->user_files;
$site->write_conf(%conf, owners => $openid);
my ($csrf) = $browser->get("$cgi/owner.cgi?view=person&openid=$other")->{content} =~ /name="csrf" value="([^"]+)"/;
for my $action ([roles => (roles => 'editor')], ['block']) {
    my ($name, @more) = @$action;
    is $browser->post("$cgi/owner.cgi?view=person", { csrf => $csrf, openid => $other, action => $name, @more })->{status}, 303, "an owner: $name";
}
answers('download', $browser->get("$cgi/owner.cgi?view=person&openid=$other&format=json"), 'somebody’s data, for an owner');
has_form('audit', $_, 1, 'what owners did', closed => 1) for split /\n/, Kit::read_file($site->state_dir . '/audit.jsonl');
has_form('user', Kit::read_file($_), 1, 'somebody who signed in', closed => 1) for $site->user_files;
my @told;
Kit::wait_for('the hook', 20, sub { @told = split /\n/, Kit::read_file("$site->{folder}/told"); @told >= 3 });
has_form('hook', $_, 1, 'what the hook got', closed => 1) for @told;

is_deeply [grep { !$met{$_} } Schema::names()], [], 'each schema was met';

# ---- another implementation ----

SKIP: {
    skip 'python3-jsonschema is not installed', 1 if system("python3 -c 'import jsonschema' 2>/dev/null") != 0;
    my $json = JSON::PP->new->utf8->allow_nonref;
    my $in = "$folder/asked";
    Kit::write_file($in, join '', map { my ($name, $text) = @$_; '["' . $name . '",' . ($text =~ s/\n/ /gr) . "]\n" } @asked);
    my @says = split /^/, `python3 $Kit::TOP/tests/lib/schema.py $Kit::TOP/docs/reference/schemas < $in 2>&1`;
    chomp @says;
    my @differ = grep { !defined $says[$_] || ($says[$_] eq '' ? 1 : 0) != $asked[$_][2] } 0 .. $#asked;
    is join("\n", map {"$asked[$_][0]: $asked[$_][3]: " . ($says[$_] // 'nothing')} @differ[0 .. ($#differ > 4 ? 4 : $#differ)]), '', 'the schemas are valid, and another implementation agrees about ' . @asked . ' values';
}
done_testing;
