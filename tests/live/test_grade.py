"""Grades of real servers by 2009r, if trust is ignored: one fault at a time, then what it costs.

Nothing here is trusted by a shipped store, so the grade itself is T (or M) throughout.
"""
import audit
import live
import servers

GOOD = "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-CHACHA20-POLY1305"
TLS12_UP = "ssl_protocols TLSv1.2 TLSv1.3; ssl_prefer_server_ciphers on;"


def grade(c, directives, want, leaf=None, posture=None, rule=None):
    """Audit one nginx; its grade if trust is ignored is one of `want`."""
    leaf = leaf or c.pki.leaf("rsa")
    with servers.nginx(c.work, "ssl_certificate %s; ssl_certificate_key %s;\n"
                       % (leaf.chain, leaf.key) + directives) as s:
        a = audit.run(s.port, "--store", "live=" + c.pki.root.cert)
        failed = audit.run(s.port, "--fail-on", "grade:B")
    c.equal("grade", a.at("grade"), "T")
    c.true("grade if trust is ignored", a.at("grade_trust_ignored") in want,
           "%s, want %s" % (a.at("grade_trust_ignored"), " or ".join(want)))
    c.equal("exit status with --fail-on grade:B", failed.exit, audit.EXIT_POLICY)
    for name, value in (posture or {}).items():
        c.fact(a, "facts.posture." + name, value)
    for f in a.at("findings"):
        c.true("a finding has all its members",
               {"id", "severity", "title", "evidence", "fix"} <= set(f), f)
    if rule:
        c.true("the rule " + rule + " is a finding", rule in [f["id"] for f in a.at("findings")],
               [f["id"] for f in a.at("findings")])
    asked = [f["id"] for f in a.at("open") if "not asked" not in f["why"]]
    c.equal("rules that were asked about in vain", asked, [])
    return a


def modern(c):
    a = grade(c, TLS12_UP + "ssl_ciphers %s;" % GOOD, ("A", "A+"), posture={
        "beast": "none", "rc4": "none", "forward_secrecy": "all", "aead": "all", "anonymous": "no",
        "null_encryption": "no", "export": "no", "des": "no", "triple_des": "no", "md5_mac": "no",
        "below_112_bits": "no", "weakest_cipher_bits": 128, "strongest_cipher_bits": 256,
        "key_bits": 2048, "weakest_signature": "SHA-256", "sha1_signature": "no",
        "name_matches": "yes", "trusted": "no"}, rule="untrusted")
    c.true("nothing of HSTS or renegotiation is open",
           not {"exceptional", "hsts_disabled", "hsts_invalid", "insecure_renegotiation"} &
           {f["id"] for f in a.at("open")}, a.at("open"))
    c.equal("without HSTS it is an A", a.at("grade_trust_ignored"), "A")
    c.fact(a, "lifts.0", "Use a certificate from a public CA, for this name, and renew it before it "
           "ends (from T to A)")


def hsts(c):
    """180 days make the A+; a header that does not count, or switches it off, is a warning."""
    for header, want, rule in (("max-age=15552000", "A+", "untrusted"),
                               ("max-age=15551999", "A", "untrusted"),
                               ("max-age=0", "A-", "hsts_disabled"),
                               ("max-age=x", "A-", "hsts_invalid")):
        grade(c, TLS12_UP + 'ssl_ciphers %s; add_header Strict-Transport-Security "%s" always;'
              % (GOOD, header), (want,), rule=rule)


def no_tls13(c):
    grade(c, "ssl_protocols TLSv1.2; ssl_ciphers %s;" % GOOD, ("A-",),
          rule="no_tls1_3")


def tls10(c):
    grade(c, "ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_prefer_server_ciphers on;"
          "ssl_ciphers %s:ECDHE-RSA-AES128-SHA:@SECLEVEL=0;" % GOOD, ("B",),
          posture={"beast_vulnerable": "yes"}, rule="tls1_0")


def no_tls12(c):
    grade(c, "ssl_protocols TLSv1 TLSv1.1; ssl_ciphers ALL:!aNULL:@SECLEVEL=0;", ("C",),
          rule="no_tls1_2")


def no_forward_secrecy(c):
    grade(c, "ssl_protocols TLSv1.2; ssl_ciphers AES128-GCM-SHA256:AES256-GCM-SHA384;", ("B",),
          posture={"forward_secrecy": "none", "aead": "all"}, rule="no_forward_secrecy")


def no_aead(c):
    grade(c, "ssl_protocols TLSv1.2; ssl_ciphers ECDHE-RSA-AES128-SHA256:ECDHE-RSA-AES256-SHA384;",
          ("B",), posture={"aead": "none", "forward_secrecy": "all"}, rule="no_aead")


def short_dh(c):
    grade(c, "ssl_protocols TLSv1.2; ssl_dhparam %s;"
          "ssl_ciphers DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0;" % c.pki.dh1024(), ("B",),
          rule="key_exchange_2048")


def anonymous(c):
    grade(c, TLS12_UP + "ssl_ciphers ALL:@SECLEVEL=0;", ("F",), posture={"anonymous": "yes"},
          rule="anonymous")


def null(c):
    grade(c, TLS12_UP + "ssl_ciphers %s:NULL-SHA256:@SECLEVEL=0;" % GOOD, ("F",),
          posture={"null_encryption": "yes"}, rule="null_encryption")


def short_key(c):
    grade(c, TLS12_UP + "ssl_ciphers %s:@SECLEVEL=0;" % GOOD, ("B",), c.pki.leaf("k", "RSA:1024"),
          posture={"key_bits": 1024}, rule="key_2048")


def strong(c):
    """Everything at its best, with two certificates: the weaker one counts."""
    a = grade(c, TLS12_UP + "ssl_ciphers %s; ssl_ecdh_curve secp384r1;" % GOOD, ("A", "A+"),
              c.pki.leaf("k", "RSA:4096"))
    c.fact(a, "scores.protocol", 100)
    c.fact(a, "scores.key_exchange", 100)
    c.fact(a, "scores.cipher", 90)


def incomplete(c):
    """A store that knows what is missing: B, if the name and the rest are right."""
    leaf = c.pki.leaf("rsa")
    a = grade(c, TLS12_UP + "ssl_ciphers %s;" % GOOD, ("A", "A+", "B"),
              c.pki.sends("alone", leaf, leaf))
    c.fact(a, "facts.posture.trusted", "no")


if __name__ == "__main__":
    live.main(modern, hsts, no_tls13, tls10, no_tls12, no_forward_secrecy, no_aead, short_dh, anonymous,
              null, short_key, strong, incomplete)
