/* simulate: servers whose answers are known, and what is worked out for each client. */
#include "derive/simulate.h"
#include "unit.h"

extern const struct probe probe_clients, probe_client_doubts, probe_posture;

static struct arena *arena;
static struct facts *facts;

static void
begin(void)
{
	arena = arena_new(8 << 20);
	facts = facts_new(arena);
}

static void
end(void)
{
	arena_free(arena);
}

static void
speaks(uint16_t version, const char *order, const uint16_t *v, size_t n)
{
	const struct version_row *row = version_row(version);

	fact_put_tri(facts, row->proto, TRI_YES);
	fact_put_u16s(facts, row->suites, (struct u16s){v, n});
	if (order != NULL)
		fact_put_str(facts, row->order, order);
}

#define SPEAKS(version, order, ...)                                                                \
	speaks(version, order, (const uint16_t[]){__VA_ARGS__},                                    \
	    sizeof((const uint16_t[]){__VA_ARGS__}) / sizeof(uint16_t))
#define LIST(id, ...)                                                                              \
	fact_put_u16s(facts, id,                                                                   \
	    (struct u16s){(const uint16_t[]){__VA_ARGS__},                                         \
		sizeof((const uint16_t[]){__VA_ARGS__}) / sizeof(uint16_t)})

/* A leaf and the deployment it is in. */
static void
leaf(const char *type, uint32_t bits, const char *curve, enum tri no_sni)
{
	uint16_t chain[] = {(uint16_t)fact_rows(facts, K_CERT)};
	struct facts *cert = fact_add(facts, K_CERT), *d = fact_add(facts, K_DEPLOY);

	fact_put_str(cert, F_CERT_KEY_TYPE, type);
	fact_put_u32(cert, F_CERT_KEY_BITS, bits);
	if (curve != NULL)
		fact_put_str(cert, F_CERT_KEY_CURVE, curve);
	fact_put_str(cert, F_CERT_SIG_HASH, "SHA-256");
	fact_put_u16s(d, F_DEPLOY_CHAIN, U16S_OF(chain));
	fact_put_tri(d, F_DEPLOY_SNI, TRI_YES);
	fact_put_tri(d, F_DEPLOY_NO_SNI, no_sni);
}

/* What most servers have: everything but versions and suites. */
static void
usual(void)
{
	LIST(F_GROUPS_TLS1_2, 0x001d, 0x0017, 0x0018);
	fact_put_str(facts, F_GROUPS_TLS1_2_ORDER, "server");
	LIST(F_GROUPS_TLS1_3, 0x001d, 0x0017, 0x0018);
	fact_put_str(facts, F_GROUPS_TLS1_3_ORDER, "server");
	LIST(F_SIGALGS_TLS1_2_RSA, 0x0804, 0x0401, 0x0501, 0x0601, 0x0201);
	LIST(F_SIGALGS_TLS1_2_ECDSA, 0x0403, 0x0203);
	LIST(F_SIGALGS_TLS1_3_RSA, 0x0804, 0x0805, 0x0806);
	LIST(F_SIGALGS_TLS1_3_ECDSA, 0x0403);
	fact_put_tri(facts, F_SIGALGS_IGNORED, TRI_NO);
	fact_put_tri(facts, F_SNI_REQUIRED, TRI_NO);
	fact_put_tri(facts, F_CHACHA20_PREF, TRI_NO);
}

/* Versions nobody spoke of are not spoken. */
static void
no_more_versions(void)
{
	for (size_t i = 0; i < N_VERSIONS; i++)
		if (!fact_settled(facts, version_rows[i].proto))
			fact_put_tri(facts, version_rows[i].proto, TRI_NO);
}

static const struct client *
client(const char *name, const char *platform)
{
	for (size_t i = 0; i < client_count(); i++) {
		const struct client *c = client_at(i);

		if (strcmp(c->name, name) == 0 &&
		    (platform == NULL ||
			(c->platform != NULL && strcmp(c->platform, platform) == 0)))
			return c;
	}
	ck_abort_msg("no client %s", name);
}

static struct sim
ask(const char *name, const char *platform)
{
	struct sim_server *s = arena_alloc(arena, sizeof(*s));

	no_more_versions();
	sim_server_read(s, facts);
	return simulate(s, client(name, platform), arena);
}

