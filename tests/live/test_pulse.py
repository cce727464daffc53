"""tlsaudit-pulse: numbers of a scan of real servers, and every format read by readers not ours.

Servers on loopback are scanned as a list; one has a certificate whose subject holds quotes, markup,
control bytes, a bidi override and the beginning of a formula.
"""
import csv
import io
import json
import os
import re
import shutil
import sqlite3
import subprocess

import audit
import browser
import live
import schema
import servers
import test_formats
import test_page

PROGRAM = audit.PROGRAM + "-pulse"
SCHEMA = os.path.join(os.path.dirname(schema.PATH), "tlsaudit-pulse-1.json")
GOLDEN = os.path.join(live.HERE, "..", "golden", "pulse")
TABLES = ("shares", "owners", "weak-keys", "trust-gaps", "own-missing")


def pulse(*options, stdin=None):
    return subprocess.run([PROGRAM, *options], input=stdin, capture_output=True, timeout=120,
                          env=dict(os.environ, NO_COLOR="1", TERM="dumb"))


def scan(c):
    """Three servers and a closed port as JSON lines, in a file; the third has a hostile chain."""
    rsa, ec = c.pki.leaf("rsa"), c.pki.leaf("ec", "EC:P-256")
    evil = c.pki.leaf("evil", organisation=test_formats.EVIL)
    path = os.path.join(c.work, "scan.jsonl")
    with open(path, "wb") as out:
        for leaf, more in ((rsa, "ssl_protocols TLSv1 TLSv1.2; ssl_ciphers ALL:@SECLEVEL=0;"),
                           (ec, "ssl_protocols TLSv1.2 TLSv1.3;"),
                           (evil, "ssl_protocols TLSv1.2;")):
            with servers.nginx(c.work, "ssl_certificate %s; ssl_certificate_key %s; %s"
                               % (leaf.chain, leaf.key, more)) as s:
                lst = servers.write(c.work, "list", "127.0.0.1:%d\n" % s.port)
                out.write(subprocess.run(
                    [audit.PROGRAM, "--list", lst, "--no-default-exclude", "--rate", "0",
                     "--host-rate", "0", "--progress", "never", "--profile", "full"],
                    capture_output=True, timeout=120).stdout)
        out.write(audit.run(servers.free_port()).stdout)
    return path


def classes(report, name):
    s, = [s for s in report["series"] if s["id"] == name]
    return {x["class"]: x["count"] for x in s["classes"]}


def numbers(c, path):
    done = pulse("-f", "json", path)
    c.equal("exit status: %s" % done.stderr, done.returncode, 0)
    r = json.loads(done.stdout)
    c.equal("hosts", r["population"]["hosts"], 4)
    c.equal("assessed", r["population"]["hosts_assessed"], 3)
    c.equal("certificates", r["population"]["certificates"], 3)
    c.equal("TLS 1.0", classes(r, "tls1_0"), {"yes": 1, "no": 2, "unknown": 0})
    c.equal("TLS 1.3", classes(r, "tls1_3"), {"yes": 1, "no": 2, "unknown": 0})
    c.equal("trusted", classes(r, "trusted"), {"yes": 0, "no": 3, "unknown": 0})
    c.equal("keys", (classes(r, "key")["RSA 2048"], classes(r, "key")["EC 256"]), (2, 1))
    c.equal("status", (classes(r, "status")["ok"], classes(r, "status")["refused"]), (3, 1))
    c.equal("grades are those of the records", sum(classes(r, "grade").values()), 3)
    c.equal("nobody's", r["certificate_authorities"]["owners"], [])
    return r


def ways(c, path):
    """A pipe, Zstandard, a database: the same numbers."""
    want = pulse("-f", "json", path).stdout
    with open(path, "rb") as f:
        data = f.read()
    c.equal("by pipe", pulse("-f", "json", "-", stdin=data).stdout, want)
    c.equal("in pieces", pulse("-f", "json", "-", "/dev/null", stdin=data).stdout, want)
    if shutil.which("zstd"):
        subprocess.run(["zstd", "-q", "-k", path], check=True)
        c.equal("Zstandard", pulse("-f", "json", path + ".zst").stdout, want)
    db = os.path.join(c.work, "pulse.db")
    c.equal("with a database", pulse("-f", "json", "--db", db, path).stdout, want)
    c.equal("from a database", pulse("-f", "json", "--db", db).stdout, want)
    c.equal("from a database, by name", pulse("-f", "json", db).stdout, want)
    with sqlite3.connect(db) as s:
        c.equal("the database can be asked", s.execute(
            "SELECT count(*) FROM endpoint WHERE tls1_0 = 'yes'").fetchone(), (1,))
    same = json.loads(pulse("-f", "json", "--compare", db, path).stdout)
    moves = same["compared_with"]
    c.equal("compared with itself", (moves["same"], moves["new"]), (3, 0))
    torn = pulse("-f", "json", "-", stdin=data[:-30] + b"\n{}\n")
    bad = json.loads(torn.stdout)["population"]["bad_lines"]
    c.equal("torn lines", (torn.returncode, bad), (4, 2))
    c.true("are named", b"standard input:4:" in torn.stderr, torn.stderr)


