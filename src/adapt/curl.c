/* curl - see curl.h. */
#include "config.h"

#include "adapt/curl.h"

#include <curl/curl.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/xalloc.h"

enum { FIRST_SIZE = 4096, CA_MAX = 4 << 20 };

struct web {
	CURLM *multi;
	struct web_hooks hooks;
	struct web_transfer *all;
	uint8_t *ca; /* PEM, when web_prepare() has read it */
	size_t ca_n;
};

struct web_transfer {
	struct web *w;
	struct web_transfer *next, **back;
	CURL *easy;
	struct curl_slist *pin, *headers;
	struct web_request r;
	uint8_t *body;
	size_t n, size, head;
	bool too_long;
	char error[CURL_ERROR_SIZE];
};

static int
on_watch(CURL *easy, curl_socket_t fd, int what, void *arg, void *slot)
{
	struct web *w = arg;

	(void)easy;
	(void)slot;
	w->hooks.watch(w->hooks.ctx, fd,
	    what == CURL_POLL_REMOVE ? 0
				     : (what & CURL_POLL_IN ? WEB_IN : 0u) |
		    (what & CURL_POLL_OUT ? WEB_OUT : 0u));
	return 0;
}

static int
on_timer(CURLM *multi, long ms, void *arg)
{
	struct web *w = arg;

	(void)multi;
	w->hooks.timer(w->hooks.ctx, ms);
	return 0;
}

struct web *
web_open(const struct web_hooks *h)
{
	struct web *w = xcalloc(1, sizeof(*w));

	w->hooks = *h;
	CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
	w->multi = curl_multi_init();
	CHECK(w->multi != NULL);
	curl_multi_setopt(w->multi, CURLMOPT_SOCKETFUNCTION, on_watch);
	curl_multi_setopt(w->multi, CURLMOPT_SOCKETDATA, w);
	curl_multi_setopt(w->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(w->multi, CURLMOPT_TIMERDATA, w);
	return w;
}

void
web_prepare(struct web *w)
{
	const curl_version_info_data *v = curl_version_info(CURLVERSION_NOW);
	FILE *f = v->cainfo != NULL ? fopen(v->cainfo, "re") : NULL;

	if (f == NULL) /* then no https is trusted */
		return;
	free(w->ca);
	w->ca = xcalloc(1, CA_MAX);
	w->ca_n = fread(w->ca, 1, CA_MAX, f);
	(void)fclose(f);
}

/* ---- one transfer ---- */

/* Appends to the body; 0 makes libcurl end the transfer. */
static size_t
on_body(char *p, size_t one, size_t n, void *arg)
{
	struct web_transfer *t = arg;

	(void)one; /* always 1 */
	if (n > t->r.max_bytes - t->n) {
		t->too_long = true;
		return 0;
	}
	if (t->n + n > t->size) {
		t->size = t->size * 2 > t->n + n ? t->size * 2 : t->n + n + FIRST_SIZE;
		t->body = xrealloc(t->body, t->size);
	}
	if (n > 0)
		memcpy(t->body + t->n, p, n);
	t->n += n;
	return n;
}

/* Interim answers (1xx) count too: there may be any number of them. */
static size_t
on_head(char *p, size_t one, size_t n, void *arg)
{
	struct web_transfer *t = arg;

	(void)p;
	(void)one;
	t->head += n;
	t->too_long = t->too_long || t->head > WEB_HEADER_MAX;
	return t->too_long ? 0 : n;
}

static curl_socket_t
on_open(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct web_transfer *t = arg;
	int fd = -1;

	if (purpose == CURLSOCKTYPE_IPCXN)
		fd = t->r.open(t->r.arg, &a->addr, a->addrlen);
	return fd < 0 ? CURL_SOCKET_BAD : fd;
}

/* The caller's or none; never one of the environment, whatever it excepts. */
static void
set_proxy(struct web_transfer *t)
{
	CURL *e = t->easy;

	curl_easy_setopt(e, CURLOPT_PROXY, t->r.proxy != NULL ? t->r.proxy : "");
	curl_easy_setopt(e, CURLOPT_NOPROXY, "");
	curl_easy_setopt(e, CURLOPT_HTTPPROXYTUNNEL, 1L); /* so that its words are not the site's */
	curl_easy_setopt(e, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	if (t->r.proxy_user != NULL) {
		curl_easy_setopt(e, CURLOPT_PROXYUSERNAME, t->r.proxy_user);
		curl_easy_setopt(e, CURLOPT_PROXYPASSWORD, t->r.proxy_password);
	}
}

static void
set_limits(struct web_transfer *t)
{
	CURL *e = t->easy;

	curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	set_proxy(t);
	curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)t->r.connect_ms);
	curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)t->r.total_ms);
	curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	/* Another endpoint's connection was opened under another endpoint's rules. */
	curl_easy_setopt(e, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(e, CURLOPT_FORBID_REUSE, 1L);
}

