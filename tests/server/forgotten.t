# A user who was forgotten is in no file and is not created again: the journal, stored replies, unused tickets, broken files.
use strict;
use warnings;
use JSON::PP;
use Kit;
use POSIX ();
use Push;
use State;
use Test::More;

my $kit = Kit->new(conf => { language => 'en', push_token => $Push::TOKEN, push_mode => 'plain', outside_wechat => 'qr' });
my $state = $kit->state_dir;
my $xiaoming = 'oSim0001xiaoMing-aBcDeFgHiJk';
my $bystander = 'oBystander';
my $wechat = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Mobile/15E148 MicroMessenger/8.0.50';
my @own_form = (headers => { 'Sec-Fetch-Site' => 'same-origin' });
my $number = 0;

sub push_xml { my ($who, @fields) = @_; return '<xml>' . Push::xml(ToUserName => $Push::ACCOUNT, FromUserName => $who, CreateTime => time, @fields) . '</xml>' }
sub text { my ($who, $text) = @_; return push_xml($who, MsgType => 'text', Content => $text, MsgId => ++$number) }
sub event { my ($who, $event, @fields) = @_; return push_xml($who, MsgType => 'event', Event => $event, @fields) }
sub delivered { my ($xml) = @_; return $kit->browser->request('POST', '/cgi-bin/wechat.cgi?' . Push::query(), content => $xml, headers => { 'Content-Type' => 'text/xml' }) }
sub taken { my ($xml, $what) = @_; return is delivered($xml)->{status}, 200, $what }
sub signed_in { my ($person) = @_; my $phone = $kit->browser(headers => { 'User-Agent' => $wechat }); $phone->sign_in($person || 'xiaoming', '/cgi-bin/me.cgi'); return $phone }
sub forget { my ($browser) = @_; return $browser->post('/cgi-bin/me.cgi', { action => 'forget' }, @own_form)->{status} }
sub with { my ($openid) = @_; return grep { -f "$state/$_" && Kit::read_file("$state/$_") =~ /\Q$openid\E/ } State::entries($state) }
sub journal_of { my ($openid) = @_; return grep { $_->{FromUserName} eq $openid } State::journal($state) }

# Two users write and are answered; a journal of nine days ago has lines of both as well.
sub both_write {
    taken(event($_, 'LOCATION', Latitude => '23.1', Longitude => '113.3', Precision => '9'), "$_ was located") for $xiaoming, $bystander;
    my %reply = map { my $xml = text($_, "\xe4\xbd\xa0\xe5\xa5\xbd"); ($_ => [$xml, delivered($xml)->{content}]) } $xiaoming, $bystander;
    like $reply{$_}[1], qr/\Q$_\E/, "$_ is answered" for sort keys %reply;
    my $old = "$state/events/" . POSIX::strftime('%Y-%m-%d', gmtime time - 9 * 86400) . '.jsonl';
    my $lines = join '', map {qq({"FromUserName":"$_","Content":"nine days ago"}\n)} $bystander, $xiaoming, $bystander;
    Kit::write_file($old, $lines, 0600);
    if ($> == 0) { my @nobody = getpwnam 'nobody'; chown @nobody[2, 3], $old }
    return \%reply;
}

subtest 'forget me: journal and replies' => sub {
    my $reply = both_write();
    my $phone = signed_in();
    my $json = JSON::PP->new->canonical;
    my @kept = map { $json->encode($_) } journal_of($bystander);
    is scalar(@kept), 4, 'four lines of a bystander';
    cmp_ok scalar(with($xiaoming)), '>=', 6, 'two journals, a reply, the user, a session and a grant have the openid';
    my $page = $phone->get('/cgi-bin/me.cgi?forget=1')->{content};
    like $page, qr/messages and locations sent to the account, and its replies, are deleted too/, 'the page says what is deleted';
    like $page, qr/other programs of this site store, are not included/, 'and what stays';
    is forget($phone), 200, 'forgotten';
    is_deeply [with($xiaoming)], [], 'no file has the openid any more';
    is_deeply [map { $json->encode($_) } journal_of($bystander)], \@kept, 'the bystander’s lines are as they were';
    is_deeply [State::wrongs($state)], [], 'the folder is as it must be';
    is delivered($reply->{$xiaoming}[0])->{content}, '', 'a repeat of a push of theirs gets no reply';
    is_deeply [with($xiaoming)], [], 'and has no effect';
    is delivered($reply->{$bystander}[0])->{content}, $reply->{$bystander}[1], 'a repeat of the bystander’s push gets the same reply';
    is scalar(journal_of($bystander)), 4, 'and no second line';
    taken(text($bystander, 'next'), 'the next push');
    is scalar(journal_of($bystander)), 5, 'is a line of the same journal';
};

for my $event ('unsubscribe', 'user_authorization_cancellation') {
    subtest $event => sub {
        both_write();
        my $phone = signed_in();
        taken(event($xiaoming, $event, OpenID => $xiaoming), 'pushed');
        is $phone->get('/cgi-bin/validate.cgi')->{status}, 401, 'signed out';
        is_deeply [map { $_->{Event} || $_->{Content} } journal_of($xiaoming)], [$event], 'of the journal only the event itself is left';
        is_deeply [grep { !/^events/ } with($xiaoming)], [], 'and no other file has the openid';
        cmp_ok scalar(journal_of($bystander)), '>=', 4, 'the bystander’s lines are there';
    };
}

