"""What caIssuers brings: issuers in every form, wrong ones, slow ones, and places that are not ours to
knock at.

The truth is how each page was made.
"""
import os
import socket
import tempfile

import audit
import live
import servers
import web
from pki import openssl

TOO_LONG = 3 * 65536


def fetch(c, name, url=None, page=None, offline=False, more=()):
    """Audit a server that sends its leaf alone; the leaf's caIssuers leads to that page or URL."""
    with web.Site() as site:
        if page is not None:
            site.pages["/inter"] = page
        leaf = c.pki.leaf(name, more=site.extensions(aia=url or "/inter"))
        alone = c.pki.sends(name + "-alone", leaf, leaf)
        with servers.nginx(tempfile.mkdtemp(dir=c.work), "ssl_certificate %s; ssl_certificate_key %s;"
                           % (alone.chain, leaf.key)) as s:
            a = audit.run_online(s.port, c.work, "--only", "trust", "--store",
                                 "live=" + c.pki.root.cert, *(["--offline"] * offline),
                                 *more)
        a.asked = site.asked
    return a


def verdict(a):
    return [t for t in a.at("facts.trust") if t["store"] == "live"][0]


def finds(c, a, form):
    c.fact(a, "status", "ok")
    c.fact(a, "facts.evidence.fetches", 1)
    c.fact(a, "facts.fetches.0.result", "ok")
    c.fact(a, "facts.fetches.0.form", form)
    c.fact(a, "facts.fetches.0.signed", "yes")
    c.equal("verdict", verdict(a)["verdict"], "incomplete")
    c.equal("AIA completes it", verdict(a).get("aia_completes"), "yes")
    c.true("the missing one is named", "Live Issuing CA" in verdict(a).get("missing_subject", ""),
           verdict(a))


def fixed(c):
    """The chain to send instead is made of what came, and that is said."""
    out = os.path.join(c.work, "fixed.pem")
    a = fetch(c, "fixed", page=web.page(c.pki.inter.der()),
              more=("--fix-chain", out, "--stores", "live"))
    c.equal("status", a.exit, audit.EXIT_PASS)
    c.fact(a, "facts.missing.0.source", "aia")
    c.fact(a, "facts.missing.0.sha256", c.pki.inter.sha256())
    c.true("its origin is said", "(AIA)" in a.stderr, a.stderr)
    with open(out) as f:
        c.equal("certificates", f.read().count("BEGIN CERTIFICATE"), 2)
    a = audit.run_command([audit.PROGRAM, "--format", "json", "--chain", out, "--stores", "live",
                           "--store", "live=" + c.pki.root.cert])
    c.equal("it is right", a.exit, audit.EXIT_PASS)


def der(c):
    a = fetch(c, "der", page=web.page(c.pki.inter.der(), "application/pkix-cert"))
    finds(c, a, "DER")
    c.fact(a, "facts.fetches.0.host", "127.0.0.1")
    c.fact(a, "facts.fetches.0.content_type", "application/pkix-cert")
    c.equal("asked", a.asked, ["GET /inter"])


def pkcs7(c):
    p7 = openssl("crl2pkcs7", "-nocrl", "-certfile", c.pki.root.cert, "-certfile", c.pki.inter.cert,
                 "-outform", "DER")
    finds(c, fetch(c, "p7c", page=web.page(p7)), "PKCS#7")


def pem(c):
    with open(c.pki.inter.cert, "rb") as f:
        finds(c, fetch(c, "pem", page=web.page(f.read())), "PEM")


def redirected(c):
    with web.Site() as other:
        other.pages["/here"] = web.page(c.pki.inter.der())
        a = fetch(c, "moved", page=web.redirect(other.url("/here")))
    finds(c, a, "DER")
    c.fact(a, "facts.fetches.0.redirects", 1)


