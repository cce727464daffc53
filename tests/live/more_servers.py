"""More TLS servers than servers.py has: web servers and script languages, each as it comes.

    with more_servers.caddy(work, leaf) as s:
        ... s.port ...
"""
import os
import shutil
import subprocess

from servers import Server, Skip, program, write

PYTHON = """import http.server, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[2], sys.argv[3])
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"live")
    def log_message(self, *rest):
        pass
class Server(http.server.ThreadingHTTPServer):
    def finish_request(self, request, address):
        super().finish_request(context.wrap_socket(request, server_side=True), address)
    def handle_error(self, *rest):
        pass
Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
RUBY = """require 'socket'; require 'openssl'
context = OpenSSL::SSL::SSLContext.new
context.cert = OpenSSL::X509::Certificate.new(File.read(ARGV[1]))
context.key = OpenSSL::PKey.read(File.read(ARGV[2]))
server = TCPServer.new('127.0.0.1', ARGV[0].to_i)
loop do
  Thread.new(server.accept) do |socket|
    begin
      tls = OpenSSL::SSL::SSLSocket.new(socket, context)
      tls.accept
      tls.gets
      tls.write("HTTP/1.0 200 OK\\r\\n\\r\\nlive")
      tls.close
    rescue StandardError
    end
    socket.close rescue nil
  end
end
"""
NODE = """var fs = require('fs');
require('https').createServer({cert: fs.readFileSync(process.argv[3]),
	key: fs.readFileSync(process.argv[4])}, (q, r) => r.end('live')).listen(+process.argv[2], '127.0.0.1');
"""
CADDY = """{
	admin off
	auto_https off
}
https://live.example:%(port)d {
	bind 127.0.0.1
	tls %(chain)s %(key)s
	respond live
}
"""
MBEDTLS = r"""
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_ticket.h>
#include <mbedtls/x509_crt.h>
#include <signal.h>

static mbedtls_net_context l, s;
static mbedtls_entropy_context e;
static mbedtls_ctr_drbg_context r;
static mbedtls_ssl_config f;
static mbedtls_x509_crt crt;
static mbedtls_pk_context pk;
static mbedtls_ssl_ticket_context t;

static void
serve(void)
{
	mbedtls_ssl_context x;
	unsigned char b[2000];
	int k;

	mbedtls_ssl_init(&x);
	mbedtls_ssl_setup(&x, &f);
	mbedtls_ssl_set_bio(&x, &s, mbedtls_net_send, mbedtls_net_recv, mbedtls_net_recv_timeout);
	while ((k = mbedtls_ssl_handshake(&x)) == MBEDTLS_ERR_SSL_WANT_READ)
		;
	if (k == 0 && mbedtls_ssl_read(&x, b, sizeof b) > 0) {
		mbedtls_ssl_write(&x, (const unsigned char *)"HTTP/1.0 200 OK\r\n\r\nlive", 23);
		mbedtls_ssl_close_notify(&x);
	}
	mbedtls_ssl_free(&x);
	mbedtls_net_free(&s);
}

int
main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	mbedtls_net_init(&l);
	mbedtls_entropy_init(&e);
	mbedtls_ctr_drbg_init(&r);
	mbedtls_ssl_config_init(&f);
	mbedtls_x509_crt_init(&crt);
	mbedtls_pk_init(&pk);
	mbedtls_ssl_ticket_init(&t);
	if (argc < 4 || mbedtls_ctr_drbg_seed(&r, mbedtls_entropy_func, &e, 0, 0) != 0 ||
	    mbedtls_x509_crt_parse_file(&crt, argv[2]) != 0 || mbedtls_pk_parse_keyfile(&pk, argv[3], 0) != 0 ||
	    mbedtls_net_bind(&l, "127.0.0.1", argv[1], MBEDTLS_NET_PROTO_TCP) != 0)
		return 1;
	mbedtls_ssl_config_defaults(
	    &f, MBEDTLS_SSL_IS_SERVER, MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);
	mbedtls_ssl_conf_rng(&f, mbedtls_ctr_drbg_random, &r);
	mbedtls_ssl_conf_own_cert(&f, &crt, &pk);
	mbedtls_ssl_conf_read_timeout(&f, 10000);
	mbedtls_ssl_ticket_setup(&t, mbedtls_ctr_drbg_random, &r, MBEDTLS_CIPHER_AES_256_GCM, 3600);
	mbedtls_ssl_conf_session_tickets_cb(&f, mbedtls_ssl_ticket_write, mbedtls_ssl_ticket_parse, &t);
	for (;;)
		if (mbedtls_net_accept(&l, &s, 0, 0, 0) == 0)
			serve();
}
"""
WOLFSSL = r"""
#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static WOLFSSL_CTX *context;

