"""Find Chromium or Chrome and let it measure a built page."""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import unquote

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
INSTALL = ("没有找到 Chromium 或 Chrome：装一个（Debian/Ubuntu：sudo apt install chromium "
           "fonts-noto-cjk；macOS：brew install --cask google-chrome；Windows：winget install "
           "Google.Chrome），或设 CHROME_PATH")
QUIET = ("--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-extensions", "--disable-dev-shm-usage", "--mute-audio",
         "--allow-file-access-from-files",
         "--host-resolver-rules=MAP * ~NOTFOUND", "--window-size=1280,720")
# Goes into the head of each page: the policy, and the script to run when all is loaded.
PROBE = """<meta http-equiv="Content-Security-Policy" content="default-src 'self' data: blob:
 file: 'unsafe-inline' 'unsafe-eval'"><script>
window.blocked = [];
document.addEventListener("securitypolicyviolation", e => window.blocked.push(e.blockedURI));
addEventListener("load", () => {
  try { window.answer = {result: (() => {%s})()}; }
  catch (e) { window.answer = {error: String(e)}; }
});</script>"""
# The page around them: its own load event comes after those of its frames.
COLLECT = """<!DOCTYPE html><meta charset="utf-8"><script>addEventListener("load", () => {
  const answers = Array.from(document.querySelectorAll("iframe"),
    frame => frame.contentWindow.answer || null);
  const box = document.createElement("pre");
  box.id = "report";
  box.textContent = encodeURIComponent(JSON.stringify(answers));
  document.documentElement.replaceChildren(box);
});</script>
"""


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


def measure(pages, script, timeout=120):
    """Load pages in one headless Chromium, run a script in each, return the results.

    No page can reach the network: every host name is unknown, and a content policy lists what
    the page tried to load in `window.blocked`.

    Args:
        pages: paths of HTML files.
        script: body of a JavaScript function that returns something JSON can hold; it runs
            when everything in the page has loaded.
        timeout: seconds.
    Returns: list of what the script returned, one for each page.
    Raises: BrowserError when there is no browser, no answer, or an error in the script.
    """
    chrome = find()
    if chrome is None:
        raise BrowserError(INSTALL)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        frames = ""
        for index, page in enumerate(pages):
            html = Path(page).read_text(encoding="utf-8")
            copy = Path(folder) / f"{index}.html"
            copy.write_text(html.replace("<head>", "<head>" + PROBE % script, 1), "utf-8")
            frames += f'<iframe src="{index}.html" width="1280" height="720"></iframe>\n'
        (Path(folder) / "all.html").write_text(COLLECT + frames, "utf-8")
        command = [chrome, *QUIET, f"--user-data-dir={folder}/profile", "--dump-dom",
                   *(["--no-sandbox"] if needs_no_sandbox() else []),
                   (Path(folder) / "all.html").as_uri()]
        try:
            done = subprocess.run(command, capture_output=True, encoding="utf-8",
                                  errors="replace", timeout=timeout)
        except subprocess.TimeoutExpired as error:
            raise BrowserError(f"{chrome} 在 {timeout} s 内没有回答") from error
    _, found, rest = done.stdout.partition('<pre id="report">')
    if not found:
        raise BrowserError(f"{chrome} 没有给出结果（退出码 {done.returncode}）："
                           f"{done.stderr.strip()[-300:]}")
    answers = json.loads(unquote(rest.partition("</pre>")[0]))
    for page, answer in zip(pages, answers, strict=True):
        if not answer or "error" in answer:
            raise BrowserError(f"the script failed in {page}: {answer}")
    return [answer["result"] for answer in answers]
