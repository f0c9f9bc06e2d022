#!/usr/bin/env perl
# The simulator's message console, by its call for scripts and by tests/tools/push: what it sends
# arrives, and what WeChat would show.
use strict;
use utf8;
use warnings;
use JSON::PP;
use Kit;
use Test::More;

binmode $_, ':encoding(UTF-8)' for Test::More->builder->output, Test::More->builder->failure_output;

my $kit = Kit->new;
my @kinds = qw(text image voice video shortvideo location link subscribe subscribe_scene SCAN LOCATION CLICK VIEW
    view_miniprogram scancode_push scancode_waitmsg pic_sysphoto pic_photo_or_album pic_weixin location_select
    TEMPLATESENDJOBFINISH MASSSENDJOBFINISH user_info_modified user_authorization_revoke user_authorization_cancellation unsubscribe);

sub sends {
    my (%form) = @_;
    my $answer = $kit->browser->post("$kit->{sim_url}/console?format=json", \%form);
    return { refused => $answer->{status} } if $answer->{status} != 200;
    return decode_json($answer->{content});
}
sub journal { return map { decode_json($_) } split /\n/, join '', map { Kit::read_file($_) } glob($kit->state_dir . '/events/*.jsonl') }

# Of each kind: what a nested field becomes on the site.
my %nested = (
    scancode_push => sub { $_[0]{ScanCodeInfo}{ScanResult} eq 'https://www.example.com/1' },
    pic_sysphoto => sub { $_[0]{SendPicsInfo}{PicList}[0]{PicMd5Sum} eq '1b5f7c23b5bf75682a53e7b6d163e185' && $_[0]{SendPicsInfo}{Count} eq '1' },
    location_select => sub { join(' ', sort keys %{ $_[0]{SendLocationInfo} }) eq 'Label Location_X Location_Y Poiname Scale' },
    text => sub { $_[0]{Content} eq "\x{4f60}\x{597d}" && $_[0]{MsgId} =~ /^\d{11,}$/ },
    user_authorization_revoke => sub { $_[0]{OpenID} =~ /^oSim/ && $_[0]{AppID} eq $Kit::APPID },
    subscribe_scene => sub { $_[0]{EventKey} eq 'qrscene_77' && $_[0]{Ticket} },
    MASSSENDJOBFINISH => sub { $_[0]{TotalCount} eq '100' && $_[0]{Status} eq 'send success' },
);
my $number = 0;
for my $mode (qw(compatible safe)) {
    for my $kind (@kinds) {
        # A person each, or two kinds within a second would be one push.
        my $got = sends(kind => $kind, mode => $mode, person => $mode eq 'safe' ? 'ann' : 'john');
        ok $got->{answered} && !$got->{notice}, "$mode: $kind is answered" or diag encode_json($got);
        my @journal = journal();
        is scalar(@journal), ++$number, 'and arrived';
        ok $nested{$kind}->($journal[-1]), 'with its fields' if $nested{$kind};
    }
}

# The replies.
my $got = sends(kind => 'text', content => 'x 你好 y');
is $got->{reply_type}, 'text', 'a text';
like $got->{reply_text}, qr/^\x{4f60}\x{597d}/, 'by the rule of the demo';
is sends(kind => 'text', content => '客服')->{reply_type}, 'transfer_customer_service', 'handed over';
is sends(kind => 'CLICK', person => 'meimei')->{reply_type}, 'news', 'articles';
$got = sends(kind => 'VIEW', person => 'meimei');
is "$got->{reply_xml}$got->{notice}", '0', 'no reply, no notice';

# What the site refuses, and what WeChat shows then.
for my $row (['a plain push', mode => 'plain'], ['a wrong signature', wrong_signature => 1], ['an old timestamp', old_timestamp => 1]) {
    my ($name, @form) = @$row;
    my $count = journal();
    $got = sends(kind => 'text', @form);
    is $got->{status}, 403, "$name: 403";
    ok $got->{notice}, 'the user sees the notice';
    is sends(kind => 'text', @form, way => 'retries')->{tries}, 3, 'tried three times';
    is scalar(journal()), $count, 'and nothing is kept';
}
ok !sends(kind => 'unsubscribe', wrong_signature => 1)->{notice}, 'who has left sees no notice';
is sends(kind => 'raw', xml => '<xml>')->{status}, 400, 'raw: XML that is none';
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

