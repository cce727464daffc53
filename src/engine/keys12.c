/* keys12 - see keys12.h. */
#include "engine/keys12.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/wr.h"
#include "base/xalloc.h"
#include "tls/hello.h"

enum { HEADER = 5, LABEL_SEED = 16 + 2 * 32 + 2 * CRYPTO_MAX_HASH, MAX_BLOCK = 2 * (48 + 32 + 16),
	RC4_KEY_LEN = 16, MAX_TEXT = 13 + (1 << 14) + 2048 };

/* ---- suites ---- */

static const struct {
	enum enc enc;
	bool aead;
	int kind; /* enum crypto_aead or crypto_cbc */
} ciphers[] = {
    {ENC_AES_128_CBC, false, CRYPTO_AES_128_CBC},
    {ENC_AES_256_CBC, false, CRYPTO_AES_256_CBC},
    {ENC_3DES, false, CRYPTO_3DES_CBC},
    {ENC_CAMELLIA_128_CBC, false, CRYPTO_CAMELLIA_128_CBC},
    {ENC_CAMELLIA_256_CBC, false, CRYPTO_CAMELLIA_256_CBC},
    {ENC_AES_128_GCM, true, CRYPTO_AES_128_GCM},
    {ENC_AES_256_GCM, true, CRYPTO_AES_256_GCM},
    {ENC_CHACHA20_POLY1305, true, CRYPTO_CHACHA20_POLY1305},
    {ENC_AES_128_CCM, true, CRYPTO_AES_128_CCM},
    {ENC_AES_128_CCM_8, true, CRYPTO_AES_128_CCM_8},
    {ENC_AES_256_CCM, true, CRYPTO_AES_256_CCM},
    {ENC_AES_256_CCM_8, true, CRYPTO_AES_256_CCM_8},
};

static bool
is_rc4(const struct suite *s)
{
	return s->enc == ENC_RC4_128;
}

static bool
mac_of(enum mac mac, enum crypto_hash *h)
{
	switch (mac) {
	case MAC_SHA1:
		*h = CRYPTO_SHA1;
		return true;
	case MAC_SHA256:
		*h = CRYPTO_SHA256;
		return true;
	case MAC_SHA384:
		*h = CRYPTO_SHA384;
		return true;
	case MAC_MD5:
		*h = CRYPTO_MD5;
		return true;
	default:
		return false;
	}
}

bool
keys12_open(struct keys12 *k, uint16_t version, uint16_t code, bool etm)
{
	const struct suite *s = suite_by_code(code);
	struct direction12 d = {0};
	size_t i = 0;

	if (s == NULL || version < SSL3 || version > TLS1_2)
		return false;
	while (i < N_ELEMENTS(ciphers) && ciphers[i].enc != s->enc)
		i++;
	d.stream = is_rc4(s);
	d.ssl3 = version == SSL3;
	if (i == N_ELEMENTS(ciphers) && !d.stream)
		return false;
	d.aead = !d.stream && ciphers[i].aead;
	if (!d.aead && !mac_of(s->mac, &d.mac))
		return false;
	/* RFC 6101, 5.2.3.1: its MAC is of MD5 and SHA-1 alone. */
	if (d.ssl3 && (d.aead || (d.mac != CRYPTO_SHA1 && d.mac != CRYPTO_MD5)))
		return false;
	if (d.aead)
		d.aead_kind = (enum crypto_aead)ciphers[i].kind;
	else if (!d.stream)
		d.cbc = (enum crypto_cbc)ciphers[i].kind;
	d.etm = etm && !d.aead && !d.stream; /* RFC 7366, 3: of block ciphers only */
	k->version = version;
	k->prf = s->hash != NULL && strcmp(s->hash, "SHA384") == 0 ? CRYPTO_SHA384 : CRYPTO_SHA256;
	k->next_client = k->next_server = d;
	return true;
}

/* ---- PRF ---- */

/* RFC 5246, 5: P_hash(secret, seed), XORed into out. */
static void
p_hash(enum crypto_hash h, struct span secret, struct span seed, uint8_t *out, size_t n)
{
	uint8_t buf[CRYPTO_MAX_HASH + LABEL_SEED], a[CRYPTO_MAX_HASH], block[CRYPTO_MAX_HASH];
	size_t len = crypto_hash_len(h);

	CHECK(seed.n <= LABEL_SEED);
	crypto_hmac(h, secret, seed, a); /* A(1) */
	for (size_t at = 0; at < n; at += len) {
		memcpy(buf, a, len);
		memcpy(buf + len, seed.p, seed.n);
		crypto_hmac(h, secret, (struct span){buf, len + seed.n}, block);
		for (size_t i = 0; i < len && at + i < n; i++)
			out[at + i] ^= block[i];
		crypto_hmac(h, secret, (struct span){a, len}, block);
		memcpy(a, block, len);
	}
}

