package Schema;

# Checks JSON against docs/reference/schemas, in Perl, so that it costs nothing to do it with each answer; tests/docs/schemas.t
# compares it with another implementation of JSON Schema. It knows the words that our schemas use, and dies of any other.
use strict;
use warnings;
use B ();
use JSON::PP;
use Kit;

my (%read, %patterns);

sub schema {
    my ($name) = @_;
    return $read{$name} //= decode_json(Kit::read_file("$Kit::TOP/docs/reference/schemas/$name.json") || die "no schema $name\n");
}

sub names { return sort map { m{([^/]+)\.json$} } glob "$Kit::TOP/docs/reference/schemas/*.json" }

# What is wrong with a text or a value; '' if nothing is. closed: members that the schema does not name are wrong.
sub check_text {
    my ($name, $text, %option) = @_;
    my $value = eval { JSON::PP->new->utf8->allow_nonref->decode($text) };
    return "no JSON: $@" if $@;
    return check($name, $value, %option);
}

sub check {
    my ($name, $value, %option) = @_;
    my $root = schema($name);
    return wrong($root, $value, '', { root => $root, %option }) // '';
}

sub type {
    my ($value) = @_;
    return 'null' if !defined $value;
    return 'boolean' if JSON::PP::is_bool($value);
    return ref $value eq 'HASH' ? 'object' : 'array' if ref $value;
    my $flags = B::svref_2object(\$value)->FLAGS;
    return 'string' if $flags & B::SVp_POK();
    return $value == int $value ? 'integer' : 'number';
}

sub is_same {
    my ($one, $other) = @_;
    my ($json, $type) = (JSON::PP->new->canonical->allow_nonref, type($one));
    return $type eq type($other) && $json->encode($one) eq $json->encode($other);
}

