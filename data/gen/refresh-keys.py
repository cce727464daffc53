#!/usr/bin/env python3
"""refresh-keys - re-derive data/keys/published.csv from where its facts come from (see data/README).

For maintainers: the build neither runs nor needs it.  Wants python3-cryptography.

  refresh-keys.py BLOCKLIST SSL-FINGERPRINTS

BLOCKLIST: net/data/ssl/blocklist of chromium's source; the section "Private Key Leakages" of its
README.md tells which of its files count.  SSL-FINGERPRINTS: nselib/data/ssl-fingerprints of nmap;
only its first section, Little Black Box, is taken.
"""
import hashlib
import os
import re
import sys

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "keys", "published.csv")
WHO = {"Superfish": "Superfish (2015)", "Dell": "Dell's eDellRoot and DSDTestProvider (2015)",
       "Cyberoam": "Cyberoam devices (2012)", "Mitel": "Mitel products (2017)",
       "Sennheiser": "Sennheiser HeadSetup (2018)"}


def leaked(folder):
    with open(os.path.join(folder, "README.md")) as f:
        text = f.read().split("## Private Key Leakages")[1].split("\n## ")[0]
    for section in text.split("\n### ")[1:]:
        who = section.split("\n")[0].strip()
        for name in re.findall(r"\(([0-9a-f]{64}\.(?:pem|key))\)", section):
            if name.endswith(".key"):       # named by the hash of its public key
                yield name[:64], who
                continue
            with open(os.path.join(folder, name), "rb") as f:
                data = f.read()
            cert = x509.load_pem_x509_certificate(data[data.index(b"-----BEGIN"):])
            spki = cert.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            yield hashlib.sha256(spki).hexdigest(), who


def black_box(path):
    with open(path) as f:
        section = f.read().split("\n[")[1]
    return [line.lower() for line in section.split("\n")[1:] if re.fullmatch("[0-9A-F]{40}", line)]


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    rows = [(h, "key", WHO.get(who, who)) for h, who in leaked(sys.argv[1])]
    rows += [(h, "certificate", "device firmware (Little Black Box 0.1)")
             for h in black_box(sys.argv[2])]
    with open(OUT, "w") as f:
        f.write("hash,of,where\n")
        f.writelines("%s,%s,%s\n" % row for row in sorted(set(rows)))
    print("%d keys and certificates" % len(set(rows)))


main()
