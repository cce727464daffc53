"""Each flaw on a small server that has it in exactly that way, and none of them on real servers."""
import audit
import live
import more_servers
import rogue
import servers
from pki import openssl

def leaf_config(*leaves):
    return "".join("ssl_certificate %s; ssl_certificate_key %s;\n" % (x.chain, x.key)
                   for x in leaves)


def look(c, server, probe, want):
    """The facts of one probe, and no other intolerance than those wanted."""
    with server as s:
        a = audit.run(s.port, "--only", probe)
        for path, value in want.items():
            c.fact(a, "facts." + path, value)
        if probe == "intolerance":
            found = {k for k, v in a.json["facts"].get("intolerance", {}).items() if v == "yes"}
            wanted = {k.partition(".")[2] for k, v in want.items() if v == "yes"}
            c.equal("intolerances of " + type(server).__name__, found, wanted)
        return a


# ---- fallback_scsv ------------------------------------------------------------------------------

class Scsv(rogue.Server):
    """RFC 7507, 3."""
    def refuses(self, h):
        if 0x5600 in h.suites and h.version < max(self.versions):
            return self.alert
        return None
    alert = rogue.INAPPROPRIATE_FALLBACK


class OddScsv(Scsv):
    alert = rogue.HANDSHAKE_FAILURE


class OneVersion(Scsv):
    versions = (0x0303,)


def fallback_scsv(c):
    leaf = c.pki.leaf("rsa")
    path = "features.fallback_scsv"
    look(c, Scsv(leaf), "fallback_scsv", {path: "yes"})
    look(c, rogue.Server(leaf), "fallback_scsv", {path: "no"})
    a = look(c, OddScsv(leaf), "fallback_scsv", {path: "unknown"})
    c.equal("reason", a.at("facts.features.fallback_scsv_reason"), "alert 40 "
            "(handshake_failure), and a ServerHello without the SCSV")
    look(c, OneVersion(leaf), "fallback_scsv", {path: "unknown"})


# ---- intolerance --------------------------------------------------------------------------------

class Picky(rogue.Server):
    """Closes, or sends an alert, when `hates` says so."""

    def __init__(self, leaf, hates, how="close", **more):
        super().__init__(leaf)
        self.hates = hates
        self.how = how
        for k, v in more.items():
            setattr(self, k, v)

    def refuses(self, h):
        return self.how if self.hates(h) else None


class ChoosesGrease(rogue.Server):
    """Takes the first suite of the hello whatever it is."""

    def choose(self, h):
        version, suite = super().choose(h)
        return version, h.suites[0] if suite and grease(h.suites[0]) else suite


def grease(code):
    return code & 0x0f0f == 0x0a0a and code >> 8 == code & 0xff


def any_grease(codes):
    return any(grease(x) for x in codes)


def sigalgs(h):
    return h._list(13, 2)


INTOLERANCES = {
    "tls1_3": (lambda h: 0x0304 in h.versions, {}),
    "tls1_2": (lambda h: h.version >= 0x0303, {"versions": (0x0301,), "also": ("tls1_3", "tls1_152", "tls2_152")}),
    "tls1_152": (lambda h: h.version == 0x0398, {}),
    "tls2_152": (lambda h: h.version >= 0x0400, {}),
    "unknown_extension": (lambda h: any_grease(h.extensions), {}),
    "unknown_suite": (lambda h: any_grease(h.suites), {}),
    "unknown_group": (lambda h: any_grease(h.groups), {}),
    "unknown_sigalg": (lambda h: any_grease(sigalgs(h)), {}),
    "unknown_version": (lambda h: any_grease(h.versions), {}),
    "unknown_alpn": (lambda h: b"\2\x0a\x0a" in h.extensions.get(16, b""), {}),
    "hello_256": (lambda h: 256 <= h.size < 512 and h.n_records == 1 and h.extensions.get(21), {}),
    "hello_1400": (lambda h: 1400 < h.longest < 16384, {}),
    "hello_16k": (lambda h: h.size > 16384, {}),
    "split_segments": (lambda h: h.n_segments > 1, {}),
    "split_records": (lambda h: h.n_records > 1 and h.size < 16384, {}),
}


