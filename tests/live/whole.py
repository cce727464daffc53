"""TLS 1.0 to 1.2 in full, by hand: what rogue.Server is up to ServerHelloDone, to the last record.

AES-128-CBC with HMAC-SHA-1 under RSA or ECDHE (P-256) key exchange, and nothing that guards a secret:
numbers and points are computed as the books say.  A flaw is a method that a test overrides:

    class Oracle(whole.Server):
        def bad_premaster(self, w):             # RSA padding is wrong
            raise whole.Alert(40)
"""
import hashlib
import hmac
import os
import re
import socket
import struct
import threading

import rogue
from hostile import certificate, extension, message, record, server_hello
from pki import openssl
from rogue import Closed, alert

BAD_RECORD_MAC, DECRYPT_ERROR, ILLEGAL_PARAMETER = 20, 51, 47
MAC = 20


class Alert(Exception):
    """The server sends this alert and closes."""


# ---- AES-128 (FIPS 197) -------------------------------------------------------------------------

def xtime(a):
    return (a << 1 ^ 0x1b) & 0xff if a & 0x80 else a << 1


def mul(a, b):
    r = 0
    while b:
        if b & 1:
            r ^= a
        a, b = xtime(a), b >> 1
    return r


def make_sbox():
    box = []
    for x in range(256):
        inv = next((y for y in range(256) if mul(x, y) == 1), 0)
        box.append(0x63 ^ inv ^ (inv << 1 | inv >> 7) & 255 ^ (inv << 2 | inv >> 6) & 255
                   ^ (inv << 3 | inv >> 5) & 255 ^ (inv << 4 | inv >> 4) & 255)
    return box


SBOX = make_sbox()
UNBOX = [SBOX.index(x) for x in range(256)]
M = {k: [mul(x, k) for x in range(256)] for k in (2, 3, 9, 11, 13, 14)}


class Aes:
    def __init__(self, key):
        w, rcon = [list(key[i:i + 4]) for i in range(0, 16, 4)], 1
        for i in range(4, 44):
            t = w[i - 1]
            if i % 4 == 0:
                t = [SBOX[x] for x in t[1:] + t[:1]]
                t[0] ^= rcon
                rcon = xtime(rcon)
            w.append([a ^ b for a, b in zip(w[i - 4], t)])
        self.keys = [sum(w[i:i + 4], []) for i in range(0, 44, 4)]

    def encrypt(self, block):
        s = [a ^ b for a, b in zip(block, self.keys[0])]
        for r in range(1, 11):
            s = [SBOX[s[(i + 4 * (i % 4)) % 16]] for i in range(16)]
            if r < 10:
                s = [M[2][s[i]] ^ M[3][s[i & 12 | i + 1 & 3]] ^ s[i & 12 | i + 2 & 3]
                     ^ s[i & 12 | i + 3 & 3] for i in range(16)]
            s = [a ^ b for a, b in zip(s, self.keys[r])]
        return bytes(s)

    def decrypt(self, block):
        s = [a ^ b for a, b in zip(block, self.keys[10])]
        for r in range(9, -1, -1):
            s = [UNBOX[s[(i - 4 * (i % 4)) % 16]] for i in range(16)]
            s = [a ^ b for a, b in zip(s, self.keys[r])]
            if r > 0:
                s = [M[14][s[i]] ^ M[11][s[i & 12 | i + 1 & 3]] ^ M[13][s[i & 12 | i + 2 & 3]]
                     ^ M[9][s[i & 12 | i + 3 & 3]] for i in range(16)]
        return bytes(s)


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


# ---- P-256 --------------------------------------------------------------------------------------

P = 2**256 - 2**224 + 2**192 + 2**96 - 1
B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b
G = (0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296,
     0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5)


def on_curve(p):
    return (p[1] * p[1] - p[0]**3 + 3 * p[0] - B) % P == 0


def add(p, q):
    if p is None or q is None:
        return q or p
    if p[0] == q[0]:
        if (p[1] + q[1]) % P == 0:
            return None
        slope = (3 * p[0] * p[0] - 3) * pow(2 * p[1], -1, P)
    else:
        slope = (q[1] - p[1]) * pow(q[0] - p[0], -1, P)
    x = (slope * slope - p[0] - q[0]) % P
    return x, (slope * (p[0] - x) - p[1]) % P


def times(k, p):
    r = None
    for bit in bin(k)[2:]:
        r = add(r, r)
        if bit == "1":
            r = add(r, p)
    return r


# ---- keys ---------------------------------------------------------------------------------------

