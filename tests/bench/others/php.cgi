#!/usr/bin/php-cgi
<?php
/* The sign-in as a PHP page, run as CGI: make bench compares callback.cgi and validate.cgi with it.
 *
 * It does the same work in the way usual in PHP: state and session in PHP's own sessions, both calls to WeChat over
 * one connection (curl), and the user in a file. PHP does not sync its sessions, and deletes old ones at random. */
$conf = [];
foreach (file(getenv('WECHAT_CONF'), FILE_IGNORE_NEW_LINES) as $line) {
    [$name, $value] = explode(' = ', $line, 2);
    $conf[$name] = $value;
}
$state_dir = dirname(getenv('WECHAT_CONF')) . '/php-state';
session_save_path($state_dir);
session_start(['cookie_httponly' => true, 'cookie_samesite' => 'Lax', 'name' => 'php_session']);

function fail(int $status): never {
    http_response_code($status);
    exit;
}

function ask(CurlHandle $curl, string $path, array $query): array {
    global $conf;
    curl_setopt($curl, CURLOPT_URL, $conf['api_url'] . $path . '?' . http_build_query($query));
    $answer = json_decode((string) curl_exec($curl), true);
    if (!is_array($answer) || !empty($answer['errcode'])) fail(502);
    return $answer;
}

function keep(string $path, array $record): void {
    $temporary = "$path.tmp-" . bin2hex(random_bytes(16));
    $file = fopen($temporary, 'x');
    fwrite($file, json_encode($record));
    fsync($file);
    fclose($file);
    rename($temporary, $path);
}

switch ($_SERVER['PATH_INFO'] ?? '') {
case '/login':
    $_SESSION['state'] = bin2hex(random_bytes(32));
    header('Location: ' . $conf['open_url'] . '/connect/oauth2/authorize?' . http_build_query([
        'appid' => $conf['appid'], 'redirect_uri' => $conf['site_url'] . '/cgi-bin/php.cgi/callback', 'response_type' => 'code',
        'scope' => 'snsapi_userinfo', 'state' => $_SESSION['state']]) . '#wechat_redirect', true, 303);
    break;
case '/callback':
    if (!hash_equals($_SESSION['state'] ?? '', $_GET['state'] ?? '')) fail(403);
    unset($_SESSION['state']);
    $curl = curl_init();
    curl_setopt_array($curl, [CURLOPT_RETURNTRANSFER => true, CURLOPT_CAINFO => $conf['ca_file'], CURLOPT_TIMEOUT => 8]);
    $grant = ask($curl, '/sns/oauth2/access_token', ['appid' => $conf['appid'], 'secret' => $conf['secret'],
        'code' => $_GET['code'], 'grant_type' => 'authorization_code']);
    $profile = ask($curl, '/sns/userinfo', ['access_token' => $grant['access_token'], 'openid' => $grant['openid'], 'lang' => 'zh_CN']);
    if ($profile['openid'] !== $grant['openid']) fail(502);
    session_regenerate_id(true);
    $_SESSION += ['openid' => $grant['openid'], 'grant' => $grant];
    keep("$state_dir/user-$grant[openid].json", $profile);
    header('Location: ' . $conf['site_url'] . '/', true, 303);
    break;
case '/validate':
    if (!isset($_SESSION['openid'])) fail(401);
    $user = json_decode(file_get_contents("$state_dir/user-$_SESSION[openid].json"), true);
    header('Content-Type: application/json');
    echo json_encode(['active' => true, 'sub' => $_SESSION['openid'], 'nickname' => $user['nickname']]);
    break;
default:
    fail(404);
}
