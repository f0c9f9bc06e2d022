# Floods (threat 21): what requests of strangers leave behind, a full state folder, and repeated sign-ins that failed.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use JSON::PP;
use Kit;
use Push;
use State;
use Test::More;
use Time::HiRes qw(time);

my $kit = Kit->new(workers => 4, conf => { language => 'en', dev_origins => 'http://192.168.1.5:5173', push_token => $Push::TOKEN, push_mode => 'plain', replies => undef, %Kit::mini });
my $state = $kit->state_dir;

sub calls { return scalar(() = $kit->asked('/sns/oauth2/access_token')) }
sub records { return grep {m{/(?:claims|codes)/}} $kit->state_files }
# A callback with an invented code.
sub invented {
    my ($browser) = @_;
    my $url = $browser->callback_url('/cgi-bin/login.cgi?scope=snsapi_base&next=/here');
    return $url =~ s/code=[^&]+/'code=' . substr sha256_hex(rand), 0, 32/er;
}
sub signed_in {
    my ($browser) = @_;
    my $answer = $browser->get($browser->callback_url('/cgi-bin/login.cgi?scope=snsapi_base&next=/here'));
    return ($answer->{location} || '') eq "$kit->{site_url}/here" && $browser->get('/cgi-bin/validate.cgi')->{status} == 200 ? 'yes' : "no: $answer->{status}";
}

subtest 'a code that WeChat refuses leaves nothing' => sub {
    $kit->forget_asked;
    my $browser = $kit->browser;
    my $url = invented($browser);
    my $old = $browser->cookie('wx_signin');
    like $browser->get($url)->{location}, qr{/connect/}, 'an invented code: the sign-in starts again';
    is_deeply [records()], [], 'no claim and no code is left';
    my $again = $kit->browser;
    $again->set_cookie(wx_signin => $old);
    my $start = time;
    $again->get($url);
    cmp_ok time - $start, '<', 2 + Kit::slack(), 'the same once more: answered at once';
    is_deeply [records()], [], 'and nothing is left';
    is calls(), 2, 'WeChat refused it again';
    # Callbacks that wait for the same code learn of the refusal at once.
    $kit->control(delay_grant => 1000);
    $browser = $kit->browser;
    $url = invented($browser);
    $start = time;
    my @out = map { open my $out, '-|', 'curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', '-b', 'wx_signin=' . $browser->cookie('wx_signin'), $url or die; $out } 1 .. 4;
    is_deeply [map { my $out = $_; scalar <$out> } @out], [(303) x 4], 'four at the same moment: all start again';
    cmp_ok time - $start, '<', 3 + Kit::slack(), 'without waiting in vain';
    is_deeply [records()], [], 'nothing is left of them';
    is $kit->browser->post('/cgi-bin/mini.cgi', { code => 'invented' })->{status}, 410, 'mini.cgi, an invented code';
    is_deeply [$kit->state_files], [], 'leaves nothing either';
    $kit->control;
};

subtest 'a sign-in that failed is answered at once' => sub {
    for my $fault ('fault_grant=empty', 'fault_userinfo=http500') {
        my ($name, $value) = split /=/, $fault;
        $kit->control($name => $value);
        $kit->forget_asked;
        my $browser = $kit->browser;
        my $consent = $browser->follow($browser->get('/cgi-bin/login.cgi?next=/here'));
        my ($ticket) = $consent->{content} =~ /ticket=(\w+)/;
        my $url = $browser->get("$kit->{sim_url}/connect/confirm?ticket=$ticket&person=john")->{location};
        my $cookie = $browser->cookie('wx_signin');
        is $browser->get($url)->{status}, 502, "$fault: told";
        my @failed = grep { Kit::read_file($_) =~ /\nfailed=1$/ } records();
        is scalar(@failed), 1, 'the claim records the failure';
        my $start = time;
        for (1 .. 3) {
            my $again = $kit->browser;
            $again->set_cookie(wx_signin => $cookie);
            like $again->get($url)->{location}, qr{/connect/}, 'the same once more: starts again';
        }
        cmp_ok time - $start, '<', 2 + Kit::slack(), 'three repeats are answered at once';
        is calls(), 1, 'and the code was sent once';
        # The code is not sent again even without the claim.
        unlink @failed;
        my $late = $kit->browser;
        $late->set_cookie(wx_signin => $cookie);
        $start = time;
        like $late->get($url)->{location}, qr{/connect/}, 'later';
        cmp_ok time - $start, '<', 2 + Kit::slack(), 'at once';
        is calls(), 1, 'the code was still sent once';
    }
    # A claim of a killed process: nobody waits for it longer than a callback may take.
    $kit->control;
    my $browser = $kit->browser;
    my $url = $browser->callback_url('/cgi-bin/login.cgi?scope=snsapi_base&next=/here');
    my $cookie = $browser->cookie('wx_signin');
    $browser->get($url);
    my @new = grep { m{/claims/} && Kit::read_file($_) =~ /\nsession=/ } records();
    unlink grep {m{/(?:sessions|grants)/}} $kit->state_files;
    State::age($_, 20) for @new;
    my $again = $kit->browser;
    $again->set_cookie(wx_signin => $cookie);
    my $start = time;
    like $again->get($url)->{location}, qr{/connect/}, 'a claim of a killed process: starts again';
    cmp_ok time - $start, '<', 2 + Kit::slack(), 'at once';
};

