# Every snippet of the documentation works: settings are read by a program, files by the check of files, answers have the form of
# their schema, scripts are accepted by their language. What is run whole, with a server or an account, has a test of its own: the
# table at the end says which, and that test names the page.
use strict;
use utf8;
use warnings;
use Command;
use Docs;
use Encode qw(encode_utf8);
use File::Temp qw(tempdir);
use JSON::PP;
use Kit;
use Test::More;
binmode Test::More->builder->$_, ':utf8' for qw(output failure_output todo_output);

my $kit = Kit->new(stopped => 1);
my $wechat = Command->new($kit);
my $folder = tempdir(CLEANUP => 1);
my $conf = Kit::read_file("$kit->{folder}/wechat.conf");
my @pages = ('README.md', 'README.zh-CN.md', Docs::pages());

# What stands in the documents for a value of the reader's own.
my %own = (push_token => $Kit::PUSH_TOKEN, encoding_aes_key => $Kit::AES_KEY, mini_push_token => 'inventedMiniToken', mini_encoding_aes_key => $Kit::AES_KEY,
    appid => $Kit::APPID, secret => $Kit::SECRET, %Kit::website, %Kit::mini, site_url => $kit->{site_url});

# Settings: each key exists and its value is valid; one that is the reader's own is replaced.
sub settings {
    my ($snippet) = @_;
    my %set = $snippet->{text} =~ /^mini_/m ? %Kit::mini : ();
    for (split /\n/, $snippet->{text}) {
        next if /^\s*(?:#|$)/;
        my ($key, $value) = /^(\w+)\s*=\s*(.*?)\s*$/ or return "not a setting: $_";
        $value = $own{$key} if defined $own{$key};
        $value =~ s/\b(?:ANOTHER-|OTHER_)?KEY\b|\w+…/'0123456789abcdef' x 4/ge;
        $set{$key} = encode_utf8($value);
    }
    my $text = join '', grep { !/^(\w+) *=/ || !exists $set{$1} } split /^/, $conf;
    $text .= "$_ = $set{$_}\n" for sort keys %set;
    $kit->write_conf_text($text);
    my $answer = $kit->run('validate.cgi');
    return '' if defined $set{state} && $answer->{status} == 503 && $answer->{error} =~ /: state: \S+ cannot be reached/;
    return $answer->{status} == 401 ? '' : $answer->{error} || $answer->{status};
}

# A file that an owner writes: what `wechat check` says of it.
my %file = ('replies.json' => 'replies', 'list.json' => 'list', 'links.json' => 'links', 'menu.json' => 'menu', 'access.json' => 'access', 'clients.json' => 'oidc_clients');
sub file {
    my ($snippet) = @_;
    my $key = $file{ $snippet->{name} };
    Kit::write_file("$kit->{folder}/$snippet->{name}", encode_utf8($snippet->{text}), 0644);
    $kit->write_conf_text(join('', grep { !/^\Q$key\E *=/ } split /^/, $conf) . "$key = $snippet->{name}\n" . ($key eq 'access' ? "private_dir = private\n" : ''));
    mkdir "$kit->{folder}/private";
    my ($row) = grep { $_->{check} =~ /^\Q$key\E(?:_file)?$/ } @{ $wechat->run({ as_root => 1 }, 'check', '--json')->{json}{checks} };
    unlink "$kit->{folder}/$snippet->{name}";
    return !$row ? "wechat check has no line of $key" : $row->{state} eq 'good' ? '' : "$row->{state}: $row->{cause}";
}

sub json {
    my ($snippet) = @_;
    return file($snippet) if $file{ $snippet->{name} };
    return eval { JSON::PP->new->decode($snippet->{text}); 1 } ? '' : $@;
}

# What a language says of a script.
sub accepted {
    my ($snippet, $end, @command) = @_;
    return '' if !Kit::find_program($command[0]);
    my $path = "$folder/snippet.$end";
    Kit::write_file($path, encode_utf8($snippet->{text}));
    my $said = `@command $path 2>&1`;
    return $? == 0 ? '' : $said || 'refused';
}

my %check = (
    conf => \&settings,
    json => \&json,
    sh => sub { accepted($_[0], 'sh', $_[0]{text} =~ /^#!.*bash/ ? 'bash' : 'sh', '-n') },
    php => sub { accepted({ text => ($_[0]{text} =~ /<\?php/ ? '' : "<?php\n") . $_[0]{text} }, 'php', 'php', '-l') },
    python => sub { accepted($_[0], 'py', 'python3', '-m', 'py_compile') },
    js => sub { accepted($_[0], 'mjs', 'node', '--check') },
);

my %seen;
for my $page (@pages) {
    my @wrong;
    for my $snippet (Docs::snippets($page)) {
        $seen{$page}{ $snippet->{language} } = 1;
        my $check = $check{ $snippet->{language} } or next;
        my $said = $check->($snippet);
        push @wrong, "$page:$snippet->{line}: $said" if $said ne '';
    }
    is join("\n", @wrong), '', "$page: its snippets";
}

# ---- what is run by other tests ----

my %run = (
    'README.md' => 'tests/docs/readme.t',
    'docs/en/backup.md' => 'tests/docs/backup.t',
    'docs/en/calls.md' => 'tests/server/examples.t',
    'docs/en/check.md' => 'tests/server/check.t',
    'docs/en/command.md' => 'tests/command/examples.t',
    'docs/en/development.md' => 'tests/docs/develop.t',
    'docs/en/gate.md' => 'tests/lib/Gate.pm',
    'docs/en/hosts.md' => 'tests/docs/hosts.t',
    'docs/en/install.md' => 'tests/cgi/install.t',
    'docs/en/machines.md' => 'tests/lib/Machines.pm',
    'docs/en/messages.md' => 'tests/push/replies.t',
    'docs/en/mini-program.md' => 'tests/docs/develop.t',
    'docs/en/one-api.md' => 'tests/server/server.t',
    'docs/en/openid-programs.md' => 'tests/command/openid.t',
    'docs/en/openid.md' => 'tests/command/openid.t',
    'docs/en/people.md' => 'tests/docs/people.t',
    'docs/en/proxies.md' => 'tests/server/proxies.t',
    'docs/en/scale.md' => 'tests/docs/scale.t',
    'docs/en/security.md' => 'tests/server/accesslog.t',
    'docs/en/slow.md' => 'tests/push/slow.t',
    'docs/en/redis.md' => 'tests/server/redis.t',
    'docs/en/start.md' => 'tests/server/places.t',
    'docs/en/uninstall.md' => 'tests/server/places.t',
    'docs/en/upgrade.md' => 'tests/server/places.t',
    'docs/en/who-is-it.md' => 'tests/docs/who-is-it.t',
);
for my $page (sort keys %seen) {
    next if $page =~ m{^docs/zh/|^README\.zh}; # the same snippets: twins.t
    my @rest = grep { !/^(?:conf|json|text|css|)$/ } sort keys %{ $seen{$page} };
    my $test = $run{$page};
    ok !@rest || ($test && index(Kit::read_file("$Kit::TOP/$test"), $page) >= 0), "$page: a test runs its snippets in @rest" . ($test ? " ($test)" : '');
}
done_testing;