def p_hash(name, secret, seed, n):
    out, a = b"", seed
    while len(out) < n:
        a = hmac.new(secret, a, name).digest()
        out += hmac.new(secret, a + seed, name).digest()
    return out[:n]


def prf(version, secret, label, seed, n):
    """RFC 5246, 5; RFC 2246, 5."""
    if version >= 0x0303:
        return p_hash("sha256", secret, label + seed, n)
    half = (len(secret) + 1) // 2
    return xor(p_hash("md5", secret[:half], label + seed, n),
               p_hash("sha1", secret[len(secret) - half:], label + seed, n))


def rsa_numbers(key):
    """(modulus, private exponent, bytes of the modulus) of a key file."""
    text = openssl("pkey", "-in", key, "-text", "-noout").decode()

    def number(name):
        return int(re.search(name + r":\s*((?:[0-9a-f]{2}[:\s]*)+)", text).group(1)
                   .replace(":", "").replace("\n", "").replace(" ", ""), 16)
    n = number("modulus")
    return n, number("privateExponent"), (n.bit_length() + 7) // 8


class Whole:
    """One connection from its hello on."""

    def __init__(self, conn, hello, version, suite):
        self.conn, self.hello, self.version, self.suite = conn, hello, version, suite
        self.random = os.urandom(32)
        self.transcript = b""
        self.keyed = False
        self.seq = [0, 0]

    def hash(self):
        if self.version >= 0x0303:
            return hashlib.sha256(self.transcript).digest()
        return hashlib.md5(self.transcript).digest() + hashlib.sha1(self.transcript).digest()

    def derive(self, premaster):
        if 23 in self.hello.extensions:
            master = prf(self.version, premaster, b"extended master secret", self.hash(), 48)
        else:
            master = prf(self.version, premaster, b"master secret", self.client_random + self.random,
                         48)
        self.set_master(master)

    @property
    def client_random(self):
        return self.hello.record[11:43]

    def set_master(self, master):
        self.master = master
        block = prf(self.version, master, b"key expansion", self.random + self.client_random, 104)
        self.mac = block[:20], block[20:40]
        self.key = Aes(block[40:56]), Aes(block[56:72])
        self.iv = [block[72:88], block[88:104]]

    def finished(self, side):
        return prf(self.version, self.master, side + b" finished", self.hash(), 12)

    def mac_of(self, side, kind, body):
        head = struct.pack(">QBHH", self.seq[side], kind, self.version, len(body))
        return hmac.new(self.mac[side], head + body, "sha1").digest()

    def decrypt(self, body):
        """The padded plaintext of a record from the client."""
        iv = self.iv[0]
        if self.version >= 0x0302:
            iv, body = body[:16], body[16:]
        out = b""
        for i in range(0, len(body), 16):
            out += xor(self.key[0].decrypt(body[i:i + 16]), iv)
            iv = body[i:i + 16]
        self.iv[0] = iv
        return out

    def encrypt(self, kind, body):
        plain = body + self.mac_of(1, kind, body)
        self.seq[1] += 1
        pad = 15 - len(plain) % 16
        plain += bytes([pad]) * (pad + 1)
        iv, out = self.iv[1], b""
        if self.version >= 0x0302:
            iv = out = os.urandom(16)
        for i in range(0, len(plain), 16):
            iv = self.key[1].encrypt(xor(plain[i:i + 16], iv))
            out += iv
        self.iv[1] = iv
        return record(out, kind, self.version)


