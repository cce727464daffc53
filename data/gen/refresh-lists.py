#!/usr/bin/env python3
"""refresh-lists - re-derive the lists that browsers ship (see data/README).

For maintainers: the build neither runs nor needs it.  Wants nothing but python3.

  refresh-lists.py preload FILE YYYY-MM-DD chromium: net/http/transport_security_state_static.json
  refresh-lists.py ct FILE                 chromium: .../certificate_transparency/data/log_list.json
  refresh-lists.py onecrl FILE             firefox: onecrl.json from browser/omni.ja
  refresh-lists.py ev FIREFOX CHROME APPLE MICROSOFT
                                           ExtendedValidation.cpp, root_store.textproto, Apple's
                                           EVRoots.json, authroot.stl
"""
import base64
import collections
import csv
import hashlib
import json
import os
import re
import sys

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def write_csv(name, columns, rows, comment=""):
    with open(os.path.join(DATA, name), "w", newline="") as f:
        f.write(comment)
        out = csv.writer(f, lineterminator="\n")
        out.writerow(columns.split(","))
        out.writerows(rows)
    print("%s: %d rows" % (name, len(rows)))


def preload(path, date):
    """A line with the date, then one name a line, sorted by bytes; "=" after it: without its subdomains."""
    text = "\n".join(s for s in read(path).split("\n") if not s.lstrip().startswith("//"))
    names = {e["name"].lower(): bool(e.get("include_subdomains"))
             for e in json.loads(text)["entries"] if e.get("mode") == "force-https"}
    assert all(re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", n) for n in names)
    with open(os.path.join(DATA, "hsts", "preload.txt"), "w") as f:
        f.write("# %s HSTS preload list; where from: data/README\n" % date)
        f.writelines(n + ("" if names[n] else "=") + "\n" for n in sorted(names))
    print("%d names" % len(names))


def ct(path):
    rows = []
    lists = json.loads(read(path))
    for op in lists["operators"]:
        for log in op.get("logs", []) + op.get("tiled_logs", []):
            (state, since), span = list(log["state"].items())[0], log.get("temporal_interval", {})
            key = base64.b64decode(log["key"])
            assert hashlib.sha256(key).digest() == base64.b64decode(log["log_id"])
            rows.append([hashlib.sha256(key).hexdigest(), op["name"], log["description"],
                         "static" if "monitoring_url" in log else "rfc6962", state,
                         since["timestamp"], span.get("start_inclusive", ""),
                         span.get("end_exclusive", ""),
                         log.get("url") or log["monitoring_url"], key.hex()])
    write_csv("ct/log_list.csv",
              "log_id,operator,description,kind,state,since,start,end,url,key", sorted(rows),
              "# %s version %s\n" % (lists["log_list_timestamp"][:10], lists["version"]))


def onecrl(path):
    """kind,name_hash,value: issuer and serial, or subject and SHA-256 of the key (SPKI)."""
    rows = set()
    for e in json.loads(read(path))["data"]:
        kind, name, value = (("serial", "issuerName", "serialNumber") if "issuerName" in e
                             else ("key", "subject", "pubKeyHash"))
        value = base64.b64decode(e[value])
        if kind == "serial":
            value = value.lstrip(b"\0")
        rows.add((kind, hashlib.sha256(base64.b64decode(e[name])).hexdigest()[:32],
                  value.hex()))
    write_csv("trust/onecrl.csv", "kind,name_hash,value", sorted(rows))


def tlvs(data):
    """The DER elements of some bytes: (tag, content)."""
    out, at = [], 0
    while at < len(data):
        tag, n, at = data[at], data[at + 1], at + 2
        if n & 0x80:
            n, at = int.from_bytes(data[at:at + (n & 0x7f)], "big"), at + (n & 0x7f)
        out.append((tag, data[at:at + n]))
        at += n
    return out


def oid(content):
    arcs, v = [], 0
    for b in content:
        v = v << 7 | b & 0x7f
        if not b & 0x80:
            arcs.append(v)
            v = 0
    top = min(arcs[0] // 40, 2)
    return ".".join(map(str, [top, arcs[0] - 40 * top] + arcs[1:]))


def stl(path):
    """authroot.stl (a certificate trust list in PKCS #7): {sha256: {property: bytes}}."""
    with open(path, "rb") as f:
        signed = tlvs(tlvs(tlvs(f.read())[0][1])[1][1])[0][1]
    ctl = tlvs(tlvs(tlvs(tlvs(signed)[2][1])[1][1])[0][1])
    roots = {}
    for _, entry in tlvs([c for t, c in ctl if t == 0x30][-1]):
        props = {}
        for _, attribute in tlvs(tlvs(entry)[1][1]):
            (_, name), (_, values) = tlvs(attribute)
            props[oid(name).rsplit(".", 1)[1]] = tlvs(values)[0][1]
        if "98" in props:  # CERT_SHA256_HASH
            roots[props["98"].hex()] = props
    return roots


def ev(firefox, chrome, apple, microsoft):
    """sha256,oid and a 1 for each programme that shows the root's certificates under it as EV."""
    who = collections.defaultdict(set)
    for m in re.finditer(r'"(\d+(?:\.\d+)+)",\s*"[^"]*",\s*\{([^}]*)\}', read(firefox)):
        fp = "".join(re.findall(r"0x([0-9A-Fa-f]{2})", m[2])).lower()
        if len(fp) == 64:
            who[fp, m[1]].add("mozilla")
    text = re.sub(r"(?m)^#.*", "", read(chrome))
    for m in re.finditer(r"trust_anchors \{(.*?)\n\}", text, re.S):
        fp = re.search(r'sha256_hex: "(\w+)"', m[1])[1]
        for o in re.findall(r'ev_policy_oids: "([\d.]+)"', m[1]):
            who[fp, o].add("chrome")
    for fp, oids in json.loads(read(apple))["EV_config"].items():
        for o in oids:
            who[fp.lower(), o].add("apple")
    for fp, props in stl(microsoft).items():
        # CERT_ROOT_PROGRAM_CERT_POLICIES: policies with the root program's flags (c0: EV)
        for _, policy in tlvs(tlvs(props["83"])[0][1]) if "83" in props else ():
            who[fp, oid(tlvs(policy)[0][1])].add("microsoft")
    with open(os.path.join(DATA, "trust", "membership.csv"), newline="") as f:
        known = {r["sha256"] for r in csv.DictReader(f)}
    order = ("mozilla", "microsoft", "apple", "chrome")
    write_csv("trust/ev.csv", "sha256,oid," + ",".join(order),
              [[fp, o] + [int(p in who[fp, o]) for p in order]
               for fp, o in sorted(who) if fp in known])


def main():
    commands = {"preload": (preload, 2), "ct": (ct, 1), "onecrl": (onecrl, 1), "ev": (ev, 4)}
    f, n = commands.get(sys.argv[1] if len(sys.argv) > 1 else "", (None, 0))
    if f is None or len(sys.argv) != n + 2:
        sys.exit(__doc__)
    f(*sys.argv[2:])


main()
