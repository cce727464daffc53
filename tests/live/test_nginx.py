"""nginx as its users configure it, compared fact by fact."""
import audit
import live
import servers
from pki import HOST

SIX = ("ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
       "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305")
MODERN_BUDGET = 60              # what a server offers and presents
WHOLE_BUDGET = 120              # and all its features and weaknesses
OFFERED = "protocols,cipher_suites,groups,dh,sigalgs,certificates,extensions"
ORDER_ONLY_BUDGET = 30


def certificates(*leaves):
    return "".join("ssl_certificate %s; ssl_certificate_key %s;\n" % (leaf.chain, leaf.key)
                   for leaf in leaves)


def counted(c, a, server, before):
    """The connections that the report admits to are those that nginx has seen."""
    try:
        c.equal("connections, as nginx counts them", a.at("connections"),
                servers.nginx_accepts(server) - before)
    except audit.Missing as e:
        c.fail(str(e))


def modern(c):
    """TLS 1.2 and 1.3, six suites, two certificates, the server's order."""
    rsa = c.pki.leaf("rsa")
    ec = c.pki.leaf("ec", "EC:P-256")
    with servers.nginx(c.work, certificates(rsa, ec) + """
		ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers %s; ssl_prefer_server_ciphers on;
		add_header Strict-Transport-Security "max-age=31536000" always;
		""" % SIX) as s:
        before = servers.nginx_accepts(s)
        a = audit.run(s.port, "--store", "live=" + c.pki.root.cert)
        counted(c, a, s, before)
        c.equal("exit status", a.exit, audit.EXIT_PASS)
        c.fact(a, "status", "ok")
        c.fact(a, "target.host", HOST)
        c.fact(a, "target.port", s.port)
        c.fact(a, "target.address", "127.0.0.1")
        c.fact(a, "facts.protocols.ssl2", "no")
        c.codes(a, "facts.suites.tls1_2", live.cipher_codes(SIX))
        c.fact(a, "facts.suites.tls1_2_order", "server")
        c.codes(a, "facts.suites.tls1_3", [0x1302, 0x1303, 0x1301])
        c.same_as_oracle(a, s)
        c.deployment(a, rsa, "RSA", 2048)
        c.deployment(a, ec, "EC", 256)
        c.true("at most %d connections" % WHOLE_BUDGET, a.at("connections") <= WHOLE_BUDGET,
               a.at("connections"))
        a = audit.run(s.port, "--only", OFFERED)
        c.true("at most %d connections" % MODERN_BUDGET, a.at("connections") <= MODERN_BUDGET,
               a.at("connections"))
        c.budget(a, -60)


def modern_order_only(c):
    """Versions, suites with order and groups with order alone."""
    rsa = c.pki.leaf("rsa")
    ec = c.pki.leaf("ec", "EC:P-256")
    with servers.nginx(c.work, certificates(rsa, ec) + """
		ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers %s; ssl_prefer_server_ciphers on;
		""" % SIX) as s:
        a = audit.run(s.port, "--only", "protocols,cipher_suites,groups")
        c.codes(a, "facts.suites.tls1_2", live.cipher_codes(SIX))
        c.fact(a, "facts.suites.tls1_2_order", "server")
        c.true("at most %d connections" % ORDER_ONLY_BUDGET,
               a.at("connections") <= ORDER_ONLY_BUDGET, a.at("connections"))


def client_preference(c):
    rsa = c.pki.leaf("rsa")
    with servers.nginx(c.work, certificates(rsa) + """
		ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers HIGH:!aNULL; ssl_prefer_server_ciphers off;
		ssl_ecdh_curve secp384r1:X25519;
		""") as s:
        a = audit.run(s.port)
        c.fact(a, "facts.suites.tls1_2_order", "client")
        c.fact(a, "facts.suites.tls1_3_order", "client")
        c.same_as_oracle(a, s)
        c.codes_set(a, "facts.groups.tls1_3", [0x0018, 0x001d])


def only_tls13(c):
    ec = c.pki.leaf("ec", "EC:P-384")
    with servers.nginx(c.work, certificates(ec) + "ssl_protocols TLSv1.3;") as s:
        a = audit.run(s.port)
        c.fact(a, "status", "ok")
        c.fact(a, "facts.protocols.tls1_2", "no")
        c.same_as_oracle(a, s)
        c.deployment(a, ec, "EC", 384)


def everything(c):
    """All that the local OpenSSL still has, in the server's order."""
    rsa = c.pki.leaf("rsa")
    ec = c.pki.leaf("ec", "EC:P-256")
    with servers.nginx(c.work, certificates(rsa, ec) + """
		ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;
		ssl_ciphers ALL:COMPLEMENTOFALL:@SECLEVEL=0; ssl_prefer_server_ciphers on;
		ssl_dhparam %s;
		""" % c.pki.dh1024()) as s:
        before = servers.nginx_accepts(s)
        a = audit.run(s.port)
        counted(c, a, s, before)
        c.same_as_oracle(a, s)
        c.budget(a)
        c.budget(audit.run(s.port, "--only", OFFERED), -60)


def rejecting(c):
    """ssl_reject_handshake: alert 112 for whoever asks, and a report that says so."""
    with servers.nginx(c.work, "ssl_reject_handshake on;") as s:
        a = audit.run(s.port)
        c.fact(a, "status", "tls_alert")
        c.equal("exit status", a.exit, audit.EXIT_NOT_ASSESSED)


if __name__ == "__main__":
    live.main(modern, modern_order_only, client_preference, only_tls13, everything,
              rejecting)
