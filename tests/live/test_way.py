"""Servers behind proxies (--proxy): the same facts, the proxy's word told apart from the server's."""
import json
import os
import socket
import tempfile

import audit
import live
import preamble
import servers
import way
import web
from pki import HOST

NGINX = "ssl_certificate %s; ssl_certificate_key %s; ssl_protocols TLSv1.2 TLSv1.3;"
SCHEMES = ("socks5h", "http", "socks5")
FACTS = ("facts.protocols", "facts.suites", "facts.groups", "facts.deployments", "grade_trust_ignored")


def nginx(c):
    leaf = c.pki.leaf("rsa")
    return servers.nginx(c.work, NGINX % (leaf.chain, leaf.key))


def through(proxy, *args, login="", offline=True):
    return audit.run_command([audit.PROGRAM, "--format", "json", "--proxy", proxy.url(login),
                              *(["--offline"] * offline), *args])


def same_facts(c):
    """Names that only the proxy knows; addresses; what is found is what is found without it."""
    with nginx(c) as s:
        plain = audit.run(s.port)
        for scheme in SCHEMES:
            with way.Proxy(scheme, names={HOST: s.port}) as p:
                direct = ["--connect", "127.0.0.1:%d" % s.port] if scheme == "socks5" else []
                a = through(p, *direct, "%s:%d" % (HOST, s.port))
                c.fact(a, "status", "ok")
                c.fact(a, "target.host", HOST)
                c.fact(a, "target.address", "127.0.0.1" if direct else None)
                for path in FACTS:
                    c.fact(a, path, plain.at(path))
                c.equal(scheme + ": asked for", set(p.asked),
                        {("127.0.0.1" if direct else HOST, s.port)})
                c.equal(scheme + ": connections", p.connections, a.at("connections"))
                a = through(p, "--only", "protocols", "127.0.0.1:%d" % s.port)
                c.fact(a, "status", "ok")
                c.fact(a, "target.address", "127.0.0.1")
                c.equal(scheme + ": an address", p.asked[-1], ("127.0.0.1", s.port))


def logins(c):
    with nginx(c) as s:
        for scheme in SCHEMES:
            with way.Proxy(scheme, {HOST: s.port}, login=("me", "s:cret")) as p:
                target = ("--only", "protocols", "127.0.0.1:%d" % s.port)
                c.fact(through(p, *target, login="me:s%3Acret@"), "status", "ok")
                for login in ("me:wrong@", ""):
                    a = through(p, *target, login=login)
                    c.fact(a, "status", "unreachable")
                    c.true("it says why", a.at("status_detail").startswith("the proxy"), a.at("status_detail"))
                    c.true("and no password", "wrong" not in a.stdout.decode() + a.stderr, a.stderr)
                    c.equal("exit status", a.exit, audit.EXIT_NOT_ASSESSED)


def starttls(c):
    """The server's greeting may come with the proxy's go-ahead, or after it."""
    with nginx(c) as tls:
        for proto in ("smtp", "imap", "mysql", "postgres", "xmpp"):
            with preamble.Server(preamble.TALKS[proto], tls.port) as s:
                for scheme in SCHEMES:
                    for hasty in (False, True) if proto in ("smtp", "imap", "mysql") else (False,):
                        with way.Proxy(scheme, hasty=hasty) as p:
                            a = through(p, "--only", "protocols", "--starttls", proto,
                                        "127.0.0.1:%d" % s.port)
                            c.fact(a, "status", "ok")
                            c.fact(a, "facts.protocols.tls1_3", "yes")
                            c.fact(a, "facts.audit.starttls_injected", "no")


def hold(s):
    s.recv(4096)
    s.settimeout(60)
    try:
        s.recv(4096)
    except socket.timeout:
        pass


def endless(s):
    s.recv(4096)
    s.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        s.sendall(b"X-More: " + b"y" * 4000 + b"\r\n")


def reset(s):
    s.recv(4096)  # a reset before it would be one of the connection
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def wrong_ones(c):
    """Whatever a proxy does: unreachable, in its words, and not one fact about the server."""
    cases = {
        "closes": ("http", b"", "the proxy gave no whole answer to CONNECT"),
        "closes after half": ("socks5h", b"\5", "the proxy gave no answer"),
        "resets": ("socks5h", reset, "the proxy gave no answer"),
        "is a web server": ("socks5h", b"HTTP/1.1 400 Bad Request\r\n\r\n", "does not speak SOCKS 5"),
        "is a mail server": ("http", b"220 mx.example\r\n", "does not speak HTTP: 220 mx.example"),
        "is silent": ("http", hold, "the proxy gave no whole answer to CONNECT"),
        "is endless": ("http", endless, "more than 16 KiB"),
        "speaks TLS": ("http", b"\x15\3\1\0\2\2\50", "does not speak HTTP"),
        "has no connection": ("socks5h", b"\5\0\5\3\0\1\0\0\0\0\0\0", "network unreachable"),
        "forbids it": ("http", b"HTTP/1.1 403 \x1b[2JNo\r\n\r\n", "the proxy says: HTTP status 403"),
        "chooses what was not offered": ("socks5h", b"\5\2", "the proxy wants a login"),
    }
    for name, (scheme, reply, words) in cases.items():
        with way.Wrong(scheme, reply) as p:
            a = through(p, "--only", "protocols,cipher_suites", HOST + ":443")
            c.equal(name + ": status", a.at("status"), "unreachable")
            c.true(name + ": said why", words in a.at("status_detail") and
                   a.at("status_detail").startswith("the proxy"), a.at("status_detail"))
            for version in ("ssl2", "ssl3", "tls1_0", "tls1_2", "tls1_3"):
                c.fact(a, "facts.protocols." + version, "unknown")
            c.fact(a, "grade", None)
            c.true(name + ": no control bytes", b"\x1b" not in a.stdout, a.stdout[-300:])
            c.equal(name + ": exit status", a.exit, audit.EXIT_NOT_ASSESSED)


