"""--chain and --fix-chain: chains from files, and the bundles that should be sent instead.

The truth is how each chain was made.  No server is asked but in the last case.
"""
import os
import time

import audit
import live
import schema
import servers
from audit import EXIT_PASS, EXIT_POLICY, EXIT_USAGE
from pki import HOST, openssl


def run(c, file, *options):
    return audit.run_command([audit.PROGRAM, "--chain", file, "--format", "json", *options])


def own(c, store=None, name=HOST):
    return ("--store", "live=" + (store or c.pki.root.cert), "--stores", "live", "--name", name)


def verdict(a, store="live"):
    return [t["verdict"] for t in a.at("facts.trust") if t["store"] == store][0]


def certificates(path):
    """The DER of each certificate of a PEM file."""
    out = []
    with open(path) as f:
        for part in f.read().split("-----END CERTIFICATE-----")[:-1]:
            out.append(openssl("x509", "-outform", "DER",
                               stdin=(part[part.index("-----BEGIN"):] +
                                      "-----END CERTIFICATE-----\n").encode()))
    return out


def status(c):
    leaf = c.pki.leaf("leaf")
    alone = c.pki.sends("alone", leaf, leaf)
    for what, file, options, want, said in (
            ("complete", leaf.chain, own(c), EXIT_PASS, "complete"),
            ("another name", leaf.chain, own(c, name="other.example"), EXIT_POLICY,
             "name_mismatch"),
            ("its address", leaf.chain, own(c, name="127.0.0.1"), EXIT_PASS, "complete"),
            ("no name", leaf.chain, own(c)[:4], EXIT_PASS, "complete"),
            ("incomplete", alone.chain, own(c, c.pki.store), EXIT_POLICY, "incomplete"),
            ("unknown", alone.chain, own(c), EXIT_POLICY, "unknown_root"),
            ("later", leaf.chain, own(c) + ("--as-of", "2099-01-01"), EXIT_POLICY, "expired"),
            ("the shipped ones too", leaf.chain, own(c)[:2], EXIT_POLICY, "complete")):
        a = run(c, file, *options)
        c.equal("status: " + what, a.exit, want)
        c.equal("verdict: " + what, verdict(a), said)
        c.equal("no connection: " + what, a.at("connections"), 0)
        c.equal("no grade: " + what, a.at("grade"), None)
    a = run(c, c.pki.leaf("client", usage="clientAuth").chain, *own(c))
    c.equal("status: not for servers", a.exit, EXIT_POLICY)
    c.equal("verdict: not for servers", verdict(a), "wrong_purpose")


def formats(c):
    """Every format tells it; monitoring plugins have an exit status of their own."""
    leaf = c.pki.leaf("leaf")
    for name, want, word in (("complete", EXIT_PASS, b"OK"), ("another", 2, b"CRITICAL")):
        options = own(c) if name == "complete" else own(c, name="other.example")
        a = audit.run_command([audit.PROGRAM, "--chain", leaf.chain, *options, "-f", "nagios"])
        c.equal("nagios: " + name, a.exit, want)
        c.true("nagios says " + word.decode(), word in a.stdout, a.stdout)
        a = audit.run_command([audit.PROGRAM, "--chain", leaf.chain, *options, "-f", "junit"])
        c.equal("junit: " + name, a.exit, EXIT_PASS if want == EXIT_PASS else EXIT_POLICY)
        c.true("junit names the check", b"trusted by the stores asked for" in a.stdout, a.stdout)


def forms(c):
    """DER and PKCS#7 say the same as PEM."""
    leaf = c.pki.leaf("leaf")
    der, p7, p7_pem = (os.path.join(c.work, n) for n in ("leaf.der", "chain.p7b", "chain.p7c"))
    openssl("x509", "-in", leaf.cert, "-outform", "DER", "-out", der)
    openssl("crl2pkcs7", "-nocrl", "-certfile", leaf.chain, "-outform", "DER", "-out", p7)
    openssl("crl2pkcs7", "-nocrl", "-certfile", leaf.chain, "-out", p7_pem)
    want = live.chains(run(c, leaf.chain, *own(c)))
    c.equal("certificates", len(want[0]), 2)
    for file in (p7, p7_pem):
        a = run(c, file, *own(c))
        c.equal("status of " + file, a.exit, EXIT_PASS)
        c.equal("chain of " + file, live.chains(a), want)
    c.equal("DER", live.chains(run(c, der, *own(c))), [want[0][:1]])


