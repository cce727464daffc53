"""Real daemons that begin in the clear, each as its own packages bring it, on free loopback ports.

They are made to run as whoever runs the test, with all their files in the test's directory; those
that do not want to be root are given to nobody.
"""
import os
import pwd
import shutil
import subprocess

import servers
from servers import Server, Skip, free_port, program, write

NOBODY = "nobody"


def me():
    return pwd.getpwuid(os.getuid()).pw_name


def handshake(port, proto, *options):
    """Does OpenSSL's own client get a TLS session there?"""
    done = subprocess.run(["openssl", "s_client", "-connect", "127.0.0.1:%d" % port, "-starttls",
                           proto, "-name", "live.example", *options], stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=60)
    return b"Cipher is (NONE)" not in done.stdout and b"Cipher is" in done.stdout


def copy_keys(work, leaf, owner=None):
    """The leaf's files under names that all use, readable by the owner."""
    for source, name in ((leaf.chain, "cert.pem"), (leaf.key, "key.pem")):
        to = os.path.join(work, name)
        shutil.copy(source, to)
        os.chmod(to, 0o600)
        if owner and os.getuid() == 0:
            shutil.chown(to, owner)


def as_nobody():
    """The start of a command line for a daemon that refuses to be root."""
    if os.getuid() != 0:
        return []
    return [program("setpriv", "util-linux"), "--reuid=" + NOBODY, "--regid=nogroup",
            "--clear-groups"]


def slapd(work, leaf):
    exe = program("slapd", "slapd")
    copy_keys(work, leaf)
    conf = write(work, "slapd.conf", """pidfile %(w)s/slapd.pid
TLSCertificateFile %(w)s/cert.pem
TLSCertificateKeyFile %(w)s/key.pem
""" % {"w": work})
    return Server("slapd", work, lambda port: [exe, "-d", "0", "-f", conf, "-h",
                                               "ldap://127.0.0.1:%d" % port])


def proftpd(work, leaf):
    exe = program("proftpd", "proftpd-core")
    if not os.path.exists("/usr/lib/proftpd/mod_tls.so"):
        raise Skip("proftpd has no TLS here (package proftpd-mod-crypto)")
    copy_keys(work, leaf)

    def command(port):
        conf = """LoadModule mod_tls.c
ServerType standalone
DefaultAddress 127.0.0.1
Port %(port)d
UseIPv6 off
User %(user)s
Group %(group)s
PidFile %(w)s/proftpd.pid
ScoreboardFile %(w)s/proftpd.score
DelayEngine off
TransferLog none
WtmpLog off
SystemLog %(w)s/proftpd.system
TLSEngine on
TLSRequired off
TLSProtocol TLSv1.2 TLSv1.3
TLSRSACertificateFile %(w)s/cert.pem
TLSRSACertificateKeyFile %(w)s/key.pem
TLSLog %(w)s/proftpd.tls
""" % {"port": port, "w": work, "user": NOBODY if os.getuid() == 0 else me(),
            "group": "nogroup" if os.getuid() == 0 else os.getgid()}
        return [exe, "-n", "-c", write(work, "proftpd.conf", conf)]
    return Server("proftpd", work, command)


def prosody(work, leaf):
    exe = program("prosody", "prosody")
    if os.getuid() == 0:
        shutil.chown(work, NOBODY)
    copy_keys(work, leaf, NOBODY)
    s2s = free_port()

    def command(port):
        conf = """pidfile = "%(w)s/prosody.pid"; data_path = "%(w)s"; daemonize = false;
modules_enabled = { "tls", "dialback", "disco" }; modules_disabled = { "posix" };
interfaces = { "127.0.0.1" }; c2s_ports = { %(port)d }; s2s_ports = { %(s2s)d };
c2s_require_encryption = true; authentication = "internal_hashed"; log = { error = "*console" };
VirtualHost "live.example"
	ssl = { certificate = "%(w)s/cert.pem"; key = "%(w)s/key.pem"; }
""" % {"w": work, "port": port, "s2s": s2s}
        return [*as_nobody(), exe, "-F", "--config", write(work, "prosody.cfg.lua", conf)]
    server = Server("prosody", work, command)
    server.s2s_port = s2s
    return server


