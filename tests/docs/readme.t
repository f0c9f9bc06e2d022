# The question of the README, asked as it is written there, and its answer.
use strict;
use warnings;
use Docs;
use Encode qw(encode_utf8);
use JSON::PP;
use Kit;
use Test::More;

my ($question, $answer) = Docs::snippets('README.md'); # README.zh-CN.md has the same: twins.t
my $kit = Kit->new;
my $browser = $kit->browser;
$browser->sign_in('xiaoming', '/cgi-bin/login.cgi?scope=snsapi_userinfo');
local $ENV{TOKEN} = $browser->cookie('wx_session');
chomp(my $command = $question->{text} =~ s{https://www\.example\.com}{$kit->{site_url}}r);
like $command, qr/^curl /, 'the README asks with curl';
my $said = JSON::PP->new->utf8->decode(`$command -s` || '{}');
my $written = JSON::PP->new->decode($answer->{text});
is_deeply [grep { !exists $said->{$_} } sort keys %$written], [], 'the answer has what the README shows';
ok $said->{active} && $said->{name} eq $said->{nickname} && $said->{exp} - $said->{iat} == $written->{exp} - $written->{iat}, 'with the same meaning';
$ENV{TOKEN} = 'A' x 43;
is `$command -s -o /dev/null -w '%{http_code}'`, 401, '401: not signed in';
done_testing;
