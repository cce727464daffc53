/* gnutls_client - see gnutls_client.h. */
#include "adapt/gnutls_client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "base/check.h"
#include "base/xalloc.h"

enum { WHY_SIZE = 256, ADDRESS_BYTES = 16 };

struct bytes {
	uint8_t *p;
	size_t from, n, cap;
};

struct tls_client {
	gnutls_session_t session;
	gnutls_certificate_credentials_t files;
	struct bytes in, out, plain; /* plain: waits for the end of the handshake */
	bool open;
	char *host, why[WHY_SIZE];
};

static void
bytes_add(struct bytes *b, struct span s)
{
	if (b->from == b->n)
		b->from = b->n = 0;
	if (s.n == 0)
		return;
	if (b->cap - b->n < s.n) {
		b->cap = 2 * (b->n + s.n);
		b->p = xrealloc(b->p, b->cap);
	}
	memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
}

/* What is there and not taken yet. */
static struct span
bytes_left(const struct bytes *b)
{
	return b->n > b->from ? (struct span){b->p + b->from, b->n - b->from}
			      : (struct span){NULL, 0};
}

static ssize_t
on_push(gnutls_transport_ptr_t arg, const void *p, size_t n)
{
	struct tls_client *t = arg;

	bytes_add(&t->out, (struct span){p, n});
	return (ssize_t)n;
}

static ssize_t
on_pull(gnutls_transport_ptr_t arg, void *p, size_t n)
{
	struct tls_client *t = arg;
	size_t have = t->in.n - t->in.from;

	if (have == 0) {
		gnutls_transport_set_errno(t->session, EAGAIN);
		return -1;
	}
	n = n < have ? n : have;
	memcpy(p, t->in.p + t->in.from, n);
	t->in.from += n;
	return (ssize_t)n;
}

/* ---- begin and end ---- */

static bool
load(struct tls_client *t, const struct tls_client_files *f, char *err, size_t errlen)
{
	int r = f->ca != NULL
	    ? gnutls_certificate_set_x509_trust_file(t->files, f->ca, GNUTLS_X509_FMT_PEM)
	    : gnutls_certificate_set_x509_system_trust(t->files);

	if (r <= 0) {
		(void)snprintf(err, errlen, "%s: %s",
		    f->ca != NULL ? f->ca : "the system's authorities",
		    r == 0 ? "no certificate is in it" : gnutls_strerror(r));
		return false;
	}
	if (f->cert == NULL)
		return true;
	r = gnutls_certificate_set_x509_key_file(
	    t->files, f->cert, f->key != NULL ? f->key : f->cert, GNUTLS_X509_FMT_PEM);
	if (r < 0)
		(void)snprintf(err, errlen, "%s: %s", f->cert, gnutls_strerror(r));
	return r >= 0;
}

static bool
is_address(const char *host)
{
	return strchr(host, ':') != NULL || strspn(host, "0123456789.") == strlen(host);
}

