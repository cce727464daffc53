"""Whole handshakes by the engine, against other people's servers: every suite family, TLS 1.0 to 1.3.

What is said on a connection after its handshake is checked as well: a request, a session resumed by
id, ticket and PSK, early data, renegotiation, and records that no client would send.
"""
import os
import re
import subprocess
import sys

import audit
import live
import servers
import test_jsse

CONVERSE = os.path.join(os.environ.get("top_builddir", "build"), "tests", "live", "converse")
ALL = "ALL:@SECLEVEL=0"


def converse(port, *words):
    """{what was asked: {"text": ..., "kind": ..., ...}}"""
    p = subprocess.run([CONVERSE, str(port), *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                       timeout=60, text=True)
    if p.returncode != 0:
        raise RuntimeError("converse %s: %s" % (" ".join(words), p.stdout))
    said = {}
    for line in p.stdout.splitlines():
        what, _, rest = line.partition(": ")
        text, _, values = rest.partition("; ")
        said[what] = dict(re.findall(r"(\w+)=(\w+)", values), text=text)
    return said


def finishes(c, name, s, *words):
    got = converse(s.port, "get", *words)
    for what, key in (("handshake", "finished"), ("get", "data")):
        row = got.get(what, {})
        c.true("%s %s: %s" % (name, " ".join(words), what), row.get(key, "0") != "0",
               row.get("text"))


# A suite of each key exchange, cipher and MAC.
OLD = ("002f", "0035", "c013", "c014", "0039", "c00a")
TLS1_2 = OLD + ("003c", "003d", "c027", "c028", "c023", "c024", "009c", "009d", "c02f", "c030", "c02b",
                "009e", "009f", "cca8", "cca9", "ccaa", "c09c", "c0ac", "c0ae", "0041", "0084")
TLS1_3 = ("1301", "1302", "1303")


def s_server(c, *options):
    rsa = c.pki.leaf("rsa")
    ec = c.pki.leaf("ec", "EC:P-256")
    return servers.s_server(c.work, "-cert", rsa.cert, "-key", rsa.key, "-dcert", ec.cert, "-dkey",
                            ec.key, "-cipher", ALL, *options)


def openssl_suites(c):
    with s_server(c) as s:
        for suite in TLS1_2:
            finishes(c, "openssl", s, "version=0303", "suite=" + suite)
        for suite in TLS1_3:
            for group in ("001d", "0017", "0018", "0019", "001e"):
                finishes(c, "openssl", s, "version=0304", "suite=" + suite, "group=" + group)
        for group in ("001d", "0017", "0018", "0019"):
            finishes(c, "openssl", s, "version=0303", "suite=c02f", "group=" + group)
        for version in ("0301", "0302"):
            for suite in OLD:
                finishes(c, "openssl", s, "version=" + version, "suite=" + suite)


def openssl_extensions(c):
    with s_server(c) as s:
        for version in ("0301", "0302", "0303"):
            for words in (("no-ems",), ("no-etm",), ("no-ems", "no-etm", "no-ticket")):
                finishes(c, "openssl", s, "version=" + version, "suite=002f", *words)
                finishes(c, "openssl", s, "version=" + version, "suite=c014", *words)


def openssl_client_certificate(c):
    """Asked for one, and content without."""
    with s_server(c, "-verify", "1") as s:
        for words in (("version=0303", "suite=c02f"), ("version=0301", "suite=002f"),
                      ("version=0304", "suite=1301")):
            finishes(c, "openssl", s, *words)


def retried(c, name, s, *words):
    """The server wants another group than that of our share: asked again, it gets one."""
    for share, group in (("001d", "0018"), ("0017", "0018")):
        got = converse(s.port, "get", "again=psk", "version=0304", "suite=1302", "group=" + group,
                       "share=" + share, *words)
        what = "%s share %s" % (name, share)
        c.true(what + ": finished", got.get("handshake", {}).get("finished") == "1", got)
        c.true(what + ": data", got.get("get", {}).get("data", "0") != "0", got)
        c.equal(what + ": resumed, with a retry too", got.get("again", {}).get("resumed"), "1")


def hello_retry(c):
    leaf = c.pki.leaf("rsa")
    with s_server(c, "-groups", "P-384") as s:
        retried(c, "openssl", s)
    with servers.gnutls_serv(c.work, "NORMAL:-GROUP-ALL:+GROUP-SECP384R1", "--x509certfile", leaf.chain,
                             "--x509keyfile", leaf.key) as s:
        retried(c, "gnutls", s)
    with servers.java(c.work, os.path.join(live.HERE, "LiveServer.java"), c.pki.p12(leaf), "live", "server",
                      "TLSv1.3", properties=("-Djdk.tls.namedGroups=secp384r1",)) as s:
        retried(c, "java, with a cookie", s)
    with servers.selfserv(c.work, c.pki, {"-n": leaf}, "-V", "tls1.3:tls1.3", "-I", "P384", "-u", "-Z") as s:
        retried(c, "nss", s)


def gnutls_suites(c):
    rsa = c.pki.leaf("rsa")
    ec = c.pki.leaf("ec", "EC:P-256")
    keys = []
    for leaf in (rsa, ec):
        keys += ["--x509certfile", leaf.chain, "--x509keyfile", leaf.key]
    with servers.gnutls_serv(c.work, "NORMAL:+VERS-TLS1.0:+VERS-TLS1.1:+3DES-CBC:+CAMELLIA-128-CBC"
                             ":+CAMELLIA-256-CBC:+SHA256:+SHA384:%COMPAT", *keys) as s:
        for suite in ("002f", "0035", "000a", "c013", "c02f", "c02b", "c027", "c024", "009e", "cca8",
                      "cca9", "ccaa", "c09c", "c09d", "c09e", "c0ac", "c0ad", "0041", "0084"):
            finishes(c, "gnutls", s, "version=0303", "suite=" + suite)
            finishes(c, "gnutls", s, "version=0303", "suite=" + suite, "no-etm", "no-ems")
        for version in ("0301", "0302"):
            for suite in ("002f", "000a", "0039", "c014"):
                finishes(c, "gnutls", s, "version=" + version, "suite=" + suite)
                finishes(c, "gnutls", s, "version=" + version, "suite=" + suite, "no-etm")
        for suite in TLS1_3 + ("1304",):
            finishes(c, "gnutls", s, "version=0304", "suite=" + suite, "group=0017")


def resumes(c, name, s, how, *words):
    got = converse(s.port, "get", "again=" + how, *words)
    row = got.get("again", {})
    c.equal("%s by %s %s" % (name, how, " ".join(words)), row.get("resumed"), "1")
    c.true("%s by %s: data" % (name, how), how == "early" or got.get("get", {}).get("data", "0") != "0")
    return got


def rc4(c):
    rsa = c.pki.leaf("rsa")
    with servers.gnutls_serv(c.work, "NORMAL:+VERS-TLS1.0:+VERS-TLS1.1:+ARCFOUR-128:+MD5:+SHA1:%COMPAT",
                             "--x509certfile", rsa.chain, "--x509keyfile", rsa.key) as s:
        for version in ("0301", "0302", "0303"):
            for suite in ("0004", "0005", "c011"):
                finishes(c, "gnutls", s, "version=" + version, "suite=" + suite)
    with servers.selfserv(c.work, c.pki, {"-n": rsa}, "-V", "tls1.0:", "-c", ":0004:0005:C011") as s:
        for version in ("0301", "0302", "0303"):
            for suite in ("0004", "0005", "c011"):
                finishes(c, "nss", s, "version=" + version, "suite=" + suite)


def ssl3(c):
    """SSLv3, whose MAC, keys and Finished are its own: Java has it still."""
    rsa = c.pki.leaf("rsa")
    with test_jsse.jsse(c, rsa, "client", "SSLv3") as s:
        for suite in ("0004", "0005", "000a", "002f", "0035", "0016", "0033", "0039"):
            finishes(c, "java", s, "version=0300", "suite=" + suite)
        a = audit.run(s.port, "--only", "http,resumption,renegotiation,robot")
        c.fact(a, "facts.http.status", 200)
        c.fact(a, "facts.resumption.session_id", "no")
        c.fact(a, "facts.renegotiation.secure_client", "yes")
        c.true("insecure renegotiation is known", a.at("facts.renegotiation.insecure_client") in
               ("yes", "no"), a.at("facts.renegotiation"))


def openssl_resumption(c):
    with s_server(c) as s:
        for version in ("0301", "0303"):
            suite = "suite=c014" if version == "0301" else "suite=c030"
            resumes(c, "openssl", s, "id", "version=" + version, suite, "no-ticket")
            resumes(c, "openssl", s, "ticket", "version=" + version, suite)
            resumes(c, "openssl", s, "ticket", "version=" + version, suite, "no-ems")
        for suite in TLS1_3:
            resumes(c, "openssl", s, "psk", "version=0304", "suite=" + suite)


def openssl_refuses_resumption(c):
    with s_server(c, "-no_cache", "-no_ticket") as s:
        for how in ("id", "ticket"):
            got = converse(s.port, "get", "again=" + how)
            c.equal("resumed by " + how, got.get("again", {}).get("resumed"), "0")


def renegotiates(c, words, options, want):
    with s_server(c, *options) as s:
        got = converse(s.port, *words)
        row = got.get("renegotiate", {})
        c.equal("%s with %s" % (words, options), row.get("finished"), want)
        if want == "1" and "get" in words:
            c.true("data under the new keys", got.get("get", {}).get("data", "0") != "0")


def openssl_renegotiation(c):
    renegotiates(c, ("renegotiate=secure", "get"), ("-client_renegotiation",), "1")
    renegotiates(c, ("renegotiate=secure", "get", "suite=c014", "no-etm", "version=0301"),
                 ("-client_renegotiation",), "1")
    renegotiates(c, ("renegotiate=secure",), (), "0")
    renegotiates(c, ("renegotiate=insecure",), ("-client_renegotiation", "-legacy_renegotiation"), "1")


def openssl_spoiled(c):
    """A server of today answers all of these alike."""
    with s_server(c) as s:
        for spoil in ("mac", "padding"):
            for version in ("0301", "0303"):
                got = converse(s.port, "suite=c013", "version=" + version, "no-etm", "spoil=" + spoil)
                c.equal("%s: %s" % (spoil, version), got.get("spoil", {}).get("text"),
                        "alert 20 (bad_record_mac)")
        for premaster in ("version", "first"):
            got = converse(s.port, "suite=002f", "premaster=" + premaster)
            c.equal("premaster " + premaster, got.get("premaster", {}).get("text"),
                    "alert 20 (bad_record_mac)")
            c.equal("after premaster " + premaster, got.get("after", {}).get("text"),
                    "connection closed")
        for words in (("no-ems",), ()):
            got = converse(s.port, "suite=002f", "premaster=right", *words)
            c.equal("premaster right", got.get("premaster", {}).get("finished"), "1")


def main():
    if not os.access(CONVERSE, os.X_OK):
        print("tests/live/converse is not built")
        sys.exit(77)
    live.main(openssl_suites, rc4, ssl3, openssl_extensions, hello_retry, openssl_client_certificate, gnutls_suites,
              openssl_resumption, openssl_refuses_resumption, openssl_renegotiation, openssl_spoiled)


if __name__ == "__main__":
    main()