# Malformed answers: the bubble is WeChat's judgement, not the site's.
sub handler { my ($text) = @_; Kit::write_file("$kit->{folder}/handler", $text, 0755); return }
$kit->write_conf(handler => 'handler');
handler("#!/bin/sh\nsleep 60\n");
$got = sends(kind => 'text');
cmp_ok $got->{ms}, '<', 4500, 'a slow handler: answered within 4.5 s';
ok $got->{answered} && !$got->{notice} && $got->{reply_xml} eq '', 'with nothing, which is fine';
$kit->write_conf();
is +(run_push('text', 'content=你好'))[0] =~ /^你好/ ? 1 : 0, 1, 'push sends Chinese, and prints it';
Kit::write_file("$kit->{folder}/cgi-bin/wechat.cgi.new", "#!/bin/sh\ncat >/dev/null\nprintf 'Status: 200 OK\\r\\nContent-Type: text/plain\\r\\n\\r\\n%s' \"\$(cat $kit->{folder}/answer)\"\n", 0755);
rename "$kit->{folder}/cgi-bin/wechat.cgi.new", "$kit->{folder}/cgi-bin/wechat.cgi";
my $good = '<xml><ToUserName>oSim0001xiaoMing-aBcDeFgHiJk</ToUserName><FromUserName>gh_0123456789ab</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>a</Content></xml>';
for my $row (['success', 1], [$good, 1], ['hello', 0], ['{"text":"a"}', 0], [$good =~ s/oSim0001/oSim0002/r, 0],
    [$good =~ s{<CreateTime>1</CreateTime>}{}r, 0], [$good =~ s{<Content>a</Content>}{}r, 0], [$good =~ s/text/txt/r, 0],
    ['<xml><Encrypt>AAAA</Encrypt><MsgSignature>a</MsgSignature><TimeStamp>1</TimeStamp><Nonce>a</Nonce></xml>', 0]) {
    Kit::write_file("$kit->{folder}/answer", $row->[0]);
    $got = sends(kind => 'text', mode => 'compatible', person => 'xiaoming');
    is $got->{notice} ? 0 : 1, $row->[1], "$row->[0]: " . ($row->[1] ? 'taken' : 'the notice');
}
Kit::write_file("$kit->{folder}/answer", $good);
ok sends(kind => 'text', mode => 'safe')->{notice}, 'safe mode: a plain reply is not taken';

# Slips of scripts.
is sends(@$_)->{refused}, 400, "refused: @$_" for [kind => 'txt'], [person => 'x'], [mode => 'x'], [way => 'x'], [late => 4],
    [kind => 'text', eventkey => 'x'], [kind => 'text', mediaid => 'x'];

# The command.
sub run_push { my (@arguments) = @_; local $ENV{SIM_PORT} = $kit->{sim_port}; open my $out, '-|', 'sh', '-c', 'exec "$0" "$@" 2>&1', "$Kit::TOP/tests/tools/push", (map { my $a = $_; utf8::encode($a); $a } @arguments) or die "push: $!"; binmode $out, ":encoding(UTF-8)"; local $/; my $text = <$out>; close $out; return ($text, $? >> 8) }
Kit::write_file("$kit->{folder}/answer", $good);
is_deeply [run_push('text', 'content=hi', 'person=xiaoming')], ["a\n", 0], 'push prints the reply';
is +(run_push('text', 'mode=safe'))[1], 1, 'exit status 1 for the notice';
like +(run_push('text', '--json'))[0], qr/^\{"kind":"text"/, '--json';
is +(run_push('txt'))[1], 2, 'exit status 2 for what cannot be sent';
is +(run_push())[1], 2, 'and without a kind';
like +(run_push('--help'))[0], qr/scancode_waitmsg/, '--help lists the kinds';
done_testing;
