/* store_path - see store_path.h. */
#include "config.h"

#include "pki/store_path.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/xalloc.h"

char *
store_path_user(void)
{
	const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");

	/* XDG Base Directory Specification: paths must be absolute, others are ignored. */
	if (data != NULL && data[0] == '/')
		return xasprintf("%s/tlsaudit/stores.bin", data);
	if (home != NULL && home[0] == '/')
		return xasprintf("%s/.local/share/tlsaudit/stores.bin", home);
	return NULL;
}

bool
store_path_make(const char *path)
{
	char *copy = xstrdup(path);
	bool ok = true;

	for (char *p = copy + (*copy == '/'); ok && (p = strchr(p, '/')) != NULL; p++) {
		*p = 0;
		ok = mkdir(copy, 0755) == 0 || errno == EEXIST;
		*p = '/';
	}
	free(copy);
	return ok;
}
