"""Every format, read by readers that are not ours, from reports about real servers.

Three endpoints are audited once: one with a certificate whose subject holds quotes, markup,
control bytes, a bidi override and the beginning of a formula, one with old versions, and one where
nothing listens.  Everything else is made from what was saved: --from asks no server.

What the SARIF specification and GitHub require is checked member by member, and JUnit's counts are
added up again; validators.py has readers of both that are not ours.
"""
import base64
import csv
import hashlib
import html.parser
import io
import json
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as etree

import audit
import live
import schema
import servers
import validators

EVIL = "=cmd|\x1b[2J\x07\u202eb\x9bc<script>alert(1)<\\/script>\"'&]]>::error::%0A{}|`"
BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "rect", "wbr"}


def tlsaudit(*options, stdin=None, env=None):
    return subprocess.run([audit.PROGRAM, *options], input=stdin, capture_output=True, timeout=60,
                          env=dict(os.environ, NO_COLOR="1", TERM="dumb", **(env or {})))


def scan(c):
    """The three endpoints as JSON lines, in a file."""
    rsa, evil = c.pki.leaf("rsa"), c.pki.leaf("evil", organisation=EVIL)
    lines = []
    for leaf, more in ((evil, ""), (rsa, "ssl_protocols TLSv1 TLSv1.2; ssl_ciphers "
                                         "ALL:@SECLEVEL=0;")):
        with servers.nginx(c.work, "ssl_certificate %s; ssl_certificate_key %s; %s"
                           % (leaf.chain, leaf.key, more)) as s:
            lines.append(audit.run(s.port, "--offline").stdout)
    lines.append(audit.run(servers.free_port()).stdout)
    path = os.path.join(c.work, "scan.jsonl")
    with open(path, "wb") as f:
        f.write(b"".join(lines))
    return path


def rendered(c, path, name, *more, **env):
    """The report as text: well-formed UTF-8 without any control character."""
    done = tlsaudit("--from", path, "--format", name, *more, env=env)
    text = done.stdout.decode()
    c.true(name + ": no control character", not BAD.search(text),
           [hex(ord(x)) for x in BAD.findall(text)[:5]])
    c.true(name + ": exit status", done.returncode in (audit.EXIT_NOT_ASSESSED, audit.EXIT_POLICY),
           "%d %s" % (done.returncode, done.stderr.decode()))
    return text


def saved(c, path):
    """What was saved and is read back is the same, to the byte, and a torn line costs one line."""
    with open(path, "rb") as f:
        before = f.read()
    c.equal("again", tlsaudit("--from", path, "-f", "json").stdout, before)
    c.equal("by pipe", tlsaudit("--from", "-", "-f", "json", stdin=before).stdout, before)
    lines = before.splitlines(True)
    torn = lines[0] + b"{}\n\n" + lines[1][:-20]
    done = tlsaudit("--from", "-", "-f", "json", stdin=torn)
    c.equal("the whole line is there", done.stdout, lines[0])
    c.equal("a bad line's exit status", done.returncode, audit.EXIT_INTERNAL)
    c.true("each bad line is named", b":2:" in done.stderr and b":4:" in done.stderr, done.stderr)
    v = schema.validator()
    for line in lines:
        c.equal("schema", schema.wrong(v, json.loads(line)), [])


def another_day(c, path):
    """--as-of: what follows from the certificates is worked out again."""
    with open(path) as f:
        first = json.loads(f.readline())
    same = json.loads(tlsaudit("--from", path, "-f", "json", "--as-of",
                               first["facts"]["audit"]["time"]).stdout.splitlines()[0])
    c.equal("the same day", same["facts"], first["facts"])
    later = tlsaudit("--from", path, "-f", "json", "--as-of", "2040-01-01").stdout.splitlines()
    c.true("14 years later", [x["id"] for x in json.loads(later[0])["findings"]].count("expired"))
    c.true("days left", int(json.loads(later[0])["facts"]["certificates"][0]["days_left"]) < 0)


