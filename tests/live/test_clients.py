"""What is worked out for simulated clients is what servers answer to the hellos of those clients."""
import os
import socket

import audit
import live
import oracle
import pki
import servers
import test_jsse
from oracle import SSL3, TLS10, TLS12, TLS13
from pki import HOST

SRCDIR = os.environ.get("srcdir") or os.path.join(live.HERE, "..", "..")
MOST = 0.9      # of the clients must be certain: "unknown" is true of anything, and useless
P256_POINT = bytes.fromhex(
    "04"
    "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")
SHARES = {0x001d: lambda: os.urandom(32), 0x0017: lambda: P256_POINT,
          0x11ec: lambda: bytes(1184) + os.urandom(32)}


def table(path):
    """Lines of a comma-separated file without comments and empty lines."""
    with open(os.path.join(SRCDIR, path)) as f:
        return [line.rstrip("\n").split(",") for line in f if line[0] not in "#\n"]


def codes(text):
    return [int(word, 16) for word in text.split()]


def clients():
    rows = table("data/clients/clients.csv")
    for row in rows[1:]:
        c = dict(zip(rows[0], row))
        for name in ("suites", "groups", "shares", "sigalgs"):
            c[name] = codes(c[name])
        for name in ("lowest", "highest"):
            c[name] = int(c[name], 16)
        yield c


def hello(c):
    """The client's hello: what decides, and nothing else."""
    ext = b""
    if c["sni"] == "y":
        ext += oracle.extension(0, oracle.vec(2, b"\0" + oracle.vec(2, HOST.encode())))
    if c["groups"]:
        ext += oracle.extension(10, oracle.vec(2, oracle.u16s(c["groups"])))
        ext += oracle.extension(11, b"\1\0")
    if c["sigalgs"]:
        ext += oracle.extension(13, oracle.vec(2, oracle.u16s(c["sigalgs"])))
    if c["highest"] == TLS13:
        versions = range(TLS13, max(c["lowest"], TLS10) - 1, -1)
        ext += oracle.extension(43, oracle.vec(1, oracle.u16s(versions)))
        ext += oracle.extension(51, oracle.vec(2, b"".join(
            oracle.u16s([g]) + oracle.vec(2, SHARES[g]()) for g in c["shares"])))
    body = (oracle.u16s([min(c["highest"], TLS12)]) + os.urandom(32)
            + oracle.vec(1, os.urandom(32) if c["highest"] == TLS13 else b"")
            + oracle.vec(2, oracle.u16s(c["suites"])) + b"\1\0" + (oracle.vec(2, ext) if ext else b""))
    return (b"\x16" + oracle.u16s([max(SSL3, min(c["highest"], TLS10))])
            + oracle.vec(2, b"\1" + oracle.vec(3, body)))


def ask(port, c):
    with socket.create_connection(("127.0.0.1", port), 10) as sock:
        sock.sendall(hello(c))
        return oracle.read_flight(sock, True, 10)


def possible(row, name):
    """The code points that the report allows, or None when it says nothing."""
    return [int(entry["code"], 16) for entry in row[name]] if row.get(name) else None


def compare(c, what, row, answer):
    """One row of the report against the server's answer to that client."""
    suites = possible(row, "suite")
    groups = possible(row, "group")
    if row["connects"] == "no" and row["failure"].startswith(("no ", "the server ")):
        c.equal(what + " fails, " + row["failure"], answer.suite, None)
        return
    if answer.suite is None:
        c.true(what + " connects", row["connects"] != "yes", "alert %s" % answer.alert)
        return
    if row["connects"] == "no":         # the server is willing, the client is not
        return
    if suites is not None:
        c.true(what + " suite", answer.suite in suites,
               "%04x, not %s" % (answer.suite, live.hexes(suites)))
    if row.get("version"):
        c.equal(what + " version", row["version"], VERSION_NAMES[answer.version])
    if groups is not None and answer.suite in suites:
        c.true(what + " group", answer.group in groups,
               "%s, not %s" % (answer.group, live.hexes(groups)))
    if row.get("signature_algorithm") and answer.version != TLS13:
        c.equal(what + " signature", [answer.sigalg], possible(row, "signature_algorithm"))
    if answer.dh_bits and row.get("key_exchange_bits"):
        c.equal(what + " DH prime", row["key_exchange_bits"], answer.dh_bits)


VERSION_NAMES = {0x0300: "SSLv3", 0x0301: "TLS 1.0", 0x0302: "TLS 1.1", 0x0303: "TLS 1.2",
                 0x0304: "TLS 1.3"}


