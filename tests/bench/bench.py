"""`make bench`: tlsaudit beside its peers, against the same nginx on the same machine.

Two configurations: a modern one, and everything that the local OpenSSL still has.  Every tool runs
several times, in turn, so that a slow minute hits all of them; the median counts.  Connections are
what nginx counts; measure.c says what time and memory the kernel gave a tool and its children.

Times mean nothing on another machine, so ratios are printed: tlsaudit / peer.  Below 1 is less.

    bench.py [--runs N] [--fast]      --fast: without testssl.sh, which takes minutes
"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "live"))
import audit  # noqa: E402
import servers  # noqa: E402
from pki import HOST, Pki  # noqa: E402

MODERN = """ssl_protocols TLSv1.2 TLSv1.3; ssl_prefer_server_ciphers on; ssl_ciphers
ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:\
ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305;
"""
EVERYTHING = """ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_prefer_server_ciphers on;
ssl_ciphers ALL:COMPLEMENTOFALL:@SECLEVEL=0;
"""
MEASURES = ("connections", "wall", "cpu", "peak")
LONGEST_SECONDS = 900
MEASURE = os.path.join(os.path.dirname(audit.PROGRAM), "tests", "bench", "measure")


class Tool:
    def __init__(self, name, program, runs, *arguments):
        """arguments: "PORT" in them becomes the port, as a word or after a colon."""
        self.name = name
        self.path = program if os.sep in program else shutil.which(program, path=servers.SEARCH)
        self.runs = runs
        self.arguments = arguments
        self.results = []

    def present(self):
        return self.path is not None and os.access(self.path, os.X_OK)

    def run(self, server):
        """One run; its measures in the order of MEASURES."""
        argv = [self.path] + [a.replace("PORT", str(server.port)) for a in self.arguments]
        before = servers.nginx_accepts(server)
        said = subprocess.run([MEASURE] + argv, capture_output=True, check=True,
                              env=dict(os.environ, TERM="dumb"), timeout=LONGEST_SECONDS).stdout
        self.results.append((servers.nginx_accepts(server) - before, *map(float, said.split())))

    def medians(self):
        return [statistics.median(column) for column in zip(*self.results)]


def tools(runs, slow):
    ours = ("--connect", "127.0.0.1", "--format", "json")
    target = HOST + ":PORT"
    out = [
        Tool("tlsaudit", audit.PROGRAM, runs, *ours, target),
        Tool("tlsaudit, versions suites groups", audit.PROGRAM, runs, *ours, "--only",
             "protocols,cipher_suites,groups", target),
        Tool("sslscan", "sslscan", runs, "--no-colour", "--sni-name=" + HOST, "127.0.0.1:PORT"),
        Tool("nmap ssl-enum-ciphers", "nmap", runs, "-Pn", "-n", "-p", "PORT", "--script",
             "+ssl-enum-ciphers", "127.0.0.1"),
    ]
    if slow:
        out.append(Tool("testssl.sh", "testssl", 1, "--quiet", "--color", "0", "--warnings", "off",
                        "--ip", "127.0.0.1", "-p", "-P", "-f", "-S", target))
    return out


def measure(name, server, tool_list):
    """All runs of all tools, in turn, then the table."""
    said = audit.run(server.port)
    if said.at("status") != "ok":
        raise SystemExit("tlsaudit does not get through: %r" % said.at("status"))
    for number in range(max(t.runs for t in tool_list)):
        for tool in tool_list:
            if number < tool.runs:
                tool.run(server)
    print("\n%s: tlsaudit / peer" % name)
    print("  %-34s" % "" + "".join("%13s" % m for m in MEASURES))
    ours = [t for t in tool_list if t.name.startswith("tlsaudit")]
    peers = [t for t in tool_list if t not in ours]
    for our in ours:
        print("  " + our.name)
        mine = our.medians()
        for peer in peers:
            theirs = peer.medians()
            print("    / %-30s" % peer.name
                  + "".join("%13s" % ratio(m, t) for m, t in zip(mine, theirs)))
        print("    %d connections, peak %.1f MB" % (mine[0], mine[3] / 1024))


def ratio(mine, theirs):
    return "%.3f" % (mine / theirs) if theirs else "-"


def main():
    options = argparse.ArgumentParser(description="tlsaudit beside its peers, as ratios")
    options.add_argument("--runs", type=int, default=5, help="runs of each tool (default 5)")
    options.add_argument("--fast", action="store_true", help="without testssl.sh, which takes minutes")
    options = options.parse_args()
    for tool in tools(1, not options.fast):
        if not tool.present():
            print("not measured: %s is not installed" % tool.name)
    with tempfile.TemporaryDirectory(prefix="tlsaudit-bench-") as work:
        os.chmod(work, 0o755)
        pki = Pki(work)
        keys = "".join("ssl_certificate %s; ssl_certificate_key %s;" % (leaf.chain, leaf.key)
                       for leaf in (pki.leaf("rsa"), pki.leaf("ec", "EC:P-256")))
        dh = "ssl_dhparam %s;" % pki.dh1024()
        for name, text in (("modern", MODERN), ("everything", EVERYTHING + dh)):
            here = os.path.join(work, name)
            os.mkdir(here)
            with servers.nginx(here, keys + text) as server:
                measure(name, server, [t for t in tools(options.runs, not options.fast)
                                       if t.present()])


if __name__ == "__main__":
    try:
        main()
    except servers.Skip as e:
        print("skipped: %s" % e)
        sys.exit(77)
