"""--watch: rounds over a server that changes, fails for a while and comes back as another one.

What clients reach is a relay: the port stays, the server behind it changes.
"""
import json
import os
import signal
import socket
import subprocess
import threading

import audit
import live
import servers

OLD = "ssl_protocols TLSv1 TLSv1.2 TLSv1.3; ssl_ciphers ALL:@SECLEVEL=0;"
NEW = "ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ECDHE+AESGCM;"


class Relay:
    """Passes connections on to `to`, a port, or ends them at once when it is None."""

    def __init__(self):
        self.to = None
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.to), 5) if self.to else None
            except OSError:
                server = None
            if server is None:
                client.close()
                continue
            for a, b in ((client, server), (server, client)):
                threading.Thread(target=self.copy, args=(a, b), daemon=True).start()

    @staticmethod
    def copy(a, b):
        try:
            while data := a.recv(65536):
                b.sendall(data)
            b.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def close(self):
        self.socket.close()


class Watch:
    """A tlsaudit that goes on; lines are read until one says what is waited for."""

    def __init__(self, c, port, *options):
        self.tmp = os.path.join(c.work, "tmp")
        os.makedirs(self.tmp, exist_ok=True)
        self.p = subprocess.Popen(
            [audit.PROGRAM, "--offline", "--watch", "1s", "--only", "protocols,cipher_suites",
             "--connect", "127.0.0.1", *options, "live.example:%d" % port],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=dict(os.environ, TMPDIR=self.tmp, TERM="dumb", NO_COLOR="1"))
        self.seen = []
        self.late = threading.Timer(120, self.p.kill)  # a test that waits for ever fails
        self.late.start()

    def until(self, word):
        for line in self.p.stdout:
            self.seen.append(line)
            if word in line:
                return line
        return ""

    def end(self, number):
        self.p.send_signal(number)
        out, err = self.p.communicate()
        self.late.cancel()
        self.seen += out.splitlines(True)
        return self.p.returncode, err


def changes(c):
    leaf = c.pki.leaf("rsa")
    keys = "ssl_certificate %s; ssl_certificate_key %s;" % (leaf.chain, leaf.key)
    relay = Relay()
    with servers.nginx(c.work, keys + NEW) as new:
        relay.to = new.port
        w = Watch(c, relay.port, "-v")
        c.true("the first round is a line", w.until("live.example").startswith("live.example:"))
        c.true("a round without changes", w.until("nothing changed"))
        relay.to = None
        # closed, or reset when its end comes before the hello was read
        c.true("an outage", "worse" in w.until("status:") and ", was ok" in w.seen[-1], w.seen)
    with servers.nginx(c.work, keys + OLD) as old:
        relay.to = old.port
        c.true("its end", w.until("status: ok"), w.seen)
        c.true("what changed meanwhile", "worse" in w.until("TLS 1.0 is accepted now"), w.seen)
        w.until("nothing changed")
        status, err = w.end(signal.SIGINT)
    relay.close()
    c.equal("worse: exit status, %s" % err, status, audit.EXIT_POLICY)
    c.equal("nothing stays behind", os.listdir(w.tmp), [])


def better(c):
    leaf = c.pki.leaf("rsa")
    keys = "ssl_certificate %s; ssl_certificate_key %s;" % (leaf.chain, leaf.key)
    relay = Relay()
    out = os.path.join(c.work, "changes.jsonl")
    with servers.nginx(c.work, keys + OLD) as old:
        relay.to = old.port
        w = Watch(c, relay.port, "--format", "json")
        first = json.loads(w.until("schema_version"))
        c.equal("JSON: the first report", first["facts"]["protocols"]["tls1_0"], "yes")
    with servers.nginx(c.work, keys + NEW) as new:
        relay.to = new.port
        change = json.loads(w.until('"TLS 1.0 is not accepted any more"'))
        while not any(x["what"] == "protocol" for x in change["changes"]):
            change = json.loads(w.until("changes"))
        c.equal("JSON: whose", change["target"]["port"], relay.port)
        status, err = w.end(signal.SIGTERM)
        # Through a relay the server may have been away for a round, which is worse, then better.
        c.true("better: exit status, %s" % err, status == audit.EXIT_PASS or
               any("was ok" in x for x in w.seen), (status, w.seen))
        quiet = Watch(c, relay.port, "-q", "--output", out)
        while not os.path.exists(out) or not os.path.getsize(out):
            if quiet.p.poll() is not None:
                break
        status, err = quiet.end(signal.SIGHUP)
        c.equal("nothing worse: %s" % err, status, audit.EXIT_PASS)
        with open(out) as f:
            c.true("in the file, at once", f.read().startswith("live.example"))
    relay.close()


def usage(c):
    for options, word in ((("--watch", "1h", "--list", "x"), "--list"),
                          (("--watch", "1h", "--format", "sarif", "a"), "sarif"),
                          (("--watch", "1h", "--chain", "x"), "--chain"),
                          (("--watch", "1h", "--policy", "none", "a"), "none"),
                          (("--watch", "0s", "a"), "0s"), (("--watch", "1", "a"), "'1'"),
                          (("--watch", "400d", "a"), "400d"), (("--watch", "5x", "a"), "5x")):
        done = subprocess.run([audit.PROGRAM, *options], capture_output=True, text=True, timeout=60)
        c.true("usage: %r" % (options,), done.returncode == audit.EXIT_USAGE and
               word in done.stderr, done.stderr)


if __name__ == "__main__":
    live.main(changes, better, usage)
