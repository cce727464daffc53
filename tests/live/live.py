"""What every live test file is made of.

    def modern(c):                          # one case; c counts what is wrong
        with servers.nginx(c.work, ...) as s:
            a = audit.run(s.port)
            c.fact(a, "facts.protocols.tls1_0", "no")
            c.same_as_oracle(a, s)

    live.main(modern, ...)

Automake reads the exit status: 0 when all is well, 1 when a check failed, 77 when nothing could be
tried.  A case that raises servers.Skip is said to be skipped, with the reason.
"""
import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import traceback

import audit
import oracle
from oracle import SSL3, TLS10, TLS11, TLS12, TLS13
from pki import HOST, Pki
from servers import Skip

HERE = os.path.dirname(os.path.abspath(__file__))
VERSIONS = {SSL3: "ssl3", TLS10: "tls1_0", TLS11: "tls1_1", TLS12: "tls1_2", TLS13: "tls1_3"}


def hexes(codes):
    return " ".join("%04x" % c for c in codes)


class Case:
    """One server in one configuration, and what is wrong with the report about it."""

    def __init__(self, name, pki):
        self.name = name
        self.pki = pki
        self.work = tempfile.mkdtemp(prefix="live-", dir=pki.dir)
        os.chmod(self.work, 0o755)      # a server may give up root before it opens its files
        self.checks = 0
        self.failures = []

    def fail(self, text):
        self.failures.append(text)

    def true(self, what, value, detail=""):
        self.checks += 1
        if not value:
            self.fail("%s%s" % (what, detail and ": " + str(detail)))

    def equal(self, what, got, want):
        self.checks += 1
        if got != want:
            self.fail("%s: got %r, want %r" % (what, got, want))

    def equal_codes(self, what, got, want):
        self.checks += 1
        if list(got) != list(want):
            self.fail("%s:\n\tgot     %s\n\twant    %s\n\tmissing %s\n\tstrange %s" % (
                what, hexes(got), hexes(want), hexes(c for c in want if c not in got),
                hexes(c for c in got if c not in want)))

    def fact(self, a, path, want):
        """One value of the report; a path that is not there is a failure like any other."""
        try:
            self.equal(path, a.at(path), want)
        except audit.Missing as e:
            self.fail(str(e))

    def codes(self, a, path, want):
        try:
            self.equal_codes(path, a.codes(path), want)
        except audit.Missing as e:
            self.fail(str(e))

    def codes_set(self, a, path, want):
        try:
            got = a.codes(path)
            self.equal_codes(path, sorted(got), sorted(want))
            self.equal(path + " without repetition", len(set(got)), len(got))
        except audit.Missing as e:
            self.fail(str(e))

    # ---- against the slow truth ----------------------------------------------------------------

    def same_as_oracle(self, a, server, groups=True, sni=HOST, versions=VERSIONS):
        """Versions, suites, order and groups are what a one-by-one enumeration finds.

        Gives the truth: {version: suites in the server's order, or sorted}.
        """
        o = oracle.Oracle("127.0.0.1", server.port, sni=sni)
        truth = {}
        for v in versions:
            found = o.suites(v)
            order, listing = o.order(v, found)
            truth[v] = listing if order == "server" else sorted(found)
            self._same_suites(a, VERSIONS[v], order, truth[v])
        if groups:
            for v in (TLS13, TLS12):
                if truth.get(v):
                    self._same_groups(a, o, v, ecdhe(truth[v], v))
        self._names(a, truth)
        self._same_chains(a, o, truth)
        self._same_keys(a, o, truth)
        return truth

    def _same_suites(self, a, name, order, suites):
        self.fact(a, "facts.protocols." + name, "yes" if suites else "no")
        if not suites:
            self.true("facts.protocols.%s_reason" % name,
                      a.json["facts"]["protocols"].get(name + "_reason"), "missing or empty")
            return
        path = "facts.suites." + name
        if order == "server":
            self.codes(a, path, suites)
        else:
            self.codes_set(a, path, suites)
        self.fact(a, path + "_order", order)

    def _same_groups(self, a, o, v, suites):
        found = o.groups(v, suites) if suites else set()
        if not found:
            return
        path = "facts.groups." + VERSIONS[v]
        order, listing = o.group_order(v, suites, found)
        if order == "server":
            self.codes(a, path, listing)
        else:
            self.codes_set(a, path, found)
        self.fact(a, path + "_order", order)

    def _same_chains(self, a, o, truth):
        """Each chain that a TLS <= 1.2 flight brings is a deployment of the report, as sent."""
        try:
            known = chains(a)
        except (audit.Missing, KeyError, IndexError, TypeError) as e:
            self.fail("deployments: %r" % e)
            return
        for v, suites in truth.items():
            if v == TLS13:
                continue
            for family in families(suites):
                sent = [hashlib.sha256(der).hexdigest() for der in o.chain(v, family)]
                if sent:
                    self.true("chain under %s" % VERSIONS[v], sent in known,
                              "%s not among %s" % (short(sent), [short(k) for k in known]))

    def _same_keys(self, a, o, truth):
        """Signature algorithms of TLS 1.2, and the size of the DH primes."""
        for family, path in ((RSA_SIGNED, "tls1_2_rsa"), (ECDSA_SIGNED, "tls1_2_ecdsa")):
            suites = [c for c in truth.get(TLS12, ()) if key_exchange(c) in family]
            if suites:
                self.codes_set(a, "facts.sigalgs." + path, o.sigalgs(suites))
        sizes = [o.dh_bits(v, [c for c in suites if key_exchange(c) in ("DHE_RSA", "DHE_DSS",
                                                                       "DH_anon")])
                 for v, suites in truth.items() if v != TLS13]
        sizes = [s for s in sizes if s]
        if sizes:
            self.fact(a, "facts.dh.bits", min(sizes))

    def _names(self, a, truth):
        """Names are the registry's and OpenSSL's, as far as the local openssl knows them."""
        known = openssl_names()
        for v, suites in truth.items():
            if not suites:
                continue
            try:
                entries = a.at("facts.suites." + VERSIONS[v])
            except audit.Missing:
                continue                # said already
            for e in entries:
                code = int(e["code"], 16)
                if code in known:
                    self.equal("name of " + e["code"], (e.get("name"), e.get("openssl")),
                               known[code])

    # ---- the rest of a report ------------------------------------------------------------------

    def deployment(self, a, leaf, key_type, key_bits):
        """The report holds this leaf, and says of its key what it is."""
        try:
            certs = a.at("facts.certificates")
        except audit.Missing as e:
            self.fail(str(e))
            return
        want = leaf.sha256()
        for cert in certs:
            if cert.get("sha256", "").replace(":", "").lower() == want:
                self.equal(leaf.name + " key", (cert.get("key_type"), cert.get("key_bits")),
                           (key_type, key_bits))
                return
        self.fail("certificate %s (sha256 %s) is not in the report" % (leaf.name, want))

    def budget(self, a, more=0):
        """Connections: at most accepted suites + groups + signature algorithms + 40, and 60 for
        the probes of features and weaknesses.

        more: for a server that chooses suites that it then cannot use.
        """
        try:
            made = a.at("connections")
            accepted = sum(len(v) for k, v in a.at("facts.suites").items() if isinstance(v, list))
            groups = sum(len(v) for v in a.at("facts.groups").values() if isinstance(v, list))
            sigalgs = a.json["facts"].get("sigalgs", {})
            n_sigalgs = sum(len(v) for v in sigalgs.values() if isinstance(v, list))
            more += a.json["facts"]["audit"].get("clients_asked") or 0
        except (audit.Missing, AttributeError) as e:
            self.fail(str(e))
            return
        self.true("connections", made <= accepted + groups + n_sigalgs + 100 + more,
                  "%d made for %d suites, %d groups, %d signature algorithms"
                  % (made, accepted, groups, n_sigalgs))


