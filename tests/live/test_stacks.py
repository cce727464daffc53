"""Five TLS libraries behind one web server, each with its defaults: nothing is said that is not so.

These packages are no part of `./quickstart check`; what is not installed is skipped.
"""
import audit
import live
import servers


def stack(c, module, options=""):
    rsa = c.pki.leaf("rsa")
    with servers.lighttpd(c.work, module, rsa, options) as s:
        a = audit.run(s.port)
        c.fact(a, "status", "ok")
        truth = c.same_as_oracle(a, s)
        c.true("the server speaks TLS 1.2 or 1.3", truth[live.TLS12] or truth[live.TLS13])
        c.deployment(a, rsa, "RSA", 2048)
        c.budget(a)
        c.true("the server still runs", s.running())


def openssl(c):
    stack(c, "openssl")


def gnutls(c):
    stack(c, "gnutls")


def mbedtls(c):
    stack(c, "mbedtls")


def nss(c):
    stack(c, "nss")


def wolfssl(c):
    stack(c, "wolfssl")


if __name__ == "__main__":
    live.main(openssl, gnutls, mbedtls, nss, wolfssl)
