"""NSS selfserv: the one here that speaks SSLv3."""
import audit
import live
import servers

# Every suite of NSS 3.87 before TLS 1.3's, NULL, DES, RC4, SEED and static ECDH included.
WIDE = "".join(":%04X" % code for code in (
    0x0001, 0x0002, 0x0004, 0x0005, 0x0009, 0x000a, 0x0012, 0x0013, 0x0015, 0x0016, 0x002f, 0x0032,
    0x0033, 0x0035, 0x0038, 0x0039, 0x003b, 0x003c, 0x003d, 0x0040, 0x0041, 0x0044, 0x0045, 0x0066,
    0x0067, 0x006a, 0x006b, 0x0084, 0x0087, 0x0088, 0x0096, 0x009c, 0x009d, 0x009e, 0x009f, 0x00a2,
    0x00a3, *range(0xc001, 0xc015), 0xc023, 0xc024, 0xc027, 0xc028, 0xc02b, 0xc02c, 0xc02f, 0xc030,
    0xcca8, 0xcca9, 0xccaa))


def ssl3_to_tls12(c):
    rsa = c.pki.leaf("rsa")
    ec = c.pki.leaf("ec", "EC:P-256")
    with servers.selfserv(c.work, c.pki, {"-n": rsa, "-e": ec}, "-V", "ssl3:tls1.2", "-u", "-G",
                          "-H", "1", "-W", "1", "-c", WIDE) as s:
        a = audit.run(s.port)
        c.fact(a, "status", "ok")
        c.fact(a, "facts.protocols.ssl3", "yes")
        c.fact(a, "facts.protocols.ssl2", "no")
        truth = c.same_as_oracle(a, s)
        c.true("the server offers DES and NULL under SSLv3",
               {0x0009, 0x0002} <= set(truth[live.SSL3]), live.hexes(truth[live.SSL3]))
        c.deployment(a, rsa, "RSA", 2048)
        c.budget(a)


def tls10_to_tls13(c):
    rsa = c.pki.leaf("rsa")
    with servers.selfserv(c.work, c.pki, {"-n": rsa}, "-V", "tls1.0:tls1.3", "-u") as s:
        a = audit.run(s.port)
        truth = c.same_as_oracle(a, s)
        c.true("the server speaks TLS 1.3", truth[live.TLS13])
        c.deployment(a, rsa, "RSA", 2048)


if __name__ == "__main__":
    live.main(ssl3_to_tls12, tls10_to_tls13)
