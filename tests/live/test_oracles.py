"""Flaws of whole handshakes: a server has each of them in exactly one way, and another has none."""
import os
import struct
import time

import audit
import live
import rogue
import whole
from hostile import hello_retry, server_hello
from rogue import Closed
from whole import Alert, BAD_RECORD_MAC, DECRYPT_ERROR, reset

PROBES = "robot,cbc_padding,ticketbleed,invalid_curve"
FLAWS = ("robot", "poodle_tls", "zombie_poodle", "goldendoodle", "sleeping_poodle",
         "zero_length_padding", "cve_2016_2107", "ticketbleed", "invalid_curve")


def look(c, server, probes=PROBES, **want):
    """What is named is so, everything else that these probes tell is "no"."""
    with server as s:
        a = audit.run(s.port, "--only", probes)
        flaws = a.json["facts"]["vulnerabilities"]
        for name in FLAWS:
            if name in flaws and (probes == PROBES or name in want):
                c.equal("%s: %s (%s)" % (type(server).__name__, name, flaws.get(name + "_reason")),
                        flaws[name], want.get(name, "no"))
        return {k: v for k, v in flaws.items() if k.endswith("_reason")}


class Sane(whole.Server):
    tickets = True


class NoCbc(whole.Server):
    """Of suites whose ciphers it does not even have: nothing may come to them."""
    suites = (0xc02f,)


def sane(c):
    look(c, Sane(c.pki.leaf("rsa")))


# ---- RSA padding --------------------------------------------------------------------------------

class Rsa(whole.Server):
    suites = (0x002f,)


class Strong(Rsa):
    """Another alert as soon as the block does not begin with 00 02."""

    def bad_premaster(self, w, block):
        if block[:2] != b"\0\2":
            raise Alert(DECRYPT_ERROR)
        return os.urandom(48)


class Weak(Rsa):
    """Whatever is wrong with it is said at once, in one way."""

    def bad_premaster(self, w, block):
        raise Alert(DECRYPT_ERROR)


class Resets(Rsa):
    def bad_premaster(self, w, block):
        if block[:2] != b"\0\2":
            reset(w)
        return os.urandom(48)


class Silent(Rsa):
    """Says nothing more when the padding is wrong: what ROBOT found behind many load balancers."""

    def bad_premaster(self, w, block):
        w.conn.drain()
        raise Closed


class Waits(Rsa):
    """The key exchange is not looked at before there is a Finished, and then bad padding has an alert
    of its own."""

    def bad_premaster(self, w, block):
        w.bad = True
        return os.urandom(48)

    def hear_finished(self, w):
        if getattr(w, "bad", False):
            w.conn.record()
            w.conn.record()
            raise Alert(DECRYPT_ERROR)
        super().hear_finished(w)


class VersionOnly(Rsa):
    """Klima, Pokorny, Rosa 2003: only the version inside is told."""

    def bad_premaster(self, w, block):
        if block[:2] == b"\0\2" and block[-49] == 0:
            raise Alert(DECRYPT_ERROR)
        return os.urandom(48)


class Moody(Rsa):
    """Two alerts, by chance: a cluster of unlike machines, and no oracle that could be told."""
    n = 0

    def broken(self, w, *_):
        with self.lock:
            self.n += 1
        raise Alert(DECRYPT_ERROR if self.n * 7 % 3 else BAD_RECORD_MAC)


def robot(c):
    leaf = c.pki.leaf("rsa")
    for server, word in ((Strong, "strong oracle"), (Resets, "strong oracle"), (Weak, "weak oracle"),
                         (Waits, "weak oracle"), (Silent, "weak oracle"), (VersionOnly, "weak oracle")):
        why = look(c, server(leaf), "robot", robot="yes")
        c.true(server.__name__, word in why.get("robot_reason", ""), why)
    look(c, Rsa(leaf), "robot", robot="no")
    for suite in (0x0005, 0x0002, 0x009c):     # no cipher is needed: RC4, NULL, AES-128-GCM
        for server, want in ((Rsa, "no"), (Strong, "yes"), (Waits, "yes")):
            server = server(leaf)
            server.suites = (suite,)
            look(c, server, "robot", robot=want)
    look(c, Moody(leaf), "robot", robot="unknown")
    why = look(c, NoCbc(leaf), "robot", robot="no")
    c.true("no RSA key exchange", "no RSA key exchange" in why.get("robot_reason", ""), why)


