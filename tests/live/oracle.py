"""The slow truth about a server: one question per connection, no cleverness.

What tlsaudit finds with few connections, this finds by offering each cipher suite, each group and
each version alone.  It shares no code and no table with tlsaudit, and knows no names: only code
points.  A server's configuration says what it should offer; this says what it does.

    o = Oracle("127.0.0.1", port, sni="live.example")
    o.suites(TLS12)         # {0xc02b, 0xc02f, ...}
    o.order(TLS12, suites)  # ("server", [0xc02b, ...]) or ("client", None) or ("mixed", None)
    o.groups(TLS13)         # {0x001d, ...}
"""
import os
import socket
import struct
import time

SSL3, TLS10, TLS11, TLS12, TLS13 = 0x0300, 0x0301, 0x0302, 0x0303, 0x0304

# Every range that the registry and the old drafts have ever used, and no signalling value
# (0x00ff, 0x5600).  GREASE values are left out: a server must refuse them.
CANDIDATES = [c for r in (range(0x0001, 0x00ff), range(0xc001, 0xc0ff), range(0xc100, 0xc108),
                          range(0xcc13, 0xcc16), range(0xcca8, 0xccaf), range(0xd001, 0xd006),
                          range(0xfee0, 0xfee2), range(0xfefe, 0xff00), range(0xff00, 0xff04),
                          range(0xff85, 0xff88))
              for c in r if c & 0x0f0f != 0x0a0a or c >> 8 != c & 0xff]
CANDIDATES_13 = list(range(0x1301, 0x1308)) + [0xc0b4, 0xc0b5, 0x00c6, 0x00c7]
SSL2_KINDS = [0x010080, 0x020080, 0x030080, 0x040080, 0x050080, 0x060040, 0x0700c0, 0x080080]
CHACHA = {0x1303, 0xcc13, 0xcc14, 0xcc15, *range(0xcca8, 0xccaf)}
GROUPS = list(range(1, 42)) + [0x0100, 0x0101, 0x0102, 0x0103, 0x0104, 0x0200, 0x0201, 0x0202,
                               0x11eb, 0x11ec, 0x11ed, 0x6399, 0xfe30, 0xfe31, 0xfe32]
SIGALGS = [0x0804, 0x0805, 0x0806, 0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0809, 0x080a, 0x080b,
           0x0401, 0x0501, 0x0601, 0x0301, 0x0303, 0x0201, 0x0203, 0x0402, 0x0502, 0x0602, 0x0302,
           0x0202, 0x0101, 0x0102, 0x0103]
COMMON_GROUPS = [0x001d, 0x0017, 0x0018, 0x0019, 0x001e, 0x0100, 0x0101, 0x0102, 0x0103, 0x0104,
                 0x11ec, 0x0015, 0x0013, 0x0016, 0x001a, 0x001b, 0x001c]
HRR = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")


class Answer:
    """What came back: suite and group are None where the server did not say."""

    def __init__(self):
        self.version = None
        self.suite = None
        self.group = None       # TLS 1.3: from key_share; before: from ServerKeyExchange
        self.sigalg = None      # TLS 1.2: of the ServerKeyExchange
        self.dh_bits = None
        self.alert = None
        self.certs = []


def vec(width, body):
    return len(body).to_bytes(width, "big") + body


def u16s(values):
    return b"".join(struct.pack(">H", v) for v in values)


def extension(kind, body):
    return struct.pack(">H", kind) + vec(2, body)


def client_hello(version, suites, groups=None, sigalgs=None, sni=None, share=False, more=b""):
    """A ClientHello record.  TLS 1.3 without share has an empty key_share (RFC 8446, 4.2.8)."""
    ext = b""
    if sni:
        ext += extension(0, vec(2, b"\0" + vec(2, sni.encode())))
    if groups is None:
        groups = COMMON_GROUPS
    if version > SSL3:
        if groups:
            ext += extension(10, vec(2, u16s(groups)))
        ext += extension(11, b"\1\0")
        if version >= TLS12:
            ext += extension(13, vec(2, u16s(sigalgs or SIGALGS)))
        if version == TLS13:
            ext += extension(43, vec(1, u16s([TLS13])))
            ext += extension(51, vec(2, u16s([0x001d]) + vec(2, os.urandom(32)) if share else b""))
        ext += more
    session = os.urandom(32) if version == TLS13 else b""
    body = (struct.pack(">H", min(version, TLS12)) + os.urandom(32) + vec(1, session)
            + vec(2, u16s(suites)) + b"\1\0")
    if ext:
        body += vec(2, ext)
    handshake = b"\1" + vec(3, body)
    return b"\x16" + struct.pack(">H", min(version, TLS10)) + vec(2, handshake)


