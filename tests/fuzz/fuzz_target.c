/* Target: target_parse(), target_address(), target_name() on any bytes. */
#include <stdio.h>

#include "base/check.h"
#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* What came out is only what may go on the wire, and reads back to the same. */
static void
check_target(const struct target *t)
{
	struct target again;
	char text[300], err[64];
	size_t n = strlen(t->host);

	CHECK(n > 0 && n <= TARGET_HOST_MAX && t->port != 0);
	CHECK(strspn(t->host, "abcdefghijklmnopqrstuvwxyz0123456789-_.:") == n);
	CHECK(t->is_address == (t->addr.len > 0));
	CHECK(!t->is_address || t->addr.port == t->port);
	snprintf(text, sizeof(text), strchr(t->host, ':') != NULL ? "[%s]:%u" : "%s:%u", t->host,
	    t->port);
	CHECK(target_parse(span_str(text), &(struct target_defaults){.starttls = t->starttls},
	    &again, err, sizeof(err)));
	CHECK(strcmp(again.host, t->host) == 0 && again.port == t->port);
	CHECK(again.addr.len == t->addr.len);
	CHECK(memcmp(again.addr.addr, t->addr.addr, sizeof(t->addr.addr)) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span text = {data, n};
	struct target t;
	struct address a;
	char err[64], name[TARGET_HOST_MAX + 1];

	if (target_parse(text, &(struct target_defaults){0}, &t, err, sizeof(err)))
		check_target(&t);
	else
		CHECK(err[0] != '\0' && strpbrk(err, "\n\r\033") == NULL);
	if (target_address(text, &a, err, sizeof(err)))
		CHECK(a.len > 0);
	if (target_name(text, name, err, sizeof(err)))
		CHECK(name[0] != '\0');
	return 0;
}
