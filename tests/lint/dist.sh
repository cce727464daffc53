#!/bin/sh
# The tarball has every file of the repository: what is not listed somewhere is lost to whoever
# builds from a release.  Only where there is a repository and a git.
set -eu
top=${srcdir:-$(dirname "$0")/../..}
build=${top_builddir:-$top/build}

if [ ! -e "$top/.git" ] || ! command -v git >/dev/null 2>&1; then
	echo "skipped: no repository here"
	exit 77
fi
list=$(mktemp)
trap 'rm -f "$list"' EXIT
# What make would put there; folders in EXTRA_DIST come whole.
make -s -C "$build" -f Makefile -f - list-distfiles >"$list" <<'END'
list-distfiles:
	@printf '%s\n' $(DISTFILES) | sed 's|^$(srcdir)/||; s|^$(top_srcdir)/||'
END
status=0
for f in $(git -C "$top" ls-files); do
	[ "$f" != .gitignore ] || continue
	d=$f
	while ! grep -qxF "$d" "$list"; do
		case $d in
		*/*) d=${d%/*} ;;
		*) echo "dist: $f is in no list: EXTRA_DIST or a _SOURCES" >&2; status=1; break ;;
		esac
	done
done
exit $status