def baseline(c, path):
    every = ("--from", path, "-q", "--fail-on", "severity:low,grade:A", "--allow-unreachable")
    c.equal("without", tlsaudit(*every).returncode, audit.EXIT_POLICY)
    c.equal("with itself", tlsaudit(*every, "--baseline", path).returncode, audit.EXIT_PASS)
    c.equal("unreachable is no success", tlsaudit("--from", path, "-q").returncode,
            audit.EXIT_NOT_ASSESSED)
    with open(path, "rb") as f:
        lines = f.read().splitlines(True)
    half = os.path.join(c.work, "half.jsonl")
    with open(half, "wb") as f:
        f.write(lines[0])
    c.equal("another host is new", tlsaudit(*every, "--baseline", half).returncode,
            audit.EXIT_POLICY)
    c.equal("no such file", tlsaudit(*every, "--baseline", half + "x").returncode,
            audit.EXIT_USAGE)


def csv_(c, path):
    text = rendered(c, path, "csv")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    c.equal("CSV: lines end in CR LF", text.count("\r\n"), len(rows))
    c.equal("CSV: rows", len(rows), 4)
    c.equal("CSV: columns", len(set(map(len, rows))), 1)
    again = io.StringIO(newline="")
    csv.writer(again).writerows(rows)
    c.equal("CSV: round trip", list(csv.reader(io.StringIO(again.getvalue(), newline=""))), rows)
    named = [dict(zip(rows[0], row)) for row in rows[1:]]
    for row in named:
        for name, cell in row.items():
            c.true("CSV: %s is no formula" % name,
                   cell[:1] not in "=+@\t" or cell == "", cell)
    c.true("CSV: the subject", "<script" in named[0]["subject"], named[0]["subject"])
    c.equal("CSV: old version", named[1]["tls1_0"], "yes")
    c.equal("CSV: refused", named[2]["status"], "refused")


def sarif(c, path):
    """SARIF 2.1.0, 3.13 to 3.27, and what GitHub's documentation requires."""
    hosts = os.path.join(c.work, "hosts.txt")
    with open(hosts, "w") as f:
        f.write("# hosts\n\n%s\n" % live.HOST)
    log = json.loads(rendered(c, path, "sarif", "--locate", hosts, "--baseline", path))
    validators.sarif(c, "SARIF", log)
    c.equal("SARIF: version", log["version"], "2.1.0")
    run, = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    c.equal("SARIF: rule ids differ", len({r["id"] for r in rules}), len(rules))
    for r in rules:
        c.true("SARIF: rule " + r["id"], r["shortDescription"]["text"] and
               r["fullDescription"]["text"] and r["help"]["text"] and
               r["defaultConfiguration"]["level"] in ("note", "warning", "error"))
        score = r["properties"].get("security-severity")
        c.true("SARIF: score of " + r["id"], score is None or 0 < float(score) <= 10, score)
    c.true("SARIF: results", len(run["results"]) > 3)
    for x in run["results"]:
        c.equal("SARIF: rule index", rules[x["ruleIndex"]]["id"], x["ruleId"])
        c.true("SARIF: message", x["message"]["text"])
        place = x["locations"][0]["physicalLocation"]
        region = place["region"]
        c.true("SARIF: a relative URI", re.fullmatch(r"[A-Za-z0-9._~/%-]+",
                                                     place["artifactLocation"]["uri"]))
        c.equal("SARIF: the line that names the host", region["startLine"], 3)
        c.true("SARIF: a region", region["endLine"] >= region["startLine"] >= 1 and
               region["endColumn"] > region["startColumn"] >= 1)
        c.equal("SARIF: fingerprint", len(x["partialFingerprints"]["tlsauditFinding/v1"]), 64)
        c.equal("SARIF: known", x["baselineState"], "unchanged")
    call, = run["invocations"]
    c.equal("SARIF: not everything was assessed", call["executionSuccessful"], False)
    c.true("SARIF: refused is told", any(n["descriptor"]["id"] == "refused" for n in
                                         call["toolExecutionNotifications"]))
    c.true("SARIF: id", run["automationDetails"]["id"] == "tlsaudit/hosts.txt/")


