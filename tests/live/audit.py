"""Run tlsaudit and read its report.

    a = audit.run(port, "--store", "live=" + pki.root.cert)
    a.at("facts.protocols.tls1_2")      # "yes"; a path that is not there raises Missing
    a.codes("facts.suites.tls1_2")      # [0xc02b, ...]
    a.exit, a.wall, a.stderr

The program is $TLSAUDIT, or `tlsaudit` in the build directory.
"""
import json
import os
import subprocess
import time

from pki import HOST

EXIT_PASS, EXIT_POLICY, EXIT_USAGE, EXIT_NOT_ASSESSED, EXIT_INTERNAL = range(5)
PROGRAM = os.environ.get("TLSAUDIT") or os.path.join(
    os.environ.get("top_builddir", "build"), "tlsaudit")
LONGEST_SECONDS = 300


class Missing(Exception):
    """The report lacks what a test asks for."""


class Audit:
    def __init__(self, argv, done, wall):
        self.argv = argv
        self.exit = done.returncode
        self.stdout = done.stdout
        self.stderr = done.stderr.decode(errors="replace")
        self.wall = wall
        self._json = None

    @property
    def json(self):
        """The one object on standard output."""
        if self._json is None:
            lines = self.stdout.decode().splitlines()
            if len(lines) != 1:
                raise Missing("one line of JSON: %d lines, exit %d\n%s"
                              % (len(lines), self.exit, self.stderr[-2000:]))
            self._json = json.loads(lines[0])
        return self._json

    def at(self, path):
        """The value at a dotted path; a number is an index."""
        value = self.json
        seen = []
        for name in path.split("."):
            try:
                value = value[int(name)] if isinstance(value, list) else value[name]
            except (KeyError, IndexError, TypeError, ValueError):
                have = sorted(value) if isinstance(value, dict) else repr(value)[:200]
                raise Missing("%s: no %r at %r, where there is %s"
                              % (path, name, ".".join(seen), have)) from None
            seen.append(name)
        return value

    def codes(self, path):
        """The code points of a list of suites or groups, in the report's order."""
        return [int(entry["code"], 16) for entry in self.at(path)]


def command(port, *options, host=HOST, offline=True):
    """offline: ask nobody but the server, which is all that most tests have."""
    return [PROGRAM, "--format", "json", "--connect", "127.0.0.1", *(["--offline"] * offline),
            *options, "%s:%d" % (host, port)]


def run_command(argv, seconds=LONGEST_SECONDS, env=()):
    start = time.monotonic()
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds,
                          env=dict(os.environ, NO_COLOR="1", TERM="dumb", **dict(env)))
    return Audit(argv, done, time.monotonic() - start)


def run(port, *options, host=HOST):
    return run_command(command(port, *options, host=host))


def run_online(port, cache, *options, host=HOST):
    """Third parties asked too; cache: a folder for what is remembered, proxies that lead nowhere."""
    env = {"XDG_CACHE_HOME": cache, "http_proxy": "http://127.0.0.1:9", "ALL_PROXY": "http://127.0.0.1:9"}
    return run_command(command(port, *options, host=host, offline=False), env=env)


def run_text(port, *options, host=HOST):
    """The same for a person: what the terminal would get, as bytes in stdout."""
    return run_command([PROGRAM, "--offline", "--connect", "127.0.0.1", *options,
                        "%s:%d" % (host, port)])
