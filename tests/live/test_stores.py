"""tlsaudit-stores: every form of feed brings the same roots, and nonsense changes nothing.

Sixty roots are made for the run (a feed with fewer than half of a store's roots is refused).
"""
import hashlib
import http.server
import json
import os
import struct
import subprocess
import threading
import time
import zlib

import audit
import live

PROGRAM = os.path.join(os.path.dirname(audit.PROGRAM), "tlsaudit-stores")
N = 120


def run(home, *args):
    return subprocess.run([PROGRAM, *args], capture_output=True, text=True, timeout=60,
                          env=dict(os.environ, XDG_DATA_HOME=home))


def make_roots(c):
    """DER of N self-signed certificates, all under one key: quick to make."""
    key = os.path.join(c.work, "key.pem")
    subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key],
                   check=True, capture_output=True)
    out = []
    for i in range(N):
        pem = os.path.join(c.work, "r%d.pem" % i)
        subprocess.run(["openssl", "req", "-x509", "-key", key, "-subj", "/O=Feeds/CN=Root %d" % i,
                        "-days", "30", "-out", pem], check=True, capture_output=True)
        out.append(subprocess.run(["openssl", "x509", "-in", pem, "-outform", "DER"], check=True,
                                  capture_output=True).stdout)
    return out


def sha256(der):
    return hashlib.sha256(der).hexdigest()


