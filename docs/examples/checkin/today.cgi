#!/usr/bin/env python3
"""今天的签到名单，给登录了的人看。 Today's list, for who is signed in."""
import html
import os
import secrets
import sys
import time
import urllib.error
import urllib.request
from datetime import datetime

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import checkin

PAGE = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style nonce="{nonce}">
body {{ max-width: 32rem; margin: 0 auto; padding: 1.5rem 1.25rem; font: 17px/1.6 system-ui, sans-serif; }}
h1 {{ font-size: 1.375rem; font-weight: 500; }}
li {{ padding: .5rem 0; overflow-wrap: anywhere; }}
time {{ opacity: .75; margin-inline-end: 1em; font-variant-numeric: tabular-nums; }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""


def answer(status, title, body):
    nonce = secrets.token_urlsafe(16)
    page = PAGE.format(title=html.escape(title), body=body, nonce=nonce)
    head = (
        f"Status: {status}\r\nContent-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\n"
        f"Content-Security-Policy: default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'\r\n\r\n"
    )
    sys.stdout.buffer.write((head + page).encode("utf-8", "replace"))


def ask_who():
    """validate.cgi's status: 200 signed in, 401 not, anything else: it cannot tell."""
    request = urllib.request.Request(checkin.SITE_URL + "/cgi-bin/validate.cgi")
    request.add_header("Cookie", os.environ.get("HTTP_COOKIE", ""))
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 503


def row(openid, seconds):
    at = datetime.fromtimestamp(seconds, checkin.BEIJING).strftime("%H:%M")
    name = checkin.nickname(openid) or "一位关注者"
    return f"<li><time>{at}</time>{html.escape(name)}</li>"


def main():
    status = ask_who()
    if status == 401:
        login = f"{checkin.SITE_URL}/cgi-bin/login.cgi?next={os.environ.get('SCRIPT_NAME', '/')}"
        print(f"Status: 303 See Other\r\nLocation: {login}\r\nCache-Control: no-store\r\n\r\n", end="")
    elif status != 200:
        answer("503 Service Unavailable", "暂时无法显示", "<p>现在无法确认您是否登录，请稍后再试。</p>")
    else:
        rows = [row(*one) for one in checkin.list_of(checkin.open_database(), checkin.day_of(time.time()))]
        body = f"<ol>{''.join(rows)}</ol>" if rows else "<p>今天还没有人签到。</p>"
        answer("200 OK", f"今天的签到（{len(rows)} 人）", body)


main()
