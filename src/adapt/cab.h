/*
 * cab - the one file of a Microsoft cabinet, as authroot.stl is published; over zlib.
 *
 * Cabinets ([MS-CAB]) without compression and with MSZIP: blocks of at most 32 KiB, each a deflate
 * stream behind "CK" with the block before it as dictionary.  Others (LZX, Quantum) are refused.
 *
 *	if (!cab_file(bytes, 1 << 20, arena, &file, &why))
 */
#ifndef TLSAUDIT_ADAPT_CAB_H
#define TLSAUDIT_ADAPT_CAB_H

#include "base/arena.h"
#include "base/span.h"

/* The first file in it, at most max bytes, in the arena.  False, with a static phrase in *why. */
bool cab_file(struct span in, size_t max, struct arena *a, struct span *out, const char **why) MUST_USE;
/* "zlib 1.2.13". */
const char *cab_version(void);

#endif
