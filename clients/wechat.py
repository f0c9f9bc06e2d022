"""wechat: 谁用微信登录了？ Who is signed in with WeChat? For WSGI; Python 3.6 or later, no other package.

    from wechat import wechat_require

    def page(environ, start_response):
        user = environ["wechat.user"]    # user["sub"] is the openid
        …

    application = wechat_require(page, "https://www.example.com/cgi-bin")

The address of the programs' folder is given, and not taken from the Host header, which can be forged. The page must be on
the same host name, for the cookie to reach it.
"""
import json
import re
import sys
import time
import urllib.error
import urllib.request
from urllib.parse import quote

SECONDS = 5

PAGE = (
    '<!DOCTYPE html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>503</title>'
    "<p>暂时无法确认您是否已登录，请稍后再试。</p>"
    '<p lang="en">We cannot tell at the moment whether you are signed in. Please try again later.</p>'
).encode()


class WechatUnknown(Exception):
    """Nobody can tell at the moment whether the visitor is signed in."""


def wechat_user(environ, cgi):
    """The visitor, a dict with "sub" (the openid), "name" and what else validate.cgi says; None: not signed in.

    cgi is the address of the programs' folder. Raises WechatUnknown. It waits for an answer: from a coroutine, call it in
    a thread.
    """
    token = _token(cgi, environ.get("HTTP_COOKIE", ""))
    return None if token is None else _validate(cgi, token)


def wechat_require(application, cgi):
    """A WSGI application for who is signed in, who is environ["wechat.user"] for the application inside.

    Others are sent to sign in and to come back to the same page, the whole address. Where nobody can tell, the answer is
    a page that says so, with status 503.
    """

    def require(environ, start_response):
        try:
            user = wechat_user(environ, cgi)
        except WechatUnknown as unknown:
            print("wechat.py: %s" % unknown, file=environ.get("wsgi.errors", sys.stderr))
            start_response("503 Service Unavailable", [
                ("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(PAGE))),
                ("Cache-Control", "no-store"), ("Retry-After", "10")])
            return [PAGE]
        if user is None:
            start_response("303 See Other", [
                ("Location", wechat_login_url(environ, cgi)), ("Content-Length", "0"), ("Cache-Control", "no-store")])
            return []
        environ["wechat.user"] = user
        return application(environ, start_response)

    return require


def wechat_login_url(environ, cgi):
    """The link that signs in and comes back to this page."""
    # As the browser sent it, where the server tells; PATH_INFO is decoded, and bytes in the guise of latin-1.
    page = environ.get("REQUEST_URI") or environ.get("RAW_URI")
    if not page:
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        page = quote(path.encode("latin-1"), safe="/:@!$&'()*+,;=~")
        if environ.get("QUERY_STRING"):
            page += "?" + environ["QUERY_STRING"]
    if not page.startswith("/"):
        return cgi + "/login.cgi"
    page = re.sub("[^\x21-\x7e]", lambda byte: quote(byte.group().encode("latin-1", "replace")), page)
    return cgi + "/login.cgi?next=" + quote(page, safe="")


def _token(cgi, cookies):
    """The session's token in a Cookie header; None where there is none, or more than one."""
    secure = cgi.startswith("https://")
    if not secure and (not cgi.startswith("http://") or re.search("(?:^|;)[ \t]*__Host-wx_session=", cookies)):
        raise WechatUnknown("the address of the programs, %s, should begin with https://" % cgi)
    name = "__Host-wx_session" if secure else "wx_session"
    values = re.findall("(?:^|;)[ \t]*%s=([^;]*)" % name, cookies)
    return values[0] if len(values) == 1 and re.fullmatch("[A-Za-z0-9_-]{43}", values[0]) else None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def _get(url, token):
    """Status and body of a GET."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)
    request = urllib.request.Request(url, headers={"X-WX-Session": token})
    end = time.monotonic() + SECONDS
    try:
        answer = opener.open(request, timeout=SECONDS)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        body = b""
        while time.monotonic() < end:
            part = answer.read1(8192)
            if not part:
                break
            body += part
        return answer.getcode(), body


def _validate(cgi, token):
    """What validate.cgi says of a token: the visitor, or None."""
    url = cgi + "/validate.cgi"
    try:
        status, body = _get(url, token)
        answer = json.loads(body.decode("utf-8"))
    except Exception as error:
        raise WechatUnknown("%s: %s" % (url, error)) from error
    active = answer.get("active") if isinstance(answer, dict) else None
    if status == 200 and active is True and isinstance(answer.get("sub"), str):
        return answer
    if status == 401 and active is False:
        return None
    raise WechatUnknown("%s answered with status %d and nothing that says who it is" % (url, status))
