#!/usr/bin/env perl
# The simulator's message console, called by scripts and by tests/tools/push: what it sends, as XML and as JSON, what
# WeChat would show the user, and what its check of the address (提交) reports.
use strict;
use utf8;
use warnings;
use Encode qw(encode_utf8);
use IO::Socket::INET;
use JSON::PP;
use Kit;
use Push;
use Test::More;

binmode $_, ':encoding(UTF-8)' for Test::More->builder->output, Test::More->builder->failure_output;

# By CGI, since a script takes the place of wechat.cgi.
my $kit = Kit->new(server => 'apache-cgid');
sub sends {
    my (%form) = @_;
    my $answer = $kit->browser->post("$kit->{sim_url}/console?format=json", \%form);
    return { refused => $answer->{status} } if $answer->{status} != 200;
    return decode_json($answer->{content});
}
sub journal { return map { decode_json($_) } split /\n/, join '', map { Kit::read_file($_) } glob($kit->state_dir . '/events/*.jsonl') }

# The form offers the kinds that are sent here, and all events that change a user. push --help lists the same kinds.
my $page = $kit->browser->get("$kit->{sim_url}/console")->{content};
my ($choice) = $page =~ m{<select name="kind">(.*?)</select>}s;
my @kinds = grep { $_ ne 'raw' } $choice =~ /<option value="(\w+)"/g;
cmp_ok scalar @kinds, '>=', 35, 'the form offers each kind';
my %does = Kit::read_file("$Kit::TOP/lib/push/follower.c") =~ /^ +\{"(\w+)", (\w+)\},$/mg;
my %is_offered = map { lc $_ => 1 } @kinds;
cmp_ok scalar keys %does, '>=', 15, 'the events that change a user';
is_deeply [grep { !$is_offered{$_} } sort keys %does], [], 'the form offers each of them';
my ($help) = `$Kit::TOP/tests/tools/push --help` =~ /^KIND(.*?)^\w/ms;
is_deeply [sort split ' ', $help], [sort @kinds, 'raw'], 'push --help lists them';

# Nested fields as they arrive on the site.
my %nested = (
    scancode_push => sub { $_[0]{ScanCodeInfo}{ScanResult} eq 'https://www.example.com/1' },
    pic_sysphoto => sub { $_[0]{SendPicsInfo}{PicList}[0]{PicMd5Sum} eq '1b5f7c23b5bf75682a53e7b6d163e185' && $_[0]{SendPicsInfo}{Count} eq '1' },
    location_select => sub { join(' ', sort keys %{ $_[0]{SendLocationInfo} }) eq 'Label Location_X Location_Y Poiname Scale' },
    text => sub { $_[0]{Content} eq "\x{4f60}\x{597d}" && $_[0]{MsgId} =~ /^\d{17,19}$/ },
    user_authorization_revoke => sub { $_[0]{OpenID} =~ /^oSim/ && $_[0]{AppID} eq $Kit::APPID },
    subscribe_scene => sub { $_[0]{EventKey} eq 'qrscene_77' && $_[0]{Ticket} },
    MASSSENDJOBFINISH => sub { $_[0]{TotalCount} eq '100' && $_[0]{Status} eq 'send success' },
);
for my $mode (qw(compatible safe)) {
    for my $kind (@kinds) {
        # Two persons, because two pushes of the same kind within a second would be one push.
        my $before = journal();
        my $got = sends(kind => $kind, mode => $mode, person => $mode eq 'safe' ? 'ann' : 'john');
        ok $got->{answered} && !$got->{notice}, "$mode: $kind is answered" or diag encode_json($got);
        my @journal = journal();
        # Some events delete the person's other lines.
        my $forgets = ($does{ lc $kind } || '') eq 'forget';
        is $forgets ? $journal[-1]{Event} : scalar @journal, $forgets ? $kind : $before + 1, 'and arrived';
        ok $nested{$kind}->($journal[-1]), 'with its fields' if $nested{$kind};
    }
}