def same_answers(c, server, most=MOST):
    a = audit.run(server.port)
    rows = {(r["name"], r.get("platform", "")): r for r in a.at("facts.clients")}
    certain = 0
    listing = list(clients())
    c.equal("clients", len(rows), len(listing))
    for entry in listing:
        row = rows[entry["name"], entry["platform"]]
        certain += row["certain"] == "yes"
        compare(c, ("%s %s" % (entry["name"], entry["platform"])).strip(), row,
                ask(server.port, entry))
    c.true("certain", certain >= most * len(listing), "%d of %d" % (certain, len(listing)))
    return a


def keys(*leaves):
    return "".join("ssl_certificate %s; ssl_certificate_key %s;\n" % (leaf.chain, leaf.key)
                   for leaf in leaves)


def nginx_intermediate(c):
    """Two certificates, the client's order."""
    rsa = c.pki.leaf("rsa")
    ec = c.pki.leaf("ec", "EC:P-256")
    with servers.nginx(c.work, keys(rsa, ec) + """
		ssl_protocols TLSv1.2 TLSv1.3; ssl_prefer_server_ciphers off;
		ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20:kDHE+AESGCM:@SECLEVEL=0; ssl_dhparam %s;
		""" % c.pki.dh1024()) as s:
        a = same_answers(c, s)
        c.fact(a, "facts.posture.forward_secrecy", "all")
        c.fact(a, "facts.posture.reference_fs", "yes")
        c.fact(a, "facts.posture.rc4", "none")


def nginx_server_order(c):
    """The server's order, with ChaCha20 for those who want it first; P-384 before X25519."""
    rsa = c.pki.leaf("rsa")
    with servers.nginx(c.work, keys(rsa) + """
		ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_prefer_server_ciphers on;
		ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:kRSA+AES:@SECLEVEL=0;
		ssl_conf_command Options PrioritizeChaCha; ssl_ecdh_curve secp384r1:X25519:prime256v1;
		""") as s:
        a = same_answers(c, s)
        c.fact(a, "facts.posture.beast", "preferred")
        c.fact(a, "facts.posture.reference_fs", "yes")
        c.fact(a, "facts.posture.reference_aead", "yes")


def nginx_by_name(c):
    """Another certificate, with another kind of key, for those who send no name."""
    rsa = c.pki.leaf("rsa")
    ec = c.pki.leaf("ec", "EC:P-384", hosts=("default.example",))
    tls = """ssl_protocols TLSv1 TLSv1.1 TLSv1.2; ssl_prefer_server_ciphers on;
		ssl_ciphers ALL:@SECLEVEL=0;"""
    with servers.nginx(c.work, keys(rsa) + tls, default=keys(ec) + tls) as s:
        same_answers(c, s, most=0.8)


def nginx_name_required(c):
    rsa = c.pki.leaf("rsa")
    with servers.nginx(c.work, keys(rsa) + """
		ssl_protocols TLSv1 TLSv1.2; ssl_ciphers ALL:@SECLEVEL=0;""",
                       default="ssl_reject_handshake on;") as s:
        same_answers(c, s)


def s_server_ecdsa(c):
    """An EC certificate alone, P-384."""
    ec = c.pki.leaf("ec", "EC:P-384")
    with servers.s_server(c.work, "-cert", ec.cert, "-cert_chain", ec.chain, "-key", ec.key,
                          "-cipher", "ALL:@SECLEVEL=0") as s:
        same_answers(c, s)


def s_server_dh(c):
    """Diffie-Hellman with 1,024 bits, and RSA without forward secrecy behind it."""
    rsa = c.pki.leaf("rsa")
    with servers.s_server(c.work, "-cert", rsa.cert, "-cert_chain", rsa.chain, "-key", rsa.key,
                          "-cipher", "kDHE+AES:kRSA+AES:@SECLEVEL=0", "-no_tls1_3", "-serverpref",
                          "-dhparam", c.pki.dh1024()) as s:
        a = same_answers(c, s)
        c.fact(a, "facts.dh.bits", 1024)
        refused(c, a, "a Diffie-Hellman prime of 1024 bits is too short", "curl 7.88 (OpenSSL 3.0.19)")


def refused(c, a, failure, *names):
    """These clients get an answer and do not take it, for that reason."""
    for name in names:
        rows = [r for r in a.at("facts.clients") if r["name"] == name]
        c.true("%s is simulated" % name, rows)
        for row in rows:
            c.equal("%s connects" % name, row["connects"], "no")
            c.true("%s: %s" % (name, failure), row.get("failure", "").startswith(failure),
                   row.get("failure"))


