#!/bin/sh
# What is told about the program is true: the manual, the completions and the schema are what the
# tables make of them, and README and HACKING name only what exists.
set -eu
top=${srcdir:-$(dirname "$0")/../..}
build=${top_builddir:-$top/build}
status=0

fail()
{
	echo "docs: $*" >&2
	status=1
}

# made WHAT FILE - FILE is what gen-docs makes.
made()
{
	"$build/data/gen/gen-docs" "$1" "$top/$2.in" | cmp -s - "$top/$2" ||
	    fail "$2 is not what its tables make: run \`make tables\`"
}

for page in src/tlsaudit.1 src/tlsaudit-json.5 src/tlsaudit-policy.5 src/tlsaudit-report.7; do
	made man $page
done
made bash data/completions/tlsaudit
made zsh data/completions/_tlsaudit
made schema data/schema/tlsaudit-report-1.json

options=$(sed -n 's/^OPTION([A-Z]*, [A-Z0-9_]*, [^,]*, "\([a-z0-9-]*\)".*/\1/p' "$top/src/options.def")
[ "$(echo "$options" | wc -l)" -ge 20 ] || fail "options.def could not be read"

# --help, the manual and the completions tell of each option, and of no other.
help=$("$build/tlsaudit" --help)
printf '%s\n' "$help" | grep -oE -e '--[a-z0-9-]+' | sort -u | sed 's/^--//' |
    while read -r o; do echo "$options" | grep -qxF -e "$o" || echo "$o"; done |
    grep . && fail "--help names these, and options.def does not"
for o in $options; do
	printf '%s\n' "$help" | grep -qE -e " --$o([= ]|\$)" || fail "--help lacks --$o"
	roff=$(echo "--$o" | sed 's/-/\\-/g')	# as the manual writes it
	grep -qF -e "$roff\\fR" "$top/src/tlsaudit.1" || fail "the manual lacks --$o"
	for c in tlsaudit _tlsaudit; do
		grep -qE -e "--$o([]= '}[]|\$)" "$top/data/completions/$c" || fail "completions/$c lacks --$o"
	done
done

# Words of README and HACKING: our options, our make targets, our files.  Options of other programs
# stand only in lines that name that program.
for doc in README HACKING; do
	grep -vE -e '-->|tlsaudit-pulse|configure|autoreconf|dpkg|apt-get|ssh|git |nginx|clang|libFuzzer' "$top/$doc" |
	    grep -oE -e '(^|[ `("])--[a-z][a-z0-9-]+' | sed 's/^.*--//' | sort -u >"$build/docs.tmp"
	while read -r o; do
		echo "$options" | grep -qxF -e "$o" || fail "$doc names --$o, which is no option"
	done <"$build/docs.tmp"
	grep -oE '(^    |`)make [a-z-]+' "$top/$doc" | sed 's/.*make //' | sort -u >"$build/docs.tmp"
	while read -r t; do
		grep -qE "^([a-z-]+ )*$t( [a-z-]+)*:" "$build/Makefile" || fail "$doc: no target $t"
	done <"$build/docs.tmp"
	grep -oE '(^    |`)\./quickstart [a-z-]+' "$top/$doc" | sed 's/.*quickstart //' | sort -u \
	    >"$build/docs.tmp"
	while read -r c; do
		grep -qE "^$c\)" "$top/quickstart" || fail "$doc: quickstart has no $c"
	done <"$build/docs.tmp"
	rm -f "$build/docs.tmp"
done

# The map at the beginning of HACKING, and every path in it: the first word of an indented line.
map=$(sed -n '/^Where is what/,/^[A-Z][a-z]* *$/p' "$top/HACKING" | sed -n 's/^  \([^ ]*\)  .*/\1/p')
[ "$(echo "$map" | wc -l)" -ge 15 ] || fail "HACKING has no map"
for f in $map; do
	# shellcheck disable=SC2086	# may be a pattern
	ls -d "$top"/$f >/dev/null 2>&1 || fail "the map of HACKING names $f, which is not there"
done

