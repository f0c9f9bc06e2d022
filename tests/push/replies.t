#!/usr/bin/env perl
# What wechat.cgi answers: rules, good and bad handlers, repeats, three deliveries at the same moment. The rules and
# handlers of docs/en/messages.md are run exactly as written there.
use strict;
use warnings;
use Docs;
use Encode qw(decode_utf8 encode);
use JSON::PP;
use Kit;
use POSIX ();
use Push;
use Test::More;
use Time::HiRes qw(time);

my %settings = (push_token => $Push::TOKEN, encoding_aes_key => $Push::AES_KEY, push_mode => 'plain', replies => undef, handler => undef);
my $kit = Kit->new(stopped => 1, conf => {%settings});
my $folder = $kit->{folder};
my $state = $kit->state_dir;
my $id = 1000;

sub settings { $kit->write_conf(%settings, @_) }
sub forget_state { system('rm', '-rf', $state); return }
sub journal_lines { return split /\n/, join '', map { Kit::read_file($_) } glob "$state/events/*.jsonl" }
sub text_push { my ($text, %more) = @_; return Push::push_xml(MsgType => 'text', Content => $text, MsgId => $more{id} || ++$id) }
sub content { my ($xml) = @_; return $xml =~ m{<Content><!\[CDATA\[(.*)\]\]></Content>}s ? $1 : undef }

