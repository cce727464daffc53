"""The configuration lines of fixes: each software takes its own, and they mend what they should.

A policy of the test sets everything that config.def can set; --config-for says for whom.  Each line
is put into a configuration that is good without it and given to the software's own check, with the
version that is installed.
"""
import glob
import json
import os
import shutil
import subprocess

import audit
import daemons
import live
import servers

HYBRID = "X25519MLKEM768" in subprocess.run(["openssl", "list", "-kem-algorithms"],
                                            capture_output=True, text=True, check=False).stdout
SETTINGS = {
    "versions": ("1.2+", "1.3"),
    "suites": ("ECDHE+AESGCM:ECDHE+CHACHA20",),
    "order": ("server", "client"),
    "suites13": ("TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256",),
    "groups": ("X25519:prime256v1:secp384r1",),
    "dh": ("2048", "3072"),
    "sigalgs": ("ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256",),
    "hsts": ("31536000",),
    "staple": ("on",),
    "chain": ("full",),
    "compression": ("off",),
}
BAD = """ssl_protocols TLSv1 TLSv1.1 TLSv1.2; ssl_ciphers ALL:@SECLEVEL=0;
	ssl_prefer_server_ciphers off;"""


def policy(c):
    """One rule a setting, and each hits."""
    rules = [{"id": "%s_%d" % (key, i), "title": key, "level": "must",
              "when": [["protocols.tls1_2", "is", "yes"]], "fix": "Set %s." % key,
              "config": {key: value}, "ref": "-"}
             for key, values in SETTINGS.items() for i, value in enumerate(values)]
    path = os.path.join(c.work, "all.json")
    with open(path, "w") as f:
        json.dump({"policy": "all", "edition": "1", "title": "all", "kind": "compliance",
                   "rules": rules}, f)
    return path


def lines_for(c, saved, software):
    """The lines of each setting: {("versions", "1.3"): [...], ...}."""
    done = subprocess.run([audit.PROGRAM, "--from", saved, "-f", "json", "--config-for", software,
                           "--compliance", policy(c)], capture_output=True, timeout=60)
    found = {}
    for f in json.loads(done.stdout)["compliance"][0]["deviations"]:
        key, _, i = f["id"].rpartition("_")
        if "config" in f:
            found[key, SETTINGS[key][int(i)]] = f["config"]["lines"]
            for line in f["config"]["lines"]:
                c.true("%s: the sentence has the line" % software, line in f["fix"], f["fix"])
    return found


def put(c, name, text):
    path = os.path.join(c.work, name)
    with open(path, "w") as f:
        f.write(text)
    return path


def takes(c, software, setting, lines, argv, cwd=None):
    done = subprocess.run(argv, capture_output=True, text=True, cwd=cwd or c.work, timeout=60)
    said = (done.stdout + done.stderr)[-400:]
    c.true("%s takes %s=%s: %s" % (software, *setting, lines), done.returncode == 0, said)


def version(*argv):
    """The first word with a dot in it of what it prints: 1.22.1."""
    done = subprocess.run(argv, capture_output=True, text=True)
    for word in (done.stdout + done.stderr).replace("/", " ").replace("-", " ").split():
        if word[0].isdigit() and "." in word:
            return word.strip(",()")
    return ""


def check_nginx(c, exe, saved, leaf):
    for s, lines in lines_for(c, saved, "nginx/" + version(exe, "-v")).items():
        base = "" if s[0] == "chain" else "ssl_certificate fullchain.pem;"
        conf = put(c, "n.conf", "pid n.pid; error_log stderr; events {} http { access_log off; server "
                   "{ listen 127.0.0.1:1 ssl; %s ssl_certificate_key key.pem; %s } }"
                   % (base, "\n".join(lines)))
        takes(c, "nginx", s, lines, [exe, "-t", "-p", c.work, "-c", conf, "-e", "/dev/null"])


