"""What DNS says about a service, asked by `lookups` and told by `dns`: CAA, TLSA, HTTPS, mail, Key Transparency; signed, unsigned and forged.

The truth is the zone.
"""
import hashlib
import json
import os
import re

import audit
import dns
import live
import servers
import zone
from pki import openssl

HOST = "www.zone.test"
ONLY = ("--only", "dns")


def ask(c, lines, leaf=None, signed=True, spoil=None, options=(), host=HOST):
    """Audit a server of that name whose zone has these lines."""
    leaf = leaf or c.pki.leaf("leaf", hosts=(HOST,))
    with zone.serve(c.work, "zone.test.", lines, signed, spoil) as z:
        with servers.nginx(c.work, "ssl_certificate %s; ssl_certificate_key %s;"
                           % (leaf.chain, leaf.key)) as s:
            anchor = ("--dns-anchor", z.anchor) if z.anchor else ()
            a = audit.run_online(s.port, c.work, *ONLY, "--resolver", "127.0.0.1:%d" % z.port, *anchor,
                                 "--store", "live=" + c.pki.root.cert, *options, host=host)
    c.fact(a, "status", "ok")
    return a


def nothing(c):
    a = ask(c, ["www A 127.0.0.1"])
    c.fact(a, "facts.dns.dnssec", "yes")
    c.fact(a, "facts.dns.caa_allows_issuer", "yes")
    c.fact(a, "facts.dns.tlsa", "none")
    c.fact(a, "facts.dns.https", "no")
    c.fact(a, "facts.dns.mx", [])
    c.fact(a, "facts.dns.mta_sts", "absent")
    c.fact(a, "facts.dns.tls_rpt", [])
    c.fact(a, "facts.dns.key_transparency", [])


def unsigned(c):
    """With the anchor of another zone it is known to be unsigned; without one nothing is known."""
    a = ask(c, ["www A 127.0.0.1"], signed=False, options=("--dns-anchor", other_anchor(c)))
    c.fact(a, "facts.dns.dnssec", "no")
    a = ask(c, ["www A 127.0.0.1"], signed=False)
    c.fact(a, "facts.dns.dnssec", "unknown")


def other_anchor(c):
    file = os.path.join(c.work, "other.ds")
    with open(file, "w") as f:
        f.write("other.test. IN DS 4711 13 2 %s\n" % ("ab" * 32))
    return file


def caa(c):
    """Climbing, the CA's name, wildcards, critical tags, parameters."""
    le = c.pki.ca("caa-le", c.pki.root, organisation="Let's Encrypt")
    leaf = c.pki.leaf("caa-leaf", issuer=le, hosts=(HOST,))
    wild = c.pki.leaf("caa-wild", issuer=le, hosts=("*.zone.test",))
    for lines, cert, want, at in (
            (['www CAA 0 issue "letsencrypt.org"'], leaf, "yes", HOST),
            (['www CAA 0 issue "digicert.com"'], leaf, "no", HOST),
            (['www CAA 0 issue ";"'], leaf, "no", HOST),
            (['@ CAA 0 issue "LetsEncrypt.org; accounturi=https://a/1; validationmethods=dns-01,http-01"',
              "www A 127.0.0.1"], leaf, "yes", "zone.test"),
            (['@ CAA 0 issue "digicert.com"', "www A 127.0.0.1"], leaf, "no", "zone.test"),
            (['@ CAA 0 issue "digicert.com"', 'www CAA 0 iodef "mailto:a@zone.test"'], leaf, "yes", HOST),
            (['www CAA 0 issue "letsencrypt.org"', 'www CAA 128 strange "x"'], leaf, "no", HOST),
            (['www CAA 0 issue "letsencrypt.org"', 'www CAA 0 strange "x"'], leaf, "yes", HOST),
            (['www CAA 0 issue "letsencrypt.org"', 'www CAA 0 issuewild ";"'], leaf, "yes", HOST),
            (['www CAA 0 issue "letsencrypt.org"', 'www CAA 0 issuewild ";"'], wild, "no", HOST),
            (['www CAA 0 issue "digicert.com"', 'www CAA 0 issuewild "letsencrypt.org"'], wild, "yes",
             HOST),
            (["www CNAME other", 'other CAA 0 issue "digicert.com"'], leaf, "no", HOST)):
        a = ask(c, lines, cert)
        try:
            c.equal(str(lines), a.at("facts.dns.caa_allows_issuer"), want)
            c.equal(str(lines), a.at("facts.dns.caa_at"), at)
        except audit.Missing as e:
            c.fail("%s: %s" % (lines, e))
        if "accounturi" in lines[0]:
            c.fact(a, "facts.dns.caa_accounturi", "yes")
            c.fact(a, "facts.dns.caa_validationmethods", ["dns-01", "http-01"])
            c.fact(a, "facts.caa.0.names_issuer", "yes")
        c.fact(a, "facts.dns.caa_unknown_critical", "yes" if "128 strange" in str(lines) else "no")


