/*
 * measure - what a population is asked: each question with its possible answers, once.
 *
 * An answer is a class of the measure, from 1: the worst first.  0 is unknown: nobody asked, or it
 * could not be settled.  It is a class of its own and is never taken for any other.
 *
 *	const struct measure *m = &measures[M_TLS1_0];
 *	v = measure_class(m, span_str("yes"));		1
 *	puts(measure_class_name(m, v));			"yes"
 *
 * A host has several addresses, which may answer differently.  It counts once, as its worst
 * address does; while one of them is unknown only the worst class is certain.
 *
 *	measure_worse(m, yes, unknown) == yes; measure_worse(m, no, unknown) == unknown
 */
#ifndef TLSAUDIT_PULSE_MEASURE_H
#define TLSAUDIT_PULSE_MEASURE_H

#include "base/span.h"

enum measure_id {
#define MEASURE(id, name, group, title, section, key, classes) M_##id,
#include "pulse/measure.def"
#undef MEASURE
	M__MAX
};

/* What belongs together in a report. */
enum measure_group {
	MEASURE_GRADE,
	MEASURE_PROTOCOL,
	MEASURE_CIPHER,
	MEASURE_CERTIFICATE,
	MEASURE_VALID,
	MEASURE_FEATURE,
	MEASURE_FLAW,
	MEASURE__GROUPS
};

/* How a class is looked at: what colour it has. */
enum tone { TONE_NONE, TONE_GOOD, TONE_WARN, TONE_BAD };

struct class
{
	const char *name;
	enum tone tone;
};

enum { MEASURE_CLASSES = 16 }; /* of one measure at most */

struct measure {
	const char *name, *title, *section, *key;
	enum measure_group group;
	const struct class *classes; /* ended by one without a name */
};

extern const struct measure measures[M__MAX];

/* "Protocols": the group's heading. */
const char *measure_group_title(enum measure_group g);
/* How many classes it has, unknown left aside. */
size_t measure_classes(const struct measure *m);
/* The class of that name, from 1; 0: none is called so. */
uint8_t measure_class(const struct measure *m, struct span name);
/* Its name; "unknown" for 0 and for what is no class of it. */
const char *measure_class_name(const struct measure *m, uint8_t v);
enum tone measure_class_tone(const struct measure *m, uint8_t v);
/* What two answers come to. */
uint8_t measure_worse(uint8_t a, uint8_t b);

/* The class of M_KEY for a key of that type and size; "" or 0 bits: unknown. */
uint8_t measure_key(struct span type, int64_t bits);

#endif
