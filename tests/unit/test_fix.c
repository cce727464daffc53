/* test_fix - which software it is, its lines, and what a policy may say about them. */
#include "config.h"

#include "assess/policy.h"
#include "base/check.h"
#include "unit.h"

static struct arena *arena;

static void
set_up(void)
{
	arena = arena_new(1 << 20);
}

static void
tear_down(void)
{
	arena_free(arena);
}

static const struct {
	const char *server, *greeting, *starttls, *label;
} seen[] = {
    {"nginx/1.22.1", NULL, NULL, "nginx 1.22.1"},
    {"nginx", NULL, NULL, "nginx"},
    {"openresty/1.21.4.1", NULL, NULL, "OpenResty 1.21.4"},
    {"Apache/2.4.57 (Debian) OpenSSL/3.0.9", NULL, NULL, "Apache 2.4.57"},
    {"Apache-Coyote/1.1", NULL, NULL, NULL}, /* Tomcat */
    {"Microsoft-IIS/10.0", NULL, NULL, "IIS 10.0"},
    {"not-nginx/1.0", NULL, NULL, NULL},
    {"nginxx/1.0", NULL, NULL, NULL},
    {"lighttpd/1.4.69", NULL, NULL, "lighttpd 1.4.69"},
    {"nginx/99999999999999999999.1", NULL, NULL, "nginx 99999999999999999999.1"},
    {"", NULL, NULL, NULL},
    {"cloudflare", NULL, NULL, NULL},
    {NULL, "220 mx.example ESMTP Postfix (Debian/GNU)", "smtp", "Postfix"},
    {NULL, "* OK [CAPABILITY IMAP4rev1] Dovecot (Debian) ready.", "imap", "Dovecot"},
    {NULL, "220 ProFTPD Server (Debian) [::ffff:127.0.0.1]", "ftp", "ProFTPD"},
    {NULL, NULL, "postgres", "PostgreSQL"},
    {NULL, NULL, "mysql", "MySQL or MariaDB"},
    {NULL, NULL, "ldap", NULL},
};

static void
says(size_t i)
{
	struct facts *f = facts_new(arena);
	struct software sw;

	if (seen[i].server != NULL)
		fact_put_str(f, F_HTTP_SERVER, seen[i].server);
	if (seen[i].greeting != NULL)
		fact_put_str(f, F_GREETING, seen[i].greeting);
	if (seen[i].starttls != NULL)
		fact_put_str(f, F_STARTTLS, seen[i].starttls);
	software_seen(f, arena, &sw);
	if (seen[i].label == NULL)
		ck_assert_int_eq(sw.id, SOFTWARE_NONE);
	else
		ck_assert_str_eq(sw.label, seen[i].label);
}

START_TEST(the_server_says_what_it_is)
{
	for (size_t i = 0; i < N_ELEMENTS(seen); i++)
		says(i);
}
END_TEST

static const struct {
	const char *software, *key, *value, *lines; /* each line ends in '\n' */
} told[] = {
    {"nginx/1.22.1", "versions", "1.2+", "ssl_protocols TLSv1.2 TLSv1.3;\n"},
    {"nginx/1.12.2", "versions", "1.2+", "ssl_protocols TLSv1.2;\n"},
    {"nginx/1.12.2", "versions", "1.3", ""}, /* it has none */
    {"nginx/1.18.0", "suites13", "A:B", ""},
    {"nginx/1.19.4", "suites13", "A:B", "ssl_conf_command Ciphersuites A:B;\n"},
    {"openresty/1.21.4.1", "suites13", "A", "ssl_conf_command Ciphersuites A;\n"},
    {"apache/2.2.22", "chain", "full", "SSLCertificateChainFile intermediates.pem\n"},
    {"apache", "chain", "full", "SSLCertificateFile fullchain.pem\n"},
    {"apache/2.4.57", "staple", "on",
	"SSLStaplingCache shmcb:/run/apache2/stapling(150000)\nSSLUseStapling on\n"},
    {"postfix", "groups", "X25519:prime256v1", "tls_eecdh_auto_curves = X25519, prime256v1\n"},
    {"postfix", "hsts", "1", ""},
    {"dovecot/2.3.19", "order", "server", "ssl_prefer_server_ciphers = yes\n"},
    {"dovecot/2.4.1", "order", "server", "ssl_server_prefer_ciphers = server\n"},
    {"caddy", "groups", "X25519:prime256v1:secp384r1",
	"tls { curves x25519 secp256r1 secp384r1 }\n"},
    {"caddy", "groups", "another", ""},
    {"haproxy/2.6", "sigalgs", "RSA+SHA256", ""},
    {"haproxy/2.8", "sigalgs", "RSA+SHA256", "ssl-default-bind-sigalgs RSA+SHA256\n"},
};