# The elements are those of WeChat's documentation, in its order; elements with the same name stay apart.
sub elements { my ($kind, %form) = @_; return sends(kind => $kind, mode => 'compatible', person => 'meimei', %form)->{sent} =~ s/<!\[CDATA\[(.*?)\]\]>/$1/gr =~ s{^.*</MsgType>|</xml>$}{}gr }
my $xml = sends(kind => 'text', mode => 'safe', person => 'meimei')->{sent};
my ($id) = $xml =~ m{<MsgId>([1-9]\d{16,18})</MsgId>} or diag $xml;
ok defined $id && (length $id < 19 || $id lt '9223372036854775808'), 'a MsgId has 17 to 19 digits and is below 2^63';
my %elements = (
    subscribe_msg_popup_event => '<SubscribeMsgPopupEvent><List><TemplateId>T_one</TemplateId><SubscribeStatusString>accept</SubscribeStatusString><PopupScene>2</PopupScene></List>'
        . '<List><TemplateId>T_two</TemplateId><SubscribeStatusString>reject</SubscribeStatusString><PopupScene>2</PopupScene></List></SubscribeMsgPopupEvent>',
    subscribe_msg_change_event => '<SubscribeMsgChangeEvent><List><TemplateId>T_one</TemplateId><SubscribeStatusString>reject</SubscribeStatusString></List></SubscribeMsgChangeEvent>',
    subscribe_msg_sent_event => '<SubscribeMsgSentEvent><List><TemplateId>T_one</TemplateId><MsgID>1700827132819554304</MsgID><ErrorCode>0</ErrorCode>'
        . '<ErrorStatus>success</ErrorStatus></List></SubscribeMsgSentEvent>',
    PUBLISHJOBFINISH => '<PublishEventInfo><publish_id>2247503051</publish_id><publish_status>0</publish_status><article_id>article_1</article_id><article_detail><count>2</count>'
        . '<item><idx>1</idx><article_url>https://mp.weixin.qq.com/s/example1</article_url></item><item><idx>2</idx><article_url>https://mp.weixin.qq.com/s/example2</article_url></item>'
        . '</article_detail></PublishEventInfo>',
    kf_create_session => '<KfAccount>kf1@example</KfAccount>',
    kf_close_session => '<KfAccount>kf1@example</KfAccount>',
    kf_switch_session => '<FromKfAccount>kf1@example</FromKfAccount><ToKfAccount>kf2@example</ToKfAccount>',
    wxa_media_check => "<appid>$Kit::mini{mini_appid}</appid><trace_id>65ae0f1c-51a0c0de-00000001</trace_id><version>2</version><detail><strategy>content_model</strategy><errcode>0</errcode>"
        . '<suggest>pass</suggest><label>100</label><prob>90</prob></detail><errcode>0</errcode><errmsg>ok</errmsg><result><suggest>pass</suggest><label>100</label></result>',
    user_get_card => '<CardId>pCard1</CardId><IsGiveByFriend>0</IsGiveByFriend><UserCardCode>111111111111</UserCardCode><FriendUserName></FriendUserName><OuterId>0</OuterId>'
        . '<OldUserCardCode></OldUserCardCode><IsRestoreMemberCard>0</IsRestoreMemberCard><OuterStr></OuterStr><UnionId></UnionId>',
    pic_weixin => '<EventKey>MENU_PIC</EventKey><SendPicsInfo><Count>1</Count><PicList><item><PicMd5Sum>66f4f8e2a1b3c7d65f0e9d8c7b6a5f4e</PicMd5Sum></item></PicList></SendPicsInfo>',
);
is elements($_), "<Event>$_</Event>$elements{$_}", "$_: its elements" for sort keys %elements;
like elements('user_get_card', usercardcode => '222222222222'), qr{<UserCardCode>222222222222<}, 'a field of the form';
like elements('subscribe_msg_popup_event', subscribemsgpopupevent_list_1_templateid => 'T_other'), qr{T_one.*T_other}, 'of a second list';

# The replies.
my $got = sends(kind => 'text', content => 'x 你好 y');
is $got->{reply_type}, 'text', 'a text';
like $got->{reply_text}, qr/^\x{4f60}\x{597d}/, 'from the rule of the demo';
is sends(kind => 'text', content => '客服')->{reply_type}, 'transfer_customer_service', 'handed over';
is sends(kind => 'CLICK', person => 'meimei')->{reply_type}, 'news', 'articles';
$got = sends(kind => 'VIEW', person => 'meimei');
is "$got->{reply_xml}$got->{notice}", '0', 'no reply, no notice';