void
keys12_prf(const struct keys12 *k, struct span secret, const char *label, struct span seed,
    uint8_t *out, size_t n)
{
	uint8_t buf[LABEL_SEED];
	struct span half = {secret.p, (secret.n + 1) / 2};
	struct wr w;

	wr_init(&w, buf, sizeof(buf));
	wr_span(&w, span_str(label));
	wr_span(&w, seed);
	CHECK(wr_ok(&w));
	memset(out, 0, n);
	if (k->version >= TLS1_2) {
		p_hash(k->prf, secret, wr_done(&w), out, n);
		return;
	}
	/* RFC 2246, 5: MD5 over the first half, SHA-1 over the second; they share a middle byte. */
	p_hash(CRYPTO_MD5, half, wr_done(&w), out, n);
	half.p = secret.n > 0 ? secret.p + (secret.n - half.n) : secret.p;
	p_hash(CRYPTO_SHA1, half, wr_done(&w), out, n);
}

size_t
keys12_hash(const struct keys12 *k, struct span transcript, uint8_t out[CRYPTO_MAX_HASH])
{
	uint8_t sha1[CRYPTO_MAX_HASH];

	if (k->version >= TLS1_2) {
		crypto_hash(k->prf, transcript, out);
		return crypto_hash_len(k->prf);
	}
	crypto_hash(CRYPTO_MD5, transcript, out);
	crypto_hash(CRYPTO_SHA1, transcript, sha1);
	memcpy(out + 16, sha1, 20);
	return 36;
}

/* RFC 6101, 6.1 and 6.2.2: MD5(secret + SHA('A' + secret + seed)), then 'BB', 'CCC' and so on. */
static void
ssl3_expand(struct span secret, struct span seed, uint8_t *out, size_t n)
{
	uint8_t buf[26 + CRYPTO_MAX_MODULUS + 64], hash[CRYPTO_MAX_HASH], block[CRYPTO_MAX_HASH];
	struct wr w;

	CHECK(secret.n <= CRYPTO_MAX_MODULUS && seed.n == 64);
	for (unsigned i = 1; n > 0; i++) {
		size_t part = n < 16 ? n : 16;

		wr_init(&w, buf, sizeof(buf));
		for (unsigned k = 0; k < i; k++)
			wr_u8(&w, 'A' + i - 1);
		wr_span(&w, secret);
		wr_span(&w, seed);
		CHECK(wr_ok(&w));
		crypto_hash(CRYPTO_SHA1, wr_done(&w), hash);
		wr_init(&w, buf, sizeof(buf));
		wr_span(&w, secret);
		wr_put(&w, hash, 20);
		crypto_hash(CRYPTO_MD5, wr_done(&w), block);
		memcpy(out, block, part);
		out += part;
		n -= part;
	}
	crypto_wipe(buf, sizeof(buf));
}

/* RFC 6101, 5.2.3.1 and 5.6.9: hash(inner + pad_1 + text), and hash(outer + pad_2 + that). */
static void
ssl3_pad(struct wr *w, enum crypto_hash h, uint8_t pad)
{
	for (size_t i = 0; i < (h == CRYPTO_MD5 ? 48u : 40u); i++)
		wr_u8(w, pad);
}

static void
ssl3_outer(enum crypto_hash h, struct span secret, const uint8_t *inner, uint8_t out[CRYPTO_MAX_HASH])
{
	uint8_t buf[KEYS12_MASTER + 48 + CRYPTO_MAX_HASH];
	struct wr w;

	wr_init(&w, buf, sizeof(buf));
	wr_span(&w, secret);
	ssl3_pad(&w, h, 0x5c);
	wr_put(&w, inner, crypto_hash_len(h));
	CHECK(wr_ok(&w));
	crypto_hash(h, wr_done(&w), out);
}

