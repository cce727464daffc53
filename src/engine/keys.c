/* keys - see keys.h. */
#include "engine/keys.h"

#include "base/check.h"
#include "base/wr.h"

bool
keys_open(struct keys *k, uint16_t suite)
{
	static const struct {
		uint16_t suite;
		enum crypto_hash hash;
		enum crypto_aead aead;
	} table[] = {
	    {0x1301, CRYPTO_SHA256, CRYPTO_AES_128_GCM},
	    {0x1302, CRYPTO_SHA384, CRYPTO_AES_256_GCM},
	    {0x1303, CRYPTO_SHA256, CRYPTO_CHACHA20_POLY1305},
	    {0x1304, CRYPTO_SHA256, CRYPTO_AES_128_CCM},
	    {0x1305, CRYPTO_SHA256, CRYPTO_AES_128_CCM_8},
	};

	*k = (struct keys){0};
	for (size_t i = 0; i < N_ELEMENTS(table); i++)
		if (table[i].suite == suite) {
			k->hash = table[i].hash;
			k->aead = table[i].aead;
			return true;
		}
	return false;
}

/* RFC 8446, 7.1: HKDF-Expand-Label; one HMAC block is enough for all our lengths. */
static void
expand_label(const struct keys *k, const uint8_t *secret, const char *label, struct span context,
    uint8_t *out, size_t n)
{
	uint8_t info[2 + 1 + 255 + 1 + 255 + 1], block[CRYPTO_MAX_HASH];
	struct wr w;
	struct wr_mark m;

	CHECK(n <= crypto_hash_len(k->hash));
	wr_init(&w, info, sizeof(info));
	wr_u16(&w, (unsigned)n);
	m = wr_open(&w, 1);
	wr_span(&w, span_str("tls13 "));
	wr_span(&w, span_str(label));
	wr_close(&w, m);
	m = wr_open(&w, 1);
	wr_span(&w, context);
	wr_close(&w, m);
	wr_u8(&w, 1); /* RFC 5869, 2.3: the counter of T(1) */
	CHECK(wr_ok(&w));
	crypto_hmac(k->hash, (struct span){secret, crypto_hash_len(k->hash)}, wr_done(&w), block);
	memcpy(out, block, n);
}

/* Derive-Secret(secret, label, messages). */
static void
derive_secret(const struct keys *k, const uint8_t *secret, const char *label, struct span messages,
    uint8_t *out)
{
	uint8_t hash[CRYPTO_MAX_HASH];
	size_t n = crypto_hash_len(k->hash);

	crypto_hash(k->hash, messages, hash);
	expand_label(k, secret, label, (struct span){hash, n}, out, n);
}

static void
traffic_start(const struct keys *k, struct traffic *t)
{
	struct span none = {NULL, 0};

	expand_label(k, t->secret, "key", none, t->key, crypto_aead_key_len(k->aead));
	expand_label(k, t->secret, "iv", none, t->iv, sizeof(t->iv));
	t->seq = 0;
}

/* HMAC by a key that a label gives: Finished and binders (RFC 8446, 4.4.4). */
static size_t
finished_hmac(const struct keys *k, const uint8_t *secret, struct span transcript,
    uint8_t out[CRYPTO_MAX_HASH])
{
	uint8_t key[CRYPTO_MAX_HASH], hash[CRYPTO_MAX_HASH];
	size_t n = crypto_hash_len(k->hash);

	expand_label(k, secret, "finished", (struct span){NULL, 0}, key, n);
	crypto_hash(k->hash, transcript, hash);
	crypto_hmac(k->hash, (struct span){key, n}, (struct span){hash, n}, out);
	return n;
}

void
keys_psk(struct keys *k, struct span psk)
{
	static const uint8_t zeros[CRYPTO_MAX_HASH];

	crypto_hmac(k->hash, (struct span){zeros, crypto_hash_len(k->hash)}, psk, k->early);
	k->psk = true;
}

size_t
keys_binder(const struct keys *k, struct span transcript, uint8_t out[CRYPTO_MAX_HASH])
{
	static const uint8_t none;
	uint8_t secret[CRYPTO_MAX_HASH];

	derive_secret(k, k->early, "res binder", (struct span){&none, 0}, secret);
	return finished_hmac(k, secret, transcript, out);
}

void
keys_early(struct keys *k, struct span transcript)
{
	derive_secret(k, k->early, "c e traffic", transcript, k->client.secret);
	traffic_start(k, &k->client);
}

