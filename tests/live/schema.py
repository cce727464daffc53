"""The shipped schema, and a validator that is not ours (Debian's python3-jsonschema).

    v = schema.validator()          # Missing when there is no validator here
    schema.wrong(v, report)         # [] or what is wrong, as texts
"""
import json
import os

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..",
                    "data", "schema", "tlsaudit-report-1.json")


class Missing(Exception):
    """No validator is installed."""


def validator(path=PATH):
    try:
        import jsonschema
        kind = jsonschema.Draft202012Validator
    except (ImportError, AttributeError):
        raise Missing("python3-jsonschema is not installed, or too old") from None
    with open(path) as f:
        text = json.load(f)
    kind.check_schema(text)
    return kind(text)


def wrong(v, report):
    return ["%s: %s" % ("/".join(map(str, e.absolute_path)) or "the report", e.message[:300])
            for e in v.iter_errors(report)]
