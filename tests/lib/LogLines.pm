package LogLines;

# The texts of the error log, as the sources have them.
#
# A text is the format of an err_set() or the subject of an err_set_errno() in lib/, cgi-bin/, command/ and fcgi/, or a literal that is a
# whole line ("wechat-cgi: …", "wechat: …"). Each conversion (%s, %d) is …; adjacent literals and macros of literals are one.
#
# A part is a literal of three words or more (two beside a …) that such a call puts in place of a …: one of its other arguments, what a function passes on
# (`refuse(reader, "nested too deep")`), what is assigned to a local variable that it names, or what a function returns that it calls.
# Not followed are members of structs, and pointers to functions: what a setting must be is in the table of settings. What the command says by refuse() and tell(),
# and the mistakes of the owner's files (json_file_add()), reach a terminal or a page, in both languages, and are not in the log.
use strict;
use utf8;
use warnings;
use Encode qw(decode_utf8);
use Kit;

use constant LEAST_WORDS => 3;

my $literal = qr/"(?:[^"\\]|\\.)*"/s;
my $character = qr/'(?:[^'\\]|\\.)+'/;
my $expression = qr/(?:$literal|[^;"])*/;

# The source without comments, and each string macro replaced by its literals.
sub source {
    my ($path, $macros) = @_;
    my $text = decode_utf8(Kit::read_file($path));
    $text =~ s{($literal|$character)|/\*.*?\*/|//[^\n]*}{$1 // ' '}gse;
    $text =~ s/\\\n/ /g;
    while ($text =~ /^#define +(\w+) +((?:$literal\s*?)+)$/gm) { $macros->{$1} = $2 }
    $text =~ s/^#.*$//gm;
    $text =~ s/\b([A-Z][A-Z0-9_]+)\b/$macros->{$1} \/\/ $1/ge;
    return $text;
}

# The arguments of a call, whose parenthesis opens before $at.
sub arguments {
    my ($text, $at) = @_;
    my ($depth, @found) = (1, '');
    pos($text) = $at;
    while ($text =~ /\G($literal|$character|.)/gs) {
        my $token = $1;
        if ($token =~ /^[(\[{]$/) { $depth++ }
        elsif ($token =~ /^[)\]}]$/) { --$depth or last }
        elsif ($token eq ',' && $depth == 1) { push @found, ''; next }
        $found[-1] .= $token;
    }
    return map { s/^\s+|\s+$//gr } @found;
}

# Each call of a function of that name in a text, as its arguments.
sub calls {
    my ($text, $name) = @_;
    my @found;
    push @found, [arguments($text, $+[0])] while $text =~ /(?<![\w.>])$name\s*\(/g;
    return @found;
}

# The literals of an expression, as the log shows them. Adjacent ones are one.
sub literals {
    my ($given) = @_;
    my @found;
    while ($given =~ /((?:$literal\s*)+)/g) {
        my $text = join '', map { substr $_, 1, -1 } $1 =~ /$literal/g;
        $text =~ s/\\n/\n/g;
        $text =~ s/\\(["\\'])/$1/g;
        $text =~ s/%[-+ 0#]*[\d.*]*(?:hh?|ll?|z)?[a-zA-Z]/…/g;
        $text =~ s/%%/%/g;
        push @found, $text =~ s/…(?:…)+/…/gr;
    }
    return @found;
}

# How many of its words, which blanks divide, have a letter.
sub words { my ($text) = @_; return scalar grep {/\p{L}/} split /\s+/, $text }

# The functions of the sources: { file, name, type, parameters, body }.
sub functions {
    my ($text, $file) = @_;
    my @found;
    while ($text =~ /^([\w \*]+)\n(\w+)\(([^;{}]*)\)\n\{\n(.*?)^\}/gms) {
        my ($type, $name, $given, $body) = ($1, $2, $3, $4);
        my @parameters = map {/(\w+)(?:\[\w*\])?\s*$/ ? $1 : ''} split /,/, $given;
        push @found, { file => $file, name => $name, type => $type, parameters => \@parameters, body => $body };
    }
    return @found;
}

my (%functions, %texts, %parts);

# The function of that name that code in $file calls.
sub callee {
    my ($name, $file) = @_;
    my @found = @{ $functions{$name} // [] };
    return (grep { $_->{file} eq $file } @found)[0] // (grep { $_->{type} !~ /\bstatic\b/ } @found)[0];
}

# Follows an expression in a function to the literals that it can be.
sub follow {
    my ($given, $function, $seen) = @_;
    for my $text (literals($given)) {
        my $least = $text =~ /…/ ? LEAST_WORDS - 1 : LEAST_WORDS;
        $parts{ $text =~ s/\s+$//r }{ $function->{file} } = 1 if words($text) >= $least;
    }
    my $bare = $given =~ s/$literal/""/gr;
    while ($bare =~ /(?<![\w.>])([a-z]\w*)(\s*\()?/g) {
        my ($name, $is_call) = ($1, $2);
        next if $seen->{"$function->{file} $function->{name} $name"}++;
        if ($is_call) {
            my $called = callee($name, $function->{file}) // next;
            next if $called->{type} !~ /char \*/;
            follow($_, $called, $seen) for $called->{body} =~ /\breturn ($expression);/g;
        } else {
            follow($_, $function, $seen) for $function->{body} =~ /(?<![\w.>])\*?$name = ($expression)/g;
            follow_filled($name, $function, $seen);
        }
    }
}

# A local variable whose address is an argument: what that function writes to it.
sub follow_filled {
    my ($name, $function, $seen) = @_;
    for my $call ($function->{body} =~ /\b(\w+)\((?=[^;]*&$name\b)/g) {
        my $called = callee($call, $function->{file}) // next;
        for my $given (calls($function->{body}, $call)) {
            for my $index (grep { $given->[$_] eq "&$name" } 0 .. $#$given) {
                my $parameter = $called->{parameters}[$index] // next;
                follow($_, $called, $seen) for $called->{body} =~ /\*$parameter = ($expression)/g;
            }
        }
    }
}

# For each function that passes a parameter on into a text: its callers' literals are parts.
sub pass_on {
    my @passing = @_;
    my %done;
    while (my $next = shift @passing) {
        my ($called, $index) = @$next;
        next if $done{"$called->{file} $called->{name} $index"}++;
        for my $caller (map {@$_} values %functions) {
            next if (callee($called->{name}, $caller->{file}) // 0) != $called;
            for my $given (calls($caller->{body}, $called->{name})) {
                my $argument = $given->[$index] // next;
                follow($argument, $caller, {});
                push @passing, passed($argument, $caller);
            }
        }
    }
}

# The parameters of a function that an expression names.
sub passed {
    my ($given, $function) = @_;
    my $bare = $given =~ s/$literal/""/gr;
    return map { [$function, $_] } grep { length $function->{parameters}[$_] && $bare =~ /(?<![\w.>])$function->{parameters}[$_]\b(?!\s*[\(\-\[])/ }
        0 .. $#{ $function->{parameters} };
}

# Returns the texts and the parts, each with its files.
sub read_sources {
    my ($top) = @_;
    my (%macros, %source, @passing);
    %functions = %texts = %parts = ();
    for my $path (glob("$top/lib/*/*.h $top/command/*.h"), glob("$top/lib/*/*.c $top/cgi-bin/*.c $top/command/*.c $top/fcgi/*.c")) {
        my $text = source($path, \%macros);
        next if $path =~ /\.h$/;
        my $file = $path =~ s{^\Q$top\E/}{}r;
        $source{$file} = $text;
        push @{ $functions{ $_->{name} } }, $_ for functions($text, $file);
    }
    for my $file (sort keys %source) {
        for my $text (literals($source{$file})) {
            $texts{ $text =~ s/\n//r }{$file} = 1 if $text =~ /^wechat(?:-cgi)?: \w[^\n]*\n$/ && $text !~ /^wechat-cgi: … client=/;
        }
    }
    for my $function (grep { $_->{name} !~ /^err_set/ } map {@$_} values %functions) {
        for my $name (qw(err_set err_set_errno)) {
            for my $given (calls($function->{body}, $name)) {
                my ($err, $kind, @rest) = @$given;
                shift @rest if $name eq 'err_set_errno';
                my $format = shift @rest;
                for my $text (literals($format)) {
                    $text .= ': …' if $name eq 'err_set_errno';
                    $texts{$text}{ $function->{file} } = 1 if words($text);
                }
                follow($format =~ s/$literal//gr, $function, {});
                follow($_, $function, {}) for @rest;
                push @passing, map { passed($_, $function) } $format, @rest;
            }
        }
    }
    follow('advice(number)', { file => 'lib/base/err.c', name => '', body => '' }, {});
    pass_on(@passing);
    delete $parts{$_} for keys %texts;
    return (\%texts, \%parts);
}

1;
