"""OCSP by GET and POST, CRLs, responders that lie, are slow or do not answer, and the cache.

The truth is what the CA has been told to revoke, and how each responder was made.
"""
import concurrent.futures
import os
import tempfile
import time

import audit
import live
import servers
import web

ONLY = ("--only", "revocation")


class Case:
    """A leaf with the places that it names, and the audit of a server that has it."""

    def __init__(self, c, name, site, ocsp=False, crl=False, revoked=False, **more):
        self.c, self.site = c, site
        places = site.extensions(ocsp="/ocsp" if ocsp else None, crl="/crl" if crl else None)
        self.leaf = c.pki.leaf(name, more=places, **more)
        self.cache = tempfile.mkdtemp(dir=c.work)
        self.index = os.path.join(c.pki.dir, name + ".index")
        with open(self.index) as f:
            self.before = f.read()
        if revoked:
            c.pki.revoke(self.leaf)

    def responder(self, **how):
        r = web.Responder(self.c.pki, self.leaf, **how)
        self.site.pages["/ocsp"] = self.site.pages["/ocsp/*"] = r
        return r

    def run(self, *options):
        with servers.nginx(tempfile.mkdtemp(dir=self.c.work), "ssl_certificate %s; ssl_certificate_key %s;"
                           % (self.leaf.chain, self.leaf.key)) as s:
            del self.site.asked[:]
            a = audit.run_online(s.port, self.cache, *ONLY, "--store",
                                 "live=" + self.c.pki.root.cert, *options)
        self.c.fact(a, "status", "ok")
        return a


def says(c, a, status, revoked):
    c.fact(a, "facts.certificates.0.revocation", status)
    c.fact(a, "facts.posture.revoked", revoked)


def good(c):
    with web.Site() as site:
        k = Case(c, "good", site, ocsp=True, crl=True)
        k.responder()
        site.pages["/crl"] = web.page(c.pki.crl(k.leaf))
        a = k.run()
    says(c, a, "good", "no")
    c.fact(a, "facts.responders.0.get", "good")
    c.fact(a, "facts.responders.0.post", "good")
    c.fact(a, "facts.responders.0.agree", "yes")
    c.fact(a, "facts.responders.0.nonce", "echoed")
    c.fact(a, "facts.responders.0.next_update", "yes")
    c.fact(a, "facts.responders.0.signature_hash", "SHA-256")
    c.fact(a, "facts.responders.0.problems", [])
    c.fact(a, "facts.crls.0.status", "good")
    c.fact(a, "facts.crls.0.entries", 0)
    c.fact(a, "facts.evidence.ocsp_hosts", ["127.0.0.1:%d" % site.port])
    c.equal("asked", sorted(x[:5] for x in site.asked), ["GET /", "GET /", "POST "])


def revoked(c):
    """By OCSP, by CRL, by both; the reason is told."""
    for name, ocsp, crl in (("rocsp", True, False), ("rcrl", False, True), ("rboth", True, True)):
        with web.Site() as site:
            k = Case(c, name, site, ocsp=ocsp, crl=crl, revoked=True)
            k.responder()
            site.pages["/crl"] = web.page(c.pki.crl(k.leaf))
            a = k.run()
        says(c, a, "revoked", "yes")
        if crl:
            c.fact(a, "facts.crls.0.reason", "key compromise")
        if ocsp:
            c.fact(a, "facts.responders.0.get", "revoked")


def told(c):
    """What is found stands in the report for people too, and is judged: F, the evidence, the fix."""
    def run(k):
        with servers.nginx(tempfile.mkdtemp(dir=c.work), "ssl_certificate %s; ssl_certificate_key %s;"
                           % (k.leaf.chain, k.leaf.key)) as s:
            a = audit.run_online(s.port, k.cache, "--store", "live=" + c.pki.root.cert)
            saved = os.path.join(k.cache, "saved.json")
            with open(saved, "wb") as f:
                f.write(a.stdout)
            text = {form: audit.run_command([audit.PROGRAM, "--from", saved, "--format", form])
                    .stdout.decode() for form in ("text", "html")}
        return a, {f["id"]: f for f in a.at("findings")}, text, s

    with web.Site() as site:
        k = Case(c, "told", site, ocsp=True, crl=True, revoked=True)
        k.responder()
        a, found, text, s = run(k)
        place = "127.0.0.1:%d" % site.port
    c.fact(a, "grade_trust_ignored", "F")
    c.true("revoked is found", "OCSP by GET" in found["revoked"]["evidence"], found)
    c.true("the unreachable CRL is found", "/crl" in found["revocation_unreachable"]["evidence"])
    fix = found["no_staple"]["fix"]
    c.true("stapling is advised for nginx", "nginx" in fix and "ssl_stapling on;" in fix
           and "Apache" not in fix and place in fix, fix)
    for form, words in text.items():
        flat = " ".join(words.split())
        for want in ("Revocation", "key compromise", "OCSP responder", "For a firewall", place):
            c.true("%s in %s" % (want, form), want in flat, flat[-3000:])


