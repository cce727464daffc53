/*
 * embed: the built-in policies, as they are, in the program's read-only data.
 *
 * The .bin is a copy of data/policy/NAME.json, so that its path does not depend on where the
 * sources are.
 */
#include "assess/policy.h"

__asm__(".pushsection .rodata\n"
	".globl tlsaudit_policy_begin, tlsaudit_policy_end\n"
	"tlsaudit_policy_begin:\n"
	".incbin \"src/assess/ssllabs-2009r.bin\"\n"
	"tlsaudit_policy_end:\n"
	".byte 0\n"
	".popsection\n");

extern const uint8_t tlsaudit_policy_begin[] __attribute__((visibility("hidden")));
extern const uint8_t tlsaudit_policy_end[] __attribute__((visibility("hidden")));

struct span
policy_embedded(const char *name)
{
	if (strcmp(name, "ssllabs-2009r") != 0)
		return (struct span){NULL, 0};
	return (struct span){tlsaudit_policy_begin,
	    (size_t)((uintptr_t)tlsaudit_policy_end - (uintptr_t)tlsaudit_policy_begin)};
}
