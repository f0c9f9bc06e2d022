# The examples of docs/en/calls.md, exactly as written, but for the site's address: each sends a message in the account's name.
use strict;
use warnings;
use utf8;
use Docs;
use Encode qw(decode_utf8 encode_utf8);
use JSON::PP;
use Kit;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $key = 'e' x 40;
my $openid = 'oSim0001xiaoMing-aBcDeFgHiJk';
my $kit = Kit->new(conf => { service_keys => "shop:$key", account_clients => 'shop', push_mode => 'plain' });
my %example = map { $_->{language} => $_->{text} } grep { $_->{text} =~ m{server\.cgi/send} } Docs::snippets('docs/en/calls.md');
# What a customer-service message may answer.
$kit->browser->post("$kit->{sim_url}/console?format=json", { kind => 'text', content => '在吗', person => 'xiaoming', mode => 'plain' });

my %run = (
    php => sub { return ('php', '-r', "\$openid = '$openid';\n$_[0]") },
    python => sub { return ('python3', '-c', "openid = '$openid'\n$_[0]\nassert answer['errcode'] == 0, answer") },
    sh => sub { return ('sh', '-ec', $_[0] =~ s/oABC/$openid/r) },
);
for my $language (sort keys %run) {
    my $text = $example{$language};
    ok $text, "$language: there is an example" or next;
    $text =~ s{https://www\.example\.com}{$kit->{site_url}}g;
    $kit->forget_asked;
    local $ENV{WECHAT_SERVICE_KEY} = $key;
    open my $out, '-|', map { encode_utf8($_) } $run{$language}->($text) or die "$language: $!";
    my $said = do { local $/; <$out> };
    ok close $out, "$language: it runs" or diag $said;
    my @asked = $kit->asked('/cgi-bin/message/custom/send');
    is scalar(@asked), 1, "$language: WeChat was asked to send a message";
    like decode_utf8(encode_json($asked[0] || {})), qr/您的订单已发货/, "$language: the one of the example, in characters";
    like decode_utf8($said), qr/"errcode":\s*0/, 'the answer is shown' if $language eq 'sh';
}
unlike $kit->log_text, qr/wechat-cgi: server/, 'and nothing was wrong';
done_testing;
