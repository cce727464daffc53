/* keys12, openssl_tls12: the PRF against published vectors, records against those made elsewhere. */
#include "engine/keys12.h"
#include "tls/hello.h"
#include "unit.h"

static struct rng rng;

static void
set_up(void)
{
	rng_seed(&rng, 1);
}

static uint8_t
nibble(char c)
{
	return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static struct span
hex(const char *s)
{
	static uint8_t pool[16384];
	static size_t used;
	size_t n = strlen(s) / 2;
	uint8_t *p = pool + used;

	ck_assert_uint_le(used + n, sizeof(pool));
	used += n;
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(nibble(s[2 * i]) << 4 | nibble(s[2 * i + 1]));
	return (struct span){p, n};
}

/* "TLS 1.2 PRF test vectors", ietf-tls, 2009; the third by `openssl kdf` with MD5-SHA1. */
START_TEST(prf)
{
	static const struct {
		uint16_t version;
		enum crypto_hash hash;
		const char *secret, *seed, *out;
	} rows[] = {
	    {TLS1_2, CRYPTO_SHA256, "9bbe436ba940f017b17652849a71db35", "a0ba9f936cda311827a6f796ffd5198c",
		"e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14ba"
		"f9af0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a51"
		"10fff70187347b66"},
	    {TLS1_2, CRYPTO_SHA384, "b80b733d6ceefcdc71566ea48e5567df", "cd665cf6a8447dd6ff8b27555edb7465",
		"7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9ca0faa60be9fe34f82b1233c91"
		"46a0e534cb400fed2700884f9dc236f80edd8bfa961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad0"
		"5d9184259b5bf8cd4d90fa0d31e2dec479e4f1a26066f2eea9a69236a3e52655c9e9aee691c8f3a26854308d5eaa"
		"3be85e0990703d73e56f"},
	    {TLS1_0, CRYPTO_SHA256, "9bbe436ba940f017b17652849a71db3577",
		"a0ba9f936cda311827a6f796ffd5198c",
		"cb7f75c039ab638d4e7c416ef44e49c4008679a42f2918e36348c9b27d40e05659b67c4237121f3d1ea735ed6ee0"
		"fad0"},
	};

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		struct keys12 k = {.version = rows[i].version, .prf = rows[i].hash};
		struct span want = hex(rows[i].out);
		uint8_t out[256];

		keys12_prf(&k, hex(rows[i].secret), "test label", hex(rows[i].seed), out, want.n);
		ck_assert_mem_eq(out, want.p, want.n);
	}
}
END_TEST

/* AES-128-CBC with HMAC-SHA-1 and counting bytes for keys; the records were made with `openssl enc`
 * and another HMAC. */
static struct direction12
counting(bool etm)
{
	struct direction12 d = {
	    .on = true, .cbc = CRYPTO_AES_128_CBC, .mac = CRYPTO_SHA1, .etm = etm};

	for (uint8_t i = 0; i < 20; i++)
		d.mac_key[i] = i;
	for (uint8_t i = 0; i < 16; i++) {
		d.key[i] = (uint8_t)(32 + i);
		d.iv[i] = (uint8_t)(64 + i);
	}
	return d;
}

START_TEST(cbc_records_of_tls10_are_a_chain)
{
	static const char *const want[] = {
	    "170301002052bb88e026756d372500af86b7016228af7d66738d92a7e4db6e6d71c0a1c9bf",
	    "1703010020d5a34ec465d90d686afa70c4787e90b805cd262f008549b5fbf2300073888c4b"};
	static const char *const content[] = {"hello", "world!"};
	struct keys12 k = {.version = TLS1_0, .client = counting(false), .server = counting(false)};

	for (size_t i = 0; i < 2; i++) {
		struct record12 r = {.type = 23, .content = span_str(content[i])};
		struct span w = hex(want[i]);
		uint8_t out[512], plain[512];
		size_t n = keys12_encrypt(&k, &rng, &r, out);

		ck_assert_uint_eq(n, w.n);
		ck_assert_mem_eq(out, w.p, n);
		ck_assert(keys12_decrypt(&k, w, plain, &n));
		ck_assert_uint_eq(n, strlen(content[i]));
		ck_assert_mem_eq(plain, content[i], n);
	}
}
END_TEST

