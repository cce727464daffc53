"""`make bench-pulse`: a population of many hosts, out of a few real records; not a test.

nginx on loopback is scanned once with each profile.  Its records become templates: another name,
another certificate and other answers each, trusted by roots of the shipped stores.  vary.c makes as
many of them as wanted, into a pipe.  Printed are records and megabytes a second, and the peak of
tlsaudit-pulse's memory.

    pulse.py [--records N] [--profile fast]
"""
import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "live"))
import audit  # noqa: E402
import servers  # noqa: E402
from pki import HOST, Pki  # noqa: E402

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
BENCH = os.path.join(os.path.dirname(audit.PROGRAM), "tests", "bench")
TEMPLATES, LONGEST_SECONDS = 97, 1800
STORES = ("mozilla", "microsoft", "apple", "chrome", "android", "java")
NAME = "@@@@@@@@.example-@@@@@@@@.com"


def one_record(work, profile):
    leaf = Pki(work).leaf("ec", "EC:P-256")
    with servers.nginx(work, "ssl_certificate %s; ssl_certificate_key %s;"
                       % (leaf.chain, leaf.key)) as s:
        path = servers.write(work, "list", "127.0.0.1:%d\n" % s.port)
        return json.loads(subprocess.run(
            [audit.PROGRAM, "--list", path, "--no-default-exclude", "--rate", "0", "--host-rate",
             "0", "--progress", "never", "--profile", profile, "-j", "1"],
            capture_output=True, timeout=60).stdout)


def roots():
    with open(os.path.join(TOP, "data", "trust", "membership.csv"), encoding="utf-8") as f:
        return [r for r in csv.DictReader(f) if r["owner"]]


def template(record, root, rng):
    """The record of another host, under a public root."""
    r = json.loads(json.dumps(record))
    facts = r["facts"]
    r["target"].update(host=NAME, port=443, address="192.0.2.1")
    r["grade"] = rng.choice(["A+", "A", "A", "A-", "B", "B", "C", "F", "T"])
    old = facts["certificates"][0]["sha256"]
    for name in ("tls1_0", "tls1_1"):
        if name in facts["protocols"]:
            facts["protocols"][name] = rng.choice(["yes", "no", "no"])
    facts["certificates"][0]["subject_alt_names"] = [NAME, "www." + NAME]
    facts["posture"]["trusted"] = "yes"
    for t in facts["trust"]:
        known = root[t["store"]] == "1" if t["store"] in STORES else False
        t.update(verdict="complete" if known else "unknown_root",
                 root_sha256=root["sha256"] if known else None)
    text = json.dumps(r, separators=(",", ":"), ensure_ascii=False)
    return text.replace(old, "~~~~~~~~" + old[8:]).replace(HOST, NAME)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=1000000)
    parser.add_argument("--profile", default="fast")
    args = parser.parse_args()
    rng, known = random.Random(6), roots()
    with tempfile.TemporaryDirectory() as work:
        record = one_record(work, args.profile)
        # A few owners have most of it, as in the world.
        lines = [template(record, known[min(int(rng.expovariate(0.1)), len(known) - 1)], rng)
                 for _ in range(TEMPLATES)]
        path = servers.write(work, "templates", "".join(x + "\n" for x in lines))
        pipe = os.path.join(work, "records")
        os.mkfifo(pipe)
        maker = subprocess.Popen("exec '%s/vary' %d '%s' >'%s'" % (BENCH, args.records, path, pipe),
                                 shell=True)
        wall, cpu, peak = map(float, subprocess.run(
            [os.path.join(BENCH, "measure"), audit.PROGRAM + "-pulse", "-f", "json", pipe],
            capture_output=True, check=True, timeout=LONGEST_SECONDS).stdout.split()[:3])
        maker.wait()
    size = sum(map(len, lines)) / len(lines)
    print("%d records of %.1f kB: %.1f s, %.0f records/s, %.0f MB/s; %.1f us of CPU a record; "
          "peak %.0f MB" % (args.records, size / 1000, wall, args.records / wall,
                            args.records * size / wall / 1e6, cpu / args.records * 1e6,
                            peak / 1024))


if __name__ == "__main__":
    main()
