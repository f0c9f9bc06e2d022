package Picture;
# Pictures as people send them, made here, and the form that sends one.
use strict;
use warnings;
use Compress::Zlib qw(compress crc32);
use Kit;
use MIME::Base64 qw(decode_base64url encode_base64url);

our $PNG_MAGIC = "\x89PNG\r\n\x1a\n";

sub chunk { my ($type, $data) = @_; return pack('N', length $data) . $type . $data . pack 'N', crc32($type . $data) }

# A PNG picture, width by height. color: a function of column and row, which gives red, green and blue. chunks: more of them,
# before the pixels. depth, type: of the header alone.
sub png {
    my ($width, $height, %option) = @_;
    my $color = $option{color} || sub { my ($x, $y) = @_; return (255 * ($x < $width / 2), 255 * ($y < $height / 2), 128) };
    my $rows = '';
    for my $y (0 .. $height - 1) { $rows .= "\0" . pack 'C*', map { $color->($_, $y) } 0 .. $width - 1 }
    return png_of($width, $height, compress($rows), %option);
}

sub png_of {
    my ($width, $height, $data, %option) = @_;
    return $PNG_MAGIC . chunk('IHDR', pack 'NNC5', $width, $height, $option{depth} || 8, $option{type} || 2, 0, 0, 0)
        . ($option{chunks} || '') . chunk('IDAT', $data) . chunk('IEND', '');
}

# What the program that reads pictures makes of one: its word, and the JPEG.
sub make {
    my ($kit, $picture) = @_;
    my $answer = $kit->run('wechat-picture.cgi', stdin => encode_base64url($picture), environment => { GATEWAY_INTERFACE => undef, WECHAT_CONF => undef, WECHAT_LOCAL => 1 });
    my ($word, $made) = split /\n/, $answer->{bytes}, 2;
    return ($word, decode_base64url($made // ''), $answer);
}

# A JPEG picture with markers behind its beginning.
sub jpeg { my ($kit, $picture, $markers) = @_; my (undef, $jpeg) = make($kit, $picture); return substr($jpeg, 0, 2) . ($markers // '') . substr $jpeg, 2 }

sub marker { my ($number, $data) = @_; return pack('CCn', 0xff, $number, 2 + length $data) . $data }

# Exif with an orientation, and where the picture was taken.
sub exif {
    my ($orientation) = @_;
    my $gps = pack('n', 1) . pack('nnN', 1, 2, 2) . "N\0\0\0" . pack('N', 0);
    my $first = pack('n', 2) . pack('nnNnn', 0x0112, 3, 1, $orientation, 0) . pack('nnNN', 0x8825, 4, 1, 38) . pack('N', 0);
    return marker(0xe1, "Exif\0\0MM\0*" . pack('N', 8) . $first . $gps . 'Tiananmen 39.9N');
}

# Width and height of a JPEG, from its frame; none: it is not one.
sub size_of {
    my ($jpeg) = @_;
    return if $jpeg !~ /^\xff\xd8/;
    my $at = 2;
    while ($at + 9 < length $jpeg) {
        my ($ff, $marker, $size) = unpack "\@${at}CCn", $jpeg;
        return (unpack "\@${at}x5nn", $jpeg)[1, 0] if $ff == 0xff && $marker =~ /^(?:192|193|194)$/;
        $at += 2 + $size;
    }
    return;
}

# The markers of a JPEG before its first scan, as numbers.
sub markers {
    my ($jpeg) = @_;
    my ($at, @found) = (2);
    while ($at + 4 < length $jpeg) {
        my ($ff, $marker, $size) = unpack "\@${at}CCn", $jpeg;
        push @found, sprintf '%02x', $marker;
        last if $marker == 0xda;
        $at += 2 + $size;
    }
    return @found;
}

our $BOUNDARY = '----WebKitFormBoundaryAbCdEf0123456789';

# The body of the form, and its Content-Type. Fields are names and values, a value may be [filename, type, bytes].
sub form {
    my (@fields) = @_;
    my $body = '';
    while (my ($name, $value) = splice @fields, 0, 2) {
        my ($file, $type, $bytes) = ref $value ? @$value : (undef, undef, $value);
        $body .= "--$BOUNDARY\r\nContent-Disposition: form-data; name=\"$name\"" . (defined $file ? "; filename=\"$file\"\r\nContent-Type: $type" : '') . "\r\n\r\n$bytes\r\n";
    }
    return ("$body--$BOUNDARY--\r\n", "multipart/form-data; boundary=$BOUNDARY");
}

1;