class Server(rogue.Server):
    suites = (0xc013, 0x002f)
    tickets = False

    def __init__(self, leaf):
        super().__init__(leaf)
        self.modulus, self.exponent, self.size = rsa_numbers(leaf.key)
        self.master_of = {}
        self.mine = threading.local()           # a connection has a thread of its own

    # ---- what a flaw changes --------------------------------------------------------------------

    def premaster(self, w, block):
        """The secret out of a decrypted block: RFC 5246, 7.4.7.1, which says what to do when it is
        none."""
        zero = block.find(b"\0", 2)
        if (block[:2] != b"\0\2" or zero != len(block) - 49
                or block[-48:-46] != struct.pack(">H", w.hello.version)):
            return self.bad_premaster(w, block)
        return block[-48:]

    def bad_premaster(self, w, block):
        return os.urandom(48)

    def point(self, p):
        if not on_curve(p):
            raise Alert(ILLEGAL_PARAMETER)

    def broken(self, w, kind, plain, padding_ok, mac_ok):
        """A record that does not authenticate; returns to take it all the same."""
        raise Alert(BAD_RECORD_MAC)

    def session_id(self, h):
        """What comes back of the client's session id when its ticket is taken."""
        return h.session

    def request(self, w, data):
        w.conn.send(w.encrypt(23, b"HTTP/1.0 200 OK\r\n\r\n"))
        raise Closed

    # ---- the sane part --------------------------------------------------------------------------

    def hello_extensions(self, h):
        more = extension(23, b"") if 23 in h.extensions else b""
        return self.extensions + more + (extension(35, b"") if self.tickets else b"")

    def serve(self, c):
        h = c.hello()
        if h.v2:
            raise Closed
        version, suite = self.choose(h)
        if suite is None:
            c.send(alert(2, 40 if version else 70))
            return
        w = Whole(c, h, version, suite)
        try:
            self.talk(w)
        except Alert as a:
            body = bytes([2, a.args[0]])
            c.send(w.encrypt(21, body) if w.keyed else record(body, 21, version))

    def talk(self, w):
        w.transcript += w.hello.record[5:]
        master = self.master_of.get(w.hello.extensions.get(35, b""))
        if self.tickets and master:
            self.say(w, server_hello(w.hello, w.suite, self.hello_extensions(w.hello), w.version,
                                     self.session_id(w.hello), w.random))
            w.set_master(master)
            self.say_finished(w)
            self.hear_finished(w)
        else:
            self.say(w, server_hello(w.hello, w.suite, self.hello_extensions(w.hello), w.version, b"",
                                     w.random) + certificate(self.der)
                     + self.ske_of(w.version, w.suite) + message(14, b""))
            self.hear_key_exchange(w)
            self.hear_finished(w)
            self.say_finished(w)
        w.keyed = True
        while True:
            self.request(w, self.hear(w)[1])

    def say(self, w, messages):
        w.transcript += messages
        for i in range(0, len(messages), 16384):
            w.conn.send(record(messages[i:i + 16384], version=w.version))

    def key_exchange(self, suite):
        return b"" if suite in rogue.RSA else super().key_exchange(suite)

    def ecdh_public(self):
        self.mine.secret = int.from_bytes(os.urandom(31), "big") + 1
        x, y = times(self.mine.secret, G)
        return b"\4" + x.to_bytes(32, "big") + y.to_bytes(32, "big")

    def hear_key_exchange(self, w):
        body = w.conn.record()[2]
        if body[0] == 11:                       # no certificate
            w.transcript += body
            body = w.conn.record()[2]
        if body[0] != 16:
            raise Alert(10)
        w.transcript += body
        if w.suite in rogue.RSA:
            n = pow(int.from_bytes(body[6:], "big"), self.exponent, self.modulus)
            w.derive(self.premaster(w, n.to_bytes(self.size, "big")))
            return
        p = int.from_bytes(body[6:38], "big"), int.from_bytes(body[38:70], "big")
        self.point(p)
        shared = times(self.mine.secret, p) or (0, 0)
        w.derive(shared[0].to_bytes(32, "big"))

    def hear_finished(self, w):
        if w.conn.record()[0] != 20:
            raise Alert(10)
        kind, body = self.hear(w)
        if kind != 22 or body != message(20, w.finished(b"client")):
            raise Alert(DECRYPT_ERROR)
        w.transcript += body

    def say_finished(self, w):
        if self.tickets and not self.master_of.get(w.hello.extensions.get(35, b"")):
            ticket = os.urandom(48)
            self.master_of[ticket] = w.master
            self.say(w, message(4, struct.pack(">IH", 300, len(ticket)) + ticket))
        body = message(20, w.finished(b"server"))
        w.transcript += body
        w.conn.send(record(b"\1", 20, w.version) + w.encrypt(22, body))

    def hear(self, w):
        """(type, content) of the next record."""
        kind, _, body = w.conn.record()
        if len(body) % 16 or len(body) < 32:
            raise Alert(BAD_RECORD_MAC)
        plain = w.decrypt(body)
        pad = plain[-1]
        padding_ok = pad < len(plain) - MAC and plain[-1 - pad:] == bytes([pad]) * (pad + 1)
        n = len(plain) - 1 - MAC - (pad if pad < len(plain) - MAC else 0)
        content, mac = plain[:n], plain[n:n + MAC]
        mac_ok = mac == w.mac_of(0, kind, content)
        w.seq[0] += 1
        if not padding_ok or not mac_ok:
            self.broken(w, kind, plain, padding_ok, mac_ok)
        if kind == 21:
            raise Closed
        return kind, content


def reset(w):
    """The end by RST, as a box between would."""
    w.conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    w.conn.sock.close()
    raise Closed