def intolerance(c):
    leaf = c.pki.leaf("rsa")
    for name, (hates, more) in INTOLERANCES.items():
        want = {"intolerance." + n: "yes" for n in (name,) + more.get("also", ())}
        more = {k: v for k, v in more.items() if k != "also"}
        for how in ("close", 47):
            look(c, Picky(leaf, hates, how, **more), "intolerance", want)
    # Two that are asked about in one hello, and one of another.
    look(c, Picky(leaf, lambda h: h.version == 0x0498 or h.n_segments > 1 or h.version == 0x0398),
         "intolerance", {"intolerance.tls2_152": "yes", "intolerance.split_segments": "yes",
                         "intolerance.tls1_152": "yes", "intolerance.hello_256": "no",
                         "intolerance.hello_1400": "no", "intolerance.split_records": "no"})
    look(c, ChoosesGrease(leaf), "intolerance", {"intolerance.unknown_suite": "yes"})
    look(c, rogue.Server(leaf), "intolerance", {"intolerance.server_name": "no"})
    # It answers nothing with a name, so nothing else can be asked.
    look(c, Picky(leaf, lambda h: 0 in h.extensions), "intolerance",
         {"intolerance.server_name": "yes", "intolerance.hello_256": "unknown"})
    # This is about the name, and no intolerance.
    look(c, Picky(leaf, lambda h: 0 in h.extensions, 112), "intolerance",
         {"intolerance.server_name": "unknown"})


# ---- key_reuse ----------------------------------------------------------------------------------

class Reuses(rogue.Server):
    suites = (0xc02f, 0x009e)
    point = b"\4" + bytes(range(64))

    def ecdh_public(self):
        return self.point


class ReusesDh(rogue.Server):
    suites = (0xc02f, 0x009e)

    def dh_public(self):
        return 0x1234567890abcdef << 900


class DhOnly(ReusesDh):
    suites = (0x009e,)


class Honest(rogue.Server):
    suites = (0xc02f, 0x009e)


class RsaFirst(Reuses):
    """No flight that is read for its certificates has a key of its own."""
    suites = (0x002f, 0xc02f)


def key_reuse(c):
    leaf = c.pki.leaf("rsa")
    ec, dh, raccoon = "groups.public_reused", "dh.public_reused", "vulnerabilities.raccoon"
    for server, want in ((Reuses, {ec: "yes", dh: "no", raccoon: "no"}),
                         (ReusesDh, {ec: "no", dh: "yes", raccoon: "yes"}),
                         (DhOnly, {ec: "unknown", dh: "yes", raccoon: "yes"}),
                         (RsaFirst, {ec: "yes", dh: "unknown", raccoon: "no"}),
                         (Honest, {ec: "no", dh: "no", raccoon: "no"}),
                         (rogue.Server, {ec: "no", dh: "unknown", raccoon: "no"})):
        look(c, server(leaf), "key_reuse,weakness", want)


# ---- certificate_forms --------------------------------------------------------------------------

class Forms(rogue.Server):
    """NPN, and a raw public key to who takes it."""

    def hello_extensions(self, h):
        more = b""
        if 13172 in h.extensions:
            more += rogue.extension(13172, b"\x06spdy/2\x08http/1.1\x03a\x1b[")
        if 20 in h.extensions:
            more += rogue.extension(20, b"\2" if 2 in h.extensions[20][1:] else b"\0")
        return self.extensions + more


def certificate_forms(c):
    leaf = c.pki.leaf("rsa")
    raw, npn = "features.raw_public_key", "features.npn"
    look(c, Forms(leaf), "certificate_forms", {raw: "yes", npn: ["spdy/2", "http/1.1", "a\ufffd["]})
    look(c, rogue.Server(leaf), "certificate_forms", {raw: "no", npn: []})


def gnutls_forms(c):
    """RFC 7250 on a real server."""
    leaf = c.pki.leaf("rsa")
    compressed, raw = "features.certificate_compression", "features.raw_public_key"
    x509 = ("--x509certfile", leaf.chain, "--x509keyfile", leaf.key)
    public = c.work + "/public.pem"
    with open(public, "wb") as f:
        f.write(openssl("pkey", "-in", leaf.key, "-pubout"))
    look(c, servers.gnutls_serv(c.work, "NORMAL", *x509), "certificate_forms",
         {compressed: [], raw: "no"})
    look(c, servers.gnutls_serv(c.work, "NORMAL:+CTYPE-SRV-RAWPK", *x509, "--rawpkfile", public,
                                "--rawpkkeyfile", leaf.key), "certificate_forms", {raw: "yes"})


DELEGATION_USAGE = "1.3.6.1.4.1.44363.44 = ASN1:NULL\n"


