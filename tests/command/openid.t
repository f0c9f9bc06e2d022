# wechat keys and wechat client: what an OpenID provider is set up with, and what wechat check says of it.
use strict;
use utf8;
use warnings;
use Command;
use Digest::SHA qw(sha256_hex);
use Docs;
use Encode qw(decode_utf8 encode_utf8);
use JSON::PP;
use Kit;
use Test::More;
use Text::ParseWords qw(shellwords);

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $kit = Kit->new(stopped => 1);
my $wechat = Command->new($kit);

# The owner's folder, in which the programs may write.
sub own { system('chown', '-R', join(':', (getpwnam 'nobody')[2, 3]), $kit->{folder}) if $> == 0; return }
own();
my $file = "$kit->{folder}/clients.json";
my $uri = 'https://git.example.com/user/oauth2/WeChat/callback';

# The lines of wechat check about a part of it: state and result.
sub checks {
    my ($part) = @_;
    return map {"$_->{state} $_->{result}"} grep { $_->{check} eq $part } @{ $wechat->run('check', '--json')->{json}{checks} };
}

# ---- before it is set up ----

my $said = $wechat->run(qw(client add Gitea --redirect), $uri);
is "$said->{exit} $said->{out}", '1 ', 'without oidc_clients there is no client';
like $said->{err}, qr/^wechat: set oidc_clients = clients\.json in the settings file first$/, 'and why';
is_deeply [map { checks($_) } qw(oidc_clients_file oidc_keys)], [], 'wechat check has nothing to say';
$kit->write_conf(oidc_clients => 'clients.json');
own();
is_deeply [checks('oidc_clients_file')], ['failed missing'], 'the file is missing';
is $wechat->run(qw(client list))->{out}, '', 'no client in the list';

# ---- a client ----

