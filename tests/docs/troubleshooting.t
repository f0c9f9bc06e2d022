# docs/en/troubleshooting.md and docs/zh/troubleshooting.md have a row for each line of the error log (LogLines.pm says which those are), for
# each errcode that the programs explain, for each page that says what went wrong, and for WeChat's own error pages; and no row for others.
#
# In the tables below “The error log” the first cell has patterns: the text as the log shows it, with … for what differs. A pattern may
# be cut (“no settings file: make the folder …”), if at least 20 characters are left and one text only begins so.
use strict;
use warnings;
use utf8;
use Docs;
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use Kit;
use LogLines;
use Test::More;
binmode $_, ':utf8' for Test::More->builder->output, Test::More->builder->failure_output;

use constant LEAST_CUT => 20;
my %pages = (en => 'docs/en/troubleshooting.md', zh => 'docs/zh/troubleshooting.md');
my %headings = (
    en => { pages => 'Error pages', wechat => 'WeChat’s own error pages', errcodes => 'WeChat’s errcodes', log => 'The error log' },
    zh => { pages => '错误页', wechat => '微信自己的错误页', errcodes => '微信的错误码', log => '错误日志' },
);

# The rows of the tables below a heading, as arrays of cells.
sub rows {
    my ($text, $heading) = @_;
    my ($section) = $text =~ /^## \Q$heading\E\n(.*?)(?=^## |\z)/ms or return;
    return map { [map { s/^\s+|\s+$//gr } split /(?<!\\)\|/, substr $_, 1] } grep { !/^\|(?:-+\|)+$/ } $section =~ /^(\|.*\|)$/gm;
}

# The code in a cell, between ` or ``.
sub codes {
    my ($cell) = @_;
    return map { s/\\\|/|/gr } grep {defined} $cell =~ /``\s?(.*?)\s?``|`([^`]+)`/g;
}

# Gaps that stand together are one.
sub squeeze { my ($text) = @_; return $text =~ s/…[…]+/…/gr }

# Which texts and parts a pattern stands for. A part stands in the place of a … of a text.
sub covered {
    my ($pattern, $texts, $parts) = @_;
    return ($pattern) if $texts->{$pattern};
    my @found;
    if ($pattern =~ /^(.{@{[LEAST_CUT]},})…$/s) {
        my $start = $1;
        push @found, grep { index($_, $start) == 0 } keys %$texts;
    }
    return @found if @found;
    for my $part (keys %$parts) {
        for my $shown ($part, map { substr($part, 0, $_) . '…' } grep { $_ < length $part } LEAST_CUT .. length $part) {
            my $at = index $pattern, $shown;
            next if $at < 0 || ($shown ne $part && $at + length $shown != length $pattern);
            my $rest = squeeze(substr($pattern, 0, $at) . '…' . substr $pattern, $at + length $shown);
            next if length $rest >= length $pattern;
            my @below = LogLines::words($rest) ? covered($rest, $texts, $parts) : ('');
            push @found, $part, grep {/./} @below if @below;
        }
    }
    my %once = map { $_ => 1 } @found;
    return sort keys %once;
}

# Returns texts without a row, and patterns that stand for nothing, or for several texts.
sub compare {
    my ($texts, $parts, @patterns) = @_;
    my (%has, @strange);
    my %squeezed = map { squeeze($_) => 1 } keys %$texts;
    for my $pattern (@patterns) {
        my @found = covered($pattern, \%squeezed, $parts);
        push @strange, $pattern if !@found || (grep { $squeezed{$_} } @found) > 1;
        $has{$_} = 1 for @found;
    }
    return ([sort grep { !$has{$_} } keys %squeezed, keys %$parts], \@strange);
}

# ---- the error log ----

my ($texts, $parts) = LogLines::read_sources($Kit::TOP);
cmp_ok scalar(keys %$texts), '>', 300, 'texts of the log found';
cmp_ok scalar(keys %$parts), '>', 50, 'and what they are put together from';
my %patterns;
for my $language (sort keys %pages) {
    $patterns{$language} = [map { codes($_->[0]) } rows(Docs::text($pages{$language}), $headings{$language}{log})];
    my ($missing, $strange) = compare($texts, $parts, @{ $patterns{$language} });
    is join("\n", @$missing), "", "$pages{$language} has a row for each line of the log";
    is join("\n", @$strange), "", 'and none that the programs do not write';
}
is_deeply $patterns{zh}, $patterns{en}, 'both have the same rows in the same order';

# The comparison itself.
my $top = tempdir(CLEANUP => 1);
make_path("$top/lib/x");
Kit::write_file("$top/lib/x/x.c", <<'C');
#define SAVE "save it " \
        "again"
static int
refuse(struct err *err, const char *why)
{
        return err_set(err, ERR_REQUEST, "x: %s", why); /* err_set(err, ERR_REQUEST, "a comment") */
}

static const char *
reason(int number)
{
        return number > 1 ? "too many of them" : NULL;
}

int
x_read(struct err *err, int number)
{
        const char *why = number == 0 ? "none of them there" : reason(number);

        if (number < 0)
                return err_set_errno(err, ERR_SYSTEM, errno, "read x");
        if (number == 7)
                return refuse(err, "it is the seventh one");
        return err_set(err, ERR_CONFIG, "%s, line %d: %s: "
            SAVE, x_name, number, why);
}
C
my @invented = ('x: …', 'x: it is the seventh one', 'read x: …', '…, line …: …: save it again', '…, line …: too many of them: save it again',
    '…, line …: none of them there: save it again');
my @own = LogLines::read_sources($top);
is_deeply [compare(@own, @invented)], [[], []], 'literals, macros, and what functions pass on and return';
for my $gone (@invented) {
    my ($missing) = compare(@own, grep { $_ ne $gone } @invented);
    is scalar(@$missing), 1, "without “$gone”: one is missing" if $gone ne '…, line …: …: save it again' && $gone ne 'x: …';
}
is_deeply [(compare(@own, @invented, 'x: it is the eighth one'))[1]], [['x: it is the eighth one']], 'a row of nothing is found';

# ---- errcodes ----

my %errcodes;
my $errcode_c = LogLines::source("$Kit::TOP/lib/wechat/errcode.c", {});
while ($errcode_c =~ /\{(-?\d+), WECHAT_\w+, ERR_\w+,\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\}/g) {
    my ($errcode, $advice) = ($1, join '', LogLines::literals($2));
    next if $errcode == 0;
    $advice =~ /^(.*。)(.*)$/ or die "errcode.c: $errcode has no Chinese text";
    $errcodes{zh}{$errcode} = $1;
    $errcodes{en}{$errcode} = $2;
}
cmp_ok scalar(keys %{ $errcodes{en} }), '>', 70, 'errcodes found';
for my $language (sort keys %pages) {
    my %rows = map { $_->[0] => $_->[1] } grep { $_->[0] =~ /^-?\d+$/ } rows(Docs::text($pages{$language}), $headings{$language}{errcodes});
    is_deeply \%rows, $errcodes{$language}, "$pages{$language} has the advice for each errcode, as the log has it";
}

# ---- pages ----

# The pages that say what went wrong: those with a sign that is neither a tick nor a clock.
my @templates = map { m{([\w-]+)\.html$} ? $1 : () } grep { Kit::read_file($_) =~ /weui-icon-(?:warn|info) weui-icon_msg/ } glob "$Kit::TOP/html/*.html";
my @kinds = Kit::read_file("$Kit::TOP/html/error.html") =~ /\{\{error\.(\w+)\}\}\{\{\/is_/g;
cmp_ok scalar(@kinds), '>', 10, 'kinds of errors found';
my @questions = qw(check consent forget leave signout error owner-files);    # these ask or report
for my $language (sort keys %pages) {
    my %words = map {/^([\w.]+) = (.*)$/ ? ($1 => $2) : ()} split /\n/,
        Encode::decode_utf8(Kit::read_file("$Kit::TOP/html/words/" . ($language eq 'en' ? 'en' : 'zh_CN') . '.txt'));
    my %wanted = map { ($words{"error.$_"} => 1) } @kinds;
    for my $template (grep { my $name = $_; !grep { $_ eq $name } @questions } @templates, 'waiting', 'follow', 'keptext') {
        my ($word) = Kit::read_file("$Kit::TOP/html/$template.html") =~ /title: \{\{([\w.]+)\}\}/;
        $wanted{ $words{$word} } = 1;
    }
    # What a page says above a form that was refused.
    $wanted{ $words{$_} } = 1 for qw(code.wrong code.malformed code.refused code.bound agree.needed me.long_name),
        map {"me.picture_$_"} qw(no heavy other damaged large failed);
    my %rows = map { ($_->[0] => 1) } grep { $_->[0] !~ /^(?:The page says|页面上写着)$/ } rows(Docs::text($pages{$language}), $headings{$language}{pages});
    is_deeply \%rows, \%wanted, "$pages{$language} has a row for each page that says what went wrong";
}

# WeChat's own pages: the simulator knows some of them.
my %known = map { ($_ => 1) } Kit::read_file("$Kit::TOP/tests/sim/authorize.c") =~ /return (100\d\d);/g;
my %codes;
for my $language (sort keys %pages) {
    $codes{$language} = [map { $_->[0] } grep { $_->[0] =~ /^\d+$/ } rows(Docs::text($pages{$language}), $headings{$language}{wechat})];
    my %there = map { ($_ => 1) } @{ $codes{$language} };
    is_deeply [grep { !$there{$_} } sort keys %known], [], "$pages{$language} has WeChat’s error pages";
}
is_deeply $codes{zh}, $codes{en}, 'both the same ones';
done_testing;
