package Push;
# WeChat's side of the message push, for the tests. Independent of the kit's code: signatures by Digest::SHA, encryption
# by openssl.
use strict;
use warnings;
use Digest::SHA qw(sha1_hex);
use IPC::Open2;
use JSON::PP;
use MIME::Base64;

our $TOKEN   = 'inventedToken0123';
our $AES_KEY = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
our $OLD_KEY = 'ZYXWVUTSRQPONMLKJIHGFEDCBA9876543210zyxwvut';
our $ACCOUNT = 'gh_0123456789ab';
our $USER    = 'oPush0001-follower_aBcDeF';

sub signature { return sha1_hex(join '', sort @_) }

sub aes {
    my ($direction, $key, $data) = @_;
    my $bytes = decode_base64("$key=");
    my $pid = open2(my $out, my $in, 'openssl', 'enc', "-$direction", '-aes-256-cbc', '-nopad',
        '-K', unpack('H*', $bytes), '-iv', unpack('H*', substr $bytes, 0, 16));
    binmode $_ for $in, $out;
    print {$in} $data;
    close $in;
    local $/;
    my $result = <$out>;
    waitpid $pid, 0;
    return $result;
}

# Encrypts a message: the value of Encrypt.
sub seal {
    my ($xml, %option) = @_;
    my $data = '0123456789abcdef' . pack('N', length $xml) . $xml . ($option{appid} || 'wx0123456789abcdef');
    my $pad = 32 - length($data) % 32;
    $data .= chr($pad) x $pad;
    return encode_base64(aes('e', $option{key} || $AES_KEY, $data), '');
}

# Decrypts a value of Encrypt; dies if it is malformed.
sub unseal {
    my ($encrypt, %option) = @_;
    my $data = aes('d', $option{key} || $AES_KEY, decode_base64($encrypt));
    my $pad = ord substr $data, -1;
    die "padding\n" if $pad < 1 || $pad > 32 || substr($data, -$pad) ne chr($pad) x $pad;
    my $size = unpack 'N', substr($data, 16, 4);
    die "appid\n" if substr($data, 20 + $size, length($data) - $pad - 20 - $size) ne ($option{appid} || 'wx0123456789abcdef');
    return substr $data, 20, $size;
}

sub query {
    my (%option) = @_;
    my $time  = defined $option{time} ? $option{time} : time;
    my $nonce = $option{nonce} || '1514711492';
    my $query = 'signature=' . ($option{signature} || signature($option{token} || $TOKEN, $time, $nonce)) . "&timestamp=$time&nonce=$nonce";
    return $query;
}

# XML from name and value pairs; a value that is a list becomes nested elements.
sub xml {
    my (@fields) = @_;
    my $xml = '';
    while (my ($name, $value) = splice @fields, 0, 2) {
        my $text = ref $value || $value =~ /^\d+$/ ? $value : '<![CDATA[' . $value =~ s/\]\]>/]]]]><![CDATA[>/gr . ']]>';
        $xml .= "<$name>" . (ref $value ? xml(@$value) : $text) . "</$name>\n";
    }
    return $xml;
}

sub push_xml {
    my (@fields) = @_;
    return '<xml>' . xml(ToUserName => $ACCOUNT, FromUserName => $USER, CreateTime => time, @fields) . '</xml>';
}