def delegated(c):
    """RFC 9345 on a real server that has none, with a leaf that might have; tests/unit has the others."""
    may, may_not = c.pki.leaf("may", "EC:P-256", more=DELEGATION_USAGE), c.pki.leaf("maynot", "EC:P-256")
    what, usage = "features.delegated_credential", "certificates.0.delegation_usage"
    probes = "certificate_forms,certificates,trust"
    for leaf, told in ((may, "yes"), (may_not, "no")):
        look(c, servers.s_server(c.work, "-cert", leaf.cert, "-key", leaf.key), probes,
             {what: "no", usage: told})
    look(c, servers.s_server(c.work, "-cert", may.cert, "-key", may.key, "-tls1_2"), probes, {what: "unknown"})


# ---- heartbleed ---------------------------------------------------------------------------------

class Heartbeat(rogue.Server):
    """RFC 6520, 4: a heartbeat that is too short for what it claims is discarded."""

    def hello_extensions(self, h):
        return self.extensions + (rogue.extension(15, b"\1") if 15 in h.extensions else b"")

    def after_flight(self, c, h):
        while True:
            kind, _, body = c.record()
            if kind == 21:
                return
            if kind == 24:
                claimed = int.from_bytes(body[1:3], "big")
                c.send(self.answer(body[3:], claimed))

    def answer(self, payload, claimed):
        return b""


class Bleeds(Heartbeat):
    def answer(self, payload, claimed):
        memory = (payload + b"\xaa" * 65536)[:claimed]
        return rogue.record(b"\2" + claimed.to_bytes(2, "big") + memory + bytes(16), 24)


class CutsShort(Heartbeat):
    """Answers with what was there."""

    def answer(self, payload, claimed):
        return rogue.record(b"\2" + len(payload).to_bytes(2, "big") + payload + bytes(16), 24)


class Alerts(Heartbeat):
    def answer(self, payload, claimed):
        return rogue.alert(2, 50)


def heartbleed(c):
    leaf, path = c.pki.leaf("rsa"), "vulnerabilities.heartbleed"
    a = look(c, Bleeds(leaf), "heartbleed", {path: "yes"})
    c.equal("evidence", a.at("facts.vulnerabilities.heartbleed_reason"),
            "4131 bytes came back for 4099")
    c.true("memory is not shown", b"aaaa" not in a.stdout)
    for server in (Heartbeat, CutsShort, Alerts, rogue.Server):
        look(c, server(leaf), "heartbleed", {path: "no"})


# ---- ccs_injection ------------------------------------------------------------------------------

class Ccs(rogue.Server):
    """first, second: what becomes of two records, of which the first is a ChangeCipherSpec: an
    alert, "close" or nothing.  A key exchange alone is waited for what comes after it."""

    suites = (0x002f,)  # a key exchange that needs no point on a curve
    lenient = False     # drops ChangeCipherSpec once, and takes a key exchange behind it

    def __init__(self, leaf, first, second, **more):
        super().__init__(leaf)
        self.answers = [first, second]
        for k, v in more.items():
            setattr(self, k, v)

    def after_flight(self, c, h):
        for answer in self.answers:
            kind, _, body = c.record()
            if kind == 22 and answer == self.answers[0] or kind == 22 and self.lenient:
                break
            if answer == "close":
                return
            if answer is not None:
                c.send(rogue.alert(2, answer))
                return
        c.drain()


def ccs_injection(c):
    leaf, path = c.pki.leaf("rsa"), "vulnerabilities.ccs_injection"
    for first, second, want in ((None, 20, "yes"), (None, 21, "yes"), (10, None, "no"),
                                (40, None, "no"), (20, None, "no"), ("close", None, "no"),
                                (None, 10, "no"), (None, "close", "yes"), (None, None, "no")):
        look(c, Ccs(leaf, first, second), "ccs_injection", {path: want})
    look(c, Ccs(leaf, None, "close", lenient=True), "ccs_injection", {path: "no"})
    look(c, Ccs(leaf, None, 20, versions=(0x0301,), suites=(0x002f,)), "ccs_injection",
         {path: "unknown"})


def old_node(c):
    """OpenSSL 1.0.1e has both, 1.0.0m neither."""
    leaf = c.pki.leaf("rsa")
    for version, want in (("0.10.0", "yes"), ("0.8.28", "no")):
        look(c, servers.node(c.work, version, leaf), "heartbleed,ccs_injection",
             {"vulnerabilities.heartbleed": want, "vulnerabilities.ccs_injection": want})