# What the site refuses, and what WeChat then shows.
for my $row (['a plain push', mode => 'plain'], ['a wrong signature', wrong_signature => 1], ['an old timestamp', old_timestamp => 1]) {
    my ($name, @form) = @$row;
    my $count = journal();
    $got = sends(kind => 'text', @form);
    is $got->{status}, 403, "$name: 403";
    ok $got->{notice}, 'the user sees the notice';
    is sends(kind => 'text', @form, way => 'retries')->{tries}, 3, 'tried three times';
    is scalar(journal()), $count, 'and nothing is kept';
}
ok !sends(kind => 'unsubscribe', wrong_signature => 1)->{notice}, 'a user who has left sees no notice';
is sends(kind => 'raw', xml => '<xml>')->{status}, 400, 'raw: broken XML';
ok sends(kind => 'raw', xml => '<xml>')->{notice}, 'and its notice';

# Repeats.
my $before = journal();
$got = sends(kind => 'text', content => 'three', way => 'parallel');
is $got->{tries}, 3, 'three at the same moment';
ok $got->{equal} && $got->{answered}, 'get the same answer';
is scalar(journal()), ++$before, 'one journal line';
$got = sends(kind => 'text', content => 'lost', way => 'retries', late => 1);
is $got->{tries}, 2, 'an answer that is lost: tried again';
ok $got->{answered} && !$got->{notice}, 'and answered';
is scalar(journal()), ++$before, 'one journal line';
$got = sends(kind => 'text', content => 'late', way => 'retries', late => 3);
is $got->{tries}, 3, 'all too late: three tries';
ok $got->{notice}, 'and the notice';
is scalar(journal()), ++$before, 'one journal line';
my $one = sends(kind => 'text', content => 'again', msgid_message => 4711);
my $two = sends(kind => 'text', content => 'again', msgid_message => 4711);
is $two->{reply_xml}, $one->{reply_xml}, 'a MsgId again: the same reply';
is scalar(journal()), ++$before, 'one journal line';

sub replace_wechat {
    my ($text) = @_;
    Kit::write_file("$kit->{folder}/cgi-bin/wechat.cgi.new", "#!/bin/sh\n$text", 0755);
    rename "$kit->{folder}/cgi-bin/wechat.cgi.new", "$kit->{folder}/cgi-bin/wechat.cgi";
    return;
}

# 提交: WeChat's admin page accepts the address only if the site answers with the echostr.
sub verify_page {
    my $page = $kit->browser->post("$kit->{sim_url}/console", { kind => 'verify' }, headers => { 'Accept-Language' => 'en' })->{content};
    utf8::decode($page);
    return $page =~ /role="(?:status|alert)">(?:The address passes: |WeChat would not accept this address\. )([^.]*)\./ ? $1 : $page;
}
my $verified = sends(kind => 'verify');
ok $verified->{answered} && $verified->{status} == 200, 'the address passes' or diag encode_json($verified);
is $verified->{answer}, $verified->{echostr}, 'it answered the echostr';
like $verified->{echostr}, qr/^\d{19}$/, 'which was a number';
$kit->write_conf(push_token => 'anotherPushToken');
$verified = sends(kind => 'verify');
is "$verified->{answered} $verified->{why} $verified->{status}", '0 status 403', 'another push_token: 403';
is verify_page(), 'The answer’s status is not 200', 'the page says so';
$kit->write_conf(push_token => undef);
is sends(kind => 'verify')->{why}, 'status', 'without one it does not pass';
$kit->write_conf;
is +(run_push('verify'))[1], 0, 'push verify';
my $sim_conf = Kit::read_file("$kit->{folder}/sim.conf");
my $held = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Proto => 'tcp') or die "no port: $!";    # taken, and nobody listens
my $nowhere = $held->sockport;
Kit::write_file("$kit->{folder}/sim.conf", $sim_conf =~ s/^site_url.*/site_url = http:\/\/127.0.0.1:$nowhere/mr);
is sends(kind => 'verify')->{why}, 'timeout', 'nobody answers';
is verify_page(), 'No answer came within 5 seconds', 'the page says so';
like +(run_push('verify'))[0], qr/^no answer came within 5 s/, 'push verify says so';
is +(run_push('verify'))[1], 1, 'exit status 1';
Kit::write_file("$kit->{folder}/sim.conf", $sim_conf);

