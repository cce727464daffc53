# encs.csv -> encs.def: one ENC row per bulk cipher.
BEGIN {
	FS = ","
	print "/* from data/iana/encs.csv by data/gen/encs.awk: do not edit. */"
	print "/*  id, name, nominal key bits, block bits, mode  */"
}
FNR > 1 {
	printf "ENC(%s, \"%s\", %d, %d, ENC_MODE_%s)\n", $1, $1, $2, $3, toupper($4)
}
