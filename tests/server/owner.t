# owner.cgi: who gets in, and the frame around its views: the menu, changes only from our own page, their record.
use strict;
use warnings;
use utf8;
use Encode qw(decode_utf8);
use JSON::PP;
use Kit;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $kit = Kit->new(conf => { language => 'en' });
my $f = $kit->{folder};
my $me = $kit->browser(headers => { 'Accept-Language' => 'en' });
my $url = '/cgi-bin/owner.cgi';

# ---- who gets in ----

my $nobody = $me->get($url);
is $nobody->{status}, 303, 'nobody is signed in: to the sign-in';
like $nobody->{location}, qr{/login\.cgi\?next=%2Fcgi-bin%2Fowner\.cgi&again=1$}, 'anew, and back';
like $me->get("$url?view=changes&done=x")->{location}, qr{next=%2Fcgi-bin%2Fowner\.cgi%3Fview%3Dchanges%26done%3Dx&again=1$}, 'to the same view';
is $me->post($url, { action => 'x' })->{location}, $nobody->{location}, 'a form of somebody who is not signed in: to the sign-in as well';

$me->sign_in('xiaoming', '/cgi-bin/login.cgi?again=1');
my ($openid) = $me->get('/cgi-bin/me.cgi')->{content} =~ /identifier">([\w-]+)</;
my $other = $me->get($url);
is $other->{status}, 403, 'signed in, but not an owner: 403';
like $other->{content}, qr/<p class="setting">owners = \Q$openid\E</, 'with the line to write, if it is the owner';
unlike $other->{content}, qr/class="desk"/, 'and nothing of the desk';
is $me->post($url, { action => 'x' })->{status}, 403, 'nor a change';
$kit->write_conf(owners => "oSomebody x$openid");
is $me->get($url)->{status}, 403, 'as part of an owner’s name: 403';
$kit->write_conf(owners => "oSomebody $openid");
my $page = $me->get($url);
is $page->{status}, 200, 'an owner: the desk';
like $page->{content}, qr{<a href="/cgi-bin/owner\.cgi\?view=\w+" aria-current="page">}, 'with the menu';
is $page->{headers}{'cache-control'}, 'no-store', 'not to be stored';

SKIP: {
    my $why = Kit::no_other_clock("$f/cgi-bin/owner.cgi");
    skip $why, 3 if $why;
    my $at = sub {
        my ($when, %option) = @_;
        return $kit->run('owner.cgi', before => [Kit::as_server(), 'faketime', '-f', $when], environment => { HTTP_COOKIE => 'wx_session=' . $me->cookie('wx_session') }, %option);
    };
    is $at->('+11h')->{status}, 200, 'eleven hours after the sign-in: the desk';
    like $at->('+13h')->{headers}{location}[0], qr{/login\.cgi\?next=%2Fcgi-bin%2Fowner\.cgi&again=1$}, 'after thirteen: sign in again';
    is $at->('+13h', stdin => 'action=x')->{status}, 303, 'for a change as well';
}

# ---- views and changes ----

is $me->get("$url?view=nothing")->{status}, 404, 'a view that does not exist: 404';
my ($csrf) = $me->get('/cgi-bin/me.cgi')->{content} =~ /name="csrf" value="([\w-]+)"/;
my $other_site = { 'Sec-Fetch-Site' => 'same-origin' };
is $me->post($url, { action => 'x' }, headers => $other_site)->{status}, 403, 'a change without the token of our form: 403';
is $me->post($url, { action => 'x', csrf => 'x' . substr $csrf, 1 })->{status}, 403, 'with another one: 403';
is $me->post($url, { action => 'x', csrf => $csrf })->{status}, 400, 'a change that the view does not have: 400';
unlike $me->get("$url?done=" . 'x' x 10)->{content}, qr/class="notice"/, 'a link names no notice that does not exist';
my $audit = $kit->state_dir . '/audit.jsonl';
ok !-s $audit, 'what was refused is not recorded';
like $me->get("$url?view=changes")->{content}, qr/Nothing has been changed yet/, 'the record is empty';
for my $case (['zh-CN', '操作记录'], ['zh-TW', '操作紀錄'], ['en', 'Record']) {
    my ($tag, $text) = @$case;
    like decode_utf8($me->get("$url?view=changes", headers => { 'Accept-Language' => $tag })->{content}), qr/<html lang="$tag">.*<h1[^>]*>$text</s, "in $tag";
}

done_testing;
