"""Validators of formats that are not ours, each where it is installed.

    validators.sarif(c, "what", log)    # sarif_om: the object model generated from OASIS' schema
                                        # (python3-sarif-python-om); SARIF_SCHEMA: the schema itself
    validators.junit(c, "what", text)   # xmllint, junitparser; JUNIT_XSD: a schema, Jenkins' or
                                        # Surefire's

Neither schema is in a Debian package; a path in the environment names it.
"""
import copy
import json
import os
import re
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree as etree

# Which class of sarif_om a member's value is, where it is an object or a list of them.
CLASSES = {"SarifLog.runs": "Run", "Run.tool": "Tool", "Tool.driver": "ToolComponent",
           "ToolComponent.rules": "ReportingDescriptor",
           "ReportingDescriptor.shortDescription": "MultiformatMessageString",
           "ReportingDescriptor.fullDescription": "MultiformatMessageString",
           "ReportingDescriptor.help": "MultiformatMessageString",
           "ReportingDescriptor.defaultConfiguration": "ReportingConfiguration",
           "ReportingDescriptor.properties": "PropertyBag",
           "Run.automationDetails": "RunAutomationDetails", "Run.results": "Result",
           "Result.message": "Message", "Result.locations": "Location",
           "Result.suppressions": "Suppression", "Location.physicalLocation": "PhysicalLocation",
           "PhysicalLocation.artifactLocation": "ArtifactLocation",
           "PhysicalLocation.region": "Region", "Location.logicalLocations": "LogicalLocation",
           "Run.invocations": "Invocation",
           "Invocation.toolExecutionNotifications": "Notification",
           "Notification.descriptor": "ReportingDescriptorReference",
           "Notification.associatedRule": "ReportingDescriptorReference",
           "Notification.message": "Message", "Notification.locations": "Location"}
SEEN = set()


def skip(what):
    if what not in SEEN:
        SEEN.add(what)
        print("SKIP: " + what)


def model(om, name, value, path=""):
    """What is wrong with the value as an object of that class: members that there are not, members
    that are missing."""
    if isinstance(value, list):
        return [w for i, x in enumerate(value) for w in model(om, name, x, "%s[%d]" % (path, i))]
    if not isinstance(value, dict):
        return ["%s: an object is wanted" % path]
    if name == "PropertyBag":
        return []
    fields = getattr(om, name).__attrs_attrs__
    known = {f.metadata["schema_property_name"]: f for f in fields}
    wrong = ["%s.%s: %s has no such member" % (path, key, name) for key in value if key not in known]
    wrong += ["%s: %s is missing" % (path, key) for key, f in known.items()
              if key not in value and f.default.__class__.__name__ == "_Nothing"]
    for key, member in value.items():
        inner = CLASSES.get("%s.%s" % (name, key))
        if inner:
            wrong += model(om, inner, member, "%s.%s" % (path, key))
        elif isinstance(member, dict) and key not in ("partialFingerprints", "properties"):
            wrong.append("%s.%s: an object that the test does not know" % (path, key))
    return wrong


def sarif(c, what, log):
    try:
        import sarif_om as om
    except ImportError:
        skip("sarif_om is not installed (package python3-sarif-python-om)")
    else:
        c.equal(what + ": sarif_om", model(om, "SarifLog", log), [])
        broken = copy.deepcopy(log)
        del broken["runs"][0]["tool"]["driver"]["name"]
        broken["runs"][0]["colour"] = "red"
        c.equal(what + ": sarif_om can refuse", len(model(om, "SarifLog", broken)), 2)
    path = os.environ.get("SARIF_SCHEMA")
    if not path:
        skip("OASIS' SARIF schema (SARIF_SCHEMA=sarif-schema-2.1.0.json)")
        return
    import jsonschema
    with open(path) as f:
        schema = json.load(f)
    v = jsonschema.validators.validator_for(schema)(schema)
    c.equal(what + ": OASIS' schema", [e.message[:200] for e in v.iter_errors(log)], [])


def lint(text, *options):
    with tempfile.NamedTemporaryFile("w", suffix=".xml") as f:
        f.write(text)
        f.flush()
        return subprocess.run(["xmllint", "--noout", "--nonet", *options, f.name],
                              capture_output=True, text=True)


def junit(c, what, text):
    if shutil.which("xmllint") is None:
        skip("xmllint is not installed (package libxml2-utils)")
    else:
        done = lint(text)
        c.equal("%s: xmllint: %s" % (what, done.stderr[:300]), done.returncode, 0)
        c.true(what + ": xmllint can refuse", lint(text.replace("</testsuites>", "")).returncode)
        xsd = os.environ.get("JUNIT_XSD")
        if not xsd:
            skip("JUnit's schema (JUNIT_XSD=junit-10.xsd)")
        else:
            # What GitLab reads beside it: where a test stands; and the sum of what was skipped.
            plain = re.sub(r'(<testcase [^>]*) file="[^"]*" line="\d+"', r"\1", text)
            plain = re.sub(r'(<testsuites [^>]*) skipped="\d+"', r"\1", plain)
            done = lint(plain, "--schema", xsd)
            c.equal("%s: the schema: %s" % (what, done.stderr[:300]), done.returncode, 0)
    try:
        import junitparser
    except ImportError:
        skip("junitparser is not installed (package python3-junitparser)")
        return
    with tempfile.NamedTemporaryFile("w", suffix=".xml") as f:
        f.write(text)
        f.flush()
        xml = junitparser.JUnitXml.fromfile(f.name)
    told = (xml.tests, xml.failures, xml.errors)
    xml.update_statistics()
    c.equal(what + ": junitparser counts the same", (xml.tests, xml.failures, xml.errors), told)
    c.equal(what + ": junitparser finds each test", sum(1 for s in xml for _ in s),
            len(etree.fromstring(text).findall("testsuite/testcase")))