sub push_text {
    my ($text) = @_;
    my $xml = '<xml>' . Push::xml(ToUserName => $Push::ACCOUNT, FromUserName => 'oFlood', CreateTime => int time, MsgType => 'text', Content => $text, MsgId => int rand 1e9) . '</xml>';
    return $kit->browser->request('POST', '/cgi-bin/wechat.cgi?' . Push::query(), content => $xml, headers => { 'Content-Type' => 'text/xml' });
}

sub free_inodes { my @line = split ' ', (split /\n/, `df --output=iavail $state`)[1]; return $line[0] }

# Mounts a state folder of 800 inodes, small enough to fill.
sub mount_small {
    my @nobody = getpwnam 'nobody';
    system("rm -rf $state") == 0 or die;
    mkdir $state, 0700 or die "$state: $!";
    my $owner = $> == 0 ? "uid=$nobody[2],gid=$nobody[3]," : '';
    return system("mount -t tmpfs -o ${owner}nr_inodes=800,size=16m,mode=0700 tmpfs $state 2>/dev/null") == 0;
}

# Fills the folder with records that expired a minute ago.
sub fill {
    my @nobody = $> == 0 ? getpwnam 'nobody' : ();
    my @kinds = qw(claims codes sessions grants values pushes);
    my $umask = umask 077;
    my $text = State::format_record(int(time) - 700, int(time) - 60, session => 'x' x 64);
    for (my $number = 0; free_inodes() > 0; $number++) {
        my $kind = $kinds[$number % @kinds];
        my $name = sha256_hex("$kind $number " . rand);
        my $folder = "$state/$kind/" . substr $name, 0, $kind =~ /^(?:sessions|grants|values)$/ ? 3 : 2;
        for my $made ("$state/$kind", $folder) { chown @nobody[2, 3], $made if mkdir $made and @nobody }
        open my $file, '>', "$folder/$name" or last;
        print {$file} $text;
        close $file;
        utime time - 60, time - 60, "$folder/$name";
        chown @nobody[2, 3], "$folder/$name" if @nobody;
    }
    umask $umask;
    return;
}

SKIP: {
    skip 'no tmpfs can be mounted here', 1 unless mount_small();
    my $done = eval {
        subtest 'a flood cannot stop a sign-in' => sub {
            my $flooder = $kit->browser;
            $flooder->get(invented($flooder)) for 1 .. 300;
            is_deeply [records()], [], '300 invented codes: no record is left';
            fill();
            is free_inodes(), 0, 'the folder is full of expired records';
            my %answers;
            $answers{ signed_in($kit->browser) }++ for 1 .. 60;
            is_deeply \%answers, { yes => 60 }, 'sixty sign-ins: all are signed in';
        };
        subtest 'nor other writes' => sub {
            my $browser = $kit->browser;
            is signed_in($browser), 'yes', 'signed in';
            for my $case (
                ['a push', sub { return push_text('x')->{status} }, 200],
                ['an item chosen', sub { return $browser->post('/cgi-bin/list.cgi', { way => 'global', item => 'orders' }, headers => { 'Sec-Fetch-Site' => 'same-origin' })->{status} }, 303],
                ['a ticket', sub { return $browser->post('/cgi-bin/ticket.cgi?dev=http%3A%2F%2F192.168.1.5%3A5173%2F', {}, headers => { 'Sec-Fetch-Site' => 'same-origin' })->{status} }, 303],
                ['a mini program', sub { my $code = decode_json($kit->browser->get("$kit->{sim_url}/wx/login?person=meimei")->{content})->{code}; return $kit->browser->post('/cgi-bin/mini.cgi', { code => $code })->{status} }, 200],
                ['forget me', sub { return $browser->post('/cgi-bin/me.cgi', { action => 'forget' }, headers => { 'Sec-Fetch-Site' => 'same-origin' })->{status} }, 200],
            ) {
                my ($name, $code, $status) = @$case;
                fill();
                is $code->(), $status, $name;
            }
        };
        subtest 'nor a flood while WeChat does not answer' => sub {
            $kit->control(fault_grant => 'empty');
            my $flooder = $kit->browser;
            $flooder->get(invented($flooder)) for 1 .. 40;
            ok scalar(records()), 'codes that WeChat may have accepted are recorded';
            $kit->control;
            # After half a minute they have not expired, but may be deleted like those that have.
            State::age($_, 30) for records();
            my $full = 0;
            while (free_inodes() > 0) { open my $file, '>', "$state/rest" . $full++ or last }
            is signed_in($kit->browser), 'yes', 'signed in';
            unlink glob "$state/rest*";
        };
        1;
    };
    my $error = $@;
    $kit->stop;
    system('umount', $state) == 0 or diag "$state stays mounted";
    die $error unless $done;
}

done_testing;
