"""Each flaw on a small server that has it in exactly that way, and none of them on real servers."""
import audit
import live
import rogue
import servers

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
    "hello_256": (lambda h: 256 <= h.size < 512 and h.extensions.get(21), {}),
    "hello_1400": (lambda h: 1400 < h.size < 16384, {}),
    "hello_16k": (lambda h: h.size > 16384, {}),
    "split_records": (lambda h: h.n_records > 1 and h.size < 16384, {}),
}


def intolerance(c):
    leaf = c.pki.leaf("rsa")
    for name, (hates, more) in INTOLERANCES.items():
        want = {"intolerance." + n: "yes" for n in (name,) + more.get("also", ())}
        more = {k: v for k, v in more.items() if k != "also"}
        for how in ("close", 47):
            look(c, Picky(leaf, hates, how, **more), "intolerance", want)
    look(c, ChoosesGrease(leaf), "intolerance", {"intolerance.unknown_suite": "yes"})
    look(c, rogue.Server(leaf), "intolerance", {"intolerance.server_name": "no"})
    # It answers nothing with a name, so nothing else can be asked.
    look(c, Picky(leaf, lambda h: 0 in h.extensions), "intolerance",
         {"intolerance.server_name": "yes", "intolerance.hello_256": "unknown"})
    # This is about the name, and no intolerance.
    look(c, Picky(leaf, lambda h: 0 in h.extensions, 112), "intolerance",
         {"intolerance.server_name": "unknown"})


# ---- real servers -------------------------------------------------------------------------------

def healthy(c, a, scsv="yes", intolerant=()):
    """Nothing is wrong with it."""
    facts = a.json["facts"]
    c.equal("fallback_scsv", facts["features"].get("fallback_scsv"), scsv)
    found = {k: (v, facts["intolerance"].get(k + "_reason"))
             for k, v in facts["intolerance"].items() if v == "yes"}
    c.equal("intolerances", set(found), set(intolerant))
    for name, value in facts.get("vulnerabilities", {}).items():
        c.true("vulnerabilities." + name, value != "yes",
               facts["vulnerabilities"].get(name + "_reason"))


def real_nginx(c):
    with servers.nginx(c.work, leaf_config(c.pki.leaf("rsa"))
                       + "ssl_protocols TLSv1.2 TLSv1.3;") as s:
        a = audit.run(s.port)
        healthy(c, a)
        c.true("connections", a.at("connections") <= 120, a.at("connections"))


live.main(fallback_scsv, intolerance, real_nginx)
