"""Eight TLS libraries, five of them behind one web server: nothing is said that is not so.

These packages are no part of `./quickstart check`; what is not installed is skipped.
"""
import audit
import live
import oracle
import servers
from pki import HOST


def same(c, server, *leaves, more=0):
    with server as s:
        a = audit.run(s.port)
        c.fact(a, "status", "ok")
        truth = c.same_as_oracle(a, s)
        c.true("the server speaks TLS 1.2 or 1.3", truth[live.TLS12] or truth[live.TLS13])
        for leaf in leaves:
            c.deployment(a, leaf, *(("EC", 256) if leaf.name == "ec" else ("RSA", 2048)))
        c.budget(a, more)
        c.true("the server still runs", s.running())
        return truth


def lighttpd(c, module, more=0):
    rsa = c.pki.leaf("rsa")
    same(c, servers.lighttpd(c.work, module, rsa), rsa, more=more)


def openssl(c):
    lighttpd(c, "openssl")


def gnutls(c):
    lighttpd(c, "gnutls")


def mbedtls(c):
    lighttpd(c, "mbedtls")


def mbedtls_without_aria(c):
    """It chooses ARIA, which this build lacks, and closes: all that it likes less is there."""
    rsa = c.pki.leaf("rsa")
    with servers.lighttpd(c.work, "mbedtls", rsa, 'ssl.openssl.ssl-conf-cmd = '
                          '("MinProtocol" => "TLSv1.2", "CipherString" => "HIGH")') as s:
        a = audit.run(s.port, "--only", "cipher_suites")
        found = oracle.Oracle("127.0.0.1", s.port, sni=HOST).suites(live.TLS12)
        c.true("AES-128 as well", 0xc02f in found)
        c.codes_set(a, "facts.suites.tls1_2", found)


def nss(c):
    lighttpd(c, "nss")


def wolfssl(c):
    # It reads 150 suites and 36 signature algorithms; more are asked for in pieces.
    lighttpd(c, "wolfssl", more=30)


def by_curve(c, module, more=0):
    """An EC certificate alone: which groups a hello has, and how many, decides more there."""
    for kind in ("P-256", "P-384"):
        ec = c.pki.leaf("ec" if kind == "P-256" else "ec384", "EC:" + kind)
        same(c, servers.lighttpd(c.work, module, ec), more=more)


def mbedtls_ec(c):
    by_curve(c, "mbedtls")


def wolfssl_ec(c):
    by_curve(c, "wolfssl", more=40)


def golang(c):
    """RC4 and 3DES, no DHE, and an order that depends on what the client's hardware likes."""
    rsa = c.pki.leaf("rsa")
    ec = c.pki.leaf("ec", "EC:P-256")
    truth = same(c, servers.golang(c.work, rsa, ec), rsa, ec)
    c.true("the server offers RC4", 0x0005 in truth[live.TLS10])


def erlang(c):
    rsa = c.pki.leaf("rsa")
    # It chooses SRP and then has no user for it: its kinds of suites are asked for one by one.
    truth = same(c, servers.erlang(c.work, rsa, c.pki.dh1024()), rsa, more=20)
    c.true("the server speaks TLS 1.0", truth[live.TLS10])


def botan(c):
    rsa = c.pki.leaf("rsa")
    same(c, servers.botan(c.work, rsa, """allow_tls10 = true
allow_tls11 = true
allow_tls12 = true
ciphers = ChaCha20Poly1305 AES-256/GCM AES-128/GCM AES-256 AES-128 Camellia-128 3DES
macs = AEAD SHA-256 SHA-384 SHA-1
key_exchange_methods = ECDH DH RSA
signature_methods = ECDSA RSA
minimum_rsa_bits = 1024
"""), rsa)


if __name__ == "__main__":
    live.main(openssl, gnutls, mbedtls, mbedtls_without_aria, nss, wolfssl, mbedtls_ec, wolfssl_ec,
              golang, erlang, botan)
