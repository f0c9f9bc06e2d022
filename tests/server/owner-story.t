# An owner without a shell, with nothing but the pages: lets a newcomer in, blocks somebody, protects a folder, and downloads the
# table of the people. (mend.t: the owner mends what check.cgi names.)
use strict;
use warnings;
use utf8;
use Encode qw(decode_utf8);
use Kit;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my %conf = (language => 'en', owners => 'oSim0001xiaoMing-aBcDeFgHiJk', people => 'approved', private_dir => 'private', access => 'access.json');
my $kit = Kit->new(conf => {%conf});
my $f = $kit->{folder};
for my $path (qw(open.txt members/plan.txt)) {
    mkdir "$f/private";
    mkdir "$f/private/members";
    Kit::write_file("$f/private/$path", "the text of $path\n", 0644);
}
chmod 0755, "$f/private", "$f/private/members";
Kit::write_file("$f/access.json", qq([{"folder": "/"}]\n), 0644);
if ($> == 0) { my ($uid, $gid) = (getpwnam 'nobody')[2, 3]; chown $uid, $gid, "$f/access.json", $f }

my $owner = $kit->browser(headers => { 'Accept-Language' => 'en' });
$owner->sign_in('xiaoming', '/cgi-bin/owner.cgi');
my $page;

# What a person does: opens a link of the page, or presses a button of one of its forms, with fields filled in.
sub opens { my ($link) = @_; my $answer = $owner->follow($owner->get($link =~ s/&amp;/&/gr)); $page = decode_utf8($answer->{content}); return $answer }
sub link_named { my ($text) = @_; my ($link) = $page =~ m{<a\b[^>]*href="([^"]+)"[^>]*>(?:<[^>]*>|\s)*\Q$text\E}; ok $link, "there is a link: $text" or diag $page; return opens($link || '/') }
sub presses {
    my ($text, %fields) = @_;
    for my $form ($page =~ m{(<form\b.*?</form>)}gs) {
        my ($button) = $form =~ m{(<button\b[^>]*>)\s*\Q$text\E\s*</button>} or next;
        my ($action) = $form =~ /<form\b[^>]*action="([^"]+)"/;
        my %sent = $form =~ /<input type="hidden" name="([^"]+)" value="([^"]*)">/g;
        $sent{$1} = $2 if $button =~ /name="([^"]+)" value="([^"]*)"/;
        ok $form =~ /name="\Q$_\E"/, "with a field $_" for sort keys %fields;
        my $answer = $owner->follow($owner->post($action =~ s/&amp;/&/gr, { %sent, %fields }));
        $page = decode_utf8($answer->{content});
        return $answer;
    }
    fail "there is a button: $text";
    return {};
}
sub visitor { my ($person) = @_; my $browser = $kit->browser(headers => { 'Accept-Language' => 'en' }); return ($browser, $browser->sign_in($person)) }

# A newcomer waits, and is let in.
my ($meimei, $answer) = visitor('meimei');
like $answer->{content}, qr/<h1[^>]*>Waiting for approval</, 'a newcomer waits';
is $meimei->get('/cgi-bin/validate.cgi')->{status}, 401, 'and is not signed in';
opens('/cgi-bin/owner.cgi');
link_named('People');
like $page, qr/Waiting for your approval: 1/, 'the owner sees that somebody waits';
link_named('王小美');
presses('Let in');
like $page, qr/role="status">The person may sign in now\./, 'and lets them in';
($meimei, $answer) = visitor('meimei');
is $meimei->get('/cgi-bin/validate.cgi')->{status}, 200, 'who is signed in now';

# Somebody is let in, and blocked.
my ($john) = visitor('john');
opens('/cgi-bin/owner.cgi?view=people');
link_named('John Smith');
presses('Let in');
($john) = visitor('john');
is $john->get('/cgi-bin/validate.cgi')->{status}, 200, 'another one is signed in';
presses('Block');
like $page, qr/role="status">Blocked, and signed out everywhere\./, 'the owner blocks that one';
is $john->get('/cgi-bin/validate.cgi')->{status}, 401, 'who is signed out at once';
($john, $answer) = visitor('john');
like $answer->{content}, qr/<h1[^>]*>You cannot sign in to this site</, 'and cannot sign in any more';

# A folder is protected: access.json says who, and a role lets one in.
is $meimei->get('/cgi-bin/gate.cgi/members/plan.txt')->{status}, 200, 'the folder is open to all who are signed in';
link_named('Files');
link_named('Who may read private files');
my $rules = qq([{"folder": "/"},\n {"folder": "/members", "roles": ["member"]}]\n);
presses('Check and save', text => $rules =~ s/"folder": "\/members"/"folder": "members"/r);
like $page, qr/Line 2:.*folder/s, 'a mistake is named by its line';
presses('Check and save', text => $rules);
is Kit::read_file("$f/access.json"), $rules, 'the owner protects it';
is $meimei->get('/cgi-bin/gate.cgi/members/plan.txt')->{status}, 403, 'then it is closed';
is $meimei->get('/cgi-bin/gate.cgi/open.txt')->{status}, 200, 'the others are not';
opens('/cgi-bin/owner.cgi?view=people');
link_named('王小美');
presses('Save', roles => 'member');
is $meimei->get('/cgi-bin/gate.cgi/members/plan.txt')->{content}, "the text of members/plan.txt\n", 'and opens to who has the role';
is $meimei->get('/cgi-bin/validate.cgi?role=member')->{status}, 200, 'whom other programs know by it as well';
is $meimei->get('/cgi-bin/validate.cgi?role=editor')->{status}, 403, 'but not by another';

# The table of all people.
opens('/cgi-bin/owner.cgi?view=people');
my $csv = link_named('Everybody as a table (CSV)');
like $csv->{headers}{'content-type'}, qr{^text/csv}, 'a table';
my @rows = split /\r?\n/, decode_utf8($csv->{content});
is scalar @rows, 4, 'with a row for each person';
like $rows[0], qr/openid/, 'below the names of the columns';
is scalar(grep {/王小美/ && /member/} @rows), 1, 'roles are in it';

opens('/cgi-bin/owner.cgi?view=changes');
is scalar(() = $page =~ /<li class="weui-cell line">/g), 5, 'every change is recorded';
done_testing;