/* RFC 6101, 5.6.9 */
static void
ssl3_finished(const struct keys12 *k, enum crypto_hash h, const char *sender, struct span transcript,
    uint8_t *out)
{
	struct span master = {k->master, KEYS12_MASTER};
	size_t size = transcript.n + 4 + KEYS12_MASTER + 48;
	uint8_t *buf = xcalloc(1, size), inner[CRYPTO_MAX_HASH], outer[CRYPTO_MAX_HASH];
	struct wr w;

	wr_init(&w, buf, size);
	wr_span(&w, transcript);
	wr_span(&w, span_str(sender));
	wr_span(&w, master);
	ssl3_pad(&w, h, 0x36);
	CHECK(wr_ok(&w));
	crypto_hash(h, wr_done(&w), inner);
	crypto_wipe(buf, size);
	free(buf);
	ssl3_outer(h, master, inner, outer);
	memcpy(out, outer, crypto_hash_len(h));
}

static size_t
two_randoms(struct span a, struct span b, uint8_t out[64])
{
	CHECK(a.n == 32 && b.n == 32);
	memcpy(out, a.p, 32);
	memcpy(out + 32, b.p, 32);
	return 64;
}

void
keys12_master(struct keys12 *k, struct span premaster, struct span client_random,
    struct span server_random, struct span transcript)
{
	uint8_t seed[64], hash[CRYPTO_MAX_HASH];
	size_t n;

	if (transcript.n > 0) { /* RFC 7627, 4 */
		n = keys12_hash(k, transcript, hash);
		keys12_prf(k, premaster, "extended master secret", (struct span){hash, n}, k->master,
		    KEYS12_MASTER);
		return;
	}
	n = two_randoms(client_random, server_random, seed);
	if (k->version == SSL3) {
		ssl3_expand(premaster, (struct span){seed, n}, k->master, KEYS12_MASTER);
		return;
	}
	keys12_prf(k, premaster, "master secret", (struct span){seed, n}, k->master, KEYS12_MASTER);
}

static void
take(const uint8_t **p, uint8_t *out, size_t n)
{
	memcpy(out, *p, n);
	*p += n;
}

/* RFC 5246, 6.3: how much of the key block is IV; from TLS 1.1 on a CBC record brings its own. */
static size_t
iv_len(const struct keys12 *k, const struct direction12 *d)
{
	if (d->stream)
		return 0;
	if (d->aead)
		return d->aead_kind == CRYPTO_CHACHA20_POLY1305 ? 12 : 4;
	return k->version <= TLS1_0 ? crypto_cbc_block(d->cbc) : 0;
}

void
keys12_expand(struct keys12 *k, struct span client_random, struct span server_random)
{
	struct direction12 *c = &k->next_client, *s = &k->next_server;
	size_t mac = c->aead ? 0 : crypto_hash_len(c->mac), iv = iv_len(k, c), key, n;
	uint8_t seed[64], block[MAX_BLOCK];
	const uint8_t *p = block;

	key = c->stream ? RC4_KEY_LEN : c->aead ? crypto_aead_key_len(c->aead_kind)
						: crypto_cbc_key_len(c->cbc);
	n = two_randoms(server_random, client_random, seed);
	if (k->version == SSL3)
		ssl3_expand((struct span){k->master, KEYS12_MASTER}, (struct span){seed, n}, block,
		    2 * (mac + key + iv));
	else
		keys12_prf(k, (struct span){k->master, KEYS12_MASTER}, "key expansion",
		    (struct span){seed, n}, block, 2 * (mac + key + iv));
	take(&p, c->mac_key, mac);
	take(&p, s->mac_key, mac);
	take(&p, c->key, key);
	take(&p, s->key, key);
	take(&p, c->iv, iv);
	take(&p, s->iv, iv);
	if (c->stream) {
		crypto_rc4_start(&c->rc4, (struct span){c->key, key});
		crypto_rc4_start(&s->rc4, (struct span){s->key, key});
	}
	crypto_wipe(block, sizeof(block));
}

void
keys12_start(struct direction12 *in_force, struct direction12 *next)
{
	*in_force = *next;
	in_force->on = true;
	in_force->seq = 0;
}

