/* oid - see oid.h. */
#include "pki/oid.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/check.h"
#include "base/rd.h"

struct oid_row {
	const char *der, *dotted, *name, *text;
	uint8_t n;
};

static const struct oid_row rows[OID__MAX] = {
#define OID(id, dotted, der, name, text) [OID_##id] = {der, dotted, name, text, sizeof(der) - 1},
#include "pki/oid.def"
#undef OID
};

struct span
oid_der(enum oid_id id)
{
	CHECK(id < OID__MAX);
	return (struct span){(const uint8_t *)rows[id].der, rows[id].n};
}

bool
oid_is(struct span der, enum oid_id id)
{
	CHECK(id < OID__MAX);
	return der.n == rows[id].n && der.n > 0 && memcmp(der.p, rows[id].der, der.n) == 0;
}

enum oid_id
oid_find(struct span der)
{
	for (enum oid_id id = OID_NONE + 1; id < OID__MAX; id++)
		if (oid_is(der, id))
			return id;
	return OID_NONE;
}

const char *
oid_id_name(enum oid_id id)
{
	CHECK(id < OID__MAX);
	return rows[id].name;
}

const char *
oid_id_text(enum oid_id id)
{
	CHECK(id < OID__MAX);
	return rows[id].text;
}

const char *
oid_id_dotted(enum oid_id id)
{
	CHECK(id < OID__MAX);
	return rows[id].dotted;
}

const char *
oid_name(struct span der)
{
	return rows[oid_find(der)].name;
}

/* One arc: base 128, high bit = more to come.  X.690 8.19.2: no leading 0x80. */
static bool
next_arc(struct rd *r, uint64_t *v)
{
	uint64_t x = 0;
	uint8_t b;
	bool first = true;

	do {
		if (!rd_u8(r, &b) || (first && b == 0x80) || x >> 57 != 0)
			return false;
		x = x << 7 | (b & 0x7f);
		first = false;
	} while ((b & 0x80) != 0);
	*v = x;
	return true;
}

const char *
oid_text(struct span der, char *buf, size_t cap)
{
	struct rd r = rd_of(der);
	uint64_t arc;
	size_t at;
	int n;

	if (!next_arc(&r, &arc)) {
		snprintf(buf, cap, "(bad OID)");
		return buf;
	}
	n = arc >= 80 ? snprintf(buf, cap, "2.%" PRIu64, arc - 80)
		      : snprintf(buf, cap, "%" PRIu64 ".%" PRIu64, arc / 40, arc % 40);
	at = (size_t)n;
	while (!rd_end(&r) && at < cap) {
		if (!next_arc(&r, &arc)) {
			snprintf(buf, cap, "(bad OID)");
			return buf;
		}
		n = snprintf(buf + at, cap - at, ".%" PRIu64, arc);
		at += (size_t)n;
	}
	return buf;
}

const char *
oid_label(struct span der, char *buf, size_t cap)
{
	const char *name = oid_name(der);

	return name != NULL ? name : oid_text(der, buf, cap);
}
