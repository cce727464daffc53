/*
 * embed: the built-in policies, as they are, in the program's read-only data.
 *
 * Each .bin is a copy of data/policy/NAME.json, so that its path does not depend on where the
 * sources are.  A new policy is a file there, a line in data/data.mk, and a row here.
 */
#include "assess/policy.h"
#include "base/check.h"

/* Name for C, name; those with grades first. */
#define POLICIES(X)                                                                                \
	X(ssllabs_2009r, "ssllabs-2009r")                                                          \
	X(mozilla_modern, "mozilla-modern")                                                        \
	X(mozilla_intermediate, "mozilla-intermediate")                                            \
	X(mozilla_modern_5_8, "mozilla-modern-5.8")                                                \
	X(mozilla_intermediate_5_8, "mozilla-intermediate-5.8")                                    \
	X(nist_800_52r2, "nist-800-52r2")                                                          \
	X(bsi_tr_02102_2, "bsi-tr-02102-2")                                                        \
	X(pci_dss_4, "pci-dss-4")

#define EMBED(id, name)                                                                            \
	__asm__(".pushsection .rodata\n"                                                           \
		".globl tlsaudit_policy_" #id "_begin, tlsaudit_policy_" #id "_end\n"              \
		"tlsaudit_policy_" #id "_begin:\n"                                                 \
		".incbin \"src/assess/" name ".bin\"\n"                                            \
		"tlsaudit_policy_" #id "_end:\n"                                                   \
		".byte 0\n"                                                                        \
		".popsection\n");                                                                  \
	extern const uint8_t tlsaudit_policy_##id##_begin[]                                        \
	    __attribute__((visibility("hidden")));                                                 \
	extern const uint8_t tlsaudit_policy_##id##_end[] __attribute__((visibility("hidden")));
POLICIES(EMBED)

struct embedded {
	const char *name;
	const uint8_t *begin, *end;
};

static const struct embedded embedded[] = {
#define ROW(id, name) {name, tlsaudit_policy_##id##_begin, tlsaudit_policy_##id##_end},
    POLICIES(ROW)};

struct span
policy_embedded(const char *name)
{
	for (size_t i = 0; i < N_ELEMENTS(embedded); i++) {
		const struct embedded *e = &embedded[i];

		if (strcmp(e->name, name) == 0)
			return (struct span){
			    e->begin, (size_t)((uintptr_t)e->end - (uintptr_t)e->begin)};
	}
	return (struct span){NULL, 0};
}

const char *const *
policy_names(void)
{
	static const char *const names[] = {
#define NAME(id, name) name,
	    POLICIES(NAME) NULL};

	return names;
}
