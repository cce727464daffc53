"""A DNS server on loopback that says what a test wants, right or wrong; UDP and TCP on one port.

    with dns.Server({"www.dns.test.": dns.addresses("192.0.2.1", "2001:db8::1")}) as s:
        audit.run_command([audit.PROGRAM, "--resolver", s.address, "www.dns.test"])

A zone maps a name (lower case, final dot) to a function of the question that returns the message to
send, or None for silence.  Names that it does not have do not exist.
"""
import ipaddress
import socket
import struct
import threading

A, CNAME, SOA, TXT, AAAA, OPT = 1, 5, 6, 16, 28, 41
NOERROR, FORMERR, SERVFAIL, NXDOMAIN, NOTIMP, REFUSED = range(6)
UDP_MAX = 1232


class Question:
    def __init__(self, wire, tcp):
        self.wire, self.tcp = wire, tcp
        self.id, self.flags = struct.unpack("!HH", wire[:4])
        self.cd = bool(self.flags & 0x10)
        labels, at = [], 12
        while wire[at]:
            labels.append(wire[at + 1:at + 1 + wire[at]])
            at += 1 + wire[at]
        self.name = b".".join(labels).decode("latin-1").lower() + "."
        self.type, = struct.unpack("!H", wire[at + 1:at + 3])
        self.question = wire[12:at + 5]


def name(text):
    return b"".join(bytes([len(label)]) + label.encode("latin-1")
                    for label in text.rstrip(".").split(".") if label) + b"\0"


def rr(owner, kind, data, ttl=60):
    return name(owner) + struct.pack("!HHIH", kind, 1, ttl, len(data)) + data


def cname(owner, to):
    return rr(owner, CNAME, name(to))


def soa(owner):
    return rr(owner, SOA, name("ns." + owner) + name("root." + owner) +
              struct.pack("!IIIII", 1, 3600, 600, 86400, 60))


def address_rr(owner, text):
    a = ipaddress.ip_address(text)
    return rr(owner, A if a.version == 4 else AAAA, a.packed)


def ede(code):
    """RFC 8914: an OPT record that says more than SERVFAIL."""
    data = struct.pack("!HHH", 15, 2, code)
    return b"\0" + struct.pack("!HHIH", OPT, UDP_MAX, 0, len(data)) + data


def message(q, answer=(), rcode=NOERROR, authority=(), additional=(), flags=0x8180):
    def whole(n, flags):
        return struct.pack("!HHHHHH", q.id, flags | (q.flags & 0x10) | rcode, 1, n,
                           len(authority), len(additional)) + q.question + b"".join(
                               [*answer[:n], *authority, *additional])
    n = len(answer)
    wire = whole(n, flags)
    while not q.tcp and len(wire) > UDP_MAX:        # RFC 2181, 9: as much as fits, and TC
        n -= 1
        wire = whole(n, flags | 0x200)
    return wire


def nxdomain(q):
    return message(q, rcode=NXDOMAIN, authority=[soa("test.")])


def nodata(q):
    return message(q, authority=[soa("test.")])


def code(rcode, *additional):
    return lambda q: message(q, rcode=rcode, additional=additional)


def addresses(*texts):
    """A name with these addresses, each kind for its question."""
    def answer(q):
        want = 4 if q.type == A else 6
        rrs = [address_rr(q.name, t) for t in texts
               if ipaddress.ip_address(t).version == want and q.type in (A, AAAA)]
        return message(q, rrs) if rrs else nodata(q)
    return answer


def alias(to, *more):
    """A CNAME, and whatever follows it in the same answer."""
    return lambda q: message(q, [cname(q.name, to), *more])


def silence(_):
    return None


class Server:
    """Serves a zone until the end of the with statement; counts the questions it gets."""

    def __init__(self, zone, tcp=True):
        self.zone = zone
        self.questions = []             # (name, type, over TCP?)
        self.tcp = None
        while True:
            self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.udp.bind(("127.0.0.1", 0))
            self.port = self.udp.getsockname()[1]
            if not tcp:
                break
            try:
                self.tcp = socket.create_server(("127.0.0.1", self.port))
                break
            except OSError:             # somebody else's: another port
                self.udp.close()
        self.address = "127.0.0.1:%d" % self.port

    def __enter__(self):
        threading.Thread(target=self._datagrams, daemon=True).start()
        if self.tcp:
            threading.Thread(target=self._connections, daemon=True).start()
        return self

    def __exit__(self, *_):
        for s in (self.udp, self.tcp):
            if s:
                try:
                    s.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
                s.close()

    def _answer(self, wire, tcp):
        q = Question(wire, tcp)
        self.questions.append((q.name, q.type, tcp))
        return self.zone.get(q.name, nxdomain)(q)

    def _datagrams(self):
        while True:
            try:
                wire, peer = self.udp.recvfrom(4096)
                if not wire:            # the end of the with statement
                    return
                answer = self._answer(wire, False)
                if answer is not None:
                    self.udp.sendto(answer, peer)
            except (OSError, ValueError):
                return

    def _connections(self):
        while True:
            try:
                conn, _ = self.tcp.accept()
            except (OSError, ValueError):
                return
            threading.Thread(target=self._connection, args=(conn,), daemon=True).start()

    def _connection(self, conn):
        with conn, conn.makefile("rwb") as f:
            while True:
                head = f.read(2)
                if len(head) < 2:
                    return
                answer = self._answer(f.read(struct.unpack("!H", head)[0]), True)
                if answer is None:
                    return
                f.write(struct.pack("!H", len(answer)) + answer)
                f.flush()
