"""Lists of targets with --online: third parties are asked once for many hosts, and politely.

A site on loopback plays the CA; what it was asked is compared with what the records say.
"""
import json
import os

import audit
import dns
import live
import servers
import web
from lists import addresses, each_once, everywhere, read, scan, write_list

ONLINE = ["--online", "--sandbox=auto"]


class World:
    """Hosts with one certificate, and the CA that it names."""

    def __init__(self, c, name, **more):
        self.c, self.site = c, web.Site()
        self.leaf = c.pki.leaf(name, more=self.site.extensions(aia="/ca", ocsp="/ocsp", crl="/crl"),
                               **more)
        with open(c.pki.inter.cert, "rb") as f:
            self.site.pages["/ca"] = web.page(f.read(), "application/pkix-cert")
        responder = web.Responder(c.pki, self.leaf)
        self.site.pages["/ocsp"] = self.site.pages["/ocsp/*"] = responder
        self.site.pages["/crl"] = web.page(c.pki.crl(self.leaf))

    def scan(self, lines, *options):
        path, out = write_list(self.c, "hosts.txt", lines), os.path.join(self.c.work, "out")
        if os.path.exists(out):
            os.unlink(out)
        del self.site.asked[:]
        done = scan(path, "-o", out, "--store", "live=" + self.c.pki.root.cert, *options)
        self.c.equal("exit status", done.returncode, 0)
        self.c.equal("nothing is said", done.stderr, b"")
        records, _ = read(out)
        each_once(self.c, "all", records, range(1, len(lines) + 1))
        return records


def at(record, path):
    for part in path.split("."):
        record = record[int(part)] if part.isdigit() else record.get(part)
        if record is None:
            return None
    return record


def fetches(records, kind):
    return [x for r in records for x in r["facts"]["fetches"] if x["kind"] == kind]


def asked_once(c):
    """Each worker asks each question once, whatever the number of hosts; all hosts have the answer."""
    w = World(c, "online")
    with w.site, everywhere(c, w.leaf) as s:
        lines = addresses(40, s.port)
        for workers in (1, 2):
            records = w.scan(lines, "-j", str(workers), *ONLINE)
            for what in ("GET /ca", "GET /crl", "GET /ocsp", "POST /ocsp"):
                n = sum(x.startswith(what) for x in w.site.asked)
                c.true("-j %d: %s" % (workers, what), 1 <= n <= workers, w.site.asked)
            for r in records:
                c.equal("revocation", at(r, "facts.certificates.0.revocation"), "good")
                c.true("few connections to the server", r["connections"] <= 12, r["connections"])
            for kind in ("aia", "crl", "ocsp"):
                rows = fetches(records, kind)
                c.equal(kind + ": results", {x["result"] for x in rows}, {"ok"})
                fresh = [x for x in rows if x["cached"] == "no"]
                c.equal(kind + ": who asked says so", len(fresh),
                        sum(("/ca" if kind == "aia" else "/" + kind) in x for x in w.site.asked))
        records = w.scan(lines)
        c.equal("without --online nobody is asked", w.site.asked, [])
        c.equal("and the record says so", {at(r, "facts.unknown.fetches.why")
                                           for r in records} - {"not_asked", None}, set())


def revoked_is_found(c):
    """A list says of a revoked certificate what the CA says."""
    w = World(c, "onlinerevoked")
    c.pki.revoke(w.leaf)
    w.site.pages["/crl"] = web.page(c.pki.crl(w.leaf))
    with w.site, everywhere(c, w.leaf) as s:
        for r in w.scan(addresses(3, s.port), *ONLINE):
            c.equal("revocation", at(r, "facts.certificates.0.revocation"), "revoked")


def failures_are_shared(c):
    """A responder that is not there is not asked again for every host."""
    w = World(c, "onlinedead")
    w.site.pages.clear()
    with w.site, everywhere(c, w.leaf) as s:
        records = w.scan(addresses(30, s.port), "-j", "1", *ONLINE)
        c.equal("asked", sorted(x.split("/")[0] + "/" + x.split("/")[1] for x in w.site.asked),
                ["GET /ca", "GET /crl", "GET /ocsp", "POST /ocsp"])
        c.equal("results", {x["result"] for r in records for x in r["facts"]["fetches"]},
                {"http_status"})


def in_turn(c):
    """Third parties are asked no oftener than --host-rate says; who waits has his answer all the same."""
    w = World(c, "onlineturn")
    with w.site, everywhere(c, w.leaf) as s:
        path = write_list(c, "hosts.txt", addresses(1, s.port))
        done = scan(path, "--host-rate", "1", "--profile", "certs", "-j", "1", "--store",
                    "live=" + c.pki.root.cert, *ONLINE)
        record = json.loads(done.stdout)
        c.equal("asked", len(w.site.asked), 4)
        c.equal("results", [x["result"] for x in record["facts"]["fetches"]], ["ok"] * 4)
        c.equal("revocation", at(record, "facts.certificates.0.revocation"), "good")


def excluded(c):
    """The exclude list holds for what certificates name: by address, and by name."""
    w = World(c, "onlineshut")
    with w.site, everywhere(c, w.leaf) as s:
        mine = servers.write(c.work, "mine.conf", "127.0.0.1\n")
        records = w.scan(addresses(5, s.port), "--exclude", mine, *ONLINE)
        c.equal("nobody is asked", w.site.asked, [])
        for x in (x for r in records for x in r["facts"]["fetches"]):
            c.equal("result", x["result"], "blocked")
    w.leaf = c.pki.leaf("onlinename", more=w.site.extensions(crl="http://ca.list.test:%d/crl"
                                                             % w.site.port))
    w.site = web.Site()
    mine = servers.write(c.work, "names.conf", "domain:list.test\n")
    zone = {"ca.list.test.": dns.addresses("127.0.0.1")}
    with w.site, everywhere(c, w.leaf) as s, dns.Server(zone) as d:
        records = w.scan(addresses(5, s.port), "--exclude", mine, "--resolver", d.address, *ONLINE)
        c.equal("not even looked up", [q for q in d.questions if "list.test" in q[0]], [])
        for x in (x for r in records for x in r["facts"]["fetches"]):
            c.equal("result", x["result"], "blocked")


def names(c):
    """Hosts by name, confined workers: DNS is asked about each, and a CA is found by its name."""
    w = World(c, "onlinedns")
    port = w.site.port
    w.leaf = c.pki.leaf("onlinedns2", more=w.site.extensions(crl="http://ca.list.test:%d/crl" % port))
    w.site.pages["/crl"] = web.page(c.pki.crl(w.leaf))
    zone = {"ca.list.test.": dns.addresses("127.0.0.1")}
    zone.update({"h%d.list.test." % i: dns.addresses("127.1.0.%d" % i) for i in range(1, 9)})
    with w.site, everywhere(c, w.leaf) as s, dns.Server(zone) as d:
        lines = ["h%d.list.test:%d" % (i, s.port) for i in range(1, 9)]
        records = w.scan(lines, "-j", "2", "--resolver", d.address, *ONLINE)
        c.true("the CRL once a worker", 1 <= w.site.asked.count("GET /crl") <= 2, w.site.asked)
        for r in records:
            c.equal("CRL", at(r, "facts.crls.0.status"), "good")
            c.true("CAA was asked", any(q[0] == r["target"]["host"] + "." and q[1] == 257
                                        for q in d.questions), r["target"])
            c.true("and answered", (at(r, "facts.dns.questions") or 0) > 5, at(r, "facts.dns"))


live.main(asked_once, revoked_is_found, failures_are_shared, in_turn, excluded, names)