# ECDHE and ECDH_anon suites that today's openssl no longer knows: NULL, RC4 and 3DES.
OLD_ECDHE = {*range(0xc006, 0xc00b), *range(0xc010, 0xc01a), *range(0xc033, 0xc03c)}


def ecdhe(suites, version):
    """The suites of a list whose key exchange names a group."""
    if version == TLS13:
        return suites
    names = openssl_names()
    return [c for c in suites if c in OLD_ECDHE or names.get(c, ("",))[0].startswith("TLS_ECDH")]


RSA_SIGNED = ("ECDHE_RSA", "DHE_RSA")
ECDSA_SIGNED = ("ECDHE_ECDSA",)


def key_exchange(code):
    """"ECDHE_RSA" of TLS_ECDHE_RSA_WITH_...; "" when the local openssl does not know the suite."""
    return openssl_names().get(code, ("",))[0].partition("_WITH_")[0].removeprefix("TLS_")


def families(suites):
    """The suites by what certificate they need, as far as their names tell."""
    out = {}
    for c in suites:
        kx = key_exchange(c)
        if kx and "anon" not in kx and "PSK" not in kx and "SRP" not in kx:
            out.setdefault(kx.rpartition("_")[2], []).append(c)
    return out.values()


def chains(a):
    """The report's chains: lists of fingerprints, leaf first."""
    certs = [c["sha256"] for c in a.at("facts.certificates")]
    return [[certs[i] for i in d["chain"]] for d in a.at("facts.deployments")]


