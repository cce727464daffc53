"""Servers that ask for a client certificate: with ours (--cert, --key), and without.

Without it nothing that lies behind the demand is told as a "no"; with it the server is audited in full.
"""
import os

import audit
import live
import servers
from pki import openssl

PROBES = ("--only", "http,resumption,renegotiation,client_auth,features")
VERSIONS = {"tls1": "-tls1", "tls1_1": "-tls1_1", "tls1_2": "-tls1_2", "tls1_3": "-tls1_3"}
BEHIND = ("http.status", "resumption.psk", "resumption.ticket", "resumption.session_id",
          "renegotiation.secure_client", "renegotiation.insecure_client")
WANTS = "it wants a client certificate (--cert)"


def clients(c, *kinds):
    """Client certificates of the intermediate: leaf and intermediate in one file."""
    for kind in kinds:
        yield kind, c.pki.leaf("client-" + kind.replace(":", "-").lower(), kind, usage="clientAuth")


def value(a, path):
    """A fact; None when it is not there, as a number or a text that is unknown."""
    section, name = path.split(".")
    return a.json["facts"].get(section, {}).get(name)


def reason(a, path):
    return value(a, path + "_reason") or ""


def nothing_is_told(c, name, a):
    c.equal(name + ": required", value(a, "features.client_certificate_required"), "yes")
    c.equal(name + ": ours", value(a, "features.client_certificate_accepted"), "unknown")
    for path in BEHIND:
        c.true("%s: %s" % (name, path), value(a, path) in (None, "unknown"), value(a, path))
    told = [reason(a, path) for path in BEHIND]
    c.true(name + ": the reason is said", any(WANTS in t for t in told), told)
    for path in BEHIND[1:]:
        c.true("%s: reason of %s" % (name, path),
               WANTS in reason(a, path) or "not applicable" in reason(a, path), reason(a, path))


def s_server(c, flag, *more):
    leaf = c.pki.leaf("rsa")
    return servers.s_server(c.work, "-cert", leaf.chain, "-key", leaf.key, "-CAfile", c.pki.store,
                            "-Verify", "3", "-verify_return_error", "-cipher", "ALL:@SECLEVEL=0",
                            flag, *more)


def by_openssl(c):
    """Every kind of key in every version, and without one."""
    kinds = dict(clients(c, "RSA:2048", "RSA-PSS", "EC:P-256", "EC:P-384", "EC:P-521", "ED25519", "ED448"))
    for version, flag in VERSIONS.items():
        new = version == "tls1_3"
        with s_server(c, flag) as s:
            nothing_is_told(c, version, audit.run(s.port, *PROBES))
            for kind, leaf in kinds.items():
                if version in ("tls1", "tls1_1") and kind in ("RSA-PSS", "ED25519", "ED448"):
                    continue
                name = "%s with %s" % (version, kind)
                a = audit.run(s.port, *PROBES, "--cert", leaf.chain, "--key", leaf.key)
                c.equal(name + ": required", value(a, "features.client_certificate_required"), "yes")
                c.equal(name + ": ours", value(a, "features.client_certificate_accepted"), "yes")
                c.equal(name + ": HTTP", value(a, "http.status"), 200)
                c.equal(name + ": resumes", value(a, "resumption." + ("psk" if new else "session_id")),
                        "yes")
                c.true(name + ": renegotiation", new or
                       value(a, "renegotiation.insecure_client") in ("yes", "no"), a.json["facts"])
                c.true(name + ": the key is not told", b"PRIVATE" not in a.stdout)


def renegotiated(c):
    """The second handshake of a connection answers the demand too."""
    (_, leaf), = clients(c, "EC:P-256")
    with s_server(c, "-tls1_2", "-client_renegotiation") as s:
        a = audit.run(s.port, *PROBES, "--cert", leaf.chain, "--key", leaf.key)
        c.fact(a, "facts.renegotiation.secure_client", "yes")


def not_ours(c):
    """A certificate that the server does not trust: refused, and the server's names do not have its CA."""
    other = c.pki.self_signed("stranger")
    (_, leaf), = clients(c, "RSA:2048")
    for flag in ("-tls1_2", "-tls1_3"):
        with s_server(c, flag) as s:
            a = audit.run(s.port, *PROBES, "--cert", other.chain, "--key", other.key)
            c.fact(a, "facts.features.client_certificate_required", "yes")
            c.fact(a, "facts.features.client_certificate_accepted", "no")
            c.true("its alert is said", "alert" in reason(a, "features.client_certificate_accepted"),
                   a.json["facts"]["features"])
            c.fact(a, "facts.features.client_certificate_issuer_named", "no")
            a = audit.run(s.port, *PROBES, "--cert", leaf.chain, "--key", leaf.key)
            c.fact(a, "facts.features.client_certificate_issuer_named", "yes")


