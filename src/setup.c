/* setup - see setup.h. */
#include "config.h"

#include "setup.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "adapt/openssl_identity.h"
#include "adapt/openssl_tls.h"
#include "net/loop.h"
#include "net/resolve.h"
#include "pki/store.h"
#include "pki/store_path.h"
#include "probe.h"

enum { WHY_SIZE = 256 };

static bool
known_probe(const char *name)
{
	for (const struct probe *const *p = probe_table; *p != NULL; p++)
		if (strcmp((*p)->name, name) == 0)
			return true;
	return false;
}

bool
setup_only(const struct options *o, char *err, size_t errlen)
{
	for (const char *const *name = o->only; name != NULL && *name != NULL; name++)
		if (!known_probe(*name)) {
			(void)snprintf(err, errlen, "--only: there is no probe '%s' (see --list-probes)", *name);
			return false;
		}
	return true;
}

/* A policy of the kind that is wanted, with fixes for the software that was named. */
static struct policy *
load(const struct options *o, const char *option, const char *name, bool grades, char *err,
    size_t errlen)
{
	char why[WHY_SIZE];
	struct policy *p = policy_load(name, why, sizeof(why));

	if (p == NULL)
		(void)snprintf(err, errlen, "%s: %s", option, why);
	else if (policy_grades(p) != grades)
		(void)snprintf(err, errlen, "%s: %s gives %s grade; see %s", option, policy_name(p),
		    grades ? "no" : "a", grades ? "--compliance" : "--policy");
	else if (o->config_for != NULL && !policy_config_for(p, o->config_for, why, sizeof(why)))
		(void)snprintf(err, errlen, "--config-for: %s", why);
	else
		return p;
	policy_free(p);
	return NULL;
}

struct policy *
setup_policy(const struct options *o, char *err, size_t errlen)
{
	return load(o, "--policy", o->policy, true, err, errlen);
}

struct policy *
setup_compliance(const struct options *o, const char *name, char *err, size_t errlen)
{
	return load(o, "--compliance", name, false, err, errlen);
}

/* What tlsaudit-stores has written takes the place of what came with the program. */
static bool
load_user_stores(struct store_set *set, char *err, size_t errlen)
{
	char *path = store_path_user(), why[WHY_SIZE];
	bool ok = true;

	if (path != NULL && access(path, F_OK) == 0)
		ok = store_set_load(set, path, why, sizeof(why)) == 0;
	if (!ok)
		(void)snprintf(err, errlen, "stores: %s (tlsaudit-stores update writes it anew)", why);
	free(path);
	return ok;
}

bool
setup_stores(struct store_set *set, const struct options *o, char *err, size_t errlen)
{
	char why[WHY_SIZE];

	if (!load_user_stores(set, err, errlen))
		return false;
	for (size_t i = 0; i < o->n_stores; i++)
		if (store_set_add_pem(
			set, o->stores[i].name, o->stores[i].file, why, sizeof(why)) < 0) {
			(void)snprintf(err, errlen, "--store: %s", why);
			return false;
		}
	if (o->ct_logs != NULL && !store_set_ct_logs(set, o->ct_logs, why, sizeof(why))) {
		(void)snprintf(err, errlen, "--ct-logs: %s", why);
		return false;
	}
	if (o->system_store && store_set_add_system(set, why, sizeof(why)) < 0) {
		(void)snprintf(err, errlen, "--system-store: %s", why);
		return false;
	}
	return true;
}

bool
setup_asked(
    const struct store_set *set, const struct options *o, uint32_t *out, char *err, size_t errlen)
{
	*out = 0;
	for (size_t i = 0; o->asked == NULL && i < STORE__PUBLIC; i++)
		*out |= STORE_BIT(i);
	for (size_t i = 0; o->asked == NULL && i < o->n_stores; i++)
		*out |= STORE_BIT(store_by_name(set, o->stores[i].name));
	for (const char *const *name = o->asked; name != NULL && *name != NULL; name++) {
		int i = store_by_name(set, *name);

		if (i < 0) {
			(void)snprintf(err, errlen, "--stores: there is no store '%s'", *name);
			return false;
		}
		*out |= STORE_BIT(i);
	}
	return true;
}

