"""TLS that begins in the clear: every protocol by a Python half before nginx, and real daemons."""
import time

import audit
import daemons
import live
import preamble
import servers

NGINX = "ssl_certificate %s; ssl_certificate_key %s; ssl_protocols TLSv1.2 TLSv1.3;"


def nginx(c):
    leaf = c.pki.leaf("rsa")
    return servers.nginx(c.work, NGINX % (leaf.chain, leaf.key))


def quick(port, proto, *more):
    return audit.run(port, "--starttls", proto, "--only", "protocols", *more)


def granted(c):
    """Every protocol gets to the TLS behind it."""
    with nginx(c) as tls:
        for proto, talk in preamble.TALKS.items():
            with preamble.Server(talk, tls.port) as s:
                a = quick(s.port, proto)
                c.equal(proto, a.json["status"], "ok")
                c.fact(a, "target.starttls", proto)
                c.fact(a, "facts.protocols.tls1_1", "no")
                c.fact(a, "facts.protocols.tls1_2", "yes")
                c.fact(a, "facts.protocols.tls1_3", "yes")
                c.fact(a, "facts.audit.starttls_injected", "no")
                c.equal(proto + " exit status", a.exit, audit.EXIT_PASS)


def whole_audit(c):
    """What is found behind STARTTLS is what is found without it."""
    with nginx(c) as tls, preamble.Server(preamble.smtp, tls.port) as s:
        plain, mail = audit.run(tls.port), audit.run(s.port, "--starttls", "smtp")
        for path in ("grade_trust_ignored", "facts.protocols", "facts.suites", "facts.groups",
                     "facts.deployments"):
            c.fact(mail, path, plain.at(path))
        c.true("a mail server is not asked for a page", 0 < plain.at("connections") -
               mail.at("connections") <= 2, (plain.at("connections"), mail.at("connections")))
        c.equal("chains", live.chains(mail), live.chains(plain))
        c.equal("connections", s.connections, mail.at("connections"))
        c.true("the client's words", set(s.heard) ==
               {b"EHLO tlsaudit.invalid\r\n", b"STARTTLS\r\n"}, set(s.heard))


def by_scheme(c):
    with nginx(c) as tls:
        for proto in ("smtp", "postgres"):
            with preamble.Server(preamble.TALKS[proto], tls.port) as s:
                a = audit.run_command([audit.PROGRAM, "--format", "json", "--only", "protocols",
                                       "%s://127.0.0.1:%d" % (proto, s.port)])
                c.fact(a, "status", "ok")
                c.fact(a, "target.starttls", proto)


def fails(c, name, proto, talk, words, seconds=20, status=None):
    """An audit that comes to nothing, says why, and ends: within `seconds`, with much to spare."""
    with preamble.Server(talk) as s:
        start = time.monotonic()
        a = quick(s.port, proto, "--timeout", str(seconds))
        wall = time.monotonic() - start
        c.true("%s: status" % name, a.json["status"] not in ("ok", "partial"), a.json["status"])
        if status:
            c.equal("%s: status" % name, a.json["status"], status)
        c.equal("%s: exit status" % name, a.exit, audit.EXIT_NOT_ASSESSED)
        c.fact(a, "grade", None)
        c.true("%s: said why" % name, words in a.stdout.decode() + a.stderr,
               a.stdout.decode()[-500:] + a.stderr)
        c.true("%s: in time" % name, wall < seconds + 20, wall)


def words(*lines):
    """A server that says each line after one of the client's, and the first at once."""
    def talk(t):
        for i, line in enumerate(lines):
            if i > 0:
                t.until(b"\r\n")
            t.say(line)
        t.until(b"the client hangs up")
    return talk


def denied(c):
    not_offered = "does not offer STARTTLS"
    fails(c, "no STARTTLS", "smtp", words("220 x\r\n", "250-x\r\n250 8BITMIME\r\n"), not_offered)
    fails(c, "no STLS", "pop3", words("+OK\r\n", "+OK\r\nTOP\r\n.\r\n"), not_offered)
    fails(c, "no TLS in IMAP", "imap",
          words("* OK\r\n", "* CAPABILITY IMAP4rev1\r\na OK\r\n"), not_offered)
    fails(c, "no TLS in PostgreSQL", "postgres", lambda t: (t.take(8), t.say("N")), not_offered)
    fails(c, "no AUTH", "ftp", words("220 x\r\n", "502 no\r\n"), not_offered)
    fails(c, "refused", "smtp", words("554 go away\r\n"), "554 go away")
    fails(c, "another protocol", "smtp", words("SSH-2.0-Live_1.0\r\n"), "does not speak smtp")