def by_gnutls(c):
    leaf = c.pki.leaf("rsa")
    for version in ("TLS1.2", "TLS1.3"):
        with servers.gnutls_serv(c.work, "NORMAL:-VERS-ALL:+VERS-" + version, "--x509certfile", leaf.chain,
                                 "--x509keyfile", leaf.key, "--x509cafile", c.pki.store,
                                 "--require-client-cert", "--verify-client-cert") as s:
            nothing_is_told(c, "gnutls " + version, audit.run(s.port, *PROBES))
            for kind, mine in clients(c, "RSA:2048", "EC:P-256", "ED25519"):
                a = audit.run(s.port, *PROBES, "--cert", mine.chain, "--key", mine.key)
                c.equal("%s with %s" % (version, kind), value(a, "features.client_certificate_accepted"), "yes")
                c.equal("%s with %s: HTTP" % (version, kind), value(a, "http.status"), 200)


def by_nss(c):
    leaf = c.pki.leaf("rsa")
    with servers.selfserv(c.work, c.pki, {"-n": leaf}, "-r", "-r", "-V", "tls1.0:") as s:
        a = audit.run(s.port, *PROBES)
        c.fact(a, "facts.features.client_certificate_required", "yes")
        for kind, mine in clients(c, "RSA:2048", "EC:P-256"):
            a = audit.run(s.port, *PROBES, "--cert", mine.chain, "--key", mine.key)
            c.equal("with " + kind, value(a, "features.client_certificate_accepted"), "yes")
            c.equal("HTTP with " + kind, value(a, "http.status"), 200)


def by_nginx(c):
    """nginx finishes the handshake, and then does not give the page: 400."""
    leaf = c.pki.leaf("rsa")
    for version in ("TLSv1.2", "TLSv1.3"):
        config = ("ssl_certificate %s; ssl_certificate_key %s; ssl_protocols %s; ssl_verify_client on;"
                  "ssl_verify_depth 3; ssl_client_certificate %s;"
                  % (leaf.chain, leaf.key, version, c.pki.store))
        with servers.nginx(c.work, config) as s:
            a = audit.run(s.port, *PROBES)
            c.fact(a, "facts.features.client_certificate_required", "no")
            c.fact(a, "facts.http.status", 400)
            for kind, mine in clients(c, "RSA:2048", "EC:P-256", "ED25519"):
                a = audit.run(s.port, *PROBES, "--cert", mine.chain, "--key", mine.key)
                c.equal("%s with %s" % (version, kind), value(a, "features.client_certificate_accepted"), "yes")
                c.equal("%s with %s: HTTP" % (version, kind), value(a, "http.status"), 200)
    with servers.nginx(c.work, "ssl_certificate %s; ssl_certificate_key %s;" % (leaf.chain, leaf.key)) as s:
        (_, mine), = clients(c, "RSA:2048")
        plain, with_ours = audit.run(s.port), audit.run(s.port, "--cert", mine.chain, "--key", mine.key)
        c.fact(with_ours, "facts.features.client_certificate_accepted", "unknown")
        c.equal("a server that asks for none costs nothing more", with_ours.at("connections"),
                plain.at("connections"))


def files(c):
    """Forms of the files, and what is said when one is not good."""
    (_, leaf), = clients(c, "RSA:2048")
    work = os.path.join(c.work, "f")
    os.mkdir(work)

    def put(name, *contents):
        path = os.path.join(work, name)
        with open(path, "wb") as f:
            f.write(b"".join(contents))
        return path

    def read(path):
        with open(path, "rb") as f:
            return f.read()

    secret, wrong = put("secret", b"s3cret\n"), put("wrong", b"n0t\n")
    locked = put("locked.key", openssl("pkcs8", "-topk8", "-in", leaf.key, "-v2", "aes256",
                                       "-passout", "file:" + secret))
    both = put("both.pem", read(leaf.chain), read(leaf.key))
    der = put("key.der", openssl("pkcs8", "-topk8", "-in", leaf.key, "-nocrypt", "-outform", "DER"))
    p12 = c.pki.p12(leaf, "s3cret")
    other = c.pki.leaf("rsa").key
    with s_server(c, "-tls1_3") as s:
        for args in (["--cert", both], ["--cert", leaf.chain, "--key", der],
                     ["--cert", leaf.chain, "--key", locked, "--key-password-file", secret],
                     ["--cert", p12, "--key-password-file", secret]):
            a = audit.run(s.port, "--only", "http", *args)
            c.equal(" ".join(args), value(a, "http.status"), 200)
    for args in (["--cert", leaf.chain], ["--cert", leaf.chain, "--key", other],
                 ["--cert", leaf.chain, "--key", locked],
                 ["--cert", leaf.chain, "--key", locked, "--key-password-file", wrong],
                 ["--cert", p12], ["--cert", p12, "--key-password-file", wrong],
                 ["--cert", work + "/none"], ["--cert", secret], ["--key", leaf.key],
                 ["--cert", leaf.chain, "--key", leaf.key, "--key-password-file", work + "/none"]):
        a = audit.run_command([audit.PROGRAM, *args, "127.0.0.1:1"])
        c.equal("exit status of " + " ".join(args), a.exit, audit.EXIT_USAGE)
        c.equal("lines of " + " ".join(args), len(a.stderr.splitlines()), 1)
        c.true("no secret", "s3cret" not in a.stderr and "n0t" not in a.stderr, a.stderr)


if __name__ == "__main__":
    live.main(by_openssl, renegotiated, not_ours, by_gnutls, by_nss, by_nginx, files)
