"""Lists of targets: every format, metrics while the scan runs, and how much of a list is read."""
import csv
import json
import os
import shutil
import signal
import socket
import subprocess
import urllib.error
import urllib.request

import audit
import live
from lists import (PATIENCE, SECONDS, Rogues, addresses, argv, each_once, everywhere, n_lines, read,
                   scan, wait_for, write_list)


def every_format(c):
    """A format that needs all records has them, and the same ones as json; findings have lines."""
    with everywhere(c) as s, Rogues(c, s.port) as r:
        lines = ["# a comment"] + addresses(3, s.port) + ["127.0.0.1:%d" % r.ports["http"]]
        path = write_list(c, "hosts.txt", lines)
        for workers in ("1", "2"):
            done = scan(path, "-f", "csv", "-j", workers)
            c.equal("csv: status", done.returncode, audit.EXIT_NOT_ASSESSED)
            rows = list(csv.DictReader(done.stdout.decode().splitlines()))
            c.equal("csv: one head, one line a host", sorted(row["status"] for row in rows),
                    ["not_tls", "ok", "ok", "ok"])
        out = os.path.join(c.work, "out")
        done = scan(path, "-f", "sarif", "-o", out, "--fail-on", "rule:name_mismatch")
        c.equal("sarif: status", done.returncode, audit.EXIT_POLICY)
        c.equal("sarif: a reason is said once a host",
                done.stderr.count(b"127.1.0.2 port"), 1)
        with open(out, encoding="utf-8") as f:
            results = json.load(f)["runs"][0]["results"]
        at = {x["locations"][0]["physicalLocation"]["region"]["startLine"] for x in results}
        c.equal("sarif: lines of the list", at, {2, 3, 4})
        done = scan(path, "-f", "nagios", "--allow-unreachable")
        c.equal("nagios: its own status", done.returncode, 2)
        c.true("nagios: one line", done.stdout.startswith(b"TLSAUDIT CRITICAL"), done.stdout)
        for name in ("html", "junit", "gitlab", "github", "prometheus", "openmetrics", "text"):
            text = scan(path, "-f", name).stdout
            c.true(name + ": every host", all(b"127.1.0.%d" % i in text for i in (1, 2, 3)), text)
        c.equal("no file is left", [f for f in os.listdir(c.work) if f.endswith(".jsonl")], [])
        for options in (["-f", "html", "--resume", out], ["--from", out]):
            done = scan(path, *options)
            c.equal(" ".join(options), done.returncode, audit.EXIT_USAGE)


def a_format_broken_off(c):
    """SIGINT: the report has what was done; the records stay, and the scan can go on."""
    with everywhere(c) as s:
        lines = addresses(300, s.port)
        path, out = write_list(c, "hosts.txt", lines), os.path.join(c.work, "out.csv")
        p = subprocess.Popen(argv(path, "-j", "2", "-f", "csv", "-o", out, "--in-flight", "4"),
                             stderr=subprocess.PIPE)

        def kept():
            return [os.path.join(c.work, f) for f in os.listdir(c.work) if f.endswith(".jsonl")]
        wait_for("some lines", lambda: kept() and n_lines(kept()[0]) > 20)
        p.send_signal(signal.SIGINT)
        text = p.communicate(timeout=SECONDS)[1]
        c.equal("exit status", p.returncode, 128 + signal.SIGINT)
        c.equal("it is kept, and named", [f for f in kept() if b"--format json --resume " + f.encode()
                                          in text], kept())
        some = n_lines(kept()[0])
        c.equal("what was done is told", n_lines(out), some + 1)
        c.true("not all", 20 < some < len(lines), some)
        c.equal("then all", scan(path, "-f", "json", "--resume", kept()[0]).returncode, 0)
        each_once(c, "both", read(kept()[0])[0], range(1, len(lines) + 1))


