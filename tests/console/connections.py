"""The scenarios of servers that ask for sign-in, and of the connections that users make to them."""

import base64
import hashlib
import json
import urllib.error
import urllib.request
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import expect

VERIFIER = "a-verifier-that-is-long-enough-for-the-rules-of-pkce"


def sent(url, body=None, headers=()):
    """Sends a request, and returns the status and the answer."""
    request = urllib.request.Request(url, data=body, headers=dict(headers))
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, json.loads(response.read())
    except urllib.error.HTTPError as error:
        return error.code, None


def connected(it, url):
    """Connects a client to a server, with the consent of the user who is signed in, and returns its access token."""
    page, base = it.page, it.server.base
    callback = f"{base}/callback"
    client = {"client_name": "Robot", "redirect_uris": [callback], "token_endpoint_auth_method": "none"}
    as_json = [("content-type", "application/json")]
    _, registered = sent(f"{base}/oauth/register", json.dumps(client).encode(), as_json)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
    common = {"client_id": registered["client_id"], "redirect_uri": callback, "resource": url}
    asked = {"response_type": "code", "state": "s", "code_challenge": challenge, "code_challenge_method": "S256"}
    page.goto(f"{base}/oauth/authorize?{urlencode({**common, **asked})}")
    expect(page.get_by_text("Robot").first).to_be_visible()
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{callback}?*")
    code = parse_qs(urlsplit(page.url).query)["code"][0]
    form = {**common, "grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER}
    _, tokens = sent(f"{base}/oauth/token", urlencode(form).encode())
    return tokens["access_token"]


def status_of(url, token):
    """The status that a client with an access token gets."""
    ping = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ping"}).encode()
    headers = {
        "authorization": f"Bearer {token}",
        "content-type": "application/json",
        "accept": "application/json, text/event-stream",
        "mcp-protocol-version": "2025-06-18",
    }
    return sent(url, ping, headers.items())[0]


def connections(start):
    with start() as it:
        page = it.page
        it.sign_in()
        it.open_account()
        it.begin_server("for users")
        page.get_by_role("radio", name="Users who sign in").check()
        page.get_by_role("button", name="Create server").click()
        expect(page.get_by_role("heading", name="is ready")).to_be_visible()
        expect(page.get_by_text("It is not a secret")).to_be_visible()
        url = page.get_by_label("MCP server URL").input_value()
        # The URL is not lost by leaving.
        page.get_by_role("link", name="Done").click()
        row = page.get_by_role("row", name="for users")
        expect(row).to_contain_text("sign-in")
        expect(row.get_by_role("link", name="New URL")).to_have_count(0)
        row.get_by_role("button", name="Copy URL").click()
        expect(row.get_by_role("button", name="Copied")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == url

        page.get_by_role("link", name="Connections").click()
        expect(page.get_by_text("No connections yet")).to_be_visible()
        token = connected(it, url)
        assert status_of(url, token) == 200
        it.open()
        page.get_by_role("link", name="Connections").click()
        row = page.get_by_role("row", name="Robot")
        expect(row).to_contain_text("for users")
        row.get_by_role("button").click()
        page.get_by_role("dialog").get_by_role("button", name="Revoke connection").click()
        expect(page.get_by_text("No connections yet")).to_be_visible()
        assert status_of(url, token) == 401

        # The users whom a server admits can be changed; that it asks for sign-in cannot.
        page.get_by_role("link", name="Accounts").first.click()
        it.open_account()
        page.get_by_role("link", name="Edit for users").click()
        expect(page.get_by_role("radio", name="Users who sign in")).to_have_count(0)
        # A list without entries would admit everyone or no one, depending on who reads it.
        page.get_by_role("radio", name="Only listed users").check()
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".problem")).to_contain_text("Domains is empty, which would admit no user")
        page.get_by_label("E-mail domains").fill("example.com, @example.org")
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".problem")).to_contain_text("Domains, entry 2:")
        page.get_by_label("E-mail domains").fill("example.com, example.org")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", name="MCP servers")).to_be_visible()
        (server,) = [server for server in it.server.servers() if server["name"] == "for users"]
        assert server["config"]["sign_in"] == {"domains": ["example.com", "example.org"]}, server
