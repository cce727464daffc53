/* store_file: PEM files and the system's store, as columns of a store_set (see store.h). */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "adapt/openssl_crypto.h"
#include "base/check.h"
#include "base/xalloc.h"
#include "pki/cert.h"
#include "pki/ct_log_list.h"
#include "pki/der.h"
#include "pki/pem.h"
#include "pki/store_internal.h"

bool
store_map(const char *path, size_t max, struct span *out, char date[16], char *err, size_t errlen)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	const char *why = NULL;
	struct stat st;
	struct tm tm;
	void *p = MAP_FAILED;

	if (fd < 0 || fstat(fd, &st) != 0)
		why = strerror(errno);
	else if (!S_ISREG(st.st_mode))
		why = "not a file";
	else if (st.st_size == 0 || (uintmax_t)st.st_size > max)
		why = st.st_size == 0 ? "empty" : "too large";
	else if ((p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0)) == MAP_FAILED)
		why = strerror(errno);
	if (fd >= 0)
		close(fd);
	if (why != NULL) {
		snprintf(err, errlen, "%s: %s", path, why);
		return false;
	}
	*out = (struct span){p, (size_t)st.st_size};
	if (date != NULL &&
	    (gmtime_r(&st.st_mtime, &tm) == NULL || strftime(date, 16, "%Y-%m-%d", &tm) == 0))
		date[0] = '\0';
	return true;
}

/* Does a list of OIDs hold serverAuth or anyExtendedKeyUsage? */
static bool
for_servers(struct rd list)
{
	struct span oid;

	while (der_get(&list, DER_OID, &oid))
		if (oid_is(oid, OID_EKU_SERVER) || oid_is(oid, OID_EKU_ANY))
			return true;
	return false;
}

/*
 * What follows the certificate in a TRUSTED CERTIFICATE (openssl-x509(1), "Trust Settings"):
 * SEQUENCE { trust SEQUENCE OF OID OPTIONAL, reject [0] SEQUENCE OF OID OPTIONAL, ... }.  A list
 * of trusted uses without ours, or ours among the rejected: not an anchor here.
 */
static bool
settings_allow(struct rd aux)
{
	struct rd body, list;

	if (!der_enter(&aux, DER_SEQUENCE, &body))
		return true;
	if (der_enter(&body, DER_SEQUENCE, &list) && !for_servers(list))
		return false;
	return !(der_enter(&body, DER_CTX_C(0), &list) && for_servers(list));
}

static struct extra *
extra_new(struct store_set *set)
{
	if (set->n_extras == set->cap_extras) {
		set->cap_extras = set->cap_extras * 2 + 256;
		set->extras = xrealloc(set->extras, set->cap_extras * sizeof(*set->extras));
	}
	return &set->extras[set->n_extras++];
}

/* Takes one decoded block into the set.  NULL, or what is wrong with it. */
static const char *
add_block(struct store_set *set, struct span bytes, uint32_t bit)
{
	struct rd r = rd_of(bytes);
	char text[DN_TEXT_MAX];
	struct der whole;
	struct extra *e;
	struct cert c;

	if (!der_next(&r, &whole))
		return "not DER";
	if (!cert_parse(whole.whole, &c))
		return cert_flaw_text(c.flaws);
	if (!settings_allow(r))
		return NULL;
	if (set->n_extras == STORE_MAX_EXTRAS)
		return "too many certificates";
	dn_text(c.subject, text, sizeof(text));
	e = extra_new(set);
	*e = (struct extra){
	    .der = c.der,
	    .subject = c.subject,
	    .ski = c.skid,
	    .subject_text = xstrdup(text),
	    .not_after = c.not_after,
	    .stores = c.self_issued ? bit : 0,
	};
	crypto_sha256(c.der, e->sha256);
	store_hash(c.subject, e->subject_hash);
	return NULL;
}

/* Forgets the certificates from the first on. */
static void
drop_extras(struct store_set *set, size_t first)
{
	while (set->n_extras > first)
		free(set->extras[--set->n_extras].subject_text);
}

/* Is it a CA, and does no certificate from the first on bear the name of its issuer? */
static bool
is_top(const struct store_set *set, size_t first, size_t i)
{
	uint8_t issuer[STORE_HASH];
	struct cert c;

	if (!cert_parse(set->extras[i].der, &c) || !c.ca)
		return false;
	store_hash(c.issuer, issuer);
	for (size_t k = first; k < set->n_extras; k++)
		if (memcmp(set->extras[k].subject_hash, issuer, STORE_HASH) == 0)
			return false;
	return true;
}

/*
 * RFC 5280, 6.1.1 (d): a trust anchor is a name and a key; who signed the certificate that brings
 * them is nobody's concern.  So a CA is an intermediate only beside its issuer; one without is the
 * top of what the file has, and put there to be trusted.
 */