def junit(c, path):
    text = rendered(c, path, "junit", "--fail-on", "severity:high")
    validators.junit(c, "JUnit", text)
    root = etree.fromstring(text)
    c.equal("JUnit: root", root.tag, "testsuites")
    suites = root.findall("testsuite")
    c.equal("JUnit: suites", len(suites), 3)
    for name, tag in (("tests", None), ("failures", "failure"), ("errors", "error"),
                      ("skipped", "skipped")):
        total = 0
        for s in suites:
            found = s.findall("testcase" if tag is None else "testcase/" + tag)
            c.equal("JUnit: %s of a suite" % name, int(s.get(name)), len(found))
            total += len(found)
        c.equal("JUnit: %s in all" % name, int(root.get(name)), total)
    for case in root.iter("testcase"):
        c.true("JUnit: a name and a class", case.get("name") and case.get("classname"))
        c.true("JUnit: one outcome", len(case) <= 1)
    c.true("JUnit: a timestamp", all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d",
                                                  s.get("timestamp")) for s in suites))
    c.equal("JUnit: refused", suites[2].find("testcase/error").get("type"), "refused")
    c.true("JUnit: only what --fail-on names fails", {f.get("type") for f in
                                                      root.iter("failure")} <=
           {"high", "critical", "condition"})


def github(c, path):
    summary = os.path.join(c.work, "summary.md")
    text = rendered(c, path, "github", GITHUB_STEP_SUMMARY=summary)
    for line in text.splitlines():
        c.true("GitHub: a command", re.fullmatch(
            r"::(error|warning|notice) file=[^:,]+,line=\d+,title=[^:,]+::.+", line), line)
    c.true("GitHub: refused is an error", "::error file=" in text and "refused" in text)
    with open(summary) as f:
        rows = [r for r in f.read().splitlines() if r.startswith("|")]
    c.equal("GitHub: a row per endpoint", len(rows), 2 + 3)
    for row in rows:
        c.equal("GitHub: four cells", len(re.findall(r"(?<!\\)\|", row)), 5)
        c.true("GitHub: no markup", "<script" not in row)


def gitlab(c, path):
    issues = json.loads(rendered(c, path, "gitlab"))
    c.true("GitLab: issues", len(issues) > 3)
    for x in issues:
        c.true("GitLab: members", x["description"] and x["check_name"] and x["location"]["path"])
        c.true("GitLab: severity", x["severity"] in
               ("info", "minor", "major", "critical", "blocker"))
        c.true("GitLab: line", x["location"]["lines"]["begin"] >= 1)
        c.true("GitLab: fingerprint", re.fullmatch("[0-9a-f]{64}", x["fingerprint"]))
    c.true("GitLab: what was not assessed", any(x["check_name"] == "not_assessed" for x in issues))


def prometheus(c, path):
    text = rendered(c, path, "prometheus", "--prom-compat")
    series = [line.split("} ")[0] for line in text.splitlines() if not line.startswith("#")]
    c.equal("Prometheus: each series once", len(set(series)), len(series))
    c.true("Prometheus: other exporters' names", "\nprobe_ssl_earliest_cert_expiry{" in text and
           "\nssl_cert_not_after{" in text)
    c.true("Prometheus: not assessed", re.search(r"\ntlsaudit_probe_success\{.*\} 0\n", text))
    c.true("Prometheus: no time stamps", all(len(line.split("} ")[1].split()) == 1 for line in
                                             text.splitlines() if not line.startswith("#")))
    promtool = shutil.which("promtool")
    if promtool is None:
        print("SKIP: promtool is not installed (package prometheus)")
    else:
        done = subprocess.run([promtool, "check", "metrics"], input=text.encode(),
                              capture_output=True)
        c.equal("promtool: " + (done.stdout + done.stderr).decode(), done.returncode, 0)
    c.true("OpenMetrics ends", rendered(c, path, "openmetrics").endswith("\n# EOF\n"))


# What compliance policies find stands in every format, under the policy's name.
POLICIES = ("mozilla-modern", "pci-dss-4")


