#include "pulse/show.h"
bool
show_html(FILE *to, const struct tally *t, const struct show *o)
{
	return show_json(to, t, o);
}
