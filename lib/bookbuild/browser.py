"""Find Chromium or Chrome and let it measure a built page."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
         "chrome", "msedge", "microsoft-edge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    r"C:\Program Files\Microsoft\Edge\Application\msedge.exe",
)
INSTALL = ("no Chromium or Chrome found; install it "
           "(Debian/Ubuntu: sudo apt install chromium fonts-noto-cjk; "
           "macOS: brew install --cask google-chrome; Windows: winget install Google.Chrome) "
           "or set CHROME_PATH")
QUIET = ("--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-extensions", "--disable-dev-shm-usage", "--mute-audio",
         "--host-resolver-rules=MAP * ~NOTFOUND", "--window-size=1280,720")
REPORT = "bookbuild-report"


class BrowserError(RuntimeError):
    """No browser, or a browser that did not answer."""


def find():
    """Return the path of a Chromium-like browser, or None.

    Returns: str or None; `CHROME_PATH` comes first.
    """
    named = os.environ.get("CHROME_PATH")
    if named:
        return shutil.which(named)
    for name in NAMES:
        if path := shutil.which(name):
            return path
    return next((place for place in PLACES if Path(place).exists()), None)


def needs_no_sandbox():
    """Say whether Chromium's sandbox cannot work here (root, or a CI container)."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return root or bool(os.environ.get("CHROME_NO_SANDBOX")) or os.environ.get("CI") == "true"


def environment():
    """Return os.environ with what marp-cli needs to start the same browser."""
    env = dict(os.environ)
    if path := find():
        env["CHROME_PATH"] = path
    if needs_no_sandbox():
        env["CHROME_NO_SANDBOX"] = "1"
    return env


def measure(page, script, timeout=60):
    """Load a page in headless Chromium, run a script after it has loaded, return its result.

    The page cannot reach the network: every host name is unknown, and a content policy reports
    what the page tried to load in the list `window.blocked`.

    Args:
        page: path of an HTML file.
        script: body of a JavaScript function that returns something JSON can hold.
        timeout: seconds.
    Returns: what the script returned.
    Raises: BrowserError when there is no browser or no answer.
    """
    chrome = find()
    if chrome is None:
        raise BrowserError(INSTALL)
    html = Path(page).read_text(encoding="utf-8")
    head = """<meta http-equiv="Content-Security-Policy" content="default-src 'self' data: blob:
 file: 'unsafe-inline' 'unsafe-eval'"><script>
window.blocked = [];
document.addEventListener("securitypolicyviolation", e => window.blocked.push(e.blockedURI));
addEventListener("load", () => {
  let answer;
  try { answer = {result: (() => {%s})()}; } catch (e) { answer = {error: String(e)}; }
  const box = document.createElement("pre");
  box.id = "%s";
  box.textContent = encodeURIComponent(JSON.stringify(answer));
  document.documentElement.replaceChildren(box);
});</script>""" % (script, REPORT)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        copy = Path(folder) / "page.html"
        copy.write_text(html.replace("<head>", "<head>" + head, 1), encoding="utf-8")
        command = [chrome, *QUIET, f"--user-data-dir={folder}/profile", "--dump-dom"]
        if needs_no_sandbox():
            command.insert(1, "--no-sandbox")
        try:
            done = subprocess.run([*command, copy.as_uri()], capture_output=True,
                                  encoding="utf-8", errors="replace", timeout=timeout)
        except subprocess.TimeoutExpired as error:
            raise BrowserError(f"{chrome} gave no answer in {timeout} s") from error
    _, found, rest = done.stdout.partition(f'<pre id="{REPORT}">')
    if not found:
        raise BrowserError(f"{chrome} did not report (exit {done.returncode}): "
                           f"{done.stderr.strip()[-300:]}")
    from urllib.parse import unquote
    answer = json.loads(unquote(rest.partition("</pre>")[0]))
    if "error" in answer:
        raise BrowserError(f"the check script failed: {answer['error']}")
    return answer["result"]


if __name__ == "__main__":
    print(find() or INSTALL, file=sys.stderr)