/* The first line of a file; false: there is none, or it is too long. */
static bool
first_line(const char *path, char *out, size_t size)
{
	FILE *f = fopen(path, "r");
	bool ok = f != NULL && fgets(out, (int)size, f) != NULL && strlen(out) + 1 < size;

	if (f != NULL)
		(void)fclose(f);
	out[ok ? strcspn(out, "\r\n") : 0] = '\0';
	return ok;
}

bool
setup_identity(const struct options *o, struct crypto_identity **out, char *err, size_t errlen)
{
	char password[WHY_SIZE], why[WHY_SIZE];

	*out = NULL;
	if (o->cert == NULL)
		return true;
	if (o->key_password_file != NULL &&
	    !first_line(o->key_password_file, password, sizeof(password))) {
		(void)snprintf(err, errlen, "--key-password-file: %s holds no password", o->key_password_file);
		return false;
	}
	*out = crypto_identity_open(o->cert, o->key, o->key_password_file != NULL ? password : NULL, why,
	    sizeof(why));
	crypto_wipe(password, sizeof(password));
	if (*out == NULL)
		(void)snprintf(err, errlen, "--cert: %s", why);
	return *out != NULL;
}

struct proxy_lookup {
	struct loop *loop;
	struct proxy *proxy;
	bool found;
	char why[WHY_SIZE];
};

static void
on_proxy(void *arg, const struct resolved *r)
{
	struct proxy_lookup *k = arg;

	k->found = r->status == RESOLVE_OK && r->n > 0;
	if (k->found)
		proxy_found(k->proxy, &r->addrs[0]);
	else
		(void)snprintf(k->why, sizeof(k->why), "%s: %s", resolve_status_name(r->status), r->detail);
	loop_stop(k->loop);
}

bool
setup_proxy(const struct options *o, struct proxy *out, char *err, size_t errlen)
{
	struct resolver_options ro = {.server = o->resolver, .v4 = true, .v6 = true};
	struct proxy_lookup k = {.proxy = out, .why = "no event loop"};
	struct resolver *r = NULL;

	*out = o->proxy;
	if (out->kind == PROXY_NONE || out->at.len > 0)
		return true;
	k.loop = loop_new();
	if (k.loop != NULL)
		r = resolver_new(k.loop, &ro, k.why, sizeof(k.why));
	if (r != NULL) {
		resolve_start(r, out->host, on_proxy, &k);
		loop_run(k.loop);
	}
	if (!k.found)
		(void)snprintf(err, errlen, "the proxy %s: %s", out->host, k.why);
	resolver_free(r);
	loop_free(k.loop);
	return k.found;
}

static bool
want_colour(const struct options *o)
{
	const char *no = getenv("NO_COLOR"), *force = getenv("CLICOLOR_FORCE");
	const char *term = getenv("TERM");

	if (o->color != WHEN_AUTO)
		return o->color == WHEN_ALWAYS;
	if (no != NULL && *no != '\0')
		return false;
	if (force != NULL && strcmp(force, "0") != 0)
		return true;
	return o->output == NULL && isatty(STDOUT_FILENO) && term != NULL &&
	       strcmp(term, "dumb") != 0;
}

static unsigned
columns(const struct options *o)
{
	struct winsize w;

	if (o->output != NULL || ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) != 0)
		return 0;
	return w.ws_col;
}

struct report_style
setup_style(const struct options *o)
{
	return (struct report_style){.colour = want_colour(o),
	    .width = columns(o),
	    .verbose = o->verbose,
	    .show_certs = o->show_certs,
	    .explain = o->explain};
}