void
keys_handshake(struct keys *k, struct span secret, struct span transcript)
{
	static const uint8_t zeros[CRYPTO_MAX_HASH];
	size_t n = crypto_hash_len(k->hash);
	struct span zero = {zeros, n};
	uint8_t derived[CRYPTO_MAX_HASH];

	if (!k->psk)
		crypto_hmac(k->hash, zero, zero, k->early);
	derive_secret(k, k->early, "derived", (struct span){zeros, 0}, derived);
	crypto_hmac(k->hash, (struct span){derived, n}, secret, k->handshake);
	derive_secret(k, k->handshake, "c hs traffic", transcript, k->client.secret);
	derive_secret(k, k->handshake, "s hs traffic", transcript, k->server.secret);
	traffic_start(k, &k->client);
	traffic_start(k, &k->server);
}

void
keys_application(struct keys *k, struct span transcript)
{
	static const uint8_t zeros[CRYPTO_MAX_HASH];
	size_t n = crypto_hash_len(k->hash);
	uint8_t derived[CRYPTO_MAX_HASH];

	derive_secret(k, k->handshake, "derived", (struct span){zeros, 0}, derived);
	crypto_hmac(k->hash, (struct span){derived, n}, (struct span){zeros, n}, k->master);
	derive_secret(k, k->master, "c ap traffic", transcript, k->client.secret);
	derive_secret(k, k->master, "s ap traffic", transcript, k->server.secret);
	traffic_start(k, &k->client);
	traffic_start(k, &k->server);
}

size_t
keys_resumption(
    const struct keys *k, struct span transcript, struct span nonce, uint8_t out[CRYPTO_MAX_HASH])
{
	uint8_t secret[CRYPTO_MAX_HASH];
	size_t n = crypto_hash_len(k->hash);

	derive_secret(k, k->master, "res master", transcript, secret);
	expand_label(k, secret, "resumption", nonce, out, n);
	return n;
}

void
keys_update(const struct keys *k, struct traffic *side)
{
	uint8_t next[CRYPTO_MAX_HASH];
	size_t n = crypto_hash_len(k->hash);

	expand_label(k, side->secret, "traffic upd", (struct span){NULL, 0}, next, n);
	memcpy(side->secret, next, n);
	traffic_start(k, side);
}

/* RFC 8446, 5.3: the sequence number, left-padded, XORed into the static IV. */
static void
next_nonce(struct traffic *t, uint8_t nonce[12])
{
	memcpy(nonce, t->iv, 12);
	for (int i = 0; i < 8; i++)
		nonce[11 - i] ^= (uint8_t)(t->seq >> (8 * i));
	t->seq++;
}

bool
keys_decrypt(struct keys *k, struct span record, uint8_t *plain, size_t *n, uint8_t *type)
{
	uint8_t nonce[12];
	struct span aad = {record.p, 5}, body = {record.p + 5, record.n - 5};
	size_t len;

	if (record.n < 5 + crypto_aead_tag_len(k->aead))
		return false;
	next_nonce(&k->server, nonce);
	if (!crypto_aead_open(k->aead,
		(struct span){k->server.key, crypto_aead_key_len(k->aead)}, nonce, aad, body, plain))
		return false;
	len = body.n - crypto_aead_tag_len(k->aead);
	while (len > 0 && plain[len - 1] == 0) /* RFC 8446, 5.4: padding, then the type */
		len--;
	if (len == 0)
		return false;
	*type = plain[len - 1];
	*n = len - 1;
	return true;
}

size_t
keys_encrypt(struct keys *k, uint8_t type, struct span content, uint8_t *out)
{
	uint8_t nonce[12], inner[(1 << 14) + 1];
	size_t total = content.n + 1 + crypto_aead_tag_len(k->aead);
	struct wr w;

	CHECK(content.n < sizeof(inner));
	if (content.n > 0)
		memcpy(inner, content.p, content.n);
	inner[content.n] = type;
	wr_init(&w, out, 5);
	wr_u8(&w, 23);
	wr_u16(&w, 0x0303);
	wr_u16(&w, (unsigned)total);
	next_nonce(&k->client, nonce);
	CHECK(crypto_aead_seal(k->aead,
	    (struct span){k->client.key, crypto_aead_key_len(k->aead)}, nonce, (struct span){out, 5},
	    (struct span){inner, content.n + 1}, out + 5));
	return 5 + total;
}

size_t
keys_finished(const struct keys *k, const struct traffic *side, struct span transcript,
    uint8_t out[CRYPTO_MAX_HASH])
{
	return finished_hmac(k, side->secret, transcript, out);
}

void
keys_wipe(struct keys *k)
{
	crypto_wipe(k, sizeof(*k));
}
