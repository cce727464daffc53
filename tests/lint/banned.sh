#!/bin/sh
# What C files of the program do not say (HACKING, "Rules"): functions that overflow, block, end
# the process behind our back or depend on the locale; in probes/ also everything that reaches
# the outside.  Comments and strings do not count.
set -eu
top=${srcdir:-$(dirname "$0")/../..}
status=0

# code FILE - without comments, strings and characters, line by line.
code()
{
	awk '
		{
			out = ""
			for (i = 1; i <= length($0); i++) {
				two = substr($0, i, 2); c = substr($0, i, 1)
				if (comment) { if (two == "*/") { comment = 0; i++ } continue }
				if (quote != "") {
					if (c == "\\") i++
					else if (c == quote) quote = ""
					continue
				}
				if (two == "/*") { comment = 1; i++; continue }
				if (two == "//") break
				if (c == "\"" || c == sprintf("%c", 39)) { quote = c; continue }
				out = out c
			}
			quote = ""
			print out
		}' "$1"
}

# ban WHERE WHY NAME... - no file below WHERE calls one of the names.
ban()
{
	where=$1 why=$2
	shift 2
	names=$(echo "$@" | tr ' ' '|')
	# shellcheck disable=SC2086	# several folders
	for f in $(cd "$top" && find $where -name '*.[ch]' 2>/dev/null | sort); do
		hits=$(code "$top/$f" | grep -nE "(^|[^A-Za-z0-9_.>])($names)[ 	]*\\(") || continue
		printf '%s\n' "$hits" | sed "s|^|banned: $f:|; s|\$|  ($why)|" >&2
		status=1
	done
}

ban 'src probes' 'no bound' strcpy strcat stpcpy sprintf vsprintf gets scanf fscanf alloca
ban 'src probes' 'no error: see options.c for numbers' atoi atol atoll atof strtok
ban 'src probes' 'not reentrant' strtok_r localtime gmtime ctime asctime gethostbyname \
	inet_ntoa inet_addr getaddrinfo setlocale
ban 'src probes' 'not ours to call' system popen exec[lv][a-z]* tmpnam tempnam mktemp
ban 'src/[a-z]*[!k]/ src/*.c probes' 'workers are forked by bulk/' fork
ban 'src probes' 'blocks' sleep usleep nanosleep select poll
ban 'src probes' 'weak randomness' rand srand random srandom drand48
ban 'src/tls src/engine src/audit src/assess src/report src/pki src/derive src/net src/adapt probes' \
	'only main ends the program' exit _exit abort
ban 'src/tls src/engine src/audit src/assess src/report src/pki src/derive src/net src/adapt probes' \
	'xalloc.h ends the process when memory does' malloc calloc realloc strdup strndup asprintf
ban 'src/base src/tls src/engine src/audit src/assess src/pki src/derive src/net src/adapt probes' \
	'only report/ and the command line print' printf puts putchar perror
ban 'probes' 'a probe has no such thing' free fopen time clock_gettime gettimeofday socket connect \
	send recv read write getenv arena_new

# No global changes while the program runs.  GnuTLS's clock is one: its function has no argument.
lib=${top_builddir:-$top/build}/libtlsaudit.a
if [ -e "$lib" ] && command -v objdump >/dev/null 2>&1 && ! nm "$lib" 2>/dev/null | grep -q asan; then
	changing=$(objdump -t "$lib" 2>/dev/null | awk '
		/file format/ { file = $1 }
		/ O \.(bss|data)\t/ && file != "gnutls_x509.o:" { print file, $NF }')
	[ -z "$changing" ] || { echo "banned: globals that change: $changing" >&2; status=1; }
fi
exit $status