def check_apache(c, exe, saved, leaf):
    mods = "/usr/lib/apache2/modules"
    load = "\n".join("LoadModule %s_module %s/mod_%s.so" % (m, mods, m)
                     for m in ("mpm_event", "authz_core", "socache_shmcb", "headers", "ssl"))
    os.makedirs("/run/apache2", exist_ok=True)
    for s, lines in lines_for(c, saved, "apache/" + version(exe, "-v")).items():
        base = "" if s[0] == "chain" else "SSLCertificateFile fullchain.pem"
        outside = [x for x in lines if x.startswith("SSLStaplingCache")]
        conf = put(c, "a.conf", "ServerRoot %s\nServerName x\nDefaultRuntimeDir %s\nErrorLog a.err\n%s\n"
                   "Listen 127.0.0.1:1\n%s\n<VirtualHost *:1>\nSSLEngine on\n%s\n"
                   "SSLCertificateKeyFile key.pem\n%s\n</VirtualHost>\n"
                   % (c.work, c.work, load, "\n".join(outside), base,
                      "\n".join(x for x in lines if x not in outside)))
        takes(c, "Apache", s, lines, [exe, "-t", "-f", conf])


def check_haproxy(c, exe, saved, leaf):
    with open(os.path.join(c.work, "fullchain-and-key.pem"), "w") as f:
        for path in (leaf.chain, leaf.key):
            with open(path) as g:
                f.write(g.read())
    for s, lines in lines_for(c, saved, "haproxy/" + version(exe, "-v")).items():
        front = [x for x in lines if x.split()[0] in ("http-response", "bind")]
        bind = "" if any(x.startswith("bind") for x in front) else \
            "bind 127.0.0.1:1 ssl crt fullchain-and-key.pem"
        conf = put(c, "h.cfg", "global\n%s\ndefaults\nmode http\ntimeout client 1s\ntimeout server 1s\n"
                   "timeout connect 1s\nfrontend x\n%s\n%s\nhttp-request deny\n"
                   % ("\n".join(x for x in lines if x not in front), bind, "\n".join(front)))
        takes(c, "HAProxy", s, lines, [exe, "-c", "-f", conf])


def check_lighttpd(c, exe, saved, leaf):
    if not os.path.exists("/usr/lib/lighttpd/mod_openssl.so"):
        print("SKIP: lighttpd has no mod_openssl (package lighttpd-mod-openssl)")
        return
    for s, lines in lines_for(c, saved, "lighttpd/" + version(exe, "-v")).items():
        conf = put(c, "l.conf", 'server.document-root = "/"\nserver.port = 1\nserver.modules = '
                   '("mod_openssl", "mod_setenv")\nssl.engine = "enable"\n%s\nssl.privkey = "key.pem"\n'
                   '%s\n' % ("" if s[0] == "chain" else 'ssl.pemfile = "fullchain.pem"',
                             "\n".join(lines)))
        takes(c, "lighttpd", s, lines, [exe, "-tt", "-f", conf])


def check_dovecot(c, exe, saved, leaf):
    number = version("dovecot", "--version")
    for s, lines in lines_for(c, saved, "dovecot/" + number).items():
        names = [x.split(" = ")[0] for x in lines]
        text = "\n".join(lines).replace("</etc/dovecot/", "<" + c.work + "/")
        conf = put(c, "d.conf", "%s%s\n" % ("dovecot_config_version = 2.4.0\n" if "2.4." in number
                                        else "", text))
        takes(c, "Dovecot", s, lines, [exe, "-c", conf, *names])


def check_proftpd(c, exe, saved, leaf):
    if not os.path.exists("/usr/lib/proftpd/mod_tls.so"):
        print("SKIP: proftpd has no TLS (package proftpd-mod-crypto)")
        return
    for s, lines in lines_for(c, saved, "proftpd/" + version(exe, "-v")).items():
        text = "\n".join(lines).replace("/etc/proftpd/", c.work + "/")
        conf = put(c, "p.conf", "LoadModule mod_tls.c\nServerType standalone\nTLSEngine on\n"
                   "TLSRSACertificateFile %s/fullchain.pem\nTLSRSACertificateKeyFile %s/key.pem\n%s\n"
                   % (c.work, c.work, text))
        takes(c, "ProFTPD", s, lines, [exe, "-t", "-c", conf])


def check_postgres(c, exe, saved, leaf):
    os.makedirs(os.path.join(c.work, "data"), exist_ok=True)
    shutil.chown(c.work, daemons.NOBODY)
    for s, lines in lines_for(c, saved, "postgresql").items():
        conf = put(c, "g.conf", "\n".join(lines) + "\n")
        name, _, value = lines[0].partition(" = ")
        done = subprocess.run([*daemons.as_nobody(), exe, "-C", name, "-c", "config_file=" + conf,
                               "-D", c.work + "/data"], capture_output=True, text=True, cwd=c.work)
        c.true("PostgreSQL takes %s: %s" % (lines, done.stderr),
               done.returncode == 0 and done.stdout.strip() == value.strip("'"), done.stdout)