def dovecot(work, leaf):
    """IMAP, POP3 and ManageSieve; .ports has the port of each."""
    exe = program("dovecot", "dovecot-imapd")
    copy_keys(work, leaf)
    ports = {}
    for proto, package, login in (("imap", "imapd", "imap-login"), ("pop3", "pop3d", "pop3-login"),
                                  ("sieve", "managesieved", "managesieve-login")):
        if os.path.exists("/usr/lib/dovecot/" + login):
            ports[proto] = free_port()
    if "imap" not in ports:
        raise Skip("dovecot has no IMAP here (package dovecot-imapd)")
    root = os.getuid() == 0

    def service(proto, login, listener):
        if proto not in ports:
            return ""
        return """service %s {
  %s
  inet_listener %s {
    port = %d
  }
  inet_listener %ss {
    port = 0
  }
}
""" % (login, "" if root else "chroot =", listener, ports[proto], listener)

    def command(port):
        ports["imap"] = port
        conf = """base_dir = %(w)s/run
state_dir = %(w)s/state
log_path = /dev/stderr
protocols = %(protocols)s
listen = 127.0.0.1
default_internal_user = %(internal)s
default_login_user = %(login)s
default_internal_group = %(group)s
mail_location = maildir:%(w)s/mail
ssl = yes
ssl_min_protocol = TLSv1.2
ssl_cert = <%(w)s/cert.pem
ssl_key = <%(w)s/key.pem
passdb {
  driver = static
}
userdb {
  driver = static
}
service anvil {
  chroot =
}
""" % {"w": work, "protocols": " ".join(ports),
            "internal": "dovecot" if root else me(), "login": "dovenull" if root else me(),
            "group": "dovecot" if root else os.getgid()}
        conf += service("imap", "imap-login", "imap") + service("pop3", "pop3-login", "pop3") + \
            service("sieve", "managesieve-login", "sieve")
        return [exe, "-F", "-c", write(work, "dovecot.conf", conf)]
    server = Server("dovecot", work, command)
    server.ports = ports
    return server


def postgresql(work, leaf):
    found = sorted(servers.glob.glob("/usr/lib/postgresql/*/bin/initdb"))
    if not found:
        raise Skip("no PostgreSQL server is installed (package postgresql)")
    exe = os.path.dirname(found[-1])
    if os.getuid() == 0:
        shutil.chown(work, NOBODY)
    data = os.path.join(work, "data")
    done = subprocess.run([*as_nobody(), exe + "/initdb", "-D", data, "-A", "trust", "--no-sync"],
                          capture_output=True, cwd=work, timeout=120)
    if done.returncode:
        raise RuntimeError("initdb: " + done.stderr.decode(errors="replace")[-1000:])
    copy_keys(work, leaf, NOBODY)
    return Server("postgres", work, lambda port: [
        *as_nobody(), exe + "/postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", work,
        "-F", "-c", "ssl=on", "-c", "ssl_cert_file=%s/cert.pem" % work, "-c",
        "ssl_key_file=%s/key.pem" % work])


def mariadb(work, leaf):
    exe = program("mariadbd", "mariadb-server-core")
    copy_keys(work, leaf)
    data = os.path.join(work, "data")
    os.mkdir(data)
    return Server("mariadbd", work, lambda port: [
        exe, "--no-defaults", "--datadir=" + data, "--port=%d" % port, "--bind-address=127.0.0.1",
        "--socket=%s/sock" % work, "--pid-file=%s/pid" % work, "--skip-grant-tables",
        "--user=" + me(), "--innodb-fast-shutdown=2", "--innodb-buffer-pool-size=8M",
        "--ssl-cert=%s/cert.pem" % work, "--ssl-key=%s/key.pem" % work])


def inspircd(work, leaf):
    exe = program("inspircd", "inspircd")
    if not os.path.exists("/usr/lib/inspircd/modules/m_ssl_gnutls.so"):
        raise Skip("inspircd has no TLS here")
    if os.getuid() == 0:
        shutil.chown(work, NOBODY)
    copy_keys(work, leaf, NOBODY)

    def command(port):
        conf = """<server name="irc.live.example" description="x" network="live">
<admin name="x" nick="x" email="x@live.example">
<bind address="127.0.0.1" port="%(port)d" type="clients">
<connect allow="*" timeout="60">
<pid file="%(w)s/inspircd.pid">
<path datadir="%(w)s" logdir="%(w)s" runtimedir="%(w)s">
<module name="ssl_gnutls"><module name="starttls">
<gnutls certfile="%(w)s/cert.pem" keyfile="%(w)s/key.pem">
<sslprofile name="Clients" provider="gnutls" certfile="%(w)s/cert.pem" keyfile="%(w)s/key.pem">
<log method="file" type="*" level="default" target="%(w)s/inspircd.out">
""" % {"w": work, "port": port}
        return [*as_nobody(), exe, "--nofork", "--config",
                write(work, "inspircd.conf", conf)]
    return Server("inspircd", work, command)
