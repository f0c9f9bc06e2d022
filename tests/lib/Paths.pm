package Paths;
# A table of the programs' write paths, and a site to try them on. tests/hard/crash.t kills each path at each system
# call, faults.t makes each call fail, order.t checks the order of disk writes.
#
# To add a path, add an entry to paths().
use strict;
use warnings;
use Digest::SHA;
use File::Copy qw(copy);
use File::Path qw(remove_tree);
use JSON::PP;
use Kit;
use OidcPaths;
use Picture;
use Push;
use State;

our $ME = 'oSim0001xiaoMing-aBcDeFgHiJk';
our $SESSION = 'wx_session';
our $DEV = 'http://192.168.1.5:5173';
our $SERVICE_KEY = 'k' x 40;

# The members of an entry:
#   prepare  sets up the request; returns the case: {request}, and what holds and again need. runs => 1 in the request: it runs
#            another program, whose calls are left alone
#   done     whether the answer reports success
#   fails    whether the answer reports a failure; without it, a status of 5xx does
#   holds    returns the promises of a successful answer that are broken, a line each; asks the site
#   again    repeats the request after a crash or fault; returns what is wrong, a line each
#   disk     for order.t, counted as Trace::order() counts. The least numbers: files put in place, passed and amended, folders
#            made, entries deleted, lines appended. Exact: the number dropped, and the kinds of the files that are synced
#   removes  in a case: the member of the user's file that the request removes
#   ends     in a case: the token of the session that may leave the list in that file
#   survives like holds, for what must survive a power cut; without it, holds is used; 0: nothing has to survive
# conf: more settings. asks => 1: the program calls WeChat. read => 1: the path only reads, and has no again and no disk.
sub paths {
    my %own_form = (HTTP_SEC_FETCH_SITE => 'same-origin');
    my $pushed = sub { my ($answer) = @_; return ($answer->{status} || 0) == 200 };
    return (
        {
            # Nothing exists yet, not even the state folder.
            name => 'the first sign-in', asks => 1,
            prepare => sub {
                my ($site) = @_;
                remove_tree($site->{state});
                return { alone => 1, request => $site->begin('xiaoming') };
            },
            done => sub { my ($answer) = @_; return ($answer->{status} || 0) == 303 && defined token_of($answer) },
            holds => sub { my ($site, $case, $answer) = @_; return signed_in($site, token_of($answer)) },
            again => \&sign_in_again,
            disk => { put => 3, passed => 2, made => 7, files => [qw(grants sessions users)] },
        },
        {
            # The browser already has a session, which this sign-in ends.
            name => 'sign-in once more', asks => 1,
            prepare => sub {
                my ($site) = @_;
                my $old = $site->sign_in('xiaoming');
                my $request = $site->begin('xiaoming');
                $request->{cookie} .= "; $SESSION=$old";
                return { request => $request, ends => $old };
            },
            done => sub { my ($answer) = @_; return ($answer->{status} || 0) == 303 && defined token_of($answer) },
            holds => sub {
                my ($site, $case, $answer) = @_;
                return (signed_in($site, token_of($answer)), signed_out($site, $case->{ends}));
            },
            again => \&sign_in_again,
            disk => { put => 4, passed => 2, deleted => 2, files => [qw(grants sessions users users)] },
        },
        {
            name => 'sign-out',
            prepare => sub {
                my ($site) = @_;
                my $token = $site->sign_in('xiaoming');
                return { ends => $token, request => { program => 'logout.cgi', cookie => "$SESSION=$token", stdin => 'next=/bye', environment => \%own_form } };
            },
            done => sub { my ($answer) = @_; return ($answer->{status} || 0) == 303 },
            holds => sub { my ($site, $case) = @_; return signed_out($site, $case->{ends}) },
            again => sub {
                my ($site, $case) = @_;
                my $answer = $site->run($case->{request});
                return (status_is($answer, 303), signed_out($site, $case->{ends}));
            },
            disk => { put => 1, deleted => 2, files => ['users'] },
        },
        {
            name => 'forget me',
            prepare => sub {
                my ($site) = @_;
                my @tokens = map { $site->sign_in('xiaoming') } 1 .. 2;
                writes_before($site);
                die "no picture\n" if ($site->run(picture_request($site, $tokens[0]))->{status} || 0) != 303;
                return { tokens => \@tokens, request => { program => 'me.cgi', cookie => "$SESSION=$tokens[0]", stdin => 'action=forget', environment => \%own_form } };
            },
            done => sub { my ($answer) = @_; return ($answer->{status} || 0) == 200 },
            holds => sub { my ($site, $case) = @_; return (forgotten($site, $case), is_nowhere($site)) },
            again => sub {
                my ($site, $case) = @_;
                my $answer = $site->run($case->{request});
                # If the first request already deleted the user, nobody is signed in any more.
                return forgotten($site, $case) if ($answer->{status} || 0) == 303 && $answer->{headers}{location}[0] =~ m{/login\.cgi};
                return (status_is($answer, 200), forgotten($site, $case), is_nowhere($site));
            },
            disk => { put => 3, deleted => 6, files => [qw(events pushes pushes)] },
        },
        {
            name => 'a note by an owner', conf => { owners => $ME },
            prepare => sub {
                my ($site) = @_;
                my $cookie = "$SESSION=" . $site->sign_in('xiaoming');
                my $page = $site->run({ program => 'owner.cgi', query => "view=person&openid=$ME", cookie => $cookie });
                my ($csrf) = ($page->{body} || '') =~ /name="csrf" value="([\w-]+)"/ or die 'no form';
                return { request => { program => 'owner.cgi', query => 'view=person', cookie => $cookie, stdin => "action=note&csrf=$csrf&openid=$ME&note=late" } };
            },
            done => sub { my ($answer) = @_; return ($answer->{status} || 0) == 303 },
            holds => \&noted,
            again => sub {
                my ($site, $case) = @_;
                return (status_is($site->run($case->{request}), 303), noted($site));
            },
            disk => { put => 1, appended => 1, files => [qw(audit users)] },
        },
        {
            # The next one of OpenID Connect, beside the one that signs.
            name => 'a key by an owner', conf => { owners => $ME, oidc_clients => 'clients.json' },
            prepare => sub {
                my ($site) = @_;
                remove_tree("$site->{state}/keys");
                my $cookie = "$SESSION=" . $site->sign_in('xiaoming');
                die "no first key\n" if ($site->run(key_request($site, $cookie, 'make_key'))->{status} || 0) != 303;
                return { request => key_request($site, $cookie, 'rotate_key') };
            },
            done => sub { my ($answer) = @_; return ($answer->{status} || 0) == 303 },
            holds => \&next_key_is_there,
            again => sub {
                my ($site, $case) = @_;
                my $status = $site->run($case->{request})->{status} || 0;
                # If the first request already made it, there is one.
                return ($status == 303 || $status == 422 ? () : "the answer is $status", next_key_is_there($site, $case));
            },
            disk => { put => 1, appended => 1, files => [qw(audit keys)] },
        },
        {
            # It takes the place of another one.
            name => 'a picture set',
            prepare => sub {
                my ($site) = @_;
                my $request = picture_request($site, $site->sign_in('xiaoming'));
                die "no first picture\n" if ($site->run($request)->{status} || 0) != 303;
                return { before => picture_of($site), request => $request };
            },
            done => sub { my ($answer) = @_; return ($answer->{status} || 0) == 303 },
            holds => sub {
                my ($site, $case) = @_;
                return (picture_is_whole($site), picture_of($site) ne $case->{before} ? () : 'the picture is the one before');
            },
            again => sub {
                my ($site, $case) = @_;
                return (status_is($site->run($case->{request}), 303), picture_is_whole($site));
            },
            disk => { put => 3, deleted => 1, files => [qw(pictures users users)] },
        },
        {
            name => 'a picture removed',
            prepare => sub {
                my ($site) = @_;
                my $token = $site->sign_in('xiaoming');
                die "no picture\n" if ($site->run(picture_request($site, $token))->{status} || 0) != 303;
                return { removes => 'picture', request => { program => 'me.cgi', cookie => "$SESSION=$token", stdin => 'action=remove_picture', environment => \%own_form } };
            },
            done => sub { my ($answer) = @_; return ($answer->{status} || 0) == 303 },
            holds => \&picture_is_gone,
            again => sub { my ($site, $case) = @_; return (status_is($site->run($case->{request}), 303), picture_is_gone($site)) },
            disk => { put => 1, deleted => 1, files => ['users'] },
        },
        {
            name => 'end of another session',
            prepare => sub {
                my ($site) = @_;
                my ($own, $other) = map { $site->sign_in('xiaoming') } 1 .. 2;
                return { own => $own, ends => $other,
                    request => { program => 'me.cgi', cookie => "$SESSION=$own", stdin => 'action=end&session=' . session_name($other), environment => \%own_form } };
            },
            done => sub { my ($answer) = @_; return ($answer->{status} || 0) == 303 },
            holds => sub { my ($site, $case) = @_; return (signed_in($site, $case->{own}), signed_out($site, $case->{ends})) },
            again => sub {
                my ($site, $case) = @_;
                my $answer = $site->run($case->{request});
                return (status_is($answer, 303), signed_in($site, $case->{own}), signed_out($site, $case->{ends}));
            },
            disk => { put => 1, deleted => 2, files => ['users'] },
        },
        {
            # By message: without an account that can call WeChat, nobody is told behind the answer.
            name => 'a newcomer waits', conf => { people => 'approved', owners => 'oSomebodyElse', appid => undef, secret => undef, sign_in => 'message' },
            prepare => sub {
                my ($site) = @_;
                unlink glob "$site->{state}/users/*/$ME.json";
                return { request => code_request($site, new_code($site)) };
            },
            done => sub { my ($answer) = @_; return ($answer->{status} || 0) == 403 && $answer->{body} =~ /Waiting for approval/ },
            holds => \&waits,
            again => sub {
                my ($site) = @_;
                my $answer = $site->run(code_request($site, new_code($site)));
                return (status_is($answer, 403), waits($site));
            },
            disk => { put => 1, passed => 2, deleted => 1, files => ['users'] },
        },
        {
            # Ten minutes after the last use that was noted.
            name => 'use of a session', conf => { session_idle_seconds => 3600 },
            prepare => sub {
                my ($site) = @_;
                my $token = $site->sign_in('xiaoming');
                my $request = { program => 'validate.cgi', cookie => "$SESSION=$token" };
                State::age($site->session_file($token), 1200);
                $site->run($request);
                State::age($_, 600) for glob "$site->{state}/used/*/*";
                return { token => $token, request => $request };
            },
            done => sub { my ($answer) = @_; return ($answer->{status} || 0) == 200 },
            holds => sub { my ($site, $case) = @_; return signed_in($site, $case->{token}) },
            again => sub { my ($site, $case) = @_; return signed_in($site, $case->{token}) },
            disk => { passed => 1, files => [] },
        },
        {
            # The first push of a day: an old journal is deleted.
            name => 'message',
            prepare => sub {
                my ($site) = @_;
                unlink glob "$site->{state}/events/*";
                Kit::write_file("$site->{state}/events/2001-01-01.jsonl", "{}\n", 0600);
                my $id = ++$site->{messages} . '00';
                return { id => $id, own => qr{^events/}, request => push_request($site, MsgType => 'text', Content => '你好', MsgId => $id) };
            },
            done => $pushed,
            holds => \&message_holds,
            again => \&push_again,
            survives => \&journal_has,
            disk => { put => 1, passed => 1, appended => 1, dropped => 1, files => [qw(events users)] },
        },
        {
            # The follower is known and has already written today: only the journal line must be durable.
            name => 'message of a known follower',
            prepare => sub {
                my ($site) = @_;
                my ($first, $second) = map { { id => $_, request => push_request($site, MsgType => 'text', Content => '你好', MsgId => $_) } } map { ++$site->{messages} . '00' } 1 .. 2;
                die "no first message\n" if ($site->run($first->{request})->{status} || 0) != 200;
                return { %$second, own => qr{^events/} };
            },
            done => $pushed,
            holds => \&message_holds,
            again => \&push_again,
            survives => \&journal_has,
            disk => { passed => 1, appended => 1, amended => 1, files => ['events'], folders => 0 },
        },
        {
            # The site's handler program gives the reply. A mark keeps it from being run twice; it is dropped with the reply.
            name => 'message with a handler', conf => { handler => 'handler' },
            prepare => sub {
                my ($site) = @_;
                Kit::write_file("$site->{kit}{folder}/handler", "#!/bin/sh\ncat >/dev/null\necho '{\"text\": \"你好\"}'\n", 0755);
                my $id = ++$site->{messages} . '00';
                return { id => $id, request => push_request($site, MsgType => 'text', Content => 'x', MsgId => $id) };
            },
            done => $pushed,
            holds => \&message_holds,
            again => \&push_again,
            survives => \&journal_has,
            disk => { put => 1, passed => 2, appended => 1, dropped => 1, files => [qw(events users)] },
        },
        {
            # A known follower asks to sign in: the reply has a code and a link.
            name => 'code asked for', conf => { sign_in => 'authorize message' },
            prepare => sub {
                my ($site) = @_;
                $site->sign_in('xiaoming');
                my ($first, $id) = map { ++$site->{messages} . '00' } 1 .. 2;
                die "no first message\n" if ($site->run(push_request($site, FromUserName => $ME, MsgType => 'text', Content => '你好', MsgId => $first))->{status} || 0) != 200;
                return { id => $id, own => qr{^events/}, request => push_request($site, FromUserName => $ME, MsgType => 'text', Content => 'login', MsgId => $id) };
            },
            done => $pushed,
            holds => sub {
                my ($site, $case, $answer) = @_;
                my $again = code_of($site->run($case->{request})) // 'none';
                return (journal_has($site, $case), $again eq (code_of($answer) // '') ? () : "the repeat has another code: $again", code_works($site, code_of($answer)));
            },
            again => sub {
                my ($site, $case) = @_;
                my $answer = $site->run($case->{request});
                my $lines = () = journal_lines($site, $case);
                return (status_is($answer, 200), $lines >= 1 && $lines <= 2 ? () : "$lines lines in the journal", code_works($site, code_of($answer)));
            },
            survives => \&journal_has,
            disk => { passed => 4, appended => 1, amended => 1, files => ['events'] },
        },
        {
            name => 'code typed', conf => { sign_in => 'authorize message' },
            prepare => sub { my ($site) = @_; $site->sign_in('xiaoming'); return { request => code_request($site, new_code($site)) } },
            done => sub { my ($answer) = @_; return ($answer->{status} || 0) == 303 && defined token_of($answer) },
            holds => sub {
                my ($site, $case, $answer) = @_;
                return (signed_in($site, token_of($answer)), status_is($site->run($case->{request}), 403));
            },
            again => sub {
                my ($site, $case) = @_;
                my $answer = $site->run($case->{request});
                # A code works once, even if the answer was lost; the follower then asks for another.
                $answer = $site->run(code_request($site, new_code($site))) if ($answer->{status} || 0) == 403;
                return (status_is($answer, 303), signed_in($site, token_of($answer)));
            },
            disk => { put => 3, passed => 4, deleted => 1, files => [qw(grants sessions users)] },
        },
        {
            name => 'link tapped', conf => { sign_in => 'authorize message' },
            prepare => sub { my ($site) = @_; $site->sign_in('xiaoming'); return { request => link_request($site, new_link($site)) } },
            done => sub { my ($answer) = @_; return ($answer->{status} || 0) == 303 && defined token_of($answer) },
            holds => sub {
                my ($site, $case, $answer) = @_;
                return (signed_in($site, token_of($answer)), status_is($site->run($case->{request}), 410));
            },
            again => sub {
                my ($site, $case) = @_;
                my $answer = $site->run($case->{request});
                $answer = $site->run(link_request($site, new_link($site))) if ($answer->{status} || 0) == 410;
                return (status_is($answer, 303), signed_in($site, token_of($answer)));
            },
            disk => { put => 3, deleted => 1, files => [qw(grants sessions users)] },
        },
        {
            name => 'scene begun', conf => { sign_in => 'authorize scene' }, asks => 1,
            prepare => sub { return { request => { program => 'scene.cgi', query => 'next=/landed' } } },
            done => sub { my ($answer) = @_; return ($answer->{status} || 0) == 303 && defined scene_cookie($answer) },
            holds => sub { my ($site, $case, $answer) = @_; return status_is($site->run({ program => 'scene.cgi', query => 'wait=1', cookie => scene_cookie($answer) }), 200) },
            again => sub { my ($site, $case) = @_; return status_is($site->run($case->{request}), 303) },
            survives => 0,
            disk => { passed => 3, files => [] },
        },
        {
            # A known follower scans the code: the reply has the link.
            name => 'scene scanned', conf => { sign_in => 'authorize scene' }, asks => 1,
            prepare => sub {
                my ($site) = @_;
                $site->sign_in('xiaoming');
                die "no first message\n" if ($site->run(push_request($site, FromUserName => $ME, MsgType => 'text', Content => '你好', MsgId => ++$site->{messages} . '00'))->{status} || 0) != 200;
                my $case = scene_begun($site);
                return { %$case, event => 'SCAN', own => qr{^events/}, request => scan_request($site, $case) };
            },
            done => $pushed,
            holds => sub { my ($site, $case, $answer) = @_; return (journal_has($site, $case), scan_page_opens($site, $answer)) },
            again => sub { my ($site, $case) = @_; my $answer = $site->run($case->{request}); return (status_is($answer, 200), scan_page_opens($site, $answer)) },
            survives => \&journal_has,
            disk => { passed => 3, appended => 1, amended => 1, files => ['events'] },
        },
        {
            name => 'scene answered', conf => { sign_in => 'authorize scene' }, asks => 1,
            prepare => sub { my ($site) = @_; $site->sign_in('xiaoming'); my $case = scene_begun($site); return { %$case, request => scan_answer($site, $case) } },
            done => sub { my ($answer) = @_; return ($answer->{status} || 0) == 200 },
            holds => sub { my ($site, $case) = @_; $case->{taken} = 1; return scene_gets_in($site, $case) },
            again => sub {
                my ($site, $case) = @_;
                my $taken = delete $case->{taken};
                my $answer = $site->run($case->{request});
                # It can be answered only once; if that answer was cut off, or taken, the computer starts again.
                if (($answer->{status} || 0) == 410 || $taken) { $case = scene_begun($site); $answer = $site->run(scan_answer($site, $case)) }
                return (status_is($answer, 200), scene_gets_in($site, $case));
            },
            disk => { put => 1, passed => 2, files => ['answers'] },
        },
        {
            name => 'the computer goes on after a scan', conf => { sign_in => 'authorize scene' }, asks => 1,
            prepare => sub {
                my ($site) = @_;
                $site->sign_in('xiaoming');
                my $case = scene_begun($site);
                my $answer = $site->run(scan_answer($site, $case));
                die "no answer: $answer->{bytes} $answer->{error}\n" if ($answer->{status} || 0) != 200;
                return { %$case, request => { program => 'scene.cgi', query => 'wait=1', cookie => $case->{cookie} } };
            },
            done => sub { my ($answer) = @_; return ($answer->{status} || 0) == 303 && defined token_of($answer) },
            holds => sub { my ($site, $case, $answer) = @_; return signed_in($site, token_of($answer)) },
            again => sub {
                my ($site, $case) = @_;
                my $answer = $site->run($case->{request});
                return signed_in($site, token_of($answer)) if ($answer->{status} || 0) == 303;
                # An answer can be taken only once; the computer shows another code.
                my $new = scene_begun($site);
                $site->run(scan_answer($site, $new));
                return (status_is($answer, 200), scene_gets_in($site, $new));
            },
            disk => { put => 3, deleted => 1, files => [qw(grants sessions users)] },
        },
        {
            name => 'subscribe',
            prepare => sub {
                my ($site) = @_;
                return { event => 'subscribe', request => push_request($site, FromUserName => 'oNewFollower', MsgType => 'event', Event => 'subscribe', EventKey => 'qrscene_77', Ticket => 'T') };
            },
            done => $pushed,
            holds => sub {
                my ($site, $case, $answer) = @_;
                return (follower_is_there($site, $case), equal_again($site, $case, $answer));
            },
            survives => \&follower_is_there,
            again => \&push_again,
            disk => { put => 1, passed => 1, appended => 1, files => [qw(events users)] },
        },
        {
            name => 'unsubscribe',
            prepare => sub {
                my ($site) = @_;
                my @tokens = map { $site->sign_in('xiaoming') } 1 .. 2;
                writes_before($site);
                return { tokens => \@tokens, event => 'unsubscribe', request => push_request($site, FromUserName => $ME, MsgType => 'event', Event => 'unsubscribe') };
            },
            done => $pushed,
            holds => sub { my ($site, $case, $answer) = @_; return (forgotten($site, $case), is_nowhere($site), journal_has($site, $case), equal_again($site, $case, $answer)) },
            again => \&push_again,
            survives => sub { my ($site, $case) = @_; return (forgotten($site, $case), is_nowhere($site), journal_has($site, $case)) },
            disk => { put => 3, passed => 1, appended => 1, deleted => 5, files => [qw(events events pushes pushes)] },
        },
        {
            name => 'token fetched', conf => { service_keys => "site:$SERVICE_KEY", account_clients => 'site' }, asks => 1,
            prepare => sub { return { request => token_request() } },
            done => sub { my ($answer) = @_; return ($answer->{status} || 0) == 200 },
            holds => sub {
                my ($site, $case, $answer) = @_;
                my $next = $site->run(token_request());
                return (status_is($next, 200), given_access_token($next) eq given_access_token($answer) ? () : 'another program gets another token');
            },
            again => sub {
                my ($site, $case) = @_;
                # After a failure WeChat is not asked again for some seconds.
                my $answer;
                eval { Kit::wait_for('a token', 6, sub { $answer = $site->run($case->{request}); return ($answer->{status} || 0) == 200 }) };
                return status_is($answer, 200);
            },
            survives => 0,
            disk => { passed => 1, files => [] },
        },
        {
            name => 'grant renewed', asks => 1,
            prepare => sub {
                my ($site) = @_;
                my $token = $site->sign_in('xiaoming');
                # The grant as it is once its access_token has expired.
                my ($path) = grep {m{^grants/} && Kit::read_file("$site->{state}/$_") =~ /$ME/} State::entries($site->{state});
                my $record = State::parse_record(Kit::read_file("$site->{state}/$path"));
                my $old = State::format_record(@$record{qw(created expires)}, %{ $record->{fields} }, access_expires => 1);
                Kit::write_file("$site->{state}/$path", $old);
                utime $record->{expires}, $record->{expires}, "$site->{state}/$path";
                return { token => $token, path => $path, old => $old, own => qr/^\Q$path\E$/, request => { program => 'validate-live.cgi', query => 'live=1', cookie => "$SESSION=$token" } };
            },
            done => sub { my ($answer) = @_; return ($answer->{status} || 0) == 200 },
            holds => sub {
                my ($site, $case) = @_;
                return (signed_in($site, $case->{token}), Kit::read_file("$site->{state}/$case->{path}") ne $case->{old} ? () : 'the new grant was not kept');
            },
            again => sub {
                my ($site, $case) = @_;
                return (status_is($site->run($case->{request}), 200), signed_in($site, $case->{token}));
            },
            disk => { put => 1, files => ['grants'] },
        },
        {
            name => 'mini program', asks => 1,
            prepare => sub { my ($site) = @_; return { request => mini_request($site) } },
            done => sub { my ($answer) = @_; return ($answer->{status} || 0) == 200 },
            holds => sub { my ($site, $case, $answer) = @_; return signed_in($site, given_token($answer)) },
            again => sub {
                my ($site, $case) = @_;
                # WeChat accepts a code once; on 410 a mini program gets a new one.
                my $answer = $site->run($case->{request});
                $answer = $site->run(mini_request($site)) if ($answer->{status} || 0) == 410;
                return (status_is($answer, 200), signed_in($site, given_token($answer)));
            },
            disk => { put => 3, files => [qw(grants sessions users)] },
        },
        {
            name => 'item chosen',
            prepare => sub {
                my ($site) = @_;
                my $token = $site->sign_in('xiaoming');
                return { token => $token, request => { program => 'list.cgi', cookie => "$SESSION=$token", stdin => 'way=global&item=orders', environment => \%own_form } };
            },
            done => sub { my ($answer) = @_; return ($answer->{status} || 0) == 303 },
            holds => \&is_chosen,
            again => sub { my ($site, $case) = @_; return (status_is($site->run($case->{request}), 303), is_chosen($site, $case)) },
            survives => 0,
            disk => { passed => 1, files => [] },
        },
        {
            name => 'ticket handed out',
            prepare => sub { my ($site) = @_; return { request => ticket_request($site->sign_in('xiaoming')) } },
            done => sub { my ($answer) = @_; return ($answer->{status} || 0) == 303 && defined ticket_of($answer) },
            holds => sub { my ($site, $case, $answer) = @_; return redeems($site, ticket_of($answer)) },
            again => sub {
                my ($site, $case) = @_;
                my $answer = $site->run($case->{request});
                return (status_is($answer, 303), redeems($site, ticket_of($answer)));
            },
            survives => 0,
            disk => { passed => 1, files => [] },
        },
        {
            name => 'ticket taken',
            prepare => sub {
                my ($site) = @_;
                my $hand_out = ticket_request($site->sign_in('xiaoming'));
                my $ticket = ticket_of($site->run($hand_out));
                return { hand_out => $hand_out, ticket => $ticket, request => redeem_request($ticket) };
            },
            done => sub { my ($answer) = @_; return ($answer->{status} || 0) == 200 },
            holds => sub { my ($site, $case, $answer) = @_; return (signed_in($site, given_token($answer)), status_is($site->run($case->{request}), 410)) },
            again => sub {
                my ($site, $case) = @_;
                # A ticket can be taken only once, even if the answer was lost; the page then gets another.
                my $answer = $site->run($case->{request});
                return redeems($site, ticket_of($site->run($case->{hand_out}))) if ($answer->{status} || 0) == 410;
                return (status_is($answer, 200), signed_in($site, given_token($answer)));
            },
            disk => { put => 3, deleted => 1, files => [qw(grants sessions users)] },
        },
        {
            name => 'the phone says yes',
            prepare => \&computer_begins,
            done => sub { my ($answer) = @_; return ($answer->{status} || 0) == 200 },
            holds => sub { my ($site, $case) = @_; $case->{taken} = 1; return computer_gets_in($site, $case) },
            again => sub {
                my ($site, $case) = @_;
                my $taken = delete $case->{taken};
                my $answer = $site->run($case->{request});
                # A code can be answered only once; if that answer was cut off, or taken, the computer starts again.
                return computer_gets_in_anew($site, $case->{phone}) if ($answer->{status} || 0) == 410 || $taken;
                return (status_is($answer, 200), computer_gets_in($site, $case));
            },
            disk => { put => 1, passed => 3, files => ['answers'] },
        },
        {
            name => 'the computer goes on',
            prepare => sub {
                my ($site) = @_;
                my $case = computer_begins($site);
                my $answer = $site->run($case->{request});
                die "no yes: $answer->{bytes}\n" if ($answer->{status} || 0) != 200;
                return { phone => $case->{phone}, request => $case->{wait} };
            },
            done => sub { my ($answer) = @_; return ($answer->{status} || 0) == 303 },
            holds => sub { my ($site, $case, $answer) = @_; return signed_in($site, token_of($answer)) },
            again => sub {
                my ($site, $case) = @_;
                my $answer = $site->run($case->{request});
                # If the answer was taken but no session came of it, the page keeps waiting.
                return computer_gets_in_anew($site, $case->{phone}) if ($answer->{status} || 0) == 200;
                return (status_is($answer, 303), signed_in($site, token_of($answer)));
            },
            disk => { put => 3, deleted => 1, files => [qw(grants sessions users)] },
        },
        {
            name => 'sweep',
            prepare => sub {
                my ($site) = @_;
                my @old = map { $site->plant_old($_) } qw(claims codes sessions grants pushes values tickets answers answered);
                my @shards = map {m{^[a-z]+/([0-9a-f]+)/}} @old;
                return { old => \@old, request => { program => 'sweep', arguments => [$site->{state}, @shards] } };
            },
            done => sub { my ($answer) = @_; return $answer->{bytes} eq "swept\n" },
            holds => sub { my ($site, $case) = @_; return map {"$_ is still there"} grep { -e "$site->{state}/$_" } @{ $case->{old} } },
            again => sub {
                my ($site, $case) = @_;
                my $answer = $site->run($case->{request});
                return ($answer->{bytes} eq "swept\n" ? () : "sweep: $answer->{error}", map {"$_ is still there"} grep { -e "$site->{state}/$_" } @{ $case->{old} });
            },
            survives => 0,
            disk => { dropped => 18, files => [] },
        },
        {
            name => 'validation', read => 1,
            prepare => sub { my ($site) = @_; return { request => { program => 'validate.cgi', cookie => "$SESSION=$site->{other}" } } },
            done => sub { my ($answer) = @_; return ($answer->{status} || 0) == 200 },
            holds => sub { my ($site, $case, $answer) = @_; return $answer->{body} =~ /"sub":"oSim[^"]*john[^"]*"/i ? () : "another answer: $answer->{body}" },
            never => qr/^(?:401|303)$/,
        },
        {
            name => 'the personal page', read => 1,
            prepare => sub { my ($site) = @_; return { request => { program => 'me.cgi', cookie => "$SESSION=$site->{other}" } } },
            done => sub { my ($answer) = @_; return ($answer->{status} || 0) == 200 },
            holds => sub { my ($site, $case, $answer) = @_; return $answer->{body} =~ m{John Smith.*</html>\s*\z}s ? () : 'half a page' },
            never => qr/^(?:401|303)$/,
        },
        OidcPaths::paths(),
    );
}

# ---- the checks ----

sub token_of { my ($answer) = @_; return join("\n", @{ $answer->{headers}{'set-cookie'} || [] }) =~ /^$SESSION=([A-Za-z0-9_-]{43});/m ? $1 : undef }

# The token in an answer to a script or a mini program.
sub given_token { my ($answer) = @_; return ($answer->{body} || '') =~ /"access_token":"([A-Za-z0-9_-]{43})"/ ? $1 : 'none' }

sub mini_request {
    my ($site) = @_;
    my $login = $site->{kit}->browser->get("$site->{kit}{sim_url}/wx/login?person=xiaoming");
    return { program => 'mini.cgi', stdin => 'code=' . decode_json($login->{content})->{code} };
}

sub is_chosen {
    my ($site, $case) = @_;
    my $answer = $site->run({ program => 'list.cgi', query => 'detail=1&format=json', cookie => "$SESSION=$case->{token}" });
    return ($answer->{status} || 0) == 200 && $answer->{body} =~ /"way":"global"/ ? () : "the item is not chosen: $answer->{bytes}";
}

# Tickets for a page in development.
sub ticket_request { my ($token) = @_; return { program => 'ticket.cgi', query => 'dev=' . $DEV =~ s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ger . '%2F', cookie => "$SESSION=$token", stdin => 'x=1', environment => { HTTP_SEC_FETCH_SITE => 'same-origin' } } }
sub ticket_of { my ($answer) = @_; return ($answer->{headers}{location}[0] || '') =~ /#wx_ticket=([A-Za-z0-9_-]{43})$/ ? $1 : undef }
sub redeem_request { my ($ticket) = @_; return { program => 'ticket.cgi', stdin => "ticket=$ticket", environment => { HTTP_ORIGIN => $DEV } } }

sub redeems {
    my ($site, $ticket) = @_;
    return 'there is no ticket' unless defined $ticket;
    my $answer = $site->run(redeem_request($ticket));
    return (status_is($answer, 200), signed_in($site, given_token($answer)), status_is($site->run(redeem_request($ticket)), 410));
}

# A computer shows its code. The case has the phone's request that approves it, and the computer's next request.
sub computer_begins {
    my ($site, $phone) = @_;
    my %computer = (HTTP_USER_AGENT => 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0.0.0 Safari/537.36');
    my $begun = $site->run({ program => 'desktop.cgi', query => 'next=/landed', environment => \%computer });
    my ($cookie) = $begun->{headers}{'set-cookie'}[0] =~ /^(wx_desktop=[^;]+)/;
    my $wait = { program => 'desktop.cgi', query => 'wait=1', cookie => $cookie, environment => \%computer };
    my ($query) = $site->run($wait)->{body} =~ m{/confirm\.cgi\?([\w-]{16})<} or die "no code\n";
    $phone ||= $site->sign_in('xiaoming');
    return { phone => $phone, wait => $wait, request => { program => 'confirm.cgi', query => $query, cookie => "$SESSION=$phone", stdin => 'answer=yes',
        environment => { HTTP_USER_AGENT => 'Mozilla/5.0 (iPhone) MicroMessenger/8.0.50', HTTP_SEC_FETCH_SITE => 'same-origin' } } };
}

sub computer_gets_in {
    my ($site, $case) = @_;
    my $answer = $site->run($case->{wait});
    return (status_is($answer, 303), signed_in($site, token_of($answer) || 'none'));
}

sub computer_gets_in_anew {
    my ($site, $phone) = @_;
    my $case = computer_begins($site, $phone);
    return (status_is($site->run($case->{request}), 200), computer_gets_in($site, $case));
}

sub status_is { my ($answer, $status) = @_; return ($answer->{status} || 'none') eq $status ? () : 'status ' . ($answer->{status} || "none (signal $answer->{signal})") . " and not $status: $answer->{error}" }

sub signed_in {
    my ($site, $token) = @_;
    my $status = $site->status_of($token);
    return $status eq '200' ? () : "signed in, but validate.cgi says $status";
}

sub signed_out {
    my ($site, $token) = @_;
    my $status = $site->status_of($token);
    return $status eq '401' ? () : "signed out, but validate.cgi says $status";
}

# After an interrupted sign-in the browser reloads the callback's address, which must lead on to a session.
sub picture_request {
    my ($site, $token) = @_;
    my ($body, $type) = Picture::form(action => 'picture', picture => ['me.png', 'image/png', Picture::png(4, 4)]);
    return { program => 'me.cgi', runs => 1, cookie => "$SESSION=$token", stdin => $body, environment => { HTTP_SEC_FETCH_SITE => 'same-origin', CONTENT_TYPE => $type } };
}

sub picture_of { my ($site) = @_; return (State::user($site->{state}, $ME) || {})->{picture} // '' }
sub pictures { my ($site) = @_; my @files = glob "$site->{state}/pictures/*/*"; return @files }

# The one that the user's file names can be seen, and there is no other.
sub picture_is_whole {
    my ($site) = @_;
    my $answer = $site->run({ program => 'picture.cgi', environment => { PATH_INFO => '/' . picture_of($site) . '.jpg' } });
    my $count = pictures($site);
    return (status_is($answer, 200), $count == 1 ? () : "$count pictures are stored");
}

sub picture_is_gone {
    my ($site) = @_;
    my $count = pictures($site);
    return (picture_of($site) eq '' ? () : 'the user still has a picture', $count == 0 ? () : "$count pictures are stored");
}

sub sign_in_again {
    my ($site, $case) = @_;
    # A callback waits 3 s for an earlier one with the same code, which was killed here: skip that wait.
    my $answer = $site->run({ %{ $case->{request} }, before => ['strace', '-f', '-qqq', '-o', '/dev/null', '-e', 'trace=nanosleep,clock_nanosleep', '-e', 'inject=nanosleep,clock_nanosleep:retval=0'] });
    return status_is($answer, 303) if ($answer->{status} || 0) != 303;
    return signed_in($site, token_of($answer)) if defined token_of($answer);
    my $location = $answer->{headers}{location}[0];
    return "to $location" if $location !~ /^\Q$site->{kit}{sim_url}\E\/connect/;
    my ($cookie) = join("\n", @{ $answer->{headers}{'set-cookie'} }) =~ /^(wx_signin=[^;]+)/m;
    # Without the consent page, which is quicker.
    my $stopped = $site->{kit}->browser->follow({ status => 303, location => $location =~ s/snsapi_userinfo/snsapi_base/r }, stop => qr{/callback\.cgi\?})->{stopped};
    my $second = $site->run({ program => 'callback.cgi', query => $stopped =~ s/.*?\?//r, cookie => $cookie });
    return (status_is($second, 303), signed_in($site, token_of($second)));
}

sub forgotten { my ($site, $case) = @_; return (map({ signed_out($site, $_) } @{ $case->{tokens} }), $site->user($ME) ? 'the user is still there' : ()) }

# An owner's request to make a key, or the next one (action rotate_key).
sub key_request {
    my ($site, $cookie, $action) = @_;
    my $page = $site->run({ program => 'owner.cgi', query => 'view=files', cookie => $cookie });
    my ($csrf) = ($page->{body} || '') =~ /name="csrf" value="([\w-]+)"/ or die 'no form';
    return { program => 'owner.cgi', query => 'view=files', cookie => $cookie, stdin => "action=$action&csrf=$csrf&algorithm=ES256" };
}

sub next_key_is_there {
    my ($site, $case) = @_;
    my $page = $site->run({ program => 'owner.cgi', query => 'view=files', cookie => $case->{request}{cookie} });
    return ($page->{body} || '') =~ /The next key is published/ ? () : 'the next key is not there';
}

# The user has the note, and the record says so.
sub noted {
    my ($site) = @_;
    my $file = "$site->{state}/audit.jsonl";
    my @lines = -e $file ? grep {/"action":"note"/} split /\n/, Kit::read_file($file) : ();
    return ((($site->user($ME) || {})->{note} || '') eq 'late' ? () : 'the note is not there', @lines ? () : 'it is not recorded');
}

# Nothing in the state folder names the user, except the line that records the unsubscribe event.
sub is_nowhere {
    my ($site) = @_;
    my %texts = State::texts($site->{state});
    $texts{$_} =~ s/^.*"Event":"unsubscribe".*\n//mg for grep {m{^events/}} keys %texts;
    return map {"$_ names the user"} grep { $texts{$_} =~ /$ME/ } sort keys %texts;
}

sub waits { my ($site) = @_; my $user = $site->user($ME) || {}; return $user->{waiting} && !$user->{first_sign_in} ? () : 'the newcomer does not wait' }

# Sends pushes of this user and of another: journal lines and stored replies.
sub writes_before {
    my ($site) = @_;
    for my $who ($ME, 'oNeighbour', $ME) { $site->run(push_request($site, FromUserName => $who, MsgType => 'text', Content => 'before', MsgId => ++$site->{messages} . '00'))->{status} == 200 or die 'no push' }
    return;
}

sub push_request {
    my ($site, %fields) = @_;
    my $from = delete $fields{FromUserName} || $Push::USER;
    my $created = delete $fields{CreateTime};
    # Each push has its own time, so that no two events have the same key.
    my $xml = '<xml>' . Push::xml(ToUserName => $Push::ACCOUNT, FromUserName => $from, CreateTime => $created || time + ++$site->{messages}, %fields) . '</xml>';
    return { program => 'wechat.cgi', query => Push::query(), stdin => $xml, environment => { CONTENT_TYPE => 'text/xml' } };
}

sub journal_lines {
    my ($site, $case) = @_;
    return grep { defined $case->{id} ? ($_->{MsgId} || '') eq $case->{id} : ($_->{Event} || '') eq $case->{event} } State::journal($site->{state});
}

sub journal_has { my ($site, $case) = @_; my $lines = () = journal_lines($site, $case); return $lines == 1 ? () : "$lines lines in the journal" }

sub follower_is_there {
    my ($site, $case) = @_;
    my $user = $site->user('oNewFollower') || {};
    return (($user->{scene} || '') eq '77' && $user->{subscribed_since} ? () : 'the follower is not there', journal_has($site, $case));
}

# A repeated push gets the same answer, and has no second effect.
sub equal_again {
    my ($site, $case, $answer) = @_;
    my $before = () = journal_lines($site, $case);
    my $repeat = $site->run($case->{request});
    my $after = () = journal_lines($site, $case);
    return (($repeat->{bytes} || '') eq $answer->{bytes} ? () : 'a repeat gets another answer', $before == $after ? () : 'a repeat is in the journal again');
}

sub message_holds {
    my ($site, $case, $answer) = @_;
    my $user = $site->user($Push::USER) || {};
    # If no reply could be found, the log says so and the answer is empty; the push itself is kept.
    my $replied = $answer->{body} =~ /你好/ || ($answer->{body} eq '' && $answer->{error} =~ /^wechat-cgi: /m);
    return ($replied ? () : "not the reply: $answer->{body}", $user->{last_seen} ? () : 'the user was not seen', journal_has($site, $case), equal_again($site, $case, $answer));
}

# WeChat repeats a push that did not get 200. A push that was not acknowledged may then be in the journal twice.
sub push_again {
    my ($site, $case) = @_;
    my $answer = $site->run($case->{request});
    my $lines = () = journal_lines($site, $case);
    return (status_is($answer, 200), $lines >= 1 && $lines <= 2 ? () : "$lines lines in the journal", equal_again($site, $case, $answer));
}

# ---- codes by message ----

sub code_of { my ($answer) = @_; return ($answer->{body} || '') =~ /(\d{3}) (\d{3})/ ? "$1$2" : undef }

# Asks for a new code, as a follower does; returns the answer.
sub ask_for_code {
    my ($site) = @_;
    my $answer = $site->run(push_request($site, FromUserName => $ME, MsgType => 'text', Content => 'login', MsgId => ++$site->{messages} . '00'));
    return defined code_of($answer) ? $answer : die "no code: $answer->{bytes} $answer->{error}\n";
}
sub new_code { my ($site) = @_; return code_of(ask_for_code($site)) }
sub new_link { my ($site) = @_; return ask_for_code($site)->{body} =~ /link\.cgi\?(t=[\w-]+)/ ? $1 : die "no link\n" }

# The request of a browser that has the page of a program open and sends its form.
sub form_request {
    my ($site, $program, $query, $fields) = @_;
    my %agent = (HTTP_USER_AGENT => 'MicroMessenger/8.0');
    my $page = $site->run({ program => $program, query => $query, environment => \%agent });
    my ($cookie) = ($page->{headers}{'set-cookie'}[0] || '') =~ /^(wx_code=[^;]+)/;
    my ($csrf) = ($page->{body} || '') =~ /name="csrf" value="([^"]+)"/;
    die "no page: $page->{bytes} $page->{error}\n" if !defined $cookie || !defined $csrf;
    return { program => $program, query => $query, cookie => $cookie, stdin => "csrf=$csrf$fields", environment => \%agent };
}
sub code_request { my ($site, $code) = @_; return form_request($site, 'code.cgi', '', "&next=/landed&code=$code") }
sub link_request { my ($site, $link) = @_; return form_request($site, 'link.cgi', $link, '') }

sub code_works {
    my ($site, $code) = @_;
    return 'no code in the reply' if !defined $code;
    my $answer = $site->run(code_request($site, $code));
    return (status_is($answer, 303), signed_in($site, token_of($answer)));
}

# ---- the account's token ----

sub given_access_token { my ($answer) = @_; return ($answer->{body} || '') =~ /"access_token":"([^"]+)"/ ? $1 : 'none' }
sub token_request { return { program => 'server-live.cgi', environment => { PATH_INFO => '/token', HTTP_AUTHORIZATION => $SERVICE_KEY } } }

# ---- scenes ----

sub scene_cookie { my ($answer) = @_; return (join("\n", @{ $answer->{headers}{'set-cookie'} || [] }) =~ /^(wx_scene=[^;]+)/m)[0] }

# A computer that shows the account's QR code: its cookie and scene.
sub scene_begun {
    my ($site) = @_;
    my $answer = $site->run({ program => 'scene.cgi', query => 'next=/landed' });
    my $cookie = scene_cookie($answer) or die "no scene: $answer->{bytes} $answer->{error}\n";
    my ($packed) = $cookie =~ /=s1\.[\w-]+\.\d+\.[\w-]+\.([\w-]+)\./;
    require MIME::Base64;
    my ($scene) = MIME::Base64::decode_base64(($packed =~ tr{-_}{+/}r) . '=' x (-length($packed) % 4)) =~ m{/q/([\w-]+)$};
    return { cookie => $cookie, scene => $scene };
}
sub scan_request { my ($site, $case) = @_; return push_request($site, FromUserName => $ME, MsgType => 'event', Event => 'SCAN', EventKey => $case->{scene}, Ticket => 'T') }
sub scan_link { my ($answer) = @_; return ($answer->{body} || '') =~ /scan\.cgi\?(t=[\w-]+)/ ? $1 : undef }
sub scan_page_opens {
    my ($site, $answer) = @_;
    return 'no link in the reply' if !defined scan_link($answer);
    return status_is($site->run({ program => 'scan.cgi', query => scan_link($answer), environment => { HTTP_USER_AGENT => 'MicroMessenger/8.0' } }), 200);
}

# The request of the phone that says yes.
sub scan_answer {
    my ($site, $case) = @_;
    my $answer = $site->run(scan_request($site, $case));
    return form_request($site, 'scan.cgi', scan_link($answer) // die("no link: $answer->{bytes}\n"), '&answer=yes');
}
sub scene_gets_in {
    my ($site, $case) = @_;
    my $answer = $site->run({ program => 'scene.cgi', query => 'wait=1', cookie => $case->{cookie} });
    return (status_is($answer, 303), signed_in($site, token_of($answer)));
}

# What is wrong after a request, whether it succeeded or not; a line each.
sub wrong_after {
    my ($site, $path, $case, $answer) = @_;
    my $dir = $site->{state};
    my @wrong = State::wrongs($dir, half_line => 1);
    push @wrong, map {"acknowledged, but $_"} $path->{holds}->($site, $case, $answer) if $path->{done}->($answer);
    push @wrong, $site->wrong_with_others($case), $site->wrong_with_users($case);
    return @wrong if $path->{read};
    push @wrong, map {"again: $_"} $path->{again}->($site, $case);
    push @wrong, State::wrongs($dir), $site->wrong_with_others($case);
    push @wrong, $site->tidy, $site->wrong_with_others($case);
    return @wrong;
}

# ---- the site ----

# A site whose programs the test runs itself, on a state folder of its own; only the WeChat simulator is behind a web server.
# John is signed in on it, and a push was answered: the tried paths must leave both alone. unprivileged => 1: run the
# programs as nobody even if the test runs as root, because root may do everything.
sub new {
    my ($class, %option) = @_;
    my $kit = Kit->new(conf => { push_token => $Push::TOKEN, push_mode => 'plain', language => 'en', dev_origins => $DEV, %Kit::mini, %{ $option{conf} || {} } });
    my $self = bless { kit => $kit, state => $kit->state_dir, messages => 1000, as => [] }, $class;
    if ($option{unprivileged} && $> == 0) { $self->{as} = [qw(setpriv --reuid=nobody --regid=nogroup --clear-groups --)] }
    $self->write_conf;
    for my $tool ("$Kit::BUILD/tests/hard/sweep") {
        copy($tool, "$kit->{folder}/cgi-bin/") or die "$tool: $!";
        chmod 0755, "$kit->{folder}/cgi-bin/sweep";
    }
    $kit->control(person => 'xiaoming');
    $self->{other} = $self->sign_in('john');
    $self->{push} = push_request($self, FromUserName => 'oBystander', MsgType => 'text', Content => 'before', MsgId => 7);
    $self->{reply} = $self->run($self->{push});
    die "no first push: $self->{reply}{error}\n" unless ($self->{reply}{status} || 0) == 200;
    $self->keep('first');
    return $self;
}

sub write_conf {
    my ($self, %conf) = @_;
    $self->{kit}->write_conf(%{ $self->{kit}{conf} }, %conf);
    chown $>, -1, "$self->{kit}{folder}/wechat.conf" unless @{ $self->{as} };
    return;
}

# Runs a request: program, query, cookie, stdin, environment, arguments, before.
sub run {
    my ($self, $request) = @_;
    my %environment = %{ $request->{environment} || {} };
    $environment{HTTP_COOKIE} = $request->{cookie} if defined $request->{cookie};
    return $self->{kit}->run($request->{program}, %$request, environment => \%environment,
        before => [@{ $self->{as} }, @{ $request->{before} || [] }]);
}

# Goes from login.cgi through WeChat; returns the request for callback.cgi.
sub begin {
    my ($self, $person) = @_;
    my $login = $self->run({ program => 'login.cgi', query => 'next=/landed' });
    my ($cookie) = $login->{headers}{'set-cookie'}[0] =~ /^(wx_signin=[^;]+)/;
    return $self->allow($login->{headers}{location}[0], $cookie, $person);
}

# The person agrees on WeChat's consent page.
sub allow {
    my ($self, $location, $cookie, $person) = @_;
    my $browser = $self->{kit}->browser;
    my $consent = $browser->follow({ status => 303, location => $location });
    my ($ticket) = $consent->{content} =~ /ticket=(\w+)/ or die "no consent page: $consent->{status} $consent->{content}\n";
    my $back = $browser->get("$self->{kit}{sim_url}/connect/confirm?ticket=$ticket&person=$person");
    my $stopped = $browser->follow($back, stop => qr{/callback\.cgi\?})->{stopped} or die "no way back\n";
    return { program => 'callback.cgi', query => $stopped =~ s/.*?\?//r, cookie => $cookie };
}

# Signs a person in; returns the session token.
sub sign_in {
    my ($self, $person) = @_;
    my $answer = $self->run($self->begin($person));
    return token_of($answer) || die "$person does not get in: $answer->{bytes} $answer->{error}\n";
}

sub session_file { my ($self, $token) = @_; my $name = Digest::SHA::sha256_hex("sessions $token"); return "$self->{state}/sessions/" . substr($name, 0, 3) . "/$name" }

sub status_of {
    my ($self, $token) = @_;
    return $self->run({ program => 'validate.cgi', cookie => "$SESSION=$token" })->{status} || 'nothing';
}

sub user {
    my ($self, $openid) = @_;
    my ($file) = glob "$self->{state}/users/*/$openid.json";
    return defined $file ? decode_json(Kit::read_file($file)) : undef;
}

# Creates an expired record and an old temporary file of a kind; returns their paths.
sub plant_old {
    my ($self, $kind, $which) = @_;
    my $name = Digest::SHA::sha256_hex(join ' ', $kind, $which || 'old');
    my $shard = substr $name, 0, $kind =~ /^(?:sessions|grants|used|values)$/ ? 3 : $kind =~ /^(?:tickets|answers|answered|totals|scenes|scans|account)$/ ? 1 : 2;
    my @paths = ("$kind/$shard/$name", "$kind/$shard/.tmp-" . substr $name, 0, 43);
    my ($record, $temporary) = map {"$self->{state}/$_"} @paths;
    my $mask = umask 077;
    mkdir "$self->{state}/$_", 0700 for $kind, "$kind/$shard";
    # Readers may be running: put the record in place whole.
    Kit::write_file($temporary, State::format_record(1000, 2000, openid => 'oLongAgo'));
    rename $temporary, $record or die "$record: $!";
    Kit::write_file($temporary, 'wxstore1 1000');
    umask $mask;
    utime 2000, 2000, $record, $temporary;
    return @paths;
}

# Copies folders with modes, owners and times. In Perl, because it runs very often.
sub _copy {
    my (@folders) = @_;
    while (my ($from, $to) = splice @folders, 0, 2) {
        if (-e $to) { -d "$to$_" ? rmdir "$to$_" : unlink "$to$_" for map({"/$_"} reverse State::entries($to)), '' }
        next unless -e $from;
        my @stamps;
        for my $path ('', map {"/$_"} State::entries($from)) {
            my @stat = lstat "$from$path";
            if (-d _) { mkdir "$to$path" or die "$to$path: $!"; unshift @stamps, [$path, @stat] }
            else { Kit::write_file("$to$path", Kit::read_file("$from$path")); push @stamps, [$path, @stat] }
        }
        for (@stamps) {
            my ($path, @stat) = @$_;
            chown @stat[4, 5], "$to$path" if $> == 0;
            chmod $stat[2] & 07777, "$to$path";
            utime @stat[8, 9], "$to$path";
        }
    }
    return;
}

# keep saves the state folders of the site and of the simulator under a name; bring_back restores them.
sub keep {
    my ($self, $name) = @_;
    my $sim = "$self->{kit}{folder}/sim-state";
    return _copy($self->{state} => "$self->{kit}{folder}/kept-$name", $sim => "$sim-$name");
}

sub bring_back {
    my ($self, $name) = @_;
    my $sim = "$self->{kit}{folder}/sim-state";
    return _copy("$self->{kit}{folder}/kept-$name" => $self->{state}, $self->{asks} || $name ne 'case' ? ("$sim-$name" => $sim) : ());
}

# Prepares a path; bring_back('case') then restores the state before the request.
sub prepare {
    my ($self, $path) = @_;
    $self->bring_back('first');
    $self->{asks} = $path->{asks};
    $self->write_conf(%{ $path->{conf} || {} });
    my %first = State::texts($self->{state});
    my $case = $path->{prepare}->($self);
    # Existing files must not change, except those that the case declares as its own.
    $case->{others} = $case->{alone} ? {} : { map { $_ => $first{$_} } grep { !defined $case->{own} || !/$case->{own}/ } keys %first };
    my %texts = State::texts($self->{state});
    $case->{users} = { map { $_ => decode_json($texts{$_}) } grep {/^users/} keys %texts };
    $self->keep('case');
    return $case;
}

# What the path changed outside its own files.
sub wrong_with_others {
    my ($self, $case) = @_;
    my @wrong;
    for my $path (sort keys %{ $case->{others} }) {
        my $before = $case->{others}{$path};
        # The records of sign-ins may be deleted when the disk is full.
        next if $path =~ m{^(?:claims|codes)/} && !-e "$self->{state}/$path";
        next if $path =~ m{^(?:tallies$|errors/)};
        my $now = Kit::read_file("$self->{state}/$path");
        next if $now eq $before || ($path =~ /^events/ && index($now, $before) == 0);
        push @wrong, "$path changed";
    }
    return @wrong if $case->{alone};
    my $status = $self->status_of($self->{other});
    push @wrong, "John is signed out: $status" if $status ne '200';
    return @wrong;
}

sub session_name { my ($token) = @_; return Digest::SHA::sha256_hex("sessions $token") }

# Each user file from before the request, if it still exists, must keep its members and sessions.
sub wrong_with_users {
    my ($self, $case) = @_;
    my @wrong;
    for my $path (sort keys %{ $case->{users} }) {
        next unless -e "$self->{state}/$path";
        my ($before, $now) = ($case->{users}{$path}, eval { decode_json(Kit::read_file("$self->{state}/$path")) } || {});
        my %leaves = map { $_ => 1 } 'picture_other', $case->{removes} // (), $case->{ends} ? 'sessions' : ();
        push @wrong, map {"$path lost $_"} grep { (!exists $now->{$_} || ref $now->{$_} ne ref $before->{$_}) && !$leaves{$_} } sort keys %$before;
        my %sessions = map { $_ => 1 } @{ $now->{sessions} || [] }, $case->{ends} ? grep { index($_, session_name($case->{ends})) == 0 } @{ $before->{sessions} || [] } : ();
        push @wrong, map {"$path lost session $_"} grep { !$sessions{$_} } @{ $before->{sessions} || [] };
        push @wrong, map {"$path: another $_"} grep { ($now->{$_} || '') ne ($before->{$_} || '') } qw(openid generation nickname first_sign_in);
    }
    return @wrong;
}

# Makes the temporary files an hour old, sweeps their shards, and returns what is left.
sub tidy {
    my ($self) = @_;
    my @left = State::temporaries($self->{state});
    return unless @left;
    utime time - 3700, time - 3700, map {"$self->{state}/$_"} @left;
    my @shards = map {m{/([0-9a-f]{1,3})/}} @left;
    my $answer = $self->run({ program => 'sweep', arguments => [$self->{state}, @shards] });
    return ($answer->{bytes} eq "swept\n" ? () : "sweep: $answer->{error}", map {"$_ was not swept"} State::temporaries($self->{state}));
}

1;
