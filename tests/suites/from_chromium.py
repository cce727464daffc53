#!/usr/bin/env python3
"""from_chromium.py - Chromium's verify_certificate_chain_unittest as one file, shaped as x509-limbo.

For maintainers: tests run without it.

  from_chromium.py FOLDER >tests/suites/chromium.json

FOLDER is net/data/verify_certificate_chain_unittest of Chromium's source (BSD-3-Clause).  Taken are
the cases about TLS servers whose last certificate is a trust anchor or none, without those with
thousands of names, which are a megabyte.  "@N" stands for the N-th certificate.
"""
import json
import os
import re
import sys

DEFAULT = "2021-10-05T12:00:00"     # parse_certificate's "DEFAULT"


def read(path):
    with open(path, errors="replace") as f:
        return f.read()


def when(text):
    if text == "DEFAULT":
        return DEFAULT
    y, mo, d, h, mi, s = re.fullmatch(r"(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z", text).groups()
    return "20%s-%s-%sT%s:%s:%s" % (y, mo, d, h, mi, s)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    certificates, index, cases = [], {}, []

    def ref(pem):
        if pem not in index:
            index[pem] = len(certificates)
            certificates.append(pem)
        return "@%d" % index[pem]

    for folder in sorted(os.listdir(sys.argv[1])):
        base = os.path.join(sys.argv[1], folder)
        for name in sorted(n for n in os.listdir(base) if n.endswith(".test")) \
                if os.path.isdir(base) else ():
            test = read(os.path.join(base, name))
            has = dict(re.findall(r"(?m)^(\w+): *(\S*) *$", test))
            if not has["key_purpose"].startswith("SERVER_AUTH") or \
                    has["last_cert_trust"].startswith("TRUSTED_LEAF") or folder == "many-names" or \
                    "user_policy" in test:
                continue
            chain = [ref(p) for p in re.findall(
                r"-----BEGIN CERTIFICATE-----\n.*?-----END CERTIFICATE-----\n",
                read(os.path.join(base, has["chain"])), re.S)]
            anchor = has["last_cert_trust"].startswith("TRUSTED_ANCHOR") and len(chain) > 0
            cases.append({"id": "%s/%s" % (folder, name[:-5]), "validation_kind": "SERVER",
                          "anchor": has["last_cert_trust"], "purpose": has["key_purpose"],
                          "trusted_certs": chain[-1:] if anchor else [],
                          "untrusted_intermediates": chain[1:-1] if anchor else chain[1:],
                          "peer_certificate": chain[0] if chain else "",
                          "validation_time": when(has["utc_time"]), "expected_peer_name": None,
                          "expected_result": "FAILURE" if "ERROR:" in test else "SUCCESS"})
    json.dump({"source": "Chromium 150.0.7871.100, net/data/verify_certificate_chain_unittest; "
               "Copyright The Chromium Authors; BSD-3-Clause", "certificates": certificates,
               "testcases": cases}, sys.stdout, indent=0, sort_keys=False)
    sys.stdout.write("\n")


main()
