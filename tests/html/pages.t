# The words and the built pages.
use strict;
use warnings;
use File::Temp;
use IO::Socket::INET;
use Kit;
use POSIX ();
use Test::More;

sub words {
    my ($file) = @_;
    my %words;
    for my $line (split /\n/, Kit::read_file($file)) {
        next if $line =~ /^#/ || $line eq '';
        my ($name, $text) = $line =~ /^([a-z0-9_.]+) = (\S.*)$/ or fail("$file: $line");
        ok !exists $words{$name}, "$name is there once" or diag $file;
        $words{$name} = $text;
    }
    return \%words;
}

my (%of_privacy, @ticks);
my $programs = join '', map { Kit::read_file($_) } glob "$Kit::TOP/lib/*/*.c $Kit::TOP/cgi-bin/*.c";
for my $case (["$Kit::TOP/html", "$Kit::BUILD/html"], ["$Kit::TOP/tests/sim/html", "$Kit::BUILD/tests/sim/html"]) {
    my ($source, $built) = @$case;
    my %language = map { $_ => words("$source/words/$_.txt") } qw(zh_CN zh_TW en);
    # Words that only some pages need are in files of their own, and begin with the name of the file.
    for my $topic (grep { $_ ne 'check' } map { m{/([a-z]+)\.en\.txt$} ? $1 : () } glob "$source/words/*.en.txt") {
        for my $tag (qw(zh_CN zh_TW en)) {
            my $more = words("$source/words/$topic.$tag.txt");
            is_deeply [grep { !/^\Q$topic\E\./ } sort keys %$more], [], "$topic.$tag: each word begins with $topic";
            is_deeply [grep { exists $language{$tag}{$_} } sort keys %$more], [], "$topic.$tag: no word is a common one as well";
            %{ $language{$tag} } = (%{ $language{$tag} }, %$more);
        }
    }
    is_deeply [sort keys %{ $language{$_} }], [sort keys %{ $language{zh_CN} }], "$_ has the words that zh_CN has" for qw(zh_TW en);
    for my $name (sort keys %{ $language{zh_CN} }) {
        my @values = map { join ' ', sort $language{$_}{$name} =~ /\{\{(\w+)\}\}/g } qw(zh_CN zh_TW en);
        ok $values[0] eq $values[1] && $values[0] eq $values[2], "$name has the same values in each language";
    }
    my %used;
    for my $page (glob "$source/*.html") {
        my ($name) = $page =~ m{([^/]+)\.html$};
        next if $name eq 'layout';
        my $text = Kit::read_file("$built/$name.html");
        $used{$1}++ while $text =~ /\{\{([a-z0-9_]+\.[a-z0-9_.]+)\}\}/g;
        my @open;
        $of_privacy{$_} = delete $used{$_} for grep {/^privacy\./} keys %used;
        while ($text =~ /\{\{([?^*\/]?)([a-z0-9_.]+)\}\}/g) {
            my ($kind, $tag) = ($1, $2);
            if ($kind eq '/') { is pop @open, $tag, "$name: {{/$tag}} closes the open section" }
            elsif ($kind) { push @open, $tag }
        }
        is_deeply \@open, [], "$name: each section is closed";
        is scalar(() = $text =~ /<h1\b/g), 1, "$name: one h1";
        is scalar(() = $text =~ s{<svg.*?</svg>}{}gsr =~ /<title>/g), 1, "$name: one title";
        unlike $text, qr/@[a-z]+@|<script(?! nonce="\{\{nonce\}\}"[^<>]*>)|\sstyle=|\son\w+=/, "$name: no script without the nonce, no style attribute, no unfilled placeholder";
        unlike $text, qr{https?://(?!www\.w3\.org/|beian\.miit\.gov\.cn/" rel="noopener">)}, "$name: no foreign host, but the registry that the ICP number leads to";
        # The simulator's pages have each switch and each kind of push; they never leave this computer. The personal page has four forms,
        # and makes a photo smaller before it is sent.
        cmp_ok length $text, '<', $source =~ m{/tests/sim/} ? 25_000 : $name eq 'me' ? 23_500 : 20_000, "$name: small";
        like $text, qr/\.weui-/, "$name: has WeUI's style";
        my ($main) = $text =~ m{(<main.*</main>)}s;
        unlike $main, qr/>\s*(?:[!?]|✓|✔|✗|✘|↗|↘|↻|→|–|…)\s*</, "$name: icons are WeUI's, not typed";
        my %icons = map { $_ => 1 } $main =~ /weui-icon-(\w+)/g;
        is_deeply [grep { !/^(?:success|info|warn|waiting)$/ || $text !~ /\.weui-icon-$_\{[^}]*mask-image:url\(data:/ } sort keys %icons], [], "$name: each with its shape";
        push @ticks, $name if $icons{success} && $source eq "$Kit::TOP/html";
    }
    # What the programs say in other ways than pages.
    my %topic = map { s/\..*//r => 1 } keys %{ $language{en} };
    for my $name ($programs =~ /"([a-z]+(?:\.(?!cgi")[a-z_]+)+)"/g) { $used{$name}++ if $topic{ $name =~ s/\..*//r } }
    # Names that a program puts together: "owner.kind.%s".
    for my $form ($programs =~ /"([a-z]+\.[a-z_.%]*%s[a-z_.]*)"/g) {
        my $name = $form =~ s/\./\\./gr =~ s/%s/$form =~ m{\..*\.} ? '[a-z_.]+' : '[a-z_]+'/er;
        $used{$_}++ for grep {/^$name$/} keys %{ $language{en} };
    }
    is_deeply [grep { !$used{$_} } sort keys %{ $language{en} }], [], 'each word is used';
    # The simulator's pages never show the footer of the layout.
    my %layout = $source eq "$Kit::TOP/html" ? () : map { $_ => 1 } Kit::read_file("$Kit::TOP/html/layout.html") =~ /\{\{([a-z0-9_]+\.[a-z0-9_.]+)\}\}/g;
    is_deeply [grep { !exists $language{en}{$_} && !$layout{$_} } sort keys %used], [], 'each word that is used exists';
}

is_deeply \@ticks, [qw(check confirmed forgotten owner-files signedout)], 'a tick is shown only where something succeeded';

# The words of the privacy page, in files of their own.
{
    my %language = map { $_ => words("$Kit::TOP/html/words/privacy.$_.txt") } qw(zh_CN zh_TW en);
    for my $language (qw(zh_CN zh_TW en)) {
        is_deeply [sort keys %{ $language{$language} }], [sort keys %of_privacy], "privacy.$language has the words of the page, and no others";
    }
    for my $name (sort keys %of_privacy) {
        my @values = map { join ' ', sort $language{$_}{$name} =~ /\{\{[?\/]?(\w+)\}\}/g } qw(zh_CN zh_TW en);
        ok $values[0] eq $values[1] && $values[0] eq $values[2], "$name has the same values in each language";
    }
}

# Each page of a program that signs people in links to the privacy page.
{
    my @programs = map {"$Kit::TOP/cgi-bin/$_.c"} qw(callback code confirm desktop link login logout me scan scene ticket);
    my $text = join "\n", map { Kit::read_file($_) } @programs, glob "$Kit::TOP/lib/signin/*.c";
    my %pages = map { $_ => 1 } grep { -e "$Kit::TOP/html/$_.html" } map { /"([a-z]+)"/g } $text =~ /(?:app_answer_page|answer_end)\(([^;]*);/g;
    cmp_ok scalar keys %pages, '>', 20, 'programs that sign people in have pages';
    is_deeply [grep { Kit::read_file("$Kit::BUILD/html/$_.html") !~ /<a [^>]*href="\{\{privacy_url\}\}">/ } sort keys %pages, 'error'], [], 'each of which links to the privacy page';
}

# The words of check.cgi, in files of their own: those of each result that the checks name, and a title for each check.
{
    my %language = map { $_ => words("$Kit::TOP/html/words/check.$_.txt") } qw(zh_CN zh_TW en);
    is_deeply [sort keys %{ $language{$_} }], [sort keys %{ $language{zh_CN} }], "check.$_ has the words that check.zh_CN has" for qw(zh_TW en);
    for my $name (sort keys %{ $language{zh_CN} }) {
        my @values = map { join ' ', sort $language{$_}{$name} =~ /\{\{[?\/]?(\w+)\}\}/g } qw(zh_CN zh_TW en);
        ok $values[0] eq $values[1] && $values[0] eq $values[2], "check: $name has the same values in each language";
    }
    my $code = join '', map { Kit::read_file($_) } glob "$Kit::TOP/lib/check/*_checks.c";
    my %said = map { $_ => 1 } $code =~ /"([a-z_]+\.(?!cgi|txt)[a-z_]+)"/g;
    delete @said{ grep {/^settings_lines\.with_$/} keys %said };
    $said{"settings_lines.with_$_"} = 1 for Kit::read_file("$Kit::TOP/lib/conf/together.c") =~ /\*key = "(\w+)"/g;
    my %group = map { $_ => 1 } Kit::read_file("$Kit::TOP/lib/check/checks.c") =~ /^    \{"(\w+)", (?:BEGIN|END)/mg;
    my %wanted = (%said, map({ s/\..*//r => 1 } keys %said), map({ ("group.$_" => 1) } keys %group), line => 1, map({ /^mistake\./ ? ($_ => 1) : () } keys %{ $language{en} }), map({ ("closed.$_" => 1) } qw(title text owner file sign_in)));
    cmp_ok scalar keys %said, '>', 100, 'the checks name their results';
    is_deeply [sort grep { !/\.do$/ } keys %{ $language{en} }], [sort keys %wanted], 'each has its words, and there are no others';
    is_deeply [grep { !/\.good$|^account\.(?:service|verified|unverified)$/ && !$language{en}{"$_.do"} } sort keys %said], [], 'what is not well has a cure';

    # What the modules say about the owner's files has a translation, and there are no others.
    my (@sentences, %used);
    for my $file (qw(format/json_check format/json format/json_file format/page wechat/rules wechat/reply wechat/menu list/item list/links list/list gate/access oidc/client_entry oidc/clients_file oidc/claims)) {
        my $text = Kit::read_file("$Kit::TOP/lib/$file.c");
        my @calls = map { [grep {/[ \w]{4}/} map { join '', /"((?:[^"\\]|\\.)*)"/g } /((?:"(?:[^"\\]|\\.)*"\s*)+)/g] } $text =~ /\b(?:err_set|say|json_file_add)\(((?:"(?:[^"\\]|\\.)*"|[^";])*)\);/g;
        my @missing = map {"$_ is missing"} $text =~ /explain_character\(c, "([^"]+)"\)/g;
        push @sentences, @missing, grep { !/^%s is missing$/ } map { s/^(?:%s, )?(?:line %d: )?//r =~ s/^%s$//r =~ s/\\(.)/$1/gr } map { (grep {/ /} @$_)[0] // () } @calls;
    }
    push @sentences, map { /return "([^"]+)"/g } Kit::read_file("$Kit::TOP/lib/format/url.c") =~ /^kind_of\(.*?^\}/msg;
    push @sentences, grep {/ /} map { s/"\s*"//gr =~ s/^"|"$//gr =~ s/\\(.)/$1/gr } grep { !/offline_access"$/ } Kit::read_file("$Kit::TOP/lib/oidc/client_values.c") =~ /(?:return|[?:=])\s*((?:"(?:[^"\\]|\\.)*"\s*)+)(?=;)/g;
    @sentences = map { my $sentence = $_; /"%s$/ ? map { $sentence =~ s/"%s$/"$_/r } '', ': did you mean word?' : $sentence } grep { /\S/ && !m{^(?:json|menu/get|oidc): |^page: no word} } map { s/^%s, //r } @sentences;
    my %pattern = map { my $name = $_; $name => join '.+', map {quotemeta} split /\{\{\w+\}\}/, $language{en}{$name}, -1 } grep {/^mistake\./} keys %{ $language{en} };
    for my $sentence (map { s/%\.?\d*\*?(?:z|ll)?[dusc]/word/gr } @sentences) {
        my @fits = grep { $sentence =~ /\A$pattern{$_}\z/ } keys %pattern;
        ok scalar @fits, "translated: $sentence";
        $used{$_} = 1 for @fits;
    }
    cmp_ok scalar @sentences, '>', 70, 'sentences were found';
    my $errors = qr/^mistake\.(?:line|no_space|quota|denied|not_permitted|read_only|invalid|not_supported|not_there|no_locks|failed)$/;    # of a line, and of strerror()
    is_deeply [grep { !$used{$_} && $_ !~ $errors } sort keys %pattern], [], 'each translation has its sentence';
    is_deeply [grep { /\.do$/ && !$said{ s/\.do$//r } } sort keys %{ $language{en} }], [], 'and there are no other cures';
}

# A program answers with each page, each page that a program names exists, and each part is used by a page.
for my $case (["$Kit::TOP/html", 'cgi-bin/*.c lib/*/*.c'], ["$Kit::TOP/tests/sim/html", 'tests/sim/*.c lib/web/program.c']) {
    my ($source, $code) = @$case;
    my $where = $source =~ s{^\Q$Kit::TOP/\E}{}r;
    my $text = join "\n", map { Kit::read_file($_) } map { glob "$Kit::TOP/$_" } split / /, $code;
    my %answered = map { $_ => 1 } map { /"([a-z-]+)"/g } $text =~ /\b\w*answer\w*\(([^;]*);/g;
    my @pages = map { s{.*/(.*)\.html$}{$1}r } grep { !m{/layout\.html$} } glob "$source/*.html";
    cmp_ok scalar @pages, '>', 5, "$where: there are pages";
    is_deeply [grep { !$answered{$_} } @pages], [], "$where: each page is answered by a program";
    my %there = map { $_ => 1 } @pages;
    my @named = map { /"([a-z-]+)"/g } $text =~ /\bapp_answer_page\(\s*app,[^,;]+,([^;]*?)\)\s*(?:;|:|==|!=)/g;
    cmp_ok scalar @named, '>=', 5, "$where: programs name pages";
    is_deeply [grep { !$there{$_} } @named], [], "$where: each page that a program answers with exists";
}
my %included = map { $_ => 1 } map { Kit::read_file($_) =~ /^\@([a-z]+)\@$/mg } glob "$Kit::TOP/html/*.html $Kit::TOP/tests/sim/html/*.html";
is_deeply [grep { !$included{$_} } map { s{.*/(.*)\.html$}{$1}r } glob "$Kit::TOP/html/parts/*.html"], [], 'each part is used by a page';

# Without npm the pages are still built, and a message says what is missing.
my $folder = File::Temp::tempdir(CLEANUP => 1);
mkdir "$folder/bin";
for my $tool (qw(sh awk sed mkdir cp mv rm cat basename dirname mktemp chmod cmp)) {
    my $path = Kit::find_program($tool) or next;
    symlink $path, "$folder/bin/$tool";
}
my $said = `PATH=$folder/bin sh $Kit::TOP/html/build.sh $folder/out 2>&1`;
is $?, 0, 'without npm: built';
is $said, "pages: built without WeUI, in plainer dress: node is not installed; install it, then run 'make clean all'\n", 'and one line says what was left out, why and what to do';
like Kit::read_file("$folder/out/me.html"), qr/<style nonce.*\.profile\{.*\{\{me\.sign_out\}\}/s, 'in plainer dress';

# npm may use the network only for what its cache lacks. The proxy here counts the connections and closes them.
SKIP: {
    skip 'npm is not installed', 8 if !Kit::find_program('npm') || !-e "$Kit::BUILD/html-node/.installed";
    my $proxy = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Listen => 50) or die "listen: $!";
    my $address = 'http://127.0.0.1:' . $proxy->sockport;
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        alarm 300;
        while (my $connection = $proxy->accept) {
            open my $count, '>>', "$folder/connections";
            print {$count} "one\n";
        }
        POSIX::_exit(0);
    }
    local @ENV{qw(npm_config_proxy npm_config_https_proxy npm_config_noproxy npm_config_fetch_retries)} = ($address, $address, '', 0);
    for my $row (['a full cache', undef, qr/\A\z/, 'dressed by WeUI', "$Kit::BUILD/html/me.html"],
        ['an empty cache', "$folder/cache", qr{\Apages: built without WeUI, in plainer dress: npm's cache lacks packages and npm could not download them \(\S+/npm\.log\); run 'make clean all' where there is network\n\z}, 'in plainer dress', "$folder/out/me.html"]) {
        my ($name, $cache, $line, $dress, $like) = @$row;
        my $out = "$folder/$name" =~ s/ /-/gr;
        local $ENV{npm_config_cache} = $cache // $ENV{npm_config_cache} // '';
        delete $ENV{npm_config_cache} if $ENV{npm_config_cache} eq '';
        unlink "$folder/connections";
        my $text = `sh $Kit::TOP/html/build.sh $out 2>&1`;
        is $?, 0, "$name and no network: built";
        like $text, $line, "$name and no network: " . ($cache ? 'one line says why' : 'nothing to say') or diag Kit::read_file("$out-node/npm.log");
        is Kit::read_file("$out/me.html"), Kit::read_file($like), "$name: $dress";
        is !!-e "$folder/connections", !!$cache, "$name: the network is " . ($cache ? 'asked' : 'not asked');
    }
    kill 'KILL', $pid;
    waitpid $pid, 0;
}

# Files saved by Windows editors build the same pages.
system 'cp', '-r', "$Kit::TOP/html", "$folder/html";
for my $file (glob "$folder/html/*.html $folder/html/parts/*.html $folder/html/words/*.txt") {
    Kit::write_file($file, "\xef\xbb\xbf" . Kit::read_file($file) =~ s/\n/\r\n/gr . "\x1a");
}
is system("PATH=$folder/bin sh $folder/html/build.sh $folder/again >/dev/null 2>&1"), 0, 'with byte order marks, CR LF and 0x1A: built';
is Kit::read_file("$folder/again/$_"), Kit::read_file("$folder/out/$_"), "$_: the same" for qw(me.html list.html words/zh_CN.txt);
is_deeply [glob "$folder/out/.build.*"], [], 'no temporary file is left';
done_testing;