# Sends a push, XML or JSON, to wechat.cgi in the given mode; other options go to Kit's run().
sub deliver {
    my ($kit, $xml, %option) = @_;
    my $mode  = $option{mode} || 'plain';
    my $query = query(%option) . "&openid=$USER";
    my $body  = $xml;
    if ($mode ne 'plain') {
        my ($time, $nonce) = $query =~ /timestamp=(\d+)&nonce=([^&]+)/;
        my $encrypt = $option{encrypt} || seal($xml, %option);
        $query .= '&encrypt_type=aes&msg_signature=' . ($option{msg_signature} || signature($option{token} || $TOKEN, $time, $nonce, $encrypt));
        my ($inside) = $xml =~ m{^<xml>(.*)</xml>\s*$}s;
        $inside = xml(ToUserName => $ACCOUNT) if $mode eq 'safe';
        $body = $xml =~ /^\s*\{/ ? qq({"ToUserName":"$ACCOUNT","Encrypt":"$encrypt"}) : "<xml>$inside<Encrypt><![CDATA[$encrypt]]></Encrypt></xml>";
    }
    $body = $option{body} if defined $option{body};
    return $kit->run('wechat.cgi', query => $option{query} || $query, stdin => $body,
        environment => { CONTENT_TYPE => 'text/xml', %{ $option{environment} || {} } });
}

# The XML or JSON of the reply, decrypted if necessary.
sub reply_of {
    my ($answer, %option) = @_;
    my $body = $answer->{body};
    if ($body =~ /^\{"Encrypt"/) {
        my $envelope = decode_json($body);
        die "MsgSignature\n" if $envelope->{MsgSignature} ne signature($option{token} || $TOKEN, @$envelope{qw(TimeStamp Nonce Encrypt)});
        return unseal($envelope->{Encrypt}, %option);
    }
    return $body unless $body =~ m{<Encrypt><!\[CDATA\[(.*?)\]\]></Encrypt>};
    my $encrypt = $1;
    my ($signature) = $body =~ m{<MsgSignature><!\[CDATA\[(.*?)\]\]>};
    my ($time)      = $body =~ m{<TimeStamp>(\d+)<};
    my ($nonce)     = $body =~ m{<Nonce><!\[CDATA\[(.*?)\]\]>};
    die "MsgSignature\n" if $signature ne signature($option{token} || $TOKEN, $time, $nonce, $encrypt);
    return unseal($encrypt, %option);
}

# An example of each kind of push, with all its fields: name => fields.
our @KINDS = (
    text       => [MsgType => 'text', Content => "第一行\n<b> & \"]]>", MsgId => '1234567890123456789'],
    image      => [MsgType => 'image', PicUrl => 'http://mmbiz.qpic.cn/a', MediaId => 'media_1', MsgId => '2'],
    voice      => [MsgType => 'voice', MediaId => 'media_2', Format => 'amr', Recognition => '你好', MsgId => '3'],
    video      => [MsgType => 'video', MediaId => 'media_3', ThumbMediaId => 'thumb_1', MsgId => '4'],
    shortvideo => [MsgType => 'shortvideo', MediaId => 'media_4', ThumbMediaId => 'thumb_2', MsgId => '5'],
    location   => [MsgType => 'location', Location_X => '23.134521', Location_Y => '113.358803', Scale => '20', Label => '广州市', MsgId => '6'],
    link       => [MsgType => 'link', Title => '官网', Description => '说明', Url => 'https://www.example.com/', MsgId => '7', MsgDataId => '8', Idx => '1'],
    subscribe  => [MsgType => 'event', Event => 'subscribe', EventKey => ''],
    subscribe_scene => [MsgType => 'event', Event => 'subscribe', EventKey => 'qrscene_77', Ticket => 'TICKET'],
    SCAN       => [MsgType => 'event', Event => 'SCAN', EventKey => '78', Ticket => 'TICKET'],
    LOCATION   => [MsgType => 'event', Event => 'LOCATION', Latitude => '23.137466', Longitude => '113.352425', Precision => '119.385040'],
    CLICK      => [MsgType => 'event', Event => 'CLICK', EventKey => 'MENU_1'],
    VIEW       => [MsgType => 'event', Event => 'VIEW', EventKey => 'https://www.example.com/', MenuId => '9'],
    view_miniprogram => [MsgType => 'event', Event => 'view_miniprogram', EventKey => 'pages/index', MenuId => '9'],
    scancode_push => [MsgType => 'event', Event => 'scancode_push', EventKey => 'S', ScanCodeInfo => [ScanType => 'qrcode', ScanResult => 'result']],
    scancode_waitmsg => [MsgType => 'event', Event => 'scancode_waitmsg', EventKey => 'S', ScanCodeInfo => [ScanType => 'barcode', ScanResult => 'CODE_128,2']],
    pic_sysphoto => [MsgType => 'event', Event => 'pic_sysphoto', EventKey => 'P', SendPicsInfo => [Count => '2', PicList => [item => [PicMd5Sum => 'aa'], item => [PicMd5Sum => 'bb']]]],
    pic_photo_or_album => [MsgType => 'event', Event => 'pic_photo_or_album', EventKey => 'P', SendPicsInfo => [Count => '1', PicList => [item => [PicMd5Sum => 'aa']]]],
    pic_weixin => [MsgType => 'event', Event => 'pic_weixin', EventKey => 'P', SendPicsInfo => [Count => '1', PicList => [item => [PicMd5Sum => 'cc']]]],
    location_select => [MsgType => 'event', Event => 'location_select', EventKey => 'L', SendLocationInfo => [Location_X => '23', Location_Y => '113', Scale => '15', Label => '客村', Poiname => '公园']],
    TEMPLATESENDJOBFINISH => [MsgType => 'event', Event => 'TEMPLATESENDJOBFINISH', MsgID => '200163836', Status => 'success'],
    MASSSENDJOBFINISH => [MsgType => 'event', Event => 'MASSSENDJOBFINISH', MsgID => '1000001625', Status => 'err(30003)', TotalCount => '100', FilterCount => '80', SentCount => '75', ErrorCount => '5'],
    user_info_modified => [MsgType => 'event', Event => 'user_info_modified', OpenID => $USER, UnionID => 'u1', AppID => 'wx0123456789abcdef', RevokeInfo => '301'],
    an_unknown_event => [MsgType => 'event', Event => 'an_unknown_event', Anything => 'kept'],
    an_unknown_kind  => [MsgType => 'an_unknown_kind', Something => 'kept as well', MsgId => '99'],
    user_authorization_revoke => [MsgType => 'event', Event => 'user_authorization_revoke', OpenID => $USER, AppID => 'wx0123456789abcdef', RevokeInfo => '1'],
    user_authorization_cancellation => [MsgType => 'event', Event => 'user_authorization_cancellation', OpenID => $USER, AppID => 'wx0123456789abcdef', RevokeInfo => '1'],
    unsubscribe => [MsgType => 'event', Event => 'unsubscribe'],
);

# The data structure that such fields give as JSON.
sub tree {
    my (@fields) = @_;
    my (%tree, @items);
    while (my ($name, $value) = splice @fields, 0, 2) {
        my $below = ref $value ? tree(@$value) : $value;
        if ($name eq 'item') { push @items, $below } else { $tree{$name} = $below }
    }
    return @items ? \@items : \%tree;
}

1;
