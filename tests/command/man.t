# The manual page has the commands and options that the command itself lists, in the same order, and is well formed.
use strict;
use warnings;
use Command;
use Kit;
use Test::More;

my $kit = Kit->new(stopped => 1);
my $wechat = Command->new($kit);
my $man = Kit::read_file("$Kit::TOP/man/wechat.1");

# "Ic send Ar OPENID Op Ar TEXT" is "send OPENID [TEXT]", "Fl -days Ar N" is "--days N".
sub plain { my ($tag) = @_; return $tag =~ s/Op Ar (\S+)/[$1]/r =~ s/\b(?:Ic|Ar) //gr =~ s/^Fl /-/r }

my ($listed) = $man =~ /^The commands:\n(.*)^The options of every command:/ms;
my ($common) = $man =~ /^The options of every command:\n(.*?)^\.El/ms;
my (@commands, %options);
for my $tag ($listed =~ /^\.It (.*)$/mg) {
    if ($tag =~ /^Ic/) { push @commands, plain($tag) } else { push @{ $options{ $commands[-1] } }, plain($tag) }
}

my $help = $wechat->run('--help')->{out};
my ($rows, $more) = $help =~ /^(  \S.*?)\n\n.*?(?=^Options of every command:)(.*)/ms;
is_deeply \@commands, [$rows =~ /^  (\S.*?)  /mg], 'the commands';
is_deeply [map { plain($_) } $common =~ /^\.It (.*)$/mg], [$more =~ /^  (-.*?)  /mg], 'the options of every command';
for my $command (@commands) {
    my ($words) = $command =~ /^([a-z ]+?)(?: [A-Z\[].*)?$/;
    my ($own) = $wechat->run(split(/ /, $words), '--help')->{out} =~ /^Options:\n(.*?)\n\n/ms;
    is_deeply $options{$command} || [], [($own // '') =~ /^  (-.*?)  /mg], "the options of $command";
}
like $man, qr/^\.Fl -$_\b/m, "--$_" for qw(version completion);
like $man, qr/^\.It $_\n/m, "exit status $_" for 0 .. 2;
SKIP: {
    skip 'man is not installed', 2 unless Kit::find_program('man');
    is `man --warnings -l $Kit::TOP/man/wechat.1 2>&1 >/dev/null`, '', 'no warning';
    like `MANWIDTH=100 man -l $Kit::TOP/man/wechat.1 2>/dev/null`, qr/^WECHAT\(1\)/m, 'it can be read';
}
done_testing;