START_TEST(cbc_records_of_tls12)
{
	static const struct {
		bool etm;
		const char *record;
	} rows[] = {
	    {true, "1703030034404142434445464748494a4b4c4d4e4f74b017db45e26892b7f631f39f8bc38f24aba7fac86d4b"
		   "ef78dba8533e732afcb6b2f021"},
	    {false, "1703030030404142434445464748494a4b4c4d4e4f169342c56879e773fa492cf68a712b9d951beb3237f866"
		    "24c2e2ea16d71ffc79"},
	};

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		struct span record = hex(rows[i].record);
		struct keys12 k = {.version = TLS1_2, .server = counting(rows[i].etm)};
		uint8_t plain[512], copy[512];
		size_t n;

		ck_assert(keys12_decrypt(&k, record, plain, &n));
		ck_assert_uint_eq(n, 5);
		ck_assert_mem_eq(plain, "hello", 5);
		for (size_t at = 5; at < record.n; at++) { /* no byte of the body may change */
			memcpy(copy, record.p, record.n);
			copy[at] ^= 1;
			k.server = counting(rows[i].etm);
			ck_assert(!keys12_decrypt(&k, (struct span){copy, record.n}, plain, &n));
		}
		for (size_t len = 5; len < record.n; len++) {
			k.server = counting(rows[i].etm);
			ck_assert(!keys12_decrypt(&k, (struct span){record.p, len}, plain, &n));
		}
	}
}
END_TEST

/* The two ends of one connection. */
static void
two_ends(struct keys12 *client, struct keys12 *server, uint16_t version, uint16_t suite, bool etm)
{
	static const uint8_t a[32] = {1}, b[32] = {2}, premaster[48] = {3};

	*client = (struct keys12){0};
	ck_assert(keys12_open(client, version, suite, etm));
	keys12_master(client, SPAN_OF(premaster), SPAN_OF(a), SPAN_OF(b), (struct span){NULL, 0});
	keys12_expand(client, SPAN_OF(a), SPAN_OF(b));
	*server = *client;
	keys12_start(&client->client, &client->next_client);
	keys12_start(&server->server, &server->next_client); /* it decrypts what we encrypt */
}

static const uint16_t suites[] = {0x002f, 0x0035, 0x000a, 0x003c, 0xc028, 0xc02f, 0xc030, 0xcca8,
    0xc09c, 0xc0a0, 0xc09d, 0xc0a1, 0x0041, 0x0084, 0x0004, 0x0005};

START_TEST(records_come_back)
{
	static uint8_t content[1 << 14];

	for (size_t i = 0; i < N_ELEMENTS(suites); i++)
		for (uint16_t version = i < 3 ? SSL3 : TLS1_0; version <= TLS1_2; version++)
			for (size_t n = 0; n <= sizeof(content); n = n < 40 ? n + 1 : n * 7) {
				static uint8_t out[(1 << 14) + KEYS12_OVERHEAD], plain[1 << 15];
				struct record12 r = {.type = 23, .content = {content, n}};
				struct keys12 client, server;
				size_t len, got;

				two_ends(&client, &server, version, suites[i], n % 2 == 0);
				for (int k = 0; k < 2; k++) {
					len = keys12_encrypt(&client, &rng, &r, out);
					ck_assert_uint_le(len, n + KEYS12_OVERHEAD);
					ck_assert_msg(
					    keys12_decrypt(&server, (struct span){out, len}, plain, &got),
					    "%04x, %04x, %zu bytes", suites[i], version, n);
					ck_assert_uint_eq(got, n);
					ck_assert(n == 0 || memcmp(plain, content, n) == 0);
				}
			}
}
END_TEST

