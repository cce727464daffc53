"""`make bench-bulk`: lists of targets, beside sslscan --targets and nmap -iL; not a test.

nginx answers on many addresses of 127.0.0.0/8, and nothing leaves the loopback.  Printed are hosts a
second and CPU milliseconds a host, and ratios within this run; memory for short and long lists; how
late the event loop is when one host in ten is hostile; and how soon a list of a million lines gets its
first connection.

    bulk.py [--hosts N] [--peer-hosts N] [--long N]
"""
import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "live"))
import audit  # noqa: E402
import servers  # noqa: E402
from pki import Pki  # noqa: E402

LOOPBACK = ["--no-default-exclude", "--rate", "0", "--host-rate", "0", "--progress", "never"]
# What nmap's script asks, and with the groups and their order, which it does not.
SUITES = ["--profile", "full", "--only", "protocols,cipher_suites"]
ENUMERATION = ["--profile", "full", "--only", "protocols,cipher_suites,groups"]
MEASURE = os.path.join(os.path.dirname(audit.PROGRAM), "tests", "bench", "measure")
LIVE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "live")
LONGEST_SECONDS = 900
HOSTILE = ["silence", "drip", "warning-flood", "hello-request-flood", "message-16mb", "chain-1000",
           "endless-handshake", "garbage", "zero-records", "every-third-fails"]


