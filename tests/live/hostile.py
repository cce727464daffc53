"""Servers that misbehave, one port each, in one process.

As a program it prints {"name": port, ...} and serves until its standard input ends:

    python3 hostile.py --cert LEAF.der --upstream PORT      (a real TLS server to relay to)

A behaviour is a coroutine that gets one connection.  It is registered with the statuses that an
audit may end in; where more than one is listed, a comment says why both are right.

    @hostile("closed", {"closed"})
    async def closed(c):
        await c.fin()
"""
import argparse
import asyncio
import json
import os
import socket
import struct
import sys

BEHAVIOURS = {}
ARGS = None
FLOOD_BYTES = 64 << 20          # no audit may read that much: the flood ends, the test does not hang


class Behaviour:
    def __init__(self, serve, status, starttls=None):
        self.serve = serve
        self.status = status
        self.connections = 0


def hostile(name, status):
    def register(serve):
        BEHAVIOURS[name] = Behaviour(serve, status)
        return serve
    return register


# ---- one connection ----------------------------------------------------------------------------

class Gone(Exception):
    """The client has closed the connection: nothing is left to do."""


class Hello:
    """What a ClientHello offers; v2 for SSLv2's own."""

    def __init__(self, record):
        self.v2 = record[0] & 0x80 != 0
        self.versions = []
        self.suites = []
        self.groups = []
        self.session = b""
        self.extensions = {}
        self.record = record
        if self.v2:
            return
        body = record[9:]
        self.version, = struct.unpack_from(">H", body)
        at = 35 + body[34]
        self.session = body[35:at]
        n, = struct.unpack_from(">H", body, at)
        self.suites = list(struct.unpack_from(">%dH" % (n // 2), body, at + 2))
        at += 2 + n
        at += 1 + body[at]
        if at + 2 <= len(body):
            self._read_extensions(body[at + 2:])
        self.versions = self._list(43, 1) or [self.version]
        self.groups = self._list(10, 2)

    def _read_extensions(self, body):
        at = 0
        while at + 4 <= len(body):
            kind, n = struct.unpack_from(">HH", body, at)
            self.extensions[kind] = body[at + 4:at + 4 + n]
            at += 4 + n

    def _list(self, kind, width):
        body = self.extensions.get(kind, b"")[width:]
        return list(struct.unpack(">%dH" % (len(body) // 2), body[:len(body) // 2 * 2]))

    def tls12(self):
        return not self.v2 and self.version >= 0x0303

    def tls13(self):
        return 0x0304 in self.versions


class Conn:
    def __init__(self, reader, writer, number):
        self.reader = reader
        self.writer = writer
        self.number = number            # of this connection, from 1

    async def read(self, n):
        try:
            return await self.reader.readexactly(n)
        except (asyncio.IncompleteReadError, ConnectionError):
            raise Gone from None

    async def hello(self):
        """Read one ClientHello, which must fit a record."""
        head = await self.read(2)
        if head[0] & 0x80:
            return Hello(head + await self.read((head[0] & 0x7f) << 8 | head[1]))
        head += await self.read(3)
        return Hello(head + await self.read(int.from_bytes(head[3:5], "big")))

    async def send(self, data):
        try:
            self.writer.write(data)
            await self.writer.drain()
        except ConnectionError:
            raise Gone from None
        if self.writer.is_closing():
            raise Gone

    async def drip(self, data, seconds):
        for i in range(len(data)):
            await self.send(data[i:i + 1])
            await asyncio.sleep(seconds)

    async def flood(self, data):
        chunk = data * max(1, 16384 // len(data))
        for _ in range(FLOOD_BYTES // len(chunk)):
            await self.send(chunk)

    async def hold(self):
        """Until the client closes; what it sends is thrown away."""
        while True:
            try:
                if not await self.reader.read(65536):
                    raise Gone
            except ConnectionError:
                raise Gone from None

    async def fin(self):
        """End our side in the orderly way: what the client still sends is read, so no RST."""
        try:
            self.writer.write_eof()
        except OSError:
            raise Gone from None
        await self.hold()

    def reset(self):
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()
        raise Gone


# ---- TLS messages ------------------------------------------------------------------------------

def vec(width, body):
    return len(body).to_bytes(width, "big") + body


def record(body, kind=22, version=0x0303):
    return bytes([kind]) + struct.pack(">H", version) + vec(2, body)


def records(body, size=16384):
    return b"".join(record(body[i:i + size]) for i in range(0, len(body), size))


def message(kind, body):
    return bytes([kind]) + vec(3, body)


def alert(level, code):
    return record(bytes([level, code]), 21)


def extension(kind, body):
    return struct.pack(">H", kind) + vec(2, body)


def server_hello(h, suite, extensions=b"", version=0x0303, session=None, random=None):
    body = (struct.pack(">H", version) + (random or os.urandom(32))
            + vec(1, h.session if session is None else session) + struct.pack(">HB", suite, 0))
    return message(2, body + (vec(2, extensions) if extensions else b""))


RENEGOTIATION_INFO = extension(0xff01, b"\0")
HRR_RANDOM = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")


def hello_retry(h, suite, group, more=b""):
    ext = extension(43, b"\3\4") + extension(51, struct.pack(">H", group)) + more
    return server_hello(h, suite, ext, random=HRR_RANDOM)


def certificate(*ders):
    return message(11, vec(3, b"".join(vec(3, d) for d in ders)))


def signed(params):
    """Parameters with a signature that is none."""
    return message(12, params + b"\x08\x04" + vec(2, os.urandom(256)))


def ske_ecdhe(group=0x0017, point=None):
    return signed(b"\3" + struct.pack(">H", group) + vec(1, point or b"\4" + os.urandom(64)))


def ske_dhe(p, g, y):
    def num(v):
        return vec(2, v.to_bytes(max(1, (v.bit_length() + 7) // 8), "big"))
    return signed(num(p) + num(g) + num(y))


DONE = message(14, b"")
ECDHE = (0xc02f, 0xc030, 0xc013, 0xc014, 0xcca8)
DHE = (0x009e, 0x009f, 0x0033, 0x0039, 0xccaa)


async def tls12(c, suites=ECDHE):
    """The client's hello and the suite for a TLS 1.2 answer; any other client is refused."""
    h = await c.hello()
    if h.v2:
        await c.fin()
    if not h.tls12() or (h.extensions.get(43) and 0x0303 not in h.versions):
        await c.send(alert(2, 70))
        await c.fin()
    for s in suites:
        if s in h.suites:
            return h, s
    await c.send(alert(2, 40))
    await c.fin()


def leaf():
    with open(ARGS.cert, "rb") as f:
        return f.read()


async def answer12(c, suites=ECDHE, chain=None, ske=None, extensions=RENEGOTIATION_INFO):
    """A whole TLS 1.2 flight with what the caller wants changed in it."""
    h, suite = await tls12(c, suites)
    flight = (server_hello(h, suite, extensions) + certificate(*(chain or [leaf()]))
              + (ske or ske_ecdhe()) + DONE)
    await c.send(records(flight))
    await c.hold()


# ---- transport ---------------------------------------------------------------------------------

@hostile("silence", {"timeout"})
async def silence(c):
    await c.hold()


@hostile("fin-at-once", {"closed"})
async def fin_at_once(c):
    await c.fin()


@hostile("fin-after-hello", {"closed"})
async def fin_after_hello(c):
    await c.hello()
    await c.fin()


@hostile("rst-at-once", {"reset"})
async def rst_at_once(c):
    c.reset()


@hostile("rst-after-hello", {"reset"})
async def rst_after_hello(c):
    await c.hello()
    c.reset()


@hostile("half-close", {"closed"})
async def half_close(c):
    c.writer.write_eof()
    await asyncio.sleep(600)


@hostile("never-reads", {"timeout"})
async def never_reads(c):
    c.writer.transport.pause_reading()
    await asyncio.sleep(600)


@hostile("drip", {"timeout"})
async def drip(c):
    h, suite = await tls12(c)
    await c.drip(records(server_hello(h, suite) + certificate(leaf())), 1.0)
    await c.hold()


@hostile("drip-empty-records", {"timeout", "limit"})   # 32 empty records may come first
async def drip_empty_records(c):
    await c.hello()
    while True:
        await c.send(record(b""))
        await asyncio.sleep(0.3)


# ---- not TLS -----------------------------------------------------------------------------------

@hostile("http", {"not_tls"})
async def http(c):
    await c.hello()
    await c.send(b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<html>\x1b[2Jno</html>")
    await c.fin()


@hostile("ssh", {"not_tls"})
async def ssh(c):
    await c.send(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")
    await c.hold()


@hostile("smtp", {"not_tls"})
async def smtp(c):
    await c.send(b"220 mail.example ESMTP \x1b]0;owned\x07ready\r\n")
    await c.hello()
    await c.send(b"500 5.5.2 Error: bad syntax\r\n")
    await c.hold()


@hostile("mysql", {"not_tls"})
async def mysql(c):
    await c.send(b"\x4a\0\0\0\x0a5.5.5-10.11.4-MariaDB\0" + bytes(50))
    await c.hold()


@hostile("garbage", {"not_tls"})
async def garbage(c):
    await c.flood(b"\xde\xad\xbe\xef\x00\xff\x9b" * 64)


@hostile("one-byte", {"closed", "not_tls"})     # one byte that could begin a record
async def one_byte(c):
    await c.hello()
    await c.send(b"\x16")
    await c.fin()


@hostile("echo", {"protocol_error"})
async def echo(c):
    h = await c.hello()
    await c.send(h.record)
    await c.hold()


# ---- the record layer --------------------------------------------------------------------------

@hostile("zero-records", {"limit"})
async def zero_records(c):
    await c.hello()
    await c.flood(record(b""))


@hostile("endless-records", {"limit", "protocol_error"})   # application data is wrong at once
async def endless_records(c):
    await c.hello()
    await c.flood(record(bytes(1024), 23))


@hostile("endless-handshake", {"limit", "protocol_error"})  # as far as the unknown type is read
async def endless_handshake(c):
    h, suite = await tls12(c)
    await c.send(records(server_hello(h, suite)))
    await c.flood(records(message(99, bytes(1000))))


@hostile("record-too-long", {"protocol_error"})
async def record_too_long(c):
    await c.hello()
    await c.send(b"\x16\3\3\xff\xff" + bytes(70000))
    await c.hold()


@hostile("record-unknown-type", {"protocol_error", "not_tls"})     # its head is all there is
async def record_unknown_type(c):
    await c.hello()
    await c.send(record(bytes(40), 99))
    await c.hold()


@hostile("record-odd-version", {"protocol_error", "not_tls"})      # likewise
async def record_odd_version(c):
    h, suite = await tls12(c)
    await c.send(record(server_hello(h, suite), version=0x7f12))
    await c.hold()


@hostile("warning-flood", {"limit"})
async def warning_flood(c):
    await c.hello()
    await c.flood(alert(1, 112))


@hostile("alert-unknown", {"tls_alert"})
async def alert_unknown(c):
    await c.hello()
    await c.send(alert(2, 213))
    await c.fin()


@hostile("alert-odd-level", {"tls_alert", "protocol_error"})       # level 7 is no level
async def alert_odd_level(c):
    await c.hello()
    await c.send(alert(7, 40))
    await c.fin()


@hostile("alert-split", {"tls_alert"})
async def alert_split(c):
    await c.hello()
    await c.send(record(b"\2", 21) + record(b"\x28", 21))
    await c.fin()


@hostile("alert-behind-warning", {"tls_alert"})
async def alert_behind_warning(c):
    await c.hello()
    await c.send(record(b"\1\x70\2\x28", 21))
    await c.hold()


@hostile("alert-then-silence", {"tls_alert"})
async def alert_then_silence(c):
    await c.hello()
    await c.send(alert(2, 40))
    await c.hold()


@hostile("ccs-flood", {"protocol_error", "limit"})      # first of all they come too early
async def ccs_flood(c):
    await c.hello()
    await c.flood(record(b"\1", 20))


@hostile("hello-request-flood", {"limit"})
async def hello_request_flood(c):
    await c.hello()
    await c.flood(record(message(0, b"")))


@hostile("app-data-first", {"protocol_error"})
async def app_data_first(c):
    await c.hello()
    await c.send(record(b"hello", 23))
    await c.hold()


@hostile("heartbeat-first", {"protocol_error"})
async def heartbeat_first(c):
    await c.hello()
    await c.send(record(b"\1\xff\xff" + bytes(20), 24))
    await c.hold()


@hostile("interleaved", {"protocol_error"})
async def interleaved(c):
    h, suite = await tls12(c)
    sh = server_hello(h, suite)
    await c.send(record(sh[:20]) + alert(1, 0) + record(b"\1", 20) + record(sh[20:]))
    await c.hold()


# ---- handshake messages ------------------------------------------------------------------------

@hostile("message-16mb", {"limit"})
async def message_16mb(c):
    """A certificate message of 16 MB, all of it."""
    h, suite = await tls12(c)
    await c.send(records(server_hello(h, suite)))
    await c.send(records(b"\x0b\xff\xff\xff\xff\xff\xfc" + bytes(16000)))
    for _ in range(1024):
        await c.send(records(bytes(16384)))
    await c.hold()


@hostile("length-then-drip", {"limit"})
async def length_then_drip(c):
    h, suite = await tls12(c)
    await c.send(records(server_hello(h, suite) + b"\x0b\xff\xff\xff"))
    while True:
        await c.drip(record(bytes(1)), 0.2)


@hostile("many-messages", {"limit"})
async def many_messages(c):
    h, suite = await tls12(c)
    await c.send(records(server_hello(h, suite) + certificate(leaf()) + message(22, b"") * 1000))
    await c.hold()


@hostile("extension-overrun", {"protocol_error"})
async def extension_overrun(c):
    h, suite = await tls12(c)
    await c.send(records(server_hello(h, suite, struct.pack(">HH", 0xff01, 200) + b"\0")))
    await c.hold()


@hostile("hello-trailing", {"protocol_error"})
async def hello_trailing(c):
    h, suite = await tls12(c)
    body = server_hello(h, suite, RENEGOTIATION_INFO)[4:]
    await c.send(records(message(2, body + b"\0\0\0")))
    await c.hold()


@hostile("hello-truncated", {"protocol_error"})
async def hello_truncated(c):
    h, suite = await tls12(c)
    await c.send(records(message(2, server_hello(h, suite)[4:40])))
    await c.hold()


@hostile("session-id-long", {"protocol_error"})
async def session_id_long(c):
    h, suite = await tls12(c)
    await c.send(records(server_hello(h, suite, session=bytes(33))))
    await c.hold()


@hostile("suite-unoffered", {"protocol_error"})
async def suite_unoffered(c):
    h, _ = await tls12(c)
    pick = next(s for s in range(0x00c0, 0xd000) if s not in h.suites)
    await c.send(records(server_hello(h, pick) + certificate(leaf()) + DONE))
    await c.hold()


@hostile("version-unoffered", {"protocol_error"})
async def version_unoffered(c):
    h, suite = await tls12(c)
    await c.send(records(server_hello(h, suite, version=0x0399)))
    await c.hold()


@hostile("extension-twice", {"protocol_error", "ok", "partial"})   # a finding may be enough
async def extension_twice(c):
    await answer12(c, extensions=RENEGOTIATION_INFO * 2)


@hostile("retry-unoffered-group", {"protocol_error", "partial"})
async def retry_unoffered_group(c):
    h = await c.hello()
    if not h.v2 and h.tls13():
        await c.send(records(hello_retry(h, 0x1301, 0x0a1b)))
        await c.hold()
    await c.send(alert(2, 70))
    await c.fin()


@hostile("retry-forever", {"protocol_error", "ok", "partial"})     # the first one alone is legal
async def retry_forever(c):
    h = await c.hello()
    while not h.v2 and h.tls13() and h.groups:
        cookie = extension(44, vec(2, os.urandom(1000)))
        suite = next((s for s in h.suites if s >> 8 == 0x13), 0x1301)
        await c.send(records(hello_retry(h, suite, h.groups[-1], cookie)))
        h = await c.hello()
    await c.send(alert(2, 70))
    await c.fin()


# ---- keys and certificates ---------------------------------------------------------------------
# The flight is well formed: only what stands in it is bad.  An audit may keep it and say so.

KEPT = {"ok", "partial", "protocol_error"}


@hostile("dh-p-zero", KEPT)
async def dh_p_zero(c):
    await answer12(c, DHE, ske=ske_dhe(0, 2, 2))


@hostile("dh-p-one", KEPT)
async def dh_p_one(c):
    await answer12(c, DHE, ske=ske_dhe(1, 1, 1))


@hostile("dh-p-huge", KEPT | {"limit"})
async def dh_p_huge(c):
    await answer12(c, DHE, ske=ske_dhe((1 << 100000) - 1, 2, (1 << 99999) + 1))


@hostile("dh-y-zero", KEPT)
async def dh_y_zero(c):
    await answer12(c, DHE, ske=ske_dhe((1 << 2048) - 1942289, 2, 0))


@hostile("point-off-curve", KEPT)
async def point_off_curve(c):
    await answer12(c, ske=ske_ecdhe(0x0017, b"\4" + b"\7" * 64))


@hostile("point-infinity", KEPT)
async def point_infinity(c):
    await answer12(c, ske=ske_ecdhe(0x0017, b"\0"))


@hostile("explicit-curve", KEPT)
async def explicit_curve(c):
    await answer12(c, ske=signed(b"\1" + bytes(200)))


@hostile("group-unoffered", KEPT)
async def group_unoffered(c):
    await answer12(c, ske=ske_ecdhe(0x0a1b))


@hostile("ske-empty", KEPT)
async def ske_empty(c):
    await answer12(c, ske=message(12, b""))


@hostile("chain-empty", KEPT)
async def chain_empty(c):
    h, suite = await tls12(c)
    await c.send(records(server_hello(h, suite) + certificate() + ske_ecdhe() + DONE))
    await c.hold()


@hostile("chain-1000", KEPT | {"limit"})
async def chain_1000(c):
    await answer12(c, chain=[leaf()] * 1000)


@hostile("cert-garbage", KEPT)
async def cert_garbage(c):
    await answer12(c, chain=[b"\x30\x82\xff\xff" + os.urandom(400), b"", b"\x30"])


@hostile("cert-deep", KEPT)
async def cert_deep(c):
    """Ten thousand SEQUENCEs, one in the other."""
    der = b""
    for _ in range(10000):
        n = len(der)
        der = (b"\x30" + (bytes([n]) if n < 128 else b"\x83" + n.to_bytes(3, "big"))) + der
    await answer12(c, chain=[der])


@hostile("request-64kb", KEPT)
async def request_64kb(c):
    """A CertificateRequest with more names than anybody has."""
    h, suite = await tls12(c)
    names = vec(2, vec(2, os.urandom(60)) * 1050)
    request = message(13, vec(1, b"\1\x40") + vec(2, b"\4\1") + names)
    await c.send(records(server_hello(h, suite) + certificate(leaf()) + ske_ecdhe() + request + DONE))
    await c.hold()


@hostile("staple-garbage", KEPT)
async def staple_garbage(c):
    h, suite = await tls12(c)
    status = extension(5, b"") if 5 in h.extensions else b""
    await c.send(records(server_hello(h, suite, status) + certificate(leaf())
                         + message(22, b"\1" + vec(3, b"\x30\x82\xff\xff" + os.urandom(200)))
                         + ske_ecdhe() + DONE))
    await c.hold()


@hostile("scts-1000", KEPT)
async def scts_1000(c):
    h, suite = await tls12(c)
    listing = vec(2, vec(2, os.urandom(47)) * 1000)
    more = extension(18, listing) if 18 in h.extensions else b""
    await c.send(records(server_hello(h, suite, more) + certificate(leaf()) + ske_ecdhe() + DONE))
    await c.hold()


@hostile("alpn-unoffered", KEPT)
async def alpn_unoffered(c):
    await answer12(c, extensions=extension(16, vec(2, vec(1, b"\x1b[2J\0evil"))))


@hostile("ssl2-answer", {"protocol_error", "not_tls"})     # its head is no record's
async def ssl2_answer(c):
    """An SSLv2 SERVER-HELLO, but only to those who spoke SSLv3 or later."""
    h = await c.hello()
    if not h.v2:
        body = b"\4\0\1\0\2" + struct.pack(">HHH", len(leaf()), 3, 16) + leaf() + b"\1\0\x80"
        await c.send((0x8000 | len(body) + 16).to_bytes(2, "big") + body + os.urandom(16))
    await c.fin()


@hostile("cert-vector-lies", {"protocol_error", "partial"})
async def cert_vector_lies(c):
    h, suite = await tls12(c)
    body = vec(3, (len(leaf()) + 9).to_bytes(3, "big") + leaf())
    await c.send(records(server_hello(h, suite) + message(11, body) + ske_ecdhe() + DONE))
    await c.hold()


# ---- a real server behind a bad line -----------------------------------------------------------

async def relay(c, limit=None, split=False):
    """Relay to the real server; after `limit` bytes of its answer, the line is reset."""
    try:
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", ARGS.upstream)
    except OSError:
        c.reset()

    async def upward():
        try:
            while data := await c.reader.read(65536):
                up_writer.write(data)
            up_writer.write_eof()
        except (OSError, RuntimeError):
            up_writer.transport.abort()

    task = asyncio.ensure_future(upward())
    sent = 0
    try:
        while data := await up_reader.read(65536):
            if limit is not None and sent + len(data) >= limit:
                await c.send(data[:limit - sent])
                await asyncio.sleep(0.02)       # a reset overtakes what has just been sent
                c.reset()
            sent += len(data)
            await c.send(refragment(data) if split else data)
        await c.fin()
    except ConnectionError:
        raise Gone from None
    finally:
        task.cancel()
        up_writer.transport.abort()


def refragment(data):
    """Whole records of clear handshake bytes, again as records of one byte each."""
    out = b""
    while len(data) >= 5:
        n = int.from_bytes(data[3:5], "big")
        if data[0] == 22 and len(data) >= 5 + n:
            out += b"".join(data[:3] + b"\0\1" + data[5 + i:6 + i] for i in range(n))
        else:
            out += data[:5 + n]
        data = data[5 + n:]
    return out + data


CUTS = list(range(0, 12)) + [20, 40, 43, 44, 60, 75, 76, 80, 90, 95, 98, 99, 120, 200, 400, 800, 1200,
                             1600, 2000, 2400, 2800]
for cut in CUTS:
    # Up to the end of the smallest ServerHello nothing can be known; after it, what is known stays.
    @hostile("reset-at-%d" % cut, {"reset"} if cut < 44 else {"reset", "partial", "ok"})
    async def reset_at(c, cut=cut):
        if cut == 0:
            await c.hello()
            c.reset()
        await relay(c, limit=cut)


@hostile("byte-records", {"ok", "partial"})     # TLS 1.3's ciphertext cannot be cut like this
async def byte_records(c):
    await relay(c, split=True)


@hostile("every-third-fails", {"ok", "partial"})        # "ok" where the retry has met a good one
async def every_third_fails(c):
    if c.number % 3 == 0:
        c.reset()
    await relay(c)


@hostile("bans-after-12", {"partial"})
async def bans_after_12(c):
    if c.number > 12:
        c.reset()
    await relay(c)


@hostile("silent-after-12", {"partial", "timeout"})     # "timeout": the endpoint's own deadline
async def silent_after_12(c):
    if c.number > 12:
        await c.hold()
    await relay(c)


@hostile("two-faces", {"ok", "partial"})
async def two_faces(c):
    """Two servers behind one address: every other connection gets the old one."""
    if c.number % 2:
        await relay(c)
    await answer12(c)


@hostile("long-hello-intolerant", {"ok", "partial"})
async def long_hello_intolerant(c):
    """Closes on a hello of more than 255 bytes, as some load balancers did."""
    head = await c.read(5)
    if head[0] == 22 and int.from_bytes(head[3:5], "big") > 255:
        await c.fin()
    # What has been read goes back in front of the rest.
    rest = c.reader._buffer
    c.reader._buffer = bytearray(head) + rest
    await relay(c)


# ---- the process -------------------------------------------------------------------------------

def handler(behaviour):
    async def serve(reader, writer):
        behaviour.connections += 1
        try:
            await behaviour.serve(Conn(reader, writer, behaviour.connections))
        except (Gone, ConnectionError):
            pass
        finally:
            writer.transport.abort() if writer.is_closing() else writer.close()
    return serve


def blackhole():
    """A port that drops SYNs: its backlog is full, and nobody accepts."""
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    s.listen(0)
    fill = []
    for _ in range(4):
        f = socket.socket()
        f.setblocking(False)
        f.connect_ex(s.getsockname())
        fill.append(f)
    return s, fill


def refused():
    """A port that is bound, so that nobody else gets it, and does not listen."""
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    return s


async def main():
    ports = {}
    servers = []
    for name, b in BEHAVIOURS.items():
        server = await asyncio.start_server(handler(b), "127.0.0.1", 0, backlog=64)
        servers.append(server)
        ports[name] = server.sockets[0].getsockname()[1]
    hole = blackhole()
    closed = refused()
    ports["blackhole"] = hole[0].getsockname()[1]
    ports["refused"] = closed.getsockname()[1]
    print(json.dumps(ports), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    os._exit(0)         # connections that nobody will end are still open


EXPECTED = {name: b.status for name, b in BEHAVIOURS.items()}
EXPECTED.update(blackhole={"timeout"}, refused={"refused"})

if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--cert", required=True, help="a certificate in DER")
    options.add_argument("--upstream", type=int, required=True, help="port of a real TLS server")
    ARGS = options.parse_args()
    asyncio.run(main())