def check_mariadb(c, exe, saved, leaf):
    for s, lines in lines_for(c, saved, "mysql").items():
        conf = put(c, "m.cnf", "[mysqld]\n%s\n" % "\n".join(lines))
        done = subprocess.run([exe, "--defaults-file=" + conf, "--help", "--verbose"],
                              capture_output=True, text=True, cwd=c.work)
        c.true("MariaDB takes %s: %s" % (lines, done.stderr[-300:]), done.returncode == 0 and
               "unknown" not in done.stderr and lines[0].partition(" = ")[2] in done.stdout)


def every_software(c):
    leaf = c.pki.leaf("rsa")
    with servers.nginx(c.work, "ssl_certificate %s; ssl_certificate_key %s; %s"
                       % (leaf.chain, leaf.key, BAD)) as s:
        saved = put(c, "saved.jsonl", audit.run(s.port, "--only", "protocols").stdout.decode())
    shutil.copy(leaf.chain, os.path.join(c.work, "fullchain.pem"))
    shutil.copy(leaf.key, os.path.join(c.work, "key.pem"))
    with open(leaf.chain) as f, open(os.path.join(c.work, "intermediates.pem"), "w") as g:
        g.write("-----END CERTIFICATE-----\n".join(f.read().split("-----END CERTIFICATE-----\n")[1:])
                or open(c.pki.root.cert).read())
    shutil.copy(c.pki.store, os.path.join(c.work, "chain.pem"))
    for bits in (2048, 3072):
        subprocess.run(["openssl", "genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt",
                        "group:ffdhe%d" % bits, "-out", "ffdhe%d.pem" % bits], cwd=c.work,
                       check=True, capture_output=True)
    postgres = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"))
    for name, exe, check in (
            ("nginx", shutil.which("nginx"), check_nginx),
            ("apache2", shutil.which("apache2"), check_apache),
            ("haproxy", shutil.which("haproxy"), check_haproxy),
            ("lighttpd", shutil.which("lighttpd"), check_lighttpd),
            ("doveconf", shutil.which("doveconf"), check_dovecot),
            ("proftpd", shutil.which("proftpd"), check_proftpd),
            ("mariadbd", shutil.which("mariadbd"), check_mariadb),
            ("postgres", postgres[-1] if postgres else None, check_postgres)):
        if exe is None:
            print("SKIP: %s is not installed" % name)
        else:
            check(c, exe, saved, leaf)


def seen(c):
    """nginx says that it is nginx: its lines, applied, mend what they are for."""
    leaf = c.pki.leaf("rsa")
    keys = "ssl_certificate %s; ssl_certificate_key %s;" % (leaf.chain, leaf.key)
    with servers.nginx(c.work, keys + BAD) as s:
        a = audit.run(s.port)
    mended = ("tls1_0", "tls1_1", "no_tls1_3", "no_forward_secrecy", "anonymous", "cbc")
    hits = {f["id"]: f for f in a.at("findings")}
    lines = []
    for rule in mended:
        if rule in hits:
            c.true(rule + ": for nginx", hits[rule]["config"]["for"].startswith("nginx 1."),
                   hits[rule]["config"])
            c.true(rule + ": no line of Apache", "Apache" not in hits[rule]["fix"])
            lines += [x for x in hits[rule]["config"]["lines"] if x not in lines]
    c.true("something to mend", {"tls1_0", "tls1_1", "cbc"} <= set(hits), sorted(hits))
    with servers.nginx(c.work, keys + "\n".join(lines)) as s:
        b = audit.run(s.port)
    c.equal("mended by %s" % lines, sorted({f["id"] for f in b.at("findings")} & set(mended)), [])
    with servers.nginx(c.work, keys + "server_tokens off; " + BAD) as s:
        named = audit.run(s.port, "--config-for", "haproxy/2.6")
        c.equal("who was named comes first", {f["config"]["for"] for f in named.at("findings")
                                              if "config" in f}, {"HAProxy 2.6"})
        plain = audit.run(s.port)
        c.true("nginx without a version", "nginx" in {f["config"]["for"] for f in
                                                      plain.at("findings") if "config" in f})
    done = audit.run_command([audit.PROGRAM, "--config-for", "netscape", "a"])
    c.true("no such software", done.exit == audit.EXIT_USAGE and "HAProxy" in done.stderr,
           done.stderr)


if __name__ == "__main__":
    live.main(every_software, seen)
