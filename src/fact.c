/* fact - see fact.h. */
#include "fact.h"

#include "base/check.h"

const struct fact_def fact_defs[F__MAX] = {
#define FACT(id, type_, json_, unit_, doc_)                                                        \
	[F_##id] = {#id, json_, unit_, doc_, FT_##type_, K_ENDPOINT},
#define RECORD(kind, json_, doc_)
#define FIELD(kind_, id, type_, json_, unit_, doc_)                                                \
	[F_##kind_##_##id] = {#kind_ "_" #id, json_, unit_, doc_, FT_##type_, K_##kind_},
#include "fact.def"
#undef FACT
#undef RECORD
#undef FIELD
};

const struct kind_def kind_defs[K__MAX] = {
    [K_ENDPOINT] = {"", "the endpoint", F_NONE + 1},
#define FACT(id, type, json, unit, doc)
#define RECORD(kind, json_, doc_) [K_##kind] = {json_, doc_, F_##kind##__FIRST},
#define FIELD(kind, id, type, json, unit, doc)
#include "fact.def"
#undef FACT
#undef RECORD
#undef FIELD
};

enum { N_KINDS = K__MAX };

struct cell {
	uint8_t state; /* enum cell_state */
	uint8_t why;
	const char *note;
	union {
		uint32_t u32; /* also enum tri */
		int64_t time;
		const char *str;
		struct span hex;
		struct u16s u16s;
		struct u32s u32s;
		struct {
			const char *const *v;
			size_t n;
		} strs;
	} v;
};

enum cell_state { CELL_OPEN, CELL_KNOWN, CELL_UNKNOWN };

struct rows {
	struct facts **v;
	size_t n, cap;
};

struct facts {
	struct arena *arena;
	enum kind kind;
	struct rows *rows; /* [N_KINDS], the endpoint's only */
	struct cell cells[];
};

enum fact_id
kind_end(enum kind k)
{
	return (int)k + 1 < N_KINDS ? kind_defs[k + 1].first : F__MAX;
}

static struct facts *
row_new(struct arena *a, enum kind k)
{
	size_t n = (size_t)(kind_end(k) - kind_defs[k].first);
	struct facts *f = arena_alloc(a, sizeof(*f) + n * sizeof(struct cell));

	f->arena = a;
	f->kind = k;
	return f;
}

struct facts *
facts_new(struct arena *a)
{
	struct facts *f = row_new(a, K_ENDPOINT);

	f->rows = arena_alloc(a, N_KINDS * sizeof(*f->rows));
	return f;
}

const char *
why_name(enum why why)
{
	static const char *const names[] = {
	    [WHY_NONE] = "", [WHY_NOT_ASKED] = "not asked", [WHY_NOT_APPLICABLE] = "not applicable",
	    [WHY_SILENCE] = "silence", [WHY_RESET] = "reset", [WHY_CLOSED] = "closed",
	    [WHY_ALERT] = "alert", [WHY_GARBAGE] = "protocol error",
	    [WHY_NO_CONN] = "no connection", [WHY_BUDGET] = "budget used up",
	    [WHY_LIMIT] = "limit exceeded", [WHY_UNSTABLE] = "answers differ",
	    [WHY_LOCAL] = "not possible with the local libraries"};

	CHECK((size_t)why < N_ELEMENTS(names));
	return names[why];
}

const char *
tri_name(enum tri t)
{
	return t == TRI_YES ? "yes" : t == TRI_NO ? "no" : "unknown";
}

static struct cell *
cell_of(const struct facts *f, enum fact_id id)
{
	CHECK(id > F_NONE && id < F__MAX && fact_defs[id].kind == f->kind);
	return (struct cell *)&f->cells[id - kind_defs[f->kind].first];
}

/* The cell when it is known and of that type, else NULL. */
static const struct cell *
known(const struct facts *f, enum fact_id id)
{
	const struct cell *c = cell_of(f, id);

	return c->state == CELL_KNOWN ? c : NULL;
}

bool
fact_settled(const struct facts *f, enum fact_id id)
{
	return cell_of(f, id)->state != CELL_OPEN;
}

bool
fact_known(const struct facts *f, enum fact_id id)
{
	return known(f, id) != NULL;
}

enum why
fact_why(const struct facts *f, enum fact_id id)
{
	const struct cell *c = cell_of(f, id);

	return c->state == CELL_KNOWN ? WHY_NONE
	    : c->state == CELL_OPEN   ? WHY_NOT_ASKED
				      : (enum why)c->why;
}

const char *
fact_note(const struct facts *f, enum fact_id id)
{
	return cell_of(f, id)->note;
}

enum tri
fact_tri(const struct facts *f, enum fact_id id)
{
	CHECK(fact_defs[id].type == FT_TRI);
	return (enum tri)(known(f, id) != NULL ? known(f, id)->v.u32 : TRI_UNKNOWN);
}

bool
fact_yes(const struct facts *f, enum fact_id id)
{
	return fact_tri(f, id) == TRI_YES;
}

uint32_t
fact_u32(const struct facts *f, enum fact_id id)
{
	CHECK(fact_defs[id].type == FT_U32 || fact_defs[id].type == FT_VERSION);
	return known(f, id) != NULL ? known(f, id)->v.u32 : 0;
}

int64_t
fact_time(const struct facts *f, enum fact_id id)
{
	CHECK(fact_defs[id].type == FT_TIME);
	return known(f, id) != NULL ? known(f, id)->v.time : 0;
}

const char *
fact_str(const struct facts *f, enum fact_id id)
{
	CHECK(fact_defs[id].type == FT_STR);
	return known(f, id) != NULL ? known(f, id)->v.str : NULL;
}

static bool
is_bytes(enum fact_type t)
{
	return t == FT_HEX || t == FT_DER;
}

struct span
fact_hex(const struct facts *f, enum fact_id id)
{
	CHECK(is_bytes(fact_defs[id].type));
	return known(f, id) != NULL ? known(f, id)->v.hex : (struct span){NULL, 0};
}

static bool
is_u16s(enum fact_type t)
{
	return t == FT_U16S || t == FT_SUITES || t == FT_GROUPS || t == FT_SIGALGS || t == FT_EXTS;
}

struct u16s
fact_u16s(const struct facts *f, enum fact_id id)
{
	CHECK(is_u16s(fact_defs[id].type));
	return known(f, id) != NULL ? known(f, id)->v.u16s : (struct u16s){NULL, 0};
}

struct u32s
fact_u32s(const struct facts *f, enum fact_id id)
{
	CHECK(fact_defs[id].type == FT_SUITES2);
	return known(f, id) != NULL ? known(f, id)->v.u32s : (struct u32s){NULL, 0};
}

size_t
fact_n_strs(const struct facts *f, enum fact_id id)
{
	CHECK(fact_defs[id].type == FT_STRS);
	return known(f, id) != NULL ? known(f, id)->v.strs.n : 0;
}

const char *
fact_strs(const struct facts *f, enum fact_id id, size_t i)
{
	CHECK(i < fact_n_strs(f, id));
	return known(f, id)->v.strs.v[i];
}

/* The open cell to write n bytes more for; NULL when the arena is full, and then it is settled. */
static struct cell *
put(struct facts *f, enum fact_id id, size_t n)
{
	struct cell *c = cell_of(f, id);

	CHECK(c->state == CELL_OPEN);
	if (n > 0 && !arena_has_room(f->arena, n)) {
		c->state = CELL_UNKNOWN;
		c->why = WHY_BUDGET;
		return NULL;
	}
	c->state = CELL_KNOWN;
	return c;
}

void
fact_put_tri(struct facts *f, enum fact_id id, enum tri v)
{
	CHECK(fact_defs[id].type == FT_TRI && v != TRI_UNKNOWN);
	put(f, id, 0)->v.u32 = v;
}

void
fact_put_u32(struct facts *f, enum fact_id id, uint32_t v)
{
	struct cell *c = put(f, id, 0);

	CHECK(fact_defs[id].type == FT_U32 || fact_defs[id].type == FT_VERSION);
	if (c != NULL)
		c->v.u32 = v;
}

void
fact_put_time(struct facts *f, enum fact_id id, int64_t v)
{
	struct cell *c = put(f, id, 0);

	CHECK(fact_defs[id].type == FT_TIME);
	if (c != NULL)
		c->v.time = v;
}

void
fact_put_str(struct facts *f, enum fact_id id, const char *v)
{
	struct cell *c = put(f, id, strlen(v));

	CHECK(fact_defs[id].type == FT_STR);
	if (c != NULL)
		c->v.str = arena_str(f->arena, v);
}

void
fact_put_strs(struct facts *f, enum fact_id id, const char *const *v, size_t n)
{
	size_t total = n * sizeof(char *);
	const char **copy;
	struct cell *c;

	CHECK(fact_defs[id].type == FT_STRS);
	for (size_t i = 0; i < n; i++)
		total += strlen(v[i]) + 1;
	c = put(f, id, total);
	if (c == NULL)
		return;
	copy = arena_alloc(f->arena, n * sizeof(*copy));
	for (size_t i = 0; i < n; i++)
		copy[i] = arena_str(f->arena, v[i]);
	c->v.strs.v = copy;
	c->v.strs.n = n;
}

void
fact_put_hex(struct facts *f, enum fact_id id, struct span v)
{
	struct cell *c = put(f, id, v.n);

	CHECK(is_bytes(fact_defs[id].type));
	if (c != NULL)
		c->v.hex = arena_span(f->arena, v);
}

void
fact_put_u16s(struct facts *f, enum fact_id id, struct u16s v)
{
	struct cell *c = put(f, id, v.n * sizeof(*v.v));

	CHECK(is_u16s(fact_defs[id].type));
	if (c != NULL)
		c->v.u16s = arena_u16s(f->arena, v);
}

void
fact_put_u32s(struct facts *f, enum fact_id id, struct u32s v)
{
	struct cell *c = put(f, id, v.n * sizeof(*v.v));
	struct span copy;

	CHECK(fact_defs[id].type == FT_SUITES2);
	if (c == NULL)
		return;
	copy = arena_span(f->arena, (struct span){(const uint8_t *)v.v, v.n * sizeof(*v.v)});
	c->v.u32s = (struct u32s){(const uint32_t *)(const void *)copy.p, v.n};
}

void
fact_put_unknown(struct facts *f, enum fact_id id, enum why why, const char *note)
{
	struct cell *c = cell_of(f, id);

	CHECK(c->state == CELL_OPEN && why != WHY_NONE);
	c->state = CELL_UNKNOWN;
	c->why = (uint8_t)why;
	if (note != NULL)
		c->note = arena_str(f->arena, note);
}

void
fact_put_seen(struct facts *f, enum fact_id id, struct u16s seen, enum why why, const char *note)
{
	struct cell *c = cell_of(f, id);

	CHECK(is_u16s(fact_defs[id].type));
	fact_put_unknown(f, id, why, note);
	if (arena_has_room(f->arena, seen.n * sizeof(*seen.v)))
		c->v.u16s = arena_u16s(f->arena, seen);
}

struct u16s
fact_seen(const struct facts *f, enum fact_id id)
{
	const struct cell *c = cell_of(f, id);

	CHECK(is_u16s(fact_defs[id].type));
	return c->state == CELL_UNKNOWN ? c->v.u16s : (struct u16s){NULL, 0};
}

void
fact_set_note(struct facts *f, enum fact_id id, const char *note)
{
	cell_of(f, id)->note = note != NULL ? arena_str(f->arena, note) : NULL;
}

struct facts *
fact_add(struct facts *f, enum kind kind)
{
	struct rows *r = &f->rows[kind];

	CHECK(f->kind == K_ENDPOINT && kind != K_ENDPOINT);
	if (r->n == r->cap) {
		size_t cap = r->cap > 0 ? r->cap * 2 : 4;
		struct facts **v = arena_alloc(f->arena, cap * sizeof(struct facts *));

		if (r->n > 0)
			memcpy(v, r->v, r->n * sizeof(struct facts *));
		r->v = v;
		r->cap = cap;
	}
	r->v[r->n] = row_new(f->arena, kind);
	return r->v[r->n++];
}

size_t
fact_rows(const struct facts *f, enum kind kind)
{
	CHECK(f->kind == K_ENDPOINT);
	return f->rows[kind].n;
}

struct facts *
fact_row(const struct facts *f, enum kind kind, size_t i)
{
	CHECK(i < fact_rows(f, kind));
	return f->rows[kind].v[i];
}

enum kind
fact_kind(const struct facts *row)
{
	return row->kind;
}

struct arena *
fact_arena(struct facts *f)
{
	return f->arena;
}

enum fact_id
fact_by_json(const char *path)
{
	for (int id = F_NONE + 1; id < F__MAX; id++) {
		const struct fact_def *d = &fact_defs[id];
		size_t n;

		if (d->kind == K_ENDPOINT) {
			if (strcmp(d->json, path) == 0)
				return (enum fact_id)id;
			continue;
		}
		n = strlen(kind_defs[d->kind].json);
		if (strncmp(path, kind_defs[d->kind].json, n) == 0 && strncmp(path + n, "[].", 3) == 0 &&
		    strcmp(path + n + 3, d->json) == 0)
			return (enum fact_id)id;
	}
	return F_NONE;
}
