#!/usr/bin/env perl
# Unusual pushes: characters that XML does not allow, many elements, lists, pushes that look like repeats, JSON, a mini program's
# own token and key. tests/push/data has pushes with the structure of real ones; people and texts are invented.
use strict;
use warnings;
use Docs;
use Encode qw(decode_utf8 encode_utf8);
use JSON::PP;
use Kit;
use POSIX ();
use Push;
use Test::More;

my $MINI_APPID = 'wxfedcba9876543210';
my $MINI_TOKEN = 'miniToken4567';
my $MINI_KEY   = 'GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba';
my %settings = (push_token => $Push::TOKEN, encoding_aes_key => $Push::AES_KEY, push_mode => 'plain', replies => undef, handler => undef);
my $kit = Kit->new(stopped => 1, conf => {%settings});
my $folder = $kit->{folder};
my $state = $kit->state_dir;
my $id = 5000;

sub settings { $kit->write_conf(%settings, @_) }
sub data { my ($name) = @_; return Kit::read_file("$Kit::TOP/tests/push/data/push-$name.xml") }
sub journal { return map { decode_json($_) } split /\n/, join '', map { Kit::read_file($_) } glob "$state/events/*.jsonl" }
sub array { my ($value) = @_; return ref $value eq 'ARRAY' ? @$value : () }
sub last_push { my @all = journal(); return $all[-1] || {} }
sub content { my ($xml) = @_; return decode_utf8($xml =~ m{<Content><!\[CDATA\[(.*)\]\]></Content>}s ? $1 : '') }
sub user { my ($file) = grep {/\Q$Push::USER\E/} $kit->user_files; return decode_json(Kit::read_file($file)) }

# Sends a push; returns its journal line, which a handler gets as well.
sub told {
    my ($push, %option) = @_;
    my $before = journal();
    my $got = Push::deliver($kit, $push, %option);
    my @lines = journal();
    return { status => $got->{status}, error => $got->{error}, lines => @lines - $before, json => $lines[-1] || {} };
}

# ---- characters that XML does not allow ----

my $fffd = "\x{fffd}";
my @dirty = (
    ['a control character',       "hello\x1dx",                         'hellox'],
    ['each control character',    join('', map { "a$_" } map {chr} 1 .. 8, 11, 12, 14 .. 31), 'a' x 28],
    ['a NUL',                     "a\0b",                               'ab'],
    ['cut UTF-8',                 "\xe4\xbd\xa0\xe5\xa5",               "\x{4f60}$fffd$fffd"],
    ['an emoji cut',              "a\xf0\x9f\x98",                      "a$fffd$fffd$fffd"],
    ['surrogates in UTF-8',       "a\xed\xa0\xbd\xed\xb8\x80",          'a' . $fffd x 6],
    ['U+FFFE and U+FFFF',         "a\xef\xbf\xbe\xef\xbf\xbfb",         'ab'],
    ['a bad end of CDATA',        "a]]\x1d>b",                          "a]]$fffd>b"],
    ['a reference in CDATA',      'a&#x1d;b',                           'a&#x1d;b'],
    ['what is good',              "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9 \xc3\xa9\t", "\x{1f468}\x{200d}\x{1f469} \x{e9}\t"],
);
my @references = (
    ['control characters by number', 'a&#x1d;&#0;b',        "a$fffd${fffd}b"],
    ['surrogates by number',         'a&#xD800;&#57343;b',  "a$fffd${fffd}b"],
    ['U+FFFE by number',             'a&#xFFFE;b',          "a${fffd}b"],
    ['past the last by number',      'a&#x110000;b',        "a${fffd}b"],
    ['good ones by number',          'a&#x1F600;&#20320;&amp;', "a\x{1f600}\x{4f60}&"],
);

