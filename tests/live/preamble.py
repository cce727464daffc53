"""Servers that talk in the clear first: a Python half for every STARTTLS protocol.

    with preamble.Server(preamble.smtp, tls_port) as s:
        audit.run(s.port, "--starttls", "smtp")

The Python half says what the protocol wants; from the go-ahead on the bytes go to and from a real
TLS server at tls_port.  A talk is a function of a Talk; it returns when TLS may begin, or raises End.
"""
import socket
import struct
import threading


class End(Exception):
    """The server closes."""


class Talk:
    """One connection: lines and bytes, and what a client said."""

    def __init__(self, conn, heard):
        self.conn = conn
        self.heard = heard

    def say(self, data):
        self.conn.sendall(data if isinstance(data, bytes) else data.encode())

    def take(self, n):
        data = b""
        while len(data) < n:
            got = self.conn.recv(n - len(data))
            if not got:
                raise End
            data += got
        self.heard.append(data)
        return data

    def until(self, end):
        data = b""
        while not data.endswith(end):
            got = self.conn.recv(1)
            if not got:
                raise End
            data += got
        self.heard.append(data)
        return data

    def line(self, want):
        """A line that the client has to say, or it is told so and loses the connection."""
        got = self.until(b"\r\n").decode().rstrip("\r\n")
        if got.split(" ")[-len(want.split(" ")):] != want.split(" ") and \
                not got.startswith(want):
            self.say("500 I want %s\r\n" % want)
            raise End


def smtp(t):
    t.say("220-mx.live.example ESMTP\r\n220 be nice\r\n")
    t.line("EHLO")
    t.say("250-mx.live.example\r\n250-PIPELINING\r\n250-STARTTLS\r\n250 8BITMIME\r\n")
    t.line("STARTTLS")
    t.say("220 2.0.0 Ready to start TLS\r\n")


def lmtp(t):
    t.say("220 mx.live.example LMTP\r\n")
    t.line("LHLO")
    t.say("250-mx.live.example\r\n250 STARTTLS\r\n")
    t.line("STARTTLS")
    t.say("220 go ahead\r\n")


def imap(t):
    t.say("* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] ready\r\n")
    t.line("a CAPABILITY")
    t.say("* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\na OK done\r\n")
    t.line("b STARTTLS")
    t.say("b OK begin\r\n")


def pop3(t):
    t.say("+OK ready\r\n")
    t.line("CAPA")
    t.say("+OK\r\nTOP\r\nSTLS\r\nUIDL\r\n.\r\n")
    t.line("STLS")
    t.say("+OK begin\r\n")


def ftp(t):
    t.say("220-Welcome\r\n 200 files\r\n220 here\r\n")
    t.line("AUTH TLS")
    t.say("234 AUTH TLS successful\r\n")


def nntp(t):
    t.say("200 news.live.example\r\n")
    t.line("CAPABILITIES")
    t.say("101 list:\r\nVERSION 2\r\nSTARTTLS\r\n.\r\n")
    t.line("STARTTLS")
    t.say("382 continue with TLS\r\n")


def sieve(t):
    t.say('"IMPLEMENTATION" "Live"\r\n"SIEVE" "fileinto"\r\n"STARTTLS"\r\nOK "ready"\r\n')
    t.line("STARTTLS")
    t.say('OK "Begin TLS negotiation now."\r\n')


def irc(t):
    t.say(":irc.live.example NOTICE * :*** Looking up your hostname...\r\n")
    t.line("STARTTLS")
    t.say(":irc.live.example 670 * :STARTTLS successful, go ahead with TLS handshake\r\n")


def ldap(t):
    request = t.take(31)
    if request[9:] != b"1.3.6.1.4.1.1466.20037":
        raise End
    t.say(bytes.fromhex("300c02010178070a010004000400"))


def xmpp(t, namespace="jabber:client"):
    head = t.until(b"streams'>").decode()
    if "xmlns='%s'" % namespace not in head or " to='" not in head:
        raise End
    t.say("<?xml version='1.0'?><stream:stream xmlns='%s' version='1.0' id='1' "
          "xmlns:stream='http://etherx.jabber.org/streams'><stream:features>"
          "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>"
          "</stream:features>" % namespace)
    t.until(b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
    t.say("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")


def xmpp_server(t):
    xmpp(t, "jabber:server")


def postgres(t):
    if t.take(8) != struct.pack("!II", 8, 80877103):
        raise End
    t.say(b"S")


def mysql(t):
    body = (b"\x0a8.0.30\0" + struct.pack("<I", 7) + b"ABCDEFGH\0" + struct.pack("<H", 0xffff) +
            b"\x2d\2\0\xff\xdf\x15" + bytes(10) + b"ABCDEFGHIJKL\0mysql_native_password\0")
    t.say(struct.pack("<I", len(body)) + body)
    request = t.take(36)
    if request[:4] != b"\x20\0\0\1" or not request[5] & 8:
        raise End


def telnet(t):
    t.say(b"\xff\xfd\x18\xff\xfd\x20login: ")
    t.until(b"\xff\xfd\x2e")
    t.say(b"\xff\xfb\x2e")
    t.until(b"\xff\xfa\x2e\x01\xff\xf0")
    t.say(b"\xff\xfa\x2e\x01\xff\xf0")


def rdp(t):
    request = t.take(19)
    if request[11:] != bytes.fromhex("0100080003000000"):
        raise End
    t.say(bytes.fromhex("030000130ed000001234000200080001000000"))


TALKS = {"smtp": smtp, "lmtp": lmtp, "imap": imap, "pop3": pop3, "ftp": ftp, "nntp": nntp,
         "sieve": sieve, "irc": irc, "ldap": ldap, "xmpp": xmpp, "xmpp-server": xmpp_server,
         "postgres": postgres, "mysql": mysql, "telnet": telnet, "rdp": rdp}


class Server:
    """A talk on a free port, as often as it is asked for."""

    def __init__(self, talk, tls_port=None):
        self.talk = talk
        self.tls_port = tls_port
        self.connections = 0
        self.heard = []                 # what clients said before TLS, all connections together

    def __enter__(self):
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        try:
            self._listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._listener.close()

    def _accept(self):
        while True:
            try:
                conn, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(conn,), daemon=True).start()

    def _serve(self, conn):
        with conn:
            try:
                self.talk(Talk(conn, self.heard))
                if self.tls_port is not None:
                    with socket.create_connection(("127.0.0.1", self.tls_port)) as tls:
                        splice(conn, tls)
            except (End, OSError):
                pass


def splice(a, b):
    """Every byte of one to the other, until both have ended."""
    def one_way(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:                 # a reset on one side is one on the other
            for s in (source, sink):
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    back = threading.Thread(target=one_way, args=(b, a), daemon=True)
    back.start()
    one_way(a, b)
    back.join()
