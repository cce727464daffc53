"""The golden reports satisfy the shipped schema, and the schema is strict enough to notice a slip."""
import copy
import glob
import json
import os
import sys

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(TOP, "tests", "live"))
import schema  # noqa: E402


def objects(value):
    """Every object within, itself included."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, (dict, list)):
            yield from objects(inner)


def slips(report):
    """The report with one mistake in each object: a member too many, and the first one gone."""
    n = len(list(objects(report)))
    for i in range(n):
        more = copy.deepcopy(report)
        list(objects(more))[i]["no_such_member"] = 1
        yield "a strange member in object %d" % i, more
    for name in report:
        less = copy.deepcopy(report)
        del less[name]
        yield "without " + name, less


def main():
    try:
        v = schema.validator()
    except schema.Missing as e:
        print("skipped: %s" % e)
        return 77
    failed = 0
    paths = sorted(glob.glob(os.path.join(TOP, "tests", "golden", "report", "*.json")))
    if len(paths) < 5:
        print("schema: the golden reports are gone")
        return 1
    for path in paths:
        with open(path) as f:
            report = json.load(f)
        if os.path.basename(path) == "hostile.json":
            # Bad bytes everywhere, even where only a policy's words can be.
            report["grade"] = report["grade_trust_ignored"] = None
        for what in schema.wrong(v, report):
            print("schema: %s: %s" % (path, what))
            failed = 1
        if os.path.basename(path) == "modern.json":
            for what, bad in slips(report):
                if not schema.wrong(v, bad):
                    print("schema: accepts a report " + what)
                    failed = 1
    return failed


sys.exit(main())
