package Command;
# The command `wechat`, run as its user would run it: in the kit's folder, as the user of the web server.
#
#   my $wechat = Command->new($kit);
#   my $said = $wechat->run('menu', 'get');    # exit, out, err, json (of out, if it is JSON)
use strict;
use warnings;
use IO::Handle;
use IPC::Open3 ();
use JSON::PP;
use Kit;
use POSIX ();

sub new {
    my ($class, $kit) = @_;
    return bless { kit => $kit, folder => $kit->{folder}, program => "$kit->{folder}/bin/wechat" }, $class;
}

# The environment of a run, without what the caller's shell has.
sub environment {
    my ($self, %change) = @_;
    my %environment = (PATH => '/usr/bin:/bin', HOME => '/nonexistent', WECHAT_CONF => "$self->{folder}/wechat.conf", %change);
    delete $environment{$_} for grep { !defined $environment{$_} } keys %environment;
    return \%environment;
}

# Starts a run. The first argument may be a hash: environment (changes), stdin, before (a command line in front), as_root, in (a
# folder), program. Output goes to files.
sub start {
    my ($self, @words) = @_;
    my %option = ref $words[0] ? %{ shift @words } : ();
    my $base = "$self->{folder}/log/command." . ++$self->{runs};
    my @as = $option{as_root} ? () : Kit::as_server();
    Kit::write_file("$base.in", $option{stdin} // '');
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        open STDIN, '<', "$base.in";
        open STDOUT, '>', "$base.out";
        open STDERR, '>', "$base.err";
        chdir($option{in} // $self->{folder});
        %ENV = %{ $self->environment(%{ $option{environment} || {} }) };
        exec @as, @{ $option{before} || [] }, $option{program} // $self->{program}, @words or POSIX::_exit(127);
    }
    return { pid => $pid, base => $base };
}

# Waits for the end of a run.
sub finish {
    my ($self, $run) = @_;
    waitpid $run->{pid}, 0;
    my %said = (exit => $? >> 8, signal => $? & 127, out => Kit::read_file("$run->{base}.out"), err => Kit::read_file("$run->{base}.err"));
    unlink map {"$run->{base}.$_"} qw(in out err);
    $said{json} = eval { JSON::PP->new->utf8->decode($said{out}) };
    return \%said;
}

sub run { my ($self, @words) = @_; return $self->finish($self->start(@words)) }

# The same on a terminal, which shows stdout and stderr together.
sub on_terminal {
    my ($self, @words) = @_;
    my %option = ref $words[0] ? %{ shift @words } : ();
    my $line = join ' ', map { "'" . s/'/'\\''/gr . "'" } Kit::as_server(), 'env', '-i', map({ my $e = $self->environment(%{ $option{environment} || {} }); map {"$_=$e->{$_}"} sort keys %$e } 1), $self->{program}, @words;
    my $shown = `cd $self->{folder} && script -qec "\$(cat <<'LINE'
$line
LINE
)" /dev/null </dev/null`;
    return { exit => $? >> 8, out => $shown =~ s/\r\n/\n/gr };
}

# Writes a file that everybody can read into the folder.
sub file {
    my ($self, $name, $text) = @_;
    Kit::write_file("$self->{folder}/$name", $text, 0644);
    return $name;
}

# A file's text; undef if there is none.
sub text {
    my ($self, $name) = @_;
    return -e "$self->{folder}/$name" ? Kit::read_file("$self->{folder}/$name") : undef;
}

# Lines of what is said, without "wechat: ".
sub lines { my ($text) = @_; return map { s/^wechat: //r } split /\n/, $text }

1;
