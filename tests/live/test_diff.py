"""tlsaudit-diff: what changed in meaning between reports about real servers.

One endpoint before and after: the reports come from two servers, and the port is made the same.
"""
import json
import os
import subprocess

import audit
import live
import servers

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(audit.PROGRAM)), "tlsaudit-diff")


def report(c, leaf, more, **target):
    with servers.nginx(c.work, "ssl_certificate %s; ssl_certificate_key %s; %s"
                       % (leaf.chain, leaf.key, more)) as s:
        a = audit.run(s.port, "--offline", "--store", "live=" + c.pki.root.cert).json
    a["target"].update({"port": 443}, **target)
    return a


def diff(c, old, new, *options):
    paths = []
    for name, lines in (("old", old), ("new", new)):
        paths.append(os.path.join(c.work, name + ".jsonl"))
        with open(paths[-1], "w") as f:
            f.writelines(x if isinstance(x, str) else json.dumps(x) + "\n" for x in lines)
    return subprocess.run([PROGRAM, *options, *paths], capture_output=True, timeout=60)


def changes(done):
    lines = done.stdout.decode().splitlines()
    return [(x["kind"], x["what"], x["text"]) for x in json.loads(lines[0])["changes"]] \
        if lines else []


def meaning(c):
    modern = "ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ECDHE+AES;"
    old = "ssl_protocols TLSv1 TLSv1.2 TLSv1.3; ssl_ciphers ECDHE+AES:AES128-SHA@SECLEVEL=0;"
    first, again = c.pki.leaf("first"), c.pki.leaf("again", days=(-1, 90))
    other = c.pki.leaf("other", hosts=("other.example",))
    a, renewed = report(c, first, modern), report(c, again, modern)
    worse, unnamed = report(c, first, old), report(c, other, modern)

    same = diff(c, [a], [a])
    c.equal("nothing", (same.returncode, b"1 the same" in same.stdout), (0, True))

    done = diff(c, [a], [renewed], "--format", "json")
    c.equal("a renewed certificate is benign", done.returncode, 0)
    c.true("and told", any(k == "changed" and "certificate renewed" in t
                           for k, _, t in changes(done)), done.stdout)
    c.true("nothing else changed", {w for _, w, _ in changes(done)} == {"certificate"},
           changes(done))

    done = diff(c, [a], [worse], "-f", "json")
    told = changes(done)
    c.equal("an old version is worse", done.returncode, 1)
    c.true("the version", ("worse", "protocol", "TLS 1.0 is accepted now") in told, told)
    c.true("the finding", any(k == "worse" and "(tls1_0, medium)" in t for k, _, t in told), told)
    c.true("the suite", any(w == "suites" and "TLS_RSA_WITH_AES_128_CBC_SHA" in t
                            for _, w, t in told), told)
    c.equal("the worst come first", told[0][0], "worse")

    done = diff(c, [worse], [a], "-f", "json")
    c.equal("the other way it is better: %s" % done.stdout, done.returncode, 0)
    c.true("and said so", ("better", "protocol", "TLS 1.0 is not accepted any more") in
           changes(done), changes(done))

    done = diff(c, [a], [unnamed], "-f", "json")
    c.equal("a lost name is worse", done.returncode, 1)
    c.true("which", any(k == "worse" and "no longer for live.example" in t
                        for k, _, t in changes(done)), changes(done))

    refused = audit.run(servers.free_port()).json
    refused["target"]["port"] = 443
    done = diff(c, [a], [refused], "-f", "json")
    c.equal("not assessed any more is worse", done.returncode, 1)
    c.equal("and is all that is said", [w for _, w, _ in changes(done)], ["status"])


def files(c):
    leaf = c.pki.leaf("leaf")
    a = report(c, leaf, "")
    moved = json.loads(json.dumps(a))
    moved["target"]["address"] = "192.0.2.1"
    other = json.loads(json.dumps(a))
    other["target"]["host"] = "other.example"
    c.equal("an address that moved is the same endpoint", diff(c, [a], [moved]).returncode, 0)
    done = diff(c, [a, moved, a], [moved, other])
    c.true("by address, new and gone", b"1 endpoints compared: 0 worse, 0 better, 0 changed, "
           b"1 the same; 1 new, 1 gone" in done.stdout, done.stdout)
    done = diff(c, [a, "{}\n"], [a, "nonsense\n"])
    c.equal("bad lines", done.returncode, 4)
    c.true("are named", b"old.jsonl:2:" in done.stderr and b"new.jsonl:2:" in done.stderr,
           done.stderr)
    for wrong in ((), ("a",), ("a", "b", "c"), ("--format", "xml", "a", "b"), ("a", "b"),
                  ("--policy", "none", "/dev/null", "/dev/null")):
        c.equal("usage: %r" % (wrong,), subprocess.run(
            [PROGRAM, *wrong], capture_output=True, cwd=c.work).returncode, 2)


if __name__ == "__main__":
    live.main(meaning, files)