static void
has_lines(size_t row)
{
	const char *values[SET__MAX] = {NULL}, *got = "";
	const char *const *lines;
	struct software sw;
	size_t n;

	ck_assert(software_read(told[row].software, arena, &sw));
	ck_assert_int_lt(setting_by_key(told[row].key), SET__MAX);
	values[setting_by_key(told[row].key)] = told[row].value;
	lines = config_lines(&sw, values, arena, &n);
	for (size_t i = 0; i < n; i++)
		got = arena_printf(arena, "%s%s\n", got, lines[i]);
	ck_assert_str_eq(got, told[row].lines);
}

START_TEST(each_version_has_its_lines)
{
	for (size_t i = 0; i < N_ELEMENTS(told); i++)
		has_lines(i);
}
END_TEST

/* Whatever is set, IIS' lines keep PowerShell's own variables. */
START_TEST(a_dollar_of_powershell_is_kept)
{
	const char *values[SET__MAX] = {[SET_SUITES] = "ECDHE+AESGCM:ECDHE+CHACHA20"};
	struct software sw;
	size_t n;
	const char *const *lines;

	ck_assert(software_read("iis/10.0", arena, &sw));
	lines = config_lines(&sw, values, arena, &n);
	ck_assert_uint_eq(n, 1);
	ck_assert_ptr_nonnull(strstr(lines[0], "$_.Name"));
}
END_TEST

START_TEST(names_that_are_not_known)
{
	struct software sw;

	ck_assert(!software_read("netscape", arena, &sw));
	ck_assert(!software_read("nginx/", arena, &sw));
	ck_assert(!software_read("nginx/new", arena, &sw));
	ck_assert(!software_read("", arena, &sw));
	ck_assert(software_read("HAProxy", arena, &sw));
	ck_assert_int_eq(setting_by_key("version"), SET__MAX);
}
END_TEST

/* A policy's "config": an unknown key is an error, and an override's own fix has none of the lines
 * of the fix before. */
START_TEST(a_policy_sets_what_there_is)
{
	static const char wrong[] = "{\"policy\":\"x\",\"edition\":\"1\",\"title\":\"x\","
				    "\"extends\":\"pci-dss-4\",\"override\":[{\"id\":\"tls1_0\","
				    "\"config\":{\"cyphers\":\"ALL\"}}]}",
			  own[] = "{\"policy\":\"x\",\"edition\":\"1\",\"title\":\"x\","
				  "\"extends\":\"pci-dss-4\",\"override\":[{\"id\":\"tls1_0\","
				  "\"fix\":\"Ask the gateway team.\"}]}";
	char err[256] = "";
	struct policy *p = policy_read(span_str(wrong), "x", err, sizeof(err));

	ck_assert_ptr_null(p);
	ck_assert_ptr_nonnull(strstr(err, "cyphers"));
	p = policy_read(span_str(own), "x", err, sizeof(err));
	ck_assert_msg(p != NULL, "%s", err);
	ck_assert_str_eq(policy_rule(p, "tls1_0")->fix, "Ask the gateway team.");
	ck_assert_ptr_null(policy_rule(p, "tls1_0")->config);
	ck_assert_ptr_nonnull(policy_rule(p, "tls1_1")->config);
	ck_assert(!policy_config_for(p, "netscape/4", err, sizeof(err)));
	ck_assert_ptr_nonnull(strstr(err, "lighttpd"));
	ck_assert(policy_config_for(p, "nginx/1.22", err, sizeof(err)));
	policy_free(p);
}
END_TEST

UNIT_MAIN_WITH(set_up, tear_down, "fix", the_server_says_what_it_is, each_version_has_its_lines,
    a_dollar_of_powershell_is_kept, names_that_are_not_known, a_policy_sets_what_there_is)
