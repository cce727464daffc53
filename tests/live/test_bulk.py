"""Lists of targets: one record for every address, whatever servers, workers and the user do.

nginx listens on every address of 127.0.0.0/8 at one port; hostile.py's servers are mixed in.  Scans
are killed, interrupted, frozen, resumed and shared, and each time the records are counted.
"""
import json
import os
import shutil
import signal
import subprocess

import audit
import hostile
import live
import schema
import servers
from lists import (LOOPBACK, SECONDS, Rogues, addresses, argv, each_once, everywhere, n_lines, read,
                   scan, wait_for, workers_of, write_list)

QUICK = ["http", "ssh", "garbage", "alert-unknown", "refused", "cert-garbage"]
SLOW = ["silence", "drip"]

# ---- cases -------------------------------------------------------------------------------------

def every_target(c):
    """Good and hostile hosts, networks, bad lines: everything has its record, in both modes."""
    with everywhere(c) as s, Rogues(c, s.port) as r:
        lines = ["# a list", "", "127.1.0.0/27:%d" % s.port, "no such thing"]
        lines += addresses(150, s.port, "127.2") + ["https://127.3.0.1:%d/path" % s.port]
        rogue_at = {}
        for name in QUICK:
            lines.append("127.0.0.1:%d" % r.ports[name])
            rogue_at[len(lines)] = name
        path = write_list(c, "hosts.txt", lines)
        total = 32 + 150 + 1 + len(QUICK)
        for workers in ("1", "2"):
            out, stats = os.path.join(c.work, "out" + workers), os.path.join(c.work, "st" + workers)
            done = scan(path, "-j", workers, "-o", out, "--stats", stats, "--timeout", "8")
            c.equal("exit status", done.returncode, audit.EXIT_NOT_ASSESSED)
            c.true("the bad line is named", b":4: " in done.stderr, done.stderr)
            records, _ = read(out)
            each_once(c, "-j " + workers, records, range(1, total + 1))
            for rec in records:
                name = rogue_at.get(rec["list"]["line"])
                if name is None:
                    c.equal("status of %s" % rec["target"], rec["status"], "ok")
                    c.true("few connections", rec["connections"] <= 12, rec["connections"])
                    c.equal("TLS 1.3", rec["facts"]["protocols"]["tls1_3"], "yes")
                    c.equal("TLS 1.0", rec["facts"]["protocols"]["tls1_0"], "no")
                    c.equal("certificates", len(rec["facts"]["certificates"]) > 0, True)
                else:
                    c.true("status of " + name, rec["status"] in hostile.EXPECTED[name],
                           rec["status"])
            with open(stats, encoding="utf-8") as f:
                counts = json.load(f)
            c.equal("done", counts["targets_done"], total)
            c.equal("bad lines", counts["bad_lines"], 1)
            c.equal("over", counts["over"], True)
            c.equal("by status", sum(counts["by_status"].values()), total)
        try:
            v = schema.validator()
            for rec in records[:20]:
                c.true("schema", not schema.wrong(v, rec), schema.wrong(v, rec))
        except schema.Missing:
            pass


def none_delays_others(c):
    """Hosts that take all their time end last: nobody waits for them."""
    with everywhere(c) as s, Rogues(c, s.port) as r:
        lines = ["127.0.0.1:%d" % r.ports[name] for name in SLOW] * 2 + addresses(100, s.port)
        path, out = write_list(c, "hosts.txt", lines), os.path.join(c.work, "out")
        scan(path, "-j", "1", "-o", out, "--timeout", "10")
        records, _ = read(out)
        each_once(c, "all", records, range(1, len(lines) + 1))
        last = [rec["list"]["line"] for rec in records[-2 * len(SLOW):]]
        c.equal("the slow ones come last", sorted(last), list(range(1, 2 * len(SLOW) + 1)))


