"""Runs a client, and signs a person in with Chromium as soon as the client asks for it.

Clients print the address of the authorization page beside opening it. This program opens it instead: it signs in with an API
token, agrees, and waits until the browser has arrived at the client. Everything that the client prints is passed on.

Usage: person.py CHROMIUM TOKEN PICTURE PROGRAM [ARGUMENT ...]
"""

import os
import queue
import re
import subprocess
import sys
import threading
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

AUTHORIZATION = re.compile(r"http://127\.0\.0\.1:\d+/oauth/authorize\?[^\s\"'\x1b]+")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
TIMEOUT_MS = 60_000


def agree(page, address, token, picture):
    """Goes from the authorization request to the client's callback."""
    page.goto(address)
    page.get_by_label("API token").fill(token)
    page.get_by_role("button", name="Sign in").click()
    allow = page.get_by_role("button", name="Allow")
    expect(allow).to_be_visible()
    page.screenshot(path=picture, full_page=True)
    with page.expect_response(lambda response: "code=" in response.url and response.status == 200) as arrived:
        allow.click()
    assert not arrived.value.url.startswith(address.partition("/oauth/")[0]), arrived.value.url


def main(chromium, token, picture, *command):
    # The variable keeps clients from opening a browser themselves.
    environment = {**os.environ, "BROWSER": "true"}
    client = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    lines = queue.Queue()

    def read(source, sink):
        for line in source:
            print(line, end="", file=sink, flush=True)
            lines.put(line)
        lines.put(None)

    for source, sink in [(client.stdout, sys.stdout), (client.stderr, sys.stderr)]:
        threading.Thread(target=read, args=(source, sink), daemon=True).start()
    Path(picture).parent.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=ARGUMENTS)
        page = browser.new_page(locale="en-GB")
        page.set_default_timeout(TIMEOUT_MS)
        signed_in = ended = 0
        while ended < 2:
            line = lines.get()
            ended += not line
            asked = AUTHORIZATION.search(line or "")
            if asked and not signed_in:
                agree(page, asked[0], token, picture)
                signed_in = 1
        browser.close()
    assert signed_in, "the client did not ask for a sign-in"
    return client.wait()


if __name__ == "__main__":
    expect.set_options(timeout=TIMEOUT_MS)
    sys.exit(main(*sys.argv[1:]))