def server_hello(body, answer):
    version, = struct.unpack_from(">H", body)
    at = 35 + body[34]
    answer.version = version
    answer.suite, = struct.unpack_from(">H", body, at)
    at += 3
    if at + 2 > len(body):
        return
    end = at + 2 + struct.unpack_from(">H", body, at)[0]
    at += 2
    while at + 4 <= end:
        kind, size = struct.unpack_from(">HH", body, at)
        value = body[at + 4:at + 4 + size]
        at += 4 + size
        if kind == 43:
            answer.version = struct.unpack(">H", value)[0]
        elif kind == 51:
            answer.group = struct.unpack_from(">H", value)[0]


def key_exchange(body, answer):
    """ServerKeyExchange: a named curve, or DH parameters (and then what signs them)."""
    if len(body) > 4 and body[0] == 3:
        answer.group = struct.unpack_from(">H", body, 1)[0]
        at = 4 + body[3]
    else:
        sizes = []
        at = 0
        for _ in range(3):
            if at + 2 > len(body):
                return
            n, = struct.unpack_from(">H", body, at)
            sizes.append(body[at + 2:at + 2 + n])
            at += 2 + n
        answer.dh_bits = int.from_bytes(sizes[0], "big").bit_length()
    if answer.version == TLS12 and at + 2 <= len(body):
        answer.sigalg = struct.unpack_from(">H", body, at)[0]


def certificates(body, answer):
    at = 3
    while at + 3 <= len(body):
        n = int.from_bytes(body[at:at + 3], "big")
        answer.certs.append(body[at + 3:at + 3 + n])
        at += 3 + n


def records(sock, seconds):
    """Every record until the connection or the time ends, as (content type, payload)."""
    raw = b""
    end = time.monotonic() + seconds
    while True:
        while len(raw) < 5 or len(raw) < 5 + int.from_bytes(raw[3:5], "big"):
            try:
                sock.settimeout(max(0.001, end - time.monotonic()))
                part = sock.recv(16384)
            except (ConnectionResetError, socket.timeout):
                return
            if not part:
                return
            raw += part
        size = int.from_bytes(raw[3:5], "big")
        yield raw[0], raw[5:5 + size]
        raw = raw[5 + size:]


def read_flight(sock, whole, seconds):
    """Read until the ServerHello (whole: until ServerHelloDone), an alert, or the end."""
    answer = Answer()
    stream = b""
    for kind, record in records(sock, seconds):
        if kind == 21:
            if len(record) == 2 and record[0] == 1:
                continue                        # a warning (unrecognized_name): read on
            answer.alert = record[1] if len(record) == 2 else -1
            break
        if kind != 22:
            break
        stream += record
        while len(stream) >= 4 and len(stream) >= 4 + int.from_bytes(stream[1:4], "big"):
            size = int.from_bytes(stream[1:4], "big")
            kind, body, stream = stream[0], stream[4:4 + size], stream[4 + size:]
            if kind == 2:
                server_hello(body, answer)
                if not whole or answer.version == TLS13:
                    return answer
            elif kind == 11:
                certificates(body, answer)
            elif kind == 12:
                key_exchange(body, answer)
            elif kind == 14:
                return answer
    return answer


def peel(offer, pick):
    """What pick() chooses of the offer, of what is then left, and so on."""
    left = list(offer)
    out = []
    while left:
        choice = pick(left)
        if choice is None:
            break
        out.append(choice)
        left.remove(choice)
    return out


def verdict(up, down, peeled):
    """Who decides, when the same things are offered in two orders?"""
    if not up:
        return None, None
    if len(up) == 1:
        return "single", up
    first, second = peeled(up), peeled(down)
    if first == second:
        return "server", first
    if first == up and second == down:
        return "client", None
    return "mixed", None


