<?php
/*
 * wechat: 谁用微信登录了？ Who is signed in with WeChat?
 *
 *     require 'wechat.php';
 *     $user = wechat_require('https://www.example.com/cgi-bin');
 *     echo htmlspecialchars($user['name'] ?? $user['sub']);
 *
 * The address of the programs' folder is given, and not taken from the Host header, which can be forged. The page must be on
 * the same host name, for the cookie to reach it. PHP 7.2 or later; the extension curl is used where it is there.
 */

/* Nobody can tell at the moment whether the visitor is signed in. */
class WechatUnknown extends RuntimeException
{
}

/* The visitor, with "sub" (the openid), "name" and what else validate.cgi says; null: not signed in. $cgi: the address
 * of the programs' folder. Throws WechatUnknown. */
function wechat_user(string $cgi): ?array
{
    static $known = [];

    $token = wechat_token($cgi, $_SERVER['HTTP_COOKIE'] ?? '');
    if ($token === null) {
        return null;
    }
    if (!array_key_exists("$cgi $token", $known)) {
        $known["$cgi $token"] = wechat_validate($cgi, $token);
    }
    return $known["$cgi $token"];
}

/* The same, but who is not signed in is sent to do that and to come back to this page, the whole address. Where nobody can
 * tell, the answer is a page that says so, with status 503. In both cases the script ends here. */
function wechat_require(string $cgi): array
{
    try {
        $user = wechat_user($cgi);
    } catch (WechatUnknown $unknown) {
        error_log('wechat.php: ' . $unknown->getMessage());
        http_response_code(503);
        header('Cache-Control: no-store');
        header('Retry-After: 10');
        header('Content-Type: text/html; charset=utf-8');
        echo '<!DOCTYPE html><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
            '<title>503</title><p>暂时无法确认您是否已登录，请稍后再试。</p>',
            '<p lang="en">We cannot tell at the moment whether you are signed in. Please try again later.</p>';
        exit;
    }
    if ($user === null) {
        header('Cache-Control: no-store');
        header('Location: ' . wechat_login_url($cgi), true, 303);
        exit;
    }
    return $user;
}

/* The link that signs in and comes back to this page. */
function wechat_login_url(string $cgi): string
{
    $page = $_SERVER['REQUEST_URI'] ?? '';
    if (strncmp($page, '/', 1) !== 0) {
        return "$cgi/login.cgi";
    }
    $page = preg_replace_callback('/[^\x21-\x7e]/', function ($byte) {
        return rawurlencode($byte[0]);
    }, $page);
    return "$cgi/login.cgi?next=" . rawurlencode($page);
}

/* The session's token in a Cookie header; null where there is none, or more than one. Not from $_COOKIE, which decodes
 * values and gives other names to the same cookie. */
function wechat_token(string $cgi, string $cookies): ?string
{
    $secure = strncmp($cgi, 'https://', 8) === 0;
    if (!$secure && (strncmp($cgi, 'http://', 7) !== 0 || preg_match('/(?:^|;)[ \t]*__Host-wx_session=/', $cookies))) {
        throw new WechatUnknown("the address of the programs, $cgi, should begin with https://");
    }
    $name = $secure ? '__Host-wx_session' : 'wx_session';
    $count = preg_match_all("/(?:^|;)[ \\t]*$name=([^;]*)/", $cookies, $values);
    return $count === 1 && preg_match('/\A[A-Za-z0-9_-]{43}\z/', $values[1][0]) ? $values[1][0] : null;
}

/* What validate.cgi says of a token: the visitor, or null. */
function wechat_validate(string $cgi, string $token): ?array
{
    list($status, $body) = function_exists('curl_init')
        ? wechat_get_by_curl("$cgi/validate.cgi", "X-WX-Session: $token")
        : wechat_get_by_stream("$cgi/validate.cgi", "X-WX-Session: $token");
    $answer = json_decode($body, true);
    $active = is_array($answer) ? $answer['active'] ?? null : null;
    if ($status === 200 && $active === true && is_string($answer['sub'] ?? null)) {
        return $answer;
    }
    if ($status === 401 && $active === false) {
        return null;
    }
    throw new WechatUnknown("$cgi/validate.cgi answered with status $status and nothing that says who it is");
}

/* [status, body] of a GET within 5 seconds, by curl. */
function wechat_get_by_curl(string $url, string $header): array
{
    $curl = curl_init($url);
    curl_setopt_array($curl, [CURLOPT_HTTPHEADER => [$header], CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT => 5,
        CURLOPT_FOLLOWLOCATION => false, CURLOPT_PROXY => '']);
    $body = curl_exec($curl);
    if ($body === false) {
        throw new WechatUnknown("$url: " . curl_error($curl));
    }
    return [curl_getinfo($curl, CURLINFO_RESPONSE_CODE), $body];
}

/* The same without curl. */
function wechat_get_by_stream(string $url, string $header): array
{
    $end = microtime(true) + 5;
    $context = stream_context_create(['http' => ['header' => "$header\r\nConnection: close\r\n", 'timeout' => 5,
        'ignore_errors' => true, 'follow_location' => 0, 'protocol_version' => 1.1]]);
    $stream = @fopen($url, 'r', false, $context);
    if ($stream === false) {
        $error = error_get_last();
        throw new WechatUnknown($error['message'] ?? "$url cannot be opened");
    }
    $body = '';
    while (!feof($stream) && microtime(true) < $end) {
        $body .= (string) fread($stream, 8192);
    }
    $data = stream_get_meta_data($stream);
    fclose($stream);
    if (!preg_match('/\AHTTP\/\S+ (\d{3})/', $data['wrapper_data'][0] ?? '', $status)) {
        throw new WechatUnknown("$url: no answer of HTTP's");
    }
    return [(int) $status[1], $body];
}