def old_padding(c):
    """Real padding oracles: OpenSSL 1.0.0m tells bad padding of an empty record from a bad MAC, and 1.0.1e
    has record_overflow for padding alone, where the processor has AES of its own."""
    leaf = c.pki.leaf("rsa")
    with open("/proc/cpuinfo") as f:
        aes = " aes " in f.read().replace("\n", " ")
    for version, flaw in (("0.8.28", "zero_length_padding"), ("0.10.0", "cve_2016_2107")):
        want = dict.fromkeys(("robot", "poodle_tls", "zombie_poodle", "goldendoodle", "sleeping_poodle",
                              "zero_length_padding", "cve_2016_2107"), "no")
        want[flaw] = "yes" if flaw == "zero_length_padding" or aes else "no"
        look(c, servers.node(c.work, version, leaf), "robot,cbc_padding",
             {"vulnerabilities." + name: value for name, value in want.items()})


# ---- jarm, fingerprints -------------------------------------------------------------------------

def jarm(c):
    """A bare OpenSSL server has the value that Salesforce publishes for another that is bare."""
    leaf = c.pki.leaf("rsa")
    path = c.work + "/dh.pem"
    with open(path, "wb") as f:
        f.write(openssl("dhparam", "-dsaparam", "2048"))
    with servers.s_server(c.work, "-cert", leaf.chain, "-key", leaf.key, "-dhparam", path) as s:
        a = audit.run(s.port, "--only", "jarm,fingerprints")
        c.fact(a, "facts.fingerprints.jarm",
               "07d14d16d21d21d00042d43d000000aa99ce74e2c6d013c745aa52b5cc042d")
        # 771,4865,43-51: TLS 1.3 with AES-128-GCM
        c.equal("ja3s", [h["ja3s"] for h in a.json["facts"]["handshakes"]
                         if h["version"] == "TLS 1.3"][:1], ["f4febc55ea12b31ae17cfb7e614afda8"])
    with Picky(leaf, lambda h: 51 in h.extensions and len(h.suites) == 69) as s:
        a = audit.run(s.port, "--only", "jarm,fingerprints")
        c.fact(a, "facts.fingerprints.jarm_raw", ",".join(
            ["|||"] * 3 + ["c02f|0303||ff01"] * 2 + ["|||"] * 3 + ["c02f|0303||ff01"] * 2))


# ---- client certificates ------------------------------------------------------------------------

def client_authorities(c):
    leaf, path = c.pki.leaf("rsa"), "features.client_certificate_authorities"
    for protocols in ("TLSv1.2", "TLSv1.3"):
        with servers.nginx(c.work, leaf_config(leaf) + "ssl_protocols %s; ssl_verify_client optional;"
                           "ssl_client_certificate %s;" % (protocols, c.pki.root.cert)) as s:
            a = audit.run(s.port, "--only", "features")
            c.fact(a, "facts." + path, ["CN=Live Root,O=Live"])
    with servers.nginx(c.work, leaf_config(leaf)) as s:
        a = audit.run(s.port, "--only", "features")
        c.fact(a, "facts." + path, None)


# ---- real servers: none of these has a flaw that only a question of its own shows ------------------

def healthy(c, server, scsv="yes", intolerant=(), follow=(), most=None):
    """follow: the attacks that follow from its suites; most: connections."""
    with server as s:
        a = audit.run(s.port)
        c.true("the server still runs", s.running())
        facts = a.json["facts"]
        c.equal("fallback_scsv", facts["features"].get("fallback_scsv"), scsv)
        c.equal("intolerances", {k for k, v in facts["intolerance"].items() if v == "yes"},
                set(intolerant))
        c.equal("vulnerabilities", {k for k, v in facts["vulnerabilities"].items() if v == "yes"},
                set(follow))
        for name in ("heartbleed", "ccs_injection"):
            c.fact(a, "facts.vulnerabilities." + name, "no")
        c.true("groups.public_reused", facts["groups"]["public_reused"] != "yes")
        c.true("dh.public_reused", facts["dh"]["public_reused"] != "yes")
        if most is not None:
            c.true("connections", a.at("connections") <= most, a.at("connections"))


