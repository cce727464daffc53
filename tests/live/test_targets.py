"""What may be named as a target, and how a run ends."""
import json
import os
import socket
import threading

import audit
import dns
import live
import servers
from pki import HOST


def nginx(c):
    leaf = c.pki.leaf("rsa")
    return servers.nginx(c.work, "ssl_certificate %s; ssl_certificate_key %s;"
                         "ssl_protocols TLSv1.2 TLSv1.3;" % (leaf.chain, leaf.key))


def tlsaudit(*args):
    return audit.run_command([audit.PROGRAM, *args])


QUICK = ("--format", "json", "--only", "protocols")


def spellings(c):
    """One server, by all names that it has without DNS."""
    with nginx(c) as s:
        for target in ("127.0.0.1:%d", "https://127.0.0.1:%d", "https://127.0.0.1:%d/",
                       "https://127.0.0.1:%d/a/path?q=1"):
            a = tlsaudit(*QUICK, target % s.port)
            c.fact(a, "status", "ok")
            c.fact(a, "target.host", "127.0.0.1")
            c.fact(a, "target.port", s.port)
            c.fact(a, "target.address", "127.0.0.1")
            c.equal(target + " exit status", a.exit, audit.EXIT_PASS)
        a = tlsaudit(*QUICK, "--connect", "127.0.0.1", "LIVE.example.:%d" % s.port)
        c.fact(a, "status", "ok")
        c.fact(a, "target.address", "127.0.0.1")
        a = tlsaudit(*QUICK, "--connect", "127.0.0.1", "bücher.example:%d" % s.port)
        c.fact(a, "target.host", "xn--bcher-kva.example")


def server_name(c):
    """--sni asks for another name than the target's."""
    one = c.pki.leaf("one")
    two = c.pki.leaf("two", hosts=("other.example",))
    keys = ["ssl_certificate %s; ssl_certificate_key %s;" % (x.chain, x.key) for x in (one, two)]
    with servers.nginx(c.work, keys[0], default=keys[1]) as s:
        for leaf, options in ((one, ()), (two, ("--sni", "other.example"))):
            a = audit.run(s.port, *options)
            c.fact(a, "facts.deployments.0.sni", "yes")
            c.equal("the certificate for " + leaf.name, live.chains(a)[0][0], leaf.sha256())


def two_targets(c):
    """Two lines, and the worse exit status."""
    with nginx(c) as s:
        good = "127.0.0.1:%d" % s.port
        both = tlsaudit(*QUICK, good, good)
        lines = [json.loads(line) for line in both.stdout.decode().splitlines()]
        c.equal("statuses", [o["status"] for o in lines], ["ok", "ok"])
        c.equal("exit status", both.exit, audit.EXIT_PASS)
        mixed = tlsaudit(*QUICK, "127.0.0.1:%d" % servers.free_port(), good)
        lines = [json.loads(line) for line in mixed.stdout.decode().splitlines()]
        c.equal("statuses", sorted(o["status"] for o in lines), ["ok", "refused"])
        c.equal("exit status", mixed.exit, audit.EXIT_NOT_ASSESSED)


def refused(c):
    a = audit.run(servers.free_port())
    c.fact(a, "status", "refused")
    c.fact(a, "grade", None)
    c.equal("exit status", a.exit, audit.EXIT_NOT_ASSESSED)


class Relay:
    """127.0.0.2 on a port, as another way to a server on 127.0.0.1."""

    def __init__(self, port, upstream):
        self.listener = socket.create_server(("127.0.0.2", port))
        self.upstream = upstream

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *exc):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def accept(self):
        while True:
            try:
                near = self.listener.accept()[0]
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.upstream))
            for a, b in ((near, far), (far, near)):
                threading.Thread(target=self.copy, args=(a, b), daemon=True).start()

    @staticmethod
    def copy(a, b):
        try:
            while data := a.recv(65536):
                b.sendall(data)
            b.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def by_address(a):
    records = [json.loads(line) for line in a.stdout.decode().splitlines()]
    return {o["target"]["address"]: o for o in records}