static void
expect(const char *name, const char *platform, uint16_t version, uint16_t suite, uint16_t group,
    const char *key)
{
	struct sim r = ask(name, platform);

	ck_assert_msg(r.connects == TRI_YES, "%s: %s%s", name, r.failure ? r.failure : "",
	    r.doubt ? r.doubt : "");
	ck_assert_msg(r.version == version, "%s: version %04x", name, r.version);
	ck_assert_msg(r.suites.n == 1 && r.suites.v[0] == suite, "%s: %zu suites, the first %04x",
	    name, r.suites.n, r.suites.v[0]);
	if (group == 0)
		ck_assert_msg(r.groups.n == 0, "%s: %zu groups", name, r.groups.n);
	else
		ck_assert_msg(
		    r.groups.n == 1 && r.groups.v[0] == group, "%s: %zu groups", name, r.groups.n);
	if (key != NULL) {
		ck_assert_msg(r.key != NULL, "%s: no key", name);
		ck_assert_str_eq(r.key->type, key);
	}
}

static void
expect_failure(const char *name, const char *platform, const char *why)
{
	struct sim r = ask(name, platform);

	ck_assert_msg(r.connects == TRI_NO, "%s: connects %s", name, tri_name(r.connects));
	ck_assert_msg(strstr(r.failure, why) != NULL, "%s: %s", name, r.failure);
}

static void
expect_doubt(const char *name, enum tri connects, size_t n_suites)
{
	struct sim r = ask(name, NULL);

	ck_assert_msg(r.connects == connects, "%s: connects %s", name, tri_name(r.connects));
	ck_assert_msg(r.suites.n == n_suites, "%s: %zu suites", name, r.suites.n);
	ck_assert_msg(r.doubt != NULL, "%s: no doubt", name);
}

/* ---- the table ---- */

static bool
same(const struct client *a, const struct client *b)
{
	if (a->platform == NULL || b->platform == NULL)
		return strcmp(a->name, b->name) == 0;
	return strcmp(a->name, b->name) == 0 && strcmp(a->platform, b->platform) == 0;
}

START_TEST(table_is_sound)
{
	size_t reference = 0, pq = 0;

	ck_assert_uint_ge(client_count(), 60);
	for (size_t i = 0; i < client_count(); i++) {
		const struct client *c = client_at(i);

		ck_assert(c->name[0] != '\0' && c->lowest <= c->highest && c->highest <= TLS1_3);
		ck_assert_uint_gt(c->suites.n, 0);
		for (size_t k = 0; k < c->suites.n; k++)
			ck_assert_msg(suite_by_code(c->suites.v[k]) != NULL, "%s: %04x", c->name,
			    c->suites.v[k]);
		for (size_t k = 0; k < c->groups.n; k++)
			ck_assert_msg(group_by_code(c->groups.v[k]) != NULL, "%s: %04x", c->name,
			    c->groups.v[k]);
		for (size_t k = 0; k < c->sigalgs.n; k++)
			ck_assert_msg(sigalg_by_code(c->sigalgs.v[k]) != NULL, "%s: %04x", c->name,
			    c->sigalgs.v[k]);
		for (size_t k = 0; k < c->shares.n; k++)
			ck_assert(u16s_has(c->groups, c->shares.v[k]));
		ck_assert(c->highest < TLS1_3 || c->shares.n > 0);
		ck_assert(c->highest < TLS1_2 || c->sigalgs.n > 0);
		for (size_t k = 0; k < i; k++)
			ck_assert_msg(!same(client_at(k), c), "%s is there twice", c->name);
		reference += c->reference;
		pq += u16s_has(c->groups, 0x11ec);
	}
	ck_assert_uint_ge(reference, 20);
	ck_assert_uint_ge(pq, 4);
}
END_TEST

/* ---- servers ---- */

/* nginx with Mozilla's intermediate suites of 2020, client's choice, an RSA and an EC certificate.
 */