# Malformed answers: what the user sees is WeChat's decision, not the site's.
sub handler { my ($text) = @_; Kit::write_file("$kit->{folder}/handler", $text, 0755); return }
$kit->write_conf(handler => 'handler');
handler("#!/bin/sh\nsleep 60\n");
$got = sends(kind => 'text');
cmp_ok $got->{ms}, '<', 4500, 'a slow handler: answered within 4.5 s';
ok $got->{answered} && !$got->{notice} && $got->{reply_xml} eq '', 'with nothing, which is fine';
$kit->write_conf();
is +(run_push('text', 'content=你好'))[0] =~ /^你好/ ? 1 : 0, 1, 'push sends Chinese, and prints it';

# Replaces wechat.cgi: gives a prepared answer, and records the request.
replace_wechat(<<"SH");
env | grep -E '^(REQUEST_METHOD|QUERY_STRING|CONTENT_TYPE)=' >$kit->{folder}/asked.env
cat >$kit->{folder}/asked.body
printf 'Status: 200 OK\\r\\nContent-Type: text/plain\\r\\n\\r\\n%s' "\$(cat $kit->{folder}/answer)"
SH
my $good = '<xml><ToUserName>oSim0001xiaoMing-aBcDeFgHiJk</ToUserName><FromUserName>gh_0123456789ab</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>a</Content></xml>';
sub music { my ($members) = @_; return $good =~ s{<Content>a</Content>}{<Music>$members</Music>}r =~ s/>text</>music</r }
for my $row (['success', 1], [$good, 1], ['hello', 0], ['{"text":"a"}', 0], [$good =~ s/oSim0001/oSim0002/r, 0],
    [$good =~ s{<CreateTime>1</CreateTime>}{}r, 0], [$good =~ s{<Content>a</Content>}{}r, 0], [$good =~ s/text/txt/r, 0],
    ['<xml><Encrypt>AAAA</Encrypt><MsgSignature>a</MsgSignature><TimeStamp>1</TimeStamp><Nonce>a</Nonce></xml>', 0],
    [music('<Title>a</Title><MusicUrl>http://www.example.com/a.mp3</MusicUrl>'), 1], [music('<ThumbMediaId>t</ThumbMediaId>'), 1],
    [music('<Title></Title>'), 0], [music(''), 0]) {
    Kit::write_file("$kit->{folder}/answer", $row->[0]);
    $got = sends(kind => 'text', mode => 'compatible', person => 'xiaoming');
    is $got->{notice} ? 0 : 1, $row->[1], "$row->[0]: " . ($row->[1] ? 'taken' : 'the notice');
}
Kit::write_file("$kit->{folder}/answer", $good);
ok sends(kind => 'text', mode => 'safe', person => 'xiaoming')->{notice}, 'safe mode: a plain reply is not taken';

# The decrypted answer may be a reply, or may say that there is none.
sub sealed {
    my ($text, $json) = @_;
    my $encrypt = Push::seal($text, key => $Kit::AES_KEY);
    my $signature = Push::signature($Kit::PUSH_TOKEN, 1, 'n', $encrypt);
    return $json ? encode_json({ Encrypt => $encrypt, MsgSignature => $signature, TimeStamp => 1, Nonce => 'n' })
        : "<xml><Encrypt>$encrypt</Encrypt><MsgSignature>$signature</MsgSignature><TimeStamp>1</TimeStamp><Nonce>n</Nonce></xml>";
}
for my $data (qw(xml json)) {
    for my $row (['success', 1], ['', 1], ['hello', 0], $data eq 'xml' ? [$good, 1, 'a'] : [reply(Content => 'b'), 1, 'b']) {
        my ($text, $taken, $bubble) = @$row;
        Kit::write_file("$kit->{folder}/answer", sealed($text, $data eq 'json'));
        $got = sends(kind => 'text', mode => 'safe', data => $data, person => 'xiaoming');
        is $got->{answered} ? 1 : 0, $taken, "$data, sealed '$text': " . ($taken ? 'taken' : 'the notice') or diag $got->{why};
        is $got->{reply_text}, $bubble || '', 'and what the user sees';
        is $got->{reply_xml}, '', 'which is no reply' if $taken && !$bubble;
    }
}
Kit::write_file("$kit->{folder}/answer", sealed('success') =~ s/<MsgSignature>./<MsgSignature>x/r);
is sends(kind => 'text', mode => 'safe')->{why}, 'MsgSignature does not match', 'the signature counts';

