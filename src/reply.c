/* reply - words and reasons for what a server answered; see probe.h. */
#include "probe.h"

#include "base/text.h"

enum { FIRST_WORDS = 60 };

/* What a server that does not speak TLS said first: its line, or its bytes when that is no text. */
static const char *
first_words(struct span raw, struct arena *a)
{
	size_t n = 0;

	while (n < raw.n && raw.p[n] != '\r' && raw.p[n] != '\n')
		n++;
	for (size_t i = 0; i < 3; i++)
		if (i >= n || raw.p[i] < 0x20 || raw.p[i] > 0x7e)
			return arena_printf(a, "it begins with 0x%s",
			    text_hex(a, (struct span){raw.p, raw.n < 8 ? raw.n : 8}));
	return arena_printf(a, "\"%s\"", text_clean(a, (struct span){raw.p, n}, FIRST_WORDS));
}

const char *
reply_text(const struct reply *r, struct arena *a)
{
	const char *what = NULL;

	switch (r->kind) {
	case REPLY_FLIGHT:
		return r->flight->hello
		    ? arena_printf(a, "%s %s", version_name(r->flight->version) != NULL
				? version_name(r->flight->version) : "unknown version",
			  r->flight->retry ? "HelloRetryRequest" : "ServerHello")
		    : "a record";
	case REPLY_ALERT:
		if (r->flight->ssl2)
			return "SSLv2 ERROR message";
		what = alert_name(r->alert);
		return arena_printf(a, "alert %u (%s)%s", r->alert, what != NULL ? what : "unassigned",
		    r->nameless ? ": it wants a client certificate (--cert)" : "");
	case REPLY_FIN:
		what = "connection closed";
		break;
	case REPLY_RESET:
		what = "connection reset";
		break;
	case REPLY_SILENCE: /* the detail says what has not come */
		return arena_str(a, r->detail != NULL ? r->detail : "no answer in time");
	case REPLY_GARBAGE:
		what = "the answer is not TLS";
		if (r->raw.n > 0)
			return arena_printf(a, "%s: %s", what, first_words(r->raw, a));
		break;
	case REPLY_BAD:
		what = "protocol error";
		break;
	case REPLY_LIMIT:
		what = "limit exceeded";
		break;
	case REPLY_NO_CONN:
		what = "no connection";
		break;
	case REPLY_LOCAL:
		what = "could not be asked here";
		break;
	}
	return r->detail != NULL ? arena_printf(a, "%s: %s", what, r->detail) : what;
}

enum why
reply_why(const struct reply *r)
{
	switch (r->kind) {
	case REPLY_ALERT:
		return WHY_ALERT;
	case REPLY_FIN:
		return WHY_CLOSED;
	case REPLY_RESET:
		return WHY_RESET;
	case REPLY_SILENCE:
		return WHY_SILENCE;
	case REPLY_GARBAGE:
	case REPLY_BAD:
		return WHY_GARBAGE;
	case REPLY_LIMIT:
		return WHY_LIMIT;
	case REPLY_NO_CONN:
		return WHY_NO_CONN;
	case REPLY_LOCAL:
		return WHY_LOCAL;
	case REPLY_FLIGHT:
	default:
		return WHY_NOT_APPLICABLE;
	}
}