START_TEST(intermediate)
{
	begin();
	SPEAKS(TLS1_3, "client", 0x1302, 0x1303, 0x1301);
	SPEAKS(TLS1_2, "client", 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0x009e, 0x009f);
	usual();
	leaf("RSA", 2048, NULL, TRI_NO);
	leaf("EC", 256, "P-256", TRI_YES);
	expect("Chrome 131", NULL, TLS1_3, 0x1301, 0x001d, NULL);
	expect("Firefox 132", NULL, TLS1_3, 0x1301, 0x001d, NULL);
	expect("OpenSSL 1.1.1d", NULL, TLS1_3, 0x1302, 0x001d, NULL);
	expect("Safari 12.1", NULL, TLS1_3, 0x1303, 0x001d, NULL);
	expect("Firefox 47", NULL, TLS1_2, 0xc02b, 0x0017, "EC");
	expect("Chrome 49", "Windows XP SP3", TLS1_2, 0xc02f, 0x0017, "RSA");
	expect("IE 11", "Windows 10", TLS1_2, 0xc02c, 0x0017, "EC");
	expect("OpenSSL 1.0.1l", NULL, TLS1_2, 0xc030, 0x0017, "RSA");
	expect("Edge 15", NULL, TLS1_2, 0xc02c, 0x001d, "EC");
	expect("Safari 9", "iOS 9", TLS1_2, 0xc02c, 0x0017, "EC");
	expect("Java 8u161", NULL, TLS1_2, 0xc02c, 0x0017, "EC");
	expect_failure("IE 8", "Windows XP", "no protocol version");
	expect_failure("Android 2.3.7", NULL, "no protocol version");
	expect_failure("Safari 7", "OS X 10.9", "no cipher suite");
	end();
}
END_TEST

/* The server's order; ChaCha20 first only for those who ask for it so. */
START_TEST(server_order)
{
	begin();
	SPEAKS(TLS1_3, "server", 0x1302, 0x1301, 0x1303);
	SPEAKS(TLS1_2, "server", 0xc030, 0xc02f, 0xc014, 0x000a);
	usual();
	leaf("RSA", 2048, NULL, TRI_YES);
	expect("Chrome 131", NULL, TLS1_3, 0x1302, 0x001d, "RSA");
	expect("Safari 12.1", NULL, TLS1_3, 0x1302, 0x001d, "RSA");
	expect("IE 11", "Windows 7", TLS1_2, 0xc014, 0x0017, "RSA");
	expect("Chrome 49", "Windows XP SP3", TLS1_2, 0xc02f, 0x0017, "RSA");
	expect("Edge 13", "Windows 10", TLS1_2, 0xc030, 0x0017, "RSA");
	end();

	begin();
	SPEAKS(TLS1_3, "server", 0x1302, 0x1301, 0x1303);
	usual();
	leaf("RSA", 2048, NULL, TRI_YES);
	expect("Safari 12.1", NULL, TLS1_3, 0x1302, 0x001d, "RSA");
	end();
}
END_TEST

START_TEST(chacha20)
{
	static const enum tri rows[] = {TRI_YES, TRI_NO, TRI_UNKNOWN};

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		begin();
		SPEAKS(TLS1_3, "server", 0x1302, 0x1301, 0x1303);
		LIST(F_GROUPS_TLS1_3, 0x001d);
		fact_put_str(facts, F_GROUPS_TLS1_3_ORDER, "single");
		if (rows[i] == TRI_UNKNOWN)
			fact_put_unknown(facts, F_CHACHA20_PREF, WHY_RESET, NULL);
		else
			fact_put_tri(facts, F_CHACHA20_PREF, rows[i]);
		expect("Chrome 131", NULL, TLS1_3, 0x1302, 0x001d, NULL);
		if (rows[i] == TRI_UNKNOWN)
			expect_doubt("Safari 12.1", TRI_YES, 2);
		else
			expect("Safari 12.1", NULL, TLS1_3, rows[i] == TRI_YES ? 0x1303 : 0x1302,
			    0x001d, NULL);
		end();
	}
}
END_TEST

/* An EC certificate alone: who does not offer its curve, or no ECDSA, stays outside. */
START_TEST(ecdsa_alone)
{
	begin();
	SPEAKS(TLS1_2, "server", 0xc02c, 0xc02b, 0xc00a);
	usual();
	leaf("EC", 384, "P-384", TRI_YES);
	expect("Chrome 51", NULL, TLS1_2, 0xc02c, 0x001d, "EC");
	expect("IE 11", "Windows 10", TLS1_2, 0xc02c, 0x0017, "EC");
	expect_failure("Chrome 49", "Windows XP SP3", "no cipher suite");
	expect_failure("Android 7.0", NULL, "no cipher suite"); /* P-256 is all it has */
	end();
}
END_TEST

