/* reply - words and reasons for what a server answered; see probe.h. */
#include "probe.h"

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
		return arena_printf(a, "alert %u (%s)", r->alert, what != NULL ? what : "unassigned");
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
