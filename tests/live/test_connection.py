"""http, renegotiation, resumption: what servers do on a connection after its handshake."""
import audit
import live
import servers

LEGACY = "-legacy_renegotiation"
ONLY = ("--only", "http,renegotiation,resumption,hsts_preload,features")


def keys(*leaves):
    return "".join("ssl_certificate %s; ssl_certificate_key %s;\n" % (leaf.chain, leaf.key)
                   for leaf in leaves)


def facts(c, a, want):
    for path, value in want.items():
        c.fact(a, "facts." + path, value)


def nginx_hsts(c):
    """Every state that SSL Labs knows, and the headers beside."""
    rsa = c.pki.leaf("rsa")
    for header, state, age in (("max-age=31536000; includeSubDomains; preload", "present", 31536000),
                               ("max-age=0", "disabled", 0), ("31536000", "invalid", None),
                               (None, "absent", None)):
        add = "" if header is None else 'add_header Strict-Transport-Security "%s" always;' % header
        for versions in ("TLSv1.2", "TLSv1.3", "TLSv1.2 TLSv1.3"):
            with servers.nginx(c.work, keys(rsa) + "ssl_protocols %s; %s add_header X-Frame-Options DENY;"
                               % (versions, add)) as s:
                a = audit.run(s.port, *ONLY)
                facts(c, a, {"http.status": 200, "http.hsts": state, "http.hsts_max_age": age,
                             "http.hsts_header": header, "http.x_frame_options": "DENY",
                             "http.compressed": "no", "http.hsts_preloaded": "no",
                             "http.location": None})
                if state == "present":
                    facts(c, a, {"http.hsts_include_subdomains": "yes", "http.hsts_preload": "yes"})


def nginx_redirect_and_gzip(c):
    rsa = c.pki.leaf("rsa")
    with servers.nginx(c.work, keys(rsa) + "return 301 https://www.live.example$request_uri;") as s:
        facts(c, audit.run(s.port, *ONLY), {"http.status": 301,
                                            "http.location": "https://www.live.example/"})
    with servers.nginx(c.work, keys(rsa) + "gzip on; gzip_types *; gzip_min_length 1;") as s:
        facts(c, audit.run(s.port, *ONLY), {"http.status": 200, "http.compressed": "yes"})


def nginx_sessions(c):
    rsa = c.pki.leaf("rsa")
    for options, want in (
            ("", {"session_id": "no", "ticket": "yes", "psk": "yes", "early_data": "no"}),
            ("ssl_session_cache shared:a:1m; ssl_session_tickets off;",
             {"session_id": "yes", "ticket": "no"}),
            ("ssl_session_cache off; ssl_session_tickets off;", {"session_id": "no", "ticket": "no"}),
            ("ssl_early_data on; ssl_session_timeout 100;",
             {"psk": "yes", "early_data": "yes", "psk_lifetime": 100, "ticket_lifetime": 100})):
        with servers.nginx(c.work, keys(rsa) + "ssl_protocols TLSv1.2 TLSv1.3;" + options) as s:
            a = audit.run(s.port, *ONLY)
            facts(c, a, {"resumption." + name: value for name, value in want.items()})
            facts(c, a, {"renegotiation.secure_client": "no", "renegotiation.insecure_client": "no",
                         "renegotiation.required": "no"})


def openssl(c):
    """Renegotiation by the server's own options."""
    rsa = c.pki.leaf("rsa")
    for options, secure, insecure, required in (
            ((), "no", "no", "no"),
            (("-client_renegotiation",), "yes", "no", "no"),
            (("-client_renegotiation", LEGACY), "yes", "yes", "no")):
        with servers.s_server(c.work, "-cert", rsa.cert, "-key", rsa.key, *options) as s:
            a = audit.run(s.port, *ONLY)
            facts(c, a, {"renegotiation.secure_client": secure, "renegotiation.insecure_client": insecure,
                         "renegotiation.required": required,
                         "resumption.session_id": "yes", "resumption.ticket": "yes",
                         "resumption.psk": "yes", "http.hsts": "absent"})


def gnutls(c):
    rsa = c.pki.leaf("rsa")
    for priority, insecure, required in (("NORMAL", "no", "no"), ("NORMAL:%SAFE_RENEGOTIATION", "no", "yes")):
        with servers.gnutls_serv(c.work, priority, "--x509certfile", rsa.chain, "--x509keyfile",
                                 rsa.key) as s:
            a = audit.run(s.port, *ONLY)
            facts(c, a, {"renegotiation.insecure_client": insecure, "renegotiation.required": required,
                         "resumption.ticket": "yes", "resumption.psk": "yes"})


def tls13_only(c):
    rsa = c.pki.leaf("rsa")
    with servers.nginx(c.work, keys(rsa) + "ssl_protocols TLSv1.3;") as s:
        a = audit.run(s.port, *ONLY)
        facts(c, a, {"renegotiation.insecure_client": "unknown", "renegotiation.secure_client": "unknown",
                     "resumption.ticket": "unknown", "resumption.psk": "yes", "http.hsts": "absent"})


if __name__ == "__main__":
    live.main(nginx_hsts, nginx_redirect_and_gzip, nginx_sessions, openssl, gnutls, tls13_only)