def write(c, name, data):
    path = os.path.join(c.work, name)
    with open(path, "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())
    return path


def jks(ders):
    body = struct.pack(">III", 0xfeedfeed, 2, len(ders))
    for i, der in enumerate(ders):
        alias, kind = b"root%d" % i, b"X.509"
        body += struct.pack(">IH", 2, len(alias)) + alias + bytes(8)
        body += struct.pack(">H", len(kind)) + kind + struct.pack(">I", len(der)) + der
    salt = "changeit".encode("utf-16-be") + b"Mighty Aphrodite"
    return body + hashlib.sha1(salt + body).digest()


def octal(data):
    return "".join("\\%03o" % b for b in data)


def certdata(ders, distrusted):
    out = "BEGINDATA\n"
    for i, der in enumerate(ders):
        out += "CKA_CLASS CK_OBJECT_CLASS CKO_CERTIFICATE\nCKA_LABEL UTF8 \"r\"\n"
        out += "CKA_VALUE MULTILINE_OCTAL\n%s\nEND\n" % octal(der)
        if i == distrusted:
            out += "CKA_NSS_SERVER_DISTRUST_AFTER MULTILINE_OCTAL\n%s\nEND\n" % octal(b"241130235959Z")
        else:
            out += "CKA_NSS_SERVER_DISTRUST_AFTER CK_BBOOL CK_FALSE\n"
        out += "\nCKA_CLASS CK_OBJECT_CLASS CKO_NSS_TRUST\nCKA_CERT_SHA1_HASH MULTILINE_OCTAL\n"
        out += "%s\nEND\nCKA_TRUST_SERVER_AUTH CK_TRUST %s\n\n" % (
            octal(hashlib.sha1(der).digest()),
            "CKT_NSS_MUST_VERIFY_TRUST" if i == N - 1 else "CKT_NSS_TRUSTED_DELEGATOR")
    return out


def ccadb(ders):
    out = '"Owner","SHA-256 Fingerprint","Trust Bits","Distrust for TLS After Date","PEM Info"\r\n'
    for i, der in enumerate(ders):
        bits = "Email" if i == N - 1 else "Email;Websites"
        out += '"Owner ""%d"", Inc.","%s","%s","%s","\'%s\'"\r\n' % (
            i, sha256(der).upper(), bits, "2024.11.30" if i == 3 else "", live.pem(der, "CERTIFICATE"))
    return out


def textproto(ders):
    out = "version_major: 1\n"
    for i, der in enumerate(ders):
        out += 'trust_anchors {\n  sha256_hex: "%s"\n' % sha256(der)
        if i == 3:
            out += "  constraints: {\n    sct_not_after_sec: 1761955199\n  }\n"
        if i == N - 1:
            out += "  tls_trust_anchor: false\n"
        out += "}\n"
    return out


def der_tlv(tag, body):
    n = len(body)
    size = bytes([n]) if n < 128 else bytes([0x80 | len(n.to_bytes((n.bit_length() + 7) // 8, "big"))]) \
        + n.to_bytes((n.bit_length() + 7) // 8, "big")
    return bytes([tag]) + size + body


def oid(*arcs):
    out = bytes([40 * arcs[0] + arcs[1]])
    for arc in arcs[2:]:
        part = bytes([arc & 0x7f])
        while arc > 127:
            arc >>= 7
            part = bytes([0x80 | arc & 0x7f]) + part
        out += part
    return der_tlv(6, out)


SHA256 = oid(2, 16, 840, 1, 101, 3, 4, 2, 1) + der_tlv(5, b"")


def elements(der):
    """The elements in a constructed one, each whole."""
    def head(at):
        n = der[at + 1]
        if n < 0x80:
            return at + 2, n
        return at + 2 + (n & 0x7f), int.from_bytes(der[at + 2:at + 2 + (n & 0x7f)], "big")
    at, n = head(0)
    end, out = at + n, []
    while at < end:
        body, n = head(at)
        out.append(der[at:body + n])
        at = body + n
    return out


class Publisher:
    """Signs lists with a key of the test's own."""

    def __init__(self, c, name, usage, days=3650):
        self.key, self.file = os.path.join(c.work, name + ".key"), os.path.join(c.work, name + ".in")
        pem = os.path.join(c.work, name + ".pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self.key,
                        "-subj", "/CN=" + name, "-days", str(days), "-out", pem, "-addext",
                        "extendedKeyUsage=" + usage], check=True, capture_output=True)
        self.der = subprocess.run(["openssl", "x509", "-in", pem, "-outform", "DER"], check=True,
                                  capture_output=True).stdout

    def __call__(self, body):
        tbs = elements(elements(self.der)[0])
        with open(self.file, "wb") as f:
            f.write(body)
        sig = subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.key, self.file], check=True,
                             capture_output=True).stdout
        rsa = oid(1, 2, 840, 113549, 1, 1, 1) + der_tlv(5, b"")
        return self.der, der_tlv(0x30, der_tlv(2, b"\1") + der_tlv(0x30, tbs[3] + tbs[1])
                                 + der_tlv(0x30, SHA256) + der_tlv(0x30, rsa) + der_tlv(4, sig))


def filetime(seconds):
    return ((seconds + 11644473600) * 10000000).to_bytes(8, "little")


def stl(ders, signer=None, made=b"260101000000Z"):
    """signer: of the CTL's bytes, gives certificates and the SignerInfo; None: not signed."""
    def prop(n, value):
        return der_tlv(0x30, oid(1, 3, 6, 1, 4, 1, 311, 10, 11, n)
                       + der_tlv(0x31, der_tlv(4, value)))
    subjects = b""
    for i, der in enumerate(ders):
        props = prop(98, hashlib.sha256(der).digest())
        if i == 3:
            props += prop(126, filetime(1700000000))
        if i == N - 2:
            props += prop(104, filetime(1600000000))
        if i == N - 1:
            props += prop(9, der_tlv(0x30, oid(1, 3, 6, 1, 5, 5, 7, 3, 4)))
        subjects += der_tlv(0x30, der_tlv(4, hashlib.sha1(der).digest()) + der_tlv(0x31, props))
    body = (der_tlv(0x30, oid(1, 3, 6, 1, 4, 1, 311, 10, 3, 9)) + der_tlv(2, b"\1")
            + der_tlv(0x17, made) + der_tlv(0x30, oid(1, 3, 14, 3, 2, 26))
            + der_tlv(0x30, subjects))
    certs, info = signer(body) if signer else (b"", b"")
    digests = der_tlv(0x30, SHA256) if signer else b""
    signed = der_tlv(2, b"\1") + der_tlv(0x31, digests) + der_tlv(
        0x30, oid(1, 3, 6, 1, 4, 1, 311, 10, 1) + der_tlv(0xa0, der_tlv(0x30, body))) \
        + (der_tlv(0xa0, certs) if certs else b"") + der_tlv(0x31, info)
    return der_tlv(0x30, oid(1, 2, 840, 113549, 1, 7, 2) + der_tlv(0xa0, der_tlv(0x30, signed)))


def cabinet(data):
    """[MS-CAB]: one folder, one file, MSZIP blocks with the one before as dictionary."""
    blocks = b""
    n = 0
    for at in range(0, len(data), 32768):
        part = data[at:at + 32768]
        z = zlib.compressobj(9, zlib.DEFLATED, -15, 8, zlib.Z_DEFAULT_STRATEGY,
                             *([data[at - 32768:at]] if at else []))
        packed = b"CK" + z.compress(part) + z.flush()
        blocks += struct.pack("<IHH", 0, len(packed), len(part)) + packed
        n += 1
    entry = struct.pack("<IIHHHH", len(data), 0, 0, 0, 0, 32) + b"authroot.stl\0"
    start = 44 + len(entry)
    return (b"MSCF" + struct.pack("<IIIIIBBHHHHH", 0, start + len(blocks), 0, 44, 0, 3, 1, 1, 1, 0, 0, 0)
            + struct.pack("<IHH", start, n, 1) + entry + blocks)


def shown(c, home, store):
    done = run(home, "show", store)
    c.equal("exit status of show " + store, done.returncode, 0)
    return {line.split()[0]: line for line in done.stdout.splitlines()}


def every_form(c):
    ders = make_roots(c)
    prints = [sha256(d) for d in ders]
    pems = "".join(live.pem(d, "CERTIFICATE") for d in ders)
    folder = os.path.join(c.work, "folder")
    os.mkdir(folder)
    for i, d in enumerate(ders):
        write(c, "folder/%d.crt" % i, d if i % 2 else live.pem(d, "CERTIFICATE"))
    p12 = os.path.join(c.work, "roots.p12")
    subprocess.run(["openssl", "pkcs12", "-export", "-nokeys", "-in", write(c, "all.pem", pems),
                    "-passout", "pass:changeit", "-out", p12], check=True, capture_output=True)
    feeds = [  # store, feed, how many of the last are not for servers
        ("android", write(c, "roots.pem", pems), 0),
        ("apple", folder, 0),
        ("java", write(c, "cacerts", jks(ders)), 0),
        ("java", p12, 0),
        ("mozilla", write(c, "certdata.txt", certdata(ders, 3)), 1),
        ("mozilla", write(c, "report.csv", ccadb(ders)), 1),
        ("chrome", write(c, "root_store.textproto", textproto(ders)), 1),
        ("microsoft", write(c, "authroot.stl", stl(ders)), 2),
        ("microsoft", write(c, "authrootstl.cab", cabinet(stl(ders))), 2)]
    for n, (store, feed, out) in enumerate(feeds):
        home = os.path.join(c.work, "home%d" % n)
        done = run(home, "--date", "2026-01-02", *(["--unsigned"] if store == "microsoft" else []),
                   "update", "%s=%s" % (store, feed))
        c.equal("exit status for " + feed, (done.returncode, done.stderr), (0, ""))
        rows = shown(c, home, store)
        c.equal("roots from " + feed, sorted(rows), sorted(prints[:N - out]))
        bytes_known = store not in ("chrome", "microsoft")
        c.true("bytes from " + feed, all(("not here" in rows[p]) != bytes_known for p in rows))
        limited = [p for p in rows if "leaves" in rows[p]]
        c.equal("limits from " + feed, limited, [prints[3]] if out else [])
        listed = run(home).stdout
        c.true("the date of " + store, any(line.startswith(store) and "2026-01-02" in line
                                           for line in listed.splitlines()), listed)


def used_by_an_audit(c):
    """A store brought up to date is the one that chains are judged by."""
    ders = make_roots(c)
    root = subprocess.run(["openssl", "x509", "-in", c.pki.root.cert, "-outform", "DER"], check=True,
                          capture_output=True).stdout
    home = os.path.join(c.work, "home")
    pems = "".join(live.pem(d, "CERTIFICATE") for d in [root] + ders)
    done = run(home, "update", "android=" + write(c, "roots.pem", pems))
    c.equal("exit status", done.returncode, 0)
    leaf = c.pki.leaf("rsa")
    report = subprocess.run([audit.PROGRAM, "--format", "json", "--chain", leaf.chain, "--name",
                             live.HOST], capture_output=True, timeout=60,
                            env=dict(os.environ, XDG_DATA_HOME=home)).stdout
    verdicts = {t["store"]: t["verdict"] for t in json.loads(report)["facts"]["trust"]}
    c.equal("verdicts", (verdicts["android"], verdicts["mozilla"]), ("complete", "unknown_root"))


def from_a_url(c):
    ders = make_roots(c)
    pems = "".join(live.pem(d, "CERTIFICATE") for d in ders).encode()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(pems)))
            self.end_headers()
            self.wfile.write(pems)

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    home = os.path.join(c.work, "home")
    done = run(home, "update", "android=http://127.0.0.1:%d/roots.pem" % server.server_port)
    server.shutdown()
    server.server_close()
    c.equal("exit status", (done.returncode, done.stderr), (0, ""))
    c.equal("roots", len(shown(c, home, "android")), N)


def signatures(c):
    """authroot.stl is taken when Microsoft has signed it, and the check that fails is named."""
    ders = make_roots(c)
    good = Publisher(c, "publisher", "1.3.6.1.4.1.311.10.3.9")
    other = Publisher(c, "other", "codeSigning")
    bent = bytearray(stl(ders, good))
    at = bent.index(hashlib.sha256(ders[7]).digest())
    bent[at] ^= 1
    cases = [("none.stl", stl(ders), "it is not signed"),
             ("none.cab", cabinet(stl(ders)), "it is not signed"),
             ("bent.stl", bytes(bent), "its signature does not hold"),
             ("other.stl", stl(ders, other), "its signer may not sign lists of roots"),
             ("own.stl", stl(ders, good, time.strftime("%y%m%d%H%M%SZ", time.gmtime()).encode()),
              "its signer leads to no root of Microsoft's"),
             ("old.stl", stl(ders, good), "was out of date when it was made")]
    home = os.path.join(c.work, "home")
    for name, data, why in cases:
        done = run(home, "update", "microsoft=" + write(c, name, data))
        c.equal("exit status for " + name, done.returncode, 1)
        c.true("why not " + name, why in done.stderr, done.stderr)
    c.true("nothing was written", not os.path.exists(os.path.join(home, "tlsaudit")))
    real = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                        "../../../shared/data/feeds/authroot-20250616.stl")
    if not os.path.exists(real):
        return
    done = run(home, "update", "microsoft=" + real)
    c.equal("exit status for Microsoft's", (done.returncode, done.stderr), (0, ""))
    c.true("it is said who signed it", "signed by Microsoft" in done.stdout, done.stdout[-300:])
    c.true("the day is the list's", any(line.startswith("microsoft") and "2025-0" in line
                                        for line in run(home).stdout.splitlines()))
    with open(real, "rb") as f:
        data = bytearray(f.read())
    data[5000] ^= 1
    done = run(home, "update", "microsoft=" + write(c, "changed.stl", bytes(data)))
    c.true("a changed one is refused", done.returncode == 1 and "does not hold" in done.stderr,
           done.stderr)


