"""--format html in a browser: three widths, light and dark, on paper, and for everybody.

a11y.js is a check of our own.  axe-core, which has more rules, is in no Debian package: it is run
when AXE_CORE names its axe.min.js, or a global node_modules has it.
"""
import os
import shutil
import struct

import audit
import browser
import live
import servers

WIDTHS = (360, 800, 1400)
BAD = "ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_ciphers ALL:@SECLEVEL=0;"
AXE = [os.environ.get("AXE_CORE", ""), "/usr/share/nodejs/axe-core/axe.min.js",
       "/usr/lib/node_modules/axe-core/axe.min.js", "/usr/local/lib/node_modules/axe-core/axe.min.js"]


def script(name):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name)) as f:
        return f.read()


def html(c, name, lines, *options):
    saved, page = (os.path.join(c.work, name + x) for x in (".jsonl", ".html"))
    with open(saved, "wb") as f:
        f.write(b"".join(lines))
    audit.run_command([audit.PROGRAM, "--from", saved, "-f", "html", "-o", page, *options])
    return "file://" + page


def pages(c):
    """A server with all kinds of findings and a chain that lacks a link, a good one, none at all."""
    leaf = c.pki.leaf("rsa")
    with open(leaf.chain) as f:
        first = f.read().split("-----END CERTIFICATE-----")[0] + "-----END CERTIFICATE-----\n"
    short = os.path.join(c.work, "short.pem")
    with open(short, "w") as f:
        f.write(first)
    lines = []
    for chain, more in ((short, BAD), (leaf.chain, "ssl_protocols TLSv1.2 TLSv1.3;")):
        with servers.nginx(c.work, "ssl_certificate %s; ssl_certificate_key %s; %s"
                           % (chain, leaf.key, more)) as s:
            lines.append(audit.run(s.port, "--store", "corp=" + c.pki.store).stdout)
    lines.append(audit.run(servers.free_port()).stdout)
    policies = ("--compliance", "mozilla-intermediate,bsi-tr-02102-2")
    return {"one": html(c, "one", lines[:1], *policies),
            "good": html(c, "good", lines[1:2]),
            "none": html(c, "none", lines[2:]),
            "all": html(c, "all", lines, *policies)}


def drawn(c, b, what, width):
    png = b.screenshot()
    c.equal(what + ": as wide as the window", struct.unpack(">I", png[16:20])[0], width)
    c.true(what + ": something is drawn", len(png) > 8000, len(png))


def colours(c, b, what, dark):
    rgb = b.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
    c.true(what + ": its ground", (sum(rgb) < 200) == dark, rgb)


def every_way(c, b, name, url, check):
    for width in WIDTHS:
        for dark in (False, True):
            what = "%s, %d px, %s" % (name, width, "dark" if dark else "light")
            b.open(url, width, dark)
            drawn(c, b, what, width)
            colours(c, b, what, dark)
            c.equal(what + ": for everybody", b.evaluate(check), [])


def on_paper(c, b, name, url, check):
    pdf = b.pdf()
    c.true(name + ": a PDF", pdf.startswith(b"%PDF-") and len(pdf) > 5000, len(pdf))
    for dark in (False, True):
        b.open(url, 760, dark, media="print")
        c.equal(name + ": on paper", b.evaluate(check), [])
        c.equal(name + ": white paper", b.evaluate(
            "getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)")


def chain(c, b, url):
    """The path of the store that knows the missing link."""
    b.open(url)
    path = b.evaluate("""[...document.querySelectorAll('.store')].map(s => ({
        who: s.querySelector('.who').textContent,
        links: [...s.querySelectorAll('.path li')].map(l => [l.className,
            l.querySelector('small').textContent, getComputedStyle(l).borderTopStyle])}))""")
    corp = [s for s in path if "Corp" in s["who"]]
    c.true("a path for each store", len(corp) == 1 and len(path) >= 2, path)
    links = corp[0]["links"]
    c.equal("leaf, missing link, root", [x[0] for x in links], ["", "missing", "root"])
    c.true("the missing link says so", "missing link" in links[1][1] and links[1][2] == "dashed",
           links)
    others = [s for s in path if "Mozilla" in s["who"]][0]["links"]
    c.equal("no way to a root", others[-1][0], "broken")


def axe(c, b, name, url):
    found = [x for x in AXE if x and os.path.exists(x)]
    if not found:
        print("SKIP: axe-core is not installed (AXE_CORE=axe.min.js)")
        return
    b.open(url)
    with open(found[0]) as f:
        b.evaluate(f.read() + ";0")
    wrong = b.evaluate("axe.run().then(r => r.violations.map(v => v.id + ': ' + "
                       "v.nodes.map(n => n.html).slice(0, 3)))")
    c.equal("axe: " + name, wrong, [])


def can_fail(c, b, url, check):
    """The check sees what is wrong."""
    for breaks, word in (
            ("document.documentElement.lang = ''", "language"),
            ("document.querySelector('h2').outerHTML = '<h5>x</h5>'", "heading"),
            ("document.querySelector('section').id = document.querySelectorAll('section')[1].id",
             "twice"),
            ("document.querySelector('th').removeAttribute('scope')", "scope"),
            ("document.querySelector('.findings p').style.color = '#999'", "contrast"),
            ("document.body.style.width = '3000px'", "wider"),
            ("document.querySelector('svg').removeAttribute('aria-hidden')", "drawing"),
            ("document.body.append(document.createElement('b')); document.body.lastChild.textContent"
             " = 'x'", "landmarks")):
        b.open(url)
        b.evaluate(breaks)
        c.true("the check sees: " + word, any(word in x for x in b.evaluate(check)), breaks)


def looked_at(c):
    check = script("a11y.js")
    made = pages(c)
    with browser.Browser(c.work) as b:
        for name, url in made.items():
            every_way(c, b, name, url, check)
            axe(c, b, name, url)
        on_paper(c, b, "one", made["one"], check)
        chain(c, b, made["one"])
        can_fail(c, b, made["one"], check)


if __name__ == "__main__":
    live.main(looked_at)