START_TEST(what_is_spoiled_does_not_open)
{
	static const uint8_t pad[] = {7, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11}; /* 20 + 12 */
	static const struct span wrong = {pad, sizeof(pad)}, short_one = {pad, 5};
	const struct record12 rows[] = {{.type = 23, .mac_xor = 1}, {.type = 23, .mac_xor = 0x80, .mac_at = 19},
	    {.type = 23, .no_mac = true}, {.type = 23, .padding = &wrong}};
	uint8_t out[512], plain[512];
	struct keys12 client, server;
	size_t n, len;

	for (size_t i = 0; i < N_ELEMENTS(rows); i++)
		for (int etm = 0; etm < 2; etm++) {
			if (etm && rows[i].padding != NULL)
				continue;
			two_ends(&client, &server, TLS1_2, 0xc013, etm);
			len = keys12_encrypt(&client, &rng, &rows[i], out);
			ck_assert_uint_gt(len, 5);
			ck_assert(!keys12_decrypt(&server, (struct span){out, len}, plain, &n));
		}
	two_ends(&client, &server, TLS1_2, 0xc013, false);
	ck_assert_uint_eq(
	    keys12_encrypt(&client, &rng, &(struct record12){.type = 23, .padding = &short_one}, out), 0);
}
END_TEST

START_TEST(what_is_not_at_hand)
{
	struct keys12 k = {0};

	ck_assert(!keys12_open(&k, TLS1_2, 0x0003, false)); /* RC4 of 40 bits */
	ck_assert(!keys12_open(&k, TLS1_2, 0x1301, false) || k.version == TLS1_2);
	ck_assert(!keys12_open(&k, SSL3, 0xc02f, false) && !keys12_open(&k, SSL3, 0x003c, false));
	ck_assert(!keys12_open(&k, SSL2, 0x002f, false));
	ck_assert(!keys12_open(&k, TLS1_3, 0x1301, false));
	ck_assert(!keys12_open(&k, TLS1_2, 0xfefe, false));
	ck_assert(keys12_open(&k, TLS1_2, 0xc02f, true) && !k.next_client.etm); /* RFC 7366, 3 */
	ck_assert(keys12_open(&k, TLS1_2, 0xc013, true) && k.next_server.etm);
}
END_TEST

/* Against an implementation of RFC 6101 in a few lines of Python: RC4 with SHA-1, premaster 0 to 47,
 * randoms of ones and of twos. */
START_TEST(ssl3)
{
	static const char text[] = "the handshake messages";
	uint8_t premaster[48], a[32], b[32], out[KEYS12_MAX_VERIFY + 5 + KEYS12_OVERHEAD];
	struct record12 r = {.type = 23, .content = span_str("hello")};
	struct keys12 k = {0};
	size_t n;

	for (uint8_t i = 0; i < sizeof(premaster); i++)
		premaster[i] = i;
	memset(a, 1, sizeof(a));
	memset(b, 2, sizeof(b));
	ck_assert(keys12_open(&k, SSL3, 0x0005, false));
	keys12_master(&k, SPAN_OF(premaster), SPAN_OF(a), SPAN_OF(b), (struct span){NULL, 0});
	ck_assert_mem_eq(k.master, hex("a4e5ffa851fbc6e4fa57740dc361a9b26216521f5c44828c1d8da63b06e36db1"
				       "dba5c7572ff41af0767beadcdc997bec").p, KEYS12_MASTER);
	n = keys12_finished(&k, false, span_str(text), out);
	ck_assert_uint_eq(n, KEYS12_MAX_VERIFY);
	ck_assert_mem_eq(out, hex("685fac3a1a626999136846f12c90b9474d6d8155127c7a7fd536d927a0e342a28ea7a052").p, n);
	n = keys12_finished(&k, true, span_str(text), out);
	ck_assert_mem_eq(out, hex("4fa23629bf4147e2a4f15aa52f007d9a8e1bf94547976457dc9039c3dd6da73af52bb41a").p, n);
	keys12_expand(&k, SPAN_OF(a), SPAN_OF(b));
	keys12_start(&k.client, &k.next_client);
	n = keys12_encrypt(&k, &rng, &r, out);
	ck_assert_uint_eq(n, 30);
	ck_assert_mem_eq(out, hex("1703000019c6224687aab15447053887535dbed789279963740f652f990f").p, n);
}
END_TEST

