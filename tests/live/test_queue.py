"""Scans by a queue: whatever is killed or frozen, every host has its records once.

A redis-server of our own, behind a socket in a directory of ours; nginx on every address of
127.0.0.0/8.  The feeder, workers, the sink and the server are killed in the
middle, a worker is frozen past its lease, and each time the records are counted.
"""
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import time

import audit
import live
import servers
from lists import (LOOPBACK, PATIENCE, SECONDS, addresses, each_once, everywhere, n_lines, read,
                   wait_for, write_list)

BUILD = os.path.dirname(os.path.abspath(audit.PROGRAM))
FEED, SINK = os.path.join(BUILD, "tlsaudit-feed"), os.path.join(BUILD, "tlsaudit-sink")
WALL = ["--timeout", "2"]       # so a lease is four seconds
SLOW = ["--rate", "100"]        # some ten hosts a second: not done before something happens to it


class Queue:
    """redis-server, which can be killed and started anew on what it kept."""

    def __init__(self, c, *options, fsync="always"):
        self.exe = servers.program("redis-server", "redis-server")
        self.cli_exe = servers.program("redis-cli", "redis-tools")
        self.dir = os.path.join(c.work, "redis")
        os.makedirs(self.dir, exist_ok=True)
        self.socket = os.path.join(self.dir, "s")
        self.url = "unix://" + self.socket
        self.options = ["--appendonly", "yes", "--appendfsync", fsync, *options]
        self.login = []
        self.process = None

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *exc):
        self.kill()

    def start(self):
        with open(os.path.join(self.dir, "log"), "ab") as log:
            self.process = subprocess.Popen(
                [self.exe, "--port", "0", "--unixsocket", self.socket, "--dir", self.dir,
                 "--save", "",
                 *self.options], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_for("redis", lambda: self.process.poll() is not None or self.cli("ping") == ["PONG"])
        if self.process.poll() is not None:
            with open(os.path.join(self.dir, "log"), errors="replace") as f:
                raise RuntimeError("redis-server: " + f.read()[-2000:])

    def kill(self):
        self.process.kill()
        self.process.wait()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.socket)

    def cli(self, *words):
        """The reply, a value a line."""
        done = subprocess.run([self.cli_exe, "-s", self.socket, *self.login, *words],
                              capture_output=True, timeout=PATIENCE, check=False)
        return [line for line in done.stdout.decode().splitlines() if line != ""]

    def length(self, key):
        return int((self.cli("XLEN", "tlsaudit:" + key) or ["0"])[0])


def pending(q):
    """The jobs that workers have."""
    lines = q.cli("XPENDING", "tlsaudit:jobs", "workers", "-", "+", "99")
    return [line for line in lines if re.fullmatch(r"\d+-\d+", line)]


class Program:
    """One of the three, with its standard error."""

    def __init__(self, c, *argv, env=()):
        self.err = os.path.join(c.work, "err%d" % len(os.listdir(c.work)))
        with open(self.err, "wb") as err:
            self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL,
                                            stdout=subprocess.DEVNULL,
                                            stderr=err, env=dict(os.environ, **dict(env)))
        c.running.append(self.process)

    def text(self):
        with open(self.err, errors="replace") as f:
            return f.read()

    def kill(self, how=signal.SIGKILL):
        self.process.send_signal(how)
        if how == signal.SIGKILL:
            self.process.wait()

    def status(self):
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            text = "it does not end: %s\n%s" % (self.process.args, self.text())
            raise audit.Missing(text) from None


@contextlib.contextmanager
def programs(c):
    """Ends whatever a case has left running."""
    c.running = []
    try:
        yield
    finally:
        for p in c.running:
            if p.poll() is None:
                p.kill()
            p.wait()


def feed(c, q, path, *options):
    return Program(c, FEED, "--queue", q.url, *options, path)


def work(c, q, *options):
    return Program(c, audit.PROGRAM, "--work", "--queue", q.url, *LOOPBACK, "-j", "1",
                   "--in-flight", "8", *WALL, *options)


def sink(c, q, out, *options):
    return Program(c, SINK, "--queue", q.url, "-o", out, *options)


