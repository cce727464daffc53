/*
 * setup - what the command line asks for that has to be loaded before work begins: the policy, the
 * trust stores, the look of the report.  Shared by audits (coordinator.h) and chains from files
 * (chainfile.h).
 *
 *	struct store_set *set = store_set_new();
 *	if (!setup_stores(set, o, err, sizeof(err)) || !setup_asked(set, o, &asked, err, sizeof(err)))
 *		... a usage error, one sentence in err ...
 */
#ifndef TLSAUDIT_SETUP_H
#define TLSAUDIT_SETUP_H

#include "options.h"
#include "report/report.h"

struct crypto_identity;
struct store_set;

/* Is there each probe of --only?  False with a sentence in err. */
bool setup_only(const struct options *o, char *err, size_t errlen) MUST_USE;
/* The policy of --policy; NULL with a sentence in err.  Free: policy_free(). */
struct policy *setup_policy(const struct options *o, char *err, size_t errlen) MUST_USE;
/* A policy that gives no grade, for --compliance; as above. */
struct policy *setup_compliance(const struct options *o, const char *name, char *err, size_t errlen) MUST_USE;
/* Adds the stores of --store and --system-store.  False with a sentence in err. */
bool setup_stores(
    struct store_set *set, const struct options *o, char *err, size_t errlen) MUST_USE;
/* STORE_BIT()s of --stores; without it, of the shipped stores and those of --store.  False with a
 * sentence in err when there is no store of that name. */
bool setup_asked(const struct store_set *set, const struct options *o, uint32_t *out, char *err,
    size_t errlen) MUST_USE;
/* The proxy of --proxy with its address, which is looked up when it is a name: before there is
 * anything else to wait for.  Without --proxy its kind is PROXY_NONE.  False with a sentence in err. */
bool setup_proxy(const struct options *o, struct proxy *out, char *err, size_t errlen) MUST_USE;
/* Our own certificate, of --cert and its companions; *out is NULL without --cert, and freed by
 * crypto_identity_free().  False with a sentence in err. */
bool setup_identity(
    const struct options *o, struct crypto_identity **out, char *err, size_t errlen) MUST_USE;
struct report_style setup_style(const struct options *o);

#endif
