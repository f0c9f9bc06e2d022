#!/usr/bin/python3
"""The sign-in as a Flask view, run as CGI: make bench compares callback.cgi and validate.cgi with it.

It does the same work in the way usual with Flask: the state in Flask's signed cookie, both calls to WeChat over
one connection, and user and session in a file each, which are synced. It deletes no old files, and does not handle
simultaneous callbacks."""
import hashlib
import http.client
import json
import os
import secrets
import ssl
import time
import urllib.parse
from wsgiref.handlers import CGIHandler

from flask import Flask, abort, jsonify, redirect, request, session, url_for


def read_conf(path):
    with open(path, encoding="utf-8") as lines:
        return dict(line.strip().split(" = ", 1) for line in lines)


conf = read_conf(os.environ["WECHAT_CONF"])
state_dir = os.path.join(os.path.dirname(os.environ["WECHAT_CONF"]), "flask-state")
app = Flask(__name__)
app.secret_key = conf["secret"]


def keep(name, record):
    temporary = os.path.join(state_dir, ".tmp-" + secrets.token_urlsafe())
    with open(temporary, "w", encoding="utf-8") as file:
        json.dump(record, file)
        file.flush()
        os.fsync(file.fileno())
    os.rename(temporary, os.path.join(state_dir, name))
    folder = os.open(state_dir, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def session_file(token):
    return "session-" + hashlib.sha256(token.encode()).hexdigest() + ".json"


def ask(connection, path, **query):
    connection.request("GET", path + "?" + urllib.parse.urlencode(query))
    answer = json.loads(connection.getresponse().read())
    if answer.get("errcode"):
        abort(502)
    return answer


@app.route("/login")
def login():
    session["state"] = secrets.token_hex(32)
    query = urllib.parse.urlencode({
        "appid": conf["appid"], "redirect_uri": conf["site_url"] + url_for("callback"), "response_type": "code",
        "scope": "snsapi_userinfo", "state": session["state"]})
    return redirect(conf["open_url"] + "/connect/oauth2/authorize?" + query + "#wechat_redirect", 303)


@app.route("/callback")
def callback():
    if not secrets.compare_digest(request.args["state"], session.pop("state", "")):
        abort(403)
    api = urllib.parse.urlsplit(conf["api_url"])
    connection = http.client.HTTPSConnection(
        api.hostname, api.port, timeout=8, context=ssl.create_default_context(cafile=conf["ca_file"]))
    grant = ask(connection, "/sns/oauth2/access_token", appid=conf["appid"], secret=conf["secret"],
                code=request.args["code"], grant_type="authorization_code")
    profile = ask(connection, "/sns/userinfo", access_token=grant["access_token"], openid=grant["openid"], lang="zh_CN")
    if profile["openid"] != grant["openid"]:
        abort(502)
    token = secrets.token_urlsafe()
    keep("user-" + grant["openid"] + ".json", profile)
    keep(session_file(token), {"openid": grant["openid"], "expires": time.time() + 604800, "grant": grant})
    answer = redirect(conf["site_url"] + "/", 303)
    answer.set_cookie("flask_session", token, max_age=604800, httponly=True, samesite="Lax")
    return answer


@app.route("/validate")
def validate():
    try:
        with open(os.path.join(state_dir, session_file(request.cookies["flask_session"])), encoding="utf-8") as file:
            record = json.load(file)
        with open(os.path.join(state_dir, "user-" + record["openid"] + ".json"), encoding="utf-8") as file:
            user = json.load(file)
    except (KeyError, FileNotFoundError):
        return jsonify(active=False), 401
    if record["expires"] < time.time():
        return jsonify(active=False), 401
    return jsonify(active=True, sub=record["openid"], nickname=user["nickname"])


CGIHandler().run(app)