@contextlib.contextmanager
def scene(c, hosts, *options, **more):
    """nginx, redis, a list of so many hosts, and a place for records."""
    with programs(c), everywhere(c) as s, Queue(c, *options, **more) as q:
        lines = addresses(hosts, s.port)
        yield q, write_list(c, "hosts.txt", lines), os.path.join(c.work, "scan.jsonl")


def all_there(c, q, out, hosts):
    records, data = read(out)
    c.true("ends whole", data.endswith(b"}\n"))
    each_once(c, "all", records, range(1, hosts + 1))
    c.equal("statuses", {r["status"] for r in records}, {"ok"})
    c.equal("what is left", [q.length(k) for k in ("jobs", "results", "dead")], [0, 0, 0])


# ---- cases -------------------------------------------------------------------------------------

def one_scan(c):
    """Feeder, two workers, sink, all at once; then nothing is left, and everybody knows it."""
    with scene(c, 120) as (q, path, out):
        with open(path, "a", encoding="ascii") as f:
            f.write("no such thing\n")
        all_of = [feed(c, q, path, "--max-length", "40"), work(c, q), work(c, q, "-j", "2"),
                  sink(c, q, out)]
        c.equal("exit", [p.status() for p in all_of], [audit.EXIT_NOT_ASSESSED, 0, 0, 0])
        c.true("the bad line is named", ":121: " in all_of[0].text(), all_of[0].text())
        all_there(c, q, out, 120)
        order = [r["list"]["seq"] for r in read(out)[0]]
        c.true("neighbours are scattered", order != sorted(order))
        c.equal("no worker's name is left", q.cli("XINFO", "CONSUMERS", "tlsaudit:jobs", "workers"),
                [])
        again = [feed(c, q, path), work(c, q), sink(c, q, out)]
        c.equal("nothing to do", [p.status() for p in again], [audit.EXIT_NOT_ASSESSED, 0, 0])
        all_there(c, q, out, 120)


def workers_killed(c):
    with scene(c, 120) as (q, path, out):
        feed(c, q, path), sink(c, q, out)
        for at in (10, 30):
            w = work(c, q, *SLOW)
            wait_for("results", lambda at=at: n_lines(out) > at)
            w.kill()
        last = work(c, q)
        c.equal("exit", last.status(), 0)
        wait_for("the sink", lambda: n_lines(out) == 120)
        all_there(c, q, out, 120)


def same_name(c):
    """A worker that comes again under its name has its targets at once, not after their lease."""
    with scene(c, 60) as (q, path, out):
        c.equal("fed", feed(c, q, path).status(), 0)
        sink(c, q, out)
        w = work(c, q, "--consumer", "one", "--timeout", "1000", *SLOW)
        wait_for("results", lambda: n_lines(out) > 5)
        w.kill()
        c.equal("exit", work(c, q, "--consumer", "one", "--timeout", "1000").status(), 0)
        wait_for("the sink", lambda: n_lines(out) == 60)
        all_there(c, q, out, 60)


def feeder_killed(c):
    with scene(c, 200) as (q, path, out):
        work(c, q), sink(c, q, out)
        killed = 0
        for at in (20, 60, 110):
            f = feed(c, q, path, "--max-length", "16")
            wait_for("results", lambda at=at: n_lines(out) > at)
            killed += f.process.poll() is None
            f.kill()
        c.equal("killed in the middle", killed, 3)
        f = feed(c, q, path, "--max-length", "16")
        c.equal("exit", f.status(), 0)
        wait_for("the sink", lambda: n_lines(out) == 200)
        all_there(c, q, out, 200)


def two_feeders(c):
    """WATCH: each block once, whoever brings it."""
    with scene(c, 100) as (q, path, out):
        both = [feed(c, q, path, "--max-length", "8") for _ in range(2)]
        rest = [work(c, q), sink(c, q, out)]
        c.equal("exit", [p.status() for p in both + rest], [0, 0, 0, 0])
        all_there(c, q, out, 100)


