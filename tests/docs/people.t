# docs/en/people.md: its page in PHP lets in who has the role. (cgi/people.t runs its hooks.)
use strict;
use warnings;
use Docs;
use Encode qw(encode_utf8);
use File::Copy qw(copy);
use Gate;
use Kit;
use Test::More;

my $php = Kit::find_program('php') or plan skip_all => 'php is not installed';
my $kit = Kit->new;
my $f = $kit->{folder};
my ($page) = map { $_->{text} } grep { $_->{language} eq 'php' && $_->{name} eq '' } Docs::snippets('docs/en/people.md');
$page =~ s{https://www\.example\.com}{$kit->{site_url}} or die 'no address in the page';
mkdir "$f/pages" or die "pages: $!";
copy("$Kit::TOP/clients/wechat.php", "$f/pages/") or die "wechat.php: $!";
Kit::write_file("$f/pages/page.php", encode_utf8("$page\necho 'welcome';\n"));

# What the page shows to a browser with that cookie.
sub show {
    my ($cookie) = @_;
    local $ENV{HTTP_COOKIE} = $cookie;
    open my $pipe, '-|', $php, '-d', 'variables_order=EGPCS', "$f/pages/page.php" or die "php: $!";
    local $/;
    return scalar <$pipe> // '';
}
my $browser = $kit->browser;
$browser->sign_in('xiaoming', '/cgi-bin/me.cgi');
my $cookie = 'wx_session=' . $browser->cookie('wx_session');
is show($cookie), 'For editors only.', 'without the role';
Gate::give_roles($kit, 'xiaoming', 'editor');
is show($cookie), 'welcome', 'with it';
is show(''), '', 'a visitor who is not signed in is sent to the sign-in';
done_testing;