size_t
keys12_finished(
    const struct keys12 *k, bool server, struct span transcript, uint8_t out[KEYS12_MAX_VERIFY])
{
	uint8_t hash[CRYPTO_MAX_HASH];
	size_t n;

	if (k->version == SSL3) {
		ssl3_finished(k, CRYPTO_MD5, server ? "SRVR" : "CLNT", transcript, out);
		ssl3_finished(k, CRYPTO_SHA1, server ? "SRVR" : "CLNT", transcript, out + 16);
		return KEYS12_MAX_VERIFY;
	}
	n = keys12_hash(k, transcript, hash);

	keys12_prf(k, (struct span){k->master, KEYS12_MASTER},
	    server ? "server finished" : "client finished", (struct span){hash, n}, out, KEYS12_VERIFY);
	return KEYS12_VERIFY;
}

/* ---- records ---- */

/* seq, type, version, length: what a MAC covers before the content, and an AEAD's additional data. */
static struct span
mac_head(const struct direction12 *d, uint8_t type, uint16_t version, size_t n, uint8_t buf[13])
{
	struct wr w;

	wr_init(&w, buf, 13);
	wr_u32(&w, (uint32_t)(d->seq >> 32));
	wr_u32(&w, (uint32_t)d->seq);
	wr_u8(&w, type);
	if (!d->ssl3) /* RFC 6101, 5.2.3.1: the version is not covered */
		wr_u16(&w, version);
	wr_u16(&w, (unsigned)n);
	return wr_done(&w);
}

static void
ssl3_mac(const struct direction12 *d, struct span text, uint8_t out[CRYPTO_MAX_HASH])
{
	struct span secret = {d->mac_key, crypto_hash_len(d->mac)};
	uint8_t buf[CRYPTO_MAX_HASH + 48 + MAX_TEXT], inner[CRYPTO_MAX_HASH];
	struct wr w;

	wr_init(&w, buf, sizeof(buf));
	wr_span(&w, secret);
	ssl3_pad(&w, d->mac, 0x36);
	wr_span(&w, text);
	CHECK(wr_ok(&w));
	crypto_hash(d->mac, wr_done(&w), inner);
	ssl3_outer(d->mac, secret, inner, out);
}

/* The MAC over head and body, which lies in buf behind 13 free bytes. */
static void
mac_over(const struct direction12 *d, struct span head, uint8_t *buf, size_t n,
    uint8_t out[CRYPTO_MAX_HASH])
{
	uint8_t *from = buf + 13 - head.n;

	memcpy(from, head.p, head.n);
	if (d->ssl3)
		ssl3_mac(d, (struct span){from, head.n + n}, out);
	else
		crypto_hmac(d->mac, (struct span){d->mac_key, crypto_hash_len(d->mac)},
		    (struct span){from, head.n + n}, out);
}

/* RFC 5288, 3 and RFC 6655, 3: salt and the explicit part; RFC 7905, 2: the sequence number, XORed. */
static size_t
nonce_of(const struct direction12 *d, const uint8_t *explicit_part, uint8_t nonce[12])
{
	memcpy(nonce, d->iv, 12);
	if (d->aead_kind == CRYPTO_CHACHA20_POLY1305) {
		for (int i = 0; i < 8; i++)
			nonce[11 - i] ^= (uint8_t)(d->seq >> (8 * i));
		return 0;
	}
	memcpy(nonce + 4, explicit_part, 8);
	return 8;
}

static size_t
aead_encrypt(struct direction12 *d, const struct record12 *r, uint16_t version, uint8_t *body)
{
	uint8_t nonce[12], head[13], seq[8];
	size_t at;

	for (int i = 0; i < 8; i++)
		seq[i] = (uint8_t)(d->seq >> (8 * (7 - i)));
	at = nonce_of(d, seq, nonce);
	memcpy(body, seq, at);
	CHECK(crypto_aead_seal(d->aead_kind,
	    (struct span){d->key, crypto_aead_key_len(d->aead_kind)}, nonce,
	    mac_head(d, r->type, version, r->content.n, head), r->content, body + at));
	return at + r->content.n + crypto_aead_tag_len(d->aead_kind);
}