def s_server_dh_long(c):
    """Diffie-Hellman with 2,048 bits, before everything else: too long for Java 6 and 7."""
    rsa = c.pki.leaf("rsa")
    params = os.path.join(c.work, "dh2048.pem")
    pki.openssl("genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:ffdhe2048",
                "-out", params)
    with servers.s_server(c.work, "-cert", rsa.cert, "-cert_chain", rsa.chain, "-key", rsa.key,
                          "-cipher", "kDHE+AES:kRSA+AES:@SECLEVEL=0", "-no_tls1_3", "-serverpref",
                          "-dhparam", params) as s:
        a = same_answers(c, s)
        c.fact(a, "facts.dh.bits", 2048)
        refused(c, a, "a Diffie-Hellman prime of 2048 bits is too long", "Java 6u45", "Java 7u25")


def nginx_only_tls13(c):
    """TLS 1.3 alone: who has no TLS 1.3 has no version in common."""
    rsa = c.pki.leaf("rsa")
    ec = c.pki.leaf("ec", "EC:P-256")
    with servers.nginx(c.work, keys(rsa, ec) + "ssl_protocols TLSv1.3;") as s:
        a = same_answers(c, s)
        for row in a.at("facts.clients"):
            c.true("%s: TLS 1.3 or nothing" % row["name"],
                   row.get("version") == "TLS 1.3" or row["connects"] == "no", row)
        c.fact(a, "facts.posture.reference_fs", "yes")


def haproxy(c):
    """Two certificates, every version, and suites that a lower version alone would do for."""
    leaves = c.pki.leaf("rsa"), c.pki.leaf("ec", "EC:P-256")
    crt = []
    for leaf in leaves:
        with open(leaf.chain) as chain, open(leaf.key) as key:
            crt.append("crt " + servers.write(c.work, leaf.name + ".both", chain.read() + key.read()))
    with servers.haproxy(c.work, " ".join(crt) + " ssl-min-ver TLSv1.0 ciphers ALL:@SECLEVEL=0") as s:
        same_answers(c, s)


def nss(c):
    with servers.selfserv(c.work, c.pki, {"-n": c.pki.leaf("rsa"), "-e": c.pki.leaf("ec", "EC:P-256")},
                          "-V", "tls1.0:tls1.3", "-u") as s:
        same_answers(c, s)


def golang(c):
    """It keeps to no order that could be told: some are asked for, and not all can be."""
    with servers.golang(c.work, c.pki.leaf("rsa"), c.pki.leaf("ec", "EC:P-256")) as s:
        asked(c, same_answers(c, s, most=0.5), 6)


def mbedtls(c):
    """It reads eleven groups of a hello, and has an order of its own."""
    with servers.lighttpd(c.work, "mbedtls", c.pki.leaf("ec", "EC:P-256")) as s:
        same_answers(c, s)


def asked(c, a, n):
    """client_hellos has sent so many, and what came is what the report says of who sends them."""
    c.fact(a, "facts.audit.clients_asked", n)
    rows = {(r["name"], r.get("platform")): r for r in a.at("facts.clients")}
    c.equal("answers", len(a.at("facts.client_answers")), n)
    for answer in a.at("facts.client_answers"):
        row = rows[answer["client"], answer.get("platform")]
        c.equal("%s asked" % answer["client"], row["asked"], "yes")
        c.equal("%s certain" % answer["client"], row["certain"], "yes")
        if row["connects"] == "yes":
            c.equal("%s suite" % answer["client"], row["suite"], answer["suite"])


def gnutls(c):
    rsa = c.pki.leaf("rsa")
    with servers.gnutls_serv(
            c.work, "NORMAL:+VERS-TLS1.0:+VERS-TLS1.1:+ARCFOUR-128:+3DES-CBC:%SERVER_PRECEDENCE",
            "--x509certfile", rsa.chain, "--x509keyfile", rsa.key) as s:
        same_answers(c, s)


def jsse(c):
    """SSLv3, and everything that clients of its time knew."""
    with test_jsse.jsse(c, c.pki.leaf("rsa"), "server", "SSLv3,TLSv1,TLSv1.1,TLSv1.2") as s:
        a = same_answers(c, s)
        c.fact(a, "facts.posture.export", "yes")


if __name__ == "__main__":
    live.main(nginx_intermediate, nginx_server_order, nginx_by_name, nginx_name_required,
              s_server_ecdsa, s_server_dh, s_server_dh_long, nginx_only_tls13, gnutls, jsse, haproxy, nss, golang,
              mbedtls)