def unknown_ca(c):
    a = ask(c, ['www CAA 0 issue "ca.example"'])
    c.fact(a, "facts.dns.caa_allows_issuer", "unknown")


def spki(cert):
    public = openssl("x509", "-in", cert.cert, "-noout", "-pubkey")
    return openssl("pkey", "-pubin", "-outform", "DER", stdin=public)


def dane(c):
    leaf = c.pki.leaf("dane", hosts=(HOST,))
    inter, root = c.pki.inter, c.pki.root
    der256, key256 = leaf.sha256(), hashlib.sha256(spki(leaf)).hexdigest()
    key512 = hashlib.sha512(spki(leaf)).hexdigest()
    ta = hashlib.sha256(spki(inter)).hexdigest()
    other = "ab" * 32
    for records, want, spare in (
            (["3 1 1 " + key256], "match", "no"),
            (["3 0 1 " + der256], "match", "no"),
            (["3 1 2 " + key512], "match", "no"),
            (["3 1 0 " + spki(leaf).hex()], "match", "no"),
            (["2 1 1 " + ta], "match", "no"),
            (["2 0 1 " + inter.sha256()], "match", "no"),
            (["1 1 1 " + key256], "match", "no"),
            (["0 1 1 " + ta], "match", "no"),
            (["3 1 1 " + key256, "3 1 1 " + other], "match", "yes"),
            (["3 1 1 " + other], "mismatch", "yes"),
            (["2 1 1 " + key256], "mismatch", "yes"),       # the leaf is no trust anchor
            (["3 1 1 " + ta], "mismatch", "yes"),
            (["2 0 1 " + root.sha256()], "mismatch", "yes"),    # not sent
            (["9 1 1 " + key256], "unusable", None),
            (["3 1 1 abcd"], "unusable", None)):
        a = ask_tlsa(c, leaf, records)
        c.equal(str(records), a.at("facts.dns.tlsa"), want)
        if spare:
            c.fact(a, "facts.dns.dane", "yes" if want == "match" else "no")
            c.equal(str(records), a.at("facts.dns.tlsa_spare"), spare)
    # PKIX-EE of a chain that nobody trusts.
    a = ask_tlsa(c, leaf, ["1 1 1 " + key256], store=False)
    c.fact(a, "facts.dns.tlsa", "mismatch")
    # Without signatures nobody may use them; with wrong ones they are not even seen.
    c.fact(ask_tlsa(c, leaf, ["3 1 1 " + key256], signed=False, anchor=other_anchor(c)),
           "facts.dns.tlsa", "insecure")
    c.fact(ask_tlsa(c, leaf, ["3 1 1 " + key256], signed=False), "facts.dns.tlsa", None)
    a = ask_tlsa(c, leaf, ["3 1 1 " + key256], spoil=lambda text: re.sub(
        r"(TLSA\s+3 1 1 )[0-9a-f]{2}", r"\g<1>00", text))
    c.fact(a, "facts.dns.tlsa", "bogus")
    c.fact(a, "facts.dns.dane", "unknown")


def ask_tlsa(c, leaf, records, signed=True, spoil=None, store=True, anchor=None):
    """The port is known only when the server runs, so the zone is made after that."""
    with servers.nginx(c.work, "ssl_certificate %s; ssl_certificate_key %s;"
                       % (leaf.chain, leaf.key)) as s:
        lines = ["_%d._tcp.www TLSA %s" % (s.port, r) for r in records]
        with zone.serve(c.work, "zone.test.", lines, signed, spoil) as z:
            a = audit.run_online(s.port, c.work, *ONLY, "--resolver", "127.0.0.1:%d" % z.port,
                                 *(("--dns-anchor", anchor or z.anchor) if anchor or z.anchor else ()),
                                 *(("--store", "live=" + c.pki.root.cert) if store else ()), host=HOST)
    c.fact(a, "status", "ok")
    return a