/* Content (13 + n bytes of buf), MAC unless it comes last, and padding: the length, or 0. */
static size_t
fill_blocks(struct direction12 *d, const struct record12 *r, uint16_t version, uint8_t *buf)
{
	size_t block = crypto_cbc_block(d->cbc), n = r->content.n, mac = crypto_hash_len(d->mac), pad;
	uint8_t head[13], tag[CRYPTO_MAX_HASH];

	if (n > 0)
		memcpy(buf + 13, r->content.p, n);
	if (!d->etm && !r->no_mac) {
		mac_over(d, mac_head(d, r->type, version, n, head), buf, n, tag);
		tag[r->mac_at % mac] ^= r->mac_xor;
		memcpy(buf + 13 + n, tag, mac);
		n += mac;
	}
	pad = block - n % block;
	if (r->padding == NULL) {
		memset(buf + 13 + n, (int)(pad - 1), pad);
		return n + pad;
	}
	if ((n + r->padding->n) % block != 0 || n + r->padding->n == 0 || r->padding->n > 256)
		return 0;
	if (r->padding->n > 0)
		memcpy(buf + 13 + n, r->padding->p, r->padding->n);
	return n + r->padding->n;
}

static size_t
cbc_encrypt(struct keys12 *k, struct rng *rng, const struct record12 *r, uint16_t version, uint8_t *body)
{
	struct direction12 *d = &k->client;
	uint8_t buf[13 + (1 << 14) + CRYPTO_MAX_HASH + 256], tag[CRYPTO_MAX_HASH], head[13], iv[16];
	size_t block = crypto_cbc_block(d->cbc), mac = crypto_hash_len(d->mac), at = 0, n;

	CHECK(r->content.n <= 1 << 14);
	n = fill_blocks(d, r, version, buf);
	if (n == 0)
		return 0;
	memcpy(iv, d->iv, sizeof(iv));
	if (k->version > TLS1_0) { /* RFC 4346, 6.2.3.2 */
		rng_bytes(rng, iv, block);
		memcpy(body, iv, block);
		at = block;
	}
	CHECK(crypto_cbc(d->cbc, true, d->key, iv, (struct span){buf + 13, n}, body + at));
	at += n;
	memcpy(d->iv, body + at - block, block);
	if (!d->etm || r->no_mac)
		return at;
	/* RFC 7366, 3: over the IV and the ciphertext. */
	memcpy(buf + 13, body, at);
	mac_over(d, mac_head(d, r->type, version, at, head), buf, at, tag);
	tag[r->mac_at % mac] ^= r->mac_xor;
	memcpy(body + at, tag, mac);
	return at + mac;
}

/* RFC 5246, 6.2.3.1: content and MAC. */
static size_t
stream_encrypt(struct direction12 *d, const struct record12 *r, uint16_t version, uint8_t *body)
{
	uint8_t buf[13 + (1 << 14) + CRYPTO_MAX_HASH], tag[CRYPTO_MAX_HASH], head[13];
	size_t n = r->content.n, mac = crypto_hash_len(d->mac);

	CHECK(n <= 1 << 14);
	if (n > 0)
		memcpy(buf + 13, r->content.p, n);
	if (!r->no_mac) {
		mac_over(d, mac_head(d, r->type, version, n, head), buf, n, tag);
		tag[r->mac_at % mac] ^= r->mac_xor;
		memcpy(buf + 13 + n, tag, mac);
		n += mac;
	}
	crypto_rc4(&d->rc4, (struct span){buf + 13, n}, body);
	return n;
}

size_t
keys12_encrypt(struct keys12 *k, struct rng *rng, const struct record12 *r, uint8_t *out)
{
	uint16_t version = r->version != 0 ? r->version : k->version;
	size_t n = r->content.n;
	struct wr w;

	if (!k->client.on) {
		if (n > 0)
			memcpy(out + HEADER, r->content.p, n);
	} else if (k->client.aead) {
		n = aead_encrypt(&k->client, r, version, out + HEADER);
	} else if (k->client.stream) {
		n = stream_encrypt(&k->client, r, version, out + HEADER);
	} else {
		n = cbc_encrypt(k, rng, r, version, out + HEADER);
		if (n == 0)
			return 0;
	}
	k->client.seq++;
	wr_init(&w, out, HEADER);
	wr_u8(&w, r->type);
	wr_u16(&w, version);
	wr_u16(&w, (unsigned)n);
	return HEADER + n;
}

static bool
aead_decrypt(struct direction12 *d, struct span record, uint8_t *plain, size_t *n)
{
	uint16_t version = (uint16_t)(record.p[1] << 8 | record.p[2]);
	struct span body = {record.p + HEADER, record.n - HEADER};
	size_t tag = crypto_aead_tag_len(d->aead_kind), at;
	uint8_t nonce[12], head[13];

	/* RFC 7905, 2: ChaCha20-Poly1305 has no explicit part of a nonce. */
	if (body.n < tag + (d->aead_kind == CRYPTO_CHACHA20_POLY1305 ? 0 : 8))
		return false;
	at = nonce_of(d, body.p, nonce);
	*n = body.n - at - tag;
	return crypto_aead_open(d->aead_kind, (struct span){d->key, crypto_aead_key_len(d->aead_kind)},
	    nonce, mac_head(d, record.p[0], version, *n, head),
	    (struct span){body.p + at, body.n - at}, plain);
}

