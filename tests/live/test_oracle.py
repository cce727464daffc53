"""The live tests' own truth is true: configurations are compared with the slow enumeration alone.

Where a server's configuration says exactly what it offers, oracle.py has to find that and nothing
else; otherwise the other live tests would compare tlsaudit with a mistake.
"""
import live
import oracle
import servers
from oracle import SSL3, TLS10, TLS11, TLS12, TLS13
from pki import HOST

SIX = ("ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
       "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305")


def nginx_modern(c):
    rsa = c.pki.leaf("rsa")
    ec = c.pki.leaf("ec", "EC:P-256")
    with servers.nginx(c.work, """
		ssl_certificate %s; ssl_certificate_key %s;
		ssl_certificate %s; ssl_certificate_key %s;
		ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers %s; ssl_prefer_server_ciphers on;
		ssl_ecdh_curve X25519:P-384;
		""" % (rsa.chain, rsa.key, ec.chain, ec.key, SIX)) as s:
        o = oracle.Oracle("127.0.0.1", s.port, sni=HOST)
        for v in (SSL3, TLS10, TLS11):
            c.equal("suites of %04x" % v, o.suites(v), set())
        found = o.suites(TLS12)
        c.equal("order", o.order(TLS12, found), ("server", live.cipher_codes(SIX)))
        found = o.suites(TLS13)
        c.equal("TLS 1.3", o.order(TLS13, found), ("server", [0x1302, 0x1303, 0x1301]))
        c.equal("groups of TLS 1.3", o.groups(TLS13, found), {0x001d, 0x0018})
        c.equal("order of groups", o.group_order(TLS13, found, {0x001d, 0x0018}),
                ("server", [0x001d, 0x0018]))
        # The ECDSA certificate is on P-256, which this server does not take.
        c.equal("groups of TLS 1.2", o.groups(TLS12, [0xc02f]), {0x001d, 0x0018})


def s_server_wide(c):
    rsa = c.pki.leaf("rsa")
    text = "ALL:!PSK:!SRP:!ECDSA:!DSS:@SECLEVEL=0"
    with servers.s_server(c.work, "-cert", rsa.chain, "-key", rsa.key, "-min_protocol", "TLSv1",
                          "-cipher", text) as s:
        o = oracle.Oracle("127.0.0.1", s.port, sni=HOST)
        for v, option in ((TLS10, "-tls1"), (TLS12, "-tls1_2")):
            found = o.suites(v)
            c.equal_codes("suites of %04x" % v, sorted(found),
                          sorted(live.cipher_codes(text, option)))
            c.equal("order of %04x" % v, o.order(v, found)[0], "client")


if __name__ == "__main__":
    live.main(nginx_modern, s_server_wide)
