# docs/en/start.md: the settings of each kind of account lead to the sign-in that the page promises.
use strict;
use warnings;
use utf8;
use Docs;
use Encode qw(decode_utf8 encode_utf8);
use Kit;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);
my %lines = map { $_->{name} => $_->{text} } grep { $_->{language} eq 'conf' } Docs::snippets('docs/en/start.md');
my $kit = Kit->new;
my $f = $kit->{folder};
my $iphone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.50(0x18003237) NetType/WIFI Language/zh_CN';

# Settings as the page has them, but for what belongs to the reader.
sub set {
    my ($name) = @_;
    my %own = (appid => $Kit::APPID, secret => $Kit::SECRET, site_url => $kit->{site_url}, push_token => $Kit::PUSH_TOKEN, encoding_aes_key => $Kit::AES_KEY);
    my $text = encode_utf8($lines{$name} // die "docs/en/start.md: no settings for $name\n");
    $text =~ s/^$_ = .*$/$_ = $own{$_}/m for keys %own;
    my ($mode) = $text =~ /^push_mode = (\w+)/m;
    $kit->write_conf_text($text . Kit::conf_text(language => 'en', open_url => $kit->{sim_url}, api_url => $kit->{sim_url}));
    return $mode;
}
# The page at which a visitor arrives who wants to sign in.
sub arrive { my ($agent) = @_; my $browser = $kit->browser(headers => { 'User-Agent' => $agent }); return $browser->follow($browser->get('/cgi-bin/me.cgi'), stop => qr{^\Q$kit->{sim_url}\E/connect/}) }
# The account's answer to a follower.
sub write_to {
    my ($mode, $text) = @_;
    return $kit->browser->post("$kit->{sim_url}/console?format=json", { kind => 'text', content => $text, person => 'xiaoming', mode => $mode })->{content};
}

set('authorize');
ok arrive($iphone)->{stopped}, 'web authorization: in WeChat, to its page';
my $browser = $kit->browser(headers => { 'User-Agent' => $iphone });
is $browser->sign_in('xiaoming', '/cgi-bin/me.cgi')->{status}, 200, 'which signs in';

my $mode = set('message');
my $page = decode_utf8(arrive('Mozilla/5.0 Chrome/126')->{content});
like $page, qr{“小明的书店”}, 'by message: the page names the account';
like $page, qr{<img [^>]*src="/wechat-qr\.jpg"}, 'and shows its QR code';
like write_to($mode, 'login'), qr/Your code is \d{3} \d{3}/, 'and the account answers with a code';

set('scene');
like decode_utf8(arrive('Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126')->{content}), qr{小明的书店}, 'the account’s QR code: on a computer';
is scalar grep({ $_->{path} eq '/cgi-bin/qrcode/create' } $kit->asked), 1, 'made by WeChat';
ok arrive($iphone)->{stopped}, 'and in WeChat web authorization';

$mode = set('test-account');
is $mode, 'plain', 'a test account has no key';
ok arrive($iphone)->{stopped}, 'a test account: web authorization';
like write_to($mode, 'login'), qr/Your code is \d{3} \d{3}/, 'and codes';
is_deeply [sort keys %lines], [qw(authorize message scene test-account)], 'each kind of account is tried';
is $kit->log_text =~ s/^(?!wechat-cgi:).*\n//gmr, '', 'nothing is wrong by the log';
done_testing;
