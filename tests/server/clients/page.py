# The pages of clients.t for wsgiref, at /python.
import json
import os
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

sys.dont_write_bytecode = True
sys.path.insert(0, os.environ["CLIENTS"])
from wechat import WechatUnknown, wechat_require, wechat_user  # noqa: E402

SITES = json.loads(os.environ["SITES"])


def answer(start_response, value):
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(value).encode()]


def members(environ, start_response):
    page = environ["PATH_INFO"] + "?" + environ["QUERY_STRING"]
    user = environ["wechat.user"]
    return answer(start_response, {"who": user["sub"], "name": user.get("nickname"), "page": page})


def page(environ, start_response):
    _, _, site, what = environ["PATH_INFO"].split("/", 3)
    if what != "open":
        return wechat_require(members, SITES[site])(environ, start_response)
    try:
        user = wechat_user(environ, SITES[site])
        return answer(start_response, {"who": "nobody" if user is None else user["sub"]})
    except WechatUnknown as unknown:
        return answer(start_response, {"who": "unknown", "why": str(unknown)})


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


make_server("127.0.0.1", int(sys.argv[1]), page, Server, Quiet).serve_forever()
