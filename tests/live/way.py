"""Proxies on loopback, for --proxy: SOCKS 5 and CONNECT, right and wrong.

    with way.Proxy("socks5h", names={"live.example": 4433}) as p:
        audit.run_command([audit.PROGRAM, "--proxy", p.url(), "live.example:443"])
    p.asked             # [("live.example", 443), ...]: names and addresses as the proxy got them

A name leads to the port of 127.0.0.1 that `names` gives; an address leads where it says.  What is
not known is refused in the words of the protocol.  Wrong(reply) answers every connection with those
bytes, or a function of the socket.
"""
import base64
import ipaddress
import socket
import struct
import threading

from test_watch import Relay


class Refused(Exception):
    """SOCKS 5's number for why not, or HTTP's status line."""


class Listener:
    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.connections = 0

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def accept(self):
        while True:
            try:
                s, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.guarded, args=(s,), daemon=True).start()

    def guarded(self, s):
        try:
            with s:
                self.serve(s)
        except (OSError, EOFError):
            pass                        # the other side has had enough

    def url(self, login=""):
        return "%s://%s127.0.0.1:%d" % (self.scheme, login, self.port)


def take(s, n):
    data = b""
    while len(data) < n:
        part = s.recv(n - len(data))
        if not part:
            raise EOFError
        data += part
    return data


class Proxy(Listener):
    def __init__(self, scheme, names=None, login=None, hasty=False):
        super().__init__()
        self.scheme, self.names, self.login, self.hasty = scheme, names or {}, login, hasty
        self.asked = []

    def connect(self, host, port):
        self.asked.append((host, port))
        if host in self.names:
            place = ("127.0.0.1", self.names[host])
        else:
            try:
                ipaddress.ip_address(host)
            except ValueError:
                raise Refused(4, "502 No such host") from None
            place = (host, port)
        try:
            return socket.create_connection(place)
        except OSError:
            raise Refused(5, "503 Connection refused") from None

    def serve(self, s):
        far, yes = (self.http if self.scheme == "http" else self.socks)(s)
        if far is None:
            return
        # hasty: the server's first words come in one piece with the go-ahead
        s.sendall(yes + (far.recv(65536) if self.hasty else b""))
        back = threading.Thread(target=Relay.copy, args=(far, s), daemon=True)
        back.start()
        Relay.copy(s, far)
        back.join()
        far.close()

    def socks(self, s):
        version, n = take(s, 2)
        methods = take(s, n)
        assert version == 5
        want = 2 if self.login else 0
        if want not in methods:
            s.sendall(b"\5\xff")
            return None, None
        s.sendall(bytes([5, want]))
        if self.login:
            take(s, 1)
            login = tuple(take(s, take(s, 1)[0]).decode() for _ in range(2))
            s.sendall(bytes([1, login != self.login]))
            if login != self.login:
                return None, None
        kind = take(s, 4)[3]
        if kind == 3:
            host = take(s, take(s, 1)[0]).decode()
        else:
            host = str(ipaddress.ip_address(take(s, 4 if kind == 1 else 16)))
        port, = struct.unpack("!H", take(s, 2))
        try:
            return self.connect(host, port), b"\5\0\0\1\0\0\0\0\0\0"
        except Refused as why:
            s.sendall(bytes([5, why.args[0], 0, 1, 0, 0, 0, 0, 0, 0]))
            return None, None

    def http(self, s):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += take(s, 1)
        lines = head.decode().split("\r\n")
        method, place, _ = lines[0].split(" ")
        fields = dict(x.split(": ", 1) for x in lines[1:] if x)
        want = self.login and "Basic " + base64.b64encode(":".join(self.login).encode()).decode()
        if want and fields.get("Proxy-Authorization") != want:
            s.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            return None, None
        assert method == "CONNECT" and fields["Host"] == place
        host, port = place.rsplit(":", 1)
        try:
            return self.connect(host.strip("[]"), int(port)), b"HTTP/1.1 200 OK\r\nVia: me\r\n\r\n"
        except Refused as why:
            s.sendall(("HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n" % why.args[1]).encode())
            return None, None


class Wrong(Listener):
    """Whatever is asked: these bytes, and the end; or what a function does with the socket."""

    def __init__(self, scheme, reply):
        super().__init__()
        self.scheme, self.reply = scheme, reply

    def serve(self, s):
        if callable(self.reply):
            self.reply(s)
            return
        s.recv(4096)
        s.sendall(self.reply)
        s.shutdown(socket.SHUT_WR)
        while s.recv(4096):
            pass
