"""What --format json writes about real servers is what the shipped schema says."""
import http.server
import threading

import audit
import live
import schema
import servers


class Quiet(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass


def valid(c, a):
    try:
        v = schema.validator()
    except schema.Missing as e:
        raise servers.Skip(str(e)) from None
    for what in schema.wrong(v, a.json):
        c.fail(what)
    c.checks += 1


def two_certificates(c):
    """All facts that there are: two families of certificates, old and new versions, a store."""
    keys = [c.pki.leaf(name, kind) for name, kind in (("rsa", "RSA:2048"), ("ecdsa", "EC:P-256"))]
    with servers.nginx(c.work, "".join(
            "ssl_certificate %s; ssl_certificate_key %s;" % (x.chain, x.key) for x in keys) +
            "ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_ciphers ALL:@SECLEVEL=0;") as s:
        a = audit.run(s.port, "--store", "live=" + c.pki.root.cert)
        c.fact(a, "status", "ok")
        valid(c, a)
        valid(c, audit.run(s.port, "--only", "protocols"))
        valid(c, audit.run(s.port, "--max-connections", "7"))


def plain_http(c):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as s:
        threading.Thread(target=s.serve_forever, daemon=True).start()
        a = audit.run(s.server_port)
        s.shutdown()
    c.fact(a, "status", "not_tls")
    valid(c, a)


def refused(c):
    a = audit.run(servers.free_port())
    c.fact(a, "status", "refused")
    valid(c, a)


if __name__ == "__main__":
    live.main(two_certificates, plain_http, refused)
