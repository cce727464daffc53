#!/bin/sh
# The package list (.ci/packages) is true: dpkg knows every name, nothing that the build uses is
# left out, and nothing is named twice in a section.
#
# What is not installed cannot be judged.  A [build] package that is missing here, where the
# program has just been built, was not needed: that is a failure.  A missing one of the other
# sections only means that their tests have been skipped.
set -eu

srcdir=${srcdir:-$(dirname "$0")/../..}
list=$srcdir/.ci/packages
failed=0

fail()
{
	echo "packages: $*" >&2
	failed=1
}

# section NAME - its packages, in the order of the file.
section()
{
	awk -v want="[$1]" '
		{ sub(/#.*/, ""); gsub(/[ \t]/, "") }
		/^\[/ { on = ($0 == want); next }
		on && NF' "$list"
}

# owner FILE - the package that installed it.  /usr/lib and /lib are one directory on Debian 12, but
# dpkg knows a file only by the name under which it came.
owner()
{
	{ dpkg-query -S "$1" || dpkg-query -S "${1#/usr}"; } 2>/dev/null | head -n 1 | sed 's/[:,].*//'
}

installed()
{
	dpkg -l "$1" 2>/dev/null | grep -q '^.i '
}

command -v dpkg-query >/dev/null 2>&1 || {
	echo "skipped: no dpkg here"
	exit 77
}

[ -n "$(section build)" ] || fail "$list has no [build] section"
for s in build demo test bench more; do
	twice=$(section $s | sort | uniq -d)
	[ -z "$twice" ] || fail "[$s] names twice: $twice"
done
for p in $(section build); do
	installed "$p" || fail "[build] lists $p, but the build did without it"
done
absent=
for p in $(section demo) $(section test) $(section bench); do
	installed "$p" || absent="$absent $p"
done

# Every library that configure asks for comes from a listed package.
modules=$(sed -n 's/^PKG_CHECK_MODULES(\[[A-Z0-9_]*\], \[\([^] ]*\).*/\1/p' "$srcdir/configure.ac")
[ -n "$modules" ] || fail "no PKG_CHECK_MODULES found in configure.ac"
for m in $modules; do
	dir=$(pkg-config --variable=pcfiledir "$m") || { fail "pkg-config does not know $m"; continue; }
	p=$(owner "$dir/$m.pc")
	[ -n "$p" ] || { fail "no package owns $dir/$m.pc"; continue; }
	section build | grep -qxF "$p" || fail "configure needs $m, from $p: not in [build]"
done

# So does every tool that the build calls by name.
for tool in autoreconf automake make pkg-config gcc; do
	path=$(command -v $tool) || { fail "no $tool"; continue; }
	case $path in /usr/bin/*) ;; *) continue ;; esac	# somebody's own: not Debian's business
	p=$(owner "$path")
	if [ -z "$p" ]; then
		p=$(owner "$(readlink -f "$path")")
	fi
	section build | grep -qxF "${p:-nothing}" || fail "$tool comes from ${p:-no package}: not in [build]"
done

[ $failed -eq 0 ] || exit 1
if [ -n "$absent" ]; then
	echo "skipped: not installed:$absent"
	exit 77
fi