def pem(der, label="CERTIFICATE"):
    text = base64.encodebytes(der).decode()
    return "-----BEGIN %s-----\n%s-----END %s-----\n" % (label, text, label)


def short(fingerprints):
    return " ".join(f[:8] for f in fingerprints)


_names = {}


def openssl_names():
    """{code: (registry name, OpenSSL's name)} of every suite that the local openssl has."""
    if not _names:
        out = subprocess.run(["openssl", "ciphers", "-V", "-stdname",
                              "ALL:COMPLEMENTOFALL:@SECLEVEL=0"], capture_output=True, check=True,
                             env=dict(os.environ, OPENSSL_CONF="/dev/null")).stdout.decode()
        for line in out.splitlines():
            code, _, rest = line.partition(" - ")
            names = rest.split()
            high, low = code.strip().split(",")
            _names[int(high, 16) << 8 | int(low, 16)] = (names[0], names[2])
    return _names


def cipher_codes(text, version="-tls1_2"):
    """What OpenSSL makes of a cipher string for this version, in order, as code points."""
    out = subprocess.run(["openssl", "ciphers", "-V", "-s", version, text], capture_output=True,
                         check=True, env=dict(os.environ, OPENSSL_CONF="/dev/null")).stdout.decode()
    codes = []
    for line in out.splitlines():
        high, low = line.split(" - ")[0].strip().split(",")
        codes.append(int(high, 16) << 8 | int(low, 16))
    return codes


def run_case(case, function):
    try:
        function(case)
    except Skip:
        raise
    except audit.Missing as e:
        case.fail(str(e))
    except Exception:
        case.fail(traceback.format_exc())


def main(*functions):
    """Run the cases (all, or those named on the command line), say what failed, and exit."""
    if shutil.which("openssl") is None:
        print("skipped: openssl is not installed")
        sys.exit(77)
    wanted = sys.argv[1:]
    ran = failed = 0
    with tempfile.TemporaryDirectory(prefix="tlsaudit-live-") as directory:
        os.chmod(directory, 0o755)
        pki = Pki(directory)
        for f in functions:
            name = f.__name__
            if wanted and name not in wanted:
                continue
            case = Case(name, pki)
            try:
                run_case(case, f)
            except Skip as e:
                print("skipped: %s: %s" % (name, e))
                continue
            ran += 1
            if not case.failures and not case.checks:
                case.fail("nothing was checked")
            print("%s: %d checks, %d failures" % (name, case.checks, len(case.failures)))
            for text in case.failures:
                failed += 1
                print("FAIL: %s: %s" % (name, text))
    sys.exit(1 if failed else 0 if ran else 77)
