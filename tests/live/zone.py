"""A zone on loopback, signed or not: nsd serves what ldns-signzone has signed.

    with zone.serve(work, "zone.test.", ["www CAA 0 issue \\"ca.example\\""], signed=True) as z:
        audit.run_online(port, cache, "--resolver", z.address, "--dns-anchor", z.anchor, host="www.zone.test")
"""
import glob
import os
import signal
import subprocess
import tempfile

import servers

HEAD = """$ORIGIN %s
$TTL 300
@ SOA ns root 1 3600 600 86400 300
@ NS ns
ns A 127.0.0.1
"""
CONF = """server:
	ip-address: 127.0.0.1@%(port)d
	port: %(port)d
	username: ""
	chroot: ""
	database: ""
	zonesdir: "%(work)s"
	zonelistfile: "%(work)s/zones.list"
	xfrdfile: "%(work)s/xfrd.state"
	pidfile: "%(work)s/nsd.pid"
	logfile: "%(work)s/nsd.log"
	server-count: 1
remote-control:
	control-enable: no
zone:
	name: "%(name)s"
	zonefile: "%(file)s"
"""


def sign(work, name, file):
    """The signed zone, and the DS record of its key."""
    keygen = servers.program("ldns-keygen", "ldnsutils")
    signer = servers.program("ldns-signzone", "ldnsutils")
    base = subprocess.run([keygen, "-k", "-a", "ECDSAP256SHA256", name.rstrip(".")], cwd=work,
                          capture_output=True, check=True).stdout.decode().strip()
    subprocess.run([signer, "-o", name.rstrip("."), "-f", file + ".signed", file,
                    os.path.join(work, base)], cwd=work, capture_output=True, check=True)
    return file + ".signed", glob.glob(os.path.join(work, base + ".ds"))[0]


def serve(work, name, lines, signed=True, spoil=None):
    """spoil: a function of the signed zone's text that gives another one."""
    exe = servers.program("nsd", "nsd")
    work = tempfile.mkdtemp(dir=work)
    file = os.path.join(work, "zone")
    with open(file, "w") as f:
        f.write(HEAD % name + "\n".join(lines) + "\n")
    anchor = None
    if signed:
        file, anchor = sign(work, name, file)
    if spoil:
        with open(file) as f:
            text = spoil(f.read())
        with open(file, "w") as f:
            f.write(text)

    def command(port):
        conf = servers.write(work, "nsd.conf", CONF % {
            "port": port, "work": work, "name": name.rstrip("."), "file": file})
        return [exe, "-d", "-c", conf]

    s = servers.Server("nsd", work, command, stop=signal.SIGTERM)
    s.anchor = anchor
    return s
