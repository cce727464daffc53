/* main - options -> config -> run; no logic. */
#include <stdio.h>

int
main(void)
{
	puts("tlsaudit");
	return 0;
}