# ---- CBC padding --------------------------------------------------------------------------------

class Data(whole.Server):
    """A flaw of application data alone."""

    def broken(self, w, kind, plain, padding_ok, mac_ok):
        if kind == 23:
            self.flaw(w, plain, padding_ok, mac_ok)
        raise Alert(BAD_RECORD_MAC)


def empty(plain):
    """Is there room for a MAC and padding alone?"""
    return len(plain) <= 48 and plain[-1] >= len(plain) - whole.MAC - 1


class Taken(whole.Server):
    """The length of the padding counts, its bytes do not."""

    def broken(self, w, kind, plain, padding_ok, mac_ok):
        if not mac_ok:
            raise Alert(BAD_RECORD_MAC)


class Zombie(Data):
    def flaw(self, w, plain, padding_ok, mac_ok):
        if not padding_ok and mac_ok:
            raise Alert(DECRYPT_ERROR)


class ZombieReset(Data):
    def flaw(self, w, plain, padding_ok, mac_ok):
        if not padding_ok and mac_ok:
            reset(w)


class Golden(Data):
    def flaw(self, w, plain, padding_ok, mac_ok):
        if not padding_ok and not mac_ok:
            raise Alert(DECRYPT_ERROR)


class Padding(Data):
    """The first of all (Vaudenay 2002): bad padding has its own alert."""

    def flaw(self, w, plain, padding_ok, mac_ok):
        if not padding_ok:
            raise Alert(21)


class Sleeping(Data):
    def flaw(self, w, plain, padding_ok, mac_ok):
        if not padding_ok and mac_ok:
            w.conn.drain()
            raise Closed


class Slow(Data):
    def flaw(self, w, plain, padding_ok, mac_ok):
        if not padding_ok:
            time.sleep(1.5)


class Empty(Data):
    def flaw(self, w, plain, padding_ok, mac_ok):
        if empty(plain) and not padding_ok:
            raise Alert(0)


class Overflow(Data):
    """AES-NI of OpenSSL before 1.0.2h: padding longer than the record."""

    def flaw(self, w, plain, padding_ok, mac_ok):
        if plain[-1] >= len(plain) - whole.MAC - 1 and len(set(plain)) == 1:
            raise Alert(22)


class Closes(Sane):
    """After the handshake it has nothing to say, and ends it."""

    def hear(self, w):
        if w.keyed:
            w.conn.send(w.encrypt(21, b"\1\0"))
            raise Closed
        return super().hear(w)


class Speaks(Sane):
    """A greeting comes before any request, as with SMTP."""

    def say_finished(self, w):
        super().say_finished(w)
        w.conn.send(w.encrypt(23, b"220 live.example\r\n"))


class SpeaksTaken(Speaks, Taken):
    """... and padding is not looked at."""


def cbc_padding(c):
    leaf = c.pki.leaf("rsa")
    for server, want in ((Taken, {"poodle_tls": "yes"}),
                         (Zombie, {"zombie_poodle": "yes"}),
                         (ZombieReset, {"zombie_poodle": "yes"}),
                         (Golden, {"goldendoodle": "yes"}),
                         (Padding, {"zombie_poodle": "yes", "goldendoodle": "yes"}),
                         (Sleeping, {"sleeping_poodle": "yes"}),
                         (Slow, {"sleeping_poodle": "yes"}),
                         (Empty, {"zero_length_padding": "yes"}),
                         (Overflow, {"cve_2016_2107": "yes"}),
                         (SpeaksTaken, {"poodle_tls": "yes"}),
                         (Speaks, {})):
        want = {name: want.get(name, "no") for name in FLAWS[1:7]}
        look(c, server(leaf), "cbc_padding", **want)
    look(c, Closes(leaf), "cbc_padding", **{name: "unknown" for name in FLAWS[1:7]})
    look(c, NoCbc(leaf), "cbc_padding", **{name: "no" for name in FLAWS[1:7]})


# ---- tickets, points ----------------------------------------------------------------------------

class Bleeds(Sane):
    """32 bytes come back, whatever was sent (F5 BIG-IP 12.1)."""

    def session_id(self, h):
        return h.session + os.urandom(32 - len(h.session)) if h.session else b""