def sink_killed(c):
    for suffix in ("", ".zst"):
        with scene(c, 120) as (q, path, out):
            shutil.rmtree(os.path.join(c.work, "kept"), ignore_errors=True)
            out += suffix
            feed(c, q, path), work(c, q)
            for left in (100, 60, 30):
                s = sink(c, q, out)
                wait_for("results", lambda left=left: q.length("jobs") < left)
                s.kill()
                with open(out, "ab") as f:          # as if the last write had been torn
                    f.write(b"\x28\xb5\x2f\xfd\x00" if suffix else b'{"schema_version":"1.0","to')
            c.equal("exit", sink(c, q, out).status(), 0)
            if suffix:
                data = subprocess.run([servers.program("zstd", "zstd"), "-dc", out],
                                      capture_output=True,
                                      check=True).stdout
                out = servers.write(c.work, "plain.jsonl", data.decode())
            all_there(c, q, out, 120)
            shutil.rmtree(q.dir)


def sink_dies_before_it_acknowledges(c):
    """What is in the file and still in the queue is not written again."""
    with scene(c, 30) as (q, path, out):
        c.equal("fed, done", [feed(c, q, path).status(), work(c, q).status()], [0, 0])
        q.cli("XGROUP", "CREATE", "tlsaudit:results", "sink", "0")
        text = q.cli("--json", "XREADGROUP", "GROUP", "sink", "sink", "COUNT", "20", "STREAMS",
                     "tlsaudit:results", ">")
        entries = json.loads("\n".join(text))
        entries = entries[0][1] if isinstance(entries, list) else next(iter(entries.values()))
        fields = [e[1] for e in entries]
        records = [f[f.index("records") + 1] if isinstance(f, list) else f["records"]
                   for f in fields]
        servers.write(c.work, "scan.jsonl", "".join(records))
        c.equal("exit", sink(c, q, out).status(), 0)
        all_there(c, q, out, 30)


def server_killed(c):
    """Nobody is started anew: all of them connect again, and do again what the server has lost."""
    for fsync in ("always", "everysec"):
        with scene(c, 160, fsync=fsync) as (q, path, out):
            all_of = [feed(c, q, path, "--max-length", "32"), work(c, q), sink(c, q, out)]
            for at in (15, 60, 100):
                wait_for("results", lambda at=at: n_lines(out) > at)
                q.kill()
                time.sleep(0.3)
                q.start()
            c.equal("exit", [p.status() for p in all_of], [0, 0, 0])
            c.true("it is said", "trying again" in all_of[1].text(), all_of[1].text())
            all_there(c, q, out, 160)
            os.unlink(out)
            shutil.rmtree(q.dir)


def server_forgets(c):
    """The server comes again without what it had: the list is fed again from where it was."""
    with scene(c, 60) as (q, path, out):
        f, s = feed(c, q, path, "--max-length", "16"), sink(c, q, out)
        wait_for("a block", lambda: q.length("jobs") == 16)
        q.kill()
        shutil.rmtree(q.dir)
        os.makedirs(q.dir)
        q.start()
        c.equal("exit", [work(c, q).status(), f.status(), s.status()], [0, 0, 0])
        all_there(c, q, out, 60)


def worker_frozen(c):
    """Past its lease another one has its targets; when it thaws, its results go nowhere."""
    with scene(c, 60) as (q, path, out):
        s, w = sink(c, q, out), work(c, q, *SLOW)
        feed(c, q, path)
        wait_for("results", lambda: n_lines(out) > 5)
        w.kill(signal.SIGSTOP)
        held = int(q.cli("XPENDING", "tlsaudit:jobs", "workers")[0])
        c.true("it has some in hand", held > 0, held)
        c.equal("the other does all", work(c, q).status(), 0)
        w.kill(signal.SIGCONT)          # what it was asking has timed out meanwhile
        c.true("exit", w.status() in (0, audit.EXIT_NOT_ASSESSED))
        c.equal("the sink", s.status(), 0)
        all_there(c, q, out, 60)


def lease_taken(c):
    """A job that becomes another's in the middle: the result of who had it goes nowhere."""
    with scene(c, 40) as (q, path, out):
        c.equal("fed", feed(c, q, path).status(), 0)
        w = work(c, q, "--consumer", "first", "--timeout", "60", *SLOW)
        wait_for("jobs in hand", lambda: pending(q))
        taken = pending(q)[-1]
        steal = ["XCLAIM", "tlsaudit:jobs", "workers", "thief", "0", taken]
        q.cli(*steal)
        wait_for("all others", lambda: q.length("jobs") == 1)
        c.equal("it is still there", pending(q), [taken])
        c.equal("results", q.length("results"), 39)
        w.kill(signal.SIGINT)
        w.status()
        q.cli(*steal, "IDLE", "1000000", "JUSTID")
        c.equal("exit", [work(c, q, "--timeout", "60").status(), sink(c, q, out).status()], [0, 0])
        all_there(c, q, out, 40)


