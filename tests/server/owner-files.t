# owner.cgi: the JSON files (what is in force, mistakes by line, saving, two owners at once), the menu, and QR codes.
use strict;
use warnings;
use utf8;
use Digest::SHA qw(sha256_hex);
use Encode qw(decode_utf8 encode_utf8);
use JSON::PP;
use Kit;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $kit = Kit->new(conf => { language => 'en', menu => 'menu.json' });
my $f = $kit->{folder};
my $url = '/cgi-bin/owner.cgi';
my $me = $kit->browser(headers => { 'Accept-Language' => 'en' });
$me->sign_in('xiaoming', '/cgi-bin/login.cgi?again=1');
my ($openid) = $me->get('/cgi-bin/me.cgi')->{content} =~ /identifier">([\w-]+)</;
my %conf = (language => 'en', menu => 'menu.json', owners => $openid);
$kit->write_conf(%conf);

sub page { my ($view, %option) = @_; return readable($me->get("$url?view=$view", %option)) }

# The page's text as a person reads it, too: {text}.
sub readable {
    my ($got) = @_;
    my $text = decode_utf8($got->{content});
    my ($body) = $text =~ /<main[^>]*>(.*)<\/main>/s;
    $body = defined $body ? $body =~ s/<[^>]*>/ /gr =~ s/\s+/ /gr : '';
    my %entity = (amp => '&', lt => '<', gt => '>', quot => '"', '#39' => "'");
    $body =~ s/&(amp|lt|gt|quot|#39);/$entity{$1}/g;
    return { %$got, text => $body };
}

# What the form on the page holds.
sub form {
    my $content = decode_utf8($_[0]{content});
    my %form = map { $_ => $content =~ /name="$_" value="([^"]*)"/ ? $1 : '' } qw(csrf version);
    if ($content =~ m{<textarea[^>]*name="text"[^>]*>\n?(.*?)</textarea>}s) {
        my %entity = (amp => '&', lt => '<', gt => '>', quot => '"', '#39' => "'");
        $form{text} = $1 =~ s/&(amp|lt|gt|quot|#39);/$entity{$1}/gr;
    }
    return \%form;
}

# Sends the form of a view, changed; as browsers do, with CR LF.
sub send_form {
    my ($view, $form, %change) = @_;
    my %sent = (%$form, %change);
    $sent{text} =~ s/\r?\n/\r\n/g if defined $sent{text};
    return readable($me->post("$url?view=$view", \%sent, headers => { 'Accept-Language' => 'en', %{ delete $sent{headers} || {} } }));
}

# The texts of files and forms are characters here.
sub file { my ($name) = @_; return decode_utf8(Kit::read_file("$f/$name")) }

sub as_nobody {
    my ($path) = @_;
    if ($> == 0) { my @nobody = getpwnam('nobody'); chown $nobody[2], $nobody[3], $path }
    return;
}

sub put { my ($name, $text) = @_; Kit::write_file("$f/$name", utf8::is_utf8($text) ? encode_utf8($text) : $text); as_nobody("$f/$name"); return }
sub audit { return map { decode_json($_) } split /\n/, Kit::read_file($kit->state_dir . '/audit.jsonl') }

# ---- the list of the files ----

my $list = page('files');
is $list->{status}, 200, 'the files';
like $list->{text}, qr/Automatic replies No mistakes\. Entries: 7 .*replies\.json · 20\d\d-\d\d-\d\d \d\d:\d\d .*The account’s menu There is no file yet\. .*List page No mistakes\. Entries: \d+ .*Who may read private files Not set in wechat\.conf\./, 'which are in force, with their entries, where they are, since when';
like $list->{content}, qr{<a href="/cgi-bin/owner\.cgi\?view=files" aria-current="page">Files</a>}, 'in the menu';
put('list.json', qq([\n{"id": "a"},\n{"id": "b", "text": 1},\n{"id": "!", "text": "C"},\n{"text": "D"},\n{"id": "e", "text": "E", "ulr": "/"}]));
$list = page('files');
like $list->{text}, qr/List page Mistakes: 5\. The file is not used until they are corrected\. Line 2: it has no "text" Line 3: "text" must be a text Line 4: "id" must be 1 to 64 letters, digits, - and _ and 2 more/, 'a file with mistakes: how many, and the first three with their lines';
put('list.json', encode_utf8('[{"id": "a", "text": "A"}]'));

# ---- one file ----

my $before = file('replies.json');
my $edit = page('edit&file=replies');
is $edit->{status}, 200, 'one file';
my $form = form($edit);
is $form->{text}, $before, 'its text is in the form, byte for byte';
is $form->{version}, sha256_hex(encode_utf8($before)), 'with the version that it is';
is page("edit&file=$_")->{status}, 404, "no other file: $_" for '', 'wechat.conf', 'handler', '../replies', 'secret';
unlike $edit->{content}, qr/Previous version/, 'there is no version before yet';

# Every kind of mistake is named in each language, with its line; nothing is saved, nothing lost.
my $flawed = qq([\n  {"replay": null},\n  {"reply": {"text": "<b>&amp;"}},\n  {"message": "text", "reply": {"txt": "x"}}\n]\n);
for my $action (qw(check save)) {
    my $got = send_form('edit&file=replies', $form, text => $flawed, action => $action);
    is $got->{status}, 422, "$action, with mistakes: 422";
    like $got->{text}, qr/Nothing was saved: correct the mistakes first\..* Mistakes Line 2: there is no "replay": did you mean reply\? \{"replay": null\}, Line 4: a reply is text, .*, not "txt" \{"message": "text"/, 'each mistake has its line, with the line itself';
    is form($got)->{text}, $flawed, 'the text is in the form as it was written';
    is form($got)->{version}, $form->{version}, 'for the same version';
}
my $checked = send_form('edit&file=replies', $form, text => "[]\n", action => 'check');
is $checked->{status}, 200, 'only checked: 200';
like $checked->{text}, qr/No mistakes\. Nothing has been saved yet\./, 'without mistakes';
is file('replies.json'), $before, 'nothing was saved so far';
is scalar(audit()), 0, 'or recorded';
ok !-e "$f/replies.json.before", 'or kept';

my $new = qq([\n  {"message": "text", "equals": "早", "reply": {"text": "早上好 <&\\" 👋"}},\n\n  {"reply": null}\n]\n);
my $saved = send_form('edit&file=replies', $form, text => $new, action => 'save');
is $saved->{status}, 303, 'saved: 303';
like $saved->{location}, qr{/cgi-bin/owner\.cgi\?view=edit&file=replies&done=edit\.save$}, 'back to the file';
is file('replies.json'), $new, 'it is in force, byte for byte, with LF';
is file('replies.json.before'), $before, 'the version before is kept';
my ($line) = audit();
is_deeply [@$line{qw(owner view action subject entries)}], [$openid, 'edit', 'save', 'replies', 2], 'and the record says who saved what';
$edit = readable($me->get($saved->{location}));
like $edit->{text}, qr/Saved\. The previous version is kept\..*Previous version 20/, 'the page says so, and has the version before';
$form = form($edit);
is $form->{text}, $new, 'and the new text';
is send_form('edit&file=replies', $form, action => 'save')->{location} =~ /done=(.*)/ && $1, 'edit.same', 'the same once more: nothing to save';
is scalar(audit()), 1, 'and nothing to record';

# ---- the version before ----

is send_form('edit&file=replies', $form, action => 'restore')->{location} =~ /done=(.*)/ && $1, 'edit.restore', 'the version before is restored';
is file('replies.json'), $before, 'it is in force again';
is file('replies.json.before'), $new, 'and what it replaced is kept';
put('replies.json.before', '[{}]');
my $refused = send_form('edit&file=replies', form(page('edit&file=replies')), action => 'restore');
is $refused->{status}, 422, 'a version before with a mistake: not restored';
like $refused->{text}, qr/Line 1: it has no "reply"/, 'with what is wrong';
is file('replies.json'), $before, 'the one in force stays';
unlink "$f/replies.json.before";
is send_form('edit&file=replies', form(page('edit&file=replies')), action => 'restore')->{status}, 422, 'there is none: nothing is restored';

# ---- two owners at once ----

$form = form(page('edit&file=replies'));
my $theirs = qq([{"reply": {"text": "theirs"}}]\n);
put('replies.json', $theirs);
my $mine = qq([{"reply": {"text": "mine"}}]\n);
my $conflict = send_form('edit&file=replies', $form, text => $mine, action => 'save');
is $conflict->{status}, 422, 'another owner has saved meanwhile: 422';
like $conflict->{text}, qr/somebody else changed the file after you opened it/, 'the page says so';
is file('replies.json'), $theirs, 'their version stays';
is form($conflict)->{text}, $mine, 'mine is in the form';
like $conflict->{content}, qr{id="other"[^>]*>\n\[\{&quot;reply&quot;: \{&quot;text&quot;: &quot;theirs&quot;\}\}\]\n</textarea>}, 'theirs is beside it';
is send_form('edit&file=replies', form($conflict), action => 'save')->{status}, 303, 'having seen it, I may save mine';
is file('replies.json'), $mine, 'which is in force then';
is file('replies.json.before'), $theirs, 'and theirs is kept';

# ---- files that are not there, and that may not be written ----

my $fresh = page('edit&file=menu');
like $fresh->{text}, qr/There is no file yet: the text below is an example/, 'a file that is set and missing: an example';
my $menu = qq({\n  "button": [\n    {"type": "click", "name": "今日", "key": "TODAY"},\n    {"name": "更多", "sub_button": [{"type": "view", "name": "Home", "url": "https://www.example.com/"}]}\n  ]\n}\n);
is send_form('edit&file=menu', form($fresh), text => $menu, action => 'save')->{status}, 303, 'saving creates it';
is file('menu.json'), $menu, 'as written';
is sprintf('%o', (stat "$f/menu.json")[2] & 0777), '600', 'for the programs alone';
my $unset = page('edit&file=access');
like $unset->{text}, qr/write this line into wechat\.conf: access = access\.json/, 'a file that is not set: the line to write';
unlike $unset->{content}, qr/<textarea/, 'and no form';
like send_form('edit&file=access', form(page('edit&file=replies')), text => '[]', action => 'save')->{text}, qr/write this line into wechat\.conf/, 'nothing to save';

Kit::write_file("$f/replies.json", qq([{"reply": {"text": "\xc4\xe3\xba\xc3"}}]));
like page('edit&file=replies')->{text}, qr/The file cannot be read: .*UTF-8/, 'a file in GBK: what to do';
like page('files')->{text}, qr/Automatic replies The file cannot be read: .*UTF-8/, 'in the list, too';
put('replies.json', '[' . ' ' x (256 * 1024) . ']');
$edit = page('edit&file=replies');
like $edit->{text}, qr/Files of more than 256 kB cannot be edited here/, 'a large file: what to do';
unlike $edit->{content}, qr/<textarea/, 'it is not in a form';
put('replies.json', $mine);
$form = form(page('edit&file=replies'));
my $large = '[' . ('{"reply": null},' x 17_000) . '{"reply": null}]';
my $got = send_form('edit&file=replies', $form, text => $large, action => 'save');
like $got->{text}, qr/Files of more than 256 kB cannot be edited here/, 'more than that is not saved';
is form($got)->{text}, $large, 'and not lost';
my $most = '[{"reply": {"text": "' . '好' x 87_000 . '"}}]';
is send_form('edit&file=replies', $form, text => $most, action => 'save')->{status}, 303, 'a quarter of a million bytes of Chinese is saved';
is file('replies.json'), $most, 'as it was';
is $me->post("$url?view=edit&file=replies", { %$form, text => 'x' x 1_100_000 })->{status}, 413, 'more than a megabyte is not read';
put('replies.json', $mine);

SKIP: {
    skip 'only root gives files to somebody else', 8 if $> != 0;
    for my $host (['a file of another user', sub { chown 0, 0, "$f/replies.json"; chmod 0644, "$f/replies.json" }], ['a folder that may not be written', sub { chown 0, 0, $f; chmod 0755, $f }]) {
        my ($name, $prepare) = @$host;
        $form = form(page('edit&file=replies'));
        $prepare->();
        my $told = send_form('edit&file=replies', $form, text => $theirs, action => 'save');
        is $told->{status}, 422, "$name: not saved";
        like $told->{text}, qr/the programs may not write \S+replies\.json\. Copy your text from below, and upload it/, 'what to do';
        is form($told)->{text}, $theirs, 'the text is there to copy';
        is file('replies.json'), $mine, 'the file stays';
        as_nobody("$f/replies.json");
        as_nobody($f);
    }
}

# ---- who may ----

$form = form(page('edit&file=replies'));
is send_form('edit&file=replies', $form, csrf => 'x', text => $theirs, action => 'save')->{status}, 403, 'a form that is not ours: 403';
is send_form('edit&file=replies', $form, version => $_, text => $theirs, action => 'save')->{status}, 400, 'a version that is none: 400' for 'x', "-\n[]", 'x' x 65;
my $stranger = $kit->browser;
is $stranger->post("$url?view=edit&file=replies", { %$form, text => $theirs, action => 'save' })->{status}, 303, 'nobody: to the sign-in';
$stranger->sign_in('meimei', '/cgi-bin/login.cgi?again=1');
is $stranger->post("$url?view=edit&file=replies", { %$form, text => $theirs, action => 'save' })->{status}, 403, 'somebody else: 403';
is $stranger->get("$url?view=files")->{status}, 403, 'who sees no file either';
is file('replies.json'), $mine, 'nothing was written';

SKIP: {
    my $why = Kit::no_other_clock("$f/cgi-bin/owner.cgi");
    skip $why, 5 if $why;
    my $late = sub {
        my ($csrf) = @_;
        my $body = HTTP::Tiny->new->www_form_urlencode({ csrf => $csrf, version => $form->{version}, text => $theirs, action => 'save' });
        return $kit->run('owner.cgi', before => [Kit::as_server(), 'faketime', '-f', '+13h'], query => 'view=edit&file=replies', stdin => $body, environment => { HTTP_COOKIE => 'wx_session=' . $me->cookie('wx_session') });
    };
    my $kept = $late->($form->{csrf});
    is $kept->{status}, 403, 'an owner who signed in thirteen hours ago: not saved';
    like $kept->{body}, qr{nothing was saved.*<textarea[^>]*>\n\[\{&quot;reply&quot;: \{&quot;text&quot;: &quot;theirs&quot;\}\}\]\n</textarea>}s, 'but the text is there to copy';
    like $kept->{body}, qr{/login\.cgi\?next=%2Fcgi-bin%2Fowner\.cgi&amp;again=1}, 'with the way to the sign-in';
    is $late->('x')->{status}, 303, 'what is not our form is not shown';
    is file('replies.json'), $mine, 'nothing was written';
}

# ---- the menu ----

my $view = page('menu');
like $view->{text}, qr/At WeChat now There is no menu.* In the file 今日 click · TODAY 更多 Home view · https:\/\/www\.example\.com\//, 'the menu at WeChat beside the one in the file';
unlike $view->{content}, qr/name="action"/, 'a look changes nothing';
my $ask = page('menu&step=publish');
like $ask->{text}, qr/Publish this menu\? It replaces the one/, 'publishing asks first';
is scalar($kit->asked('/cgi-bin/menu/create')), 0, 'nothing is published yet';
my $publish = form($ask);
put('menu.json', $menu =~ s/TODAY/LATER/r);
my $stale = send_form('menu', $publish, action => 'publish');
is $stale->{status}, 422, 'a file that was changed since: 422';
like $stale->{text}, qr/Nothing was published: the file was changed in the meantime/, 'look again';
put('menu.json', $menu);
my $done = send_form('menu', $publish, action => 'publish');
is $done->{status}, 303, 'published: 303';
like readable($me->get($done->{location}))->{text}, qr/The menu is published\. .*At WeChat now 今日 click · TODAY .*The same as at WeChat\./, 'WeChat has it';
is_deeply [($kit->asked('/cgi-bin/menu/create'))[-1]{body}], [decode_json(encode_utf8($menu))], 'as it stands in the file';
is_deeply [@{ (audit())[-1] }{qw(view action subject buttons)}], ['menu', 'publish', 'menu', 2], 'and it is recorded';
put('menu.json', '{"button": [{"name": "x"}]}');
$view = page('menu');
like $view->{text}, qr/The file has mistakes \(1\): correct them first/, 'a file with mistakes';
unlike $view->{content}, qr/step=publish/, 'cannot be published';
is send_form('menu', $publish, version => sha256_hex('{"button": [{"name": "x"}]}'), action => 'publish')->{status}, 422, 'whatever is sent';
put('menu.json', $menu);
like page('menu&step=delete')->{text}, qr/Delete the menu at WeChat\? The file stays/, 'deleting asks first';
is send_form('menu', form(page('menu&step=delete')), action => 'delete')->{status}, 303, 'deleted';
like page('menu')->{text}, qr/At WeChat now There is no menu/, 'it is gone';
is file('menu.json'), $menu, 'the file stays';

$kit->write_conf(%conf, appid => undef, secret => undef, sign_in => 'message');
unlink glob $kit->state_dir . '/account/*/* ' . $kit->state_dir . '/account/*';
like page('menu')->{text}, qr/At WeChat now WeChat cannot be asked: set appid and secret in wechat\.conf\./, 'without appid and secret: what to set';
$kit->write_conf(%conf);

# ---- QR codes ----

my $codes = page('codes');
my $new_code = form($codes);
for my $row (['shop-8', 86400, 'QR_STR_SCENE', { scene_str => 'shop-8' }, 86400], ['门店8', 0, 'QR_LIMIT_STR_SCENE', { scene_str => '门店8' }, undef], ['77', 3600, 'QR_SCENE', { scene_id => 77 }, 3600]) {
    my ($scene, $seconds, $action, $asked, $expires) = @$row;
    my $made = send_form('codes', $new_code, scene => $scene, seconds => $seconds, action => 'make');
    is $made->{status}, 303, "a code for $scene";
    is_deeply [($kit->asked('/cgi-bin/qrcode/create'))[-1]{body}], [{ action_name => $action, action_info => { scene => $asked }, defined $expires ? (expire_seconds => $expires) : () }], 'WeChat is asked for it';
    my $shown = readable($me->get($made->{location}));
    like $shown->{text}, $seconds ? qr/\Q$scene\E valid until 20\d\d-/ : qr/\Q$scene\E permanent/, 'it is shown, with its end';
    like $shown->{content}, qr{<svg class="qr".*<path d="M}s, 'as a picture';
    my ($picture) = $shown->{content} =~ /href="([^"]*format=png)"/;
    my $png = $me->get($picture =~ s/&amp;/&/gr);
    is $png->{status}, 200, 'to download';
    is $png->{headers}{'content-type'}, 'image/png', 'a PNG';
    is $png->{headers}{'content-disposition'}, 'attachment; filename="qr-' . ($scene =~ /^[\w-]+$/a ? $scene : 'scene') . '.png"', 'with a name';
    like $png->{content}, qr/\A\x89PNG\r\n\x1a\n/, 'a real one';
    SKIP: {
        skip 'zbarimg is not installed (package zbar-tools)', 1 unless Kit::find_program('zbarimg');
        Kit::write_file("$f/code.png", $png->{content});
        my ($link) = $shown->{content} =~ m{<span class="identifier">(http[^<]*)</span></p>};
        is decode_utf8(`zbarimg -q --raw $f/code.png 2>/dev/null`), "$link\n", 'a phone reads it';
    }
}
like page('codes')->{text}, qr/Made here 77 .*门店8 permanent .*shop-8/, 'those that were made here are listed';
is_deeply [@{ (audit())[-1] }{qw(view action subject)}], ['codes', 'make', '77'], 'from the record';
$kit->forget_asked;
for my $row (['', 86400, qr/A scene has 1 to 64 characters/], ['x' x 65, 86400, qr/A scene has 1 to 64 characters/], ["a\tb", 86400, qr/A scene has 1 to 64 characters/], ['0', 86400, qr/a number from 1 to 4294967295/], ['100001', 0, qr/a number from 1 to 100000/],
    ['in-' . 'a' x 16, 86400, qr{is used by the sign-in}], ['in-' . 'a' x 16, 0, qr{is used by the sign-in}]) {
    my ($scene, $seconds, $error) = @$row;
    my $told = send_form('codes', $new_code, scene => $scene, seconds => $seconds, action => 'make');
    is $told->{status}, 422, "not made: '$scene'";
    like $told->{text}, $error, 'and why';
}
is send_form('codes', $new_code, scene => 'x', seconds => $_, action => 'make')->{status}, 400, "not valid for '$_' seconds" for '', '59', '2592001', '-1', 'x';
is page('codes&scene=unknown&format=png')->{status}, 404, 'no picture of what was not made here';
is scalar($kit->asked('/cgi-bin/qrcode/create')), 0, 'WeChat was not asked for those';
$kit->control(account => 'subscription');
my $unable = send_form('codes', $new_code, scene => 'x', seconds => 86400, action => 'make');
is $unable->{status}, 422, 'an account that may not make codes';
like $unable->{text}, qr/WeChat refused \(errcode 48001\): .*verified service account/, 'is told so';
like decode_utf8($me->post("$url?view=codes", { %$new_code, scene => 'x', seconds => 60, action => 'make' }, headers => { 'Accept-Language' => 'zh-CN' })->{content}), qr/微信拒绝了（errcode 48001）：没有这个接口的权限[^A-Z]*。</, 'in the visitor’s language';
$kit->control;

# ---- the keys of OpenID Connect ----

unlike page('files')->{text}, qr/Keys for OpenID Connect/, 'without oidc_clients there are no keys to make';
is send_form('files', $new_code, algorithm => 'RS256', action => 'make_key')->{status}, 400, 'and none is made';
$kit->write_conf(%conf, oidc_clients => 'clients.json');
my $keys = page('files');
like $keys->{text}, qr/RS256 There is no key\. Make a key ES256 There is no key\. Make a key/, 'no keys';
my $made = send_form('files', form($keys), algorithm => 'ES256', action => 'make_key');
is $made->{status}, 303, 'an owner makes one';
like page('files')->{text}, qr/RS256 There is no key\. Make a key ES256 Signs since [-0-9]+ [0-9:]+\. Make the next key/, 'which signs';
is send_form('files', form($keys), algorithm => 'ES256', action => 'make_key')->{status}, 422, 'once';
is send_form('files', form($keys), algorithm => 'ES256', action => 'rotate_key')->{status}, 303, 'and the next one';
like page('files')->{text}, qr/ES256 The next key is published, and signs from [-0-9]+ [0-9:]+ on\.(?! Make)/, 'which is published';
is send_form('files', { %{ form($keys) }, csrf => 'x' }, algorithm => 'RS256', action => 'make_key')->{status}, 403, 'a form that is not ours makes none';
is send_form('files', form($keys), algorithm => 'HS256', action => 'make_key')->{status}, 400, 'nor is there another algorithm';
unlike page('files')->{content}, qr/PRIVATE KEY/, 'no key is shown';
like [grep {/make_key/} split /\n/, Kit::read_file($kit->state_dir . '/audit.jsonl')]->[-1], qr/"subject":"ES256"/, 'what owners did is recorded';

# ---- languages ----

for my $tag (qw(zh-CN zh-TW en)) {
    for my $name (qw(files edit&file=replies menu codes)) {
        my $shown = $me->get("$url?view=$name", headers => { 'Accept-Language' => $tag });
        is $shown->{status}, 200, "$name in $tag";
        unlike $shown->{content}, qr/owner\.[a-z]+\.|mistake\./, 'no word is missing';
    }
}
my $taiwan = decode_utf8($me->post("$url?view=edit&file=replies", { %$form, text => qq([\n{"replay": null},\n{"reply": {"text": "{{nick}}"}}]), action => 'check' }, headers => { 'Accept-Language' => 'zh-TW' })->{content});
like $taiwan, qr/第 2 行：<\/strong> 沒有 &quot;replay&quot; 這一項：是不是 reply？/, 'mistakes, too';
like $taiwan, qr/第 3 行：<\/strong> 沒有 \{\{nick\}\} 這個值/, 'those of a template as well';

done_testing;
