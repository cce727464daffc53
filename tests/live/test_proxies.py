"""apache2 and haproxy: OpenSSL again, configured by other hands."""
import audit
import live
import servers
from pki import HOST


def apache_wide(c):
    rsa = c.pki.leaf("rsa")
    ec = c.pki.leaf("ec", "EC:P-256")
    with servers.apache(c.work, """
SSLCertificateFile %s
SSLCertificateKeyFile %s
SSLCertificateFile %s
SSLCertificateKeyFile %s
SSLProtocol all
SSLCipherSuite ALL:@SECLEVEL=0
SSLHonorCipherOrder on
""" % (rsa.chain, rsa.key, ec.chain, ec.key)) as s:
        a = audit.run(s.port)
        c.fact(a, "status", "ok")
        c.same_as_oracle(a, s)
        c.deployment(a, rsa, "RSA", 2048)
        c.deployment(a, ec, "EC", 256)


def haproxy_chacha(c):
    """haproxy keeps its own order, except that a client that puts ChaCha20 first gets it."""
    rsa = c.pki.leaf("rsa")
    pem = c.work + "/rsa.pem"
    with open(pem, "w") as out:
        for name in (rsa.chain, rsa.key):
            with open(name) as f:
                out.write(f.read())
    with servers.haproxy(c.work, "crt %s ssl-min-ver TLSv1.0 ciphers ALL:@SECLEVEL=0 "
                         "alpn h2,http/1.1" % pem) as s:
        a = audit.run(s.port)
        c.fact(a, "facts.suites.tls1_2_order", "server")
        c.same_as_oracle(a, s)


def haproxy_two_keys(c):
    """It takes the ECDSA key as soon as any suite listed is for one: RSA is there all the same."""
    rsa = c.pki.leaf("rsa")
    ec = c.pki.leaf("ec", "EC:P-256")
    pem = c.work + "/live.pem"
    for leaf, suffix in ((rsa, ".rsa"), (ec, ".ecdsa")):
        with open(pem + suffix, "w") as out:
            for name in (leaf.chain, leaf.key):
                with open(name) as f:
                    out.write(f.read())
    with servers.haproxy(c.work, "crt %s ciphers ECDHE+AESGCM:AES128-SHA no-tlsv13" % pem) as s:
        a = audit.run(s.port)
        c.fact(a, "status", "ok")
        c.codes_set(a, "facts.suites.tls1_2", [0xc02b, 0xc02c, 0xc02f, 0xc030, 0x002f])
        c.fact(a, "facts.suites.tls1_2_order", "server")
        c.deployment(a, rsa, "RSA", 2048)
        c.deployment(a, ec, "EC", 256)


def haproxy_strict_sni(c):
    """Without SNI there is no certificate, with it there is."""
    rsa = c.pki.leaf("rsa")
    pem = c.work + "/rsa.pem"
    with open(pem, "w") as out:
        for name in (rsa.chain, rsa.key):
            with open(name) as f:
                out.write(f.read())
    with servers.haproxy(c.work, "crt %s strict-sni" % pem) as s:
        a = audit.run(s.port)
        c.fact(a, "status", "ok")
        c.same_as_oracle(a, s, sni=HOST)
        c.deployment(a, rsa, "RSA", 2048)


if __name__ == "__main__":
    live.main(apache_wide, haproxy_chacha, haproxy_two_keys, haproxy_strict_sni)