def hostile(c):
    def for_ever(data):
        def talk(t):
            while True:
                t.say(data)
        return talk

    def drip(t):
        while True:
            t.say("2")
            time.sleep(0.1)

    fails(c, "banner without end", "smtp", for_ever("220-hello\r\n" * 100), "100 lines",
          status="limit")
    fails(c, "line without end", "smtp", for_ever("x" * 65536), "64 KiB", status="limit")
    fails(c, "silence", "smtp", words("", ""), "no greeting")
    fails(c, "closed at once", "imap", lambda t: None, "no greeting", status="closed")
    fails(c, "closed after EHLO", "smtp", lambda t: (t.say("220 x\r\n"), t.until(b"\r\n")),
          "no answer to EHLO", status="closed")
    fails(c, "drip", "smtp", drip, "budget", 4)
    fails(c, "control bytes", "smtp", words("554 \x1b[2J\x07 \r\n"), "554 \ufffd[2J")


def injected(c):
    """What comes with the go-ahead is not taken for TLS, but for what it is."""
    def early(t):
        say = t.say
        t.say = lambda data: say(data + "250 injected\r\n" if data.startswith("220 2.0.0")
                                 else data)
        preamble.smtp(t)

    with nginx(c) as tls, preamble.Server(early, tls.port) as s:
        a = quick(s.port, "smtp")
        c.fact(a, "status", "ok")
        c.fact(a, "facts.protocols.tls1_2", "yes")
        c.fact(a, "facts.audit.starttls_injected", "yes")
        c.true("a finding", "starttls_injected" in [f["id"] for f in a.at("findings")],
               a.at("findings"))


def real(c, server, proto):
    """A daemon, and what one TLS client of another library sees of it."""
    with server as s:
        a = quick(s.port, proto)
        c.fact(a, "status", "ok")
        c.fact(a, "target.starttls", proto)
        for version, name in (("-tls1_2", "tls1_2"), ("-tls1_3", "tls1_3")):
            c.fact(a, "facts.protocols." + name,
                   "yes" if daemons.handshake(s.port, proto, version) else "no")


def slapd(c):
    real(c, daemons.slapd(c.work, c.pki.leaf("rsa")), "ldap")


def proftpd(c):
    real(c, daemons.proftpd(c.work, c.pki.leaf("rsa")), "ftp")


def prosody(c):
    with daemons.prosody(c.work, c.pki.leaf("rsa")) as s:
        for proto, port in (("xmpp", s.port), ("xmpp-server", s.s2s_port)):
            a = quick(port, proto)
            c.fact(a, "status", "ok")
            c.fact(a, "facts.protocols.tls1_2", "yes")


def dovecot(c):
    with daemons.dovecot(c.work, c.pki.leaf("rsa")) as s:
        for proto, port in s.ports.items():
            a = quick(port, proto)
            c.fact(a, "status", "ok")
            c.fact(a, "facts.audit.starttls", proto)
            c.true("%s: the greeting" % proto, "ovecot" in a.at("facts.audit.greeting"),
                   a.at("facts.audit"))
            for version, name in (("-tls1_2", "tls1_2"), ("-tls1_3", "tls1_3")):
                c.fact(a, "facts.protocols." + name,
                       "yes" if daemons.handshake(port, proto, version) else "no")


def postgresql(c):
    real(c, daemons.postgresql(c.work, c.pki.leaf("rsa")), "postgres")


def mariadb(c):
    real(c, daemons.mariadb(c.work, c.pki.leaf("rsa")), "mysql")


def inspircd(c):
    """OpenSSL's client does not get through its notices, so GnuTLS's defaults are the truth."""
    with daemons.inspircd(c.work, c.pki.leaf("rsa")) as s:
        a = quick(s.port, "irc")
        c.fact(a, "status", "ok")
        c.fact(a, "facts.protocols.tls1_2", "yes")
        c.fact(a, "facts.protocols.tls1_3", "yes")


if __name__ == "__main__":
    live.main(granted, whole_audit, by_scheme, denied, hostile, injected, slapd, proftpd, prosody,
              dovecot, postgresql, mariadb, inspircd)
