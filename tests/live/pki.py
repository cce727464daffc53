"""Certificates for the live tests, made by the openssl command on the day they run.

A Pki is a directory with a root, an intermediate under it, and any number of leaves:

    pki = Pki(tempdir)
    rsa = pki.leaf("rsa", "RSA:2048")
    rsa.cert, rsa.key       # files: the leaf alone, its key
    rsa.chain               # file: leaf, then intermediate
    pki.root.cert           # file: what a client has to trust
    pki.store               # file: root and intermediate, for "which one is missing?"

Every name in a leaf is HOST and its address, so that a test audits HOST with --connect.
"""
import hashlib
import os
import subprocess
import time

HOST = "live.example"

CA = """basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
"""
LEAF = """basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature,keyEncipherment
extendedKeyUsage = %s
subjectAltName = %s
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""
CONF = """[ca]
default_ca = one
[one]
database = %(base)s.index
serial = %(base)s.serial
new_certs_dir = %(issued)s
policy = any
x509_extensions = ext
preserve = yes
[any]
O = optional
CN = optional
[ext]
%(extensions)s
"""
# The second Oakley group: RFC 2409, 6.2.
OAKLEY_2 = """-----BEGIN DH PARAMETERS-----
MIGHAoGBAP//////////yQ/aoiFowjTExmKLgNwc0SkCTgiKZ8x0Agu+pjsTmyJR
Sgh5jjQE3e+VGbPNOkMbMCsKbfJfFDdP4TVtbVHCReSFtXZiXn7G9ExC6aY37WsL
/1y29Aa37e44a/taiZ+lrp8kEXxLH+ZJKGZR7OZTgf//////////AgEC
-----END DH PARAMETERS-----
"""


def date(days):
    """That many days from now, as openssl ca wants it."""
    return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + days * 86400))


def openssl(*args, stdin=None):
    """Run openssl without the system's configuration, which may forbid what a test needs."""
    env = dict(os.environ, OPENSSL_CONF="/dev/null")
    done = subprocess.run(("openssl",) + args, input=stdin, capture_output=True, env=env)
    if done.returncode != 0:
        raise RuntimeError("openssl %s: %s" % (" ".join(args), done.stderr.decode()))
    return done.stdout


class Cert:
    """One certificate: cert, key and chain are file names."""

    def __init__(self, directory, name):
        self.name = name
        base = os.path.join(directory, name)
        self.cert = base + ".pem"
        self.key = base + ".key"
        self.chain = base + "-chain.pem"

    def der(self):
        return openssl("x509", "-in", self.cert, "-outform", "DER")

    def sha256(self):
        """The fingerprint in lower-case hex, without separators."""
        return hashlib.sha256(self.der()).hexdigest()