# JSON, which a mini program may choose: its types, its structure, and its envelope.
sub reply { my (%more) = @_; return encode_json({ ToUserName => 'oSim0001xiaoMing-aBcDeFgHiJk', FromUserName => 'gh_0123456789ab', CreateTime => 1, MsgType => 'text', %more }) }
sub asked_env { my ($name) = @_; return Kit::read_file("$kit->{folder}/asked.env") =~ /^\Q$name\E=(.*)$/m ? $1 : undef }
for my $mode (qw(plain compatible safe)) {
    Kit::write_file("$kit->{folder}/answer", 'success');
    $got = sends(kind => 'text', content => "\x{4f60} \"/\\", mode => $mode, data => 'json');
    ok $got->{answered}, "JSON, $mode: answered";
    is asked_env('CONTENT_TYPE'), 'application/json', 'sent as application/json';
    my ($signature, $timestamp, $nonce) = asked_env('QUERY_STRING') =~ /^signature=(\w+)&timestamp=(\d+)&nonce=(\d+)&openid=oSim0008/;
    is $signature, Push::signature($Kit::PUSH_TOKEN, $timestamp, $nonce), 'signed';
    my $body = Kit::read_file("$kit->{folder}/asked.body");
    my $push = decode_json($body);
    my %expected = (text => [qw(Content CreateTime FromUserName MsgId MsgType ToUserName)], safe => [qw(Encrypt ToUserName)]);
    is_deeply [sort grep { $mode ne 'compatible' || $_ ne 'Encrypt' } keys %$push], $expected{ $mode eq 'safe' ? 'safe' : 'text' }, 'its members';
    if ($mode ne 'plain') {
        my ($msg_signature) = asked_env('QUERY_STRING') =~ /&encrypt_type=aes&msg_signature=(\w+)$/;
        is $msg_signature, Push::signature($Kit::PUSH_TOKEN, $timestamp, $nonce, $push->{Encrypt}), 'sealed';
        $body = Push::unseal($push->{Encrypt}, key => $Kit::AES_KEY);
        $push = decode_json($body);
    }
    is $push->{Content}, "\x{4f60} \"/\\", 'the text';
    like $body, qr/"CreateTime":\d{10},"MsgType":"text",.*"MsgId":\d{17,19}\}$/, 'time and MsgId are numbers';
    is decode_json(encode_utf8($got->{sent}))->{Content}, $push->{Content}, 'the console shows what was sent';
}
sub members { my ($kind) = @_; my $sent = decode_json(encode_utf8(sends(kind => $kind, data => 'json')->{sent})); delete @$sent{qw(ToUserName FromUserName CreateTime MsgType Event)}; return $sent }
is_deeply members('subscribe_msg_popup_event'), { List => [{ TemplateId => 'T_one', SubscribeStatusString => 'accept', PopupScene => '2' },
    { TemplateId => 'T_two', SubscribeStatusString => 'reject', PopupScene => '2' }] }, 'JSON, popup: List is an array';
is_deeply members('subscribe_msg_sent_event'), { List => { TemplateId => 'T_one', MsgID => '1700827132819554304', ErrorCode => '0', ErrorStatus => 'success' } },
    'JSON, sent: List is an object';
is_deeply members('wxa_media_check'), { appid => $Kit::mini{mini_appid}, trace_id => '65ae0f1c-51a0c0de-00000001', version => 2, errcode => 0, errmsg => 'ok',
    detail => [{ strategy => 'content_model', errcode => 0, suggest => 'pass', label => 100, prob => 90 }], result => { suggest => 'pass', label => 100 } }, 'JSON, media check';