START_TEST(diffie_hellman_sizes)
{
	struct facts *row;

	begin();
	SPEAKS(TLS1_2, "server", 0x009f, 0x006b, 0x0033);
	SPEAKS(TLS1_0, "server", 0x0033);
	usual();
	leaf("RSA", 2048, NULL, TRI_YES);
	row = fact_add(facts, K_DHPARAM);
	fact_put_u32(row, F_DHPARAM_BITS, 1024);
	fact_put_tri(row, F_DHPARAM_EXPORT, TRI_NO);
	expect("IE 11", "Windows 7", TLS1_2, 0x009f, 0, "RSA");
	ck_assert_uint_eq(ask("IE 11", "Windows 7").kx_bits, 1024);
	expect_failure("curl 7.88 (OpenSSL 3.0.19)", NULL, "1024 bits is too short");
	expect("Java 6u45", NULL, TLS1_0, 0x0033, 0, "RSA");
	end();

	begin(); /* two sizes: not known which one comes */
	SPEAKS(TLS1_2, "server", 0x009f, 0x006b, 0x0033);
	usual();
	leaf("RSA", 2048, NULL, TRI_YES);
	for (uint32_t bits = 1024; bits <= 2048; bits += 1024) {
		row = fact_add(facts, K_DHPARAM);
		fact_put_u32(row, F_DHPARAM_BITS, bits);
	}
	expect_doubt("curl 7.88 (OpenSSL 3.0.19)", TRI_UNKNOWN, 1);
	expect("IE 11", "Windows 7", TLS1_2, 0x009f, 0, "RSA");
	end();

	begin(); /* and none seen */
	SPEAKS(TLS1_2, "server", 0x009f);
	usual();
	expect_doubt("curl 7.88 (OpenSSL 3.0.19)", TRI_UNKNOWN, 1);
	end();
}
END_TEST

START_TEST(keys_and_names)
{
	begin();
	SPEAKS(TLS1_0, "server", 0x002f, 0x000a);
	usual();
	leaf("RSA", 8192, NULL, TRI_YES);
	expect_failure("Safari 5.1.9", NULL, "RSA key of 8192 bits is too long");
	expect("IE 7", NULL, TLS1_0, 0x002f, 0, "RSA");
	expect("IE 8", "Windows XP", TLS1_0, 0x000a, 0, "RSA");
	end();

	begin();
	SPEAKS(TLS1_0, "server", 0x002f, 0x000a);
	fact_put_tri(facts, F_SNI_REQUIRED, TRI_YES);
	expect_failure("IE 8", "Windows XP", "server_name");
	expect("IE 7", NULL, TLS1_0, 0x002f, 0, NULL);
	end();

	begin(); /* asked for by address: nobody sends a name */
	SPEAKS(TLS1_0, "server", 0x002f, 0x000a);
	fact_put_unknown(facts, F_SNI_REQUIRED, WHY_NOT_APPLICABLE, NULL);
	expect("IE 8", "Windows XP", TLS1_0, 0x000a, 0, NULL);
	end();

	begin(); /* without a name the certificate is another one */
	SPEAKS(TLS1_0, "server", 0x000a);
	fact_put_tri(facts, F_SNI_REQUIRED, TRI_NO);
	leaf("RSA", 2048, NULL, TRI_NO);
	leaf("EC", 256, "P-256", TRI_YES);
	expect_failure("IE 8", "Windows XP", "no cipher suite");
	end();
}
END_TEST

START_TEST(what_is_not_known)
{
	begin(); /* a version that may be there stands above the one that is */
	SPEAKS(TLS1_2, "server", 0xc02f, 0xc030);
	usual();
	leaf("RSA", 2048, NULL, TRI_YES);
	fact_put_unknown(facts, F_PROTO_TLS1_3, WHY_SILENCE, NULL);
	expect_doubt("Chrome 131", TRI_UNKNOWN, 0);
	ck_assert_int_eq(ask("Chrome 131", NULL).missing, F_PROTO_TLS1_3);
	expect("IE 11", "Windows 10", TLS1_2, 0xc02f, 0x0017, "RSA");
	end();

	begin(); /* a list that could not be read */
	fact_put_tri(facts, F_PROTO_TLS1_2, TRI_YES);
	fact_put_unknown(facts, F_SUITES_TLS1_2, WHY_RESET, NULL);
	expect_doubt("IE 11", TRI_UNKNOWN, 0);
	end();

	begin(); /* no order: all that both have */
	SPEAKS(TLS1_2, "mixed", 0xc030, 0x009d, 0x0035);
	usual();
	leaf("RSA", 2048, NULL, TRI_YES);
	expect_doubt("Chrome 51", TRI_YES, 3);
	expect_doubt("IE 11", TRI_YES, 2);
	ck_assert_int_eq(sim_has((struct sim[]){ask("Chrome 51", NULL)}, "fs"), TRI_UNKNOWN);
	ck_assert_int_eq(sim_has((struct sim[]){ask("IE 11", NULL)}, "fs"), TRI_NO);
	end();

	begin(); /* groups not known: ECDHE may be chosen, and RSA if not */
	SPEAKS(TLS1_2, "server", 0xc02f, 0x009c);
	fact_put_unknown(facts, F_GROUPS_TLS1_2, WHY_RESET, NULL);
	LIST(F_SIGALGS_TLS1_2_RSA, 0x0401, 0x0201);
	leaf("RSA", 2048, NULL, TRI_YES);
	expect_doubt("Chrome 51", TRI_YES, 2);
	end();

	begin(); /* suites alone under a version below */
	SPEAKS(TLS1_3, "single", 0x1304);
	SPEAKS(TLS1_2, "single", 0xc02f);
	usual();
	expect_doubt("Chrome 131", TRI_UNKNOWN, 0);
	end();
}
END_TEST

