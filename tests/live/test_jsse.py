"""OpenJDK's own TLS with every lock removed: EXPORT, RC4, NULL, anonymous suites, static ECDH."""
import os

import audit
import live
import servers

OPEN = """jdk.tls.disabledAlgorithms=
jdk.certpath.disabledAlgorithms=
jdk.tls.legacyAlgorithms=
"""
SOURCE = os.path.join(live.HERE, "LiveServer.java")


def jsse(c, leaf, order, *protocols):
    security = servers.write(c.work, "open.security", OPEN)
    return servers.java(c.work, SOURCE, c.pki.p12(leaf), "live", order, *protocols, properties=(
        "-Djava.security.properties=" + security, "-Djdk.tls.ephemeralDHKeySize=legacy"))


def wide(c):
    rsa = c.pki.leaf("rsa")
    with jsse(c, rsa, "server") as s:
        a = audit.run(s.port)
        c.fact(a, "status", "ok")
        c.fact(a, "facts.protocols.ssl3", "yes")
        truth = c.same_as_oracle(a, s)
        c.true("the server offers EXPORT", 0x0003 in truth[live.TLS10],
               live.hexes(truth[live.TLS10]))
        c.deployment(a, rsa, "RSA", 2048)
        c.budget(a)


def client_order(c):
    ec = c.pki.leaf("ec", "EC:P-256")
    with jsse(c, ec, "client", "TLSv1.2,TLSv1.3") as s:
        a = audit.run(s.port)
        c.same_as_oracle(a, s)
        c.deployment(a, ec, "EC", 256)


if __name__ == "__main__":
    live.main(wide, client_order)