# Other programs have their own short lists: --help and the manual name the same, and what the manual
# names beside them is an option of tlsaudit.
for p in tlsaudit-diff tlsaudit-feed tlsaudit-merge tlsaudit-pulse tlsaudit-shared tlsaudit-sink tlsaudit-stores; do
	"$build/$p" --help | grep -oE -e '(^|[ ,[])--[a-z-]+' | sed 's/^[ ,[]*//' | sort -u >"$build/docs.tmp"
	[ -s "$build/docs.tmp" ] || fail "$p --help names no option"
	sed 's/\\-/-/g' "$top/src/$p.1" | grep -oE -e '--[a-z][a-z-]*' | sort -u >"$build/docs.page"
	while read -r o; do
		grep -qxF -e "$o" "$build/docs.page" || fail "$p(1) lacks $o"
	done <"$build/docs.tmp"
	while read -r o; do
		grep -qxF -e "$o" "$build/docs.tmp" || echo "$options" | grep -qxF -e "${o#--}" ||
		    fail "$p(1) names $o, which --help does not"
	done <"$build/docs.page"
done
rm -f "$build/docs.tmp" "$build/docs.page"

# tlsaudit-report(7) explains every rule of every policy, and no other.  A policy that extends another
# has its rules too.
policy_rules()
{
	sed -n 's|^\t\t\t"id": "\([^"]*\)",.*|\1|p' "$top/data/policy/$1.json"
	base=$(sed -n 's/^.*"extends": "\([^"]*\)".*/\1/p' "$top/data/policy/$1.json")
	[ -z "$base" ] || policy_rules "$base"
}
for f in "$top"/data/policy/*.json; do
	p=$(basename "$f" .json)
	grep -q '"kind": "compliance"' "$f" && before=$p/ || before=
	grep -q '"extends"' "$f" && before=$p/
	rules=$(policy_rules "$p" | sort -u)
	[ "$(echo "$rules" | wc -l)" -ge 10 ] || fail "$f: its rules could not be read"
	echo "$rules" | sed "s|^|$before|"
done >"$build/rules.tmp"
sort "$build/rules.tmp" >"$build/rules.want"
sed -n '/^\.SH FINDINGS/,/^\.SH SEE/s/^\.B \([a-z0-9_/.-]*\)$/\1/p' "$top/src/tlsaudit-report.7" | sort >"$build/rules.tmp"
diff "$build/rules.want" "$build/rules.tmp" >&2 ||
    fail "tlsaudit-report(7) explains (>) other rules than the policies have (<)"
rm -f "$build/rules.tmp" "$build/rules.want"

# tlsaudit-pulse(1) tells of each series.
series=$(sed -n 's/^MEASURE([A-Z0-9_]*, "\([a-z0-9_]*\)".*/\1/p' "$top/src/pulse/measure.def")
[ "$(echo "$series" | wc -l)" -ge 20 ] || fail "measure.def could not be read"
for s in $series; do
	grep -qxF ".B $s" "$top/src/tlsaudit-pulse.1" || fail "tlsaudit-pulse(1) lacks $s"
done

# Every rule that makes a grade says what is bad about a hit.
awk '/^\t\t\t"id": /{ if (id != "") print id; id = $2 } /^\t\t\t"means": /{ id = "" }
    END { if (id != "") print id }' "$top/data/policy/ssllabs-2009r.json" |
    grep . && fail "these rules lack \"means\""

# Checked by those who know best, when they are installed.
for page in "$top"/src/*.[1-8]; do
	if command -v mandoc >/dev/null 2>&1; then
		mandoc -T lint -W warning "$page" >&2 || fail "mandoc does not like $page"
	fi
	if command -v man >/dev/null 2>&1; then
		warnings=$(LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -l "$page" 2>&1 >/dev/null)
		[ -z "$warnings" ] || fail "man: $warnings"
	fi
done

# bash offers what options.def offers.
if command -v bash >/dev/null 2>&1; then
	bash "$top/tests/lint/completion.bash" "$top/data/completions/tlsaudit" ||
	    fail "the completion of bash does not work"
fi
if command -v zsh >/dev/null 2>&1; then
	zsh -n "$top/data/completions/_tlsaudit" || fail "zsh cannot read its completion"
fi
exit $status
