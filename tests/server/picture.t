#!/usr/bin/env perl
# A picture that a person sets on me.cgi: what is taken, what is made of it and who gets it; what is refused, with a sentence; and
# that nothing is left of one that is replaced, removed, or whose person is deleted. Through Apache and the simulator.
use strict;
use warnings;
use Compress::Zlib qw(compress);
use JSON::PP;
use Kit;
use Picture;
use Push;
use State;
use Test::More;

my $kit = Kit->new(conf => { language => 'en', list => 'list.json', push_mode => 'plain', push_token => $Push::TOKEN, owners => 'oSim0001xiaoMing-aBcDeFgHiJk', introspection_clients => 'app:' . 's' x 40 });
my $state = $kit->state_dir;
my $browser = $kit->browser;
$browser->sign_in('xiaoming');
my $openid = 'oSim0001xiaoMing-aBcDeFgHiJk';

sub page { return $_[0]->get('/cgi-bin/me.cgi')->{content} }
sub csrf { my ($one) = @_; my ($csrf) = page($one) =~ /name="csrf" value="([^"]+)"/; return $csrf }
sub send_picture {
    my ($one, $bytes, %option) = @_;
    my ($body, $type) = Picture::form(csrf => $option{csrf} // csrf($one), action => 'picture', picture => [$option{name} // 'me.png', $option{type} // 'image/png', $bytes]);
    return $one->request('POST', '/cgi-bin/me.cgi', content => $body, headers => { 'Content-Type' => $type });
}
sub shown { my ($one) = @_; my ($path) = page($one) =~ /<img class="profile__avatar" src="([^"]+)"/; return $path }
sub stored { my @files = glob "$state/pictures/*/*"; return @files }
sub who { my ($one) = @_; return decode_json($one->get('/cgi-bin/validate.cgi')->{content}) }
sub flaw { my ($answer) = @_; my ($flaw) = $answer->{content} =~ m{<p class="flaw" id="picture_flaw" role="alert">([^<]*)</p>}; return $flaw }

# ---- set ----

my $avatar = shown($browser);
like $avatar, qr{^http.*/}, 'at first: WeChat’s avatar';
is who($browser)->{picture}, $avatar, 'validate.cgi: picture is that';
like page($browser), qr{>Choose a picture for this site<}, 'and the offer to choose another';
unlike page($browser), qr{Remove this picture}, 'nothing is there to be removed';

my $secret = 'written into the file';
my $answer = send_picture($browser, Picture::png(600, 400, chunks => Picture::chunk('tEXt', "Comment\0<script>$secret</script>") . Picture::chunk('zTXt', "Author\0\0" . compress($secret))) . "<?php echo '$secret'; ?>");
is $answer->{status}, 303, 'a PNG picture: taken';
my $path = shown($browser);
like $path, qr{^/cgi-bin/picture\.cgi/[\w-]{43}\.jpg$}, 'it is shown in place of WeChat’s';
my $stranger = $kit->browser;
my $served = $stranger->get($path);
is $served->{status}, 200, 'whoever knows the address sees it';
is_deeply [@{ $served->{headers} }{qw(content-type x-content-type-options content-security-policy cache-control)}],
    ['image/jpeg', 'nosniff', "default-src 'none'; sandbox", 'private, max-age=31536000, immutable'], 'as a JPEG, and as nothing else';
