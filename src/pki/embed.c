/*
 * embed: src/pki/stores.bin in the program's read-only data (see bundle.h).
 *
 * The assembler copies the file, so a megabyte costs no compile time and no parsing; its path is
 * relative to the build folder, where make runs the compiler.
 */
#include "pki/bundle.h"

#ifndef STORES_BIN
#define STORES_BIN "src/pki/stores.bin"
#endif

__asm__(".pushsection .rodata\n"
	".balign 16\n"
	".globl tlsaudit_stores_begin, tlsaudit_stores_end\n"
	"tlsaudit_stores_begin:\n"
	".incbin \"" STORES_BIN "\"\n"
	"tlsaudit_stores_end:\n"
	".byte 0\n"
	".popsection\n");

extern const uint8_t tlsaudit_stores_begin[] __attribute__((visibility("hidden")));
extern const uint8_t tlsaudit_stores_end[] __attribute__((visibility("hidden")));

struct span
bundle_embedded(void)
{
	return (struct span){tlsaudit_stores_begin,
	    (size_t)((uintptr_t)tlsaudit_stores_end - (uintptr_t)tlsaudit_stores_begin)};
}