def given_up(c):
    """Four deliveries without a result: the dead list, and a record that says so."""
    with scene(c, 3) as (q, path, out):
        c.equal("fed", feed(c, q, path).status(), 0)
        q.cli("XGROUP", "CREATE", "tlsaudit:jobs", "workers", "0")
        q.cli("XREADGROUP", "GROUP", "workers", "gone", "COUNT", "2", "STREAMS", "tlsaudit:jobs",
              ">")
        for entry, deliveries in zip(pending(q), ("2", "3")):
            q.cli("XCLAIM", "tlsaudit:jobs", "workers", "gone", "0", entry, "IDLE", "1000000",
                  "RETRYCOUNT", deliveries)
        w, s = work(c, q), sink(c, q, out)
        c.equal("exit", [w.status(), s.status()], [audit.EXIT_NOT_ASSESSED, 0])
        records, _ = read(out)
        each_once(c, "all", records, range(1, 4))
        crashed = [r for r in records if r["status"] == "worker_crash"]
        c.equal("one is given up", len(crashed), 1)
        dead = q.cli("XRANGE", "tlsaudit:dead", "-", "+")
        c.true("it is in the list of the dead",
               str(crashed[0]["list"]["seq"]) in dead and "why" in dead, dead)


def no_sink(c):
    """Ten thousand results that nobody takes: workers take no more targets until somebody does."""
    with scene(c, 10) as (q, path, out):
        c.equal("fed", feed(c, q, path).status(), 0)
        q.cli("EVAL", "for i = 1, 10001 do redis.call('XADD', KEYS[1], '*', 'a', 'b') end", "1",
              "tlsaudit:results")
        w = work(c, q)
        wait_for("looks at the state", lambda: any(
            line.startswith("cmdstat_hget:") and int(line.split("calls=")[1].split(",")[0]) > 3
            for line in q.cli("INFO", "commandstats")))
        c.equal("nothing was taken", q.cli("XPENDING", "tlsaudit:jobs", "workers")[0], "0")
        q.cli("DEL", "tlsaudit:results")
        c.equal("exit", w.status(), 0)
        c.equal("the sink", sink(c, q, out).status(), 0)
        all_there(c, q, out, 10)


def nobody_there(c):
    """No server: everybody waits for one, and ends when told to."""
    with programs(c):
        path, out = write_list(c, "hosts.txt", ["192.0.2.1"]), os.path.join(c.work, "out")
        url = ["--queue", "unix://" + os.path.join(c.work, "none")]
        for argv in ([FEED, *url, path], [SINK, *url, "-o", out], [audit.PROGRAM, "--work", *url]):
            p = Program(c, *argv)
            wait_for("it is said", lambda p=p: "trying again" in p.text())
            p.kill(signal.SIGINT)
            c.equal("exit", p.status(), 128 + signal.SIGINT)


def interrupted(c):
    """SIGINT: what is under way is handed in, the rest is given back at once."""
    with scene(c, 100) as (q, path, out):
        c.equal("fed", feed(c, q, path).status(), 0)
        sink(c, q, out)
        w = work(c, q, "--timeout", "1000", *SLOW)      # nobody could wait for such a lease's end
        wait_for("results", lambda: n_lines(out) > 10)
        w.kill(signal.SIGINT)
        c.equal("exit", w.status(), 128 + signal.SIGINT)
        c.true("it is said", "in the queue" in w.text(), w.text())
        c.equal("its name is gone", q.cli("XINFO", "CONSUMERS", "tlsaudit:jobs", "workers").count(
            "returned"), 1)
        c.true("not all are done", q.length("jobs") > 0)
        c.equal("exit", work(c, q, "--timeout", "1000").status(), 0)
        wait_for("the sink", lambda: n_lines(out) == 100)
        all_there(c, q, out, 100)