sub rules {
    my ($json) = @_;
    Kit::write_file("$folder/replies.json", $json);
    settings(replies => 'replies.json', @_[1 .. $#_]);
    return;
}

sub handler {
    my ($text, @more) = @_;
    Kit::write_file("$folder/handler", $text, 0755);
    settings(handler => 'handler', @more);
    return;
}

# ---- rules ----

rules('[{"message": "text", "contains": "hi", "reply": {"text": "hello {{?nickname}}{{nickname}}{{/nickname}}{{content}} {{login_url}}"}},
{"event": "subscribe", "scene": "77", "reply": {"text": "scene {{scene}}"}},
{"event": "CLICK", "key": "MENU_1", "reply": {"news": [{"title": "t", "url": "u"}, {"title": "t2", "url": "u2"}]}},
{"event": "VIEW", "reply": null}, {"reply": {"transfer": true}}]');
my $got = Push::deliver($kit, text_push('oh hi'));
is $got->{status}, 200, 'a rule answers';
is $got->{headers}{'content-type'}[0], 'text/xml; charset=utf-8', 'with XML';
is content($got->{body}), "hello oh hi $kit->{site_url}/cgi-bin/login.cgi", 'with values';
like $got->{body}, qr{<ToUserName><!\[CDATA\[\Q$Push::USER\E\]\]></ToUserName><FromUserName><!\[CDATA\[\Q$Push::ACCOUNT\E\]\]>}, 'To and From are swapped';
my %kinds = @Push::KINDS;
is content(Push::deliver($kit, Push::push_xml(@{ $kinds{subscribe_scene} }))->{body}), 'scene 77', 'by scene';
like Push::deliver($kit, Push::push_xml(@{ $kinds{CLICK} }))->{body}, qr{<ArticleCount>2</ArticleCount>}, 'a menu click: two articles';
is Push::deliver($kit, Push::push_xml(@{ $kinds{VIEW} }))->{body}, '', 'null: an empty answer';
like Push::deliver($kit, text_push('else'))->{body}, qr{transfer_customer_service}, 'the rule for the rest';

my ($user_file) = $kit->user_files;
my $user = decode_json(Kit::read_file($user_file));
Kit::write_file($user_file, encode_json({ %$user, nickname => "\x{5c0f}\x{660e}<b>" }), 0600);
is decode_utf8(content(Push::deliver($kit, text_push('hi'))->{body})), "hello \x{5c0f}\x{660e}<b>hi $kit->{site_url}/cgi-bin/login.cgi", 'the nickname comes from the user file of the sign-in';

for my $mode (qw(compatible safe)) {
    settings(replies => 'replies.json', push_mode => $mode);
    $got = Push::deliver($kit, text_push('hi ]]> there'), mode => $mode);
    unlike $got->{body}, qr/hello/, "$mode: the reply is sealed";
    like $got->{body}, qr{<Nonce><!\[CDATA\[1514711492\]\]></Nonce>}, "$mode: with the query's nonce";
    like content(Push::reply_of($got)), qr/hello .*hi \]\]\]\]><!\[CDATA\[> there/, "$mode: and opens";
    my $none = Push::deliver($kit, Push::push_xml(@{ $kinds{VIEW} }, MenuId => $mode), mode => $mode);
    is $none->{body}, '', "$mode: no reply is not sealed";
    $got = Push::deliver($kit, text_push('old key hi'), mode => $mode, key => $Push::OLD_KEY);
    is $got->{status}, 403, "$mode: an old key that is not set";
    settings(replies => 'replies.json', push_mode => $mode, encoding_aes_key_previous => $Push::OLD_KEY);
    $got = Push::deliver($kit, text_push('old key hi'), mode => $mode, key => $Push::OLD_KEY);
    like content(Push::reply_of($got, key => $Push::OLD_KEY)), qr/old key hi/, "$mode: what the previous key opened is answered with it";
}

for my $row (['[{"reply":{"text":"a"}},{"mesage":"text","reply":null}]', qr/replies\.json, rule 2 \(line 1\): there is no "mesage"/],
    ["[{\"reply\":null}\n,\n{]", qr/replies\.json, line 3: /],
    ["[\n{\"reply\":\n{\"text\":\"a\"}\n},\n]\n", qr/replies\.json, line 4: remove the comma before \] in line 5/],
    ['[{"reply":{“text”:"a"}}]', qr/replies\.json, line 1: write " instead of “/], ["[\n{\"reply\":null}", qr/line 2: add \]: the \[ in line 1 is not closed/], ['', qr/line 1: an array/]) {
    rules($row->[0]);
    $got = Push::deliver($kit, text_push('x'));
    is "$got->{status} [$got->{body}]", '200 []', 'a broken replies.json: an empty 200';
    like $got->{error}, $row->[1], 'and the log names the place';
}

# As Windows editors save it; other encodings are refused, so that nothing garbled is sent.
my $rule = '[{"message":"text","contains":"hi","reply":{"text":"你好"}}]';
for my $row (['a byte order mark', "\xef\xbb\xbf$rule"], ['CR LF, 0x1A at the end', $rule =~ s/,/,\r\n/gr . "\r\n\x1a"]) {
    rules($row->[1]);
    is content(Push::deliver($kit, text_push('hi'))->{body}), '你好', "replies.json with $row->[0]";
}
my $save = qr/save it as UTF-8 \(Notepad: Save As, Encoding: UTF-8\); 请保存为 UTF-8/;
for my $row (['UTF-16LE', qr/replies\.json: it is UTF-16: $save/], ['UTF-16BE', qr/replies\.json: it is UTF-16: $save/],
    ['GBK', qr/replies\.json, line 2: it is not UTF-8, perhaps GBK: $save/]) {
    for my $mark ('', $row->[0] eq 'GBK' ? () : "\x{feff}") {
        my $name = ($mark eq '' ? '' : 'marked ') . $row->[0];
        rules(encode($row->[0], "$mark\n" . decode_utf8($rule)));
        $got = Push::deliver($kit, text_push('hi'));
        is "$got->{status} [$got->{body}]", '200 []', "replies.json in $name: an empty 200";
        like $got->{error}, $row->[1], 'and the log says how to save it';
    }
}
settings(replies => 'missing.json');
$got = Push::deliver($kit, text_push('x'));
is "$got->{status} [$got->{body}]", '200 []', 'no replies.json: an empty 200';
like $got->{error}, qr/missing\.json.*No such file/, 'and the log names it';

# ---- handlers ----

handler("#!/bin/sh\ncat > got\nprintf '%s %s %s' \"\$PATH\" \"\$WECHAT_STATE_DIR\" \"\$(env | wc -l)\" > env\necho '{\"text\":\"from the handler to {{openid}}\", \"template\": true}'\n");
$got = Push::deliver($kit, text_push("a \"quoted\"\n你好"), environment => { HTTP_PROXY => 'x', SECRET => 'y' });
is content($got->{body}), "from the handler to $Push::USER", 'a handler answers';
my $given = decode_json(Kit::read_file("$folder/got"));
is_deeply [@$given{qw(MsgType Content FromUserName)}], ['text', decode_utf8("a \"quoted\"\n你好"), $Push::USER], 'it gets the push';
like Kit::read_file("$folder/env"), qr{^/usr/local/bin:/usr/bin:/bin \Q$state\E }, 'a clean environment';
unlike Kit::read_file("$folder/env"), qr/SECRET/, 'nothing of the server in it';
handler("#!/bin/sh\ncat > got\n");
Push::deliver($kit, Push::push_xml(@{ $kinds{scancode_push} }));
is_deeply decode_json(Kit::read_file("$folder/got"))->{ScanCodeInfo}, { ScanType => 'qrcode', ScanResult => 'result' }, "the protocol's names, nested";

# A follower's text stays text, even if a handler repeats it.
handler("#!/usr/bin/env python3\nimport json, sys\njson.dump({'text': json.load(sys.stdin)['Content']}, sys.stdout)\n");
for my $said ('{{openid}}', '{{x', '{{?nickname}}', 'a {{nickname}} b {{/nickname}}', '{{login_url}}') {
    $got = Push::deliver($kit, text_push($said));
    is content($got->{body}), $said, "$said: a handler that repeats it says just that";
    is $got->{error}, '', 'and nothing is wrong';
}

for my $row (
    ['says nothing',     'cat >/dev/null',                          '',  qr/^$/],
    ['says null',        'echo null',                               '',  qr/^$/],
    ['crashes',          'kill -SEGV $$',                           '',  qr/signal 11/],
    ['fails',            'echo \'{"text":"a"}\'; exit 1',           '',  qr/exit status 1/],
    ['writes garbage',   'echo hello',                              '',  qr/its reply is invalid/],
    ['writes PHP\'s warning first', 'echo "Warning: x"; echo \'{"text":"a"}\'', '', qr/its reply is invalid/],
    ['writes another thing', 'echo \'{"txt":"a"}\'',                '',  qr/its reply is invalid: a reply is text/],
    ['writes too much',  'head -c 70000 /dev/zero',                 '',  qr/more than 65536 bytes/],
    ['ignores stdin',    'exec <&-; echo \'{"text":"a"}\'',         'a', qr/^$/],
) {
    handler("#!/bin/sh\n$row->[1]\n");
    $got = Push::deliver($kit, text_push('x'));
    is $got->{status}, 200, "a handler that $row->[0]: 200";
    is content($got->{body}) // '', $row->[2], "a handler that $row->[0]: its reply, or none";
    like $got->{error}, $row->[3], "a handler that $row->[0]: the log";
}
handler("#!/bin/sh\nsleep 60\n");
my $before = time;
$got = Push::deliver($kit, text_push('slow', id => 77));
cmp_ok time - $before, '<', 4.5, 'a slow handler: answered within 4.5 s';
is "$got->{status} [$got->{body}]", '200 []', 'with an empty 200';
like $got->{error}, qr/took too long/, 'and the log says why';
$before = time;
Push::deliver($kit, text_push('slow', id => 77));
cmp_ok time - $before, '<', 1, 'its repeat does not run it again';

# The handler's output in other encodings, and handlers that Windows editors have damaged.
for my $row (
    ['a byte order mark', "#!/bin/sh\nprintf '\\357\\273\\277{\"text\":\"你好\"}\\r\\n\\032'\n", '你好', qr/^$/],
    ['a byte order mark alone', "#!/bin/sh\nprintf '\\357\\273\\277\\r\\n'\n", undef, qr/^$/],
    ['GBK', "#!/bin/sh\nprintf '{\"text\":\"\\304\\343\\272\\303\"}'\n", undef, qr{/handler: its output, line 1: it is not UTF-8, perhaps GBK: $save}],
    ['UTF-16', "#!/bin/sh\nprintf '{\\0\"\\0t\\0'\n", undef, qr{/handler: its output: it is UTF-16: $save}],
    ['a comma too many', "#!/bin/sh\necho '{\"text\":\"a\",}'\n", undef, qr{/handler: its reply is invalid: line 1: remove the comma before \}}],
) {
    handler($row->[1]);
    $got = Push::deliver($kit, text_push('x'));
    is $got->{status}, 200, "a handler whose output has $row->[0]: 200";
    is content($got->{body}), $row->[2], "$row->[0]: no garbled reply";
    like $got->{error}, $row->[3], "$row->[0]: the log";
}
for my $row (
    ['CR LF', "#!/usr/bin/env sh\r\necho '{}'\r\n", qr/its first line ends with CR LF, as Windows writes it: save it with the line ends of Unix/],
    ['CR LF behind its shell', "#!/bin/sh\r\necho '{}'\r\n", qr/its first line ends with CR LF/],
    ['no first line', "echo '{}'\n", qr/its first line must name what runs it, such as #!/],
    ['a byte order mark', "\xef\xbb\xbf#!/bin/sh\n", qr/a byte order mark \(BOM\) stands before #!/],
    ['an interpreter that is not there', "#!/nowhere/php\n", qr{its first line names /nowhere/php, which this host does not have}],
) {
    handler($row->[1]);
    $got = Push::deliver($kit, text_push('x'));
    is "$got->{status} [$got->{body}]", '200 []', "a handler with $row->[0]: an empty 200";
    like $got->{error}, qr{kind=config .*/handler: .*$row->[2]}, "$row->[0]: the log says that";
}
chmod 0644, "$folder/handler";
like Push::deliver($kit, text_push('x'))->{error}, qr{/handler: it is not executable: chmod 755 it}, 'a handler that is not executable';
unlink "$folder/handler";
$got = Push::deliver($kit, text_push('x'));
is "$got->{status} [$got->{body}]", '200 []', 'no handler there: an empty 200';
like $got->{error}, qr{/handler: No such file}, 'and the log names it';

# Handler and rules: the rules apply where the handler prints nothing.
rules('[{"reply": {"text": "a rule"}}]', handler => 'handler');
Kit::write_file("$folder/handler", "#!/bin/sh\ncase \$(cat) in *one*) echo '{\"text\":\"handler\"}';; *two*) echo null;; *three*) exit 1;; esac\n", 0755);
is content(Push::deliver($kit, text_push($_->[0]))->{body}) // '', $_->[1], "$_->[0]: " . ($_->[1] || 'no reply')
    for ['one', 'handler'], ['two', ''], ['three', ''], ['four', 'a rule'];

# ---- repeats ----

forget_state();
handler("#!/bin/sh\necho run >> runs\necho \"{\\\"text\\\":\\\"\$(date +%N)\\\"}\"\n");
my $same = text_push('again');
my $first = Push::deliver($kit, $same);
ok content($first->{body}), 'the first delivery is answered';
is Push::deliver($kit, $same, nonce => "n$_")->{body}, $first->{body}, "delivery $_: byte for byte the same answer" for 2, 3;
is scalar(journal_lines()), 1, 'one journal line';
is Kit::read_file("$folder/runs"), "run\n", 'the handler ran once';
isnt Push::deliver($kit, text_push('again'))->{body}, $first->{body}, 'the same words in another message are another push';
settings(handler => 'handler', push_mode => 'safe');
my $sealed = text_push('sealed again');
my @replies = map { Push::reply_of(Push::deliver($kit, $sealed, mode => 'safe', nonce => "n$_")) } 1 .. 3;
is_deeply [@replies[1, 2]], [@replies[0, 0]], 'sealed: the same reply in each envelope';

# A delivery that starts first, but whose body arrives after a later delivery is answered.
{
    settings(handler => 'handler');
    my $xml = text_push('overtaken');
    pipe my $read, my $write or die "pipe: $!";
    my $child = fork;
    if (!$child) {
        close $write;
        open STDIN, '<&', $read;
        open STDOUT, '>', "$folder/overtaken";
        %ENV = (GATEWAY_INTERFACE => 'CGI/1.1', REQUEST_METHOD => 'POST', WECHAT_CONF => "$folder/wechat.conf",
            QUERY_STRING => Push::query(), CONTENT_TYPE => 'text/xml', CONTENT_LENGTH => length $xml);
        exec "$folder/cgi-bin/wechat.cgi" or POSIX::_exit(127);
    }
    close $read;
    # The program has started once it waits for its body; then the clock must reach the next second.
    Kit::wait_for('the program to read', 10, sub { Kit::read_file("/proc/$child/wchan") =~ /poll|pipe|select/ || Kit::read_file("/proc/$child/stat") =~ /\) S / });
    my $second = CORE::time;
    Kit::wait_for('the next second', 5, sub { CORE::time > $second });
    my $before = journal_lines();
    my $overtaking = Push::deliver($kit, $xml, nonce => 'later');
    print {$write} $xml;
    close $write;
    waitpid $child, 0;
    is content(Kit::read_file("$folder/overtaken")), content($overtaking->{body}), 'overtaken by a later delivery: the same answer';
    is scalar(journal_lines()), $before + 1, 'and one effect';
}

# Three deliveries at the same moment: one effect, the same answer. Four lanes run at once.
settings(handler => 'handler');
forget_state();
unlink "$folder/runs";
my $rounds = 1000;
my $lanes = 4;
my @pids;
for my $lane (1 .. $lanes) {
    my $pid = fork;
    die "fork: $!" unless defined $pid;
    if ($pid == 0) {
        my $bad = 0;
        for my $round (1 .. $rounds / $lanes) {
            my @three = three_at_once($lane, $round);
            my %answers = map { $_ => 1 } @three;
            $bad++ if keys %answers != 1 || $three[0] !~ /^Status: 200.*<Content>/s;
        }
        POSIX::_exit($bad > 255 ? 255 : $bad);
    }
    push @pids, $pid;
}

sub three_at_once {
    my ($lane, $round) = @_;
    my $xml = Push::push_xml(MsgType => 'text', Content => 'x', MsgId => $lane * 100_000 + $round);
    my $file = "$folder/push.$lane";
    Kit::write_file($file, $xml);
    my @children = map {
        my $number = $_;
        my $child = fork;
        if (!$child) {
            open STDIN, '<', $file;
            open STDOUT, '>', "$file.$number";
            open STDERR, '>', "$file.error";
            %ENV = (GATEWAY_INTERFACE => 'CGI/1.1', REQUEST_METHOD => 'POST', WECHAT_CONF => "$folder/wechat.conf",
                QUERY_STRING => Push::query(nonce => "n$number"), CONTENT_TYPE => 'text/xml', CONTENT_LENGTH => length $xml);
            exec "$folder/cgi-bin/wechat.cgi" or POSIX::_exit(127);
        }
        $child;
    } 1 .. 3;
    waitpid $_, 0 for @children;
    return map { Kit::read_file("$file.$_") } 1 .. 3;
}
my $bad = 0;
for my $pid (@pids) { waitpid $pid, 0; $bad += $? >> 8 }
is $bad, 0, "$rounds pushes, each delivered three times at once: equal answers";
my @lines = journal_lines();
is scalar(@lines), $rounds, 'one journal line each';
my %ids = map { eval { decode_json($_)->{MsgId} } || 'broken' => 1 } @lines;
is scalar(keys %ids), $rounds, 'whole ones, none lost';
is scalar(split /\n/, Kit::read_file("$folder/runs")), $rounds, 'one run of the handler each';
my ($shared) = $kit->user_files;
is ref decode_json(Kit::read_file($shared)), 'HASH', 'and the user file is whole';

# ---- the examples of docs/en/messages.md ----

my @snippets = map { { %$_, text => encode('UTF-8', $_->{text}) } } Docs::snippets('docs/en/messages.md');
my ($example, $every_kind) = map { $_->{text} } grep { $_->{name} eq 'replies.json' } @snippets;
rules($example);
is decode_utf8(content(Push::deliver($kit, Push::push_xml(@{ $kinds{subscribe} }))->{body})), "\x{6b22}\x{8fce}\x{5173}\x{6ce8}\x{ff01}\x{70b9}\x{8fd9}\x{91cc}\x{767b}\x{5f55}\x{ff1a}$kit->{site_url}/cgi-bin/login.cgi", 'the example: a new follower';
like decode_utf8(content(Push::deliver($kit, text_push("\xe4\xbd\xa0\xe5\xa5\xbd"))->{body})), qr/^\x{4f60}\x{597d}.*\x{ff01}$/, 'a text';
like Push::deliver($kit, Push::push_xml(@{ $kinds{CLICK} }))->{body}, qr{<ArticleCount>1</ArticleCount>}, 'a menu click';
is Push::deliver($kit, text_push('x'))->{body}, '', 'and what is left';
rules($every_kind);
for my $rule (@{ decode_json($every_kind) }) {
    my ($kind) = grep { $_ ne 'template' } keys %{ $rule->{reply} };
    $got = Push::deliver($kit, text_push(encode('UTF-8', $rule->{equals} // $rule->{prefix})));
    like $got->{body}, $kind eq 'transfer' ? qr/transfer_customer_service/ : qr{<MsgType><!\[CDATA\[$kind\]\]></MsgType>}, "the example of each kind: $kind";
}
for my $language (['php', qr/^#!\S+ php\n/, qr/\xe4\xbd\xa0\xe5\xa5\xbd/], ['python', qr/^#!\S+ python3\n/, qr/\xe4\xbd\xa0\xe5\xa5\xbd/], ['sh', qr/^#!\S+sh\n/, qr/\xe6\x94\xb6\xe5\x88\xb0/]) {
    my ($name, $first, $reply) = @$language;
    my ($code) = map { $_->{text} } grep { $_->{language} eq $name && $_->{name} eq 'handler' } @snippets;
    ok defined $code, "there is a handler in $name" or next;
    like $code, $first, 'with its first line';
    SKIP: {
        skip "$name is not installed", 3 unless Kit::find_program($name eq 'python' ? 'python3' : $name);
        handler($code);
        $got = Push::deliver($kit, text_push("\xe4\xbd\xa0\xe5\xa5\xbd"));
        like content($got->{body}) // $got->{error}, $reply, 'it answers';
        $got = Push::deliver($kit, Push::push_xml(@{ $kinds{subscribe} }, Number => ++$id));
        is content($got->{body}) // $got->{error}, "\xe6\xac\xa2\xe8\xbf\x8e\xef\xbc\x81", 'and greets';
        $got = Push::deliver($kit, Push::push_xml(@{ $kinds{VIEW} }, Number => ++$id));
        is "$got->{body}$got->{error}", '', 'and is silent otherwise';
    }
}
done_testing;
