/* Target: dn_text() and its kin on any bytes: valid UTF-8, no controls, never over the buffer. */
#include "base/check.h"
#include "base/rd.h"
#include "pki/dn.h"
#include "pki/oid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Nothing a terminal acts on, and continuation bytes exactly where they belong. */
static void
check_text(const char *s, size_t n)
{
	size_t more = 0;

	for (size_t i = 0; i < n; i++) {
		uint8_t b = (uint8_t)s[i];

		CHECK(b >= 0x20 && b != 0x7f && b < 0xf5);
		CHECK((more > 0) == ((b & 0xc0) == 0x80));
		if (more > 0)
			more--;
		else
			more = b >= 0xf0 ? 3 : b >= 0xe0 ? 2 : b >= 0xc2 ? 1 : 0;
		CHECK(!(b == 0xc2 && i + 1 < n && (uint8_t)s[i + 1] < 0xa0));
	}
	CHECK(more == 0 && s[n] == '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span name = {data, n};
	struct rd r = rd_of(name);
	char buf[512], small[9], oid[24];
	uint8_t tag;

	check_text(buf, dn_text(name, buf, sizeof(buf)));
	check_text(small, dn_text(name, small, sizeof(small)));
	check_text(buf, dn_short(name, buf, sizeof(buf)));
	if (dn_attr(name, OID_CN, 0, buf, sizeof(buf)))
		check_text(buf, strlen(buf));
	CHECK(dn_eq(name, name));
	CHECK(!dn_valid(name) || dn_within(name, name));
	CHECK(strlen(oid_text(name, oid, sizeof(oid))) < sizeof(oid));
	if (rd_u8(&r, &tag))
		check_text(buf, dn_string(tag, rd_rest(&r), true, buf, sizeof(buf)));
	return 0;
}
