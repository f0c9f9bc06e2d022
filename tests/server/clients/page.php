<?php
// The pages of clients.t, for php -S: /php/SITE/members requires a sign-in, /php/SITE/open only asks who is signed in.
require getenv('CLIENTS') . '/wechat.php';
header('Content-Type: application/json');
list(, , $site, $what) = explode('/', strtok($_SERVER['REQUEST_URI'], '?'), 4);
$cgi = json_decode(getenv('SITES'), true)[$site];
if ($what === 'open') {
    try {
        $user = wechat_user($cgi);
        echo json_encode(['who' => $user === null ? 'nobody' : $user['sub'], 'again' => wechat_user($cgi) === $user]);
    } catch (WechatUnknown $unknown) {
        echo json_encode(['who' => 'unknown', 'why' => $unknown->getMessage()]);
    }
} else {
    $user = wechat_require($cgi);
    echo json_encode(['who' => $user['sub'], 'name' => $user['nickname'] ?? null, 'page' => $_SERVER['REQUEST_URI']]);
}
