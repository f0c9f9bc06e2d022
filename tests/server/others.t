# What a request leaves in a process of wechat.fcgi for the next one: nothing. One person's words and identifiers go to every program
# in every place where a request has room for them, and then somebody else asks the same process.
use strict;
use warnings;
use FastCGI;
use Kit;
use State;
use Test::More;

my $kit = Kit->new(stopped => 1, conf => { language => 'en', outside_wechat => 'both' });
mkdir $kit->state_dir, 0700;
my @people = map { +{ openid => "oCanary$_", token => scalar State::plant($kit->state_dir, "oCanary$_", { nickname => "Nickname of $_" }, {}) } } qw(One Two);
my $socket = FastCGI::start($kit);

# A request of the first person, whose every part has a word that nothing else has.
my $word = 'canaryWordOfTheFirst';
my $query = join '&', map {"$_=$word"} qw(next code user_code role live scope view item file ticket dev signature nonce echostr);
my %first = (
    QUERY_STRING => $query, PATH_INFO => "/$word", HTTP_COOKIE => "wx_session=$people[0]{token}; wx_signin=$word; other=$word", HTTP_USER_AGENT => "MicroMessenger/8 $word",
    HTTP_ACCEPT_LANGUAGE => "en, $word", HTTP_ORIGIN => "https://$word.example", HTTP_X_ORIGINAL_URI => "/$word", HTTP_IF_NONE_MATCH => "\"$word\"",
    HTTP_RANGE => "bytes=$word", HTTP_AUTHORIZATION => "Bearer $people[0]{token}", REQUEST_URI => "/cgi-bin/$word", REMOTE_ADDR => '192.0.2.101',
);
my %second = (REMOTE_ADDR => '192.0.2.7', HTTP_COOKIE => "wx_session=$people[1]{token}");
my $form = "csrf=$word&next=/$word&name=$word&" . 'x' x 3000 . $word;
my $firsts = qr/\Q$word\E|\Q$people[0]{token}\E|$people[0]{openid}|Nickname of One|192\.0\.2\.101|x{16}/;

# The same person, as a browser asks.
my %plain = (HTTP_COOKIE => "wx_session=$people[0]{token}", REMOTE_ADDR => '192.0.2.101');
like FastCGI::ask($socket, { SCRIPT_NAME => '/cgi-bin/me.cgi', %plain })->{bytes}, qr/Nickname of One/, 'the first person has a session';

my ($bytes, $shown) = (0, 0);
for my $program (sort keys %{ Kit::programs() }) {
    my @shared;
    for my $body (undef, $form) {
        my $type = { CONTENT_TYPE => 'application/x-www-form-urlencoded' };
        FastCGI::ask($socket, { SCRIPT_NAME => "/cgi-bin/$program", %plain }) if !defined $body;
        FastCGI::ask($socket, { SCRIPT_NAME => "/cgi-bin/$program", %first, defined $body ? %$type : () }, $body);
        for my $next ([undef], [undef, QUERY_STRING => 'next=/b'], ['a=b', %$type], [$body && '', %$type, CONTENT_LENGTH => 20]) {
            my ($sent, %more) = @$next;
            my $answer = FastCGI::ask($socket, { SCRIPT_NAME => "/cgi-bin/$program", %second, %more }, $sent);
            $bytes += length $answer->{bytes};
            $shown++ if $answer->{bytes} =~ /Nickname of Two/;
            push @shared, $& if "$answer->{bytes}$answer->{error}" =~ $firsts;
        }
    }
    is "@shared", '', "$program: nothing of the request before";
}
cmp_ok $bytes, '>', 100_000, "the answers were answers ($bytes bytes)";
cmp_ok $shown, '>', 0, 'and some were about who asked';
done_testing;
