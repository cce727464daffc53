"""Names to addresses, with a DNS server that answers rightly, wrongly or not at all."""
import ipaddress
import json
import os
import subprocess
import tempfile
import time

import audit
import dns
import live
import servers

LOOKUP = os.path.join(os.environ.get("top_builddir", "build"), "tests/live/lookup")
LOOPBACK = dns.addresses("127.0.0.1")


class Line:
    """What tests/live/lookup prints of one name."""

    def __init__(self, text):
        head, _, detail = text.partition(" [")
        self.name, self.status, n, *self.addresses = head.split()
        self.capped = n.endswith("+")
        self.detail = detail.rstrip("]")
        assert int(n.rstrip("+")) == len(self.addresses)


def look_up(server, *names, options=(), seconds=30):
    """{name: Line}, and the number of lines."""
    where = ("-r", server.address) if server else ()
    done = subprocess.run([LOOKUP, *where, *options, *names], stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=seconds)
    if done.returncode:
        raise AssertionError("lookup exits %d: %s" % (done.returncode, done.stderr.decode()))
    lines = [Line(text) for text in done.stdout.decode().splitlines()]
    return {line.name: line for line in lines}, len(lines)


def expect(c, zone, status, addresses=(), capped=False, options=(), tcp=True, detail=""):
    """What "www.dns.test" comes to in this zone."""
    with dns.Server(zone, tcp) as s:
        got, n = look_up(s, "www.dns.test", options=options)
        c.equal("results", n, 1)
        line = got["www.dns.test"]
        c.equal("status", line.status, status)
        c.equal("addresses", line.addresses, list(addresses))
        c.equal("capped", line.capped, capped)
        c.true("a reason, unless it is ok", bool(line.detail) == (status != "ok"), line.detail)
        c.true("the reason says " + repr(detail), detail in line.detail, line.detail)
        return s.questions


def www(answer, **more):
    return {"www.dns.test.": answer, **{k.replace("_", "."): v for k, v in more.items()}}


def found(c):
    both = dns.addresses("192.0.2.1", "2001:db8::1")
    expect(c, www(both), "ok", ["192.0.2.1", "2001:db8::1"])
    expect(c, www(both), "ok", ["192.0.2.1"], options=["-4"])
    expect(c, www(both), "ok", ["2001:db8::1"], options=["-6"])
    expect(c, www(dns.addresses("192.0.2.1")), "ok", ["192.0.2.1"])
    expect(c, www(dns.addresses("2001:db8::1")), "ok", ["2001:db8::1"])
    # Sorted, and each once.
    expect(c, www(dns.addresses("192.0.2.10", "192.0.2.9", "192.0.2.10")), "ok",
           ["192.0.2.9", "192.0.2.10"])


def one_kind_fails(c):
    """What is known of one kind of addresses is not lost with the other."""
    for bad, status in ((dns.code(dns.SERVFAIL), "servfail"), (dns.code(dns.REFUSED), "refused"),
                        (dns.silence, "timeout")):
        def answer(q, bad=bad):
            return bad(q) if q.type == dns.AAAA else dns.addresses("192.0.2.1")(q)
        expect(c, www(answer), "ok", ["192.0.2.1"], options=["-t", "2000"])
        expect(c, www(answer), status, options=["-6", "-t", "2000"])


def aliases(c):
    zone = {"www.dns.test.": dns.alias("a.dns.test."), "a.dns.test.": dns.alias("b.dns.test."),
            "b.dns.test.": dns.addresses("192.0.2.7")}
    expect(c, zone, "ok", ["192.0.2.7"])
    rest = [dns.cname("a.dns.test.", "b.dns.test."), dns.address_rr("b.dns.test.", "192.0.2.7")]
    zone["www.dns.test."] = dns.alias("a.dns.test.", *rest)
    expect(c, zone, "ok", ["192.0.2.7"], options=["-4"])
    # A record of another name is no answer, and no alias leads to it.
    expect(c, www(lambda q: dns.message(q, [dns.address_rr("evil.test.", "192.0.2.66")])),
           "nodata", options=["-4"])


def chain_of(n):
    """www -> c1 -> ... -> cn, one link an answer, the last with an address."""
    zone = {"c%d.dns.test." % i: dns.alias("c%d.dns.test." % (i + 1)) for i in range(1, n)}
    zone["c%d.dns.test." % n] = dns.addresses("192.0.2.7")
    zone["www.dns.test."] = dns.alias("c1.dns.test.")
    return zone


def whole_chain_of(n):
    """The same in one answer, as servers do that follow aliases."""
    zone = chain_of(n)
    links = [dns.cname("c%d.dns.test." % i, "c%d.dns.test." % (i + 1)) for i in range(1, n)]
    zone["www.dns.test."] = dns.alias("c1.dns.test.", *links,
                                      dns.address_rr("c%d.dns.test." % n, "192.0.2.7"))
    return zone