def remembered(c):
    """Revoked does not end: neither when the responder forgets nor when nobody answers."""
    with web.Site() as site:
        k = Case(c, "past", site, ocsp=True, revoked=True)
        k.responder()
        says(c, k.run(), "revoked", "yes")
        site.pages.clear()
        a = k.run()
        says(c, a, "revoked", "yes")
        c.true("by an earlier run", any("earlier run" in x for x in
                                        a.at("facts.certificates.0.revocation_by")))
        c.fact(a, "facts.known_revoked.0.reason", "key compromise")
        with open(k.index, "w") as f:
            f.write(k.before)
        k.responder()
        says(c, k.run(), "revoked", "yes")
        says(c, k.run("--no-cache"), "good", "no")


def cached(c):
    """Fresh answers are used again; with --no-cache they are not."""
    with web.Site() as site:
        k = Case(c, "again", site, ocsp=True, crl=True)
        k.responder()
        site.pages["/crl"] = web.page(c.pki.crl(k.leaf))
        k.run()
        c.equal("first", len(site.asked), 3)
        a = k.run()
        c.equal("again", site.asked, [])
        says(c, a, "good", "no")
        c.fact(a, "facts.fetches.0.cached", "yes")
        k.run("--no-cache")
        c.equal("no cache", len(site.asked), 3)


def shared(c):
    """Several processes with one cache at a time."""
    with web.Site() as site:
        k = Case(c, "many", site, ocsp=True, crl=True, revoked=True)
        k.responder()
        site.pages["/crl"] = web.page(c.pki.crl(k.leaf))
        with servers.nginx(c.work, "ssl_certificate %s; ssl_certificate_key %s;"
                           % (k.leaf.chain, k.leaf.key)) as s:
            with concurrent.futures.ThreadPoolExecutor(4) as pool:
                runs = list(pool.map(lambda _: audit.run_online(s.port, k.cache, *ONLY), range(4)))
    for a in runs:
        says(c, a, "revoked", "yes")
        c.equal("stderr", a.stderr, "")


def liars(c):
    """What cannot be believed is named, and makes nothing good."""
    p = c.pki
    other = p.leaf("liar-other")
    delegate = p.leaf("liar-delegate", usage="OCSPSigning")
    no_eku = p.leaf("liar-server")

    def of_other(k):
        with open(p.ocsp(other), "rb") as f:
            return web.page(f.read(), "application/ocsp-response")

    for name, page, get, status in (
            ("delegate", lambda k: web.Responder(p, k.leaf, signer=delegate), "good", "good"),
            ("noeku", lambda k: web.Responder(p, k.leaf, signer=no_eku), "signer not authorized",
             "unknown"),
            ("html", lambda k: web.page(b"<html>hello", "text/html"), "malformed", "unknown"),
            ("404", lambda k: web.page(b"", status=404), "http_status", "unknown"),
            ("other", of_other, "other certificate", "unknown"),
            ("trylater", lambda k: web.page(b"\x30\x03\x0a\x01\x03", "application/ocsp-response"),
             "try later", "unknown"),
            ("long", lambda k: web.page(b"0" * 70000), "limit", "unknown"),
            ("endless", lambda k: web.endless, "limit", "unknown")):
        with web.Site() as site:
            k = Case(c, "l" + name, site, ocsp=True)
            site.pages["/ocsp"] = site.pages["/ocsp/*"] = page(k)
            a = k.run()
        says(c, a, status, "no" if status == "good" else "unknown")
        try:
            c.equal(name, a.at("facts.responders.0.get"), get)
        except audit.Missing as e:
            c.fail(name + ": " + str(e))