def https(c):
    ech = "0008fe0d000401020304"
    data = "0001" + "00" + "00010006" + "026832026833" + "0005000a" + ech
    leaf = c.pki.leaf("https", hosts=(HOST,))
    with servers.nginx(c.work, "ssl_certificate %s; ssl_certificate_key %s;"
                       % (leaf.chain, leaf.key)) as s:
        lines = ["_%d._https.www TYPE65 \\# %d %s" % (s.port, len(data) // 2, data)]
        with zone.serve(c.work, "zone.test.", lines, signed=False) as z:
            a = audit.run_online(s.port, c.work, *ONLY, "--resolver", "127.0.0.1:%d" % z.port,
                                 host=HOST)
    c.fact(a, "facts.dns.https", "yes")
    c.fact(a, "facts.dns.https_alpn", ["h2", "h3"])
    c.fact(a, "facts.dns.ech", "yes")
    c.fact(a, "facts.https_records.0.priority", 1)
    c.fact(a, "facts.https_records.0.ech", ech)


def mail(c):
    lines = ["www MX 20 b.zone.test.", "www MX 10 a", '_smtp._tls.www TXT "v=TLSRPTv1; rua=mailto:x@a,"'
             ' "https://b/r"', '_sm._keytransparency._https.www SRV 1 1 8443 kt']
    a = ask(c, lines)
    c.fact(a, "facts.dns.mx", ["a.zone.test", "b.zone.test"])
    c.fact(a, "facts.dns.tls_rpt", ["mailto:x@a", "https://b/r"])
    c.fact(a, "facts.dns.key_transparency", ["kt.zone.test:8443"])
    for text, want in (('"v=STSv1; id=1"', "unreachable"), ('"v=STSv1"', "invalid")):
        a = ask(c, ["_mta-sts.www TXT " + text])
        c.fact(a, "facts.dns.mta_sts", want)
    a = ask(c, ['_mta-sts.www TXT "v=STSv1; id=1"', '_mta-sts.www TXT "v=STSv1; id=2"'])
    c.fact(a, "facts.dns.mta_sts", "invalid")


def mail_servers(c):
    """--mx: every host of the MX records is a target by SMTP; null MX, none, and no such name."""
    lines = ["two MX 20 b", "two MX 10 a", "a A 127.0.0.1", "b A 127.0.0.1", "null MX 0 .",
             "self A 127.0.0.1"]
    port = servers.free_port()
    with zone.serve(c.work, "zone.test.", lines) as z:
        def run(*domains):
            mx = [x for d in domains for x in ("--mx", d)]
            return audit.run_command([audit.PROGRAM, "--format", "json", "--offline", "--only",
                                      "protocols", "--resolver", "127.0.0.1:%d" % z.port,
                                      "--dns-anchor", z.anchor, "--port", str(port), *mx])
        a = run("two.zone.test", "self.zone.test")
        got = [(j["target"]["host"], j["target"]["port"], j["target"].get("starttls"), j["status"]) for j in
               map(json.loads, a.stdout.decode().splitlines())]
        c.equal("targets", got, [(h, port, "smtp", "refused") for h in (
            "a.zone.test", "b.zone.test", "self.zone.test")])
        for domain, want in (("null.zone.test", "takes no mail"), ("no.zone.test", "no such name")):
            a = run(domain)
            c.true(domain, want in a.stderr, a.stderr)
            c.equal(domain, (a.exit, a.stdout), (audit.EXIT_NOT_ASSESSED, b""))


def key_transparency(c):
    """The service that DNS names is a target of its own, once, and names no further ones."""
    ports = [servers.free_port(), servers.free_port()]
    srv = "_sm._keytransparency._https.%s SRV 1 1 %d %s"
    lines = ["www A 127.0.0.1", "kt A 127.0.0.1", srv % ("www", ports[1], "kt"),
             srv % ("kt", ports[0], "other"), "other A 127.0.0.1"]
    with zone.serve(c.work, "zone.test.", lines) as z:
        def run(*options):
            a = audit.run_command([
                audit.PROGRAM, "--format", "json", "--only", "dns", "--resolver",
                "127.0.0.1:%d" % z.port, "--dns-anchor", z.anchor, *options,
                "%s:%d" % (HOST, ports[0])], env={"XDG_CACHE_HOME": c.work}.items())
            return [(j["target"]["host"], j["target"]["port"], j["status"])
                    for j in map(json.loads, a.stdout.decode().splitlines())]
        leaf = c.pki.leaf("leaf", hosts=(HOST,))
        with servers.nginx(c.work, "ssl_certificate %s; ssl_certificate_key %s;"
                           % (leaf.chain, leaf.key)) as s:
            ports[0] = s.port
            c.equal("targets", run(), [(HOST, s.port, "ok"), ("kt.zone.test", ports[1], "refused")])
            c.equal("offline", run("--offline"), [(HOST, s.port, "ok")])


def no_answer(c):
    """A DNS server that says nothing: what it would have said is unknown, the rest is whole."""
    leaf = c.pki.leaf("silent", hosts=(HOST,))
    with dns.Server({HOST + ".": dns.silence}) as d:
        d.zone = type("All", (dict,), {"get": lambda *_: dns.silence})()
        with servers.nginx(c.work, "ssl_certificate %s; ssl_certificate_key %s;"
                           % (leaf.chain, leaf.key)) as s:
            a = audit.run_online(s.port, c.work, *ONLY, "--resolver", d.address, host=HOST)
    c.fact(a, "status", "ok")
    c.fact(a, "facts.dns.caa_allows_issuer", "unknown")
    c.fact(a, "facts.dns.tlsa", None)
    c.true("ends", a.wall < 60, a.wall)


if __name__ == "__main__":
    live.main(nothing, unsigned, caa, unknown_ca, dane, https, mail, mail_servers, key_transparency,
              no_answer)
