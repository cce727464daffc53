"""Chains as servers send them, good and bad, judged against a store of our own and the shipped ones.

The truth is how each chain was made.
"""
import audit
import live
import servers
from pki import HOST


def serve(c, leaf, store=None, host=HOST):
    """Audit one chain; the verdicts by store: {"live": "complete", "mozilla": ...}."""
    with servers.nginx(c.work, "ssl_certificate %s; ssl_certificate_key %s;"
                       "ssl_protocols TLSv1.2 TLSv1.3;" % (leaf.chain, leaf.key)) as s:
        a = audit.run(s.port, "--store", "live=" + (store or c.pki.root.cert), host=host)
    verdicts = {t["store"]: t["verdict"] for t in a.at("facts.trust")}
    c.true("the shipped stores have an opinion", len(verdicts) > 5, sorted(verdicts))
    return a, verdicts


def shipped(c, verdicts, want):
    for store, verdict in verdicts.items():
        if store != "live":
            c.equal("verdict of " + store, verdict, want)


def complete(c):
    leaf = c.pki.leaf("leaf")
    a, verdicts = serve(c, leaf)
    c.equal("verdict", verdicts["live"], "complete")
    shipped(c, verdicts, "unknown_root")
    c.fact(a, "facts.deployments.0.order_ok", "yes")
    c.fact(a, "facts.deployments.0.name_matches", "yes")
    c.fact(a, "facts.deployments.0.duplicates", 0)
    c.fact(a, "facts.deployments.0.strangers", 0)
    c.fact(a, "facts.deployments.0.root_sent", "no")
    c.equal("grade without the shipped stores' trust", a.at("grade"), "T")


def missing_intermediate(c):
    """The store has both; what is missing is named."""
    leaf = c.pki.leaf("leaf")
    a, verdicts = serve(c, c.pki.sends("alone", leaf, leaf), c.pki.store)
    c.equal("verdict", verdicts["live"], "incomplete")
    shipped(c, verdicts, "unknown_root")
    said = [t for t in a.at("facts.trust") if t["store"] == "live"][0]
    c.true("the missing one is named", "Live Issuing CA" in said.get("missing_subject", ""), said)
    c.true("and its issuer", "Live Root" in said.get("missing_issuer", ""), said)


def missing_and_unknown(c):
    """The store has the root alone, and nobody knows the intermediate."""
    leaf = c.pki.leaf("leaf")
    _, verdicts = serve(c, c.pki.sends("alone", leaf, leaf))
    c.equal("verdict", verdicts["live"], "unknown_root")


def odd_chain(c):
    """Out of order, one twice, a stranger, and the root."""
    leaf = c.pki.leaf("leaf")
    stranger = c.pki.self_signed("stranger")
    p = c.pki
    a, verdicts = serve(c, p.sends("odd", leaf, leaf, p.root, stranger, p.inter, p.inter))
    c.equal("verdict", verdicts["live"], "complete")
    c.fact(a, "facts.deployments.0.order_ok", "no")
    c.fact(a, "facts.deployments.0.duplicates", 1)
    c.fact(a, "facts.deployments.0.strangers", 1)
    c.fact(a, "facts.deployments.0.root_sent", "yes")
    want = [x.sha256() for x in (leaf, p.root, stranger, p.inter, p.inter)]
    c.equal("the chain as sent", live.chains(a)[0], want)


def expired(c):
    a, verdicts = serve(c, c.pki.leaf("leaf", days=(-40, -10)))
    c.equal("verdict", verdicts["live"], "expired")
    c.equal("grade", a.at("grade"), "T")


def not_yet(c):
    _, verdicts = serve(c, c.pki.leaf("leaf", days=(10, 40)))
    c.equal("verdict", verdicts["live"], "not_yet_valid")


def wrong_purpose(c):
    _, verdicts = serve(c, c.pki.leaf("leaf", usage="clientAuth"))
    c.equal("verdict", verdicts["live"], "wrong_purpose")


def self_signed(c):
    a, verdicts = serve(c, c.pki.self_signed("leaf"))
    c.equal("verdict", verdicts["live"], "self_signed")
    c.equal("grade", a.at("grade"), "T")


def name_mismatch(c):
    a, verdicts = serve(c, c.pki.leaf("leaf", hosts=("other.example",)))
    c.equal("verdict", verdicts["live"], "name_mismatch")
    c.fact(a, "facts.deployments.0.name_matches", "no")
    c.equal("grade", a.at("grade"), "M")


def bad_signature(c):
    """The leaf's last bit is turned: it is signed by nobody."""
    leaf = c.pki.leaf("leaf")
    der = leaf.der()
    with open(leaf.chain, "w") as f:
        f.write(live.pem(der[:-1] + bytes([der[-1] ^ 1])))
        with open(c.pki.inter.cert) as inter:
            f.write(inter.read())
    _, verdicts = serve(c, leaf)
    c.equal("verdict", verdicts["live"], "bad_signature")


def wildcard(c):
    """One label, leftmost, and never a whole top-level domain."""
    leaf = c.pki.leaf("leaf", hosts=("*." + HOST,))
    for host, verdict in (("www." + HOST, "complete"), (HOST, "name_mismatch"),
                          ("a.b." + HOST, "name_mismatch")):
        a, verdicts = serve(c, leaf, host=host)
        c.equal("verdict for " + host, verdicts["live"], verdict)
        c.fact(a, "facts.deployments.0.name_matches", "yes" if verdict == "complete" else "no")


def wildcard_for_all(c):
    _, verdicts = serve(c, c.pki.leaf("leaf", hosts=("*.example",)))
    c.equal("verdict", verdicts["live"], "name_mismatch")


def stapled(c):
    """What the responder said is told, and whether it can be believed."""
    leaf = c.pki.leaf("leaf")
    other = c.pki.leaf("other")
    for name, response, want in (("good", c.pki.ocsp(leaf), "good"),
                                 ("other", c.pki.ocsp(other), "other certificate")):
        with servers.nginx(c.work, "ssl_certificate %s; ssl_certificate_key %s; ssl_stapling on;"
                           "ssl_stapling_file %s;" % (leaf.chain, leaf.key, response)) as s:
            a = audit.run(s.port, "--store", "live=" + c.pki.root.cert)
        c.fact(a, "facts.deployments.0.staple", "yes")
        c.fact(a, "facts.deployments.0.staple_status", want)
        c.fact(a, "facts.posture.revoked_by_staple", "no")


if __name__ == "__main__":
    live.main(complete, missing_intermediate, missing_and_unknown, odd_chain, expired, not_yet,
              wrong_purpose, self_signed, name_mismatch, bad_signature, wildcard,
              wildcard_for_all, stapled)