static void
set_hooks(struct web_transfer *t)
{
	CURL *e = t->easy;

	curl_easy_setopt(e, CURLOPT_PRIVATE, t);
	curl_easy_setopt(e, CURLOPT_ERRORBUFFER, t->error);
	curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(e, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_head);
	curl_easy_setopt(e, CURLOPT_HEADERDATA, t);
	curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, on_open);
	curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, t);
}

static void
add_header(struct web_transfer *t, const char *name, const char *value)
{
	char *line = xasprintf("%s%s", name, value);

	t->headers = curl_slist_append(t->headers, line);
	free(line);
	CHECK(t->headers != NULL);
}

/* The bytes are in place of the files that the library was built to look into. */
static void
set_ca(struct web_transfer *t)
{
	struct curl_blob blob = {t->w->ca, t->w->ca_n, CURL_BLOB_NOCOPY};

	curl_easy_setopt(t->easy, CURLOPT_CAINFO, NULL);
	curl_easy_setopt(t->easy, CURLOPT_CAPATH, NULL);
	curl_easy_setopt(t->easy, CURLOPT_CAINFO_BLOB, &blob);
}

static void
set_request(struct web_transfer *t)
{
	CURL *e = t->easy;

	curl_easy_setopt(e, CURLOPT_URL, t->r.url);
	curl_easy_setopt(e, CURLOPT_USERAGENT, "tlsaudit/" PACKAGE_VERSION);
	if (t->r.pin != NULL) {
		t->pin = curl_slist_append(NULL, t->r.pin);
		CHECK(t->pin != NULL);
		curl_easy_setopt(e, CURLOPT_RESOLVE, t->pin);
	}
	if (t->r.ca_file != NULL)
		curl_easy_setopt(e, CURLOPT_CAINFO, t->r.ca_file);
	else if (t->w->ca_n > 0)
		set_ca(t);
	if (t->r.post.n > 0) {
		curl_easy_setopt(e, CURLOPT_POST, 1L);
		curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE, (long)t->r.post.n);
		curl_easy_setopt(e, CURLOPT_COPYPOSTFIELDS, (const char *)t->r.post.p);
		add_header(t, "Content-Type: ", t->r.type);
		add_header(t, "Expect:", "");
	}
	if (t->headers != NULL)
		curl_easy_setopt(e, CURLOPT_HTTPHEADER, t->headers);
}

struct web_transfer *
web_start(struct web *w, const struct web_request *r)
{
	struct web_transfer *t = xcalloc(1, sizeof(*t));

	t->w = w;
	t->r = *r;
	t->next = w->all;
	t->back = &w->all;
	if (t->next != NULL)
		t->next->back = &t->next;
	w->all = t;
	t->easy = curl_easy_init();
	CHECK(t->easy != NULL);
	set_limits(t);
	set_hooks(t);
	set_request(t);
	CHECK(curl_multi_add_handle(w->multi, t->easy) == CURLM_OK);
	return t;
}

void
web_cancel(struct web *w, struct web_transfer *t)
{
	*t->back = t->next;
	if (t->next != NULL)
		t->next->back = t->back;
	curl_multi_remove_handle(w->multi, t->easy);
	curl_easy_cleanup(t->easy);
	curl_slist_free_all(t->pin);
	curl_slist_free_all(t->headers);
	free(t->body);
	free(t);
}

/* ---- the end of transfers ---- */

static enum web_end
end_of(const struct web_transfer *t, CURLcode code)
{
	if (t->too_long)
		return WEB_TOO_LONG;
	switch (code) {
	case CURLE_OK:
		return WEB_DONE;
	case CURLE_COULDNT_CONNECT:
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_PROXY:
		return WEB_NO_CONN;
	case CURLE_OPERATION_TIMEDOUT:
		return WEB_TIMEOUT;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
		return WEB_TLS;
	case CURLE_GOT_NOTHING:
	case CURLE_PARTIAL_FILE:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_UNSUPPORTED_PROTOCOL:
		return WEB_CUT_OFF;
	default:
		return WEB_LOCAL;
	}
}