class Pki:
    def __init__(self, directory):
        self.dir = directory
        os.mkdir(os.path.join(directory, "issued"))
        self.root = self._make("root", "RSA:2048", CA, "/O=Live/CN=Live Root", None)
        self.inter = self._make("inter", "RSA:2048", CA + "authorityKeyIdentifier = keyid\n",
                                "/O=Live/CN=Live Issuing CA", self.root)
        self.store = os.path.join(directory, "store.pem")
        self._join(self.store, self.root.cert, self.inter.cert)

    def leaf(self, name, algorithm="RSA:2048", issuer=None, sha="sha256", days=(-1, 60),
             hosts=(HOST,), usage="serverAuth", more="", organisation=None):
        """A leaf under the intermediate, or under `issuer`.

        algorithm: "RSA:2048", "EC:P-256", "ED25519", "DSA:file.pem".
        days: from and until, counted from today.  more: lines of extensions.
        """
        names = ["DNS:" + h for h in hosts] + ["IP:127.0.0.1"]
        # NSS gives certificates of one subject one nickname: so each has a subject of its own.
        subject = "/O=%s/CN=%s" % (organisation or "Live " + name, hosts[0])
        leaf = self._make(name, algorithm, LEAF % (usage, ",".join(names)) + more, subject,
                          issuer or self.inter, sha, days)
        if issuer is None:
            self._join(leaf.chain, leaf.cert, self.inter.cert)
        else:
            self._join(leaf.chain, leaf.cert)
        return leaf

    def ca(self, name, issuer, more="", organisation="Live"):
        """One more CA below another."""
        return self._make(name, "RSA:2048", CA + "authorityKeyIdentifier = keyid\n" + more,
                          "/O=%s/CN=Live CA %s" % (organisation, name), issuer)

    def sends(self, name, leaf, *certs):
        """The leaf's key with a chain of one's own: what is given, in that order."""
        other = Cert(self.dir, name)
        other.cert, other.key = leaf.cert, leaf.key
        self._join(other.chain, *(c.cert for c in certs))
        return other

    def ocsp(self, leaf, *options):
        """An OCSP response for a leaf of the intermediate, good for a week; signed by its CA."""
        base = os.path.join(self.dir, leaf.name)
        openssl("ocsp", "-issuer", self.inter.cert, "-cert", leaf.cert, "-reqout", base + ".orq")
        openssl("ocsp", "-index", base + ".index", "-CA", self.inter.cert, "-rsigner",
                self.inter.cert, "-rkey", self.inter.key, "-reqin", base + ".orq", "-respout",
                base + ".ors", "-ndays", "7", *options)
        return base + ".ors"

    def revoke(self, leaf, reason="keyCompromise"):
        """From now on the intermediate says that this leaf is revoked."""
        openssl("ca", "-config", os.path.join(self.dir, leaf.name) + ".conf", "-revoke", leaf.cert,
                "-crl_reason", reason, "-cert", self.inter.cert, "-keyfile", self.inter.key, "-md",
                "sha256")

    def crl(self, leaf, issuer=None, days=(-1, 7), extensions=None):
        """The list of what the intermediate has revoked of this leaf's kind, in DER."""
        issuer = issuer or self.inter
        base = os.path.join(self.dir, leaf.name)
        with open(base + ".crlconf", "w") as f:
            f.write("[ca]\ndefault_ca = one\n[one]\ndatabase = %s.index\ncrlnumber = %s.num\n"
                    "[ext]\n%s\n" % (base, base, extensions or ""))
        with open(base + ".num", "w") as f:
            f.write("01\n")
        openssl("ca", "-gencrl", "-config", base + ".crlconf", "-cert", issuer.cert, "-keyfile",
                issuer.key, "-md", "sha256", "-crl_lastupdate", date(days[0]), "-crl_nextupdate",
                date(days[1]), "-out", base + ".crlpem", *(["-crlexts", "ext"] if extensions else []))
        return openssl("crl", "-in", base + ".crlpem", "-outform", "DER")

    def self_signed(self, name):
        """A leaf that nobody but itself has signed."""
        text = LEAF.replace("keyid", "none") % ("serverAuth", "DNS:" + HOST)
        leaf = self._make(name, "RSA:2048", text, "/O=Live %s/CN=%s" % (name, HOST), None)
        self._join(leaf.chain, leaf.cert)
        return leaf

    def p12(self, leaf, password="live", name=None):
        """The leaf with key and intermediate, as a PKCS#12 file."""
        out = os.path.join(self.dir, leaf.name + ".p12")
        openssl("pkcs12", "-export", "-in", leaf.cert, "-inkey", leaf.key, "-certfile",
                self.inter.cert, "-name", name or leaf.name, "-passout", "pass:" + password,
                "-out", out)
        return out

    def dh1024(self):
        """DH parameters of 1024 bits, the shortest that today's libraries take: a known prime."""
        out = os.path.join(self.dir, "dh1024.pem")
        with open(out, "w") as f:
            f.write(OAKLEY_2)
        return out

    def _make(self, name, algorithm, extensions, subject, issuer, sha="sha256", days=(-1, 365)):
        """A certificate with its key.  `openssl ca` is the command that takes a first day."""
        c = Cert(self.dir, name)
        base = os.path.join(self.dir, name)
        openssl("genpkey", *self._key_options(algorithm), "-out", c.key)
        openssl("req", "-new", "-key", c.key, "-utf8", "-subj", subject, "-config", "/dev/null", "-out",
                base + ".csr")
        for suffix, text in ((".index", ""), (".index.attr", "unique_subject = no\n"),
                             (".serial", os.urandom(16).hex().replace("0", "1", 1) + "\n"),
                             (".conf", CONF % {"base": base, "extensions": extensions,
                                               "issued": os.path.join(self.dir, "issued")})):
            with open(base + suffix, "w") as f:
                f.write(text)
        sign = ["-selfsign", "-keyfile", c.key]
        if issuer is not None:
            sign = ["-cert", issuer.cert, "-keyfile", issuer.key]
        openssl("ca", "-batch", "-notext", "-utf8", "-config", base + ".conf", "-in", base + ".csr",
                "-out", c.cert, "-md", sha, "-startdate", date(days[0]), "-enddate", date(days[1]),
                *sign)
        return c

    @staticmethod
    def _key_options(algorithm):
        kind, _, rest = algorithm.partition(":")
        if kind == "RSA":
            return ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:" + rest)
        if kind == "RSA-PSS":
            return ("-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048")
        if kind == "EC":
            return ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:" + rest)
        if kind == "DSA":
            return ("-paramfile", rest)
        return ("-algorithm", kind)

    @staticmethod
    def _join(out, *files):
        with open(out, "w") as f:
            for name in files:
                with open(name) as part:
                    f.write(part.read())