/* Takes padding and MAC off the n bytes at buf + 13.  No oracle for anyone: the peer is the one who
 * is under test. */
static bool
strip(struct direction12 *d, struct span record, uint8_t *buf, size_t *n)
{
	uint16_t version = (uint16_t)(record.p[1] << 8 | record.p[2]);
	size_t mac = d->etm ? 0 : crypto_hash_len(d->mac), pad;
	uint8_t tag[CRYPTO_MAX_HASH], head[13];

	if (*n == 0)
		return false;
	pad = (size_t)buf[13 + *n - 1] + 1;
	if (pad + mac > *n)
		return false;
	/* RFC 6101, 5.2.3.2: the bytes of padding may be anything, and no more than needed. */
	if (d->ssl3 && pad > crypto_cbc_block(d->cbc))
		return false;
	for (size_t i = 0; i < pad && !d->ssl3; i++)
		if (buf[13 + *n - 1 - i] != pad - 1)
			return false;
	*n -= pad + mac;
	if (d->etm)
		return true;
	mac_over(d, mac_head(d, record.p[0], version, *n, head), buf, *n, tag);
	return memcmp(tag, buf + 13 + *n, mac) == 0;
}

static bool
cbc_decrypt(struct keys12 *k, struct span record, uint8_t *plain, size_t *n)
{
	struct direction12 *d = &k->server;
	uint8_t buf[13 + (1 << 14) + 2048], tag[CRYPTO_MAX_HASH], head[13];
	struct span body = {record.p + HEADER, record.n - HEADER};
	size_t block = crypto_cbc_block(d->cbc), mac = crypto_hash_len(d->mac);
	const uint8_t *iv = d->iv;

	if (body.n > sizeof(buf) - 13)
		return false;
	if (d->etm) {
		if (body.n < mac)
			return false;
		body.n -= mac;
		memcpy(buf + 13, body.p, body.n);
		mac_over(d, mac_head(d, record.p[0], k->version, body.n, head), buf, body.n, tag);
		if (memcmp(tag, body.p + body.n, mac) != 0)
			return false;
	}
	if (k->version > TLS1_0) {
		if (body.n < block)
			return false;
		iv = body.p;
		body.p += block;
		body.n -= block;
	}
	if (body.n == 0 || !crypto_cbc(d->cbc, false, d->key, iv, body, buf + 13))
		return false;
	memcpy(d->iv, body.p + body.n - block, block);
	*n = body.n;
	if (!strip(d, record, buf, n))
		return false;
	memcpy(plain, buf + 13, *n);
	return true;
}

static bool
stream_decrypt(struct direction12 *d, struct span record, uint8_t *plain, size_t *n)
{
	uint8_t buf[13 + (1 << 14) + 2048], tag[CRYPTO_MAX_HASH], head[13];
	struct span body = {record.p + HEADER, record.n - HEADER};
	size_t mac = crypto_hash_len(d->mac);
	uint16_t version = (uint16_t)(record.p[1] << 8 | record.p[2]);

	if (body.n < mac || body.n > sizeof(buf) - 13)
		return false;
	crypto_rc4(&d->rc4, body, buf + 13);
	*n = body.n - mac;
	mac_over(d, mac_head(d, record.p[0], version, *n, head), buf, *n, tag);
	if (memcmp(tag, buf + 13 + *n, mac) != 0)
		return false;
	memcpy(plain, buf + 13, *n);
	return true;
}

bool
keys12_decrypt(struct keys12 *k, struct span record, uint8_t *plain, size_t *n)
{
	bool ok = k->server.aead ? aead_decrypt(&k->server, record, plain, n)
	    : k->server.stream	 ? stream_decrypt(&k->server, record, plain, n)
				 : cbc_decrypt(k, record, plain, n);

	k->server.seq++;
	return ok;
}

void
keys12_wipe(struct keys12 *k)
{
	crypto_wipe(k, sizeof(*k));
}
