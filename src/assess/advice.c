/* advice - see advice.h. */
#include "assess/advice.h"

#include <strings.h>

/* How each makes a server staple, by what it calls itself in "Server". */
static const struct {
	const char *begins, *name, *lines;
} software[] = {
    {"nginx", "nginx",
	"\"ssl_stapling on; ssl_stapling_verify on; ssl_trusted_certificate chain.pem; "
	"resolver 127.0.0.53;\""},
    {"openresty", NULL,
	"\"ssl_stapling on; ssl_stapling_verify on; ssl_trusted_certificate chain.pem; "
	"resolver 127.0.0.53;\""},
    {"Apache", "Apache",
	"\"SSLUseStapling on\", and outside of virtual hosts \"SSLStaplingCache "
	"shmcb:ssl_stapling(32768)\""},
    {"Microsoft-IIS", "IIS",
	"by itself; for bindings with server_name set the DWORD EnableOcspStaplingForSni of "
	"Control\\SecurityProviders\\SCHANNEL in the registry to 1"},
    {"HAProxy", "HAProxy",
	"\"ocsp-update.mode on\" under global (3.0 and later), or \"[ocsp-update on]\" in the "
	"crt-list (2.8)"},
    {"Caddy", "Caddy", "by itself, unless \"ocsp_stapling off\" stands in the Caddyfile"},
};

static const char *
stapling(const struct facts *f, struct arena *a)
{
	const char *server = f != NULL ? fact_str(f, F_HTTP_SERVER) : NULL, *all = "";

	for (size_t i = 0; server != NULL && i < N_ELEMENTS(software); i++)
		if (strncasecmp(server, software[i].begins, strlen(software[i].begins)) == 0)
			return arena_printf(a, "%s %s",
			    software[i].name != NULL ? software[i].name : software[i].begins,
			    software[i].lines);
	for (size_t i = 0; i < N_ELEMENTS(software); i++)
		if (software[i].name != NULL)
			all = arena_printf(a, "%s%s%s %s", all, *all != '\0' ? "; " : "",
			    software[i].name, software[i].lines);
	return all;
}

static const char *
responders(const struct facts *f, struct arena *a)
{
	const char *all = "";

	for (size_t i = 0; f != NULL && i < fact_n_strs(f, F_OCSP_HOSTS); i++)
		all = arena_printf(a, "%s%s%s", all, *all != '\0' ? ", " : "",
		    fact_strs(f, F_OCSP_HOSTS, i));
	return *all != '\0' ? all : "the host and port of the certificate's OCSP address";
}

static const struct {
	const char *name;
	const char *(*text)(const struct facts *f, struct arena *a);
} names[] = {{"{stapling}", stapling}, {"{responders}", responders}};

/* Which of the names begins here; N_ELEMENTS(names): none. */
static size_t
name_at(const char *s)
{
	size_t i = 0;

	while (i < N_ELEMENTS(names) && strncmp(s, names[i].name, strlen(names[i].name)) != 0)
		i++;
	return i;
}

const char *
advice_text(const char *fix, const struct facts *f, struct arena *a)
{
	const char *out = "", *from = fix;

	if (fix == NULL || strchr(fix, '{') == NULL)
		return fix;
	for (const char *s = fix; (s = strchr(s, '{')) != NULL;) {
		size_t i = name_at(s);

		if (i == N_ELEMENTS(names)) { /* a brace of a configuration file */
			s++;
			continue;
		}
		out = arena_printf(a, "%s%.*s%s", out, (int)(s - from), from, names[i].text(f, a));
		s = from = s + strlen(names[i].name);
	}
	return arena_printf(a, "%s%s", out, from);
}
