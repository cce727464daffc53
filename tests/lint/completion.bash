# shellcheck shell=bash
# Asks the completion of bash as readline would: words, and what is offered for the last one.
# shellcheck source=/dev/null
source "$1"
status=0

# offers EXPECTED WORD... - the last word is being typed.
offers()
{
	local expected=$1
	shift
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	_tlsaudit 2>/dev/null
	[[ " ${COMPREPLY[*]} " == *" $expected "* ]] && return
	echo "completion: '$*' offers '${COMPREPLY[*]}', without '$expected'" >&2
	status=1
}

offers --fail-on tlsaudit --fail
offers --store tlsaudit example.org --sto
offers json tlsaudit -f j
offers json tlsaudit --format = j
offers text tlsaudit --format =
offers never tlsaudit --color = n
offers smtp tlsaudit --starttls sm
offers protocols tlsaudit --only prot
offers protocols,cipher_suites tlsaudit --only protocols,cipher
cd / && offers etc tlsaudit --output et
exit $status
