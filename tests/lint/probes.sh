#!/bin/sh
# A file in probes/ is a probe as HACKING wants it: listed, explained, with one name to the outside,
# and tested.
set -eu
top=${srcdir:-$(dirname "$0")/../..}
build=${top_builddir:-$top/build}
status=0

fail()
{
	echo "probes: $*" >&2
	status=1
}

listed=$(sed 's/#.*//' "$top/probes/probes.mk" | grep -oE '[a-z0-9_/]+\.c' | sort)
there=$(cd "$top" && find probes src/derive -name '*.c' 2>/dev/null | sort)

for f in $there; do
	name=$(basename "$f" .c)
	# A helper that several probes share says so in its name and is no probe.
	case $name in *_internal | *_common) continue ;; esac
	grep -q "struct probe probe_" "$top/$f" || case $f in src/derive/*) continue ;; esac
	printf '%s\n' "$listed" | grep -qxF "$f" || fail "$f is not listed in probes/probes.mk"
	grep -q "^const struct probe probe_$name = {" "$top/$f" || fail "$f does not define probe_$name"
	first=Sends
	case $f in src/derive/*) first=Reads ;; esac
	for word in $first Learns Blind Costs; do
		grep -qE "^ \* $word: " "$top/$f" || fail "the first comment of $f has no \"$word:\""
	done
	grep -qE "^  $name\.c " "$top/probes/README" || fail "probes/README does not tell of $f"
	grep -rqw --include='*.[ch]' --include='*.py' --include='*.sh' --include='*.scn' \
	    --exclude-dir=lint "$name" "$top/tests" || fail "$f: no test names $name"
	object=$build/${f%.c}.o
	if [ -e "$object" ] && command -v nm >/dev/null 2>&1; then
		exported=$(nm -g --defined-only "$object" | awk 'NF == 3 && $3 !~ /^(__|_?asan|\.)/ { print $3 }')
		[ "$exported" = "probe_$name" ] || fail "$f exports: $exported"
	fi
done
for f in $listed; do
	[ -e "$top/$f" ] || fail "probes.mk lists $f, which is not there"
done
exit $status