static void
raise_tops(struct store_set *set, size_t first, uint32_t bit)
{
	for (size_t i = first; i < set->n_extras; i++)
		if (set->extras[i].stores == 0 && is_top(set, first, i))
			set->extras[i].stores = bit;
}

/* All certificates of a PEM text; *block has room for what they decode to. */
static bool
add_text(struct store_set *set, const char *path, struct span text, uint8_t *block, uint32_t bit,
    char *err, size_t errlen)
{
	struct pem p = {.rest = text};
	size_t used = 0, before = set->n_extras;
	const char *why = NULL;
	struct pem_block b;
	struct span der;

	while (pem_next(&p, &b)) {
		if (!pem_is_certificate(&b))
			continue;
		if (!pem_decode(&b, block + used, text.n - used, &der))
			why = "not base64";
		else
			why = add_block(set, der, bit);
		if (why != NULL) {
			snprintf(err, errlen, "%s:%zu: %s", path, b.line, why);
			return false;
		}
		used += der.n;
	}
	raise_tops(set, before, bit);
	for (size_t i = before; i < set->n_extras; i++)
		if (set->extras[i].stores != 0)
			return true;
	snprintf(err, errlen, "%s: no CA and no self-signed certificate in it, so nothing to trust", path);
	return false;
}

static bool
name_ok(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return n > 0 && n <= STORE_MAX_NAME && name[n] == '\0';
}

int
store_set_add_pem(
    struct store_set *set, const char *name, const char *path, char *err, size_t errlen)
{
	size_t before = set->n_extras;
	struct column col = {NULL, NULL, ""};
	struct span text;
	uint8_t *block;
	bool ok;

	if (!name_ok(name)) {
		snprintf(err, errlen, "a store's name is made of a-z, 0-9 and -, at most %d",
		    STORE_MAX_NAME);
		return -1;
	}
	if (store_by_name(set, name) >= 0) {
		snprintf(err, errlen, "there is a store named %s already", name);
		return -1;
	}
	if (set->n_columns == STORE_MAX) {
		snprintf(err, errlen, "no more than %d stores", STORE_MAX);
		return -1;
	}
	if (!store_map(path, STORE_MAX_FILE, &text, col.date, err, errlen))
		return -1;
	block = xcalloc(text.n, 1); /* base64 never decodes to more than itself */
	ok = add_text(set, path, text, block, STORE_BIT(set->n_columns), err, errlen);
	munmap((void *)(uintptr_t)text.p, text.n);
	if (!ok) {
		drop_extras(set, before);
		free(block);
		return -1;
	}
	set->blocks = xrealloc(set->blocks, (set->n_blocks + 1) * sizeof(*set->blocks));
	set->blocks[set->n_blocks++] = block;
	col.name = xstrdup(name);
	col.source = xstrdup(path);
	set->columns[set->n_columns] = col;
	store_rebuild(set);
	return (int)set->n_columns++;
}

int
store_set_add_system(struct store_set *set, char *err, size_t errlen)
{
	/* Debian, Alpine; Fedora, RHEL; SUSE; macOS, OpenBSD; FreeBSD. */
	static const char *const places[] = {
	    "/etc/ssl/certs/ca-certificates.crt",
	    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
	    "/etc/pki/tls/certs/ca-bundle.crt",
	    "/var/lib/ca-certificates/ca-bundle.pem",
	    "/etc/ssl/ca-bundle.pem",
	    "/etc/ssl/cert.pem",
	    "/usr/local/share/certs/ca-root-nss.crt",
	};

	for (size_t i = 0; i < N_ELEMENTS(places); i++)
		if (access(places[i], R_OK) == 0)
			return store_set_add_pem(set, "system", places[i], err, errlen);
	snprintf(err, errlen, "no system store found (looked for %s and others)", places[0]);
	return -1;
}

bool
store_set_ct_logs(struct store_set *set, const char *path, char *err, size_t errlen)
{
	struct ct_log_list *l;
	struct span text;
	char why[256];

	if (!store_map(path, CT_LOG_LIST_BYTES, &text, NULL, err, errlen))
		return false;
	l = ct_log_list_read(text, why, sizeof(why));
	munmap((void *)(uintptr_t)text.p, text.n);
	if (l == NULL) {
		snprintf(err, errlen, "%s: %s", path, why);
		return false;
	}
	ct_log_list_free(set->ct_logs);
	set->ct_logs = l;
	return true;
}

const struct ct_log *
store_ct_log(const struct store_set *set, const uint8_t id[32])
{
	return ct_log_list_find(set != NULL ? set->ct_logs : NULL, id);
}