def rubbish(c):
    """What others put into the streams does no harm."""
    with scene(c, 20) as (q, path, out):
        for fields in (["a", "b"],
                       ["seq", "0", "line", "1", "digest", "0", "host", "h", "port", "1"],
                       ["seq", "1", "line", "1", "digest", "zz", "host", "h.example", "port", "1"],
                       ["seq", "1", "line", "1", "digest", "0", "host", "-o\n", "port", "1",
                        "starttls", "none"],
                       ["x", "y"] * 5000):
            q.cli("XADD", "tlsaudit:jobs", "*", *fields)
        place = '"list":{"seq":1,"line":1,"record":1,"records":%d,"digest":"00"}'
        for records in ("", "x\n", "{}\n", "{" + place % 2 + "}\n", "{" + place % 1 + "}",
                        "{" + place % 1 + "\n}\n", '{"x":tru,' + place % 1 + "}\n"):
            q.cli("XADD", "tlsaudit:results", "*", "seq", "1", "records", records)
        all_of = [feed(c, q, path), work(c, q), sink(c, q, out)]
        c.equal("exit", [p.status() for p in all_of], [0, 0, audit.EXIT_NOT_ASSESSED])
        each_once(c, "all", read(out)[0], range(1, 21))
        c.equal("the dead", q.length("dead"), 5 + 7)


def other_lists_and_options(c):
    with scene(c, 20) as (q, path, out):
        c.equal("fed", feed(c, q, path).status(), 0)
        with open(path, encoding="ascii") as f:
            lines = f.read().splitlines()
        other = feed(c, q, write_list(c, "other", lines[::-1]))
        c.equal("another list", other.status(), audit.EXIT_USAGE)
        c.true("and what to do", "--stream-prefix" in other.text(), other.text())
        c.equal("a shorter one", feed(c, q, write_list(c, "short", lines[:5])).status(),
                audit.EXIT_USAGE)
        longer = write_list(c, "longer", lines + addresses(5, 9, "127.9"))
        c.equal("a longer one", feed(c, q, longer).status(), 0)
        c.equal("its end", q.cli("HGET", "tlsaudit:scan", "end"), ["25"])
        c.equal("elsewhere", feed(c, q, path, "--stream-prefix", "two").status(), 0)
        c.equal("and all of it", q.cli("XLEN", "two:jobs"), ["20"])
        c.equal("work", work(c, q, "--stream-prefix", "two").status(), 0)
        strange = work(c, q, "--stream-prefix", "two", "--profile", "certs")
        c.equal("other options", strange.status(), audit.EXIT_INTERNAL)
        c.true("are named", "--profile" in strange.text(), strange.text())
        c.equal("the sink", sink(c, q, out, "--stream-prefix", "two").status(), 0)
        c.equal("written", n_lines(out), 20)
        c.equal("over another scan", sink(c, q, path).status(), audit.EXIT_INTERNAL)


def from_a_pipe(c):
    """Standard input: a target that comes late is fed when it comes."""
    with scene(c, 2) as (q, path, out):
        with open(path, "rb") as f:
            lines = f.read().splitlines(True)
        p = subprocess.Popen([FEED, "--queue", q.url, "-"], stdin=subprocess.PIPE,
                             stderr=subprocess.DEVNULL)
        c.running.append(p)
        p.stdin.write(lines[0])
        p.stdin.flush()
        sink(c, q, out)
        w = work(c, q)
        wait_for("the first", lambda: n_lines(out) == 1)
        p.stdin.write(lines[1])
        p.stdin.close()
        c.equal("exit", [p.wait(PATIENCE), w.status()], [0, 0])
        wait_for("the sink", lambda: n_lines(out) == 2)
        all_there(c, q, out, 2)