class BleedsAnyTicket(whole.Server):
    """The same, and there is no whole handshake that would bring a ticket."""
    suites = (0xc02f,)

    def talk(self, w):
        h = w.hello
        if h.extensions.get(35) and h.session:
            self.say(w, whole.server_hello(h, w.suite, self.hello_extensions(h), w.version,
                                           h.session + os.urandom(32 - len(h.session))))
            w.conn.drain()
        super().talk(w)


class Longer(Sane):
    """An id of its own: it does not go on with the session."""

    def session_id(self, h):
        return os.urandom(32)


def ticketbleed(c):
    leaf = c.pki.leaf("rsa")
    for server, want in ((Bleeds, "yes"), (BleedsAnyTicket, "yes"), (Longer, "no"), (Sane, "no"),
                         (whole.Server, "no")):
        look(c, server(leaf), "ticketbleed", ticketbleed=want)


class AnyPoint(whole.Server):
    def point(self, p):
        pass


class LateRefusal(whole.Server):
    """It looks, and goes on with a secret of its own: what comes is an alert at Finished."""

    def point(self, p):
        self.mine.off_curve = not whole.on_curve(p)

    def hear_key_exchange(self, w):
        super().hear_key_exchange(w)
        if self.mine.off_curve:
            w.derive(os.urandom(32))


class Tls13(rogue.Server):
    """TLS 1.3 alone, up to what is encrypted, with P-256 alone."""
    group = 0x0017
    late = False                        # looks when ServerHello is on its way

    def takes(self, share):
        return whole.on_curve((int.from_bytes(share[1:33], "big"), int.from_bytes(share[33:], "big")))

    def serve(self, c):
        h = c.hello()
        if h.v2 or 0x0304 not in h.versions or 0x1301 not in h.suites or self.group not in h.groups:
            c.send(rogue.alert(2, 70 if h.v2 or 0x0304 not in h.versions else 40))
            return
        body = h.extensions.get(51, b"\0\0")[2:]
        if body[:2] != struct.pack(">H", self.group):
            c.send(rogue.record(hello_retry(h, 0x1301, self.group)))
        elif not self.late and not self.takes(body[4:]):
            c.send(rogue.alert(2, 47))
        else:
            share = struct.pack(">HH", self.group, len(body) - 4) + b"\4" + os.urandom(len(body) - 5)
            c.send(rogue.record(server_hello(h, 0x1301, rogue.extension(43, b"\3\4")
                                             + rogue.extension(51, share)))
                   + rogue.record(b"\1", 20))
            if not self.takes(body[4:]):
                c.send(rogue.alert(2, 47))
                return
            c.send(rogue.record(os.urandom(100), 23))
            c.drain()


class Late(Tls13):
    late = True


class AnyShare(Tls13):
    def takes(self, share):
        return True


class OtherCurve(AnyShare):
    group = 0x001f                      # brainpoolP256r1tls13


def invalid_curve(c):
    leaf = c.pki.leaf("rsa")
    look(c, AnyPoint(leaf), "invalid_curve", invalid_curve="yes")
    look(c, whole.Server(leaf), "invalid_curve", invalid_curve="no")
    look(c, LateRefusal(leaf), "invalid_curve", invalid_curve="no")
    look(c, Rsa(leaf), "invalid_curve", invalid_curve="no")      # no ECDHE at all
    look(c, Tls13(leaf), "invalid_curve", invalid_curve="no")
    look(c, Late(leaf), "invalid_curve", invalid_curve="no")
    look(c, AnyShare(leaf), "invalid_curve", invalid_curve="yes")
    look(c, OtherCurve(leaf), "invalid_curve", invalid_curve="unknown")


# ---- --safe -------------------------------------------------------------------------------------

def safe(c):
    """Nothing that no client would send, and nothing said of what that would have shown."""
    with Weak(c.pki.leaf("rsa")) as s:
        a = audit.run(s.port, "--safe")
        for name in FLAWS:
            c.fact(a, "facts.vulnerabilities." + name, "unknown")
            c.fact(a, "facts.vulnerabilities.%s_reason" % name, "not asked: --safe")


if __name__ == "__main__":
    live.main(sane, robot, cbc_padding, ticketbleed, invalid_curve, safe)