/* The server may take the share at hand or ask for the group it prefers. */
START_TEST(shares)
{
	begin();
	SPEAKS(TLS1_3, "server", 0x1301);
	LIST(F_GROUPS_TLS1_3, 0x11ec, 0x0017, 0x001d);
	fact_put_str(facts, F_GROUPS_TLS1_3_ORDER, "server");
	expect("Chrome 131", NULL, TLS1_3, 0x1301, 0x11ec, NULL);
	ck_assert_uint_eq(ask("Chrome 70", NULL).groups.n, 2);
	ck_assert_uint_eq(ask("Chrome 70", NULL).kx_bits, 0);
	ck_assert_int_eq(ask("Chrome 70", NULL).connects, TRI_YES);
	expect("Java 11.0.2", NULL, TLS1_3, 0x1301, 0x0017, NULL);
	end();

	begin();
	SPEAKS(TLS1_3, "single", 0x1301);
	LIST(F_GROUPS_TLS1_3, 0x0202);
	fact_put_str(facts, F_GROUPS_TLS1_3_ORDER, "single");
	expect_failure("Chrome 131", NULL, "no group in common");
	end();

	begin();
	SPEAKS(TLS1_3, "single", 0x1301);
	LIST(F_GROUPS_TLS1_3, 0x001d);
	fact_put_str(facts, F_GROUPS_TLS1_3_ORDER, "single");
	LIST(F_SIGALGS_TLS1_3_ECDSA, 0x0807);
	leaf("Ed25519", 253, NULL, TRI_YES);
	expect_failure("Chrome 131", NULL, "no signature algorithm");
	expect("OpenSSL 1.1.1d", NULL, TLS1_3, 0x1301, 0x001d, "Ed25519");
	ck_assert_uint_eq(ask("OpenSSL 1.1.1d", NULL).sigalg, 0x0807);
	end();
}
END_TEST

START_TEST(rows_of_the_report)
{
	struct endpoint ep = {.host = "a.example", .sni = "a.example"};
	struct ctx c = {.ep = &ep};
	size_t failed = 0, reference = 0;

	begin();
	SPEAKS(TLS1_2, "server", 0xc030, 0xc02f);
	usual();
	leaf("RSA", 2048, NULL, TRI_YES);
	no_more_versions();
	c.known = facts;
	c.arena = arena;
	probe_clients.conclude(NULL, &c, facts);
	ck_assert_uint_eq(fact_rows(facts, K_CLIENT), client_count());
	ck_assert_uint_eq(fact_u32(facts, F_CLIENTS_SIMULATED), client_count());
	for (size_t i = 0; i < fact_rows(facts, K_CLIENT); i++) {
		const struct facts *row = fact_row(facts, K_CLIENT, i);

		ck_assert(fact_yes(row, F_CLIENT_CERTAIN));
		reference += fact_yes(row, F_CLIENT_REFERENCE);
		if (fact_tri(row, F_CLIENT_CONNECTS) == TRI_NO) {
			failed++;
			ck_assert_ptr_nonnull(fact_str(row, F_CLIENT_FAILURE));
			ck_assert(!fact_known(row, F_CLIENT_SUITE));
			continue;
		}
		ck_assert_uint_eq(fact_u32(row, F_CLIENT_VERSION), TLS1_2);
		ck_assert_uint_eq(fact_u16s(row, F_CLIENT_SUITE).n, 1);
		ck_assert(fact_yes(row, F_CLIENT_FORWARD_SECRECY));
		ck_assert_str_eq(fact_str(row, F_CLIENT_KEY_TYPE), "RSA");
		ck_assert_uint_eq(fact_u32(row, F_CLIENT_KX_BITS), 3072);
	}
	ck_assert_uint_gt(failed, 10);
	ck_assert_uint_ge(reference, 20);
	end();
}
END_TEST

