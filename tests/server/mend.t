# An owner without a shell: some twenty planted faults, found and mended by check.cgi alone. Only the page is read, and only done what an
# FTP client, an editor and WeChat's own pages can do.
use strict;
use warnings;
use utf8;
use Digest::SHA;
use Encode qw(decode_utf8 encode_utf8);
use File::Path qw(make_path);
use Kit;
use Test::More;

binmode Test::More->builder->$_, ':encoding(UTF-8)' for qw(output failure_output);

my $other = Kit::free_port();
# The mistakes are those of an installation by CGI: wechat.fcgi would keep the settings before.
my $kit = Kit->new(server => 'apache-cgid', site_conf => <<"SITE");
</VirtualHost>
Listen 127.0.0.1:$other
<VirtualHost 127.0.0.1:$other>
Redirect / http://127.0.0.1:{site_port}/
SITE
my $f = $kit->{folder};
my ($cgi, $pages, $state) = ("$f/cgi-bin", "$f/wechat-html", $kit->state_dir);
my @nobody = $> == 0 ? (getpwnam 'nobody')[2, 3] : ($>, $) + 0);

# ---- what an FTP client can do ----

sub upload { my ($path, $text, $mode) = @_; unlink $path; Kit::write_file($path, $text, $mode // 0644); chown @nobody, $path if $> == 0; return }
sub change { my ($path, $change) = @_; my ($text, $mode) = (Kit::read_file($path), (stat $path)[2] & 07777); local $_ = decode_utf8($text); $change->(); upload($path, encode_utf8($_), $mode); return }
sub edit { my ($change) = @_; change("$f/wechat.conf", $change); return }
sub edit_line { my ($number, $change) = @_; edit(sub { my @lines = split /^/; for ($lines[$number - 1]) { $change->() } $_ = join '', @lines }); return }
sub set { my ($key, $value) = @_; edit(sub { s/^$key = .*\n//mg; $_ .= "$key = $value\n" if defined $value }); return }

# The archive that the owner has at home.
my %archive = map { my ($name) = m{([^/]+)$}; $name => Kit::read_file($_) } glob "$cgi/*.cgi";
my %templates = map { my ($name) = m{^\Q$pages\E/(.*)}; $name => Kit::read_file($_) } grep { -f } glob "$pages/* $pages/words/*";
upload("$cgi/SHA256SUMS", join '', map { Digest::SHA::sha256_hex($archive{$_}) . "  $_\n" } sort keys %archive);
sub upload_programs { my (@names) = @_; upload("$cgi/$_", $archive{$_}, (stat "$cgi/$_") ? (stat _)[2] & 07777 : 0755) for @names; return }

# ---- what the owner does about the sentences of a line: a pattern for cause and cure, and the deed ----

my @deeds = (
    [qr/^Others can read \S*?([\w.]+)\. .*Set its mode to (\d+)/, sub { chmod oct $_[1], "$f/$_[0]" }],
    [qr/^Other users can enter \S*?([\w-]+)\. .*Set its mode to (\d+)/, sub { chmod oct $_[1], "$f/$_[0]" }],
    [qr/^The key in line (\d+) is misspelt\. .*meant to be (\w+)\./, sub { my ($line, $key) = @_; edit_line($line, sub { s/^\w+/$key/ }) }],
    [qr/^Line (\d+) is not “key = value”\. .*ordinary =/, sub { edit_line($_[0], sub { s/＝/=/ }) }],
    [qr/^Line (\d+): the value of session_seconds is not valid\. .*: (\d+) to /, sub { my ($line, $least) = @_; edit_line($line, sub { s/= .*/= $least/ }) }],
    [qr/^language is given twice, the second time in line (\d+)\. .*Delete one/, sub { edit_line($_[0], sub { $_ = '' }) }],
    [qr{^\S+ is inside the document root.*Move it out of the document root, and correct (state_dir)}, sub { set($_[0], undef) }],
    [qr/^Damaged by an upload in text \(ASCII\) mode: ([\w., -]+)\. .*Upload them again in binary/, sub { upload_programs(split /, /, $_[0]) }],
    [qr/^Not as in the archive.*: ([\w., -]+\.cgi)\. .*Upload them again in binary/, sub { upload_programs(split /, /, $_[0]) }],
    [qr/^Missing: ([\w., -]+\.cgi)\. .*Upload them/, sub { upload_programs(split /, /, $_[0]) }],
    [qr/^(?:Cannot be run|Other users may change them.*): ([\w., -]+\.cgi)\. .*mode to (\d+)/, sub { my ($names, $mode) = @_; chmod oct $mode, map {"$cgi/$_"} split /, /, $names }],
    [qr/^Other users may change the programs’ folder .*mode to (\d+)/, sub { chmod oct $_[0], $cgi }],
    [qr/ lacks [\w.\/, -]+\. .*Upload the whole folder wechat-html/, sub { upload("$pages/$_", $templates{$_}) for keys %templates }],
    [qr{/(\w+\.json) has a mistake: .*line (\d+)\D.*remove the comma.* Correct this place}, sub { change("$f/$_[0]", sub { s/,\s*\]/]/ }) }],
    [qr{/(\w+\.json) has a mistake: line (\d+): there is no type "(\w+)": did you mean (\w+)\? Correct}, sub { my ($file, undef, $wrong, $right) = @_; change("$f/$file", sub { s/"$wrong"/"$right"/ }) }],
    [qr{^There is no \S*/(\w+)\. .*Upload it}, sub { upload("$f/$_[0]", "#!/bin/sh\necho '{\"text\": \"hello\"}'\n") }],
    [qr{/(\w+) cannot be run\. .*mode to (\d+)}, sub { chmod oct $_[1], "$f/$_[0]" }],
    [qr/redirects to (\S+), .*Set site_url to the address that opens in the end/, sub { set(site_url => $_[0]) }],
    [qr/is not on the whitelist\. Add ([\d.]+) to the API IP白名单/, sub { $kit->control }],    # on WeChat's pages
    [qr/^The AppSecret is wrong\. Reset the AppSecret at 微信开发者平台, and set secret to it/, sub { set(secret => $Kit::SECRET) }],
    [qr/^push_mode = safe needs encoding_aes_key\. Set it to the EncodingAESKey/, sub { set(encoding_aes_key => $Kit::AES_KEY) }],
    [qr/^probe\.cgi is still there.*Delete probe\.cgi/, sub { unlink "$cgi/probe.cgi" }],
);

# ---- the faults ----

upload("$f/wechat.conf", encode_utf8(<<"CONF"));
appid = $Kit::APPID
secret = @{[ 'x' x 32 ]}
sit_url = http://127.0.0.1:$other
open_url = $kit->{sim_url}
api_url = $kit->{sim_url}
replies = replies.json
menu = menu.json
outside_wechat = both
handler = handler
push_token = $Kit::PUSH_TOKEN
push_mode = safe
session_seconds = 9
language ＝ en
state_dir = www/state
language = en
CONF
edit(sub { s/^language ＝ en$/language ＝ en/m });
upload("$f/menu.json", qq({"button": [{"type": "clik", "name": "A", "key": "A"}]}\n));
change("$f/replies.json", sub { s/\]\s*\z/,\n]\n/ });
upload("$cgi/me.cgi", $archive{'me.cgi'} =~ s/\n/\r\n/gr, 0755);
upload("$cgi/login.cgi", substr($archive{'login.cgi'}, 0, 20_000), 0755);
unlink "$cgi/logout.cgi", "$pages/me.html", "$pages/words/zh_TW.txt";
chmod 0644, "$cgi/list.cgi";
chmod 0775, "$cgi/code.cgi", $cgi;
upload("$cgi/probe.cgi", "#!/bin/sh\n", 0755);
make_path($state);
chown @nobody, $state if $> == 0;
chmod 0755, $state;
$kit->control(fault_token => 40164);
upload("$f/wechat-check", '');

# ---- the owner ----

# The lines of the page: what failed, and hints with a cure that can be done here.
sub read_page {
    my $answer = $kit->browser(headers => { 'Accept-Language' => 'en' })->get('/cgi-bin/check.cgi');
    my $page = decode_utf8($answer->{content});
    my @lines;
    while ($page =~ m{<li class="weui-cell line" id="([\w.]+)" data-state="(\w+)">.*?<p class="cause">(.*?)</p>(?:<p class="cure">(.*?)</p>)?}gs) {
        my ($name, $state, $says) = ($1, $2, "$3 " . ($4 // ''));
        push @lines, [$name, $state, $says =~ s/&lt;/</gr =~ s/&gt;/>/gr =~ s/&quot;/"/gr =~ s/&#39;/'/gr =~ s/&amp;/&/gr];
    }
    is $answer->{status}, 200, 'the page opens';
    return @lines;
}

my (%mended, @left);
for my $round (1 .. 8) {
    my @lines = read_page();
    @left = grep { $_->[1] eq 'failed' } @lines;
    last if @lines && !@left;
    for my $line (@lines) {
        my ($name, $state, $says) = @$line;
        next if $state ne 'failed' && $state ne 'hint';
        for (@deeds) {
            my ($pattern, $deed) = @$_;
            my @said = $says =~ $pattern or next;
            $deed->(@said);
            $mended{$name}++;
            last;
        }
    }
}
is_deeply [map {"$_->[0]: $_->[2]"} @left], [], 'no fault is left';
my @planted = qw(settings_file.open settings_lines.misspelt settings_lines.form settings_lines.value settings_lines.twice state_folder.served state_folder.open programs.ascii programs.damaged programs.missing
    programs.not_executable programs.writable programs.folder programs.probe pages.incomplete replies_file.invalid menu_file.invalid handler.missing handler.not_executable site.redirect token.whitelist token.secret push.no_key);
is_deeply [grep { !$mended{$_} } @planted], [], 'each that was planted was mended by its own sentences';
cmp_ok scalar @planted, '>=', 10, 'ten and more';
is $kit->browser->sign_in('xiaoming', '/cgi-bin/me.cgi')->{status}, 200, 'and people can sign in';
done_testing;
