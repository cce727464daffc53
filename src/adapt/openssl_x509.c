/* openssl_x509 - see openssl_x509.h. */
#include "adapt/openssl_x509.h"

#include <openssl/asn1t.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "adapt/openssl_memo.h"
#include "base/arena.h"

enum { SECURITY_LEVEL = 1, CERT_MAX = 256 * 1024 };

/* The machine's openssl.cnf must not decide what a certificate is: load none. */
static void
init_once(void)
{
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	ERR_clear_error();
}

/* Did the last call fail for want of an algorithm rather than for what the bytes are? */
static bool
is_unsupported(void)
{
	unsigned long e;

	while ((e = ERR_get_error()) != 0) {
		int lib = ERR_GET_LIB(e), reason = ERR_GET_REASON(e);

		if (reason == ERR_R_UNSUPPORTED ||
		    (lib == ERR_LIB_ASN1 && (reason == ASN1_R_UNKNOWN_SIGNATURE_ALGORITHM ||
						reason == ASN1_R_UNKNOWN_MESSAGE_DIGEST_ALGORITHM ||
						reason == ASN1_R_UNKNOWN_PUBLIC_KEY_TYPE)) ||
		    (lib == ERR_LIB_EVP &&
			(reason == EVP_R_UNSUPPORTED_ALGORITHM || reason == EVP_R_DECODE_ERROR)) ||
		    (lib == ERR_LIB_X509 && reason == X509_R_UNSUPPORTED_ALGORITHM) ||
		    (lib == ERR_LIB_EC && reason == EC_R_UNKNOWN_GROUP))
			return true;
	}
	return false;
}

static EVP_PKEY *
load_key(struct span spki, enum sigcheck *why)
{
	const unsigned char *p = spki.p;
	EVP_PKEY *key;

	if (spki.n > SIG_MAX_SPKI) {
		*why = SIG_TOO_BIG;
		return NULL;
	}
	key = d2i_PUBKEY(NULL, &p, (long)spki.n);
	if (key == NULL) {
		*why = is_unsupported() ? SIG_UNSUPPORTED : SIG_BAD_KEY;
		return NULL;
	}
	if (EVP_PKEY_get_bits(key) > SIG_MAX_RSA_BITS && EVP_PKEY_is_a(key, "RSA")) {
		*why = SIG_TOO_BIG;
		EVP_PKEY_free(key);
		return NULL;
	}
	return key;
}

static enum sigcheck
verify(EVP_PKEY *key, struct span sig_alg, struct span tbs, struct span sig)
{
	const unsigned char *alg_p = sig_alg.p, *tbs_p = tbs.p;
	X509_ALGOR *alg = d2i_X509_ALGOR(NULL, &alg_p, (long)sig_alg.n);
	/* As ASN1_ANY a SEQUENCE keeps its bytes, so what is hashed is what was signed. */
	ASN1_TYPE *data = d2i_ASN1_TYPE(NULL, &tbs_p, (long)tbs.n);
	ASN1_BIT_STRING *bits = ASN1_BIT_STRING_new();
	enum sigcheck result = SIG_BAD;
	int r;

	if (alg == NULL || data == NULL || bits == NULL ||
	    ASN1_BIT_STRING_set(bits, (unsigned char *)(uintptr_t)sig.p, (int)sig.n) != 1)
		goto out;
	bits->flags = (bits->flags & ~0x07) | ASN1_STRING_FLAG_BITS_LEFT; /* no unused bits */
	r = ASN1_item_verify(ASN1_ITEM_rptr(ASN1_ANY), alg, bits, data, key);
	if (r == 1)
		result = SIG_OK;
	else if (r < 0 && is_unsupported())
		result = SIG_UNSUPPORTED;
out:
	ASN1_BIT_STRING_free(bits);
	ASN1_TYPE_free(data);
	X509_ALGOR_free(alg);
	return result;
}

static enum sigcheck
load_and_verify(struct openssl_memo *m, struct span spki, struct span sig_alg, struct span tbs,
    struct span sig)
{
	enum sigcheck result;
	EVP_PKEY *key = openssl_memo_key(m, spki);

	init_once();
	if (key == NULL) {
		key = load_key(spki, &result);
		if (key != NULL)
			openssl_memo_put_key(m, spki, key);
	}
	if (key != NULL)
		result = verify(key, sig_alg, tbs, sig);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return result;
}

enum sigcheck
cert_sig_verify_with(struct openssl_memo *m, struct span issuer_spki, struct span sig_alg,
    struct span tbs, struct span sig)
{
	struct openssl_memo_name name;
	enum sigcheck result;

	if (sig.n > SIG_MAX_BYTES || tbs.n > SIG_MAX_TBS || sig_alg.n > CERT_MAX)
		return SIG_TOO_BIG;
	if (m == NULL)
		return load_and_verify(NULL, issuer_spki, sig_alg, tbs, sig);
	name = openssl_memo_name(issuer_spki, sig_alg, tbs, sig);
	result = openssl_memo_sig(m, &name);
	if (result == SIG_UNTRIED) {
		result = load_and_verify(m, issuer_spki, sig_alg, tbs, sig);
		openssl_memo_put_sig(m, &name, result);
	}
	return result;
}

enum sigcheck
cert_sig_verify(struct span issuer_spki, struct span sig_alg, struct span tbs, struct span sig)
{
	return cert_sig_verify_with(NULL, issuer_spki, sig_alg, tbs, sig);
}