/* What client_doubts says. */
static struct u16s
to_ask(enum depth depth)
{
	struct endpoint ep = {.host = "a.example", .sni = "a.example"};
	struct ctx c = {.ep = &ep, .known = facts, .arena = arena, .depth = depth};

	probe_client_doubts.conclude(NULL, &c, facts);
	return fact_u16s(facts, F_CLIENTS_TO_ASK);
}

static void
answer(const struct client *c, uint16_t version, uint16_t suite)
{
	struct facts *row = fact_add(facts, K_CLIENT_ANSWER);

	fact_put_str(row, F_CLIENT_ANSWER_CLIENT, c->name);
	if (c->platform != NULL)
		fact_put_str(row, F_CLIENT_ANSWER_PLATFORM, c->platform);
	fact_put_str(row, F_CLIENT_ANSWER_SAYS, "alert 40 (handshake_failure)");
	if (version == 0)
		return;
	fact_put_u32(row, F_CLIENT_ANSWER_VERSION, version);
	fact_put_u16s(row, F_CLIENT_ANSWER_SUITE, (struct u16s){&suite, 1});
}

/* No order that could be told: six are asked for, and what they get stands for all with that hello. */
START_TEST(what_was_answered_stands)
{
	struct u16s list;
	const struct client *one, *two;
	struct sim r;

	begin();
	SPEAKS(TLS1_2, "mixed", 0xc030, 0xc02f);
	usual();
	leaf("RSA", 2048, NULL, TRI_YES);
	no_more_versions();
	list = to_ask(DEPTH_FULL);
	ck_assert_uint_eq(list.n, 6);
	for (size_t i = 0; i < list.n; i++) {
		ck_assert(client_at(list.v[i])->reference);
		for (size_t k = 0; k < i; k++)
			ck_assert(!client_same_hello(client_at(list.v[i]), client_at(list.v[k])));
	}
	one = client_at(list.v[0]);
	two = client_at(list.v[1]);
	answer(one, TLS1_2, 0xc02f);
	answer(two, 0, 0);
	r = ask(one->name, one->platform);
	ck_assert(r.asked && r.connects == TRI_YES && sim_certain(&r));
	ck_assert_uint_eq(r.suites.v[0], 0xc02f);
	ck_assert_ptr_nonnull(r.key);
	r = ask(two->name, two->platform);
	ck_assert(r.asked && r.connects == TRI_NO);
	ck_assert_str_eq(r.failure, "the server refuses its hello: alert 40 (handshake_failure)");
	for (size_t i = 0; i < client_count(); i++)
		if (client_same_hello(client_at(i), one)) {
			r = ask(client_at(i)->name, client_at(i)->platform);
			ck_assert(r.asked);
		}
	r = ask(client_at(list.v[2])->name, client_at(list.v[2])->platform);
	ck_assert(!r.asked && !sim_certain(&r));
	end();
}
END_TEST

START_TEST(nobody_is_asked_in_vain)
{
	begin();
	SPEAKS(TLS1_2, "server", 0xc030, 0xc02f);
	usual();
	leaf("RSA", 2048, NULL, TRI_YES);
	no_more_versions();
	ck_assert_uint_eq(to_ask(DEPTH_FULL).n, 0);
	end();

	begin();
	SPEAKS(TLS1_2, "mixed", 0xc030, 0xc02f);
	usual();
	no_more_versions();
	ck_assert_uint_eq(to_ask(DEPTH_FAST).n, 0);
	end();
}
END_TEST

/* Whatever simulate() looks at, posture needs too. */
START_TEST(needs_agree)
{
	for (const enum fact_id *id = sim_needs; *id != F_NONE; id++) {
		bool found = false;

		for (const enum fact_id *n = probe_posture.needs; *n != F_NONE; n++)
			found |= *n == *id;
		ck_assert_msg(found, "%s", fact_defs[*id].name);
	}
}
END_TEST

UNIT_MAIN("simulate", table_is_sound, intermediate, server_order, chacha20, ecdsa_alone,
    diffie_hellman_sizes, keys_and_names, what_is_not_known, shares, rows_of_the_report,
    what_was_answered_stands, nobody_is_asked_in_vain, needs_agree)