static void *
serve(void *arg)
{
	int s = (int)(long)arg;
	struct timeval tv = {10, 0};
	WOLFSSL *tls = wolfSSL_new(context);
	char b[2000];

	setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv);
	wolfSSL_set_fd(tls, s);
	if (wolfSSL_accept(tls) == 1 && wolfSSL_read(tls, b, sizeof b) > 0) {
		wolfSSL_write(tls, "HTTP/1.0 200 OK\r\n\r\nlive", 23);
		wolfSSL_shutdown(tls);
	}
	wolfSSL_free(tls);
	close(s);
	return NULL;
}

int
main(int argc, char **argv)
{
	int l = socket(AF_INET, SOCK_STREAM, 0), one = 1;
	struct sockaddr_in a = {.sin_family = AF_INET};

	signal(SIGPIPE, SIG_IGN);
	wolfSSL_Init();
	context = wolfSSL_CTX_new(wolfSSLv23_server_method());
	if (argc < 4 || wolfSSL_CTX_use_certificate_chain_file(context, argv[2]) != 1 ||
	    wolfSSL_CTX_use_PrivateKey_file(context, argv[3], WOLFSSL_FILETYPE_PEM) != 1)
		return 1;
	a.sin_port = htons(atoi(argv[1]));
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(l, (void *)&a, sizeof a) != 0 || listen(l, 64) != 0)
		return 1;
	for (;;) {
		int s = accept(l, NULL, NULL);
		pthread_t t;

		if (s >= 0 && pthread_create(&t, NULL, serve, (void *)(long)s) == 0)
			pthread_detach(t);
	}
}
"""


def script(name, package, text, work, leaf, *more):
    exe = program(name, package)
    path = write(work, name + ".script", text)
    return Server(name, work, lambda port: [exe, path, str(port), leaf.chain, leaf.key, *more])


def python(work, leaf):
    """The interpreter that runs the test: its ssl is Debian's OpenSSL with its own defaults."""
    return script("python3", "python3", PYTHON, work, leaf)


def ruby(work, leaf):
    return script("ruby", "ruby", RUBY, work, leaf)


def node(work, leaf):
    return script("node", "nodejs", NODE, work, leaf)


def caddy(work, leaf):
    exe = program("caddy", "caddy")

    def command(port):
        conf = write(work, "Caddyfile", CADDY % {"port": port, "chain": leaf.chain, "key": leaf.key})
        return [exe, "run", "--adapter", "caddyfile", "--config", conf]

    return Server("caddy", work, command, env={"HOME": work, "XDG_DATA_HOME": work,
                                               "XDG_CONFIG_HOME": work})


def nghttpd(work, leaf):
    exe = program("nghttpd", "nghttp2-server")
    return Server("nghttpd", work, lambda port: [exe, "-a", "127.0.0.1", "-d", work, str(port),
                                                 leaf.key, leaf.chain])


def redis(work, leaf, ca):
    exe = program("redis-server", "redis-server")
    return Server("redis", work, lambda port: [
        exe, "--port", "0", "--tls-port", str(port), "--bind", "127.0.0.1", "--tls-cert-file",
        leaf.chain, "--tls-key-file", leaf.key, "--tls-ca-cert-file", ca, "--tls-auth-clients", "no",
        "--save", "", "--dir", work])


def compiled(name, package, header, text, libraries, work, leaf):
    """A small server over a library that has none of its own in Debian."""
    if not os.path.exists("/usr/include/" + header):
        raise Skip("%s is not installed (package %s)" % (header, package))
    cc = shutil.which("cc") or program("gcc", "gcc")
    exe = os.path.join(work, name)
    subprocess.run([cc, "-O1", "-o", exe, write(work, name + ".c", text), *libraries], check=True,
                   capture_output=True)
    return Server(name, work, lambda port: [exe, str(port), leaf.chain, leaf.key])


def mbedtls(work, leaf):
    return compiled("mbedtls", "libmbedtls-dev", "mbedtls/ssl.h", MBEDTLS,
                    ("-lmbedtls", "-lmbedx509", "-lmbedcrypto"), work, leaf)


def wolfssl(work, leaf):
    return compiled("wolfssl", "libwolfssl-dev", "wolfssl/ssl.h", WOLFSSL, ("-lwolfssl", "-lpthread"),
                    work, leaf)