def every_address(c):
    """All addresses of a name are audited, and what they differ in is said."""
    one, two = c.pki.leaf("one"), c.pki.leaf("two")
    keys = "ssl_certificate %s; ssl_certificate_key %s; ssl_protocols %s;"
    first = servers.nginx(c.work, keys % (one.chain, one.key, "TLSv1.2 TLSv1.3"))
    os.mkdir(os.path.join(c.work, "second"))
    second = servers.nginx(os.path.join(c.work, "second"), keys % (two.chain, two.key, "TLSv1.2"))
    both = dns.Server({HOST + ".": dns.addresses("127.0.0.1", "127.0.0.2")})
    with first as a, second as b, both as resolver:
        command = ("--format", "json", "--resolver", resolver.address, "%s:%d" % (HOST, a.port))
        for upstream, differ in ((a, "no"), (b, "yes")):
            with Relay(a.port, upstream.port):
                run = tlsaudit(*command)
                got = by_address(run)
            c.equal("addresses", sorted(got), ["127.0.0.1", "127.0.0.2"])
            c.equal("exit status", run.exit, audit.EXIT_PASS)
            for address, o in got.items():
                told = o["facts"]["audit"]
                c.equal("%s differs" % address, told["addresses_differ"], differ)
                for word in ("TLS 1.3", "RSA certificate") if differ == "yes" else ():
                    c.true("it says " + word, word in told.get("addresses_differ_reason", ""), told)
        run = tlsaudit(*command)        # nobody listens on 127.0.0.2 now
        c.equal("statuses", {k: o["status"] for k, o in by_address(run).items()},
                {"127.0.0.1": "ok", "127.0.0.2": "refused"})
        c.equal("exit status", run.exit, audit.EXIT_NOT_ASSESSED)


def name_refused(c):
    """A server that refuses the name is not assessed, although it answers where none is sent."""
    leaf = c.pki.leaf("rsa")
    with servers.s_server(c.work, "-cert", leaf.cert, "-key", leaf.key, "-cert2", leaf.cert,
                          "-key2", leaf.key, "-servername", "wrong.example", "-servername_fatal") as s:
        a = audit.run(s.port)
        c.fact(a, "status", "tls_alert")
        c.fact(a, "grade", None)
        c.equal("exit status", a.exit, audit.EXIT_NOT_ASSESSED)
        a = audit.run(s.port, "--no-sni", "--only", "protocols")
        c.fact(a, "facts.protocols.tls1_2", "yes")


def nothing_asked(c):
    """What asks others alone says nothing of the server, and one connection not much."""
    with nginx(c) as s:
        a = audit.run(s.port, "--only", "lookups")
        c.fact(a, "connections", 0)
        c.fact(a, "status", "ok")
        c.equal("exit status", a.exit, audit.EXIT_PASS)
        a = audit.run(s.port, "--max-connections", "1")
        c.fact(a, "status", "partial")


def fail_on(c):
    """What nobody asked about fails no gate, and passes none that names it."""
    with nginx(c) as s:
        for condition, want in (("severity:critical", audit.EXIT_PASS),
                                ("severity:high", audit.EXIT_POLICY),
                                ("expiry:3d", audit.EXIT_PASS), ("expiry:300d", audit.EXIT_POLICY),
                                ("rule:tls1_0", audit.EXIT_PASS),
                                ("rule:debian_key", audit.EXIT_NOT_ASSESSED)):
            a = audit.run(s.port, "--fail-on", condition)
            c.equal("exit status with --fail-on " + condition, a.exit, want)


def bad_usage(c):
    """One clear line on standard error, nothing on standard output, exit status 2."""
    for args in ([], ["--no-such-option", HOST], ["--only", "no_such_probe", HOST],
                 ["--timeout", "soon", HOST], ["--format", "carrier-pigeon", HOST],
                 ["--fail-on", "grade:Z", HOST], ["--store", "no-equals-sign", HOST],
                 ["--store", "x=/no/such/file", HOST], ["--connect", "not an address", HOST],
                 ["host:0"], ["host:65536"], ["host:https"], ["[::1"], ["https://"], [""],
                 ["a..b"], ["x" * 64 + ".example"], ["bad\x1b[2Jname"]):
        a = tlsaudit(*args)
        c.equal("exit status of %r" % args, a.exit, audit.EXIT_USAGE)
        c.equal("lines of %r" % args, len(a.stderr.splitlines()), 1)
        c.true("standard output of %r" % args, not a.stdout, a.stdout)
        c.true("who says it, for %r" % args, a.stderr.startswith("tlsaudit: "), a.stderr)
        c.true("no control bytes for %r" % args, "\x1b" not in a.stderr, a.stderr)


def information(c):
    """What is asked of the program itself: standard output, exit status 0."""
    for option, word in (("--help", "--timeout"), ("--version", "tlsaudit"),
                         ("--list-probes", "cipher_suites"),
                         ("--list-facts", "protocols.tls1_2")):
        a = tlsaudit(option)
        c.equal("exit status of " + option, a.exit, 0)
        c.true("%s says %s" % (option, word), word in a.stdout.decode(), a.stdout[:200])
        c.equal("standard error of " + option, a.stderr, "")


def closed_pipe(c):
    """`tlsaudit --list-facts | head -1` is no crash."""
    done = audit.run_command(["sh", "-c", '"$0" --list-facts | head -n 1', audit.PROGRAM])
    c.equal("standard error", done.stderr, "")


if __name__ == "__main__":
    live.main(spellings, server_name, two_targets, refused, name_refused, nothing_asked, fail_on,
              every_address, bad_usage, information, closed_pipe)