like sends(kind => 'wxa_media_check', data => 'json')->{sent}, qr/"version":2,"detail":\[\{"strategy":"content_model","errcode":0,/, 'with numbers';
for my $kind (@kinds) {
    $got = sends(kind => $kind, data => 'json', person => 'xiaoming');
    is decode_json(Push::unseal(decode_json(Kit::read_file("$kit->{folder}/asked.body"))->{Encrypt}, key => $Kit::AES_KEY))->{FromUserName},
        'oSim0001xiaoMing-aBcDeFgHiJk', "JSON: $kind" or diag encode_json($got);
}
sends(kind => 'raw', data => 'json', mode => 'plain', xml => '{"a":[');
is Kit::read_file("$kit->{folder}/asked.body"), '{"a":[', 'JSON: raw, as it is';
for my $row ([reply(Content => 'b'), 1], [reply(MsgType => 'transfer_customer_service'), 1], [$good, 0], [reply(), 0], ['{', 0]) {
    Kit::write_file("$kit->{folder}/answer", $row->[0]);
    $got = sends(kind => 'text', mode => 'plain', data => 'json', person => 'xiaoming');
    is $got->{answered} ? 1 : 0, $row->[1], "to JSON, $row->[0]: " . ($row->[1] ? 'taken' : 'the notice') or diag $got->{why};
}

# 提交 with answers that are almost right.
for my $row (['', 1], ['\\357\\273\\277', 0]) {
    replace_wechat("echo \"\$QUERY_STRING\" >$kit->{folder}/asked.env\nprintf 'Status: 200 OK\\r\\nContent-Type: text/plain\\r\\n\\r\\n$row->[0]%s' \"\${QUERY_STRING##*echostr=}\"\n");
    $verified = sends(kind => 'verify');
    is $verified->{why}, $row->[1] ? '' : 'differs', "the echostr after '$row->[0]'";
    is length $verified->{answer}, $row->[1] ? 19 : 20, 'the answer is reported';
    is verify_page(), $row->[1] ? 'WeChat would accept it' : 'The answer is not exactly the echostr', 'and the page says so';
    my ($signature, $timestamp, $nonce) = Kit::read_file("$kit->{folder}/asked.env") =~ /^signature=(\w+)&timestamp=(\d+)&nonce=(\d+)&echostr=\d{19}$/;
    is $signature, Push::signature($Kit::PUSH_TOKEN, $timestamp, $nonce), 'asked as WeChat asks';
}

# Mistakes in a script's call.
is sends(@$_)->{refused}, 400, "refused: @$_" for [kind => 'txt'], [person => 'x'], [mode => 'x'], [way => 'x'], [late => 4], [data => 'yaml'],
    [kind => 'text', eventkey => 'x'], [kind => 'text', mediaid => 'x'];

# The command tests/tools/push.
sub run_push { my (@arguments) = @_; local $ENV{SIM_PORT} = $kit->{sim_port}; open my $out, '-|', 'sh', '-c', 'exec "$0" "$@" 2>&1', "$Kit::TOP/tests/tools/push", (map { my $a = $_; utf8::encode($a); $a } @arguments) or die "push: $!"; binmode $out, ":encoding(UTF-8)"; local $/; my $text = <$out>; close $out; return ($text, $? >> 8) }
Kit::write_file("$kit->{folder}/answer", $good);
replace_wechat("cat >/dev/null; printf 'Status: 200 OK\\r\\nContent-Type: text/plain\\r\\n\\r\\n%s' \"\$(cat $kit->{folder}/answer)\"\n");
is_deeply [run_push('text', 'content=hi', 'person=xiaoming')], ["a\n", 0], 'push prints the reply';
Kit::write_file("$kit->{folder}/answer", reply(Content => 'b'));
is_deeply [run_push('text', 'data=json', 'person=xiaoming')], ["b\n", 0], 'JSON, too';
Kit::write_file("$kit->{folder}/answer", $good);
is +(run_push('text', 'mode=safe'))[1], 1, 'exit status 1 for the notice';
like +(run_push('text', '--json'))[0], qr/^\{"kind":"text"/, '--json';
is +(run_push('txt'))[1], 2, 'exit status 2 for an unknown kind';
is +(run_push())[1], 2, 'and without a kind';
done_testing;