enum sigcheck
bytes_sig_verify(struct span spki, bool rsa, struct span bytes, struct span sig)
{
	enum sigcheck result;
	EVP_MD_CTX *ctx;
	EVP_PKEY *key;

	if (sig.n > SIG_MAX_BYTES || bytes.n > SIG_MAX_TBS)
		return SIG_TOO_BIG;
	init_once();
	key = load_key(spki, &result);
	if (key == NULL)
		return result;
	ctx = EVP_MD_CTX_new();
	result = SIG_BAD;
	if (ctx != NULL && EVP_PKEY_is_a(key, rsa ? "RSA" : "EC") &&
	    EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
	    EVP_DigestVerify(ctx, sig.p, sig.n, bytes.p, bytes.n) == 1)
		result = SIG_OK;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return result;
}

static X509 *
load_cert(struct openssl_memo *m, struct span der)
{
	const unsigned char *p = der.p;
	X509 *x = der.n <= CERT_MAX ? openssl_memo_cert(m, der) : NULL;

	if (x != NULL || der.n > CERT_MAX)
		return x;
	x = d2i_X509(NULL, &p, (long)der.n);
	if (x != NULL)
		openssl_memo_put_cert(m, der, x);
	return x;
}

/* Those of the list that OpenSSL can load. */
static STACK_OF(X509) * load_certs(struct openssl_memo *m, const struct span *v, size_t n)
{
	STACK_OF(X509) *stack = sk_X509_new_null();

	for (size_t i = 0; stack != NULL && i < n; i++) {
		X509 *x = load_cert(m, v[i]);

		if (x != NULL && sk_X509_push(stack, x) <= 0)
			X509_free(x);
	}
	return stack;
}

static void
free_certs(STACK_OF(X509) * stack)
{
	sk_X509_pop_free(stack, X509_free);
}

static bool
set_host(X509_VERIFY_PARAM *param, const char *host)
{
	if (host == NULL)
		return true;
	X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return X509_VERIFY_PARAM_set1_ip_asc(param, host) == 1 ||
	       X509_VERIFY_PARAM_set1_host(param, host, 0) == 1;
}

static bool
set_up(X509_STORE_CTX *ctx, const struct opinion_ask *ask)
{
	X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);

	X509_VERIFY_PARAM_set_time(param, (time_t)ask->now);
	X509_VERIFY_PARAM_set_auth_level(param, SECURITY_LEVEL);
	return X509_STORE_CTX_set_default(ctx, "ssl_server") == 1 && set_host(param, ask->host);
}

static enum opinion_cause
cause_of(int code)
{
	switch (code) {
	case X509_V_OK:
		return OPINION_NOTHING;
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
		return OPINION_NO_ISSUER;
	case X509_V_ERR_CERT_SIGNATURE_FAILURE:
		return OPINION_SIGNATURE;
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return OPINION_EXPIRED;
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return OPINION_NOT_YET_VALID;
	case X509_V_ERR_EE_KEY_TOO_SMALL:
	case X509_V_ERR_CA_KEY_TOO_SMALL:
	case X509_V_ERR_CA_MD_TOO_WEAK:
	case X509_V_ERR_EC_KEY_EXPLICIT_PARAMS:
		return OPINION_WEAK;
	case X509_V_ERR_INVALID_PURPOSE:
		return OPINION_PURPOSE;
	case X509_V_ERR_INVALID_CA:
	case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
		return OPINION_NOT_A_CA;
	case X509_V_ERR_PATH_LENGTH_EXCEEDED:
	case X509_V_ERR_PERMITTED_VIOLATION:
	case X509_V_ERR_EXCLUDED_VIOLATION:
	case X509_V_ERR_SUBTREE_MINMAX:
	case X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE:
	case X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX:
	case X509_V_ERR_UNSUPPORTED_NAME_SYNTAX:
		return OPINION_CONSTRAINT;
	case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION:
		return OPINION_CRITICAL;
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH:
		return OPINION_NAME;
	case X509_V_ERR_CERT_CHAIN_TOO_LONG:
		return OPINION_TOO_LONG;
	default:
		return OPINION_OTHER;
	}
}

struct opinion
openssl_chain_verdict(const struct opinion_ask *ask, struct arena *a)
{
	struct opinion o = {.depth = -1, .text = "", .library = OpenSSL_version(OPENSSL_VERSION)};
	size_t n = ask->n_sent < OPINION_MAX_CHAIN ? ask->n_sent : OPINION_MAX_CHAIN;
	size_t n_roots = ask->n_roots < OPINION_MAX_ROOTS ? ask->n_roots : OPINION_MAX_ROOTS;
	STACK_OF(X509) *rest = NULL, *roots = NULL;
	X509_STORE_CTX *ctx = NULL;
	X509 *leaf = NULL;

	if (n == 0)
		return o;
	init_once();
	leaf = load_cert(ask->memo, ask->sent[0]);
	rest = load_certs(ask->memo, ask->sent + 1, n - 1);
	roots = load_certs(ask->memo, ask->roots, n_roots);
	ctx = X509_STORE_CTX_new();
	if (leaf == NULL || rest == NULL || roots == NULL || ctx == NULL ||
	    X509_STORE_CTX_init(ctx, NULL, leaf, rest) != 1)
		goto out;
	X509_STORE_CTX_set0_trusted_stack(ctx, roots);
	if (!set_up(ctx, ask))
		goto out;
	o.asked = true;
	o.trusted = X509_verify_cert(ctx) == 1;
	o.code = X509_STORE_CTX_get_error(ctx);
	o.cause = cause_of(o.code);
	o.depth = o.trusted ? -1 : X509_STORE_CTX_get_error_depth(ctx);
	o.text = arena_str(a, X509_verify_cert_error_string(o.code));
out:
	X509_STORE_CTX_free(ctx);
	free_certs(roots);
	free_certs(rest);
	X509_free(leaf);
	ERR_clear_error();
	return o;
}
