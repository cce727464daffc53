"""SSLv2 on a real server: node of 2012 and 2013, with the OpenSSL of their day.

The programs come from the npm registry, once; without npm or without a way there, it is skipped.
"""
import audit
import live
import oracle
import servers

ALL = '{"ciphers": "ALL:COMPLEMENTOFALL"}'


def ssl2(c, version, protocols):
    rsa = c.pki.leaf("rsa")
    with servers.node(c.work, version, rsa, ALL) as s:
        kinds, _ = oracle.Oracle("127.0.0.1", s.port).ssl2()
        c.true("the server speaks SSLv2", len(kinds) > 4, live.hexes(kinds))
        a = audit.run(s.port)
        c.fact(a, "status", "ok")
        c.fact(a, "facts.protocols.ssl2", "yes")
        c.codes_set(a, "facts.suites.ssl2", kinds)
        for name in ("ssl3", "tls1_0", "tls1_1", "tls1_2", "tls1_3"):
            c.fact(a, "facts.protocols." + name, "yes" if name in protocols else "no")
        c.same_as_oracle(a, s)
        c.deployment(a, rsa, "RSA", 2048)
        c.budget(a, 60)         # its padding oracles (test_flaws.py) are looked at in three more rounds
        c.equal("grade if trust is ignored", a.at("grade_trust_ignored"), "F")
        c.true("the server still runs", s.running())


def openssl_100(c):
    ssl2(c, "0.8.28", {"ssl3", "tls1_0"})


def openssl_101(c):
    ssl2(c, "0.10.0", {"ssl3", "tls1_0", "tls1_1", "tls1_2"})


if __name__ == "__main__":
    live.main(openssl_100, openssl_101)