def metrics(c):
    """A running scan tells Prometheus what --stats tells; on the loopback, unless told otherwise."""
    with everywhere(c) as s, Rogues(c, s.port) as r:
        lines = addresses(20, s.port) + ["127.0.0.1:%d" % r.ports["drip"]]
        path, out = write_list(c, "hosts.txt", lines), os.path.join(c.work, "out")
        p = subprocess.Popen(argv(path, "-j", "2", "-o", out, "--metrics", "0", "--timeout", "60"),
                             stderr=subprocess.PIPE)
        try:
            url = p.stderr.readline().split()[-1].decode()
            c.true("on the loopback", url.startswith("http://127.0.0.1:"), url)
            wait_for("all others", lambda: n_lines(out) == len(lines) - 1)
            with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
                c.equal("type", answer.headers["Content-Type"],
                        "text/plain; version=0.0.4; charset=utf-8")
                text = answer.read().decode()
            values = dict(line.rsplit(" ", 1) for line in text.splitlines() if line[0] != "#")
            scan_ = "tlsaudit_scan_"
            for name, value in (("targets_read_total", 21), ("targets_done_total", 20),
                                ("targets_in_flight", 1), ("bad_lines_total", 0), ("workers", 2),
                                ('records_total{status="ok"}', 20),
                                ('records_total{status="refused"}', 0)):
                c.equal(name, float(values[scan_ + name]), value)
            c.equal("bytes", float(values[scan_ + "written_bytes_total"]), os.path.getsize(out))
            c.true("connections", 20 <= float(values[scan_ + "connections_total"]) <= 240)
            for who in ("supervisor", "worker 1", "worker 2"):
                rss = float(values[scan_ + 'resident_memory_bytes{process="%s"}' % who])
                c.true("memory of " + who, 1 << 20 < rss < 1 << 30, rss)
            for wrong, status in ((url + "x", 404), (url.rsplit("/", 1)[0] + "/", 404)):
                try:
                    with urllib.request.urlopen(wrong, timeout=PATIENCE):
                        c.true(wrong + " is no page", False)
                except urllib.error.HTTPError as e:
                    c.equal(wrong, e.code, status)
            promtool = shutil.which("promtool")
            if promtool is not None:
                done = subprocess.run([promtool, "check", "metrics"], input=text.encode(),
                                      capture_output=True, check=False)
                c.equal("promtool: " + (done.stdout + done.stderr).decode(), done.returncode, 0)

            def beats():
                with urllib.request.urlopen(url, timeout=PATIENCE) as again:
                    return b"\ntlsaudit_scan_loop_lag_seconds_count 0\n" not in again.read()
            wait_for("beats of the loops", beats)
            port = url.split(":")[2].split("/")[0]
            done = scan(path, "--metrics", "127.0.0.1:" + port)
            c.equal("a port that is taken", done.returncode, audit.EXIT_INTERNAL)
            c.true("is said", b"--metrics: Address already in use" in done.stderr, done.stderr)
        finally:
            p.kill()
            p.communicate()
        for wrong in ("x", "70000", "example.org:1", "::1:9090", "1.2.3.4:", ":9"):
            c.equal(wrong, scan(path, "--metrics", wrong).returncode, audit.EXIT_USAGE)


def a_long_list(c):
    """Of a million lines only some thousands are read before somebody is asked, and while nobody
    answers: the first connection does not wait for the rest, nor does memory hold it."""
    with socket.socket() as s:
        s.bind(("0.0.0.0", 0))
        s.listen(1024)
        s.settimeout(PATIENCE)
        port = s.getsockname()[1]
        path = write_list(c, "million.txt", ("127.%d.%d.%d:%d" % (
            1 + i // 62500, i // 250 % 250, i % 250 + 1, port) for i in range(1000000)))
        p = subprocess.Popen(argv(path, "-j", "2", "--metrics", "0", "--timeout", "60"),
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            url = p.stderr.readline().split()[-1].decode()
            s.accept()[0].close()
            with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
                text = answer.read().decode()
            count = int(text.split("\ntlsaudit_scan_targets_read_total ")[1].split()[0])
            # The window, as many that wait, and those in flight: see src/bulk/window.h, bulk.c.
            c.true("lines read", 1 <= count <= 2 * 4096 + 1000, count)
        finally:
            p.kill()
            p.communicate()


live.main(every_format, a_format_broken_off, metrics, a_long_list)