def address(i):
    return "127.%d.%d.%d" % (1 + i // 62500, i // 250 % 250, i % 250 + 1)


def nginx(work, pki):
    leaf = pki.leaf("ec", "EC:P-256")
    exe = servers.program("nginx", "nginx")

    def command(port):
        path = servers.write(work, "nginx.conf", """daemon off; worker_processes 2;
pid %(work)s/nginx.pid; error_log %(work)s/nginx.err crit;
worker_rlimit_nofile 8192; events { worker_connections 4096; }
http {
	access_log off;
	client_body_temp_path %(work)s/t1; proxy_temp_path %(work)s/t2;
	fastcgi_temp_path %(work)s/t3; uwsgi_temp_path %(work)s/t4; scgi_temp_path %(work)s/t5;
	server { listen 0.0.0.0:%(port)d ssl backlog=4096 reuseport; ssl_protocols TLSv1.2 TLSv1.3;
		ssl_certificate %(chain)s; ssl_certificate_key %(key)s; }
}
""" % {"work": work, "port": port, "chain": leaf.chain, "key": leaf.key})
        return [exe, "-p", work, "-c", path, "-e", work + "/nginx.err"]
    return servers.Server("nginx", work, command)


def measured(*argv):
    """(seconds, CPU seconds, peak in kB) of one run."""
    said = subprocess.run([MEASURE, *argv], capture_output=True, check=True,
                          env=dict(os.environ, TERM="dumb"), timeout=LONGEST_SECONDS).stdout
    return [float(x) for x in said.split()][:3]


def write(work, name, lines):
    return servers.write(work, name, "".join(line + "\n" for line in lines))


def scan(work, name, lines, *options):
    """Measures of one scan, and its own counts."""
    path = write(work, name + ".txt", lines)
    out, stats = os.path.join(work, name + ".out"), os.path.join(work, name + ".json")
    got = measured(audit.PROGRAM, "--list", path, "-o", out, "--stats", stats, *LOOPBACK, *options)
    os.unlink(out)
    with open(stats, encoding="utf-8") as f:
        return got, json.load(f)


def speed(work, server, hosts, peer_hosts):
    rows = []

    def row(name, n, m):
        rows.append((name, n / m[0], 1000 * m[1] / n))
        print("%-46s %7d hosts %9.1f hosts/s %9.2f ms CPU/host" % (name, n, *rows[-1][1:]))

    targets = ["%s:%d" % (address(i), server.port) for i in range(hosts)]
    for workers in ("1", "2"):
        row("tlsaudit fast, -j " + workers, hosts,
            scan(work, "fast" + workers, targets, "-j", workers)[0])
    few = targets[:max(1, hosts // 4)]
    for name, options in (("versions suites", SUITES), ("versions suites groups", ENUMERATION)):
        row("tlsaudit %s, -j 2" % name, len(few), scan(work, "enum", few, "-j", "2", *options)[0])
    some = targets[:peer_hosts]
    sslscan, nmap = (shutil.which(p, path=servers.SEARCH) for p in ("sslscan", "nmap"))
    if sslscan:
        row("sslscan --targets", len(some),
            measured(sslscan, "--no-colour", "--targets=" + write(work, "sslscan.txt", some)))
    if nmap:
        plain = write(work, "nmap.txt", [t.split(":")[0] for t in some])
        row("nmap ssl-enum-ciphers --max-hostgroup 64", len(some),
            measured(nmap, "-Pn", "-n", "--max-hostgroup", "64", "-p", str(server.port), "--script",
                     "+ssl-enum-ciphers", "-iL", plain))
    by_name = {name: (rate, cpu) for name, rate, cpu in rows}
    for ours, theirs in (("tlsaudit fast, -j 1", "sslscan --targets"),
                         ("tlsaudit versions suites, -j 2",
                          "nmap ssl-enum-ciphers --max-hostgroup 64"),
                         ("tlsaudit versions suites groups, -j 2",
                          "nmap ssl-enum-ciphers --max-hostgroup 64")):
        if theirs in by_name:
            a, b = by_name[ours], by_name[theirs]
            print("%s / %s: %.1f times the hosts a second, %.3f of the CPU a host"
                  % (ours, theirs, a[0] / b[0], a[1] / b[1]))


def memory(work, server, long):
    """Peak resident set with a short and a long list, most of which refuse."""
    peaks = []
    for n in (1000, 10000, long):
        lines = ["%s:%d" % (address(i), server.port if i % 20 == 0 else 1) for i in range(n)]
        got, counts = scan(work, "memory", lines, "-j", "1", "--in-flight", "1000")
        peaks.append(counts["peak_kb"])
        print("%7d targets: peak %6d kB, %.1f s" % (n, counts["peak_kb"], got[0]))
    print("growth from 1000 to %d targets: %.2f times; from 10000, which fill the window: %.2f times"
          % (long, peaks[2] / peaks[0], peaks[2] / peaks[1]))


def late(page):
    """The smallest bucket of lateness that 99 of 100 beats are within, in ms; how many beats."""
    buckets = [(float(line.split('"')[1]), int(line.split()[-1])) for line in page.splitlines()
               if line.startswith("tlsaudit_scan_loop_lag_seconds_bucket")]
    beats = buckets[-1][1]
    return next(1000 * le for le, n in buckets if n >= 0.99 * beats), beats


def until_good(url, n):
    """The page of metrics when n endpoints are audited: only the hostile ones are under way then."""
    while True:
        time.sleep(0.1)
        with urllib.request.urlopen(url) as answer:
            page = answer.read().decode()
        if int(re.search(r'records_total\{status="ok"\} (\d+)', page).group(1)) >= n:
            return page


def hostile_run(path, n_good, *before):
    with subprocess.Popen([*before, audit.PROGRAM, "--list", path, "-j", "2", "--timeout", "20",
                           "--metrics", "0", *LOOPBACK], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE) as p:
        begin = time.monotonic()
        said = p.stderr.readline().split()
        if not said:
            return None
        page = until_good(said[-1].decode(), n_good)
        seconds = time.monotonic() - begin
        p.kill()
        return seconds, *late(page)


def hostile(work, pki, server, hosts):
    """How late the loops are, by the clock; and with a priority above all, so that it is not the
    servers on the same machine that they wait for."""
    der = os.path.join(work, "leaf.der")
    with open(der, "wb") as f:
        f.write(pki.leaf("ec", "EC:P-256").der())
    with subprocess.Popen([sys.executable, os.path.join(LIVE, "hostile.py"), "--cert", der,
                           "--upstream", str(server.port)], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as p:
        ports = json.loads(p.stdout.readline())
        lines = ["127.0.0.1:%d" % ports[HOSTILE[i // 10 % len(HOSTILE)]] if i % 10 == 0 else
                 "%s:%d" % (address(i), server.port) for i in range(hosts)]
        path = write(work, "hostile.txt", lines)
        good = sum(not line.startswith("127.0.0.1:") for line in lines)
        for name, before in (("beside its servers", []), ("before them", ["chrt", "-f", "1"])):
            got = hostile_run(path, good, *before)
            if got is None:
                print("one in ten hostile, %s: not allowed here" % name)
            else:
                print("one in ten hostile, %s: %d hosts in %.1f s; 99 of 100 of %d beats at most "
                      "%g ms late" % (name, good, got[0], got[2], got[1]))
        p.stdin.close()


def first_connection(work, lines):
    with socket.socket() as s:
        s.bind(("0.0.0.0", 0))
        s.listen(64)
        s.settimeout(60)
        port = s.getsockname()[1]
        path = write(work, "million.txt", ("%s:%d" % (address(i), port) for i in range(lines)))
        begin = time.monotonic()
        with subprocess.Popen([audit.PROGRAM, "--list", path, *LOOPBACK], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as p:
            s.accept()[0].close()
            print("%d lines: the first connection after %.3f s" % (lines, time.monotonic() - begin))
            p.kill()


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--hosts", type=int, default=1000)
    options.add_argument("--peer-hosts", type=int, default=64)
    options.add_argument("--long", type=int, default=100000)
    o = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="tlsaudit-bench-") as work:
        os.chmod(work, 0o755)
        pki = Pki(work)
        try:
            with nginx(work, pki) as server:
                speed(work, server, o.hosts, o.peer_hosts)
                memory(work, server, o.long)
                hostile(work, pki, server, 5 * o.hosts)
        except servers.Skip as e:
            print("skipped: %s" % e)
        first_connection(work, 1000000)


if __name__ == "__main__":
    main()
