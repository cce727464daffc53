"""Scans of lists for tests: nginx on every address of 127.0.0.0/8, hostile servers, counting records."""
import collections
import json
import os
import subprocess
import sys
import time

import audit
import live
import servers

LOOPBACK = ["--no-default-exclude", "--rate", "0", "--host-rate", "0", "--progress", "never"]
SECONDS = 300
PATIENCE = 60                   # seconds until something that must happen has happened


def everywhere(c, leaf=None):
    """nginx on all loopback addresses, with one certificate."""
    rsa = leaf or c.pki.leaf("rsa")
    exe = servers.program("nginx", "nginx")

    def command(port):
        path = servers.write(c.work, "nginx.conf", """daemon off; master_process off;
pid %(work)s/nginx.pid; error_log %(work)s/nginx.err warn;
events { worker_connections 4096; }
http {
	access_log off;
	client_body_temp_path %(work)s/t1; proxy_temp_path %(work)s/t2;
	fastcgi_temp_path %(work)s/t3; uwsgi_temp_path %(work)s/t4; scgi_temp_path %(work)s/t5;
	server { listen 0.0.0.0:%(port)d ssl backlog=4096; ssl_protocols TLSv1.2 TLSv1.3;
		ssl_certificate %(chain)s; ssl_certificate_key %(key)s; }
}
""" % {"work": c.work, "port": port, "chain": rsa.chain, "key": rsa.key})
        return [exe, "-p", c.work, "-c", path, "-e", c.work + "/nginx.err"]
    return servers.Server("nginx", c.work, command)


class Rogues:
    """hostile.py as a process; ports by name."""

    def __init__(self, c, upstream):
        self.der = os.path.join(c.work, "leaf.der")
        self.upstream = upstream
        with open(self.der, "wb") as f:
            f.write(c.pki.leaf("rsa").der())

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(live.HERE, "hostile.py"), "--cert", self.der,
             "--upstream", str(self.upstream)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.ports = json.loads(self.process.stdout.readline())
        return self

    def __exit__(self, *exc):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(10)


def write_list(c, name, lines):
    return servers.write(c.work, name, "".join(line + "\n" for line in lines))


def addresses(n, port, net="127.1"):
    return ["%s.%d.%d:%d" % (net, i // 250, i % 250 + 1, port) for i in range(n)]


def argv(list_path, *options):
    return [audit.PROGRAM, "--list", list_path] + LOOPBACK + list(options)


def scan(list_path, *options, stdin=None):
    return subprocess.run(argv(list_path, *options), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          input=stdin, timeout=SECONDS)


def read(path):
    with open(path, "rb") as f:
        data = f.read()
    return [json.loads(line) for line in data.splitlines()], data


def each_once(c, what, records, seqs):
    """Every target's records are all there, once, in a row."""
    count = collections.Counter(r["list"]["seq"] for r in records if r["list"]["record"] == 1)
    twice = sorted(s for s, n in count.items() if n > 1)
    c.equal(what + ": twice", twice, [])
    c.equal(what + ": missing", sorted(set(seqs) - set(count)), [])
    c.equal(what + ": strange", sorted(set(count) - set(seqs)), [])
    for r, after in zip(records, records[1:] + [None]):
        if r["list"]["record"] < r["list"]["records"]:
            c.true(what + ": records of a target in a row", after is not None and
                   after["list"]["seq"] == r["list"]["seq"] and
                   after["list"]["record"] == r["list"]["record"] + 1)


def wait_for(what, happened):
    end = time.monotonic() + PATIENCE
    while not happened():
        if time.monotonic() > end:
            raise audit.Missing("it never happened: " + what)
        time.sleep(0.02)


def n_lines(path):
    try:
        with open(path, "rb") as f:
            return f.read().count(b"\n")
    except FileNotFoundError:
        return 0


def workers_of(pid):
    with open("/proc/%d/task/%d/children" % (pid, pid), encoding="ascii") as f:
        return [int(p) for p in f.read().split()]
