"""Compliance policies on nginx, configured as Mozilla recommends, and otherwise."""
import subprocess

import audit
import live
import servers
from test_nginx import SIX, certificates

# The profile's groups; an OpenSSL older than 3.5 has no hybrid one, which is only advice.
HYBRID = "X25519MLKEM768" in subprocess.run(["openssl", "list", "-kem-algorithms"],
                                            capture_output=True, text=True, check=False).stdout
GROUPS = "ssl_ecdh_curve %sX25519:prime256v1:secp384r1;" % ("X25519MLKEM768:" if HYBRID else "")
WITHOUT_HYBRID = [] if HYBRID else ["post_quantum"]
HSTS = 'add_header Strict-Transport-Security "max-age=63072000" always;'
# Of certificates, and of HTTP where it is not asked: a certificate of a test lasts as long as it likes.
LOCAL = {"hsts", "hsts_two_years", "lifetime", "lifetime_90", "staple"}


def of(a, name):
    found = [p for p in a.at("compliance") if p["policy"] == name]
    return found[0] if found else None


def ids(policy, key):
    return {f["id"] for f in policy[key]} - LOCAL


def expect(c, a, name, deviations=(), advice=()):
    p = of(a, name)
    c.equal("%s: deviations" % name, sorted(ids(p, "deviations")), sorted(deviations))
    c.equal("%s: advice" % name, sorted(ids(p, "advice")), sorted(advice))
    c.equal("%s: open" % name, sorted(ids(p, "open")), [])
    for f in p["deviations"]:
        c.true("%s: %s has evidence and fix" % (name, f["id"]), f["evidence"] and f["fix"] and f["ref"])


def intermediate(c):
    rsa = c.pki.leaf("rsa")
    ec = c.pki.leaf("ec", "EC:P-256")
    with servers.nginx(c.work, certificates(rsa, ec) + """
		ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers %s; ssl_prefer_server_ciphers off; %s %s
		""" % (SIX, GROUPS, HSTS)) as s:
        a = audit.run(s.port, "--compliance",
                      "mozilla-intermediate,mozilla-intermediate-5.8,mozilla-modern,nist-800-52r2")
        expect(c, a, "mozilla-intermediate", [], WITHOUT_HYBRID)
        expect(c, a, "mozilla-intermediate-5.8", [], WITHOUT_HYBRID)
        # TLS 1.2, and the RSA certificate and the RSA signatures of the test's CA
        expect(c, a, "mozilla-modern", ["certificate_signature", "key_type", "tls1_2"],
               WITHOUT_HYBRID)
        expect(c, a, "nist-800-52r2", ["suites_not_aes"])


def modern(c):
    ec = c.pki.leaf("ec", "EC:P-256")
    with servers.nginx(c.work, certificates(ec) + "ssl_protocols TLSv1.3; %s %s" % (GROUPS, HSTS)) as s:
        a = audit.run(s.port, "--compliance", "mozilla-modern,mozilla-intermediate",
                      "--fail-on", "compliance")
        expect(c, a, "mozilla-modern", ["certificate_signature"], WITHOUT_HYBRID)
        expect(c, a, "mozilla-intermediate", ["tls1_2"], WITHOUT_HYBRID)
        c.equal("exit status", a.exit, audit.EXIT_POLICY)


def everything(c):
    rsa = c.pki.leaf("rsa")
    with servers.nginx(c.work, certificates(rsa) + """
		ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_ciphers ALL:@SECLEVEL=0;
		ssl_prefer_server_ciphers on;
		""") as s:
        a = audit.run(s.port, "--compliance", "mozilla-intermediate,bsi-tr-02102-2,pci-dss-4",
                      "--explain")
        got = ids(of(a, "mozilla-intermediate"), "deviations")
        c.true("old versions deviate", {"tls1_0", "tls1_1", "suites_tls1_2"} <= got, got)
        got = ids(of(a, "bsi-tr-02102-2"), "deviations")
        c.true("BSI: suites and key", {"suites_tls1_2", "suites_tls1_3", "key_3000_bits"} <= got, got)
        got = ids(of(a, "pci-dss-4"), "deviations")
        c.true("PCI DSS: TLS 1.0", "tls1_0" in got, got)
        states = {e["id"]: e["state"] for e in a.at("explain")}
        c.equal("tls1_0 is explained", states.get("tls1_0"), "hit")
        c.equal("ssl2 is explained", states.get("ssl2"), "not hit")


if __name__ == "__main__":
    live.main(intermediate, modern, everything)
