#!/usr/bin/env python3
"""refresh-trust - re-derive data/trust from where its facts come from (see data/README).

For maintainers: the build neither runs nor needs it.  Wants python3-cryptography.

  refresh-trust.py roots DIR...          certificate bytes of the roots in membership.csv, looked for
                                         in every file under DIR (unpacked Debian packages)
  refresh-trust.py intermediates FILE    facts on the CA certificates of a PEM file (.xz or not)
  refresh-trust.py hashes FILE...        fill subject_hash and ski in membership.csv from PEM files
"""
import base64
import collections
import csv
import hashlib
import lzma
import os
import re
import sys
import warnings

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID as EKU, AuthorityInformationAccessOID as AIA

TRUST = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "trust")
MEMBERSHIP = os.path.join(TRUST, "membership.csv")
NAMES = {  # the short names of src/pki/oid.def
    "2.5.4.3": "CN", "2.5.4.4": "SN", "2.5.4.5": "serialNumber", "2.5.4.6": "C", "2.5.4.7": "L",
    "2.5.4.8": "ST", "2.5.4.9": "STREET", "2.5.4.10": "O", "2.5.4.11": "OU", "2.5.4.12": "title",
    "2.5.4.15": "businessCategory", "2.5.4.17": "postalCode", "2.5.4.42": "GN",
    "2.5.4.46": "dnQualifier", "2.5.4.97": "organizationIdentifier",
    "1.2.840.113549.1.9.1": "emailAddress", "0.9.2342.19200300.100.1.25": "DC",
    "0.9.2342.19200300.100.1.1": "UID", "1.3.6.1.4.1.311.60.2.1.1": "jurisdictionL",
    "1.3.6.1.4.1.311.60.2.1.2": "jurisdictionST", "1.3.6.1.4.1.311.60.2.1.3": "jurisdictionC",
}


def escaped(value):
    """RFC 4514, 2.4; a control character as hex pairs of its UTF-8."""
    out = []
    for i, c in enumerate(value):
        if ord(c) < 32 or 127 <= ord(c) < 160:
            out += ["\\%02X" % b for b in c.encode()]
        elif c in '",+;<>\\' or (i == 0 and c in " #") or (i == len(value) - 1 and c == " "):
            out.append("\\" + c)
        else:
            out.append(c)
    return "".join(out)


def dn_text(name):
    return ",".join("+".join("%s=%s" % (NAMES.get(a.oid.dotted_string, a.oid.dotted_string),
                                        escaped(a.value if isinstance(a.value, str)
                                                else "#" + a.value.hex()))
                             for a in rdn) for rdn in reversed(name.rdns))


def name_hash(name):
    return hashlib.sha256(name.public_bytes()).hexdigest()[:32]


def extension(cert, kind):
    try:
        return cert.extensions.get_extension_for_class(kind).value
    except (x509.ExtensionNotFound, ValueError):
        return None


def key_id(cert, kind):
    """The subject's or issuer's key identifier in hex.  A certificate with an extension so bent
    that the library gives up on all of them is searched for the extension's bytes."""
    ours = kind is x509.SubjectKeyIdentifier
    try:
        ext = cert.extensions.get_extension_for_class(kind).value
        return ((ext.digest if ours else ext.key_identifier) or b"").hex()
    except x509.ExtensionNotFound:
        return ""
    except ValueError:
        m = re.search(rb"\x06\x03\x55\x1d" + (rb"\x0e\x04\x16\x04\x14" if ours else
                      rb"\x23\x04.{1,2}\x30.{1,2}\x80\x14") + rb"(.{20})",
                      cert.public_bytes(Encoding.DER), re.S)
        return m.group(1).hex() if m else ""


def pem_file(path):
    data = (lzma.open if path.endswith(".xz") else open)(path, "rb").read()
    for m in re.finditer(rb"-----BEGIN CERTIFICATE-----(.*?)-----END", data, re.S):
        yield base64.b64decode(m.group(1))


def certs_in(path):
    """Every certificate in a file: PEM blocks, and DER that starts like a certificate."""
    data = open(path, "rb").read()
    yield from pem_file(path) if b"-----BEGIN CERTIFICATE-----" in data else ()
    for m in re.finditer(rb"\x30\x82(..)\x30[\x81\x82]", data, re.S):
        n = int.from_bytes(m.group(1), "big") + 4
        if 256 < n < 8192:
            yield data[m.start():m.start() + n]


