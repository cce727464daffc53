/* options_check - which options go together; see options_internal.h. */
#include "config.h"

#include "options_internal.h"

/* A queue takes the places of --list and --output. */
static bool
check_work(struct reading *j)
{
	struct options *o = j->o;

	if (!o->work)
		return !o->queue.has_url ||
		    options_fail(j, "--queue goes with --work; a list is fed by tlsaudit-feed");
	if (o->list != NULL || o->resume != NULL || o->shards != 0 || o->output != NULL)
		return options_fail(j, "--work takes targets from the queue and gives records to it: it does "
				       "not go with --list, --resume, --shard and --output");
	if (j->defaults.port != 0 || j->defaults.starttls != NULL)
		return options_fail(j, "--port and --starttls are for tlsaudit-feed, not for --work");
	if (o->has_format && o->format != FORMAT_JSON)
		return options_fail(j, "--work gives --format json; --from makes other formats of that");
	return queue_options_close(&o->queue, "workers", j->err, j->errlen);
}

/* Options of a list, or a queue, and those that are not for one. */
static bool
check_list(struct reading *j)
{
	struct options *o = j->o;

	if (!check_work(j))
		return false;
	if (o->list == NULL && !o->work) {
		if (o->resume != NULL || o->shards != 0 || o->stats != NULL || o->metrics.len > 0)
			return options_fail(j, "--resume, --shard, --stats and --metrics go with --list");
		return o->n_excludes == 0 || options_fail(j, "--exclude goes with --list");
	}
	if (o->chain != NULL || o->fix_chain != NULL || o->has_connect || o->sni != NULL)
		return options_fail(j, "--chain, --fix-chain, --connect and --sni are for one target");
	if (!o->has_format)
		o->format = FORMAT_JSON;
	if (o->resume != NULL && o->output != NULL && strcmp(o->resume, o->output) != 0)
		return options_fail(j, "--resume appends to its own file: --output cannot be another one");
	if (o->resume != NULL && o->format != FORMAT_JSON)
		return options_fail(j, "--resume reads and writes --format json; --from makes other formats of that");
	if (o->resume != NULL)
		o->output = o->resume;
	if (!o->no_safe && o->only == NULL) /* strangers are sent no attacks unless somebody says so */
		o->safe = true;
	o->defaults = j->defaults;
	return true;
}

/* Rounds of targets that are named; what they tell is changes. */
static bool
check_watch(struct reading *j)
{
	const struct options *o = j->o;

	if (o->watch_s == 0)
		return true;
	if (o->list != NULL || o->work || o->chain != NULL || o->from != NULL || o->fix_chain != NULL)
		return options_fail(j, "--watch is for targets that are named: it does not go with --list, "
				       "--work, --chain, --from and --fix-chain");
	if (o->format != FORMAT_TEXT && o->format != FORMAT_JSON)
		return options_fail(j, "--watch tells changes as text or json, not as %s",
		    report_format_name(o->format));
	return true;
}

/* Options that contradict each other. */
static bool
check_together(struct reading *j)
{
	const struct options *o = j->o;

	if (o->sni != NULL && o->no_sni)
		return options_fail(j, "--sni and --no-sni exclude each other");
	if (o->safe && o->no_safe)
		return options_fail(j, "--safe and --no-safe exclude each other");
	if (o->offline && o->online)
		return options_fail(j, "--offline and --online exclude each other");
	if (o->ipv4_only && o->ipv6_only)
		return options_fail(j, "-4 and -6 exclude each other");
	if (o->cert == NULL && (o->key != NULL || o->key_password_file != NULL))
		return options_fail(j, "--key and --key-password-file go with --cert");
	if (proxy_looks_up(&o->proxy) && (o->n_mx > 0 || o->ipv4_only || o->ipv6_only))
		return options_fail(
		    j, "--mx, -4 and -6 do not go with a proxy that looks names up; see socks5://");
	if (o->n_mx > 0 && (o->has_connect || o->sni != NULL || o->fix_chain != NULL))
		return options_fail(j, "--mx does not go with --connect, --sni and --fix-chain");
	if (o->n_mx > 0 && (o->list != NULL || o->work))
		return options_fail(j, "--mx does not go with --list and --work");
	if (o->has_connect && o->n_targets > 1)
		return options_fail(j, "--connect is for one target");
	if (o->fix_chain != NULL && o->n_targets > 1)
		return options_fail(j, "--fix-chain is for one target");
	if (o->name != NULL && o->chain == NULL)
		return options_fail(j, "--name goes with --chain; a target's name is changed by --sni");
	if (o->asked != NULL && o->chain == NULL && o->fix_chain == NULL)
		return options_fail(j, "--stores goes with --chain or --fix-chain");
	if (o->compliance != NULL && o->chain != NULL)
		return options_fail(j, "--compliance is about a server: it does not go with --chain");
	if (o->baseline != NULL && o->chain != NULL)
		return options_fail(j, "--baseline is about a server: it does not go with --chain");
	if (o->compliance == NULL && gate_asks(&o->gate, GATE_COMPLIANCE))
		return options_fail(j, "--fail-on compliance needs --compliance");
	return check_watch(j) && check_list(j);
}

/* A chain from a file has no target. */
static bool
check_chain(struct reading *j, int n_targets)
{
	if (n_targets > 0)
		return options_fail(j, "--chain asks no server: there can be no target beside it");
	return check_together(j);
}

/* Nor have saved reports. */
static bool
check_from(struct reading *j, int n_targets)
{
	const struct options *o = j->o;

	if (n_targets > 0)
		return options_fail(j, "--from asks no server: there can be no target beside it");
	if (o->chain != NULL || o->list != NULL || o->work)
		return options_fail(j, "--from goes neither with --chain nor with --list or --work");
	if (o->fix_chain != NULL)
		return options_fail(j, "--fix-chain is for one target");
	return check_together(j);
}

bool
options_check(struct reading *j, int n_targets)
{
	switch (j->o->action) {
	case ACTION_AUDIT:
		return check_together(j);
	case ACTION_CHAIN:
		return check_chain(j, n_targets);
	case ACTION_FROM:
		return check_from(j, n_targets);
	default:
		return true;
	}
}
