# owner.cgi: the JSON files (what is in force, mistakes by line, saving, two owners at once).
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
like $list->{text}, qr/Replies No mistakes\. Entries: 7 .*replies\.json · 20\d\d-\d\d-\d\d \d\d:\d\d .*Menu There is no file yet\. .*List No mistakes\. Entries: \d+ .*Private files Not set in wechat\.conf\./, 'which are in force, with their entries, where they are, since when';
like $list->{content}, qr{<a href="/cgi-bin/owner\.cgi\?view=files" aria-current="page">Files</a>}, 'in the menu';
put('list.json', qq([\n{"id": "a"},\n{"id": "b", "text": 1},\n{"id": "!", "text": "C"},\n{"text": "D"},\n{"id": "e", "text": "E", "ulr": "/"}]));
$list = page('files');
like $list->{text}, qr/List Mistakes: 5\. The file is not used until they are mended\. Line 2: it has no "text" Line 3: "text" must be a text Line 4: "id" must be 1 to 64 letters, digits, - and _ and 2 more/, 'a file with mistakes: how many, and the first three with their lines';
put('list.json', encode_utf8('[{"id": "a", "text": "A"}]'));

# ---- one file ----

my $before = file('replies.json');
my $edit = page('edit&file=replies');
is $edit->{status}, 200, 'one file';
my $form = form($edit);
is $form->{text}, $before, 'its text is in the form, byte for byte';
is $form->{version}, sha256_hex(encode_utf8($before)), 'with the version that it is';
is page("edit&file=$_")->{status}, 404, "no other file: $_" for '', 'wechat.conf', 'handler', '../replies', 'secret';
unlike $edit->{content}, qr/The version before/, 'there is no version before yet';

# Every kind of mistake is named in each language, with its line; nothing is saved, nothing lost.
my $flawed = qq([\n  {"replay": null},\n  {"reply": {"text": "<b>&amp;"}},\n  {"message": "text", "reply": {"txt": "x"}}\n]\n);
for my $action (qw(check save)) {
    my $got = send_form('edit&file=replies', $form, text => $flawed, action => $action);
    is $got->{status}, 422, "$action, with mistakes: 422";
    like $got->{text}, qr/Nothing was saved: mend the mistakes first\..* What is wrong Line 2: there is no "replay": did you mean reply\? \{"replay": null\}, Line 4: a reply is text, .*, not "txt" \{"message": "text"/, 'each mistake has its line, with the line itself';
    is form($got)->{text}, $flawed, 'the text is in the form as it was written';
    is form($got)->{version}, $form->{version}, 'for the same version';
}
my $checked = send_form('edit&file=replies', $form, text => "[]\n", action => 'check');
is $checked->{status}, 200, 'only checked: 200';
like $checked->{text}, qr/No mistakes\. Nothing was saved yet\./, 'without mistakes';
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
like $edit->{text}, qr/Saved\. The version before is kept\..*The version before 20/, 'the page says so, and has the version before';
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
like $fresh->{text}, qr/There is no file yet: what stands below is an example/, 'a file that is set and missing: an example';
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
like page('files')->{text}, qr/Replies The file cannot be read: .*UTF-8/, 'in the list, too';
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

# ---- languages ----

for my $tag (qw(zh-CN zh-TW en)) {
    for my $name (qw(files edit&file=replies)) {
        my $shown = $me->get("$url?view=$name", headers => { 'Accept-Language' => $tag });
        is $shown->{status}, 200, "$name in $tag";
        unlike $shown->{content}, qr/owner\.[a-z]+\.|mistake\./, 'no word is missing';
    }
}
my $taiwan = decode_utf8($me->post("$url?view=edit&file=replies", { %$form, text => qq([\n{"replay": null},\n{"reply": {"text": "{{nick}}"}}]), action => 'check' }, headers => { 'Accept-Language' => 'zh-TW' })->{content});
like $taiwan, qr/第 2 行：<\/strong> 沒有 &quot;replay&quot; 這一項：是不是 reply？/, 'mistakes, too';
like $taiwan, qr/第 3 行：<\/strong> 沒有 \{\{nick\}\} 這個值/, 'those of a template as well';

done_testing;