def membership():
    with open(MEMBERSHIP, newline="") as f:
        return list(csv.DictReader(f))


def roots(dirs):
    rows = {r["sha256"]: r for r in membership()}
    found = {}
    files = sorted(os.path.join(d, f) for top in dirs for d, _, fs in os.walk(top) for f in fs)
    for path in (p for p in files if os.path.isfile(p) and not os.path.islink(p)):
        for der in certs_in(path):
            h = hashlib.sha256(der).hexdigest()
            if h in rows:
                found.setdefault(h, der)
    with open(os.path.join(TRUST, "roots.pem"), "w") as out:
        out.write("# Root certificates, sorted by SHA-256; where from: data/README\n")
        for h in sorted(found):
            b64 = base64.b64encode(found[h]).decode()
            out.write("# %s %s\n-----BEGIN CERTIFICATE-----\n" % (h, rows[h]["subject"]))
            out.write("".join(b64[i:i + 64] + "\n" for i in range(0, len(b64), 64)))
            out.write("-----END CERTIFICATE-----\n")
    print("%d of %d roots" % (len(found), len(rows)))


def can_issue_tls(cert):
    eku = extension(cert, x509.ExtendedKeyUsage)
    return eku is None or EKU.SERVER_AUTH in eku or EKU.ANY_EXTENDED_KEY_USAGE in eku


def reaching(certs, known):
    """Those that lead to a known root: issuer name by issuer name."""
    good = {c.subject.public_bytes() for h, c in certs.items() if h in known}
    while True:
        more = {c.subject.public_bytes() for c in certs.values()
                if c.issuer.public_bytes() in good} - good
        if not more:
            return {h: c for h, c in certs.items() if c.issuer.public_bytes() in good}
        good |= more


def intermediates(path):
    known = {r["sha256"] for r in membership()}
    certs = {}
    for der in pem_file(path):
        certs[hashlib.sha256(der).hexdigest()] = x509.load_der_x509_certificate(der)
    rows = []
    for h, c in reaching(certs, known).items():
        if h in known or c.subject == c.issuer or not can_issue_tls(c):
            continue
        aia = [d.access_location.value for d in extension(c, x509.AuthorityInformationAccess) or ()
               if d.access_method == AIA.CA_ISSUERS and isinstance(
                   d.access_location, x509.UniformResourceIdentifier)]
        aia = [u for u in aia if re.fullmatch(r"https?://[!-~]+", u)]
        rows.append([h, dn_text(c.subject), name_hash(c.subject), key_id(c, x509.SubjectKeyIdentifier),
                     name_hash(c.issuer), key_id(c, x509.AuthorityKeyIdentifier),
                     c.not_valid_after.strftime("%Y-%m-%d"), aia[0] if aia else ""])
    with open(os.path.join(TRUST, "intermediates.csv"), "w", newline="") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow("sha256 subject subject_hash ski issuer_hash aki not_after aia".split())
        out.writerows(sorted(rows))
    print("%d intermediates" % len(rows))


def hashes(paths):
    rows = membership()
    by = {r["sha256"]: r for r in rows}
    for der in (d for p in paths for d in pem_file(p)):
        r = by.get(hashlib.sha256(der).hexdigest())
        if r is None:
            continue
        c = x509.load_der_x509_certificate(der)
        r.update(subject=dn_text(c.subject), subject_hash=name_hash(c.subject),
                 ski=key_id(c, x509.SubjectKeyIdentifier),
                 not_after=c.not_valid_after.strftime("%Y-%m-%dT%H:%M:%SZ"))
    with open(MEMBERSHIP, "w", newline="") as f:
        out = csv.DictWriter(f, rows[0].keys(), lineterminator="\n")
        out.writeheader()
        out.writerows(rows)
    print("%d of %d rows have a subject hash" % (sum(bool(r["subject_hash"]) for r in rows), len(rows)))


def main():
    warnings.simplefilter("ignore")
    if len(sys.argv) < 3 or sys.argv[1] not in ("roots", "intermediates", "hashes"):
        sys.exit(__doc__)
    if sys.argv[1] == "intermediates":
        intermediates(sys.argv[2])
    else:
        {"roots": roots, "hashes": hashes}[sys.argv[1]](sys.argv[2:])


main()
