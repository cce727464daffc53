"""Hostile servers: each audit ends in the right status, in time, with one clean report.

For every behaviour of hostile.py tlsaudit runs once with a short deadline.  Whatever the server
does: one JSON object, an exit status that fits, no message of a crash, and no more time than the
deadline allows.
"""
import concurrent.futures
import json
import os
import subprocess
import sys

import audit
import hostile
import live
import rogue
import servers

DEADLINE = 8                    # seconds for the whole endpoint
# What a loaded machine may add, and what is started before the deadline and ends after it.
SLACK = 8
AT_ONCE = 4
ASSESSED = {"ok", "partial"}
STATUSES = {"ok", "partial", "dns_error", "refused", "unreachable", "timeout", "reset", "closed",
            "not_tls", "tls_alert", "protocol_error", "limit", "blocked", "worker_crash"}
BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"
PEAK_KB = 64 << 10              # far over what an audit needs, far under what is sent to it


class Rogues:
    """hostile.py as a process; ports by name."""

    def __init__(self, work, leaf, upstream):
        self.der = os.path.join(work, "leaf.der")
        self.log = os.path.join(work, "hostile.log")
        self.upstream = upstream
        with open(self.der, "wb") as f:
            f.write(leaf.der())

    def __enter__(self):
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, os.path.join(live.HERE, "hostile.py"), "--cert", self.der,
                 "--upstream", str(self.upstream)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
        self.ports = json.loads(self.process.stdout.readline())
        return self

    def __exit__(self, *exc):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(10)


def judge(c, name, a):
    c.true(name + ": deadline", a.wall < DEADLINE + SLACK, "%.1f s" % a.wall)
    try:
        status = a.at("status")
    except (audit.Missing, ValueError) as e:
        c.fail("%s: %s" % (name, e))
        return
    c.true(name + ": a known status", status in STATUSES, status)
    want = hostile.EXPECTED[name]
    c.true(name + ": status", status in want, "%s, want %s" % (status, " or ".join(sorted(want))))
    exits = {audit.EXIT_PASS} if status in ASSESSED else {audit.EXIT_NOT_ASSESSED}
    c.true("%s: exit status of %s" % (name, status), a.exit in exits, a.exit)
    c.true(name + ": nothing of a sanitizer", "Sanitizer" not in a.stderr
           and "runtime error" not in a.stderr, a.stderr[-500:])
    if status not in ASSESSED:
        c.true(name + ": no grade", a.json.get("grade") is None, a.json.get("grade"))


def run_all(c, jobs):
    """jobs: (name, function); a few at a time, since most of them only wait."""
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        running = {pool.submit(function): name for name, function in jobs}
        for done in concurrent.futures.as_completed(running):
            yield running[done], done


def nginx(c):
    rsa = c.pki.leaf("rsa")
    return rsa, servers.nginx(c.work, "ssl_certificate %s; ssl_certificate_key %s;"
                              "ssl_protocols TLSv1.2 TLSv1.3;" % (rsa.chain, rsa.key))


def every_behaviour(c):
    rsa, good = nginx(c)
    with good as upstream, Rogues(c.work, rsa, upstream.port) as r:
        jobs = [(name, lambda port=port: audit.run(port, "--timeout", str(DEADLINE)))
                for name, port in r.ports.items()]
        # The slow ones first, so that none is left alone at the end.
        jobs.sort(key=lambda job: "timeout" not in hostile.EXPECTED[job[0]])
        for name, done in run_all(c, jobs):
            try:
                judge(c, name, done.result())
            except subprocess.TimeoutExpired:
                c.fail(name + ": it never ended")
        c.true("the good server still runs", upstream.running())


def never_no_for_a_reset(c):
    """What a bad line hides is unknown, not "no": nothing false is said of the server behind it."""
    rsa, good = nginx(c)
    with good as upstream, Rogues(c.work, rsa, upstream.port) as r:
        names = ["bans-after-12", "silent-after-12", "every-third-fails", "byte-records"]
        names += ["reset-at-%d" % n for n in (5, 44, 95, 400, 1600)]
        jobs = [(n, lambda port=r.ports[n]: audit.run(port, "--timeout", str(DEADLINE)))
                for n in names]
        for name, done in run_all(c, jobs):
            try:
                protocols = done.result().json["facts"]["protocols"]
            except (audit.Missing, ValueError, KeyError, TypeError) as e:
                if name.startswith("reset-at"):
                    continue            # without an answer there may be no facts
                c.fail("%s: %r" % (name, e))
                continue
            for version in ("tls1_2", "tls1_3"):
                c.true("%s: %s is not said to be off" % (name, version),
                       protocols.get(version) != "no", protocols.get(version))
            for version in ("ssl2", "ssl3", "tls1_0", "tls1_1"):
                c.true("%s: %s is not said to be on" % (name, version),
                       protocols.get(version) != "yes", protocols.get(version))


class Fickle(rogue.Server):
    """Closes without a byte when more than `most` connections are open, or every so often."""
    versions = (0x0303,)
    suites = (0xc02f, 0xc030, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035)

    def __init__(self, leaf, most=None, every=None):
        super().__init__(leaf)
        self.most = most
        self.every = every
        self.open = self.served = 0

    def serve(self, c):
        with self.lock:
            self.open += 1
            self.served += 1
            full = self.most is not None and self.open > self.most
            due = self.every is not None and self.served % self.every == 0
        try:
            if full or due:
                c.hello()
            else:
                super().serve(c)
        finally:
            with self.lock:
                self.open -= 1