sub dirty_push {
    my ($inside) = @_;
    return "<xml><ToUserName>$Push::ACCOUNT</ToUserName><FromUserName>$Push::USER</FromUserName><CreateTime>1795689602</CreateTime>"
        . "<MsgType>text</MsgType><Content>$inside</Content><MsgId>" . ++$id . '</MsgId></xml>';
}
Kit::write_file("$folder/replies.json", '[{"reply": {"text": "{{content}}"}}]');
for my $mode (qw(plain compatible safe)) {
    settings(push_mode => $mode, replies => 'replies.json');
    for my $row (map({ [$_->[0], "<![CDATA[$_->[1]]]>", $_->[2]] } @dirty), @references) {
        my $got = Push::deliver($kit, dirty_push($row->[1]), mode => $mode);
        is "$got->{status} $got->{error}", '200 ', "$mode: $row->[0]: taken";
        is(last_push()->{Content}, $row->[2], "$mode: $row->[0]: replaced or left out, the rest kept");
        my $shown = $row->[2] =~ s/\]\]>/]]]]><![CDATA[>/gr;
        is content(Push::reply_of($got)), $shown, "$mode: $row->[0]: and in the reply";
    }
    my $told = told(data('control-char') =~ s/10029/++$id/er, mode => $mode);
    is "$told->{status} $told->{json}{Content}", '200 hellox', "$mode: a push as WeChat sent it";
}
settings(push_mode => 'safe');
my $xml = dirty_push('sealed');
my ($time, $encrypt) = (time, Push::seal($xml));
my $query = Push::query(time => $time) . '&encrypt_type=aes&msg_signature=' . Push::signature($Push::TOKEN, $time, '1514711492', $encrypt);
for my $body ("<xml><ToUserName>gh\x1d&#0;\xff</ToUserName><Encrypt><![CDATA[$encrypt]]></Encrypt></xml>\0") {
    my $got = Push::deliver($kit, $xml, query => $query, body => $body);
    is "$got->{status} $got->{error}", '200 ', 'safe: the envelope may have them as well';
}
settings();
my %scan = (MsgType => 'event', Event => 'SCAN', EventKey => "7\x1d\xff8");
is told(Push::push_xml(%scan))->{status}, 200, 'a scene with such characters';
is user()->{scene}, "7${fffd}8", "and in the user's file they are replaced";
for my $row (['a DTD', '<!DOCTYPE xml>' . dirty_push("\x1d"), qr/DTD/], ['broken tags', dirty_push("\x1d<b>"), qr/mismatched tag/],
    ['a control character in a tag', dirty_push('x') =~ s/<Content>/<Con\x1dtent>/r, qr/xml: line 1/],
    ['a good reference to none', dirty_push('&nbsp;'), qr/undefined entity/], ['nine levels', dirty_push('<a>' x 7 . "\x1d" . '</a>' x 7), qr/too deep/]) {
    my $told = told($row->[1]);
    is $told->{status}, 400, "$row->[0]: still refused";
    like $told->{error}, $row->[2], "$row->[0]: and the log says why";
}

# ---- many elements ----

my $told = told(data('masssend-8-articles'));
is "$told->{status} $told->{error}", '200 ', 'eight articles in two lists';
my $result = $told->{json};
is_deeply [map { scalar array($result->{$_}{ResultList}) } qw(CopyrightCheckResult ArticleUrlResult)], [8, 8], 'all are there';
is $result->{ArticleUrlResult}{ResultList}[7]{ArticleUrl}, 'https://mp.weixin.qq.com/s/y8', 'to the last';
is_deeply [@{ $result->{CopyrightCheckResult} }{qw(Count CheckState)}], [8, 2], 'with the elements beside them';

sub shake {
    my ($count) = @_;
    my @beacon = (Uuid => 'FDA50693-A4E2-4FB1-AFCF-C6EB07647825', Major => '10001', Minor => '54480', Distance => '0.057');
    return Push::push_xml(MsgType => 'event', Event => 'ShakearoundUserShake', ChosenBeacon => [@beacon],
        AroundBeacons => [map { (AroundBeacon => [@beacon[0 .. 3], Minor => $_, Distance => '166.8']) } 1 .. $count]);
}
for my $count (1, 11, 250) {
    my $beacons = told(shake($count));
    is "$beacons->{status} $beacons->{error}", '200 ', "a shake with $count beacons";
    is_deeply [map { ref ? $_->{Minor} : $_ } array($beacons->{json}{AroundBeacons}{AroundBeacon})], [1 .. $count], 'in order, each in one object';
}