class Oracle:
    def __init__(self, host, port, sni=None, timeout=10.0):
        self.address = (host, port)
        self.sni = sni
        self.timeout = timeout
        self.connections = 0

    def ask(self, version, suites, whole=False, **hello):
        """One connection, one ClientHello."""
        self.connections += 1
        hello.setdefault("sni", self.sni)
        with socket.create_connection(self.address, self.timeout) as sock:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                sock.sendall(client_hello(version, suites, **hello))
            except (BrokenPipeError, ConnectionResetError):
                return Answer()
            return read_flight(sock, whole, self.timeout)

    def picks(self, version, suites, **hello):
        """The suite that the server chooses from these under exactly this version, or None."""
        a = self.ask(version, suites, **hello)
        return a.suite if a.version == version and a.suite in suites else None

    def candidates(self, version):
        return CANDIDATES_13 if version == TLS13 else CANDIDATES

    def ssl2(self):
        """The cipher kinds of an SSLv2 SERVER-HELLO as 24-bit numbers, its certificate; or None."""
        self.connections += 1
        kinds = b"".join(k.to_bytes(3, "big") for k in SSL2_KINDS)
        hello = b"\1\0\2" + struct.pack(">HHH", len(kinds), 0, 16) + kinds + os.urandom(16)
        with socket.create_connection(self.address, self.timeout) as sock:
            try:
                sock.sendall((0x8000 | len(hello)).to_bytes(2, "big") + hello)
                raw = b""
                while len(raw) < 2 or len(raw) < 2 + (int.from_bytes(raw[:2], "big") & 0x7fff):
                    part = sock.recv(16384)
                    if not part:
                        return None
                    raw += part
            except (ConnectionError, socket.timeout):
                return None
        if raw[0] & 0x80 == 0 or raw[2] != 4:
            return None
        n_cert, n_kinds = struct.unpack_from(">HH", raw, 7)
        kinds = raw[13 + n_cert:13 + n_cert + n_kinds]
        return ([int.from_bytes(kinds[i:i + 3], "big") for i in range(0, len(kinds), 3)],
                raw[13:13 + n_cert])

    def chain(self, version, suites, **hello):
        """The certificates that come with one of these suites under TLS <= 1.2, as DER."""
        return self.ask(version, suites, whole=True, **hello).certs

    def suites(self, version):
        """Every suite that the server accepts under this version, each asked alone."""
        return {c for c in self.candidates(version) if self.picks(version, [c]) is not None}

    def peel(self, version, suites):
        """The order in which the server picks, when it may choose from all that is left."""
        return peel(suites, lambda left: self.picks(version, left))

    def order(self, version, suites):
        """("server", its order), ("client", None), ("mixed", None), or "single" for one suite."""
        # Some servers give ChaCha20 to a client that puts it first, and follow their own order
        # otherwise: so it never comes first here, and chacha_first() asks for that.
        others = sorted(c for c in suites if c not in CHACHA)
        last = sorted(c for c in suites if c in CHACHA)
        if not others:
            others, last = last, []
        return verdict(others + last, others[::-1] + last, lambda l: self.peel(version, l))

    def group_order(self, version, suites, groups):
        """The same for groups."""
        def pick(left):
            a = self.ask(version, sorted(suites), whole=True, groups=left)
            return a.group if a.version == version and a.group in left else None
        up = sorted(groups)
        return verdict(up, up[::-1], lambda l: peel(l, pick))

    def chacha_first(self, version, order):
        """Does a server with this order of its own still give ChaCha20 to who puts it first?"""
        chacha = [c for c in order if c in CHACHA]
        if not chacha or order[0] in CHACHA:
            return False
        return self.picks(version, chacha + [c for c in order if c not in CHACHA]) in CHACHA

    def groups(self, version, suites):
        """Every group that the server uses, each asked alone."""
        found = set()
        for g in GROUPS:
            # Under TLS <= 1.2 the list also limits the curve of an ECDSA certificate: a group
            # that nobody gets alone may still be reached beside the certificate's own.
            lists = [[g]] if version == TLS13 else [[g], [g, 0x0017], [g, 0x0018], [g, 0x0019]]
            for groups in lists:
                a = self.ask(version, sorted(suites), whole=True, groups=groups)
                if a.version == version and a.group == g:
                    found.add(g)
                    break
        return found

    def sigalgs(self, suites):
        """What the server signs a TLS 1.2 ServerKeyExchange with, each asked alone."""
        found = set()
        # RFC 8446, 4.2.3: without signature_algorithms_cert the list speaks of the chain too.
        chain = extension(50, vec(2, u16s(SIGALGS)))
        for s in SIGALGS:
            a = self.ask(TLS12, sorted(suites), whole=True, sigalgs=[s], more=chain)
            if a.version == TLS12 and a.sigalg == s:
                found.add(s)
        return found

    def dh_bits(self, version, suites):
        """The smallest DH prime of these suites, each asked alone; None when there is none."""
        sizes = []
        # RFC 7919, 4: a server may take a group of the list; without one it takes its own.
        curves = [g for g in COMMON_GROUPS if not 0x0100 <= g < 0x0200]
        for c in suites:
            for groups in (COMMON_GROUPS, curves):
                a = self.ask(version, [c], whole=True, groups=groups)
                if a.version == version and a.suite == c and a.dh_bits:
                    sizes.append(a.dh_bits)
        return min(sizes, default=None)