$said = $wechat->run(qw(client add), 'Gitea at home', '--redirect', $uri, '--redirect=http://127.0.0.1/cb', qw(--logout https://git.example.com/ --email placeholder --scope), 'openid groups',
    qw(--back-channel https://git.example.com/out --front-channel https://git.example.com/frame));
is $said->{exit}, 0, 'added';
my ($issuer, $id, $secret) = $said->{out} =~ /\Aissuer: (\S+)\nclient_id: (\S+)\nclient_secret: (\S+)\n\z/;
is $issuer, "$kit->{site_url}/cgi-bin/oidc.cgi", 'the issuer';
like $id, qr/^giteaathome-[0-9a-f]{6}$/, 'an id of the name';
like $secret, qr/^[\w-]{43}$/, 'a secret of 256 bits';
like $said->{err}, qr/Only its SHA-256 is kept.*\n.*There is no key for RS256 yet: wechat keys make/s, 'said once; and that there is no key yet';
my ($entry) = @{ JSON::PP->new->utf8->decode(Kit::read_file($file)) };
is_deeply $entry, { client_id => $id, client_name => 'Gitea at home', client_secret_sha256 => sha256_hex($secret), redirect_uris => [$uri, 'http://127.0.0.1/cb'],
    post_logout_redirect_uris => ['https://git.example.com/'], backchannel_logout_uri => 'https://git.example.com/out', frontchannel_logout_uri => 'https://git.example.com/frame', scope => 'openid groups', email => 'placeholder' }, 'the entry, with the hash of the secret';
unlike Kit::read_file($file), qr/\Q$secret/, 'and not the secret';
is sprintf('%04o', (stat $file)[2] & 07777), '0600', 'for this user alone';
is_deeply [checks('oidc_clients_file')], ['good good'], 'wechat check finds it';
is_deeply [checks('oidc_keys')], ['failed missing'], 'and that there is no key';

# ---- another one, by hand; the file stays as its owner wrote it ----

my $hand = qq([\n\t{"client_id": "wiki", "redirect_uris" : ["https://wiki.example.com/cb"],\n\t "token_endpoint_auth_method": "none"}\n  ]\n);
Kit::write_file($file, $hand, 0600);
own();
$said = $wechat->run(qw(client add 相册 --public --skip-consent --alg ES256 --json --redirect app.immich:///oauth-callback));
is_deeply [sort keys %{ $said->{json} }], [qw(client_id issuer)], '--json; a public client has no secret';
like $said->{json}{client_id}, qr/^client-[0-9a-f]{6}$/, 'a name without letters';
my $album = $said->{json}{client_id};
is index(Kit::read_file($file), substr($hand, 0, -5)), 0, 'what was there stays';
is Kit::read_file("$file.before"), $hand, 'and the version before is kept';
is decode_utf8($wechat->run(qw(client list))->{out}), "wiki  wiki  https://wiki.example.com/cb\n$album  相册  app.immich:///oauth-callback\n", 'the list';
is_deeply [map { $_->{client_id} } @{ $wechat->run(qw(client list --json))->{json}{clients} }], ['wiki', $album], 'for programs';
is_deeply [sort { $a cmp $b } checks('oidc_keys')], [('failed missing') x 2], 'a key of each algorithm is missing';

# ---- another secret; removed ----

$said = $wechat->run(qw(client add Shop --id shop --redirect https://shop.example.com/cb));
my $first = ($said->{out} =~ /client_secret: (\S+)/)[0];
$said = $wechat->run(qw(client secret shop));
my $second = ($said->{out} =~ /client_secret: (\S+)/)[0];
isnt $second, $first, 'another secret';
like Kit::read_file($file), qr/@{[ sha256_hex($second) ]}/, 'is in the file';
unlike Kit::read_file($file), qr/@{[ sha256_hex($first) ]}/, 'and not the first';
is $wechat->run(qw(client remove shop))->{exit}, 0, 'removed';
is_deeply [map { $_->{client_id} } @{ $wechat->run(qw(client list --json))->{json}{clients} }], ['wiki', $album], 'and gone';

# ---- what is refused, and changes nothing ----

my $before = Kit::read_file($file);
for my $row (
    [[qw(remove nobody)], 1, 'there is no client nobody: wechat client list'],
    [[qw(secret nobody)], 1, 'there is no client nobody: wechat client list'],
    [[qw(secret wiki)], 1, 'the client wiki is public: it has no secret'],
    [[qw(add A)], 2, '--redirect URI is missing: where the program takes people back'],
    [[qw(add A --id wiki --redirect https://a.example/)], 1, "$file: line 5: another entry has the \"client_id\" wiki"],
    [[qw(add A --redirect http://a.example/)], 1, "$file: line 5: \"redirect_uris\" has an address with http, which others can read on the way: use https; in a network of your own, \"allow_http\": true"],
    [['add', 'A', '--redirect', 'https://a.example/#x'], 1, "$file: line 5: \"redirect_uris\": must be full addresses, without wildcards, fragments (#), blanks and characters that have to be encoded"],
    [[qw(add A --redirect com.example.app:/x)], 1, "$file: line 5: \"redirect_uris\" has an address of an app, and so the client needs \"require_pkce\": true"],
    [[qw(add A --email typed --redirect https://a.example/)], 1, "$file: line 5: \"email\": must be none, file or placeholder"],
    [[qw(add A --alg none --redirect https://a.example/)], 1, "$file: line 5: \"id_token_signed_response_alg\": must be RS256 or ES256"],
    [['add', '', '--redirect', 'https://a.example/'], 1, "$file: line 5: \"client_name\": must be a text of one line, of 1 to 120 bytes"],
) {
    my ($words, $exit, $text) = @$row;
    $said = $wechat->run('client', @$words);
    is "$said->{exit} $said->{out}", "$exit ", "@$words: refused";
    is((split /\n/, $said->{err})[0], "wechat: $text", 'and why');
    is Kit::read_file($file), $before, 'nothing is changed';
}
Kit::write_file($file, '[{"client_id": "a b", "redirect_uri": []}]', 0600);
$said = $wechat->run({ environment => { LANG => 'zh_CN.UTF-8' } }, qw(client check));
is $said->{exit}, 1, 'a file with a mistake';
like decode_utf8($said->{err}), qr/^wechat: \S+clients\.json：第 1 行：“client_id”应为：1 到 64 个字母、数字、-、\.、_ 和 ~$/m, 'in Chinese';
is_deeply [checks('oidc_clients_file')], ['failed invalid'], 'wechat check says so as well';
is $wechat->run(qw(client add A --redirect https://a.example/))->{exit}, 1, 'it is not written to';
Kit::write_file($file, $before, 0600);
is $wechat->run(qw(client check))->{out}, "$file: 2 clients, no mistake\n", 'without';

# ---- keys ----

$said = $wechat->run(qw(keys list));
is "$said->{exit} $said->{err}", "1 wechat: there are no keys: wechat keys make\n", 'no keys';
for my $row ([[qw(rotate)], 'there is no key for RS256: wechat keys make --alg RS256'], [[qw(replace --alg ES256)], 'there is no key for ES256: wechat keys make --alg ES256']) {
    is $wechat->run('keys', @{ $row->[0] })->{err}, "wechat: $row->[1]\n", "@{ $row->[0] }: there is none";
}
is $wechat->run(qw(keys make --alg RS512))->{exit}, 2, 'another algorithm';
is_deeply [grep { m{/keys/} } $kit->state_files], [], 'nothing is stored';
$said = $wechat->run(qw(keys make --alg ES256));
like $said->{out}, qr/\AES256  [\w-]{43}  \d{4}-\d\d-\d\d \d\d:\d\d  signs since\n\z/, 'made';
is $wechat->run(qw(keys make --alg ES256))->{err}, "wechat: there is a key for ES256 already: wechat keys rotate makes the next one\n", 'once';
is_deeply [sort { $a cmp $b } checks('oidc_keys')], ['failed missing', 'good good'], 'wechat check finds it; that of the other client is missing';
$said = $wechat->run(qw(keys rotate --alg=ES256 --json));
is join(' ', map {"$_->{alg} $_->{state}"} @{ $said->{json}{keys} }), 'ES256 signs ES256 next', 'the next one';
is $said->{json}{keys}[1]{signs_from} - $said->{json}{keys}[1]{made}, 86400, 'signs a day later';
like $wechat->run(qw(keys rotate --alg ES256))->{err}, qr/the next key for ES256 is there already/, 'once';
my ($stored) = grep { m{/keys/} } $kit->state_files;
is sprintf('%04o', (stat $stored)[2] & 07777), '0600', 'a file that nobody else can read';
$said = $wechat->run(qw(keys replace --alg ES256 --json));
is join(' ', map {"$_->{alg} $_->{state}"} @{ $said->{json}{keys} }), 'ES256 signs', 'replaced: the others are gone';
unlike join(' ', map { $wechat->run(@$_)->{out} } [qw(keys list)], [qw(keys list --json)]), qr/PRIVATE|salt/, 'no key is printed';

# ---- what docs/en/openid.md and docs/en/openid-programs.md show, line by line (but for npm and node: tests/browser/sample.t) ----

sub run_lines {
    for my $line (grep {/^wechat /} map { split /\n/, $_->{text} } grep { $_->{language} eq 'sh' } @_) {
        my (undef, @words) = shellwords($line =~ s/ >\S+$//r);
        unlink glob "$kit->{folder}/wechat-state/keys/*/*" if "@words" eq 'keys make';
        is $wechat->run(@words)->{exit}, 0, $line;
    }
    return;
}
my @snippets = Docs::snippets('docs/en/openid.md');
my ($shown) = grep { $_->{name} eq 'clients.json' } @snippets;
Kit::write_file($file, encode_utf8($shown->{text}), 0600);
run_lines(@snippets);

# Each program can be added; what it is set up to ask for, and where, is there; its mail address is the one that the table advises.
my $page = 'docs/en/openid-programs.md';
my @sections = split /^(?=## )/m, Docs::text($page);
Kit::write_file($file, '[]', 0600);
run_lines(Docs::snippets($page));
my @added = @{ JSON::PP->new->utf8->decode(Kit::read_file($file)) };
is scalar @added, 11, 'eleven programs';
for my $client (@added) {
    my ($section) = grep { /^wechat client add $client->{client_name} /m } @sections;
    my %may = map { $_ => 1 } split / /, $client->{scope} // 'openid profile email';
    my @scopes = map { split /,? / } $section =~ s/^wechat client add .*//mr =~ /\bopenid(?:,? (?:profile|email|groups))+/g;
    is_deeply [grep { !$may{$_} } @scopes], [], "$client->{client_name} may ask for the scopes of its settings";
    my ($title) = $section =~ /^## (.*)/;
    my ($advice) = $sections[0] =~ /^\| \Q$title\E \| ([^|]*) \|/m;
    my $email = $client->{email} // 'none';
    like $advice, qr/`$email`/, "$title: its mail address";
}
my $metadata = decode_json($kit->run('oidc.cgi', before => [Kit::as_server()], environment => { PATH_INFO => '/.well-known/openid-configuration' })->{body});
my %known = map { $_ => 1 } grep { !ref } values %$metadata;
my %named = map { $_ => 1 } map { Docs::text($_) =~ m{https://www\.example\.com(/cgi-bin/oidc\.cgi[^\s?`'"|]*)}g } $page, $page =~ s{/en/}{/zh/}r;
is_deeply [grep { !$known{ $kit->{site_url} . $_ } } sort grep { !m{/\.well-known/openid-configuration$} } keys %named], [], 'each address is one of those that the site names';

# ---- the issuer, as wechat check sees it over the web ----

$kit = Kit->new(conf => { language => 'en', oidc_clients => 'clients.json' });
$wechat = Command->new($kit);
$issuer = "$kit->{site_url}/cgi-bin/oidc.cgi";
for my $row (
    ["Content-Type: application/json\r\n\r\n{\"issuer\": \"$issuer\"}", 'good good', "$issuer answers under its name."],
    ["Content-Type: application/json\r\n\r\n{\"issuer\": \"https://other.example\"}", 'failed other', "$issuer answers as https://other.example."],
    ["Content-Type: text/html\r\n\r\nhello", 'failed missing', "$issuer/.well-known/openid-configuration does not answer as it should (status 200)."],
    ["Status: 403 Forbidden\r\nContent-Type: text/plain\r\n\r\nno", 'failed missing', "$issuer/.well-known/openid-configuration does not answer as it should (status 403)."],
) {
    my ($answer, $wanted, $cause) = @$row;
    unlink "$kit->{folder}/cgi-bin/oidc.cgi";
    Kit::write_file("$kit->{folder}/cgi-bin/oidc.cgi", "#!/bin/sh\ncat <<'END'\n$answer\nEND\n", 0755);
    my ($line) = grep { $_->{check} eq 'oidc_issuer' } @{ $wechat->run(qw(check --json))->{json}{checks} };
    is "$line->{state} $line->{result}", $wanted, "the issuer: $wanted";
    is $line->{cause}, $cause, 'which it says';
}
done_testing;
