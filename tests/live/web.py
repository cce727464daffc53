"""A web server on loopback that brings what certificates name: issuers, OCSP responses, CRLs; right,
wrong, slow and without end.

    with web.Site() as site:
        site.pages["/inter.cer"] = web.page(der)
        leaf = pki.leaf("leaf", more=site.extensions(aia="/inter.cer", crl="/all.crl"))
        ...
        site.asked              # ["GET /inter.cer", ...]

A page is a function of the request (method, path, body) that gives the bytes to send, whole HTTP
answers, or an iterator of such; it may sleep.
"""
import base64
import http
import os
import socket
import threading
import time
import urllib.parse

from pki import openssl


def answer(body, kind="application/octet-stream", status=200, more=""):
    reason = http.HTTPStatus(status).phrase
    return ("HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n%s\r\n"
            % (status, reason, kind, len(body), more)).encode() + body


def page(body, *args, **more):
    return lambda method, path, posted: answer(body, *args, **more)


def redirect(to, status=302):
    return lambda method, path, posted: answer(b"", status=status, more="Location: %s\r\n" % to)


def drip(seconds):
    """One byte now and then, for that long at most."""
    def run(method, path, posted):
        yield b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(0.2)
            yield b"0"
    return run


def endless(method, path, posted):
    yield b"HTTP/1.1 200 OK\r\n\r\n"
    while True:
        yield b"x" * 65536


def endless_head(method, path, posted):
    yield b"HTTP/1.1 200 OK\r\n"
    while True:
        yield b"X-More: " + b"y" * 4000 + b"\r\n"


class Site:
    def __init__(self):
        self.pages, self.asked, self.stopped = {}, [], False
        self.lock = threading.Lock()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self.accept, daemon=True)

    def url(self, path):
        return "http://127.0.0.1:%d%s" % (self.port, path)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped = True
        self.socket.shutdown(socket.SHUT_RDWR)      # wakes accept(), which holds the descriptor
        self.thread.join()
        self.socket.close()

    def accept(self):
        while not self.stopped:
            try:
                s, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(s,), daemon=True).start()

    def serve(self, s):
        try:
            with s:
                s.settimeout(30)
                self.one(s)
        except OSError:
            pass                        # the other side has had enough

    def one(self, s):
        data = b""
        while b"\r\n\r\n" not in data:
            part = s.recv(4096)
            if not part:
                return
            data += part
        head, body = data.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        method, path, _ = lines[0].split(" ")
        length = [int(x.split(":")[1]) for x in lines if x.lower().startswith("content-length:")]
        while length and len(body) < length[0]:
            part = s.recv(4096)
            if not part:
                return
            body += part
        with self.lock:
            self.asked.append(method + " " + path)
        handler = self.pages.get(path) or next(
            (h for p, h in self.pages.items() if p.endswith("/*") and path.startswith(p[:-1])), None)
        if handler is None:
            out = answer(b"<html>no such page", "text/html", 404)
        else:
            out = handler(method, path, body)
        for part in [out] if isinstance(out, bytes) else out:
            s.sendall(part)

    def extensions(self, aia=None, ocsp=None, crl=None):
        """Lines for pki.leaf(more=...); a path of this site or a URL."""
        def uri(x):
            return "URI:" + (x if "://" in x else self.url(x))
        access = (["caIssuers;" + uri(aia)] if aia else []) + (["OCSP;" + uri(ocsp)] if ocsp else [])
        return ("authorityInfoAccess = %s\n" % ",".join(access) if access else "") + (
            "crlDistributionPoints = %s\n" % uri(crl) if crl else "")


def with_nonce(pki, leaf):
    """A request as openssl makes it, with a nonce of its own."""
    out = os.path.join(pki.dir, leaf.name + ".nonce")
    openssl("ocsp", "-issuer", pki.inter.cert, "-cert", leaf.cert, "-reqout", out)
    with open(out, "rb") as f:
        return f.read()


class Responder:
    """OCSP for a leaf of the intermediate; a page.

    signer: another certificate that answers for the CA.  days: to the next update; 0: none is said.
    """

    def __init__(self, pki, leaf, signer=None, days=7, options=()):
        self.pki, self.leaf, self.signer, self.days = pki, leaf, signer or pki.inter, days
        self.options = options

    def __call__(self, method, path, body):
        der = body if method == "POST" else base64.b64decode(
            urllib.parse.unquote(path.rsplit("/", 1)[1]))
        return answer(self.respond(der, method), "application/ocsp-response")

    def respond(self, der, method):
        base = os.path.join(self.pki.dir, "%s-%s" % (self.leaf.name, os.urandom(8).hex()))
        with open(base + ".req", "wb") as f:
            f.write(der)
        index = os.path.join(self.pki.dir, self.leaf.name + ".index")
        days = ["-ndays", str(self.days)] if self.days else []
        openssl("ocsp", "-index", index, "-CA", self.pki.inter.cert, "-rsigner", self.signer.cert,
                "-rkey", self.signer.key, "-reqin", base + ".req", "-respout", base + ".resp", *days,
                *self.options)
        with open(base + ".resp", "rb") as f:
            return f.read()
