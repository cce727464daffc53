"""What the same flights show beside suites and groups: each feature on and off, on real servers."""
import os

import audit
import live
import servers
from pki import HOST, openssl


NGINX_ALPN = ["http/1.1", "http/1.0", "http/0.9"]     # what nginx 1.21.4 and later select from


def keys(*leaves):
    return "".join("ssl_certificate %s; ssl_certificate_key %s;\n" % (leaf.chain, leaf.key)
                   for leaf in leaves)


def feature(c, a, want):
    for name, value in want.items():
        c.fact(a, "facts.features." + name, value)


def plain_nginx(c):
    """What a plain nginx has and has not."""
    rsa = c.pki.leaf("rsa")
    with servers.nginx(c.work, keys(rsa) + "ssl_protocols TLSv1.2 TLSv1.3;") as s:
        a = audit.run(s.port)
        feature(c, a, {
            "ocsp_staple": "no", "sct_tls": "no", "sct_certificate": "no",
            "alpn": NGINX_ALPN,
            "extended_master_secret": "yes", "session_ticket": "yes",
            "secure_renegotiation": "yes", "compression": "no", "heartbeat": "no",
            "sni_required": "no", "sni_same_certificate": "yes",
            "client_certificate": "no", "random_holds_time": "no", "downgrade_sentinel": "yes"})


def nginx_with_everything(c):
    """Staple, HTTP/2, no tickets, client certificates, another certificate without SNI."""
    rsa = c.pki.leaf("rsa")
    other = c.pki.leaf("other", hosts=("default.example",))
    staple = c.pki.ocsp(rsa)
    with servers.nginx(c.work, keys(rsa) + """
		ssl_protocols TLSv1.2 TLSv1.3; ssl_stapling on; ssl_stapling_file %s;
		ssl_session_tickets off; ssl_verify_client optional; ssl_client_certificate %s;
		""" % (staple, c.pki.root.cert), default="%s ssl_protocols TLSv1.2 TLSv1.3;" % keys(other),
                       listen="http2") as s:
        a = audit.run(s.port, "--store", "live=" + c.pki.root.cert)
        feature(c, a, {
            "ocsp_staple": "yes", "alpn": ["h2"] + NGINX_ALPN, "session_ticket": "no",
            "sni_required": "no", "sni_same_certificate": "no", "client_certificate": "yes"})
        known = live.chains(a)
        for leaf, sni, no_sni in ((rsa, "yes", "no"), (other, "no", "yes")):
            at = [i for i, chain in enumerate(known) if chain[0] == leaf.sha256()]
            c.equal("deployments with " + leaf.name, len(at), 1)
            for i in at:
                c.fact(a, "facts.deployments.%d.sni" % i, sni)
                c.fact(a, "facts.deployments.%d.no_sni" % i, no_sni)
                c.fact(a, "facts.deployments.%d.staple" % i, "yes" if leaf is rsa else "no")
                if leaf is rsa:
                    c.fact(a, "facts.deployments.%d.staple_status" % i, "good")


def only_with_sni(c):
    rsa = c.pki.leaf("rsa")
    with servers.nginx(c.work, keys(rsa), default="ssl_reject_handshake on;") as s:
        a = audit.run(s.port)
        c.fact(a, "status", "ok")
        feature(c, a, {"sni_required": "yes"})


def default_of_another_kind(c):
    """Without SNI another site answers, with what the one asked for does not have: it is found."""
    rsa = c.pki.leaf("rsa")
    other = c.pki.leaf("other", "EC:P-256", hosts=("default.example",))
    old = "ssl_protocols TLSv1.2; ssl_ciphers %s;"
    for mine, default, here, there in (
            (rsa, other, "ssl_protocols TLSv1.2;", "ssl_protocols TLSv1.2;"),
            (other, rsa, "ssl_protocols TLSv1.3;", "ssl_protocols TLSv1.3;"),
            (rsa, rsa, old % "ECDHE-RSA-AES256-GCM-SHA384", old % "AES128-SHA")):
        with servers.nginx(c.work, keys(mine) + here, default=keys(default) + there) as s:
            a = audit.run(s.port, "--only", "trust,features")
            feature(c, a, {"sni_required": "no",
                           "sni_same_certificate": "yes" if mine is default else "no"})
            sent = [chain[0] for chain in live.chains(a)]
            c.true("both are there", mine.sha256() in sent and default.sha256() in sent, sent)


