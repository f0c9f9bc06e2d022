package Gate;
# For the tests of gate.cgi: the recipes of docs/en/gate.md, and roles.
use strict;
use warnings;
use utf8;
use Encode qw(decode_utf8 encode_utf8);
use Exporter qw(import);
use JSON::PP;
use Kit;

our @EXPORT_OK = qw(recipe give_roles);

# A recipe as it is written: in the section whose title contains $title, the block in that language. Its example paths are
# replaced; each must occur.
sub recipe {
    my ($title, $language, @change) = @_;
    my $section = '';
    my $text = decode_utf8(Kit::read_file("$Kit::TOP/docs/en/gate.md"));
    while ($text =~ /^## ([^\n]+)$|^```(\w+)[^\n]*\n(.*?)^```/gms) {
        if (defined $1) { $section = $1; next }
        next if index($section, $title) < 0 || $2 ne $language;
        my $recipe = encode_utf8($3);
        while (my ($from, $to) = splice @change, 0, 2) { $recipe =~ s/\Q$from\E/$to/g or die "docs/en/gate.md: no $from in $language\n" }
        return $recipe;
    }
    die "docs/en/gate.md: no $language in a section $title\n";
}

# Writes the member "roles" of a user's file, as the owner may; the file belongs to the web server's user.
sub give_roles {
    my ($kit, $person, @roles) = @_;
    my ($path) = grep {m{/[^/]*\Q$person\E[^/]*\.json$}i} $kit->user_files or die "no user $person\n";
    my $user = decode_json(Kit::read_file($path));
    if (@roles) { $user->{roles} = \@roles } else { delete $user->{roles} }
    Kit::write_file($path, JSON::PP->new->utf8->encode($user));
    return;
}

1;