# Opens pages with QR codes and approves them on the phone; returns the waiting computers.
sub approved {
    my ($phone, $count) = @_;
    return map {
        my $computer = $kit->browser;
        my ($link) = $computer->follow($computer->get('/cgi-bin/login.cgi?next=/welcome'))->{content} =~ m{id="link">([^<]+)<};
        $phone->post($link =~ s{^\Q$kit->{site_url}\E}{}r, { answer => 'yes' }, @own_form)->{status} == 200 or die 'not approved';
        $computer;
    } 1 .. $count;
}
sub left { return grep { !m{/(?:claims|codes|counts|desktops|answers|answered|events|pushes)/|lock$|/tallies$} } $kit->state_files, $kit->user_files }

subtest 'a computer that waits while the person is forgotten' => sub {
    my ($bad, $before) = (0, 0);
    my $rounds = $ENV{HARD} ? 100 : 5;
    for my $round (1 .. $rounds) {
        system("rm -rf $state/*") == 0 or die;
        my $phone = signed_in();
        my @computers = approved($phone, 3);
        my @pids;
        for my $computer (@computers, undef) {
            my $pid = fork;
            die "fork: $!" unless defined $pid;
            if ($pid == 0) {
                my $status = defined $computer ? $computer->get('/cgi-bin/desktop.cgi?wait=1')->{status} : forget($phone);
                POSIX::_exit($status == 303 ? 0 : $status == 200 ? 1 : $status == 410 ? 2 : 3);
            }
            push @pids, $pid;
        }
        my @ends = map { waitpid $_, 0; $? >> 8 } @pids;
        $bad++ if pop @ends != 1;
        $bad++ for grep { $_ != 0 && $_ != 2 } @ends;
        $bad++ if left();
    }
    is $bad, 0, 'nobody is created again, and nothing of theirs is left';
    my $phone = signed_in();
    my ($computer) = approved($phone, 1);
    unlink $kit->user_files;
    is $computer->get('/cgi-bin/desktop.cgi?wait=1')->{status}, 410, 'the user’s file was deleted: the answer is useless';
    is_deeply [$kit->user_files], [], 'and makes nobody a user';
    # The same for a second callback.
    my $browser = $kit->browser(headers => { 'User-Agent' => $wechat });
    my $url = $browser->callback_url('/cgi-bin/login.cgi?scope=snsapi_base&next=/here');
    my $second = $kit->browser;
    $second->set_cookie(wx_signin => $browser->cookie('wx_signin'));
    is $browser->get($url)->{location}, "$kit->{site_url}/here", 'signed in';
    unlink $kit->user_files;
    like $second->get($url)->{location}, qr{/connect/}, 'the same callback once more: starts again';
    is_deeply [$kit->user_files], [], 'and makes nobody a user';
};

subtest 'files that are large or broken' => sub {
    my $phone = signed_in();
    for my $round (1 .. 4) {
        my $long = 'x"' x 25_000;
        taken(event($xiaoming, 'SCAN', EventKey => $long, Ticket => 'T'), 'a scene of 50 kB');
        taken(event($xiaoming, 'LOCATION', Latitude => $long, Longitude => '1', Precision => '2'), 'a latitude of 50 kB');
    }
    my ($file) = grep {/xiaoMing/} $kit->user_files;
    cmp_ok -s $file, '<', 8000, 'the user’s file has not grown by them';
    is $phone->get('/cgi-bin/validate.cgi')->{status}, 200, 'still signed in';
    for my $broken ('{"openid":', ' ' x 300_000) {
        Kit::write_file($file, $broken);
        is $phone->get('/cgi-bin/me.cgi')->{status}, 503, 'a broken file: an error';
        my $ask = $phone->get('/cgi-bin/me.cgi?forget=1');
        is $ask->{status}, 200, 'but the page to be forgotten still asks';
        my ($csrf) = $ask->{content} =~ /name="csrf" value="([^"]+)"/;
        is $phone->post('/cgi-bin/me.cgi', { action => 'forget', csrf => 'x' })->{status}, 403, 'by our own page only';
        is $phone->post('/cgi-bin/me.cgi', { action => 'forget', csrf => $csrf })->{status}, 200, 'a person whose file is broken can be forgotten';
        is_deeply [with($xiaoming)], [], 'and nothing is left';
        $phone = signed_in();
    }
    Kit::write_file($file, '{');
    taken(event($xiaoming, 'unsubscribe'), 'unsubscribing with a broken file');
    is_deeply [grep { !/^events/ } with($xiaoming)], [], 'and nothing is left but that line';
    is signed_in()->get('/cgi-bin/validate.cgi')->{status}, 200, 'a new sign-in works';
    # Members that the site's own programs add may fill the file: the log tells the owner, and pushes are still answered.
    my $user = decode_json(Kit::read_file($file));
    Kit::write_file($file, encode_json({ %$user, own => 'x' x (256 * 1024 - 20 - length encode_json({ %$user, own => '' })) }));
    taken(event($xiaoming, 'LOCATION', Latitude => '23.123456', Longitude => '113.123456', Precision => '99.0'), 'a push that does not fit');
    like $kit->log_text, qr/a user's file would grow past 256 kB: remove members that your own programs added/, 'the log says so';
    is decode_json(Kit::read_file($file))->{generation}, $user->{generation}, 'and the file can be read';
};

done_testing;
