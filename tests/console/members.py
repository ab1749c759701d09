"""The scenario of a member, who connects a client, sees what it does, and revokes the connection."""

import json

from connections import connected, sent, status_of
from playwright.sync_api import expect

TOOL = "get_single_desk_365_ticket_by_id"


def sign_in_as_member(it, name="Kim"):
    """Signs a member in, and returns the member's API token."""
    _, made = it.server.api("POST", "api-token", {"name": name, "role": "caller"})
    it.page.get_by_label("API token").fill(made["token"])
    it.page.get_by_role("button", name="Sign in").click()
    expect(it.page.get_by_role("heading", name="Your access")).to_be_visible()


def open_servers(it):
    """Creates a server that is open to everyone, and one that is not. Returns the URL of the first."""
    it.server.create(name="For others", config={"auth": "sign_in", "sign_in": {"domains": ["example.com"]}})
    return it.server.create(name="For everyone", config={"auth": "sign_in", "methods": ["read"]})["url"]


def call_tool(url, token):
    """Calls a tool as the connected client does."""
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
    body["params"] = {"name": TOOL, "arguments": {"ticket_number": 904}}
    headers = {
        "authorization": f"Bearer {token}",
        "content-type": "application/json",
        "accept": "application/json, text/event-stream",
        "mcp-protocol-version": "2025-06-18",
    }
    assert sent(url, json.dumps(body).encode(), headers.items())[0] == 200


def own_access(start):
    with start() as it:
        page = it.page
        url = open_servers(it)
        sign_in_as_member(it)
        expect(page.get_by_role("navigation")).to_have_count(0)
        expect(page.get_by_text("No connections yet")).to_be_visible()
        expect(page.get_by_text("For others")).to_have_count(0)
        server = page.get_by_role("region", name="For everyone")
        expect(server).to_contain_text("Read only")
        assert server.get_by_label("URL of For everyone").input_value() == url
        # With the keyboard alone: how to connect, and the URL.
        server.get_by_text("How to connect").focus()
        page.keyboard.press("Enter")
        server.get_by_role("tab", name="Claude Code").focus()
        page.keyboard.press("Enter")
        expect(server.locator("pre")).to_contain_text(url)
        server.get_by_role("button", name="Copy").first.focus()
        page.keyboard.press("Enter")
        expect(server.get_by_role("button", name="Copied")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == url

        token = connected(it, url)
        call_tool(url, token)
        while not it.server.api("GET", "log")[1]["result"]:
            pass
        it.open()
        row = page.get_by_role("row", name="Robot")
        expect(row).to_contain_text("For everyone")
        expect(page.get_by_role("row", name=TOOL)).to_contain_text("For everyone")
        row.get_by_role("button", name="Revoke").click()
        page.get_by_role("dialog").get_by_role("button", name="Revoke connection").click()
        expect(page.get_by_text("No connections yet")).to_be_visible()
        expect(page.get_by_role("heading", name="Your connections")).to_be_focused()
        assert status_of(url, token) == 401
        # The page of a member asks for nothing that only admins may see.
        asked = [request.removeprefix(it.server.base) for request in it.requests]
        assert not [path for path in asked if path.startswith(("/integrated-account", "/user", "/log"))], asked
