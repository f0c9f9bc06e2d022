package Said;
# A formatter of prove: shows what the tests said on stderr after all have run, just before the summary, each below its name.
# tests/tools/limited writes it to the folder WECHAT_SAID.
use strict;
use warnings;
use File::Temp qw(tempdir);
use TAP::Formatter::Console;
use TAP::Formatter::File;

our @ISA = (-t STDOUT ? 'TAP::Formatter::Console' : 'TAP::Formatter::File');    # as prove itself chooses

use constant { LINES_MAX => 40, LENGTH_MAX => 1000 };

sub _initialize {
    my ($self, @options) = @_;
    $ENV{WECHAT_SAID} = tempdir('wechat-said-XXXXXX', TMPDIR => 1, CLEANUP => 1);
    return $self->SUPER::_initialize(@options);
}

sub summary {
    my ($self, @results) = @_;
    for my $path (sort glob "$ENV{WECHAT_SAID}/*") {
        open my $file, '<', $path or next;
        my @lines = map { length > LENGTH_MAX ? substr($_, 0, LENGTH_MAX) . "…\n" : $_ } <$file> or next;
        splice @lines, 0, @lines - LINES_MAX, "(only the last lines)\n" if @lines > LINES_MAX;
        my $test = $path =~ s{.*/}{}r =~ tr{,}{/}r;
        $self->_output("\n$test said:\n", @lines);
    }
    return $self->SUPER::summary(@results);
}

1;
