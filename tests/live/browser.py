"""A headless Chromium, over its DevTools pipe: no port, no library.

    with browser.Browser(work) as b:            # raises servers.Skip without chromium
        b.open("file:///tmp/page.html", width=360, dark=True)
        b.evaluate("document.title")
        b.screenshot()                          # PNG bytes
        b.pdf()                                 # as it prints
"""
import base64
import json
import os
import subprocess

import servers


class Browser:
    def __init__(self, work):
        self.exe = servers.program("chromium", "chromium")
        self.work = work
        self.number = 0
        self.session = None

    def __enter__(self):
        to_read, self.to = os.pipe()
        self.back, to_write = os.pipe()
        # Chromium reads commands from 3 and writes to 4.
        self.p = subprocess.Popen(
            ["sh", "-c", 'exec "$@" 3<&%d 4>&%d' % (to_read, to_write), "sh", self.exe,
             "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--remote-debugging-pipe", "--user-data-dir=" + os.path.join(self.work, "profile"),
             "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            pass_fds=(to_read, to_write))
        os.close(to_read)
        os.close(to_write)
        self.left = b""
        try:
            target = self.call("Target.createTarget", url="about:blank")["targetId"]
            self.session = self.call("Target.attachToTarget", targetId=target,
                                     flatten=True)["sessionId"]
            self.call("Page.enable")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        os.close(self.to)
        try:
            self.p.wait(10)
        except subprocess.TimeoutExpired:
            self.p.kill()
            self.p.wait()
        os.close(self.back)

    def message(self):
        while b"\0" not in self.left:
            part = os.read(self.back, 1 << 16)
            if not part:
                raise RuntimeError("chromium ended")
            self.left += part
        one, _, self.left = self.left.partition(b"\0")
        return json.loads(one)

    def call(self, method, **params):
        self.number += 1
        call = {"id": self.number, "method": method, "params": params}
        if self.session:
            call["sessionId"] = self.session
        os.write(self.to, json.dumps(call).encode() + b"\0")
        while True:
            got = self.message()
            if got.get("id") == self.number:
                if "error" in got:
                    raise RuntimeError("%s: %s" % (method, got["error"]))
                return got["result"]

    def open(self, url, width=800, dark=False, media=""):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900,
                  deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", media=media, features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce"}])
        self.call("Page.navigate", url=url)
        while self.message().get("method") != "Page.loadEventFired":
            pass

    def evaluate(self, js):
        got = self.call("Runtime.evaluate", expression=js, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in got:
            raise RuntimeError(str(got["exceptionDetails"])[:1000])
        return got["result"].get("value")

    def screenshot(self, whole=True):
        return base64.b64decode(self.call("Page.captureScreenshot",
                                          captureBeyondViewport=whole)["data"])

    def pdf(self):
        return base64.b64decode(self.call("Page.printToPDF", printBackground=True,
                                          preferCSSPageSize=True)["data"])