def refused(c):
    """What is not a feed, a feed of another programme, or too small a one changes nothing."""
    ders = make_roots(c)
    home = os.path.join(c.work, "home")
    good = write(c, "good.jks", jks(ders))
    torn = jks(ders)
    cases = [("java", write(c, "torn.jks", torn[:-30])), ("java", write(c, "bent.jks", b"\xfe\xed\xfe\xed"
              + torn[4:200] + b"x" + torn[201:])), ("mozilla", good),
             ("java", write(c, "few.jks", jks(ders[:3]))), ("java", write(c, "no.txt", "hello")),
             ("chrome", write(c, "open.textproto", "trust_anchors {\n sha256_hex: \"00\"\n")),
             ("mozilla", write(c, "bent.csv", ccadb(ders).replace(sha256(ders[2]).upper(), "AB" * 32)))]
    for store, feed in cases:
        done = run(home, "update", "%s=%s" % (store, feed))
        c.equal("exit status for " + os.path.basename(feed), done.returncode, 1)
        c.equal("lines for " + os.path.basename(feed), len(done.stderr.splitlines()), 1)
    c.true("nothing was written", not os.path.exists(os.path.join(home, "tlsaudit")))
    for args in (("show", "nobody"), ("update",), ("update", "java"), ("update", "nobody=" + good),
                 ("frobnicate",), ("--date", "soon", "list")):
        c.equal("exit status of %r" % (args,), run(home, *args).returncode, 2)


if __name__ == "__main__":
    live.main(every_form, used_by_an_audit, from_a_url, signatures, refused)
