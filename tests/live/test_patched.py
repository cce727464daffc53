"""No flaw is seen on servers that have none: every probe of a flaw against every TLS library here.

What is not installed is skipped.
"""
import audit
import live
import servers
from test_gnutls import WITH_13, WITH_NULL, keys
from test_jsse import jsse
from test_nss import WIDE as NSS_WIDE

PROBES = "robot,cbc_padding,ticketbleed,invalid_curve,heartbleed,ccs_injection"
FLAWS = ("robot", "poodle_tls", "zombie_poodle", "goldendoodle", "sleeping_poodle",
         "zero_length_padding", "cve_2016_2107", "ticketbleed", "invalid_curve", "heartbleed",
         "ccs_injection")
ALL = "ALL:@SECLEVEL=0"


def sound(c, server, **other):
    """Everything is "no", but for what `other` says."""
    with server as s:
        a = audit.run(s.port, "--only", PROBES)
        c.fact(a, "status", "ok")
        flaws = a.json["facts"]["vulnerabilities"]
        for name in FLAWS:
            c.equal(name + (": %s" % flaws.get(name + "_reason")), flaws.get(name),
                    other.get(name, "no"))
        c.true("the server still runs", s.running())
        return a


def tls12(leaf):
    return ("ssl_certificate %s; ssl_certificate_key %s; ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;"
            "ssl_ciphers %s; " % (leaf.chain, leaf.key, ALL))


def s_server(c):
    rsa = c.pki.leaf("rsa")
    ec = c.pki.leaf("ec", "EC:P-256")
    sound(c, servers.s_server(c.work, "-cert", rsa.cert, "-key", rsa.key, "-dcert", ec.cert, "-dkey",
                              ec.key, "-cipher", ALL))


def nginx(c):
    sound(c, servers.nginx(c.work, tls12(c.pki.leaf("rsa"))))


def nginx_modern(c):
    """AEAD and forward secrecy alone: most has no place there."""
    leaf = c.pki.leaf("rsa")
    sound(c, servers.nginx(c.work, "ssl_certificate %s; ssl_certificate_key %s;"
                           "ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ECDHE+AESGCM;"
                           % (leaf.chain, leaf.key)))


def nginx_tls13(c):
    leaf = c.pki.leaf("rsa")
    sound(c, servers.nginx(c.work, "ssl_certificate %s; ssl_certificate_key %s;"
                           "ssl_protocols TLSv1.3;" % (leaf.chain, leaf.key)))


def apache(c):
    rsa = c.pki.leaf("rsa")
    sound(c, servers.apache(c.work, "SSLCertificateFile %s\nSSLCertificateKeyFile %s\n"
                            "SSLProtocol all\nSSLCipherSuite %s\n" % (rsa.chain, rsa.key, ALL)))


def haproxy(c):
    rsa = c.pki.leaf("rsa")
    pem = c.work + "/rsa.pem"
    with open(pem, "w") as out:
        for name in (rsa.chain, rsa.key):
            with open(name) as f:
                out.write(f.read())
    sound(c, servers.haproxy(c.work, "crt %s ssl-min-ver TLSv1.0 ciphers %s" % (pem, ALL)))


def gnutls(c):
    rsa = c.pki.leaf("rsa")
    sound(c, servers.gnutls_serv(c.work, WITH_13, *keys(rsa, c.pki.leaf("ec", "EC:P-256"))))


def gnutls_null(c):
    sound(c, servers.gnutls_serv(c.work, WITH_NULL, *keys(c.pki.leaf("rsa"))))


def nss(c):
    rsa = c.pki.leaf("rsa")
    sound(c, servers.selfserv(c.work, c.pki, {"-n": rsa}, "-V", "ssl3:tls1.2", "-u", "-G", "-H", "1",
                              "-W", "1", "-c", NSS_WIDE))


def java(c):
    sound(c, jsse(c, c.pki.leaf("rsa"), "server"))


def lighttpd(c, module, **other):
    sound(c, servers.lighttpd(c.work, module, c.pki.leaf("rsa"), 'ssl.openssl.ssl-conf-cmd = ('
                              '"MinProtocol" => "TLSv1.2", "CipherString" => "HIGH")'), **other)


def lighttpd_openssl(c):
    lighttpd(c, "openssl")


def lighttpd_gnutls(c):
    lighttpd(c, "gnutls")


def lighttpd_mbedtls(c):
    lighttpd(c, "mbedtls")


def lighttpd_nss(c):
    lighttpd(c, "nss")


def lighttpd_wolfssl(c):
    # Debian's wolfSSL is built without WOLFSSL_VALIDATE_ECC_IMPORT: it does finish such a handshake.
    lighttpd(c, "wolfssl", invalid_curve="yes")


def golang(c):
    sound(c, servers.golang(c.work, c.pki.leaf("rsa"), c.pki.leaf("ec", "EC:P-256")))


def erlang(c):
    # This one closes right after the handshake: nothing is learnt of its records.
    sound(c, servers.erlang(c.work, c.pki.leaf("rsa"), c.pki.dh1024()),
          **{name: "unknown" for name in FLAWS if "padding" in name or "poodle" in name
             or name in ("goldendoodle", "cve_2016_2107")})


def botan(c):
    sound(c, servers.botan(c.work, c.pki.leaf("rsa"), """allow_tls10 = true
allow_tls11 = true
allow_tls12 = true
ciphers = ChaCha20Poly1305 AES-256/GCM AES-128/GCM AES-256 AES-128 Camellia-128 3DES
macs = AEAD SHA-256 SHA-384 SHA-1
key_exchange_methods = ECDH DH RSA
signature_methods = ECDSA RSA
minimum_rsa_bits = 1024
"""))


if __name__ == "__main__":
    live.main(s_server, nginx, nginx_modern, nginx_tls13, apache, haproxy, gnutls, gnutls_null, nss,
              java, lighttpd_openssl, lighttpd_gnutls, lighttpd_mbedtls, lighttpd_nss,
              lighttpd_wolfssl, golang, erlang, botan)