# What each word of a schema asks for. Each returns what is wrong.
my %words = (
    type => sub {
        my ($wanted, $value) = @_;
        my $type = type($value);
        return $type eq $wanted || ($wanted eq 'number' && $type eq 'integer') ? undef : "is of the type $type, not $wanted";
    },
    enum => sub { my ($values, $value) = @_; return (grep { is_same($_, $value) } @$values) ? undef : 'is none of the values' },
    const => sub { my ($wanted, $value) = @_; return is_same($wanted, $value) ? undef : 'is another value' },
    pattern => sub {
        my ($pattern, $value) = @_;
        return if type($value) ne 'string';
        $patterns{$pattern} //= qr/$pattern/;
        return $value =~ $patterns{$pattern} ? undef : "does not match $pattern";
    },
    minLength => sub { return type($_[1]) eq 'string' && length $_[1] < $_[0] ? 'is too short' : undef },
    maxLength => sub { return type($_[1]) eq 'string' && length $_[1] > $_[0] ? 'is too long' : undef },
    minimum => sub { return type($_[1]) =~ /^(?:integer|number)$/ && $_[1] < $_[0] ? 'is too small' : undef },
    maximum => sub { return type($_[1]) =~ /^(?:integer|number)$/ && $_[1] > $_[0] ? 'is too large' : undef },
    minItems => sub { return type($_[1]) eq 'array' && @{ $_[1] } < $_[0] ? 'has too few items' : undef },
    maxItems => sub { return type($_[1]) eq 'array' && @{ $_[1] } > $_[0] ? 'has too many items' : undef },
    minProperties => sub { return type($_[1]) eq 'object' && keys %{ $_[1] } < $_[0] ? 'has too few members' : undef },
    maxProperties => sub { return type($_[1]) eq 'object' && keys %{ $_[1] } > $_[0] ? 'has too many members' : undef },
    required => sub {
        my ($names, $value) = @_;
        return if type($value) ne 'object';
        my ($missing) = grep { !exists $value->{$_} } @$names;
        return defined $missing ? "has no $missing" : undef;
    },
    items => sub {
        my ($items, $value, $at, $how) = @_;
        return if type($value) ne 'array';
        for my $i (0 .. $#$value) {
            my $wrong = wrong($items, $value->[$i], "$at/$i", $how);
            return \$wrong if defined $wrong;
        }
        return;
    },
    properties => sub {
        my ($properties, $value, $at, $how) = @_;
        return if type($value) ne 'object';
        for my $name (sort grep { exists $value->{$_} } keys %$properties) {
            my $wrong = wrong($properties->{$name}, $value->{$name}, "$at/$name", $how);
            return \$wrong if defined $wrong;
        }
        return;
    },
    '$ref' => sub {
        my ($ref, $value, $at, $how) = @_;
        my ($name) = $ref =~ m{^#/\$defs/(\w+)$} or die "\$ref: $ref\n";
        my $wrong = wrong($how->{root}{'$defs'}{$name}, $value, $at, $how);
        return defined $wrong ? \$wrong : undef;
    },
    allOf => sub {
        my ($parts, $value, $at, $how) = @_;
        for my $part (@$parts) {
            my $wrong = wrong($part, $value, $at, { %$how, closed => 0 });
            return \$wrong if defined $wrong;
        }
        return;
    },
    anyOf => sub { return fitting(@_) > 0 ? undef : 'fits none of the forms' },
    oneOf => sub { my $count = fitting(@_); return $count == 1 ? undef : "fits $count of the forms" },
    not => sub { my ($part, $value, $at, $how) = @_; return defined wrong($part, $value, $at, { %$how, closed => 0 }) ? undef : 'is what it must not be' },
);

sub fitting {
    my ($parts, $value, $at, $how) = @_;
    return scalar grep { !defined wrong($_, $value, $at, $how) } @$parts;
}

# Only `if` decides which of the two counts; alone they ask for nothing more.
sub conditional {
    my ($schema, $value, $at, $how) = @_;
    my %open = (%$how, closed => 0);
    my $branch = defined wrong($schema->{if}, $value, $at, \%open) ? 'else' : 'then';
    return exists $schema->{$branch} ? wrong($schema->{$branch}, $value, $at, \%open) : undef;
}

sub others {
    my ($schema, $value, $at, $how) = @_;
    my $rest = exists $schema->{additionalProperties} ? $schema->{additionalProperties}
        : $how->{closed} && $schema->{properties} && ($schema->{type} // '') eq 'object' ? JSON::PP::false : return;
    return if type($value) ne 'object';
    for my $name (sort grep { !exists(($schema->{properties} || {})->{$_}) } keys %$value) {
        my $wrong = wrong($rest, $value->{$name}, "$at/$name", $how);
        return $wrong if defined $wrong;
    }
    return;
}

# Returns what is wrong, with its path; undef if nothing is.
sub wrong {
    my ($schema, $value, $at, $how) = @_;
    if (!ref $schema || JSON::PP::is_bool($schema)) { return $schema ? undef : "$at: must not be there" }
    for my $word (sort keys %$schema) {
        next if $word =~ /^(?:\$schema|\$defs|title|description|additionalProperties|if|then|else)$/;
        my $check = $words{$word} or die "Schema.pm does not know $word\n";
        my $said = $check->($schema->{$word}, $value, $at, $how);
        return ref $said ? $$said : ($at || '/') . ": $said" if defined $said;
    }
    my $wrong = others($schema, $value, $at, $how);
    return $wrong if defined $wrong;
    return $schema->{if} ? conditional($schema, $value, $at, $how) : undef;
}

# ---- answers of the programs ----

my %by_program = (
    'validate.cgi' => 'validate', 'validate-live.cgi' => 'validate', 'mini.cgi' => 'token', 'ticket.cgi' => 'token', 'jssdk.cgi' => 'jssdk',
    'jssdk-live.cgi' => 'jssdk', 'check.cgi' => 'check', 'desktop.cgi' => 'desktop', 'scene.cgi' => 'desktop', 'me.cgi' => 'download',
    'owner.cgi' => 'download');
my %by_path = ('/token' => 'access-token', '/jsapi_ticket' => 'jsapi-ticket', map { ($_ => 'call') } qw(/send /template /qrcode /user));

my %by_endpoint = ('/jwks' => 'oidc-jwks', '/token' => 'oidc-token', '/userinfo' => 'oidc-userinfo', '/introspect' => 'oidc-introspection',
    map { ("/.well-known/$_" => 'oidc-metadata') } qw(openid-configuration oauth-authorization-server));

# Which schemas an answer in JSON may have: to this request of a program, with that status.
sub of_answer {
    my ($program, $path, $query, $status) = @_;
    if ($program =~ /^server(?:-live)?\.cgi$/) {
        return 'peer' if !$by_path{$path};
        return $status == 200 ? $by_path{$path} : 'service-error';
    }
    return ($status == 200 ? $by_endpoint{$path} // () : (), 'oidc-error', 'error') if $program eq 'oidc.cgi';
    return qw(validate introspection error) if $program =~ /^validate/;
    return ($status == 200 ? $query =~ /(?:^|&)(?:item|detail)=/ ? 'list-item' : 'list-page' : (), 'error', 'validate') if $program eq 'list.cgi';
    return qw(check error) if $program eq 'check.cgi';
    return $status == 200 && $by_program{$program} ? $by_program{$program} : qw(error validate);
}

# What is wrong with an answer of a program; '' if nothing is, or if it is no JSON.
sub check_answer {
    my ($program, $path, $query, $status, $type, $body) = @_;
    return '' if !defined $type || $type !~ m{^application/json\b} || !length($body // '') || $body eq '{}' && $path eq '/revoke' || $program eq 'wechat.cgi' || $program eq 'gate.cgi' && $status != 401;
    my @said;
    for my $name (of_answer($program, $path, $query, $status)) {
        my $wrong = check_text($name, $body, closed => 1);
        return '' if $wrong eq '';
        push @said, "$name.json: $wrong";
    }
    return "$program$path?$query: $status $body\n" . join "\n", @said;
}

1;