def no_end_by_a_whim(c):
    """A list is not at its end where a server closes for another reason than what it was offered."""
    leaf = c.pki.leaf("rsa")
    truth = sorted("0x%04x" % x for x in Fickle.suites)
    for how in ({"most": 2}, {"most": 1}, {"every": 2}, {"every": 3}):
        with Fickle(leaf, **how) as s:
            a = audit.run(s.port, "--only", "protocols,cipher_suites")
            protocols, suites = a.json["facts"]["protocols"], a.json["facts"]["suites"]
            c.true("%s: TLS 1.2 is not said to be off" % how, protocols["tls1_2"] != "no")
            found = [x["code"] for x in suites.get("tls1_2") or []]
            c.true("%s: all suites, or a word that they may not be all" % how,
                   sorted(found) == truth or (a.at("status") == "partial"
                                              and suites.get("tls1_2_reason") is not None),
                   "%s of %s" % (found, truth))
            if "every" in how:          # whoever is lucky in time needs no second try
                c.equal("%s: all suites" % how, sorted(found), truth)
                c.fact(a, "facts.audit.throttled", "yes")
            c.true("%s: connections" % how, a.at("connections") <= 60, a.at("connections"))


def clean_terminal(c):
    """No control byte of a server reaches the terminal."""
    rsa, good = nginx(c)
    names = ["http", "smtp", "mysql", "garbage", "ssh", "alert-unknown", "cert-garbage",
             "byte-records"]
    with good as upstream, Rogues(c.work, rsa, upstream.port) as r:
        jobs = [(n, lambda port=r.ports[n]: audit.run_text(port, "-v", "--timeout", str(DEADLINE)))
                for n in names]
        for name, done in run_all(c, jobs):
            out = done.result().stdout + done.result().stderr.encode()
            bad = {b for b in out if b < 0x20 and b != 0x0a}
            c.true(name + ": control bytes", not bad, sorted(bad))
            c.true(name + ": C1 controls", not any(0x80 <= ord(x) < 0xa0 for x in
                                                   out.decode(errors="replace")))
            c.true(name + ": says something", len(out) > 20, out)


def evil_certificate(c):
    """Controls, a bidi override and markup in names: the terminal gets none of it, JSON all."""
    evil = "a\x1b[2J\x07\u202eb\x9bc<script>\"'"
    leaf = c.pki.leaf("evil", organisation=evil)
    with servers.nginx(c.work, "ssl_certificate %s; ssl_certificate_key %s;"
                       % (leaf.chain, leaf.key)) as s:
        out = audit.run_text(s.port, "-v", "--show-certs").stdout.decode()
        c.true("the certificate is shown", "BEGIN CERTIFICATE" in out, out[:500])
        bad = {x for x in out if x < " " and x != "\n" or "\x7f" <= x < "\xa0" or x in BIDI}
        c.true("controls on the terminal", not bad, sorted(bad))
        a = audit.run(s.port)
        c.true("no raw controls in JSON", not any(x < 0x20 for x in a.stdout.rstrip(b"\n")))
        subjects = [x["subject"] for x in a.at("facts.certificates")]
        c.true("the report has the subject", any("script" in x for x in subjects), subjects)


def many_names(c):
    """Nearly ten thousand names (the cap): counted, a thousand kept."""
    hosts = (live.HOST,) + tuple("h%d.example" % i for i in range(9990))
    leaf = c.pki.leaf("names", "EC:P-256", hosts=hosts)
    with servers.nginx(c.work, "ssl_certificate %s; ssl_certificate_key %s;"
                       % (leaf.chain, leaf.key)) as s:
        a = audit.run(s.port)
        c.fact(a, "status", "ok")
        found = [x for x in a.at("facts.certificates") if x["sha256"] == leaf.sha256()]
        c.equal("the leaf is there", len(found), 1)
        c.equal("names counted", found[0].get("subject_alt_names_count"), 9992)
        c.equal("names kept", len(found[0].get("subject_alt_names", ())), 1000)


def many_tickets(c):
    """A flood of NewSessionTicket after a good handshake harms nothing."""
    rsa = c.pki.leaf("rsa")
    with servers.s_server(c.work, "-cert", rsa.cert, "-cert_chain", rsa.chain, "-key", rsa.key,
                          "-num_tickets", "5000") as s:
        a = audit.run(s.port, "--timeout", str(DEADLINE))
        c.true("deadline", a.wall < DEADLINE + SLACK, a.wall)
        c.fact(a, "facts.protocols.tls1_3", "yes")
        c.true("status", a.at("status") in ("ok", "partial"), a.at("status"))
        c.deployment(a, rsa, "RSA", 2048)


def flat_memory(c):
    """A flood is not kept: the peak is far under what the server sends."""
    rsa, good = nginx(c)
    with good as upstream, Rogues(c.work, rsa, upstream.port) as r:
        for name in ("message-16mb", "garbage", "zero-records", "endless-handshake"):
            peak = peak_kb(audit.command(r.ports[name], "--timeout", str(DEADLINE)))
            c.true(name + ": peak memory", peak < PEAK_KB, "%d kB" % peak)


def peak_kb(argv):
    null = os.open(os.devnull, os.O_RDWR)
    pid = os.posix_spawn(argv[0], argv, os.environ, file_actions=[
        (os.POSIX_SPAWN_DUP2, null, fd) for fd in (0, 1, 2)])
    os.close(null)
    return os.wait4(pid, 0)[2].ru_maxrss


if __name__ == "__main__":
    live.main(every_behaviour, never_no_for_a_reset, no_end_by_a_whim, clean_terminal, evil_certificate,
              many_names, many_tickets, flat_memory)
