"""The templates under data/ci and data/systemd: their YAML is YAML, their shell is shell, their
options exist, and systemd takes the units.  What is not installed is not asked."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

TOP = os.environ.get("srcdir", ".")
BUILD = os.environ.get("top_builddir", "build")
failed = False


def fail(text):
    global failed
    failed = True
    print("ci: " + text, file=sys.stderr)


def read(path):
    with open(os.path.join(TOP, path)) as f:
        return f.read()


def options(path, text):
    """Every option of a line that calls tlsaudit is one of --help."""
    known = set(re.findall(r"--[a-z0-9-]+", subprocess.run(
        [os.path.join(BUILD, "tlsaudit"), "--help"], capture_output=True, text=True).stdout))
    for line in text.replace("\\\n", " ").splitlines():
        if re.search(r"\btlsaudit +--|options\+?=\(", line):
            for o in re.findall(r"(?<![\w-])--[a-z][a-z0-9-]+", line):
                if o not in known:
                    fail("%s: %s is no option" % (path, o))


def shell(path, script):
    if shutil.which("shellcheck"):
        done = subprocess.run(["shellcheck", "-s", "bash", "-"], input=script, text=True,
                              capture_output=True)
        if done.returncode:
            fail("%s: %s" % (path, done.stdout))


def run(script):
    """The action on a host that a list leaves alone: not assessed is not passed."""
    if not shutil.which("bash"):
        return
    with tempfile.TemporaryDirectory() as d:
        output, summary = os.path.join(d, "output"), os.path.join(d, "summary.md")
        sarif = os.path.join(d, "x.sarif")
        done = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script], capture_output=True, text=True, env={
            "PATH": os.path.abspath(BUILD) + ":" + os.environ["PATH"], "RUNNER_TEMP": d,
            "GITHUB_OUTPUT": output, "GITHUB_STEP_SUMMARY": summary,
            "TLSAUDIT_HOSTS": "127.0.0.1:9 [::1]:9", "TLSAUDIT_HOSTS_FILE": "",
            "TLSAUDIT_POLICY": "ssllabs-2009r", "TLSAUDIT_FAIL_ON": "grade:B",
            "TLSAUDIT_BASELINE": "", "TLSAUDIT_ALLOW_UNREACHABLE": "false",
            "TLSAUDIT_SARIF_FILE": sarif})
        if done.returncode != 3 or done.stdout.count("::error file=") != 2:
            fail("action.yml: exit %d, %s" % (done.returncode, done.stdout + done.stderr))
            return
        with open(output) as f:
            text = f.read()
        if "failed=true\n" not in text or "report=" not in text:
            fail("action.yml: outputs: " + text)
        for path in (sarif, summary):
            if not os.path.getsize(path):
                fail("action.yml: %s is empty" % path)


def yaml_():
    try:
        import yaml
    except ImportError:
        print("skipped: YAML (no python3-yaml)")
        return
    action = yaml.safe_load(read("data/ci/action.yml"))
    step, = action["runs"]["steps"]
    shell("action.yml", step["run"])
    if "${{" in step["run"]:
        fail("action.yml: an input is pasted into the script")
    run(step["run"])
    used = set(re.findall(r"inputs\.([a-z-]+)", str(step["env"])))
    if used != set(action["inputs"]):
        fail("action.yml: inputs and what is used differ: %s" % (used ^ set(action["inputs"])))
    job = yaml.safe_load(read("data/ci/gitlab.yml"))[".tlsaudit"]
    if set(job["artifacts"]["reports"]) != {"junit", "codequality"}:
        fail("gitlab.yml: reports")
    shell("gitlab.yml", "\n".join(job["script"]))


def units():
    if not shutil.which("systemd-analyze"):
        print("skipped: units (no systemd-analyze)")
        return
    with tempfile.TemporaryDirectory() as d:
        for name in ("service", "timer"):
            text = read("data/systemd/tlsaudit-scan@." + name)
            text = text.replace("ExecStart=tlsaudit", "ExecStart=" + os.path.abspath(
                os.path.join(BUILD, "tlsaudit")))
            text = "\n".join(x for x in text.splitlines() if not x.startswith("Documentation="))
            with open(os.path.join(d, "tlsaudit-scan@%s" % ("x." + name)), "w") as f:
                f.write(text + "\n")
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", "--recursive-errors=no",
                               *(os.path.join(d, x) for x in os.listdir(d))],
                              capture_output=True, text=True)
        ours = [x for x in done.stderr.splitlines() if "tlsaudit" in x]
        if ours:
            fail("\n".join(ours))


for template in ("data/ci/action.yml", "data/ci/gitlab.yml", "data/ci/icinga2.conf",
                 "data/systemd/tlsaudit-scan@.service"):
    options(template, read(template))
yaml_()
units()
sys.exit(1 if failed else 0)
