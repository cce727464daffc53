"""openssl s_server with all that it has, and with single faults."""
import audit
import live
import servers

WIDE = "ALL:COMPLEMENTOFALL:eNULL:aNULL:@SECLEVEL=0"
FIVE = ("TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_CCM_8_SHA256:TLS_AES_256_GCM_SHA384:"
        "TLS_AES_128_GCM_SHA256:TLS_AES_128_CCM_SHA256")


def keys(first, *more):
    options = ["-cert", first.cert, "-cert_chain", first.chain, "-key", first.key]
    for leaf in more:
        options += ["-dcert", leaf.cert, "-dcert_chain", leaf.chain, "-dkey", leaf.key]
    return options


def wide(c):
    """TLS 1.0 to 1.3, two certificates, NULL, anonymous and PSK suites, the client's order."""
    rsa = c.pki.leaf("rsa")
    ec = c.pki.leaf("ec", "EC:P-256")
    with servers.s_server(c.work, *keys(rsa, ec), "-cipher", WIDE, "-ciphersuites", FIVE,
                          "-min_protocol", "TLSv1", "-dhparam", c.pki.dh1024(),
                          "-psk", "00112233445566778899aabbccddeeff") as s:
        a = audit.run(s.port)
        c.fact(a, "status", "ok")
        truth = c.same_as_oracle(a, s)
        c.true("the server is as wide as it was meant to be", len(truth[live.TLS12]) > 100,
               len(truth[live.TLS12]))
        c.deployment(a, rsa, "RSA", 2048)
        c.deployment(a, ec, "EC", 256)
        c.budget(a)
        c.true("it still runs", s.running())


def server_order(c):
    """The server's own order, also among TLS 1.3's five suites."""
    rsa = c.pki.leaf("rsa")
    text = "AES128-SHA:ECDHE-RSA-AES256-GCM-SHA384:AES256-SHA:ECDHE-RSA-CHACHA20-POLY1305:@SECLEVEL=0"
    with servers.s_server(c.work, *keys(rsa), "-cipher", text, "-ciphersuites", FIVE,
                          "-min_protocol", "TLSv1.1", "-serverpref") as s:
        a = audit.run(s.port)
        c.fact(a, "facts.suites.tls1_2_order", "server")
        c.codes(a, "facts.suites.tls1_2", [0x002f, 0xc030, 0x0035, 0xcca8])
        c.codes(a, "facts.suites.tls1_1", [0x002f, 0x0035])
        c.codes(a, "facts.suites.tls1_3", [0x1303, 0x1305, 0x1302, 0x1301, 0x1304])
        c.same_as_oracle(a, s)


def edwards(c):
    """An Ed25519 certificate under TLS 1.3 and 1.2."""
    ed = c.pki.leaf("ed", "ED25519")
    with servers.s_server(c.work, *keys(ed)) as s:
        a = audit.run(s.port)
        c.same_as_oracle(a, s)
        c.deployment(a, ed, "Ed25519", 256)


def weak_leaf(c):
    """A short key under SHA-1."""
    weak = c.pki.leaf("weak", "RSA:1024", sha="sha1")
    with servers.s_server(c.work, *keys(weak), "-cipher", "ALL:@SECLEVEL=0") as s:
        a = audit.run(s.port)
        c.deployment(a, weak, "RSA", 1024)
        c.same_as_oracle(a, s, groups=False)


if __name__ == "__main__":
    live.main(wide, server_order, edwards, weak_leaf)