def usage(c):
    leaf = c.pki.leaf("leaf")
    der = os.path.join(c.work, "key.der")
    openssl("pkey", "-in", leaf.key, "-outform", "DER", "-out", der)
    for options in (("--chain", leaf.key), ("--chain", der), ("--chain", c.work), ("--chain", os.path.join(c.work, "none")),
                    ("--chain", leaf.chain, "example.org"), ("--name", "x.example", "127.0.0.1"),
                    ("--chain", leaf.chain, "--stores", "none"),
                    ("--chain", leaf.chain, "--name", "a b")):
        a = audit.run_command([audit.PROGRAM, *options])
        c.equal("status of " + " ".join(options), a.exit, EXIT_USAGE)
        c.true("one line says why", a.stderr.count("\n") == 1, a.stderr)


def same_as_served(c):
    """What a file says is what a server with it would have said."""
    leaf = c.pki.leaf("leaf")
    p = c.pki
    then = ("--as-of", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400)))
    for files in ((leaf, p.inter), (leaf,), (leaf, p.root, p.inter, p.inter)):
        sends = p.sends("sends%d" % len(files), leaf, *files)
        with servers.nginx(c.work, "ssl_certificate %s; ssl_certificate_key %s;"
                           % (sends.chain, leaf.key)) as s:
            served = audit.run(s.port, "--store", "live=" + p.store, *then)
        a = run(c, sends.chain, *own(c, p.store), *then)
        for path in ("facts.trust", "facts.certificates"):
            c.equal(path, a.at(path), served.at(path))


def valid(c):
    leaf = c.pki.leaf("leaf")
    alone = c.pki.sends("alone", leaf, leaf)
    try:
        v = schema.validator()
    except schema.Missing as e:
        raise servers.Skip(str(e))
    for file in (leaf.chain, alone.chain):
        c.equal("the schema", schema.wrong(v, run(c, file, *own(c, c.pki.store)).json), [])


def fixed(c):
    """Out of order, twice, a stranger, the root; and the intermediate not sent."""
    leaf, p = c.pki.leaf("leaf"), c.pki
    stranger = p.self_signed("stranger")
    out = os.path.join(c.work, "fixed.pem")
    want = [leaf.der(), p.inter.der()]
    for files in ((leaf, p.root, stranger, p.inter, p.inter), (leaf,), (leaf, p.inter)):
        sends = p.sends("sends", leaf, *files)
        a = run(c, sends.chain, *own(c, p.store), "--fix-chain", out)
        c.equal("status", a.exit, EXIT_POLICY if files == (leaf,) else EXIT_PASS)
        c.equal("the bundle", certificates(out), want)
        c.equal("and it is right", run(c, out, *own(c)).exit, EXIT_PASS)
        os.unlink(out)


def cannot_be_fixed(c):
    leaf = c.pki.leaf("leaf", more="authorityInfoAccess = caIssuers;URI:http://live.example/i.cer\n")
    alone = c.pki.sends("alone", leaf, leaf)
    out = os.path.join(c.work, "fixed.pem")
    a = run(c, alone.chain, *own(c), "--fix-chain", out)
    c.equal("status", a.exit, EXIT_POLICY)
    c.true("no file", not os.path.exists(out))
    for word in ("Live Issuing CA", "http://live.example/i.cer"):
        c.true("said: " + word, word in a.stderr, a.stderr)
    missing = a.at("facts.missing.0")
    c.equal("url", missing["url"], "http://live.example/i.cer")
    c.equal("source", missing["source"], "unknown")
    a = run(c, alone.chain, *own(c, c.pki.store))
    missing = a.at("facts.missing.0")
    c.equal("SHA-256", missing["sha256"], c.pki.inter.sha256())
    c.equal("source", missing["source"], "file")
    c.true("bytes", missing["pem"].startswith("-----BEGIN CERTIFICATE-----"))


def fixed_from_a_server(c):
    """Two deployments, one without its intermediate, which the other sends."""
    p = c.pki
    rsa, ec = p.leaf("rsa"), p.leaf("ec", "EC:P-256")
    alone = p.sends("alone", ec, ec)
    out = os.path.join(c.work, "fixed.pem")
    with servers.nginx(c.work, "ssl_certificate %s; ssl_certificate_key %s;"
                       "ssl_certificate %s; ssl_certificate_key %s;"
                       % (rsa.chain, rsa.key, alone.chain, ec.key)) as s:
        a = audit.run(s.port, "--store", "live=" + p.root.cert, "--stores", "live",
                      "--fix-chain", out)
    c.equal("status", a.exit, EXIT_PASS)
    got = sorted(certificates(f)[0] for f in (out, out + ".2"))
    c.equal("both leaves", got, sorted((rsa.der(), ec.der())))
    for f in (out, out + ".2"):
        c.equal("the intermediate", certificates(f)[1:], [p.inter.der()])


if __name__ == "__main__":
    live.main(status, formats, forms, usage, valid, fixed, cannot_be_fixed, same_as_served,
              fixed_from_a_server)
