# The snippets of docs/en/command.md, exactly as written but for the openid and the template's id.
use strict;
use utf8;
use warnings;
use Account;
use Command;
use Docs;
use Encode qw(encode_utf8);
use Kit;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $kit = Kit->new(conf => { language => 'en', replies => undef });
my $wechat = Command->new($kit);
my $home = "$kit->{folder}/home";
mkdir $home or die "home: $!";
chmod 0777, $home;
my @snippets = Docs::snippets('docs/en/command.md');
my ($data) = grep { $_->{language} eq 'json' } @snippets;
Kit::write_file("$home/menu.json", Kit::read_file("$Kit::TOP/docs/menu.json.example"), 0644);
Kit::write_file("$home/photo.jpg", "\xff\xd8\xff\xe0x", 0644);
Kit::write_file("$home/order.json", encode_utf8($data->{text}), 0644);
# Messages can be sent to somebody who has just written.
Account->new($kit)->push_('xiaoming', 'text', content => 'hello');

for my $snippet (grep { $_->{language} eq 'sh' } @snippets) {
    my $lines = $snippet->{text} =~ s/OPENID/oSim0001xiaoMing-aBcDeFgHiJk/gr =~ s/TEMPLATE_ID/simTemplateOrder/gr;
    my $said = $wechat->run({ program => '/bin/bash', in => $home, environment => { HOME => $home, PATH => "$kit->{folder}/bin:/usr/bin:/bin" } }, '-ec', encode_utf8($lines));
    # What wechat check finds in the simulator's world is said in check.t.
    my ($ends, $silent) = $lines =~ /^wechat check$/m ? (qr/^[01]$/, qr//) : (qr/^0$/, qr/^(?:\d.*\n)*\z/);
    ok $said->{exit} =~ $ends && $said->{err} =~ $silent, "line $snippet->{line}: " . $lines =~ s/\n.*//sr or diag "$said->{exit} $said->{out}$said->{err}";
}
ok -s "$home/$_", "$_ is there" for qw(shop-8.svg 42.png followers.csv);
is scalar($kit->asked('/cgi-bin/message/custom/send')), 3, 'the messages were sent';
is scalar($kit->asked('/cgi-bin/message/template/send')), 1, 'and the template message';
is scalar($kit->asked('/cgi-bin/tags/create')), 1, 'and any other call';
done_testing;
