"""A running server with its console in a real browser, which reports whatever a page should not do."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urlsplit

from httpx2 import AsyncClient
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from playwright.sync_api import expect, sync_playwright

TOKEN = "an admin token that tests know"
# The event is what a test waits for; this only ends one that would wait forever.
PATIENCE = 60_000
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

expect.set_options(timeout=PATIENCE)


class Server:
    """`serve` on a port and in a folder of its own."""

    def __init__(self, program, folder, arguments):
        environment = {
            **os.environ,
            "DESK365_MCP_ADMIN_TOKEN": TOKEN,
            "DESK365_MCP_DATA_DIR": folder,
            "DESK365_MCP_LISTEN": "127.0.0.1:0",
        }
        # It shares no pipe with whoever waits for this program's end: if this one dies, nobody waits for the server.
        self.process = subprocess.Popen(
            [program, "serve", *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __enter__(self):
        said = []
        for line in self.process.stderr:
            said.append(line.strip())
            if line.startswith("Listening"):
                break
        # What it says later is passed on, so that it never waits for a reader.
        threading.Thread(target=lambda: sys.stderr.writelines(self.process.stderr), daemon=True).start()
        if not any(line.startswith("The console: ") for line in said):
            self.__exit__()
            raise RuntimeError("\n".join(["the server did not say where its console is", *said]))
        # Its own address, also where it is known under another.
        address = said[-1].removeprefix("Listening on ").partition(",")[0]
        self.base = f"http://{address}"
        self.console = f"{self.base}/console"
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def api(self, method, path, body=None, token=TOKEN):
        """Asks the admin API, and answers status and body."""
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.base}/{path}", data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request) as response:
                return response.status, json.loads(response.read() or "null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def account(self):
        return self.api("GET", "integrated-account")[1]["result"][0]["id"]

    def servers(self):
        return self.api("GET", f"integrated-account/{self.account()}/mcp")[1]["result"]

    def count(self, **config):
        """How many tools a server with that configuration would have."""
        path = f"integrated-account/{self.account()}/mcp?dry_run=true"
        status, preview = self.api("POST", path, {"name": "preview", "config": config})
        assert status == 200, preview
        return len(preview["tools"])

    def create(self, **body):
        status, server = self.api("POST", f"integrated-account/{self.account()}/mcp", {"name": "a server", **body})
        assert status == 201, server
        return server


class Browser:
    """A page in a browser, with what it did on the side."""

    def __init__(self, server, context):
        self.server = server
        self.page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.requests, self.complaints = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on(
            "console",
            lambda message: self.complaints.append(message.text) if message.type in ("error", "warning") else None,
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self):
        self.page.goto(self.server.console)
        return self.page

    def sign_in(self, token=TOKEN):
        self.page.get_by_label("Admin token").fill(token)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("heading", name="Accounts", exact=True)).to_be_visible()

    def open_account(self):
        self.page.get_by_role("link", name="sandbox").first.click()
        expect(self.page.get_by_role("heading", name="MCP servers")).to_be_visible()

    def begin_server(self, name):
        """The form of another server of the account that is open."""
        self.page.get_by_role("link", name="Create MCP server").click()
        self.page.get_by_label("Name", exact=True).fill(name)

    def create_guarded_server(self, name):
        """A server that asks for a second factor, and what its maker is told of it."""
        self.begin_server(name)
        self.page.get_by_text("More", exact=True).click()
        self.page.get_by_label("Second factor").check()
        self.page.get_by_role("button", name="Create server").click()
        expect(self.page.get_by_text("Clients must also send an API token")).to_be_visible()

    def shows(self, number):
        """So many of all tools are chosen, says the form."""
        expect(self.page.locator(".sum")).to_have_text(f"{number} of {self.server.count()} tools")

    def behaved(self):
        """It talked to its own server only, broke no policy, and no script failed."""
        foreign = [url for url in self.requests if not same_origin(url, self.server.base)]
        assert not foreign, foreign
        # That a request was refused is what some tests are about, and the browser notes it by itself.
        others = [text for text in self.complaints if not text.startswith("Failed to load resource")]
        assert not others, others


def same_origin(url, base):
    return url.startswith("data:") or urlsplit(url)[:2] == urlsplit(base)[:2]


@contextmanager
def console(program, chromium, arguments=("--sandbox",), **options):
    """A server, and a browser that shows its console's first page."""
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        Server(program, folder, arguments) as server,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=ARGUMENTS)
        permissions = ["clipboard-read", "clipboard-write"]
        context = browser.new_context(**{"permissions": permissions, "locale": "en-GB", **options})
        shown = Browser(server, context)
        shown.open()
        yield shown
        shown.behaved()
        browser.close()


def listed(url, headers=None):
    """The names of the tools that a stock client finds at `url`."""

    async def connect():
        async with AsyncClient(headers=headers) as http, Client(streamable_http_client(url, http_client=http)) as client:
            return [tool.name for tool in (await client.list_tools()).tools]

    return elsewhere(connect)


def called(url, *calls):
    """Makes the calls; what comes of them is not looked at."""

    async def connect():
        async with Client(url) as client:
            for tool, arguments in calls:
                await client.call_tool(tool, arguments)

    return elsewhere(connect)


def refused(url, headers=None):
    """Whether a stock client is turned away at `url`."""
    try:
        listed(url, headers)
    except Exception:
        return True
    return False


def elsewhere(work):
    """In a thread of its own: the browser's driver has this one's event loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(work())).result()
