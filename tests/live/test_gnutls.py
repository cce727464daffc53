"""gnutls-serv with all that its library has."""
import audit
import live
import servers

# NULL, SRP and RSA-PSK switch TLS 1.3 off without a word: so there are two.
COMMON = ("NONE:+VERS-ALL:+CIPHER-ALL:+ARCFOUR-128:+3DES-CBC:%s+MAC-ALL:+MD5:+SHA1:+AEAD:+KX-ALL:%s"
          "+ANON-DH:+ANON-ECDH:+SIGN-ALL:+GROUP-ALL:+CURVE-ALL:+COMP-NULL:+CTYPE-ALL"
          ":%%UNSAFE_RENEGOTIATION:%%COMPAT")
WITH_13 = COMMON % ("", "-SRP:-SRP-RSA:-SRP-DSS:-RSA-PSK:")
WITH_NULL = COMMON % ("+NULL:", "")


def keys(*leaves):
    options = []
    for leaf in leaves:
        options += ["--x509certfile", leaf.chain, "--x509keyfile", leaf.key]
    return options


def wide(c):
    """TLS 1.0 to 1.3 with RC4, 3DES, CCM, anonymous suites and two certificates."""
    rsa = c.pki.leaf("rsa")
    ec = c.pki.leaf("ec", "EC:P-256")
    with servers.gnutls_serv(c.work, WITH_13, *keys(rsa, ec)) as s:
        a = audit.run(s.port)
        c.fact(a, "status", "ok")
        truth = c.same_as_oracle(a, s)
        c.true("the server offers RC4", 0x0005 in truth[live.TLS10])
        c.true("the server speaks TLS 1.3", truth[live.TLS13])
        c.deployment(a, rsa, "RSA", 2048)
        c.deployment(a, ec, "EC", 256)
        c.budget(a)


def null_and_srp(c):
    rsa = c.pki.leaf("rsa")
    with servers.gnutls_serv(c.work, WITH_NULL, *keys(rsa), "--dhparams", c.pki.dh1024()) as s:
        a = audit.run(s.port)
        truth = c.same_as_oracle(a, s)
        c.true("the server offers NULL", 0x0002 in truth[live.TLS10])
        c.budget(a)


def server_order(c):
    rsa = c.pki.leaf("rsa")
    with servers.gnutls_serv(c.work, "NORMAL:%SERVER_PRECEDENCE", *keys(rsa)) as s:
        a = audit.run(s.port)
        c.fact(a, "facts.suites.tls1_2_order", "server")
        c.same_as_oracle(a, s)


def finite_fields_alone(c):
    """TLS 1.3 with no group but the largest of RFC 7919: the certificates of both keys are read."""
    rsa = c.pki.leaf("rsa")
    ed = c.pki.leaf("ed", "ED25519")
    with servers.gnutls_serv(c.work, "NORMAL:-VERS-ALL:+VERS-TLS1.3:-GROUP-ALL:+GROUP-FFDHE8192",
                             *keys(rsa, ed)) as s:
        a = audit.run(s.port, "--only", "trust")
        c.codes(a, "facts.groups.tls1_3", [0x0104])
        c.deployment(a, rsa, "RSA", 2048)
        c.deployment(a, ed, "Ed25519", 256)


if __name__ == "__main__":
    live.main(wide, null_and_srp, server_order, finite_fields_alone)