def real_nginx(c):
    healthy(c, servers.nginx(c.work, leaf_config(c.pki.leaf("rsa"))
                             + "ssl_protocols TLSv1.2 TLSv1.3;"), follow={"lucky13"},
            most=120)                   # 29 suites, RSA and CBC among them
    healthy(c, servers.nginx(c.work, leaf_config(c.pki.leaf("rsa"))
                             + "ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;"),
            most=100)


def real_openssl(c):
    leaf = c.pki.leaf("rsa")
    healthy(c, servers.s_server(c.work, "-cert", leaf.chain, "-key", leaf.key, "-min_protocol",
                                "TLSv1", "-cipher", "AES128-SHA:@SECLEVEL=0"),
            follow={"lucky13", "beast"})


def real_gnutls(c):
    leaf = c.pki.leaf("rsa")
    healthy(c, servers.gnutls_serv(c.work, "NORMAL", "--heartbeat", "--x509certfile", leaf.chain,
                                   "--x509keyfile", leaf.key), follow={"lucky13", "beast"})


def real_apache(c):
    leaf = c.pki.leaf("rsa")
    healthy(c, servers.apache(c.work, "SSLCertificateFile %s\nSSLCertificateKeyFile %s"
                              % (leaf.chain, leaf.key)), follow={"lucky13"})


def real_haproxy(c):
    leaf = c.pki.leaf("rsa")
    with open(leaf.chain) as chain, open(leaf.key) as key:
        both = servers.write(c.work, "both.pem", chain.read() + key.read())
    healthy(c, servers.haproxy(c.work, "crt " + both), follow={"lucky13"})


def real_nss(c):
    healthy(c, servers.selfserv(c.work, c.pki, {"-n": c.pki.leaf("rsa")}, "-V", "tls1.2:tls1.3",
                                "-u"), follow={"lucky13", "sweet32", "rc4"})


def real_lighttpd(c):
    """mbedTLS 2.28 wants its hello in one record."""
    leaf = c.pki.leaf("rsa")
    for module, more in (("openssl", {}), ("nss", {}),
                         ("wolfssl", {"follow": ["invalid_curve"]}),     # see test_patched.py
                         ("mbedtls", {"scsv": "unknown", "intolerant": {"hello_16k", "split_records"}})):
        try:
            healthy(c, servers.lighttpd(c.work, module, leaf), **more)
        except servers.Skip as e:
            print("skipped:", e)


# What languages and web servers bring along, and libraries by themselves.

def real_python(c):
    healthy(c, more_servers.python(c.work, c.pki.leaf("rsa")), follow={"lucky13"})


def real_ruby(c):
    healthy(c, more_servers.ruby(c.work, c.pki.leaf("rsa")), follow={"lucky13"})


def real_node(c):
    healthy(c, more_servers.node(c.work, c.pki.leaf("rsa")), follow={"lucky13"})


def real_caddy(c):
    """Go's crypto/tls: a hello version above 0x0303 gets an alert."""
    healthy(c, more_servers.caddy(c.work, c.pki.leaf("rsa")),
            intolerant={"tls1_152", "tls2_152"})


def real_nghttpd(c):
    healthy(c, more_servers.nghttpd(c.work, c.pki.leaf("rsa")))


def real_redis(c):
    healthy(c, more_servers.redis(c.work, c.pki.leaf("rsa"), c.pki.root.cert), follow={"lucky13"})


def real_mbedtls(c):
    """mbedTLS 2.28 with each kind of key, by itself."""
    for leaf in (c.pki.leaf("rsa"), c.pki.leaf("ec", "EC:P-256")):
        healthy(c, more_servers.mbedtls(c.work, leaf), follow={"lucky13", "beast"},
                intolerant={"hello_16k", "split_records"})


def real_wolfssl(c):
    """wolfSSL as Debian builds it: with everything, and without a look at points (test_patched.py)."""
    for leaf in (c.pki.leaf("rsa"), c.pki.leaf("ec", "EC:P-256")):
        healthy(c, more_servers.wolfssl(c.work, leaf), follow={"lucky13", "sweet32", "rc4",
                                                              "invalid_curve"})


live.main(fallback_scsv, intolerance, key_reuse, certificate_forms, gnutls_forms, delegated,
          heartbleed,
          ccs_injection, old_node, old_padding, jarm, client_authorities, real_nginx,
          real_openssl, real_gnutls, real_apache, real_haproxy, real_nss, real_lighttpd, real_python, real_ruby,
          real_node, real_caddy, real_nghttpd, real_redis, real_mbedtls, real_wolfssl)