def disagree(c):
    """GET, which caches serve, says another thing than POST; a stale nonce; no next update."""
    with web.Site() as site:
        k = Case(c, "two", site, ocsp=True)
        r = web.Responder(c.pki, k.leaf, days=0)
        # Whatever is asked, the answer to another question, with that one's nonce.
        site.pages["/ocsp"] = web.page(r.respond(web.with_nonce(c.pki, k.leaf), "POST"),
                                       "application/ocsp-response")
        site.pages["/ocsp/*"] = web.page(b"", status=500)
        a = k.run()
    c.fact(a, "facts.responders.0.agree", "no")
    c.fact(a, "facts.responders.0.get", "http_status")
    c.fact(a, "facts.responders.0.post", "good")
    c.fact(a, "facts.responders.0.nonce", "wrong")
    c.fact(a, "facts.responders.0.next_update", "no")
    problems = a.at("facts.responders.0.problems")
    for want in ("GET and POST do not agree", "the nonce is not the one sent", "POST: no nextUpdate"):
        c.true(want, want in problems, problems)


def slow(c):
    """Responders that drip: cut off, in parallel, and the audit is whole."""
    with web.Site() as site:
        k = Case(c, "drip", site, ocsp=True, crl=True)
        site.pages["/ocsp"] = site.pages["/ocsp/*"] = site.pages["/crl"] = web.drip(60)
        a = k.run()
    says(c, a, "unknown", "unknown")
    c.fact(a, "facts.responders.0.get", "timeout")
    c.true("ends", a.wall < 60, a.wall)
    # A deadline that ends third parties alone leaves the audit whole.
    with web.Site() as site:
        k = Case(c, "drip2", site, ocsp=True)
        site.pages["/ocsp"] = site.pages["/ocsp/*"] = web.drip(60)
        a = k.run("--timeout", "8")
    says(c, a, "unknown", "unknown")


def lists(c):
    """CRLs of another partition, out of date, cut short, signed by a stranger."""
    stranger = c.pki.ca("stranger", c.pki.root)
    for name, make, want in (
            ("part", lambda k: c.pki.crl(k.leaf, extensions="issuingDistributionPoint = critical,@d\n"
             "[d]\nfullname = URI:%s" % k.site.url("/crl")), "good"),
            ("elsewhere", lambda k: c.pki.crl(k.leaf, extensions="issuingDistributionPoint = "
             "critical,@d\n[d]\nfullname = URI:http://crl.example/1"), "other partition"),
            ("old", lambda k: c.pki.crl(k.leaf, days=(-9, -2)), "expired"),
            ("cut", lambda k: c.pki.crl(k.leaf)[:-9], "malformed"),
            ("strange", lambda k: c.pki.crl(k.leaf, issuer=stranger), "other issuer"),
            ("forged", lambda k: c.pki.crl(k.leaf)[:-2] + b"\0\0", "bad signature")):
        with web.Site() as site:
            k = Case(c, "c" + name, site, crl=True)
            site.pages["/crl"] = web.page(make(k))
            a = k.run()
        try:
            c.equal(name, a.at("facts.crls.0.status"), want)
        except audit.Missing as e:
            c.fail(name + ": " + str(e))
        says(c, a, "good" if want == "good" else "unknown", "no" if want == "good" else "unknown")


def long_list(c):
    """A CRL of two MiB: within --crl-max it is read, beyond it is not."""
    with web.Site() as site:
        k = Case(c, "longcrl", site, crl=True)
        when = time.strftime("%y%m%d%H%M%SZ", time.gmtime(time.time() - 86400))
        with open(k.index, "a") as f:
            for i in range(50000):
                f.write("R\t%s\t%s,superseded\t%016X\tunknown\t/CN=x\n" % (when, when, i + 16 ** 15))
        site.pages["/crl"] = web.page(c.pki.crl(k.leaf))
        a = k.run("--no-cache")
        c.fact(a, "facts.crls.0.status", "good")
        c.fact(a, "facts.crls.0.entries", 50000)
        a = k.run("--no-cache", "--crl-max", "1")
        c.fact(a, "facts.fetches.0.result", "limit")
        says(c, a, "unknown", "unknown")


def nobody_to_ask(c):
    leaf = c.pki.leaf("plain")
    with servers.nginx(c.work, "ssl_certificate %s; ssl_certificate_key %s;"
                       % (leaf.chain, leaf.key)) as s:
        a = audit.run_online(s.port, c.work, *ONLY)
    c.fact(a, "facts.posture.revoked", "no")
    c.fact(a, "facts.evidence.fetches", 0)


if __name__ == "__main__":
    live.main(good, revoked, told, remembered, cached, shared, liars, disagree, slow, lists, long_list,
              nobody_to_ask)