is_deeply [Picture::size_of($served->{content})], [320, 320], 'a small square';
is_deeply [grep {/^(?:e[1-9a-f]|fe)$/} Picture::markers($served->{content})], [], 'without metadata';
unlike $served->{content}, qr/script|php|written/, 'and without what was written into the file, or behind it';
my $head = $stranger->request('HEAD', $path);
is_deeply [$head->{status}, $head->{content} // '', $head->{headers}{'content-type'}], [200, '', 'image/jpeg'], 'HEAD';
is scalar(stored()), 1, 'one file';
my $address = "$kit->{site_url}$path";
is_deeply [@{ who($browser) }{qw(picture headimgurl)}], [$address, $avatar], 'validate.cgi: picture is the full address, headimgurl still WeChat’s';
my $token = $browser->cookie('wx_session');
my $asked = $kit->browser->request('POST', '/cgi-bin/validate.cgi', content => "token=$token&client_id=app&client_secret=" . 's' x 40, headers => { 'Content-Type' => 'application/x-www-form-urlencoded' });
is decode_json($asked->{content})->{picture}, $address, 'and so for a client of token introspection';
is decode_json($browser->get('/cgi-bin/me.cgi?download=1')->{content})->{picture}, $address, 'the download of data has the address';
like $browser->get('/cgi-bin/list.cgi')->{content}, qr/<img class="profile__avatar" src="\Q$path\E"/, 'other pages show it, too';
like $browser->get("/cgi-bin/owner.cgi?view=person&openid=$openid")->{content}, qr/<img[^>]* src="\Q$path\E"/, 'and so does owner.cgi';

# ---- the address ----

for my $other ('', '/', '/x.jpg', $path =~ s{.*/cgi-bin/picture\.cgi}{}r =~ s/.jpg$//r, '/' . 'x' x 43 . '.jpg', '/' . 'x' x 200) {
    my $none = $stranger->get("/cgi-bin/picture.cgi$other");
    is_deeply [@$none{qw(status content)}], [404, '{"error":"not_found"}'], 'no picture: 404: ' . substr $other, 0, 50;
}

# ---- a JPEG picture as a phone makes it ----

my $jpeg = Picture::jpeg($kit, Picture::png(300, 500), Picture::exif(6) . Picture::marker(0xfe, $secret) . Picture::marker(0xe2, "ICC_PROFILE\0\1\1$secret"));
$answer = send_picture($browser, "$jpeg" . "PK\x03\x04<html>$secret</html>", name => 'virus.html', type => 'text/html');
is $answer->{status}, 303, 'JPEG with Exif, whatever it is called: taken';
my $second = shown($browser);
isnt $second, $path, 'another picture has another address';
is $stranger->get($path)->{status}, 404, 'and the one before is gone';
is scalar(stored()), 1, 'also from the disk';
$served = $stranger->get($second);
unlike $served->{content}, qr/Exif|39\.9N|written|html|PK\x03\x04|ICC/, 'neither the place nor anything else of the file';
is_deeply [Picture::size_of($served->{content})], [300, 300], 'no larger than it was';
unlike $kit->log_text, qr/wechat-cgi:/, 'nothing of this is an error';

# ---- refused, with a sentence; the picture that is there stays ----

my $noise = pack 'L*', map { int rand 2**32 } 1 .. 300_000;
my $good = Picture::png(8, 8);
my @refused = (
    ['nothing', '', 400, 'Choose a picture first.'],
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', 400, 'This file is neither a PNG nor a JPEG picture. Choose another one.'],
    ['GIF', 'GIF89a' . 'x' x 100, 400, 'This file is neither a PNG nor a JPEG picture. Choose another one.'],
    ['HTML', '<html><script>alert(1)</script>', 400, 'This file is neither a PNG nor a JPEG picture. Choose another one.'],
    ['HTML with a JPEG behind it', "<html>$jpeg", 400, 'This file is neither a PNG nor a JPEG picture. Choose another one.'],
    ['a PNG cut off', substr($good, 0, -20), 400, 'This picture is damaged and cannot be read. Choose another one.'],
    ['a JPEG cut off', substr($jpeg, 0, -200), 400, 'This picture is damaged and cannot be read. Choose another one.'],
    ['a beginning alone', $Picture::PNG_MAGIC, 400, 'This picture is damaged and cannot be read. Choose another one.'],
    ['a PNG with a wrong checksum', $good =~ s/IDAT.\K./!/sr, 400, 'This picture is damaged and cannot be read. Choose another one.'],
    ['60,000 pixels by 60,000', Picture::png_of(60_000, 60_000, compress("\0" x 1_000_000)), 400, 'This picture has too many pixels. Make it smaller and try again.'],
    ['a JPEG that says 65,500 by 65,500', $jpeg =~ s/\xff\xc0\0\x11\x08\K..../\xff\xdc\xff\xdc/sr, 400, 'This picture has too many pixels. Make it smaller and try again.'],
    ['1 MB and a byte', $good . 'x' x (1024 * 1024 + 1 - length $good), 413, 'The file is too large: 1 MB at most.'],
    ['more than the form may have', $noise, 413, 'The file is too large: 1 MB at most.'],
    ['a photo of 12 MB', $noise x 10, 413, 'The file is too large: 1 MB at most.'],
);
for my $row (@refused) {
    my ($name, $bytes, $status, $sentence) = @$row;
    $answer = send_picture($browser, $bytes);
    is $answer->{status}, $status, "$name: $status";
    is flaw($answer), $sentence, "$name: the page says why";
    like $answer->{content}, qr{<details class="opens" open><summary}, "$name: beside the form, which is open" if $status;
}
is send_picture($browser, $good . 'x' x (1024 * 1024 - length $good))->{status}, 303, '1 MB exactly: taken';
send_picture($browser, $jpeg);
$second = shown($browser);
my @before = stored();
is scalar(@before), 1, 'nothing is left of what was refused';

# ---- forms that are none of ours ----

is send_picture($browser, $good, csrf => 'x' x 43)->{status}, 403, 'a wrong token: refused';
my ($body, $type) = Picture::form(csrf => csrf($browser), action => 'picture', picture => ['a', 'b', $good]);
for my $row (['no end', $body =~ s/--\r\n\z//r, $type], ['another boundary', $body, 'multipart/form-data; boundary=other'], ['no boundary', $body, 'multipart/form-data'], ['two files', (Picture::form(csrf => csrf($browser), action => 'picture', picture => ['a', 'b', $good], other => ['a', 'b', $good]))[0], $type]) {
    my ($name, $content, $content_type) = @$row;
    is $browser->request('POST', '/cgi-bin/me.cgi', content => $content, headers => { 'Content-Type' => $content_type })->{status}, 400, "$name: 400";
}
like $stranger->request('POST', '/cgi-bin/me.cgi', content => $body, headers => { 'Content-Type' => $type })->{headers}{location}, qr{/login\.cgi}, 'not signed in: to the sign-in';
is $kit->run('wechat-picture.cgi', stdin => 'x')->{status}, 404, 'the web server gets nothing from the program that reads pictures';
is_deeply [stored()], \@before, 'nothing has changed';

# ---- bombs cost little ----

my $started = Time::HiRes::time();
for my $row (['25 million pixels of 16 bits', Picture::png_of(5000, 5000, compress("\0" x (5000 * 40_001), 9), depth => 16, type => 6)], ['a text of 100 MB', Picture::png(8, 8, chunks => Picture::chunk('zTXt', "Comment\0\0" . compress('x' x 100_000_000, 9)))]) {
    my ($name, $bytes) = @$row;
    cmp_ok length $bytes, '<', 1024 * 1024, "$name in less than 1 MB";
    like send_picture($browser, $bytes)->{status}, qr/^(?:303|400)$/, "$name: an answer";
}
cmp_ok Time::HiRes::time() - $started, '<', 20, 'in seconds';

# ---- people at the same moment ----

send_picture($browser, $good);
my $csrf = csrf($browser);
Kit::at_once(6, sub { return send_picture($browser, $good, csrf => $csrf)->{status} });
is scalar(stored()), 1, 'six pictures of one person at the same moment: one is left';
is $stranger->get(shown($browser))->{status}, 200, 'and that is the one that is shown';

# ---- removed ----

$second = shown($browser);
is $browser->post('/cgi-bin/me.cgi', { csrf => csrf($browser), action => 'remove_picture' })->{status}, 303, 'removed';
is shown($browser), $avatar, 'WeChat’s avatar again';
is $stranger->get($second)->{status}, 404, 'the picture is gone';
is_deeply [stored()], [], 'also from the disk';
is who($browser)->{picture}, $avatar, 'and from validate.cgi';

# ---- the person is deleted ----

send_picture($browser, $good);
is scalar(stored()), 1, 'another picture';
is $browser->post('/cgi-bin/me.cgi', { csrf => csrf($browser), action => 'forget' })->{status}, 200, '“delete my data”';
is_deeply [stored()], [], 'deletes it';
my $again = $kit->browser;
$again->sign_in('xiaoming');
is shown($again), $avatar, 'who comes back has none';
send_picture($again, $good);
is scalar(stored()), 1, 'until they set one again';
Kit::write_file(State::user_file($state, $openid), 'broken', 0600);
is $again->post('/cgi-bin/me.cgi', { action => 'forget' }, headers => { 'Sec-Fetch-Site' => 'same-origin' })->{status}, 200, 'a user whose file is broken';
is_deeply [stored()], [], 'leaves no picture either';
done_testing;