def scts(c):
    """SCTs in the certificate and in the TLS extension."""
    # A list of one SCT of version 1 with made-up contents: RFC 6962, 3.3.
    sct = b"\0" + os.urandom(32) + bytes(8) + b"\0\0" + b"\4\3" + b"\0\4" + bytes(4)
    listing = len(sct + b"..").to_bytes(2, "big") + len(sct).to_bytes(2, "big") + sct
    leaf = c.pki.leaf("leaf", more="1.3.6.1.4.1.11129.2.4.2 = ASN1:FORMAT:HEX,OCTETSTRING:%s\n"
                      % listing.hex())
    info = servers.write(c.work, "scts.pem", live.pem(
        b"\0\x12" + len(listing).to_bytes(2, "big") + listing, "SERVERINFO FOR SCT"))
    with servers.s_server(c.work, "-cert", leaf.cert, "-cert_chain", leaf.chain, "-key", leaf.key,
                          "-serverinfo", info) as s:
        a = audit.run(s.port)
        feature(c, a, {"sct_certificate": "yes", "sct_tls": "yes"})
        for cert in a.at("facts.certificates"):
            if cert["sha256"] == leaf.sha256():
                c.equal("SCTs of the leaf", cert.get("scts"), 1)


def s_server_alpn(c):
    """A server that has ALPN and neither tickets nor EtM."""
    rsa = c.pki.leaf("rsa")
    with servers.s_server(c.work, "-cert", rsa.cert, "-cert_chain", rsa.chain, "-key", rsa.key,
                          "-alpn", "http/1.1", "-no_ticket", "-no_etm") as s:
        a = audit.run(s.port)
        feature(c, a, {"alpn": ["http/1.1"], "encrypt_then_mac": "no"})
    with servers.s_server(c.work, "-cert", rsa.cert, "-cert_chain", rsa.chain, "-key", rsa.key) as s:
        a = audit.run(s.port)
        feature(c, a, {"alpn": [], "encrypt_then_mac": "yes", "max_fragment_length": "yes"})


def gnutls_heartbeat(c):
    """The heartbeat extension, on and off; and the record size limit of GnuTLS."""
    rsa = c.pki.leaf("rsa")
    files = ("--x509certfile", rsa.chain, "--x509keyfile", rsa.key)
    with servers.gnutls_serv(c.work, "NORMAL", *files, "--heartbeat") as s:
        a = audit.run(s.port)
        feature(c, a, {"heartbeat": "yes"})
        c.true("record_size_limit", a.at("facts.features.record_size_limit") > 512)
    with servers.gnutls_serv(c.work, "NORMAL", *files) as s:
        feature(c, audit.run(s.port), {"heartbeat": "no"})


def old_openssl(c):
    """A server of 2012: its random begins with the time of day, and no modern extension."""
    rsa = c.pki.leaf("rsa")
    with servers.node(c.work, "0.8.28", rsa) as s:
        a = audit.run(s.port)
        feature(c, a, {"random_holds_time": "yes", "extended_master_secret": "no",
                       "encrypt_then_mac": "no", "secure_renegotiation": "yes"})
        c.true("clock skew", a.at("facts.features.clock_skew") < 30)


if __name__ == "__main__":
    live.main(plain_nginx, nginx_with_everything, only_with_sni, default_of_another_kind, scts,
              s_server_alpn, gnutls_heartbeat, old_openssl)
