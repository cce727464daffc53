/*
 * store_path - where the user's own block of stores lies, when tlsaudit-stores has written one.
 */
#ifndef TLSAUDIT_PKI_STORE_PATH_H
#define TLSAUDIT_PKI_STORE_PATH_H

#include "base/span.h"

/* $XDG_DATA_HOME/tlsaudit/stores.bin, or ~/.local/share/tlsaudit/stores.bin; NULL without a home.
 * Owned by the caller, free(). */
char *store_path_user(void);
/* Makes the folders that the path needs; false when one cannot be made (errno). */
bool store_path_make(const char *path) MUST_USE;

#endif
