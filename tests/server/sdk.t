#!/usr/bin/env perl
# The message console and an independent endpoint, co-wechat from npm, accept each other's messages.
use strict;
use utf8;
use warnings;
use IPC::Open2;
use JSON::PP;
use Kit;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $kit = Kit->new;
local @ENV{qw(WECHAT_BUILD SDK_TOKEN SDK_APPID SDK_AES_KEY)} = ($Kit::BUILD, $Kit::PUSH_TOKEN, $Kit::APPID, $Kit::AES_KEY);
my $server = open2(my $out, my $in, 'node', "$Kit::TOP/tests/server/sdk-push.cjs");
my ($port) = (<$out> || '') =~ /^(\d+)$/ or die "co-wechat does not run\n";
Kit::write_file("$kit->{folder}/sim.conf", Kit::read_file("$kit->{folder}/sim.conf") =~ s/^site_url.*/site_url = http:\/\/127.0.0.1:$port/mr);

sub sends {
    my (%form) = @_;
    return decode_json($kit->browser->post("$kit->{sim_url}/console?format=json", { kind => 'text', %form })->{content});
}

ok sends(kind => 'verify')->{answered}, 'the address passes';
for my $mode (qw(plain compatible safe)) {
    my $got = sends(content => '你好', mode => $mode);
    is "$got->{answered} $got->{reply_text}", '1 你好, a MsgId of 64 bits', "$mode: a text and its reply" or diag encode_json($got);
    is sends(content => 'music', mode => $mode)->{reply_type}, 'music', 'music without a ThumbMediaId';
    is sends(content => 'news', mode => $mode)->{reply_type}, 'news', 'an article';
    is sends(content => 'staff', mode => $mode)->{reply_type}, 'transfer_customer_service', 'handed over';
    $got = sends(content => 'nothing', mode => $mode);
    is "$got->{answered} $got->{notice} [$got->{reply_xml}]", '1 0 []', 'nothing';
    for my $kind (qw(subscribe_msg_popup_event PUBLISHJOBFINISH kf_switch_session wxa_media_check user_get_card)) {
        is sends(kind => $kind, mode => $mode)->{reply_text}, "event $kind", $kind;
    }
}
is sends(wrong_signature => 1, mode => 'plain')->{status}, 401, 'a wrong signature is refused';
ok sends(wrong_signature => 1, mode => 'plain')->{notice}, 'and the user sees the notice';

close $in;
waitpid $server, 0;
done_testing;
