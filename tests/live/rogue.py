"""TLS servers that are sane but for one flaw, each in a thread of the test that needs it.

    class Hangs(rogue.Server):
        def refuses(self, h):                   # h: a hostile.Hello with h.size, h.n_records
            return "close" if 256 <= h.size < 512 else None

    with Hangs(leaf) as s:
        a = audit.run(s.port, "--only", "intolerance")

A server speaks TLS 1.0 to 1.2 with the suites and groups of its class and goes as far as
ServerHelloDone; its signatures are random bytes.  What comes after that is after_flight()'s.
"""
import os
import socket
import threading

import hostile
from hostile import Hello, alert, certificate, extension, message, record, records, server_hello

HANDSHAKE_FAILURE, PROTOCOL_VERSION, INAPPROPRIATE_FALLBACK = 40, 70, 86
RSA = {0x0002, 0x0005, 0x000a, 0x002f, 0x0035, 0x009c}
DHE = {0x0033, 0x0039, 0x009e}
P_256 = 0x0017
# RFC 3526, group 14 would do as well: any odd number of 1,024 bits is a prime to who does not look.
DH_P = int("ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e"
           "3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff"
           "5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381ffffffffffffffff", 16)


class Closed(Exception):
    """The client has closed the connection, or the server is to do it."""


class Conn:
    def __init__(self, sock):
        self.sock = sock

        self.n_reads = 0

    def read(self, n):
        data = b""
        while len(data) < n:
            part = self.sock.recv(n - len(data))
            if not part:
                raise Closed
            self.n_reads += 1
            data += part
        return data

    def record(self):
        """(content type, version, body)"""
        head = self.read(5)
        return head[0], int.from_bytes(head[1:3], "big"), self.read(int.from_bytes(head[3:], "big"))

    def hello(self):
        head = self.read(2)
        if head[0] & 0x80:
            return Hello(head + self.read((head[0] & 0x7f) << 8 | head[1]))
        head += self.read(3)
        before = self.n_reads
        body, n = self.read(int.from_bytes(head[3:], "big")), 1
        segments = self.n_reads - before        # of its first record
        longest = len(body)
        while len(body) < 4 or len(body) < 4 + int.from_bytes(body[1:4], "big"):
            more = self.record()[2]
            longest = max(longest, len(more))
            body += more
            n += 1
        h = Hello(head + body)
        h.size, h.n_records, h.n_segments, h.longest = len(body), n, segments, longest
        return h

    def send(self, data):
        self.sock.sendall(data)

    def drain(self):
        """Until the client closes."""
        while self.sock.recv(65536):
            pass


class Server:
    versions = (0x0301, 0x0302, 0x0303)
    suites = (0xc02f, 0xc013, 0x002f)
    group = P_256
    extensions = hostile.RENEGOTIATION_INFO

    def __init__(self, leaf):
        self.der = leaf.der()
        self.lock = threading.Lock()
        self.accepted = 0
        self.listener = None
        self.port = None

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *exc):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                sock = self.listener.accept()[0]
            except OSError:
                return
            sock.settimeout(60)
            with self.lock:
                self.accepted += 1
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock):
        with sock:
            try:
                self.serve(Conn(sock))
                sock.shutdown(socket.SHUT_WR)
                Conn(sock).drain()      # so that no RST overtakes what was said
            except (Closed, OSError):
                pass

    # ---- what a flaw changes --------------------------------------------------------------------

    def refuses(self, h):
        """None, "close", or the alert for a hello that a sane server takes."""

    def hello_extensions(self, h):
        return self.extensions

    def key_exchange(self, suite):
        """ServerKeyExchange, or nothing."""
        if suite in RSA:
            return b""
        if suite in DHE:
            return hostile.ske_dhe(DH_P, 2, self.dh_public())
        return hostile.ske_ecdhe(self.group, self.ecdh_public())

    def dh_public(self):
        return int.from_bytes(os.urandom(127), "big")

    def ecdh_public(self):
        return b"\4" + os.urandom(64)

    def after_flight(self, c, h):
        c.drain()

    # ---- the sane part --------------------------------------------------------------------------

    def serve(self, c):
        h = c.hello()
        if h.v2:
            raise Closed
        refusal = self.refuses(h)
        if refusal == "close":
            return
        if refusal is not None:
            c.send(alert(2, refusal))
            return
        version, suite = self.choose(h)
        if suite is None:
            c.send(alert(2, HANDSHAKE_FAILURE if version else PROTOCOL_VERSION))
            return
        c.send(self.flight(h, version, suite))
        self.after_flight(c, h)

    def choose(self, h):
        # Without TLS 1.3 supported_versions is an unknown extension (RFC 8446, 4.2.1).
        most = max((v for v in self.versions if v <= h.version), default=0)
        if not most:
            return 0, None
        groups = self.group in h.groups or not h.groups
        for s in self.suites:
            if s in h.suites and (s in RSA or s in DHE or groups) and (most > 0x0302 or s & 0xfff0 != 0xc020):
                return most, s
        return most, None

    def flight(self, h, version, suite):
        parts = (server_hello(h, suite, self.hello_extensions(h), version)
                 + certificate(self.der) + self.ske_of(version, suite) + message(14, b""))
        return b"".join(record(parts[i:i + 16384], version=version)
                        for i in range(0, len(parts), 16384))

    def ske_of(self, version, suite):
        ske = self.key_exchange(suite)
        if version < 0x0303 and ske:            # no algorithm before the signature
            n = len(ske) - 256 - 4
            ske = message(12, ske[4:n] + ske[n + 2:])
        return ske


__all__ = ["Server", "Closed", "alert", "extension", "message", "record", "records",
           "HANDSHAKE_FAILURE", "PROTOCOL_VERSION", "INAPPROPRIATE_FALLBACK"]
