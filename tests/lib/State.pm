package State;
# Checks a state folder without the kit's code, by what store.h, user.h and journal.h say about its files.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use Fcntl qw(:mode);
use File::Basename qw(dirname);
use File::Path qw(make_path);
use JSON::PP;
use Kit;

our $TOKEN = qr/[A-Za-z0-9_-]{43}/;

# Makes a record older by $seconds.
sub age {
    my ($file, $seconds) = @_;
    my ($head, $form) = split /\n/, Kit::read_file($file), 2;
    my @head = split / /, $head;
    $_ -= $seconds for @head[1, 2];
    my $text = join ' ', @head[0 .. 3];
    open my $handle, '+<', $file or die "$file: $!";
    print {$handle} "$text " . sha256_hex("$text $form") . "\n$form";
    close $handle;
    return;
}

# All files and folders under $dir, as paths relative to it.
sub entries {
    my ($dir, $below) = @_;
    my @found;
    opendir my $folder, defined $below ? "$dir/$below" : $dir or return;
    for my $name (sort grep { $_ ne '.' && $_ ne '..' } readdir $folder) {
        my $path = defined $below ? "$below/$name" : $name;
        push @found, $path;
        push @found, entries($dir, $path) if -d "$dir/$path" && !-l "$dir/$path";
    }
    return @found;
}

# The temporary files that killed processes left.
sub temporaries { my ($dir) = @_; return grep {m{(?:^|/)\.tmp-[^/]*$}} entries($dir) }

# Parses a record: its times and fields, or what is wrong with it.
sub parse_record {
    my ($text) = @_;
    my ($head, $created, $expires, $length, $sum, $form) =
        $text =~ /\A((?:wxstore1) (\d+) (\d+) (\d+)) ([0-9a-f]{64})\n([^\n\0]*)\z/ or return { wrong => 'not a record' };
    return { wrong => 'cut off' } if $length != length $form;
    return { wrong => 'its checksum differs' } if $sum ne sha256_hex("$head $form");
    my %fields = map { my ($name, $value) = split /=/, $_, 2; $value =~ s/%([0-9A-Fa-f]{2})/chr hex $1/ge; ($name => $value) } split /&/, $form;
    return { created => $created, expires => $expires, fields => \%fields };
}

# Formats a record.
sub format_record {
    my ($created, $expires, %fields) = @_;
    my $form = join '&', map { my $value = $fields{$_}; $value =~ s/([^A-Za-z0-9._~-])/sprintf '%%%02X', ord $1/ge; "$_=$value" } sort keys %fields;
    my $head = "wxstore1 $created $expires " . length $form;
    return "$head " . sha256_hex("$head $form") . "\n$form";
}

sub _put {
    my ($path, $text) = @_;
    make_path(dirname($path), { mode => 0700 });
    Kit::write_file($path, $text, 0600);
    return;
}

# Plants a user with these members and, for each hash of more fields (created, expires and those of the record), a session.
# Returns their tokens. For sites without a web server.
sub plant {
    my ($dir, $openid, $members, @sessions) = @_;
    my $now = time;
    my (@tokens, @list);
    for my $more (@sessions) {
        my %session = (created => $now, expires => $now + 3600, scope => 'snsapi_userinfo', signin => 'test', %$more);
        my $token = join '', map { ('A' .. 'Z', 'a' .. 'z', 0 .. 9)[rand 62] } 1 .. 43;
        my $name = sha256_hex("sessions $token");
        my ($created, $expires) = delete @session{qw(created expires)};
        _put("$dir/sessions/" . substr($name, 0, 3) . "/$name", format_record($created, $expires, openid => $openid, generation => 'G' x 43, %session));
        push @tokens, $token;
        push @list, "$name $expires";
    }
    _put(user_file($dir, $openid), encode_json({ openid => $openid, generation => 'G' x 43, sessions => \@list, %$members }));
    return wantarray ? @tokens : $tokens[0];
}

sub user_file { my ($dir, $openid) = @_; return "$dir/users/" . substr(sha256_hex($openid), 0, 3) . "/$openid.json" }

