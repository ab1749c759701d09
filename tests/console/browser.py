"""A running server with its console in a real browser, which reports forbidden behaviour of the page."""

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

TOKEN = "an admin token for tests"
# Tests wait for events; this limit only ends a test that would wait forever.
TIMEOUT_MS = 60_000
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

expect.set_options(timeout=TIMEOUT_MS)


class Server:
    """`serve` with its own port and data folder."""

    def __init__(self, program, folder, arguments):
        environment = {
            **os.environ,
            "DESK365_MCP_ADMIN_TOKEN": TOKEN,
            "DESK365_MCP_DATA_DIR": folder,
            "DESK365_MCP_LISTEN": "127.0.0.1:0",
        }
        # The server inherits no pipe of this process, so that a caller waiting for this process never waits for the server.
        self.process = subprocess.Popen(
            [program, "serve", *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __enter__(self):
        lines = []
        for line in self.process.stderr:
            lines.append(line.strip())
            if line.startswith("Listening"):
                break
        # Later output is passed on, so that the server never blocks on a full pipe.
        threading.Thread(target=lambda: sys.stderr.writelines(self.process.stderr), daemon=True).start()
        if not any(line.startswith("Console: ") for line in lines):
            self.__exit__()
            raise RuntimeError("\n".join(["the server did not print the URL of its console", *lines]))
        # The listen address, which may differ from the public URL.
        address = lines[-1].removeprefix("Listening on ").partition(",")[0]
        self.base = f"http://{address}"
        self.console = f"{self.base}/console"
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def api(self, method, path, body=None, token=TOKEN):
        """Calls the admin API and returns status and body."""
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        data = json.dumps(body).encode() if body is not None else None
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
        """The number of tools of a server with that config."""
        path = f"integrated-account/{self.account()}/mcp?dry_run=true"
        status, preview = self.api("POST", path, {"name": "preview", "config": config})
        assert status == 200, preview
        return len(preview["tools"])

    def create(self, **body):
        status, server = self.api("POST", f"integrated-account/{self.account()}/mcp", {"name": "a server", **body})
        assert status == 201, server
        return server


class Browser:
    """A page in a browser, with its requests and complaints."""

    def __init__(self, server, context):
        self.server = server
        self.page = context.new_page()
        self.page.set_default_timeout(TIMEOUT_MS)
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
        self.page.get_by_label("API token").fill(token)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("heading", name="Accounts", exact=True)).to_be_visible()

    def sign_out(self, button="Sign out"):
        self.page.locator(".user").click()
        self.page.get_by_role("button", name=button, exact=True).click()
        expect(self.page.get_by_role("heading", name="Sign in")).to_be_visible()

    def open_account(self):
        self.page.get_by_role("link", name="sandbox").first.click()
        expect(self.page.get_by_role("heading", name="MCP servers")).to_be_visible()

    def begin_server(self, name):
        """Opens the form for a new server and enters its name."""
        self.page.get_by_role("link", name="Create MCP server").click()
        self.page.get_by_label("Name", exact=True).fill(name)

    def create_guarded_server(self, name):
        """Creates a server that requires a second factor."""
        self.begin_server(name)
        self.page.get_by_text("Advanced", exact=True).click()
        self.page.get_by_label("Second factor").check()
        self.page.get_by_role("button", name="Create server").click()
        expect(self.page.get_by_text("Clients must also send an API token")).to_be_visible()

    def shows(self, number):
        """The form shows that `number` tools are selected."""
        expect(self.page.locator(".sum")).to_have_text(f"{number} of {self.server.count()} tools")

    def behaved(self):
        """The page contacted its own server only, violated no policy, and no script failed."""
        foreign = [url for url in self.requests if not same_origin(url, self.server.base)]
        assert not foreign, foreign
        # Some tests cause refused requests, which the browser logs.
        others = [text for text in self.complaints if not text.startswith("Failed to load resource")]
        assert not others, others


def same_origin(url, base):
    return url.startswith("data:") or urlsplit(url)[:2] == urlsplit(base)[:2]


@contextmanager
def console(program, chromium, arguments=("--sandbox",), **options):
    """Starts a server and a browser that shows the first page of the console."""
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        Server(program, folder, arguments) as server,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, headless=True, args=ARGUMENTS)
        permissions = ["clipboard-read", "clipboard-write"]
        context = browser.new_context(**{"permissions": permissions, "locale": "en-GB", **options})
        it = Browser(server, context)
        it.open()
        yield it
        it.behaved()
        browser.close()


def listed(url, headers=None):
    """The names of the tools that a stock client lists at `url`."""

    async def connect():
        async with AsyncClient(headers=headers) as http, Client(streamable_http_client(url, http_client=http)) as client:
            return [tool.name for tool in (await client.list_tools()).tools]

    return in_thread(connect)


def called(url, *calls):
    """Makes the calls and ignores their results."""

    async def connect():
        async with Client(url) as client:
            for tool, arguments in calls:
                await client.call_tool(tool, arguments)

    return in_thread(connect)


def refused(url, headers=None):
    """Whether a stock client is refused at `url`."""
    try:
        listed(url, headers)
    except Exception:
        return True
    return False


def in_thread(work):
    """Runs a coroutine in another thread, because the browser driver owns the event loop of this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(work())).result()