def usage(c, path):
    for wrong in ((), ("--format", "xml", path), ("--top", "0", path), ("--top", "x", path),
                  ("--table", "none", path), ("--strange", path)):
        c.equal("usage: %r" % (wrong,), pulse(*wrong).returncode, 2)
    for wrong in (("/nowhere",), ("--own", "/nowhere", path), ("--compare", "/nowhere", path),
                  ("--db", "/nowhere/x.db", path), ("--db", path, path), ("--db", path)):
        done = pulse(*wrong)
        c.equal("trouble: %r" % (wrong,), (done.returncode, bool(done.stderr)), (4, True))
    with open(path, "rb") as f:
        c.true("a file of somebody's is left as it is", f.read(1) == b"{")
    c.equal("help", pulse("--help").returncode, 0)


def valid(c, path):
    """JSON by its schema, CSV by a round trip, everything without control characters."""
    own = servers.write(c.work, "own", "127.0.0.1\n.example\n=cmd|' /C calc'!A0\n")
    more = ("--own", own, "--compare", path)
    v = schema.validator(SCHEMA)
    for options in ((), more):
        r = json.loads(pulse("-f", "json", *options, path).stdout)
        c.equal("schema", schema.wrong(v, r), [])
        for s in r["series"]:
            c.equal("%s: the classes are the whole" % s["id"],
                    sum(x["count"] for x in s["classes"]), s["of"])
        r["strange"] = 1
        c.true("the schema is strict", schema.wrong(v, r))
    for table in TABLES:
        text = pulse("-f", "csv", "--table", table, *more, path).stdout.decode()
        rows = list(csv.reader(io.StringIO(text, newline="")))
        c.equal(table + ": lines end in CR LF", text.count("\r\n"), len(rows))
        c.equal(table + ": columns", len(set(map(len, rows))), 1)
        again = io.StringIO(newline="")
        csv.writer(again).writerows(rows)
        again = csv.reader(io.StringIO(again.getvalue(), newline=""))
        c.equal(table + ": round trip", list(again), rows)
        for row in rows:
            for cell in row:
                c.true(table + ": no formula", cell[:1] not in ("=", "+", "@", "\t"), cell)
    for name in ("text", "html", "json", "csv"):
        text = pulse("-f", name, *more, path).stdout.decode()
        if name == "html":
            text = re.sub("<style>.*</style>", "", text, flags=re.S)
        c.true(name + ": no control character", not test_formats.BAD.search(
            text.replace("\t", "").replace("\r", "")), name)


def page(c, path):
    text = pulse("-f", "html", path).stdout.decode()
    test_formats.whole_page(c, text)


def everything(c):
    path = scan(c)
    for check in (numbers, ways, usage, valid, page):
        try:
            check(c, path)
        except (KeyError, ValueError, IndexError, AttributeError) as e:
            c.fail("%s: %r" % (check.__name__, e))


def in_a_browser(c):
    """The page of a population with everything in it, as the page of one host is looked at."""
    own = servers.write(c.work, "own", ".example.com\nnot.example\n")
    page = os.path.join(c.work, "pulse.html")
    done = pulse("-f", "html", "-o", page, "--own", own, "--compare",
                 os.path.join(GOLDEN, "before.jsonl"), os.path.join(GOLDEN, "scan.jsonl"))
    c.equal("two lines of it are no reports: %s" % done.stderr, done.returncode, 4)
    check, url = test_page.script("a11y.js"), "file://" + page
    with browser.Browser(c.work) as b:
        test_page.every_way(c, b, "pulse", url, check)
        test_page.axe(c, b, "pulse", url)
        test_page.on_paper(c, b, "pulse", url, check)


if __name__ == "__main__":
    live.main(everything, in_a_browser)
