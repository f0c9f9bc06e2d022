# Codes are guessed: by one browser, by one address, and by a crowd of addresses at the same moment. Followers are locked out by none
# of it.
use strict;
use warnings;
use Encode qw(decode_utf8 encode_utf8);
use JSON::PP;
use Kit;
use POSIX ();
use Test::More;

my %conf = (appid => undef, secret => undef, sign_in => 'message', language => 'en', outside_wechat => undef, push_mode => 'plain',
    trusted_proxies => '127.0.0.1 10.0.0.0/8', replies => undef, sandbox => 'files');
my $kit = Kit->new(conf => \%conf);

sub browser { my ($address) = @_; return $kit->browser(headers => { 'X-Forwarded-For' => $address }) }
sub code_for {
    my ($content, $person) = @_;
    my $answer = $kit->browser->post("$kit->{sim_url}/console?format=json",
        { kind => 'text', content => decode_utf8($content), person => $person || 'xiaoming', mode => 'plain' });
    my $text = encode_utf8(decode_json($answer->{content})->{reply_text} // '');
    return ($text =~ /(\d{3} \d{3})/ ? $1 =~ s/ //r : undef, $text);
}
sub open_page { my ($browser) = @_; return $browser->get('/cgi-bin/code.cgi?next=/welcome') }
sub fields { my ($page) = @_; return { $page->{content} =~ /<input type="hidden" name="(\w+)" value="([^"]*)">/g } }
sub word { my ($page) = @_; return $page->{content} =~ m{id="word">([^<]+)<} ? $1 : undef }
sub type { my ($browser, $page, $code) = @_; return $browser->post('/cgi-bin/code.cgi', { %{ fields($page) }, code => $code }) }
sub wrong { my ($right) = @_; return sprintf '%06d', ($right + 1 + int rand 999_998) % 1_000_000 }

# The number that a page shows when it is bound.
sub digits_of { my ($browser, $page) = @_; my $hex = fields($page)->{csrf}; return 10 + hex(substr $hex, 0, 6) % 90 }

# ---- one browser ----

my ($right) = code_for('login');
my $browser = browser('203.0.113.1');
my $page = open_page($browser);
is word($page), 'login', 'at first: the word alone';
for my $try (1 .. 5) {
    my $answer = type($browser, $page, wrong($right));
    is $answer->{status}, 403, "failure $try of one browser";
    like word($answer), $try < 5 ? qr/^login$/ : qr/^login \d\d$/, $try < 5 ? 'the word alone' : 'and now with two digits';
    $page = $answer;
}
like $page->{content}, qr/Somebody has been guessing codes/, 'the page says why';
is type($browser, $page, $right)->{status}, 403, 'the right code without the digits does not work on this page';
my ($number) = word($page) =~ /(\d\d)/;
my ($bound, $said) = code_for("login $number");
like $said, qr/on the page that shows $number\./, 'the follower sends the digits: a code for this page';
my $elsewhere = browser('203.0.113.3');
my $other = open_page($elsewhere);
for (1 .. 20) {
    # One browser in ninety shows the same number.
    last if digits_of($elsewhere, $other) ne $number;
    $elsewhere = browser('203.0.113.3');
    $other = open_page($elsewhere);
}
is type($elsewhere, $other, $bound)->{status}, 403, 'it does not work in another browser';
is type($browser, $page, $bound)->{status}, 303, 'and in this one it does';

# ---- one address ----

($right) = code_for('login');
my @one = map { my $b = browser('203.0.113.50'); [$b, open_page($b)] } 1 .. 35;
my @statuses = map { type(@$_, wrong($right))->{status} } @one;
is_deeply \@statuses, [(403) x 30, (429) x 5], 'of one address, thirty codes in ten minutes are looked at';
my $refused = type(@{ $one[0] }, $right);
is $refused->{status}, 429, 'then not even the right one';
like $refused->{content}, qr/Too many wrong codes came from this network/, 'which the page says, and what to do';
my $follower = browser('203.0.113.51');
is type($follower, open_page($follower), $right)->{status}, 303, 'a follower at another address signs in as ever';
like word(open_page(browser('203.0.113.50'))), qr/^login \d\d$/, 'a new browser at that address: with two digits';
my $spoofed = $kit->browser(headers => { 'X-Forwarded-For' => '198.51.100.7, 203.0.113.50' });
like word(open_page($spoofed)), qr/^login \d\d$/, 'an address that the visitor invents counts for nothing';
my $inside = $kit->browser(headers => { 'X-Forwarded-For' => '203.0.113.50, 10.1.2.3' });
like word(open_page($inside)), qr/^login \d\d$/, 'a second proxy of the site is looked through';

# ---- a crowd ----

# Eight processes guess as fast as they can, each time from another address; how often each status came.
sub crowd {
    my ($each, $guess) = @_;
    my @pipes;
    for my $worker (0 .. 7) {
        pipe my $read, my $write or die "pipe: $!";
        my $pid = fork // die "fork: $!";
        if ($pid == 0) {
            my %seen;
            for my $i (1 .. $each) {
                my $b = browser(sprintf '10%d.%d.%d.9', $worker, $each % 200, $i % 250);
                $seen{ type($b, open_page($b), $guess->($i))->{status} }++;
            }
            syswrite $write, encode_json(\%seen);
            POSIX::_exit(0);
        }
        close $write;
        push @pipes, [$read, $pid];
    }
    my %seen;
    for (@pipes) {
        my ($read, $pid) = @$_;
        local $/;
        my $said = decode_json(<$read>);
        waitpid $pid, 0;
        $seen{$_} += $said->{$_} for keys %$said;
    }
    return \%seen;
}
my @codes = map { (code_for('login', $_))[0] } qw(meimei ann lin);
my %right = map { $_ => 1 } @codes;
is_deeply crowd(20, sub { my $guess; do { $guess = sprintf '%06d', int rand 1_000_000 } while $right{$guess}; return $guess }), { 403 => 160 },
    'a crowd guesses 160 wrong codes, each from another address';
is_deeply crowd(250, sub { return $codes[$_[0] % 3] }), { 403 => 2000 },
    'from then on 2,000 guesses at the same time get nobody in, although each of them is a code in force';
my $fresh = browser('203.0.113.99');
$page = open_page($fresh);
like word($page), qr/^login \d\d$/, 'now every page shows two digits';
is type($fresh, $page, $codes[0])->{status}, 403, 'a code without the digits, right as it is, gets nobody in on any page';
my ($ahead, $text) = code_for('login', 'meimei');
like $text, qr/If the page shows two digits, send the message again with these digits/, 'the answer to the word alone says what is missing';
($number) = word($page) =~ /(\d\d)/;
my ($for_page) = code_for("login $number", 'meimei');
is type($fresh, $page, $for_page)->{status}, 303, 'with the digits, the follower is signed in';
my ($link) = (code_for('login', 'ann'))[1] =~ /<a href="([^"]+)">/;
my $phone = $kit->browser(headers => { 'User-Agent' => 'MicroMessenger/8.0', 'X-Forwarded-For' => '203.0.113.50' });
is $phone->post($link, fields($phone->get($link)))->{status}, 303, 'and the link works everywhere, even from the address that is refused';

# ---- limits survive what they should ----

$kit->stop;
$kit->start;
like word(open_page(browser('203.0.113.98'))), qr/^login \d\d$/, 'they hold after a restart';
done_testing;
