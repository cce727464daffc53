#!/bin/sh
# Who may include whom: the table of src/README, held by reading the includes.  Data flows one way
# only as long as nobody can reach back.
set -eu
top=${srcdir:-$(dirname "$0")/../..}
status=0

fail()
{
	echo "layering: $*" >&2
	status=1
}

# allow FILE-PATTERN INCLUDE-PATTERN - every quoted include of the files matches the extended
# pattern; what each folder may include of itself is said there too.
allow()
{
	found=no
	for f in $(cd "$top" && find src probes -name '*.[ch]' | sort | grep -E "^($1)\$"); do
		found=yes
		bad=$(sed -n 's/^[ 	]*#[ 	]*include[ 	]*"\([^"]*\)".*/\1/p' "$top/$f" |
		    grep -vE "^(config\.h|$2)\$") || continue
		for i in $bad; do fail "$f must not include $i"; done
	done
	[ $found = yes ] || [ -n "${3-}" ] || fail "no file matches $1"
}

# only INCLUDE-PATTERN FILE-PATTERN - system headers that match appear in those files alone.
only()
{
	for f in $(cd "$top" && grep -rlE "^[ 	]*#[ 	]*include[ 	]*<($1)" src probes | sort); do
		printf '%s\n' "$f" | grep -qE "^($2)\$" || fail "$f must not include <$1>"
	done
}

base='base/[a-z_]+\.h'
tls='tls/[a-z_]+\.(h|def)'
core='fact\.(h|def)|probe\.h|gather\.h|transport\.h|probe_list\.h'

allow 'src/base/.*' "$base"
allow 'src/tls/.*' "$base|$tls"
allow 'src/(fact|gather|reply|registry|probe|transport)\.[ch]' "$base|$tls|$core"
allow 'probes/.*' 'probe\.h|[a-z_]+_internal\.h' maybe
allow 'src/adapt/.*' "$base|$tls|probe\.h|fact\.h|adapt/[a-z0-9_]+\.h"
allow 'src/engine/.*' "$base|$tls|probe\.h|adapt/openssl_(tls|identity)\.h|engine/[a-z0-9_]+\.(h|def)"
allow 'src/pki/.*' "$base|fact\.h|adapt/[a-z0-9_]+\.h|pki/[a-z0-9_]+\.(h|def)"
allow 'src/feeds/.*' "$base|adapt/[a-z0-9_]+\.h|pki/[a-z_]+\.h|feeds/[a-z_]+\.h"
allow 'src/derive/.*' "$base|$tls|fact\.h|probe\.h|adapt/[a-z0-9_]+\.h|pki/[a-z0-9_]+\.h|derive/[a-z_]+\.(h|def)" maybe
allow 'src/audit/.*' "$base|$core|audit/[a-z_]+\.h"
allow 'src/assess/.*' "$base|fact\.h|tls/code\.h|adapt/json\.h|assess/[a-z_]+\.(h|def)"
allow 'src/report/.*' "$base|fact\.h|tls/code\.h|adapt/(json|openssl_crypto)\.h|assess/assess\.h|report/[a-z_]+\.(h|def)"
allow 'src/net/.*' "$base|$core|engine/[a-z_]+\.h|adapt/(curl|gnutls_client|hiredis|ldns|unbound)\.h|target\.h|net/[a-z_]+\.(h|def)" maybe
allow 'src/pulse/.*' "$base|adapt/(psl|sql|zstd)\.h|pulse/[a-z_]+\.(h|def)|report/(escape|html|html_page|jsonw|ops|term)\.h"
allow 'src/evidence/.*' "$base|$core|adapt/[a-z0-9_]+\.h|pki/[a-z_]+\.h|net/[a-z_]+\.h|target\.h|derive/(deployment|issuer|staple)\.h|evidence/[a-z_]+\.h"

# A library is known to its adapter alone; sockets and libevent to net/ alone.
only 'openssl/' 'src/adapt/openssl[a-z_0-9]*\.c'
only 'gnutls/' 'src/adapt/gnutls[a-z_0-9]*\.c'
only 'ldns/' 'src/adapt/ldns\.c'
only 'unbound' 'src/adapt/unbound\.c'
only 'curl/' 'src/adapt/curl\.c'
only 'sqlite3' 'src/adapt/(sql|sqlite)\.c'
only 'libpsl' 'src/adapt/psl\.c'
only 'json' 'src/adapt/json\.c'
only 'idn2' 'src/adapt/idn\.c'
only 'hiredis' 'src/adapt/hiredis\.c'
only 'gmp' 'src/adapt/gmp\.c'
only 'zstd' 'src/adapt/zstd\.c'
only 'zlib\.h' 'src/adapt/cab\.c'
only '(seccomp\.h|linux/landlock)' 'src/bulk/sandbox\.c'
only 'event' 'src/net/.*\.[ch]|src/adapt/unbound\.[ch]'
only '(sys/socket|sys/select|poll|sys/epoll)\.h' 'src/net/.*\.[ch]'

exit $status
