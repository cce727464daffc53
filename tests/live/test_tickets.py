"""Tickets of the past: in a later round of --watch, and at another address of the name."""
import json
import os
import signal

import audit
import dns
import live
import servers
from pki import HOST
from test_targets import Relay as OtherAddress
from test_watch import Relay, Watch

CONFIG = ("ssl_certificate %s; ssl_certificate_key %s; ssl_protocols TLSv1.2 TLSv1.3;"
          "ssl_session_ticket_key %s;")


def keyed(c, leaf, name, number):
    """nginx whose tickets are under key number `number`."""
    work = os.path.join(c.work, name)
    os.mkdir(work)
    path = os.path.join(work, "ticket.key")
    with open(path, "wb") as f:
        f.write(bytes([number]) * 80)
    return servers.nginx(work, CONFIG % (leaf.chain, leaf.key, path))


def later(c):
    """The same key, a new key, and another key that the next rounds keep."""
    relay, leaf = Relay(), c.pki.leaf("rsa")
    with keyed(c, leaf, "one", 1) as one, keyed(c, leaf, "two", 2) as two:
        relay.to = one.port
        w = Watch(c, relay.port, "--only", "tickets", "--verbose")
        for _ in range(3):
            c.true("nothing changed", "nothing changed" in w.until("nothing changed"), w.seen)
        quiet = "".join(w.seen)
        c.true("nothing is said of tickets", "tickets" not in quiet, quiet)
        relay.to = two.port
        line = w.until("tickets of TLS 1.3: one of")
        seen = "".join(w.seen)
        c.true("the old ticket", "s ago is not taken any more" in line, seen)
        for what in ("tickets: under a new key", "tickets: one of", "tickets of TLS 1.3: under a new key"):
            c.true(what, what in seen, seen)
        w.until("nothing changed")
        c.true("and then no more", "nothing changed" in w.seen[-1], w.seen)
        w.end(signal.SIGTERM)
    relay.close()


def elsewhere(c):
    """Two addresses with one key, and with two."""
    leaf = c.pki.leaf("rsa")
    with keyed(c, leaf, "one", 1) as one, keyed(c, leaf, "again", 1) as again, keyed(c, leaf, "two", 2) as two, \
            dns.Server({HOST + ".": dns.addresses("127.0.0.1", "127.0.0.2")}) as resolver:
        for other, shared in ((again, "yes"), (two, "no")):
            with OtherAddress(one.port, other.port):
                a = audit.run_command([audit.PROGRAM, "--format", "json", "--offline", "--resolver",
                                       resolver.address, "--only", "tickets", "%s:%d" % (HOST, one.port)])
            told = [json.loads(line)["facts"]["resumption"] for line in a.stdout.decode().splitlines()]
            for name in ("other_address_ticket", "other_address_psk"):
                got = {t[name] for t in told}
                c.true("%s: %s" % (name, shared), shared in got and got <= {shared, "unknown"}, told)
            c.true("whose it was is said", any("of 127.0.0." in (t.get("other_address_psk_reason") or
                   t.get("other_address_psk_note") or "") for t in told), told)
            c.true("no ticket is printed", b"\"ticket\":\"yes\"" in a.stdout)


def alone(c):
    """One address, one round: it costs nothing, and nothing is said."""
    with keyed(c, c.pki.leaf("rsa"), "one", 1) as s:
        with_it, without = audit.run(s.port, "--only", "tickets"), audit.run(s.port, "--only", "resumption")
        c.equal("connections", with_it.at("connections"), without.at("connections"))
        for name in ("earlier_ticket", "earlier_psk", "other_address_ticket", "ticket_key_changed"):
            c.fact(with_it, "facts.resumption." + name, "unknown")


if __name__ == "__main__":
    live.main(later, elsewhere, alone)
