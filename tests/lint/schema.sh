#!/bin/sh
# The golden reports, and reports of this program as it is, are what the schema says (JSON Schema,
# draft 2020-12), and the schema is a valid one.
set -eu
top=${srcdir:-$(dirname "$0")/../..}
build=${top_builddir:-$top/build}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

if ! python3 -c 'import jsonschema' 2>/dev/null; then
	echo "schema: python3-jsonschema is not installed" >&2
	exit 77
fi
"$build/tlsaudit" --schema >"$tmp/schema.json"
# Port 1 of loopback refuses, or whatever listens there answers: a report either way.
"$build/tlsaudit" --format json --connect 127.0.0.1:1 --output "$tmp/refused.json" localhost || [ $? = 3 ]
python3 - "$tmp/schema.json" "$tmp/refused.json" "$top"/tests/golden/report/*.json <<'END'
import json
import sys
import jsonschema

schema = json.load(open(sys.argv[1]))
if schema.get("$schema") != "https://json-schema.org/draft/2020-12/schema":
    sys.exit("schema: it does not say that it is of draft 2020-12")
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
bad = 0
for name in sys.argv[2:]:
    for n, line in enumerate(open(name, encoding="utf-8"), 1):
        for e in validator.iter_errors(json.loads(line)):
            print(f"schema: {name}:{n}: {e.json_path}: {e.message[:200]}", file=sys.stderr)
            bad += 1
if len(sys.argv) < 5:
    sys.exit("schema: no golden reports")
sys.exit(bad > 0)
END
