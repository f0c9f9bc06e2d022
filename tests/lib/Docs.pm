package Docs;

# The documentation as the tests read it: its files, the fenced snippets of a page, its links and headings.
use strict;
use warnings;
use Encode qw(decode_utf8);
use File::Find ();
use Kit;

# The files of docs/, and the pages among them, by their paths from the project's folder.
sub files {
    my @found;
    File::Find::find({ no_chdir => 1, wanted => sub { push @found, s{^\Q$Kit::TOP\E/}{}r if -f } }, "$Kit::TOP/docs");
    return sort @found;
}
sub pages { return grep {/\.md$/} files() }

# A page's text, in characters.
sub text { my ($page) = @_; return decode_utf8(Kit::read_file("$Kit::TOP/$page")) }

# The fenced snippets of a page, in order: { language, name, text, line }. What follows the language on the fence's line is the name.
sub snippets {
    my ($page) = @_;
    my (@found, $open);
    my $line = 0;
    for (split /^/, text($page)) {
        $line++;
        if ($open) {
            if (/^$open->{indent}```$/) { push @found, $open; undef $open }
            else { $open->{text} .= s/^$open->{indent}//r }
        } elsif (/^( *)```(\S*) ?(.*)$/) {
            $open = { page => $page, indent => $1, language => $2, name => $3, text => '', line => $line };
        }
    }
    die "$page:$open->{line}: the snippet does not end\n" if $open;
    return @found;
}

# A page's text without its snippets and its code between backticks.
sub prose {
    my ($page) = @_;
    return text($page) =~ s/^( *)```.*?^\1```$//gmsr =~ s/`[^`\n]+`//gr;
}

# The addresses that a page links to, pictures among them.
sub links { my ($page) = @_; return prose($page) =~ /\]\(([^()\s]+)\)/g }

# The anchors of a page's headings, as GitHub makes them.
sub anchors {
    my ($page) = @_;
    my (%seen, @found);
    for my $heading (text($page) =~ s/^( *)```.*?^\1```$//gmsr =~ /^#{1,6} +(.+?) *$/gm) {
        my $anchor = lc($heading =~ s/\[([^\]]*)\]\([^)]*\)/$1/gr) =~ s/[^\w\- ]//gr =~ s/ /-/gr;
        push @found, $seen{$anchor} ? "$anchor-$seen{$anchor}" : $anchor;
        $seen{$anchor}++;
    }
    return @found;
}

1;
