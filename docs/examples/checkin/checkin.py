"""签到：谁在哪一天签到过。Who checked in on which day; shared by handler, today.cgi and draw."""
import hashlib
import json
import os
import re
import sqlite3
from datetime import date, datetime, timedelta, timezone

HERE = os.path.dirname(os.path.realpath(__file__))

# 设置 Settings
SITE_URL = "https://www.example.com"
STATE_DIR = os.path.join(HERE, "..", "wechat-state")  # state_dir of wechat.conf
DATA_DIR = os.path.join(HERE, "data")

BEIJING = timezone(timedelta(hours=8))


def day_of(seconds):
    return datetime.fromtimestamp(int(seconds), BEIJING).date().isoformat()


def open_database():
    os.makedirs(DATA_DIR, mode=0o700, exist_ok=True)
    database = sqlite3.connect(os.path.join(DATA_DIR, "checkin.db"), timeout=3)
    # The key makes "once a day" true also for pushes that come at the same moment.
    database.execute(
        "CREATE TABLE IF NOT EXISTS checkin"
        " (openid TEXT, day TEXT, time INTEGER, PRIMARY KEY (openid, day)) WITHOUT ROWID"
    )
    return database


def check_in(database, openid, seconds):
    """Is it the first time on that day?"""
    with database:
        added = database.execute(
            "INSERT OR IGNORE INTO checkin VALUES (?, ?, ?)", (openid, day_of(seconds), int(seconds))
        )
    return added.rowcount == 1


def figures(database, openid, day):
    """How many days in all, and how many in a row up to day."""
    days = {row[0] for row in database.execute("SELECT day FROM checkin WHERE openid = ?", (openid,))}
    streak, current = 0, date.fromisoformat(day)
    while current.isoformat() in days:
        streak += 1
        current -= timedelta(days=1)
    return len(days), streak


def list_of(database, day):
    """(openid, time) in the order of arrival."""
    return database.execute(
        "SELECT openid, time FROM checkin WHERE day = ? ORDER BY time, openid", (day,)
    ).fetchall()


def draw(openids, day, seed, count):
    """count winners. Who they are depends on seed, day and openids alone, not on any order."""
    def rank(openid):
        return hashlib.sha256("\n".join((seed, day, openid)).encode()).hexdigest()

    return sorted(openids, key=rank)[:count]


def nickname(openid):
    """From the user's file, which the kit keeps; "" where it has none."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", openid):
        return ""
    shard = hashlib.sha256(openid.encode()).hexdigest()[:3]
    try:
        with open(os.path.join(STATE_DIR, "users", shard, openid + ".json"), encoding="utf-8") as file:
            return str(json.load(file).get("nickname") or "")
    except (OSError, ValueError, AttributeError):
        return ""