def compliance(c, path):
    asked = ("--compliance", ",".join(POLICIES))
    want = {}
    for line in tlsaudit("--from", path, "-f", "json", *asked).stdout.splitlines():
        for p in json.loads(line).get("compliance", ()):
            want.setdefault(p["policy"], []).append(
                (p["passes"], [x["id"] for x in p["deviations"]], [x["id"] for x in p["advice"]]))
    must = sorted("%s/%s" % (name, i) for name in POLICIES for _, ids, _ in want[name] for i in ids)
    every = sorted(must + ["%s/%s" % (name, i) for name in POLICIES for _, _, ids in want[name]
                           for i in ids])
    c.true("compliance: something deviates", "mozilla-modern/tls1_2" in must and
           "pci-dss-4/tls1_0" in must, must)

    log = json.loads(rendered(c, path, "sarif", *asked))
    validators.sarif(c, "SARIF with policies", log)
    run, = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    told = [x for x in run["results"] if "/" in x["ruleId"]]
    c.equal("SARIF: deviations", sorted(x["ruleId"] for x in told), every)
    for x in told:
        c.equal("SARIF: index of " + x["ruleId"], rules[x["ruleIndex"]]["id"], x["ruleId"])

    text = rendered(c, path, "junit", *asked)
    validators.junit(c, "JUnit with policies", text)
    root = etree.fromstring(text)
    c.equal("JUnit: deviations fail", sorted(t.get("name").split()[0] for t in root.iter("testcase")
                                             if t.find("failure") is not None and
                                             "/" in t.get("name").split()[0]), must)
    root = etree.fromstring(rendered(c, path, "junit", *asked, "--fail-on", "grade:F"))
    c.equal("JUnit: they pass where --fail-on does not name them", [
        t.get("name") for t in root.iter("testcase") if t.find("failure") is not None and
        "/" in t.get("name").split()[0]], [])

    summary = os.path.join(c.work, "compliance.md")
    text = rendered(c, path, "github", *asked, "--fail-on", "compliance",
                    GITHUB_STEP_SUMMARY=summary)
    c.equal("GitHub: deviations", sorted(re.findall(r"::error .*title=([a-z0-9-]+/[a-z0-9_]+)::",
                                                    text)), must)
    with open(summary) as f:
        rows = [r for r in f.read().splitlines() if r.startswith("|")]
    c.true("GitHub: a column", all(len(re.findall(r"(?<!\\)\|", r)) == 6 for r in rows), rows)
    c.true("GitHub: its verdict", "deviates" in rows[3], rows[3])

    issues = json.loads(rendered(c, path, "gitlab", *asked))
    c.equal("GitLab: deviations", sorted(x["check_name"] for x in issues if "/" in
                                         x["check_name"]), every)
    c.equal("GitLab: fingerprints differ", len({x["fingerprint"] for x in issues}), len(issues))

    rows = list(csv.DictReader(io.StringIO(rendered(c, path, "csv", *asked), newline="")))
    c.equal("CSV: deviations", sorted(" ".join(r["deviations"] for r in rows).split()), must)
    for i, row in enumerate(rows[:2]):
        for name in POLICIES:
            column = {"yes": "compliance_passed", "no": "compliance_failed",
                      "unknown": "compliance_open"}[want[name][i][0]]
            c.true("CSV: %s in %s" % (name, column), name in row[column].split(), row)

    text = rendered(c, path, "prometheus", *asked)
    c.equal("Prometheus: deviations", sorted(
        "/".join(x) for x in re.findall(r'\ntlsaudit_deviation\{.*policy="(.*?)",rule="(.*?)"', text)),
        every)
    c.true("Prometheus: not passed", re.search(
        r'\ntlsaudit_compliance_passed\{.*policy="pci-dss-4".*\} 0\n', text))

    text = rendered(c, path, "html", *asked)
    c.equal("HTML: deviations", text.count(">deviates</span> "), len(must) + sum(
        p[0] == "no" for name in POLICIES for p in want[name]))

    saved_as = os.path.join(c.work, "compliance.jsonl")
    with open(saved_as, "wb") as f:
        f.write(tlsaudit("--from", path, "-f", "json", *asked).stdout)
    failing = ("--from", path, "-q", *asked, "--fail-on", "compliance", "--allow-unreachable")
    c.equal("compliance fails", tlsaudit(*failing).returncode, audit.EXIT_POLICY)
    known = tlsaudit(*failing, "--baseline", saved_as)
    c.true("and what the baseline has does not", known.returncode != audit.EXIT_POLICY,
           known.stderr)
    rule = ("--from", path, "-q", *asked, "--allow-unreachable", "--fail-on")
    c.equal("one rule of a policy", tlsaudit(*rule, "rule:mozilla-modern/tls1_2").returncode,
            audit.EXIT_POLICY)
    for wrong, named in (("rule:mozilla-modern/tls1_9", "tls1_9"), ("rule:nist-800-52r2/ssl2", "nist"),
                         ("rule:tls1_9", "tls1_9")):
        done = tlsaudit(*rule, wrong)
        c.true("no rule: " + wrong, done.returncode == audit.EXIT_USAGE and
               named.encode() in done.stderr, done.stderr)
    c.equal("a policy twice", tlsaudit("--from", path, "--compliance",
                                       "pci-dss-4,pci-dss-4").returncode, audit.EXIT_USAGE)