static void
finish(struct web_transfer *t, CURLcode code)
{
	struct web_answer a = {.end = end_of(t, code), .body = {t->body, t->n}, .detail = ""};
	struct web *w = t->w;
	curl_off_t us = 0;
	char *type = NULL, *redirect = NULL;
	long status = 0;

	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(t->easy, CURLINFO_TOTAL_TIME_T, &us);
	curl_easy_getinfo(t->easy, CURLINFO_CONTENT_TYPE, &type);
	curl_easy_getinfo(t->easy, CURLINFO_REDIRECT_URL, &redirect);
	if (code != CURLE_OK)
		a.detail = t->error[0] != '\0' ? t->error : curl_easy_strerror(code);
	a.status = (unsigned)status;
	a.ms = (unsigned)(us / 1000);
	a.type = type;
	a.redirect = redirect;
	t->r.done(t->r.arg, &a);
	web_cancel(w, t);
}

static void
finish_all(struct web *w)
{
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(w->multi, &left)) != NULL) {
		CURLcode code = m->data.result;
		char *t = NULL;

		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &t);
		finish((struct web_transfer *)(void *)t, code);
	}
}

void
web_on_fd(struct web *w, int fd, unsigned what)
{
	int running, mask = (what & WEB_IN ? CURL_CSELECT_IN : 0) |
	    (what & WEB_OUT ? CURL_CSELECT_OUT : 0);

	curl_multi_socket_action(w->multi, fd, mask, &running);
	finish_all(w);
}

void
web_on_timer(struct web *w)
{
	int running;

	curl_multi_socket_action(w->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	finish_all(w);
}

void
web_close(struct web *w)
{
	if (w == NULL)
		return;
	while (w->all != NULL)
		web_cancel(w, w->all);
	curl_multi_cleanup(w->multi);
	curl_global_cleanup();
	free(w->ca);
	free(w);
}

/* ---- URLs ---- */

static bool
take(CURLU *u, CURLUPart part, char *out, size_t outlen)
{
	char *text = NULL;
	bool ok = curl_url_get(u, part, &text, CURLU_DEFAULT_PORT) == CURLUE_OK &&
	    strlen(text) < outlen;

	if (ok)
		memcpy(out, text, strlen(text) + 1);
	curl_free(text);
	return ok;
}

static bool
has(CURLU *u, CURLUPart part)
{
	char *text = NULL;
	bool there = curl_url_get(u, part, &text, 0) == CURLUE_OK;

	curl_free(text);
	return there;
}

static void
unbracket(char *host)
{
	size_t n = strlen(host);

	if (n < 2 || host[0] != '[' || host[n - 1] != ']')
		return;
	memmove(host, host + 1, n - 2);
	host[n - 2] = '\0';
}

bool
web_url_read(const char *url, struct web_url *out)
{
	CURLU *u = curl_url();
	struct web_url w = {.tls = false};
	char scheme[8], port[8];
	long number;
	bool ok = false;

	CHECK(u != NULL);
	if (curl_url_set(u, CURLUPART_URL, url, 0) != CURLUE_OK)
		goto out;
	if (!take(u, CURLUPART_SCHEME, scheme, sizeof(scheme)) ||
	    !take(u, CURLUPART_HOST, w.host, sizeof(w.host)) ||
	    !take(u, CURLUPART_PORT, port, sizeof(port)))
		goto out;
	if (has(u, CURLUPART_USER) || has(u, CURLUPART_PASSWORD))
		goto out;
	w.tls = strcmp(scheme, "https") == 0;
	if (!w.tls && strcmp(scheme, "http") != 0)
		goto out;
	number = strtol(port, NULL, 10);
	if (number < 1 || number > UINT16_MAX || w.host[0] == '\0')
		goto out;
	w.port = (uint16_t)number;
	unbracket(w.host);
	*out = w;
	ok = true;
out:
	curl_url_cleanup(u);
	return ok;
}

const char *
web_version(void)
{
	return curl_version_info(CURLVERSION_NOW)->version;
}