def wrong_content(c):
    """What is no issuer is named, and nothing is made complete by it."""
    stranger = c.pki.self_signed("stranger")
    for name, body, form in (("html", b"\n<html>Not found</html>", "HTML"), ("empty", b"", "empty"),
                             ("noise", b"\x30\x82garbage", "unknown"),
                             ("other", stranger.der(), "DER"), ("root", c.pki.root.der(), "DER")):
        a = fetch(c, "w" + name, page=web.page(body))
        c.fact(a, "status", "ok")
        c.fact(a, "facts.fetches.0.form", form)
        c.fact(a, "facts.fetches.0.signed", "no")
        c.equal(name + ": verdict", verdict(a)["verdict"], "unknown_root")


def refused(c):
    """What must not be fetched is not, and what fails is named; the audit itself is never harmed."""
    closed = socket.socket()            # bound, and nobody listens
    closed.bind(("127.0.0.1", 0))
    loop = "http://127.0.0.1:%d/" % closed.getsockname()[1]
    for name, url, page, want in (
            ("file", "file:///etc/passwd", None, "bad_url"),
            ("gopher", "gopher://127.0.0.1:70/", None, "bad_url"),
            ("ldap", "ldap://127.0.0.1/cn=CA", None, "bad_url"),
            ("user", "http://u:p@127.0.0.1/", None, "bad_url"),
            ("private", "http://10.255.255.1/ca.cer", None, "blocked"),
            ("metadata", "http://169.254.169.254/latest/meta-data/", None, "blocked"),
            ("mapped", "http://[::ffff:10.0.0.1]/", None, "blocked"),
            ("unspecified", "http://0.0.0.0/", None, "blocked"),
            ("closed", loop, None, "no_connection"),
            ("404", None, web.page(b"no", status=404), "http_status"),
            ("tofile", None, web.redirect("file:///etc/passwd"), "bad_url"),
            ("tometa", None, web.redirect("http://169.254.169.254/"), "blocked"),
            ("circle", None, web.redirect("/inter"), "redirects"),
            ("long", None, web.page(b"0" * TOO_LONG), "limit"),
            ("endless", None, web.endless, "limit"),
            ("endlesshead", None, web.endless_head, "limit"),
            ("cut", None, lambda m, p, b: b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
             "cut_off"),
            ("nohttp", None, lambda m, p, b: b"SSH-2.0-x\r\n", "cut_off")):
        a = fetch(c, "r" + name, url, page)
        c.fact(a, "status", "ok")
        try:
            c.equal(name, a.at("facts.fetches.0.result"), want)
        except audit.Missing as e:
            c.fail(name + ": " + str(e))
        c.equal(name + ": verdict", verdict(a)["verdict"], "unknown_root")
    closed.close()


def slow(c):
    """One byte now and then: cut off, long before the endpoint's deadline."""
    a = fetch(c, "slow", page=web.drip(60))
    c.fact(a, "status", "ok")
    c.fact(a, "facts.fetches.0.result", "timeout")
    c.equal("verdict", verdict(a)["verdict"], "unknown_root")
    c.true("ends", a.wall < 60, a.wall)


def offline(c):
    a = fetch(c, "off", page=web.page(c.pki.inter.der()), offline=True)
    c.equal("asked", a.asked, [])
    c.equal("verdict", verdict(a)["verdict"], "unknown_root")


def higher(c):
    """The issuer's issuer is missing too, and the issuer says where it is."""
    with web.Site() as site:
        site.pages["/low"] = None
        high = c.pki.inter
        low = c.pki.ca("low", high, more=site.extensions(aia="/high"))
        site.pages["/low"], site.pages["/high"] = web.page(low.der()), web.page(high.der())
        leaf = c.pki.leaf("two", issuer=low, more=site.extensions(aia="/low"))
        with servers.nginx(c.work, "ssl_certificate %s; ssl_certificate_key %s;"
                           % (leaf.cert, leaf.key)) as s:
            a = audit.run_online(s.port, c.work, "--only", "trust", "--store",
                                 "live=" + c.pki.root.cert)
    c.fact(a, "facts.evidence.fetches", 2)
    c.equal("verdict", verdict(a)["verdict"], "incomplete")
    c.equal("AIA completes it", verdict(a).get("aia_completes"), "yes")


if __name__ == "__main__":
    live.main(der, fixed, pkcs7, pem, redirected, wrong_content, refused, slow, offline, higher)
