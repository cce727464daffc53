#include "config.h"
#include "adapt/idn.h"

#include <idn2.h>

bool
idn_to_ascii(const char *name, char *out, size_t outlen, const char **why)
{
	char *ascii = NULL;
	int rc = idn2_to_ascii_8z(name, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
	bool ok = false;

	/* Symbols are no part of IDNA 2008, but registries and browsers take them (UTS 46). */
	if (rc == IDN2_DISALLOWED)
		rc = idn2_to_ascii_8z(name, &ascii, IDN2_NFC_INPUT | IDN2_TRANSITIONAL);

	if (rc != IDN2_OK) {
		*why = idn2_strerror(rc);
	} else if (strlen(ascii) >= outlen) {
		*why = "it is too long";
	} else {
		memcpy(out, ascii, strlen(ascii) + 1);
		ok = true;
	}
	idn2_free(ascii);
	return ok;
}

const char *
idn_version(void)
{
	return idn2_check_version(NULL);
}