def tls_and_acl(c):
    """rediss:// with a client's certificate, and a user of an ACL that may do what is needed."""
    server = c.pki.leaf("queue", hosts=("127.0.0.1",))
    mine = c.pki.leaf("worker", usage="clientAuth")
    port = servers.free_port()
    acl = servers.write(c.work, "acl", "user default off\n"
                        "user audit on >p@ss/word resetkeys ~tlsaudit:* resetchannels -@all "
                        "+ping +select +eval +xadd +xack +xdel +xlen +xrange +xgroup +xreadgroup "
                        "+xpending +xclaim +xautoclaim +hset +hsetnx +hget +hmget +hdel +watch "
                        "+multi +exec\n"
                        "user root on >root ~* &* +@all\n")
    options = ["--tls-port", str(port), "--bind", "127.0.0.1", "--tls-cert-file", server.chain,
               "--tls-key-file", server.key, "--tls-ca-cert-file", c.pki.store, "--aclfile", acl]
    q = Queue(c, *options)
    q.login = ["--user", "root", "--pass", "root", "--no-auth-warning"]
    with programs(c), everywhere(c) as s, q:
        path = write_list(c, "hosts.txt", addresses(30, s.port))
        out = os.path.join(c.work, "scan.jsonl")
        files = ["--queue-ca", c.pki.root.cert, "--queue-cert", mine.chain, "--queue-key", mine.key]
        q.url = "rediss://audit:p%%40ss%%2fword@127.0.0.1:%d/1" % port
        all_of = [feed(c, q, path, *files), work(c, q, *files), sink(c, q, out, *files)]
        c.equal("exit", [p.status() for p in all_of], [0, 0, 0])
        each_once(c, "all", read(out)[0], range(1, 31))
        by_name = Program(c, SINK, "-o", out, *files, env={"TLSAUDIT_QUEUE": q.url})
        c.equal("the URL in the environment", by_name.status(), 0)
        q.url = q.url.replace("word", "wrong")
        wrong = feed(c, q, path, *files)
        c.equal("a wrong password", wrong.status(), audit.EXIT_INTERNAL)
        c.true("is said", "WRONGPASS" in wrong.text() and "wrong@" not in wrong.text(),
               wrong.text())
        q.url = q.url.replace("wrong", "word").replace("127.0.0.1", "localhost")
        for what, words in (("a name that the certificate is not for", files),
                            ("authorities that are not its own", files[2:]),
                            ("no certificate of ours", files[:2])):
            f = feed(c, q, path, *words)
            wait_for(what, lambda f=f: "TLS" in f.text() or "closed" in f.text())
            c.true(what + ": and goes on trying", f.process.poll() is None, f.text())
            f.kill()


def usage(c):
    """What cannot be meant is refused, and no password is shown."""
    with programs(c):
        list_path = write_list(c, "hosts.txt", ["127.0.0.1"])
        for argv in ([FEED, list_path], [FEED, "--queue", "http://x", list_path],
                     [FEED, "--queue", "redis://x", list_path, list_path],
                     [FEED, "--queue", "redis://x", "--queue-ca", "f", list_path],
                     [FEED, "--queue", "redis://x", "--max-length", "0", list_path],
                     [FEED, "--queue", "redis://x", "--group", "a b", list_path],
                     [FEED, "--nothing"],
                     [SINK, "--queue", "redis://x"], [SINK, "--queue", "redis://x", "-o"],
                     [audit.PROGRAM, "--work"], [audit.PROGRAM, "--queue", "redis://x", "host"],
                     [audit.PROGRAM, "--work", "--queue", "redis://x", "--list", list_path],
                     [audit.PROGRAM, "--work", "--queue", "redis://x", "-o", "f"],
                     [audit.PROGRAM, "--work", "--queue", "redis://x", "-f", "csv"],
                     [audit.PROGRAM, "--work", "--queue", "redis://x", "--port", "1"]):
            c.equal(" ".join(argv[1:]), Program(c, *argv).status(), audit.EXIT_USAGE)
        p = Program(c, FEED, "--queue", "redis://u:secret@:1/", list_path)
        c.equal("no host", p.status(), audit.EXIT_USAGE)
        c.true("no secret", "secret" not in p.text(), p.text())
        for program in (FEED, SINK):
            done = subprocess.run([program, "--help"], capture_output=True, check=False,
                                  timeout=SECONDS)
            c.true("--help", done.returncode == 0 and b"--stream-prefix" in done.stdout)


live.main(one_scan, workers_killed, same_name, feeder_killed, two_feeders, sink_killed,
          sink_dies_before_it_acknowledges, server_killed, server_forgets, worker_frozen,
          lease_taken, given_up, no_sink, nobody_there, interrupted, rubbish,
          other_lists_and_options, from_a_pipe, tls_and_acl, usage)
