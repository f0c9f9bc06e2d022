package Upgrade;
# The state of an earlier version that tests/upgrade has, unpacked as if it were of this moment.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use Encode qw(decode_utf8 encode_utf8);
use JSON::PP;
use Kit;
use POSIX qw(strftime);

our $DAYS = 400;    # how far from its making a number may be that counts as a time

# The times in a text, later by $seconds. Each has ten digits, before and after.
sub _shift {
    my ($text, $at, $seconds) = @_;
    return $text =~ s/(?<![0-9])(\d{10})(?![0-9])/abs($1 - $at) < $DAYS * 86400 ? $1 + $seconds : $1/ger;
}

# Beijing's day, after which the journal's files are named.
sub _day { my ($time) = @_; return strftime('%Y-%m-%d', gmtime($time + 8 * 3600)) }

# Unpacks the state of $version into $dir. Returns what is known about it (facts.json), with all times shifted as well, except in
# the pushes, which WeChat repeats as they were.
sub unpack_state {
    my ($version, $dir) = @_;
    my $from = "$Kit::TOP/tests/upgrade/$version";
    my $text = Kit::read_file("$from/facts.json");
    my $facts = decode_json($text);
    my ($at, $seconds) = ($facts->{done}, time - $facts->{done});
    my $pushes = $facts->{pushes};
    $facts = decode_json(_shift($text, $at, $seconds));
    $facts->{pushes} = $pushes;
    mkdir $dir, 0700 or die "$dir: $!";
    system("tar --warning=no-timestamp -xzf $from/state.tar.gz -C $dir") == 0 or die 'tar';
    for my $file (split /\n/, `find $dir -type f`) {
        my $time = (stat $file)[9] + $seconds;
        my $content = _shift(Kit::read_file($file), $at, $seconds);
        $content =~ s/\A(wxstore1 \d+ \d+ \d+) [0-9a-f]{64}\n(.*)\z/"$1 " . sha256_hex("$1 $2") . "\n$2"/se;
        Kit::write_file($file, $content);
        my $named = $file =~ s{/events/\K\d{4}-\d\d-\d\d(?=\.jsonl$)}{_day($at + $seconds)}er;
        rename $file, $named or die "$file: $!";
        utime $time, $time, $named;
    }
    if ($> == 0) { system('chown', '-R', 'nobody:nogroup', $dir) == 0 or die 'chown' }
    return $facts;
}

1;