def killed_and_resumed(c):
    """kill -9 in the middle, as often as it takes: nothing is lost, nothing is there twice."""
    with everywhere(c) as s:
        lines = addresses(400, s.port)
        path = write_list(c, "hosts.txt", lines)
        for workers in ("1", "2"):
            out = os.path.join(c.work, "out" + workers)
            killed = 0
            for turn in range(6):
                more = ["--resume", out] if os.path.exists(out) else ["-o", out]
                before = n_lines(out)
                p = subprocess.Popen(argv(path, "-j", workers, "--in-flight", "8", *more),
                                     stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                wait_for("more lines", lambda: p.poll() is not None or n_lines(out) > before + 40)
                if p.poll() is None:
                    p.send_signal(signal.SIGKILL)
                    killed += 1
                p.communicate()
                with open(out, "ab") as f:      # as if the last write had been torn
                    f.write(b'{"schema_version":"1.0","tool":{"na' * (turn % 2))
            done = scan(path, "-j", workers, "--resume", out)
            c.true("killed in the middle", killed >= 2, killed)
            c.equal("exit status", done.returncode, 0)
            records, data = read(out)
            c.true("ends whole", data.endswith(b"}\n"))
            each_once(c, "-j " + workers, records, range(1, len(lines) + 1))
            done = scan(path, "-j", workers, "--resume", out)
            c.equal("nothing left to do", (done.returncode, len(read(out)[0])), (0, len(lines)))


def interrupted(c):
    """SIGINT: what is under way is finished, and it is said how to go on."""
    with everywhere(c) as s:
        lines = addresses(300, s.port)
        path, out = write_list(c, "hosts.txt", lines), os.path.join(c.work, "out")
        p = subprocess.Popen(argv(path, "-j", "2", "-o", out, "--in-flight", "4"),
                             stderr=subprocess.PIPE)
        wait_for("some lines", lambda: n_lines(out) > 20)
        p.send_signal(signal.SIGINT)
        text = p.communicate(timeout=SECONDS)[1]
        c.equal("exit status", p.returncode, 128 + signal.SIGINT)
        c.true("how to go on", b"--resume " + out.encode() in text, text)
        some = len(read(out)[0])
        c.true("not all", some < len(lines), some)
        done = scan(path, "--resume", out)
        c.equal("then all", done.returncode, 0)
        each_once(c, "both", read(out)[0], range(1, len(lines) + 1))


def wrong_lists_are_refused(c):
    with everywhere(c) as s:
        lines = addresses(20, s.port)
        path, out = write_list(c, "hosts.txt", lines), os.path.join(c.work, "out")
        c.equal("first", scan(path, "-o", out).returncode, 0)
        again = scan(path, "-o", out)
        c.equal("not over an old scan", again.returncode, audit.EXIT_INTERNAL)
        c.true("and how instead", b"--resume" in again.stderr, again.stderr)
        other = write_list(c, "other.txt", lines[::-1])
        done = scan(other, "--resume", out)
        c.equal("another list", done.returncode, audit.EXIT_USAGE)
        c.equal("other options", scan(path, "--resume", out, "--profile", "certs").returncode,
                audit.EXIT_USAGE)
        longer = write_list(c, "longer.txt", lines + addresses(5, s.port, "127.9"))
        c.equal("the same with more at its end", scan(longer, "--resume", out).returncode, 0)
        each_once(c, "all", read(out)[0], range(1, 26))
        junk = servers.write(c.work, "junk", "this is no scan\n")
        c.equal("another file", scan(path, "--resume", junk).returncode, audit.EXIT_INTERNAL)
        with open(junk, encoding="ascii") as f:
            c.equal("is left as it was", f.read(), "this is no scan\n")


def worker_dies(c):
    """A worker that crashes or hangs costs the host it was looking at, and no other."""
    with everywhere(c) as s, Rogues(c, s.port) as r:
        for how in (signal.SIGSEGV, signal.SIGSTOP):
            lines = addresses(60, s.port) + ["127.0.0.1:%d" % r.ports["drip"]]
            path = write_list(c, "hosts.txt", lines)
            out, stats = os.path.join(c.work, "o%d" % how), os.path.join(c.work, "s%d" % how)
            p = subprocess.Popen(argv(path, "-j", "2", "-o", out, "--stats", stats, "--timeout", "60"),
                                 stderr=subprocess.PIPE)
            wait_for("all others", lambda: n_lines(out) == len(lines) - 1)
            workers = workers_of(p.pid)
            c.equal("workers", len(workers), 2)
            for w in workers:
                os.kill(w, how)
            p.communicate(timeout=SECONDS)
            records, _ = read(out)
            each_once(c, str(how), records, range(1, len(lines) + 1))
            crashed = [rec["list"]["line"] for rec in records if rec["status"] == "worker_crash"]
            c.equal("only that one", crashed, [len(lines)])
            with open(stats, encoding="utf-8") as f:
                c.true("replaced", json.load(f)["workers_replaced"] >= 1)


def workers_die_all_the_time(c):
    """Whatever is killed: the count is right, and at most one host is blamed for each death."""
    with everywhere(c) as s:
        lines = addresses(300, s.port)
        path, out = write_list(c, "hosts.txt", lines), os.path.join(c.work, "out")
        p = subprocess.Popen(argv(path, "-j", "2", "-o", out, "--in-flight", "20"),
                             stderr=subprocess.PIPE)
        kills = 0
        for at in (20, 80, 140):
            wait_for("lines", lambda at=at: n_lines(out) > at or p.poll() is not None)
            for w in workers_of(p.pid)[:1] if p.poll() is None else []:
                os.kill(w, signal.SIGKILL)
                kills += 1
        text = p.communicate(timeout=SECONDS)[1]
        records, _ = read(out)
        each_once(c, "all", records, range(1, len(lines) + 1))
        blamed = sum(rec["status"] == "worker_crash" for rec in records)
        c.true("few are blamed", blamed <= kills, "%d of %d kills" % (blamed, kills))
        # The scan may be over before the last death is noticed; then nobody is replaced.
        c.true("it is said", kills - 1 <= text.count(b"it is replaced") <= kills, text)


def excluded(c):
    """Special addresses by default; files always; each address and name."""
    with everywhere(c) as s:
        lines = addresses(3, s.port) + ["localhost:%d" % s.port]
        path = write_list(c, "hosts.txt", lines)
        options = [o for o in LOOPBACK if o != "--no-default-exclude"]
        done = subprocess.run([audit.PROGRAM, "--list", path] + options, stdout=subprocess.PIPE,
                              timeout=SECONDS, check=False)
        records = [json.loads(line) for line in done.stdout.splitlines()]
        c.equal("blocked", {rec["status"] for rec in records}, {"blocked"})
        each_once(c, "blocked", records, range(1, 5))
        c.true("why", all("127.0.0.0/8" in rec["status_detail"] or "::1" in rec["status_detail"]
                          for rec in records), records)
        mine = servers.write(c.work, "mine.conf", "127.1.0.2 # not this one\ndomain:localhost\n")
        done = scan(path, "--exclude", mine)
        records = [json.loads(line) for line in done.stdout.splitlines()]
        by_line = {rec["list"]["line"]: rec["status"] for rec in records}
        c.equal("the file", by_line, {1: "ok", 2: "blocked", 3: "ok", 4: "blocked"})
        wrong = servers.write(c.work, "wrong.conf", "127.1.0.2\n127.1.0.\n")
        done = scan(path, "--exclude", wrong)
        c.equal("a wrong line is an error", done.returncode, audit.EXIT_USAGE)
        c.true("with its number", b"wrong.conf:2:" in done.stderr, done.stderr)


def strangers_are_sent_no_attacks(c):
    """--profile full leaves out what no client would send, unless it is asked for."""
    with everywhere(c) as s:
        path = write_list(c, "hosts.txt", addresses(1, s.port))
        for options, asked in (([], False), (["--no-safe"], True)):
            done = scan(path, "--profile", "full", *options)
            rec = json.loads(done.stdout)
            c.equal("status", rec["status"], "ok")
            c.equal("Heartbleed asked about " + str(options),
                    rec["facts"]["vulnerabilities"]["heartbleed"] != "unknown", asked)


def shards(c):
    """Three machines share a list: together they have all of it."""
    with everywhere(c) as s:
        lines = addresses(50, s.port)
        path = write_list(c, "hosts.txt", lines)
        parts = []
        for i in ("1/3", "2/3", "3/3"):
            done = scan(path, "--shard", i, "--profile", "certs")
            parts.append([json.loads(line) for line in done.stdout.splitlines()])
        c.equal("sizes", [len(p) for p in parts], [17, 17, 16])
        each_once(c, "all", sum(parts, []), range(1, 51))
        files = [servers.write(c.work, "part%d" % i, "".join(json.dumps(r, separators=(",", ":")) +
                                                              "\n" for r in p))
                 for i, p in enumerate(parts)]
        merged = subprocess.run([audit.PROGRAM + "-merge"] + files + files[:1], check=True,
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        each_once(c, "merged", [json.loads(line) for line in merged.splitlines()], range(1, 51))
        whole = os.path.join(c.work, "merged")
        with open(whole, "wb") as f:
            f.write(merged)
        c.equal("the whole is a scan too",
                scan(path, "--resume", whole, "--profile", "certs").returncode, 0)
        c.equal("which is over", n_lines(whole), 50)


def what_hosts_share(c):
    """tlsaudit-shared: one certificate, and one key, at many endpoints."""
    with everywhere(c) as s:
        path = write_list(c, "hosts.txt", addresses(3, s.port))
        out = os.path.join(c.work, "out")
        scan(path, "-o", out, "--profile", "certs")
        done = subprocess.run([audit.PROGRAM + "-shared", out], stdout=subprocess.PIPE, check=True)
        found = [json.loads(line) for line in done.stdout.splitlines()]
        c.equal("one thing is shared", [f["kind"] for f in found], ["certificate"])
        c.equal("by all", sorted(e["host"] for e in found[0]["endpoints"]),
                ["127.1.0.1", "127.1.0.2", "127.1.0.3"])


def from_a_pipe(c):
    """A list that comes slowly is audited as it comes."""
    with everywhere(c) as s:
        p = subprocess.Popen(argv("-", "-j", "1"), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE)
        for i in range(1, 4):
            p.stdin.write(b"127.1.1.%d:%d\n" % (i, s.port))
            p.stdin.flush()
            rec = json.loads(p.stdout.readline())       # before there is more
            c.equal("record %d" % i, rec["list"]["seq"], i)
        rest = p.communicate(timeout=SECONDS)[0]
        c.equal("nothing more", rest, b"")
        c.equal("exit status", p.returncode, 0)


def compressed(c):
    """.zst in and out, killed and resumed."""
    zstd = shutil.which("zstd")
    if zstd is None:
        raise servers.Skip("zstd is not installed (package zstd)")
    with everywhere(c) as s:
        lines = addresses(300, s.port)
        path = write_list(c, "hosts.txt", lines)
        subprocess.run([zstd, "-q", path], check=True)
        out = os.path.join(c.work, "out.jsonl.zst")
        p = subprocess.Popen(argv(path + ".zst", "-o", out, "--in-flight", "4", "--rate", "500"),
                             stderr=subprocess.DEVNULL)
        wait_for("a frame", lambda: p.poll() is not None or
                 (os.path.exists(out) and os.path.getsize(out) > 0))
        p.kill()
        p.communicate()
        with open(out, "ab") as f:
            f.write(b"\x28\xb5\x2f\xfd\x00")             # a frame that was cut off
        c.equal("resumed", scan(path + ".zst", "--resume", out).returncode, 0)
        text = subprocess.run([zstd, "-dc", out], stdout=subprocess.PIPE, check=True).stdout
        each_once(c, "all", [json.loads(line) for line in text.splitlines()],
                  range(1, len(lines) + 1))


def confined(c):
    """Workers hold nothing but their socket, standard error and the servers they ask."""
    with everywhere(c) as s, Rogues(c, s.port) as r:
        path = write_list(c, "hosts.txt", ["127.0.0.1:%d" % r.ports["blackhole"]] * 2)
        p = subprocess.Popen(argv(path, "-j", "2", "--timeout", "30"), stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE)
        try:
            wait_for("workers", lambda: len(workers_of(p.pid)) >= 2)
            wait_for("no new privileges", lambda: all(
                "NoNewPrivs:\t1" in open("/proc/%d/status" % w, encoding="ascii").read()
                for w in workers_of(p.pid)))
            for w in workers_of(p.pid):
                files = [os.readlink("/proc/%d/fd/%s" % (w, fd))
                         for fd in os.listdir("/proc/%d/fd" % w)]
                strange = [f for f in files if f.startswith("/") and f != "/dev/null"]
                c.equal("files", strange, [])
        finally:
            p.kill()
            p.communicate()


live.main(every_target, none_delays_others, killed_and_resumed, interrupted, wrong_lists_are_refused,
          worker_dies, workers_die_all_the_time, excluded, strangers_are_sent_no_attacks, shards,
          what_hosts_share, from_a_pipe, compressed, confined)