struct tls_client *
tls_client_new(const char *host, const struct tls_client_files *f, char *err, size_t errlen)
{
	/* Not the local priority file's: what is asked of our own server is the same everywhere. */
	static const char priority[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";
	struct tls_client *t = xcalloc(1, sizeof(*t));

	CHECK(gnutls_init(&t->session, GNUTLS_CLIENT | GNUTLS_NONBLOCK) == 0);
	CHECK(gnutls_certificate_allocate_credentials(&t->files) == 0);
	t->host = xstrdup(host);
	if (!load(t, f, err, errlen)) {
		tls_client_free(t);
		return NULL;
	}
	CHECK(gnutls_priority_set_direct(t->session, priority, NULL) == 0);
	CHECK(gnutls_credentials_set(t->session, GNUTLS_CRD_CERTIFICATE, t->files) == 0);
	/* RFC 6066, 3: "Literal IPv4 and IPv6 addresses are not permitted in "HostName"." */
	if (!is_address(host))
		CHECK(gnutls_server_name_set(t->session, GNUTLS_NAME_DNS, host, strlen(host)) == 0);
	gnutls_session_set_verify_cert(t->session, t->host, 0);
	gnutls_transport_set_ptr(t->session, t);
	gnutls_transport_set_push_function(t->session, on_push);
	gnutls_transport_set_pull_function(t->session, on_pull);
	return t;
}

void
tls_client_free(struct tls_client *t)
{
	if (t == NULL)
		return;
	gnutls_deinit(t->session);
	gnutls_certificate_free_credentials(t->files);
	free(t->in.p);
	free(t->out.p);
	free(t->plain.p);
	free(t->host);
	free(t);
}

/* ---- bytes ---- */

static enum tls_client_got
bad(struct tls_client *t, int r)
{
	gnutls_datum_t text = {NULL, 0};
	unsigned status = gnutls_session_get_verify_cert_status(t->session);

	if (r == GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR &&
	    gnutls_certificate_verification_status_print(status, GNUTLS_CRT_X509, &text, 0) == 0)
		(void)snprintf(t->why, sizeof(t->why), "TLS: %s", (const char *)text.data);
	else if (r == GNUTLS_E_FATAL_ALERT_RECEIVED)
		(void)snprintf(t->why, sizeof(t->why), "TLS: the server's alert: %s",
		    gnutls_alert_get_name(gnutls_alert_get(t->session)));
	else
		(void)snprintf(t->why, sizeof(t->why), "TLS: %s", gnutls_strerror(r));
	gnutls_free(text.data);
	return TLS_CLIENT_BAD;
}

/* What was not our turn's last word. */
static bool
goes_on(ssize_t r)
{
	return r == GNUTLS_E_INTERRUPTED || r == GNUTLS_E_WARNING_ALERT_RECEIVED;
}

/* on_push() takes everything, so nothing is left over. */
static void
send_now(struct tls_client *t, struct span s)
{
	while (s.n > 0) {
		ssize_t n = gnutls_record_send(t->session, s.p, s.n);

		if (n <= 0) /* tls_client_read() will say why */
			return;
		s.p += n;
		s.n -= (size_t)n;
	}
}

static enum tls_client_got
shake(struct tls_client *t)
{
	int r;

	do
		r = gnutls_handshake(t->session);
	while (goes_on(r));
	if (r == GNUTLS_E_AGAIN)
		return TLS_CLIENT_MORE;
	if (r != 0)
		return bad(t, r);
	t->open = true;
	send_now(t, bytes_left(&t->plain));
	t->plain.from = t->plain.n;
	return TLS_CLIENT_OK;
}

enum tls_client_got
tls_client_read(struct tls_client *t, uint8_t *buf, size_t cap, size_t *n)
{
	size_t from;
	ssize_t r;

	*n = 0;
	if (!t->open) {
		enum tls_client_got got = shake(t);

		if (got != TLS_CLIENT_OK)
			return got;
	}
	do { /* a ticket is "again" too, though more may stand behind it (RFC 8446, 4.6.1) */
		from = t->in.from;
		r = gnutls_record_recv(t->session, buf, cap);
	} while (goes_on(r) || (r == GNUTLS_E_AGAIN && t->in.from != from && t->in.from < t->in.n));
	if (r == 0)
		return TLS_CLIENT_END;
	if (r < 0)
		return r == GNUTLS_E_AGAIN ? TLS_CLIENT_MORE : bad(t, (int)r);
	*n = (size_t)r;
	return TLS_CLIENT_OK;
}

void
tls_client_take(struct tls_client *t, struct span wire)
{
	bytes_add(&t->in, wire);
}

void
tls_client_send(struct tls_client *t, struct span plain)
{
	if (t->open)
		send_now(t, plain);
	else
		bytes_add(&t->plain, plain);
}

struct span
tls_client_out(struct tls_client *t)
{
	struct span s = bytes_left(&t->out);

	t->out.from = t->out.n; /* the bytes stay until more come */
	return s;
}

const char *
tls_client_why(const struct tls_client *t)
{
	return t->why;
}