/* ---- Diffie-Hellman ---- */

static struct span
oakley(void) /* RFC 2409, 6.2: a prime of 1024 bits */
{
	return hex("ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a0879"
		   "8e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b"
		   "0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381ffffffffffffffff");
}

START_TEST(diffie_hellman_agrees)
{
	static const uint8_t two[] = {2};
	uint8_t pub[CRYPTO_MAX_MODULUS], secret[CRYPTO_MAX_MODULUS];
	size_t n_pub, n_secret;

	/* The peer's value is the generator: the secret is what we send. */
	ck_assert(crypto_dh(oakley(), SPAN_OF(two), SPAN_OF(two), pub, &n_pub, secret, &n_secret));
	ck_assert_uint_eq(n_pub, n_secret);
	ck_assert_mem_eq(pub, secret, n_pub);
	ck_assert_uint_gt(n_pub, 100);
}
END_TEST

START_TEST(diffie_hellman_has_bounds)
{
	static const uint8_t two[] = {2}, one[] = {1}, zero[] = {0};
	static uint8_t big[CRYPTO_MAX_MODULUS + 1], p[128];
	uint8_t pub[CRYPTO_MAX_MODULUS], secret[CRYPTO_MAX_MODULUS];
	size_t a, b;

	memcpy(p, oakley().p, sizeof(p));
	memset(big, 0xff, sizeof(big));
	ck_assert(!crypto_dh(SPAN_OF(big), SPAN_OF(two), SPAN_OF(two), pub, &a, secret, &b));
	ck_assert(!crypto_dh(SPAN_OF(p), SPAN_OF(two), SPAN_OF(one), pub, &a, secret, &b));
	ck_assert(!crypto_dh(SPAN_OF(p), SPAN_OF(two), SPAN_OF(zero), pub, &a, secret, &b));
	ck_assert(!crypto_dh(SPAN_OF(p), SPAN_OF(two), SPAN_OF(p), pub, &a, secret, &b));
	ck_assert(!crypto_dh(SPAN_OF(p), SPAN_OF(zero), SPAN_OF(two), pub, &a, secret, &b));
	ck_assert(!crypto_dh(SPAN_OF(two), SPAN_OF(two), SPAN_OF(two), pub, &a, secret, &b));
	ck_assert(!crypto_dh((struct span){NULL, 0}, SPAN_OF(two), SPAN_OF(two), pub, &a, secret, &b));
	p[127] &= 0xfe; /* even; and p - 1 of the prime */
	ck_assert(!crypto_dh(SPAN_OF(p), SPAN_OF(two), SPAN_OF(two), pub, &a, secret, &b));
	ck_assert(!crypto_dh(oakley(), SPAN_OF(two), SPAN_OF(p), pub, &a, secret, &b));
}
END_TEST

START_TEST(no_certificate_no_rsa)
{
	static const uint8_t junk[] = {0x30, 0x03, 1, 2, 3};
	uint8_t out[CRYPTO_MAX_MODULUS];

	ck_assert_uint_eq(crypto_rsa_len(SPAN_OF(junk)), 0);
	ck_assert_uint_eq(crypto_rsa_len((struct span){NULL, 0}), 0);
	ck_assert(!crypto_rsa_raw(SPAN_OF(junk), SPAN_OF(junk), out));
}
END_TEST

UNIT_MAIN_WITH(set_up, NULL, "keys12", prf, cbc_records_of_tls10_are_a_chain, cbc_records_of_tls12,
    records_come_back, what_is_spoiled_does_not_open, what_is_not_at_hand, ssl3, diffie_hellman_agrees,
    diffie_hellman_has_bounds, no_certificate_no_rsa)