def long_chains(c):
    for n in (8, 16):
        expect(c, chain_of(n), "ok", ["192.0.2.7"], options=["-4"])
        expect(c, whole_chain_of(n), "ok", ["192.0.2.7"], options=["-4"])
    for zone in (chain_of(17), whole_chain_of(17), chain_of(40), whole_chain_of(40)):
        expect(c, zone, "loop", options=["-4"])


def circles(c):
    expect(c, www(dns.alias("www.dns.test.")), "loop")
    zone = {"www.dns.test.": dns.alias("a.dns.test."), "a.dns.test.": dns.alias("www.dns.test.")}
    expect(c, zone, "loop")
    zone["www.dns.test."] = dns.alias("a.dns.test.", dns.cname("a.dns.test.", "www.dns.test."))
    expect(c, zone, "loop")


def absent(c):
    expect(c, {}, "nxdomain")
    expect(c, www(dns.nodata), "nodata", detail="no IPv")
    expect(c, www(dns.addresses("192.0.2.1")), "nodata", options=["-6"], detail="no IPv6")
    expect(c, www(dns.alias("gone.dns.test.")), "nxdomain")


def failing(c):
    expect(c, www(dns.code(dns.SERVFAIL)), "servfail", detail="SERVFAIL")
    expect(c, www(dns.code(dns.REFUSED)), "refused", detail="refuses")
    expect(c, www(dns.code(dns.NOTIMP)), "servfail", detail="NOTIMP")
    # The server cannot say it all, and TCP is closed.
    expect(c, www(lambda q: dns.message(q, flags=0x8380)), "servfail", options=["-4"], tcp=False,
           detail="datagram")
    many = ["192.0.2.%d" % i for i in range(200)]
    expect(c, www(dns.addresses(*many)), "ok", many[:32], capped=True, options=["-4"], tcp=False)


def silent(c):
    """Our own clock ends it, whatever libunbound still tries."""
    start = time.monotonic()
    expect(c, www(dns.silence), "timeout", options=["-t", "1500"], detail="does not answer")
    c.true("long before libunbound gives up", time.monotonic() - start < 15)


def nobody(c):
    """A port on which nothing listens."""
    with dns.Server({}) as s:
        pass
    got, _ = look_up(s, "www.dns.test", options=["-t", "4000"])
    c.equal("status", got["www.dns.test"].status, "timeout")


def truncated(c):
    some = ["192.0.2.%d" % i for i in range(1, 31)]
    asked = expect(c, www(dns.addresses(*some * 3)), "ok",
                   sorted(some, key=ipaddress.ip_address), options=["-4"])
    c.true("asked over TCP", any(tcp for _, _, tcp in asked), asked)
    thousand = [str(ipaddress.ip_address("10.0.0.0") + i) for i in range(1000)]
    expect(c, www(dns.addresses(*reversed(thousand))), "ok", thousand[:32], capped=True)
    # Each kind keeps a share.
    six = [str(ipaddress.ip_address("2001:db8::") + i) for i in range(1000)]
    expect(c, www(dns.addresses(*thousand, *six)), "ok", thousand[:16] + six[:16], capped=True)
    expect(c, www(dns.addresses(*thousand, *six[:2])), "ok", thousand[:30] + six[:2], capped=True)
    expect(c, www(dns.addresses(*thousand[:32])), "ok", thousand[:32], options=["-4"])


def malformed(c):
    def bytes_of(f):
        return www(lambda q: f(dns.addresses("192.0.2.1")(q)))
    for name, f in (("nothing", lambda m: b""), ("half a header", lambda m: m[:7]),
                    ("cut", lambda m: m[:-3]), ("a header", lambda m: m[:12]),
                    ("a name that points at itself", lambda m: m[:12] + b"\xc0\x0c" + m[26:]),
                    ("garbage", lambda m: m[:2] + b"\xff" * 600)):
        with dns.Server(bytes_of(f)) as s:
            got, _ = look_up(s, "www.dns.test", options=["-4", "-t", "4000"])
            line = got["www.dns.test"]
            c.true(name, line.status in ("servfail", "timeout"), line.status)
            c.equal(name + ": addresses", line.addresses, [])


def bogus(c):
    """A server that validates: SERVFAIL, and why; or an answer for who does not want to know."""
    expect(c, www(dns.code(dns.SERVFAIL, dns.ede(6))), "bogus", detail="signatures")
    expect(c, www(lambda q: dns.addresses("192.0.2.1")(q) if q.cd else
                  dns.code(dns.SERVFAIL)(q)), "bogus", detail="signatures")
    expect(c, www(dns.code(dns.SERVFAIL, dns.ede(22))), "servfail")
    # Anchored here, and without a signature.
    with tempfile.NamedTemporaryFile("w", suffix=".key") as f:
        f.write("dns.test. IN DS 4711 13 2 %s\n" % ("ab" * 32))
        f.flush()
        unsigned = {"dns.test.": dns.nodata, **www(dns.addresses("192.0.2.1"))}
        expect(c, unsigned, "bogus", options=["-a", f.name])
        expect(c, unsigned, "ok", ["192.0.2.1"])