class Fleeting(way.Proxy):
    """Good for so many connections; then it says that nothing works."""

    def __init__(self, scheme, good):
        super().__init__(scheme)
        self.good = good

    def connect(self, host, port):
        if self.connections > self.good:
            raise way.Refused(1, "500 Out of order")
        return super().connect(host, port)


def fails_half_way(c):
    """What the server has said stays; what the proxy kept from it is unknown, and no "no"."""
    with nginx(c) as s:
        for scheme in SCHEMES:
            with Fleeting(scheme, 3) as p:
                a = through(p, "--only", "protocols,cipher_suites", "--parallel", "1",
                            "127.0.0.1:%d" % s.port)
                c.fact(a, "status", "partial")
                told = a.at("facts.protocols")
                c.true("no wrong no", all(told[v] in ("yes", "unknown") for v in ("tls1_2", "tls1_3")), told)
                reasons = [v for k, v in told.items() if k.endswith("_reason") or k.endswith("_note")]
                c.true("some are unknown", "unknown" in told.values(), told)
                c.true("the proxy is named", "the proxy" in json.dumps(a.json), reasons)


def no_proxy_there(c):
    free = servers.free_port()
    a = audit.run_command([audit.PROGRAM, "--format", "json", "--proxy", "socks5://127.0.0.1:%d" % free,
                           "--only", "protocols", "127.0.0.1:443"])
    c.fact(a, "status", "unreachable")
    c.fact(a, "status_detail", "the proxy refuses the connection")
    a = audit.run_command([audit.PROGRAM, "--proxy", "http://no-such-proxy.invalid:1", "--resolver",
                           "127.0.0.1:%d" % free, "127.0.0.1:443"])
    c.true("a proxy without an address", "the proxy no-such-proxy.invalid" in a.stderr, a.stderr)
    c.equal("exit status", a.exit, audit.EXIT_NOT_ASSESSED)
    for args in (["--proxy", "gopher://x:1"], ["--proxy", "socks5h://127.0.0.1:1", "-4"],
                 ["--proxy", "http://127.0.0.1:1", "--mx", "example.org"]):
        a = audit.run_command([audit.PROGRAM, *args, "127.0.0.1:443"])
        c.equal("exit status of %r" % args, a.exit, audit.EXIT_USAGE)


def lists(c):
    """A list of names that the proxy alone can look up; what is excluded is not asked for."""
    with nginx(c) as s:
        names = {"a%d.live.example" % i: s.port for i in range(6)}
        path = os.path.join(c.work, "list")
        with open(path, "w") as f:
            f.write("\n".join([n for n in names] + ["nowhere.live.example", "127.0.0.9:1"]) + "\n")
        exclude = os.path.join(c.work, "exclude")
        with open(exclude, "w") as f:
            f.write("domain:a3.live.example\n127.0.0.9\n")
        for scheme in ("socks5h", "http"):
            for workers in ("1", "2"):
                with way.Proxy(scheme, names) as p:
                    a = audit.run_command([audit.PROGRAM, "--proxy", p.url(), "--list", path,
                                           "--only", "protocols", "-j", workers, "--host-rate", "0",
                                           "--rate", "0", "--no-default-exclude", "--exclude", exclude])
                got = {o["target"]["host"]: o for o in map(json.loads, a.stdout.decode().splitlines())}
                c.equal("statuses", {k: o["status"] for k, o in got.items()},
                        dict({n: "ok" for n in names}, **{"a3.live.example": "blocked",
                             "nowhere.live.example": "unreachable", "127.0.0.9": "blocked"}))
                c.true("excluded ones are not asked for", not {"a3.live.example", "127.0.0.9"} &
                       {host for host, _ in p.asked}, p.asked)
                c.true("what cannot hold is said", "excluded addresses" in a.stderr, a.stderr)


def third_parties(c):
    """What certificates name is fetched through the proxy, and DNS is left alone where it knows."""
    with web.Site() as site, tempfile.TemporaryDirectory() as cache:
        names = {"aia.live.example": site.port, "10.9.8.7": 1}
        leaf = c.pki.leaf("proxied", more=site.extensions(aia="http://aia.live.example/i.cer",
                                                          crl="http://10.9.8.7/all.crl"))
        site.pages["/i.cer"] = web.page(c.pki.inter.der())
        with servers.nginx(c.work, NGINX % (leaf.cert, leaf.key)) as s:
            for scheme in ("socks5h", "http"):
                with way.Proxy(scheme, dict(names, **{HOST: s.port})) as p:
                    before = len(site.asked)
                    a = audit.run_command(
                        [audit.PROGRAM, "--format", "json", "--proxy", p.url(), "--no-cache", "--only",
                         "certificates,evidence,lookups,dns", "%s:%d" % (HOST, s.port)],
                        env={"XDG_CACHE_HOME": cache, "http_proxy": "http://127.0.0.1:9",
                             "no_proxy": "*"})
                    c.fact(a, "status", "ok")
                    c.true(scheme + ": the issuer came through it", len(site.asked) > before, site.asked)
                    c.true(scheme + ": by name", ("aia.live.example", 80) in p.asked, p.asked)
                    c.true(scheme + ": no stranger's private address",
                           "10.9.8.7" not in [h for h, _ in p.asked], p.asked)
                    c.true(scheme + ": DNS is not asked", "the proxy looks names up" in a.stdout.decode(),
                           a.at("facts").get("dns"))


if __name__ == "__main__":
    live.main(same_facts, logins, starttls, wrong_ones, fails_half_way, no_proxy_there, lists, third_parties)