# ---- XML to JSON ----

$told = told(data('publishjobfinish'));
is_deeply $told->{json}{PublishEventInfo}{article_detail}, { count => '2', item => [
    { idx => '1', article_url => 'https://mp.weixin.qq.com/s/a1' }, { idx => '2', article_url => 'https://mp.weixin.qq.com/s/a2' }] },
    'elements beside item are kept';
my $popup = data('popup-two-lists');
my @lists = ({ TemplateId => 'T_one', SubscribeStatusString => 'accept', PopupScene => '2' }, { TemplateId => 'T_two', SubscribeStatusString => 'reject', PopupScene => '2' });
is_deeply told($popup)->{json}{SubscribeMsgPopupEvent}, { List => \@lists }, 'two lists: an array of objects';
is_deeply told($popup =~ s{<List><TemplateId><!\[CDATA\[T_two.*?</List>}{}r)->{json}{SubscribeMsgPopupEvent}, { List => [$lists[0]] }, 'one list: an array of one';
my %kinds = @Push::KINDS;
is_deeply told(Push::push_xml(@{ $kinds{pic_weixin} }))->{json}{SendPicsInfo}, { Count => '1', PicList => [{ PicMd5Sum => 'cc' }] }, 'an element of items is the array';

# The table of docs/*/messages.md, each row as it is written there.
for my $language ('en', 'zh') {
    my @rows = Docs::text("docs/$language/messages.md") =~ /^\| [^|]+ \| `(<[^`]+>)` \| `([^`]+)` \|$/mg;
    cmp_ok scalar @rows, '>=', 2 * 9, "docs/$language/messages.md: the table of XML and JSON";
    while (my ($from, $to) = splice @rows, 0, 2) {
        my $push = Push::push_xml(MsgType => 'event', Event => 'unheard_of');
        my $got = told($push =~ s{</xml>}{encode_utf8($from) . '<Number>' . ++$id . '</Number></xml>'}er)->{json};
        my $wanted = decode_json(encode_utf8("{$to}"));
        is_deeply { map { $_ => $got->{$_} } keys %$wanted }, $wanted, encode_utf8("$from in JSON");
    }
}
my ($example) = map { encode_utf8($_->{text}) } grep { $_->{name} eq 'push' } Docs::snippets('docs/en/messages.md');
my $wanted_push = decode_json($example);
is_deeply told('<xml>' . encode_utf8(join '', map {"<$_>$wanted_push->{$_}</$_>"} sort keys %$wanted_push) . '</xml>')->{json}, $wanted_push, 'and the whole push';

# Random trees. Each text begins with the number of its element: in JSON, the texts of an object must be of one element.
my $element = 0;
my @names = qw(item List a b c);

sub random_tree {
    my ($levels, $texts, $path) = @_;
    my $own = ++$element;
    my @children = map { $names[rand @names] } 1 .. rand 5;
    my $inside = '';
    if (rand() < 0.2) { $inside = "$own:own"; push @$texts, [$path, $inside] }
    for my $name (@children) {
        my $below = "$path/$name";
        if ($levels > 0 && rand() < 0.5) { $inside .= "\n<$name>" . random_tree($levels - 1, $texts, $below) . "</$name>" }
        else {
            my $text = "$own:" . ++$element;
            push @$texts, [$below, $text];
            $inside .= "<$name>" . (rand() < 0.5 ? $text : "<![CDATA[$text]]>") . "</$name>\r\n";
        }
    }
    return $inside;
}

# All texts in JSON, with their paths.
sub texts_of {
    my ($value, $path) = @_;
    return [$path, $value] unless ref $value;
    return map { texts_of($_, $path) } @$value if ref $value eq 'ARRAY';
    return map { texts_of($value->{$_}, $_ eq '#text' ? $path : "$path/$_") } keys %$value;
}

# An array takes the name of its parent element, so these paths leave out item.
sub sorted { return [sort map { $_->[0] =~ s{/item(?=/|$)}{}gr . "=$_->[1]" } @_] }

sub mixed_objects {
    my ($value) = @_;
    return map { mixed_objects($_) } @$value if ref $value eq 'ARRAY';
    return () unless ref $value;
    my @inner = map { mixed_objects($_) } values %$value;
    # An element that holds only text becomes that text.
    my %owners = map { $value->{$_} =~ /^(\d+):(?!own)/ || $_ eq '#text' && $value->{$_} =~ /^(\d+):/ ? ($1 => 1) : () } grep { !ref $value->{$_} } keys %$value;
    return (@inner, keys %owners > 1 ? JSON::PP->new->canonical->encode($value) : ());
}
my $seed = srand;
my ($lost, $mixed) = (0, 0);
for my $round (1 .. 120) {
    my @texts;
    my $tree = random_tree(4, \@texts, '');
    my $told = told("<xml><ToUserName>$Push::ACCOUNT</ToUserName><FromUserName>$Push::USER</FromUserName><CreateTime>$round</CreateTime>"
        . "<MsgType>random</MsgType><MsgId>" . ++$id . "</MsgId><T>$tree</T></xml>");
    my @found = grep { $_->[1] =~ /\S/ } texts_of($told->{json}{T} // '', '');
    $lost++, diag "seed $seed: $tree: " . encode_json($told->{json}) if $told->{status} != 200 || "@{ sorted(@found) }" ne "@{ sorted(@texts) }";
    my @bad = mixed_objects($told->{json}{T});
    $mixed++, diag "seed $seed: $tree: @bad" if @bad;
    my @single = grep { ref eq 'HASH' } map { values_named($told->{json}, $_) } qw(item List);
    $mixed++, diag "seed $seed: $tree: no array" if @single;
}

sub values_named {
    my ($value, $name) = @_;
    return map { values_named($_, $name) } @$value if ref $value eq 'ARRAY';
    return () unless ref $value;
    return ((exists $value->{$name} ? $value->{$name} : ()), map { values_named($_, $name) } values %$value);
}
is $lost, 0, 'random trees: each text is there, below the names that it had';
is $mixed, 0, 'random trees: and an object holds the texts of one element; item and List are arrays';

# ---- repeats, and pushes that look like repeats ----

my $created = 10;

for my $mode (qw(plain compatible safe)) {
    settings(push_mode => $mode, handler => 'handler');
    Kit::write_file("$folder/handler", "#!/bin/sh\ncat >> runs.$mode\necho '{\"text\":\"card\"}'\n", 0755);
    my $lines = journal();
    my @cards = map { data("user_get_card-$_") =~ s/1795689602/17956896$created/r } 1, 2;
    $created++;
    for my $card (@cards) {
        my @children = map {
            my $number = $_;
            my $child = fork;
            if (!$child) {
                $kit->{runs} += 1000 * $number;
                my $answer = Push::deliver($kit, $card, mode => $mode, nonce => "n$number");
                $answer->{status} = 0 unless Push::reply_of($answer) =~ /card/;
                POSIX::_exit($answer->{status} == 200 ? 0 : 1);
            }
            $child;
        } 1 .. 3;
        my $bad = 0;
        for my $child (@children) { waitpid $child, 0; $bad += $? != 0 }
        is $bad, 0, "$mode: three deliveries at once: each is answered";
    }
    my @new = (journal())[$lines .. $lines + 1];
    is journal() - $lines, 2, "$mode: two cards in one second are two events, and repeats are ignored";
    is_deeply [map { $_->{UserCardCode} } @new], [111111111111, 222222222222], "$mode: each card";
    my @runs = Kit::read_file("$folder/runs.$mode") =~ /"UserCardCode":"(\d+)"/g;
    is "@runs", '111111111111 222222222222', "$mode: the handler ran once for each";
}
settings();
my $first = journal();
told(Push::push_xml(MsgType => 'text', Content => 'x', MsgId => 90001) =~ s/\Q$Push::USER\E/oPush0002-another/r) for 1, 2;
told(Push::push_xml(MsgType => 'text', Content => $_, MsgId => 90001)) for 'x', 'y';
is journal() - $first, 2, 'messages: one MsgId from two people is two, from one person one';

# ---- texts longer than WeChat accepts ----

for my $row (
    ['2047 bytes',         'x' x 2047,                  2047, qr/^$/],
    ['2048 bytes',         'x' x 2048,                  2047, qr/its last 1 are cut off/],
    ['three-byte letters', "\x{4f60}" x 1000,           2046, qr/the reply is too long: WeChat takes 2047 bytes of text, so its last 954 are cut off/],
    ['a family at the end', 'x' x 2040 . "\x{1f468}\x{200d}\x{1f469}", 2040, qr/its last 11 are cut off/],
) {
    my ($name, $text, $size, $log) = @$row;
    my $json = encode_utf8(qq({"text": "$text"}));
    for my $by (qw(replies handler)) {
        Kit::write_file("$folder/long.json", $by eq 'replies' ? qq([{"reply": $json}]) : $json);
        Kit::write_file("$folder/handler", "#!/bin/sh\ncat >/dev/null\ncat long.json\n", 0755);
        settings($by => $by eq 'replies' ? 'long.json' : 'handler');
        my $got = Push::deliver($kit, Push::push_xml(MsgType => 'text', Content => 'x', MsgId => ++$id));
        my $sent = encode_utf8(content($got->{body}));
        is length $sent, $size, "$by, $name: cut at a character";
        is index(encode_utf8($text), $sent), 0, "$by, $name: the rest is as it was";
        like $got->{error}, $log, "$by, $name: the log says so";
    }
}

# ---- JSON; a mini program's own token and key ----

sub json_push { my (@more) = @_; return encode_json({ ToUserName => 'gh_mini', FromUserName => 'oMini0001-user', CreateTime => time, @more }) }
my %mini = (mini_appid => $MINI_APPID, mini_secret => 'f' x 32, mini_push_token => $MINI_TOKEN);
my %as_mini = (token => $MINI_TOKEN, key => $MINI_KEY, appid => $MINI_APPID);
Kit::write_file("$folder/handler", "#!/bin/sh\ncat > got\ncase \$(cat got) in *quiet*) ;; *) echo '{\"text\":\"for \xe4\xbd\xa0\"}';; esac\n", 0755);
for my $case (
    ['plain',      {}, { push_mode => 'plain' }], ['compatible', {}, { push_mode => 'compatible' }], ['safe', {}, { push_mode => 'safe' }],
    ['plain',      \%as_mini, { push_mode => 'safe', %mini }], ['safe', \%as_mini, { push_mode => 'plain', %mini, mini_encoding_aes_key => $MINI_KEY }],
) {
    my ($mode, $as, $conf) = @$case;
    my $name = (%$as ? 'mini program, ' : 'account, ') . $mode;
    settings(handler => 'handler', %$conf);
    my $push = json_push(MsgType => 'text', Content => "a\x{4f60}", MsgId => 7000000000000000000 + ++$id);
    my $got = Push::deliver($kit, $push, mode => $mode, %$as);
    is "$got->{status} $got->{error}", '200 ', "$name: JSON is taken";
    is +($got->{headers}{'content-type'} || [''])->[0], 'application/json; charset=utf-8', "$name: answered with JSON";
    my $reply = eval { decode_json(Push::reply_of($got, %$as)) } || {};
    is_deeply [@$reply{qw(ToUserName FromUserName MsgType Content)}], ['oMini0001-user', 'gh_mini', 'text', "for \x{4f60}"], "$name: the reply";
    like Push::reply_of($got, %$as), qr/"CreateTime":\d+/, "$name: its time is a number";
    my $given = Kit::read_file("$folder/got");
    like $given, qr/"MsgId":"7\d{18}"/, "$name: a MsgId is a text, with all its digits";
    is eval { decode_json($given)->{Content} }, "a\x{4f60}", "$name: the handler gets the text";
    my $lines = journal();
    is Push::reply_of(Push::deliver($kit, $push, mode => $mode, nonce => 'again', %$as), %$as), Push::reply_of($got, %$as), "$name: a repeat is answered alike";
    my $quiet = Push::deliver($kit, json_push(MsgType => 'event', Event => 'user_enter_tempsession', SessionFrom => "quiet $name"), mode => $mode, %$as);
    is "$quiet->{status} $quiet->{body} $quiet->{headers}{'content-type'}[0]", '200 success text/plain; charset=utf-8', "$name: no reply is success";
    is journal() - $lines, 1, "$name: and a repeat has no effect";
    $got = Push::deliver($kit, Push::push_xml(MsgType => 'text', Content => 'xml', MsgId => ++$id), mode => $mode, %$as);
    like Push::reply_of($got, %$as), qr/^<xml>.*for /, "$name: XML is taken, too, and answered with XML";
    $got = Push::deliver($kit, json_push(MsgType => 'text', Content => 'x', MsgId => ++$id) =~ s/"x"/"a\x1d\xff\\u0000\\ud800b"/r, mode => $mode, %$as);
    is "$got->{status} " . last_push()->{Content}, "200 a$fffd${fffd}b", "$name: invalid characters in JSON are replaced";
    $got = Push::deliver($kit, json_push(MsgType => 'event', Event => 'subscribe_msg_sent_event', List => { TemplateId => $name, ErrorCode => 0 }), mode => $mode, %$as);
    is_deeply(last_push()->{List}, [{ TemplateId => $name, ErrorCode => '0' }], "$name: a List of one object is an array, too");
    $got = Push::deliver($kit, json_push(MsgType => 'event', Event => 'wxa_media_check', detail => [{ suggest => 'pass', prob => 90 }, { suggest => $name }]), mode => $mode, %$as);
    is_deeply(last_push()->{detail}, [{ suggest => 'pass', prob => '90' }, { suggest => $name }], "$name: an array stays as it was");
    is $kit->run('wechat.cgi', query => Push::query(%$as) . '&echostr=77')->{body}, '77', "$name: its token verifies the address";
}
settings(%mini, mini_encoding_aes_key => $MINI_KEY, push_mode => 'safe');
my $push = json_push(MsgType => 'text', Content => 'x', MsgId => ++$id);
for my $row (
    ['a plain push where the key is set',    { mode => 'plain', %as_mini }, qr/mini program: the push is not encrypted, but mini_encoding_aes_key is set/],
    ["the account's appid in its envelope",  { mode => 'safe', %as_mini, appid => 'wx0123456789abcdef' }, qr/mini program: .*another appid/],
    ["the account's key",                    { mode => 'safe', %as_mini, key => $Push::AES_KEY }, qr/mini program: .*cannot be opened/],
    ["the account's token",                  { mode => 'safe', %as_mini, token => $Push::TOKEN }, qr/cannot be opened/],
    ['a wrong msg_signature',                { mode => 'safe', %as_mini, msg_signature => 'a' x 40 }, qr/msg_signature: does not match/],
    ['a token of neither',                   { mode => 'safe', %as_mini, token => 'neither' }, qr/signature: does not match/],
) {
    my $lines = journal();
    my $got = Push::deliver($kit, $push, %{ $row->[1] });
    is $got->{status}, 403, "mini program: $row->[0]: refused";
    like $got->{error}, $row->[2], "mini program: $row->[0]: the log says so";
    is journal() - $lines, 0, "mini program: $row->[0]: nothing is kept";
}
settings(%mini);
like Push::deliver($kit, $push, mode => 'safe', %as_mini)->{error}, qr/mini program: the push is encrypted, but mini_encoding_aes_key is not set/, 'an encrypted push without a key: the log says so';
is Push::deliver($kit, $push, mode => 'plain', %as_mini)->{status}, 200, 'and a plain one is taken';
done_testing;