def without_network(c):
    """Names that need no server: none is asked, and none has to be there."""
    with dns.Server({"localhost.": dns.addresses("192.0.2.66")}) as s:
        got, _ = look_up(s, "localhost", "LOCALHOST", "a.localhost", "notlocalhost")
        for name in ("localhost", "LOCALHOST", "a.localhost"):
            c.equal(name, got[name].addresses, ["127.0.0.1", "::1"])
        c.equal("another name", got["notlocalhost"].status, "nxdomain")
        c.true("questions", {name for name, _, _ in s.questions} == {"notlocalhost."},
               s.questions)
        got, _ = look_up(s, "localhost", options=["-6"])
        c.equal("IPv6 only", got["localhost"].addresses, ["::1"])


def many_names(c):
    """More names than are looked up at once; each is answered once."""
    zone = {"n%d.dns.test." % i: dns.addresses("10.1.%d.%d" % (i >> 8, i & 255))
            for i in range(300)}
    names = ["n%d.dns.test" % i for i in range(300)] + ["x%d.dns.test" % i for i in range(20)]
    with dns.Server(zone) as s:
        got, n = look_up(s, *names)
        c.equal("results", (n, len(got)), (320, 320))
        c.true("addresses", all(got["n%d.dns.test" % i].addresses ==
                                ["10.1.%d.%d" % (i >> 8, i & 255)] for i in range(300)))
        c.true("absent names", all(got["x%d.dns.test" % i].status == "nxdomain"
                                   for i in range(20)))


def program(c):
    """The same through tlsaudit: an audit of every address, or dns_error and why."""
    leaf = c.pki.leaf("rsa", hosts=("www.dns.test",))
    tls = servers.nginx(c.work, "ssl_certificate %s; ssl_certificate_key %s;"
                        % (leaf.chain, leaf.key))

    def tlsaudit(s, target, *options):
        return audit.run_command([audit.PROGRAM, "--format", "json", "--only", "protocols",
                                  "--resolver", s.address, *options, target])
    zone = {"www.dns.test.": dns.addresses("127.0.0.1"), "two.dns.test.":
            dns.addresses("127.0.0.1", "127.0.0.2"), "six.dns.test.": dns.addresses("::1"),
            "servfail.dns.test.": dns.code(dns.SERVFAIL), "refused.dns.test.":
            dns.code(dns.REFUSED), "nodata.dns.test.": dns.nodata, "loop.dns.test.":
            dns.alias("loop.dns.test."), "bogus.dns.test.": dns.code(dns.SERVFAIL, dns.ede(7)),
            "silent.dns.test.": dns.silence}
    with tls as nginx, dns.Server(zone) as s:
        a = tlsaudit(s, "www.dns.test:%d" % nginx.port)
        c.fact(a, "status", "ok")
        c.fact(a, "target.host", "www.dns.test")
        c.fact(a, "target.address", "127.0.0.1")
        c.fact(a, "facts.protocols.tls1_2", "yes")
        a = tlsaudit(s, "two.dns.test:%d" % nginx.port)
        lines = [json.loads(line) for line in a.stdout.decode().splitlines()]
        c.equal("an object for each address", [(o["target"]["address"], o["status"])
                                               for o in lines],
                [("127.0.0.1", "ok"), ("127.0.0.2", "refused")])
        for name, kind in (("absent", "nxdomain"), ("servfail", "servfail"),
                           ("refused", "refused"), ("nodata", "nodata"), ("loop", "loop"),
                           ("bogus", "bogus"), ("silent", "timeout")):
            a = tlsaudit(s, name + ".dns.test")
            c.fact(a, "status", "dns_error")
            c.equal(name + ": exit status", a.exit, audit.EXIT_NOT_ASSESSED)
            c.true(name + ": says " + kind, kind in a.stdout.decode(), a.stdout[-400:])
        a = tlsaudit(s, "six.dns.test", "-4")
        c.fact(a, "status", "dns_error")
    # Nobody is asked about an address.
    with tls as nginx, dns.Server({}) as s:
        c.fact(tlsaudit(s, "127.0.0.1:%d" % nginx.port), "status", "ok")
        c.equal("questions", s.questions, [])


def bad_server(c):
    for text in ("", "dns.example", "127.0.0.1:x", "127.0.0.1:0", "[::1"):
        done = subprocess.run([LOOKUP, "-r", text, "localhost"], capture_output=True, timeout=30)
        c.equal("exit status for %r" % text, done.returncode, 2)


if __name__ == "__main__":
    if not os.access(LOOKUP, os.X_OK):
        print("skipped: %s is not built" % LOOKUP)
        raise SystemExit(77)
    live.main(found, one_kind_fails, aliases, long_chains, circles, absent, failing, silent, nobody,
              truncated, malformed, bogus, without_network, many_names, program, bad_server)