def nagios(c, path):
    done = tlsaudit("--from", path, "--format", "nagios")
    first, *others = done.stdout.decode().splitlines()
    c.equal("Nagios: critical", done.returncode, 2)
    c.true("Nagios: the first line", re.fullmatch(
        r"TLSAUDIT CRITICAL - [^|]+ \|( '[^'=]+'=-?[\d.]+s?[\d;:]*)+", first), first)
    c.equal("Nagios: a line per endpoint", len(others), 3)
    with open(path, "rb") as f:
        line = f.readline()
    good = tlsaudit("--from", "-", "-f", "nagios", "--fail-on", "expiry:1d", "--warn-on",
                    "expiry:2d", stdin=line)
    c.true("Nagios: thresholds of the days", re.search(rb"_days'=\d+;2:;1: ", good.stdout),
           good.stdout)
    c.equal("Nagios: good", (good.returncode, good.stdout[:11]), (0, b"TLSAUDIT OK"))
    warn = tlsaudit("--from", "-", "-f", "nagios", "--fail-on", "expiry:1d", "--warn-on",
                    "expiry:400d", stdin=line)
    c.equal("Nagios: warning", warn.returncode, 1)
    c.equal("Nagios: bad usage is unknown", tlsaudit("-f", "nagios", "--no-such").returncode, 3)


class Page(html.parser.HTMLParser):
    """What is open must be closed, in order; what could reach out is counted."""

    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.ids, self.links, self.text = [], [], [], [], []
        self.csp = self.style = ""

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag in ("script", "link", "img", "iframe", "object", "embed", "form", "input"):
            self.wrong.append(tag)
        self.wrong += [k for k in a if k.startswith("on") or k in ("style", "src")]
        if a.get("http-equiv") == "Content-Security-Policy":
            self.csp = a["content"]
        if "id" in a:
            self.ids.append(a["id"])
        if tag == "a":
            self.links.append(a["href"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append("</%s>" % tag)

    def handle_data(self, data):
        if self.open and self.open[-1] == "style":
            self.style += data
        else:
            self.text.append(data)


def whole_page(c, text):
    """Well-formed, and nothing in it reaches out; what it says, as one text."""
    p = Page()
    p.feed(text)
    c.equal("HTML: nothing that reaches out, all closed", (p.wrong, p.open), ([], []))
    c.equal("HTML: ids differ", len(set(p.ids)), len(p.ids))
    c.true("HTML: links stay in the page", all(x[0] == "#" and x[1:] in p.ids for x in p.links),
           p.links)
    want = base64.b64encode(hashlib.sha256(p.style.encode()).digest()).decode()
    c.true("HTML: the policy allows this style and nothing else",
           p.csp.startswith("default-src 'none'; style-src 'sha256-%s'" % want), p.csp)
    tidy = shutil.which("tidy")
    if tidy is None:
        print("SKIP: tidy is not installed (package tidy)")
    else:
        done = subprocess.run([tidy, "-q", "-e"], input=text.encode(), capture_output=True)
        c.equal("tidy: " + done.stderr.decode()[:500], done.returncode, 0)
    return "".join(p.text)


def page(c, path):
    text = rendered(c, path, "html").replace("\r", "")
    c.true("HTML: the subject is text", "<script" in whole_page(c, text))


def formats(c):
    path = scan(c)
    for check in (saved, another_day, baseline, csv_, sarif, junit, github, gitlab, prometheus,
                  compliance, nagios, page):
        try:
            check(c, path)
        except (KeyError, ValueError, IndexError, AttributeError, etree.ParseError) as e:
            c.fail("%s: %r" % (check.__name__, e))


if __name__ == "__main__":
    live.main(formats)