# The members of a stored user; nothing if there is none.
sub user {
    my ($dir, $openid) = @_;
    my $text = Kit::read_file(user_file($dir, $openid));
    return $text eq '' ? undef : decode_json($text);
}

sub _wrong_with_file {
    my ($path, $text, %option) = @_;
    # Lock files, and the empty files that record that a message about the host was logged.
    return if $path =~ m{(?:^|/)\.lock$|^(?:inbox|room|work)\.lock$|^(?:no|renamed)-[a-z]+$} && $text eq '';
    # Log lines that wait for the next push.
    return $text =~ /\n\z/ ? () : 'a line that is not whole' if $path eq 'late.log';
    if (my ($shard, $openid) = $path =~ m{^users/([0-9a-f]{3})/([A-Za-z0-9_-]{1,64})\.json$}) {
        my $user = eval { decode_json($text) } or return 'not JSON';
        return 'in another shard' if $shard ne substr sha256_hex($openid), 0, 3;
        return ref $user eq 'HASH' && ($user->{openid} || '') eq $openid && ($user->{generation} || '') =~ /^$TOKEN$/ ? () : 'not a user';
    }
    if ($path =~ m{^(?:events/\d{4}-\d\d-\d\d|audit)\.jsonl$}) {
        my @lines = $text =~ /([^\n]*\n?)/g;
        pop @lines;    # the empty match at the end
        pop @lines if $option{half_line} && @lines && $lines[-1] !~ /\n\z/;
        my @broken = grep { !/\n\z/ || !eval { decode_json($_) } } @lines;
        return @broken ? 'a line that is not whole' : ();
    }
    # Counts by day, and errors: a time and a log line each.
    return $text =~ /\A(?:(?:\d{4}-\d\d-\d\d|  {9})(?: {1,11}\d*){5}\n)*\z/ && length($text) % 66 == 0 ? () : 'not counts by day' if $path eq 'tallies';
    return $text =~ /\A(?:\d+ wechat-cgi: [^\n]+\n)*\z/ ? () : 'not log lines' if $path =~ m{^errors/\d{4}-\d\d-\d\d$};
    # All other folders hold records.
    my ($shard, $name) = $path =~ m{^[a-z-]+/([0-9a-f]{1,3})/([0-9a-f]{64})$} or return 'nothing that belongs here';
    return 'in another shard' if $shard ne substr $name, 0, length $shard;
    my $wrong = parse_record($text)->{wrong};
    return defined $wrong ? $wrong : ();
}

# What is wrong with a state folder, a line each. half_line: the last line of a journal may be incomplete, because the next
# append repairs it. gone: files may vanish during the check.
sub wrongs {
    my ($dir, %option) = @_;
    my @wrong;
    for my $path (entries($dir)) {
        my @stat = lstat "$dir/$path";
        if (!@stat) { push @wrong, "$path: gone" unless $option{gone}; next }
        my $mode = S_IMODE($stat[2]);
        if (S_ISDIR($stat[2])) { push @wrong, sprintf '%s: mode %o', $path, $mode if $mode != 0700; next }
        push @wrong, sprintf '%s: mode %o, %d links', $path, $mode, $stat[3] unless S_ISREG($stat[2]) && $mode == 0600 && $stat[3] == 1;
        next if $path =~ m{/\.tmp-$TOKEN$};
        my $text = Kit::read_file("$dir/$path");
        next if $text eq '' && $option{gone} && !-e "$dir/$path";
        push @wrong, map {"$path: $_"} _wrong_with_file($path, $text, %option);
    }
    return @wrong;
}

# The text of each file by path, without temporary files and locks.
sub texts {
    my ($dir) = @_;
    return map { $_ => Kit::read_file("$dir/$_") } grep { -f "$dir/$_" && !m{(?:^|/)(?:\.tmp-[^/]*|\.lock|(?:inbox|room|work)\.lock)$} } entries($dir);
}

# All journal lines, parsed, in order.
sub journal {
    my ($dir) = @_;
    return map { decode_json($_) } map { split /\n/, Kit::read_file($_) } sort glob "$dir/events/*.jsonl";
}

1;
