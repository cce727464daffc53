/* Redis: a URL, and replies as a server that means harm would send them; the first byte says which.
 * */
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/xalloc.h"
#include "bulk/queue.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
url(struct span s)
{
	char *text = xcalloc(1, s.n + 1), err[200] = "";
	struct redis_url u;

	memcpy(text, s.p, s.n);
	if (redis_url_read(text, &u, err, sizeof(err)))
		CHECK((u.path[0] == '/') == (u.at.host[0] == '\0') &&
		      (u.user[0] == '\0' || u.password[0] != '\0'));
	else
		CHECK(err[0] != '\0' && strpbrk(err, "\n\r\033") == NULL);
	free(text);
}

/* What the programs do with any reply. */
static void
use(const struct resp *reply)
{
	const struct resp *entries = queue_entries(reply), *fields;
	struct queue_state state;
	struct list_item item;
	struct span id;

	(void)!queue_read_state(reply, &state);
	for (size_t i = 0; entries != NULL && i < entries->n; i++)
		if (queue_entry(entries->items[i], &id, &fields) && queue_read_job(fields, &item))
			CHECK(item.seq > 0 && item.target.host[0] != '\0' && item.target.port != 0);
}

/* In two pieces, so that every length is cut somewhere. */
static void
replies(struct span s)
{
	struct resp_reader *r = resp_reader_new();
	size_t half = s.n / 2;
	enum resp_got got = RESP_MORE;

	for (int piece = 0; piece < 2 && got != RESP_BAD; piece++) {
		struct span in =
		    piece == 0 ? (struct span){s.p, half} : (struct span){s.p + half, s.n - half};

		while ((got = resp_feed(r, in)) == RESP_WHOLE) {
			use(resp_reply(r));
			in.n = 0;
		}
	}
	resp_reader_free(r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n == 0)
		return 0;
	if (data[0] == 'u')
		url((struct span){data + 1, n - 1});
	else
		replies((struct span){data + 1, n - 1});
	return 0;
}
