"""Every view and state of the console: checked for accessibility in both themes, and photographed.

The pictures are for people (`target/console-screenshots/`); no test compares them.
"""

from pathlib import Path

import api
from axe_playwright_python.sync_playwright import Axe
from browser import called
from connections import connected
from members import call_tool, open_servers, sign_in_as_member
from playwright.sync_api import expect
from providers import add_provider

WIDTHS = [360, 800, 1600]
THEMES = ["light", "dark"]
PUBLIC = "https://mcp.example.com"
AXE = Axe()
# The rules for WCAG 2.2, levels A and AA, and the best practices of the checker.
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}


def states(it):
    """Walks through the states and yields the name of each."""
    page = it.page
    make_some_calls(it.server)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    yield "sign-in"
    page.get_by_text("I have no API token").click()
    expect(page.locator("pre")).to_have_text("desk365-mcp token create --name me --role admin")
    yield "sign-in-no-token"
    page.get_by_label("API token").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".problem")).to_be_visible()
    yield "sign-in-refused"
    it.sign_in()
    page.locator(".user").click()
    expect(page.get_by_role("button", name="Sign out everywhere")).to_be_visible()
    yield "user-menu"
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Users", exact=True).click()
    page.get_by_role("button", name="Edit admin token").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    yield "user-edit"
    page.keyboard.press("Escape")
    yield "users"
    page.get_by_role("link", name="Accounts").first.click()
    expect(page.get_by_role("heading", name="Accounts", exact=True)).to_be_visible()
    yield "accounts"
    page.get_by_role("link", name="Add account").click()
    page.get_by_label("Name", exact=True).fill("Acme Support")
    page.get_by_label("Subdomain").fill("acme corp")
    page.get_by_role("button", name="save").click()
    expect(page.locator(".problem").first).to_be_visible()
    yield "account-form-refused"
    page.get_by_label("Subdomain").fill("acme")
    page.get_by_label("API key").fill("a-key")
    page.get_by_text("Custom base URL").click()
    page.get_by_label("Base URL").fill("http://127.0.0.1:1/apis")
    page.get_by_role("button", name="save").click()
    expect(page.get_by_role("heading", name="Test results")).to_be_visible()
    yield "account-form-tried"
    page.get_by_role("button", name="Save anyway").click()
    expect(page.get_by_text("No MCP servers yet")).to_be_visible()
    yield "account-empty"
    page.get_by_role("button", name="Change API key").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    yield "account-key"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    yield "account-delete"
    page.get_by_role("button", name="Delete account").click()
    expect(page.get_by_role("heading", name="Accounts", exact=True)).to_be_visible()
    it.open_account()
    page.get_by_role("link", name="Create MCP server").click()
    it.shows(it.server.count(methods=["read"]))
    page.get_by_label("Name", exact=True).fill("Claude, night shift")
    page.get_by_role("radio", name="Triage").check()
    expect(page.locator(".sum")).to_contain_text("9 of")
    yield "server-form"
    page.get_by_role("checkbox", name="Assets").check()
    expect(page.locator(".outcome .notice")).to_contain_text("are chosen by name")
    page.get_by_label("Name", exact=True).fill("")
    page.get_by_role("button", name="Create server").click()
    expect(page.get_by_text("Name is empty: expected a string that is not empty.")).to_be_visible()
    page.get_by_text("Advanced", exact=True).click()
    expect(page.get_by_label("Tool discovery")).to_be_visible()
    yield "server-form-refused"
    page.get_by_label("Name", exact=True).fill("Claude, night shift")
    page.get_by_role("radio", name="Triage").check()
    page.get_by_label("Expires", exact=True).select_option("In 30 days")
    page.get_by_role("button", name="Create server").click()
    expect(page.get_by_role("heading", name="is ready")).to_be_visible()
    expect(page.get_by_role("tabpanel")).to_be_visible()
    yield "server-ready"
    page.go_back()
    expect(page.get_by_role("dialog")).to_contain_text("Leave without the URL?")
    yield "server-leave"
    page.get_by_role("button", name="Stay and copy it").click()
    page.get_by_role("link", name="Done").click()
    expect(page.get_by_role("row", name="Claude, night shift")).to_be_visible()
    yield "account"
    page.get_by_role("button", name="Revoke Claude, night shift").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    yield "server-revoke"
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Edit Claude, night shift").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Claude, night shift")
    expect(page.locator(".sum")).to_contain_text("9 of")
    yield "server-edit"
    page.get_by_label("Name", exact=True).fill("Claude, day shift")
    server = [server for server in it.server.servers() if server["name"] == "Claude, night shift"][0]
    change = {"config": {"tools": None, "methods": ["read"]}, "expires_at": "2030-01-31T12:00:00Z"}
    path = f"integrated-account/{server['integrated_account_id']}/mcp/{server['id']}"
    assert it.server.api("PATCH", path, change)[0] == 200
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".differences")).to_be_visible()
    yield "server-edit-conflict"
    page.get_by_role("link", name="Cancel").click()
    page.get_by_role("button", name="Test again").click()
    expect(page.get_by_role("region", name="Test results")).to_be_visible()
    expect(page.locator(".facts .pill")).to_have_text("active")
    yield "account-tested"
    it.create_guarded_server("Guarded")
    yield "server-ready-second-factor"
    page.get_by_role("tab", name="ChatGPT").click()
    expect(page.get_by_role("tabpanel")).to_contain_text("cannot use this server")
    yield "server-ready-second-factor-refused"
    page.get_by_role("link", name="Done").click()
    page.get_by_role("link", name="Accounts").first.click()
    page.get_by_role("link", name="Old helpdesk").click()
    expect(page.get_by_text("All calls fail until you change it")).to_be_visible()
    yield "account-needs-a-key"
    page.get_by_role("button", name="Change API key").click()
    page.get_by_label("New API key").fill("bad-key")
    page.get_by_role("button", name="save").click()
    expect(page.locator(".findings .bad")).to_be_visible()
    yield "account-key-refused"
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("link", name="Activity", exact=True).click()
    expect(page.locator(".plot canvas")).to_have_count(3)
    yield "activity"
    page.get_by_text("Show as table").first.click()
    expect(page.get_by_role("region", name="Calls by outcome as a table")).to_be_visible()
    yield "activity-table"
    page.get_by_label("Server", exact=True).select_option("Claude, night shift")
    expect(page.get_by_text("No matching calls")).to_be_visible()
    yield "activity-empty"
    page.get_by_role("link", name="API tokens").click()
    expect(page.get_by_text("No API tokens yet")).to_be_visible()
    yield "tokens-empty"
    page.get_by_role("button", name="Create API token").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    yield "token-form"
    page.get_by_label("Name", exact=True).fill("night shift")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", name="API token created")).to_be_visible()
    yield "token-ready"
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("row", name="night shift")).to_be_visible()
    yield "tokens"
    page.get_by_role("button", name="Revoke night shift").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    yield "token-revoke"
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Connections").click()
    expect(page.get_by_text("No connections yet")).to_be_visible()
    yield "connections-empty"
    yield from identity_providers(it)
    page.get_by_role("link", name="Audit log").click()
    expect(page.get_by_role("row", name="night shift").first).to_be_visible()
    yield "audit"
    page.get_by_label("Event").select_option("Signed out")
    expect(page.get_by_text("No event matches these filters")).to_be_visible()
    yield "audit-empty"
    page.get_by_role("link", name="Accounts").first.click()
    it.open_account()
    page.get_by_role("link", name="New URL for").first.click()
    expect(page.get_by_role("button", name="Replace URL")).to_be_visible()
    yield "new-url"
    page.get_by_label("The old URL ends").select_option("In a day")
    page.get_by_role("button", name="Replace URL").click()
    expect(page.get_by_text("The old URL works until")).to_be_visible()
    page.get_by_role("button", name="Copy").first.click()
    yield "new-url-ready"
    page.get_by_role("link", name="Done").click()
    held = []
    page.route("**/integrated-account?*", lambda route: held.append(route))
    page.get_by_role("link", name="Accounts").first.click()
    expect(page.get_by_text("Loading accounts")).to_be_visible()
    yield "loading"
    page.unroute("**/integrated-account?*")
    page.get_by_role("link", name="API tokens").click()
    page.route("**/integrated-account?*", lambda route: route.abort())
    page.get_by_role("link", name="Accounts").first.click()
    expect(page.get_by_text("The server cannot be reached")).to_be_visible()
    yield "out-of-reach"


def identity_providers(it):
    """The views of identity providers, and the form of a server with one."""
    page = it.page
    page.get_by_role("link", name="Users", exact=True).click()
    page.get_by_role("link", name="Identity providers").click()
    expect(page.get_by_text("No identity providers yet")).to_be_visible()
    yield "providers-empty"
    page.get_by_role("link", name="Add identity provider").click()
    page.get_by_label("Issuer").fill("https://login.microsoftonline.com/common/v2.0")
    page.get_by_role("button", name="Add identity provider").click()
    expect(page.locator(".problem").first).to_be_visible()
    yield "provider-form-refused"
    page.get_by_role("link", name="Cancel").click()
    add_provider(it)
    yield "provider-added"
    page.get_by_role("link", name="Done").click()
    expect(page.get_by_role("row", name="Microsoft")).to_be_visible()
    yield "providers"
    page.get_by_role("link", name="Edit Microsoft").click()
    expect(page.get_by_label("Redirect URI")).to_be_visible()
    yield "provider-edit"
    page.get_by_role("link", name="Cancel").click()
    page.get_by_role("button", name="Delete Microsoft").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    yield "provider-delete"
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Accounts").first.click()
    it.open_account()
    it.begin_server("For colleagues")
    page.get_by_role("radio", name="Users who sign in").check()
    page.get_by_role("radio", name="Only listed users").check()
    page.get_by_role("button", name="Create server").click()
    expect(page.locator(".problem").first).to_be_visible()
    yield "server-form-sign-in"
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_role("heading", name="MCP servers")).to_be_visible()


def first_steps(it):
    """A server without accounts."""
    it.sign_in()
    expect(it.page.get_by_text("Add the account with its API key")).to_be_visible()
    yield "accounts-empty"


def as_member(it):
    """The page of a member, before and after a client was connected."""
    page = it.page
    url = open_servers(it)
    sign_in_as_member(it)
    expect(page.get_by_text("No connections yet")).to_be_visible()
    yield "member-empty"
    call_tool(url, connected(it, url))
    while not it.server.api("GET", "log")[1]["result"]:
        pass
    it.open()
    page.get_by_text("How to connect").click()
    expect(page.get_by_role("tabpanel")).to_be_visible()
    yield "member"
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    yield "member-revoke"


def in_public(it):
    """A server with a public URL."""
    page = it.page
    url = it.server.create(name="At home")["url"]
    assert url.startswith(f"{PUBLIC}/mcp/"), url
    it.sign_in()
    it.open_account()
    it.begin_server("For everybody")
    page.get_by_role("button", name="Create server").click()
    for client in ["ChatGPT", "Claude"]:
        page.get_by_role("tab", name=client, exact=True).click()
        url = page.get_by_label("MCP server URL").input_value()
        assert url.startswith(f"{PUBLIC}/mcp/"), url
        expect(page.locator("pre")).to_have_text(url)
        yield f"server-ready-{client.lower()}"


def take(start, folder):
    Path(folder).mkdir(parents=True, exist_ok=True)
    runs = [
        (("--sandbox",), states),
        ((), first_steps),
        (("--sandbox",), as_member),
        (("--sandbox", "--public-url", PUBLIC), in_public),
    ]
    for theme in THEMES:
        number = 0
        for arguments, walk in runs:
            with start(arguments=arguments, color_scheme=theme, reduced_motion="reduce") as it:
                number = check_states(walk(it), it, number, folder, theme)


def check_states(names, it, number, folder, theme):
    """Photographs and checks each state, and returns the number of the last one."""
    page, found = it.page, []
    for number, name in enumerate(names, number + 1):
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            # Charts adapt to the width with a short delay.
            sideways = f"{name} scrolls horizontally at {width} pixels"
            expect(page.locator("html"), sideways).to_have_js_property("scrollWidth", width)
            page.screenshot(path=f"{folder}/{number:02}-{name}-{width}-{theme}.png", full_page=True)
            # Only phones have another layout, so the width in between is not checked.
            if width != WIDTHS[1]:
                found += [f"{name}, {theme}, {width}: {problem}" for problem in problems(page)]
    assert not found, "\n".join(found)
    return number


def problems(page):
    violations = AXE.run(page, options=RULES).response["violations"]
    return [
        f"{violation['id']}: {node['html']}: {node.get('failureSummary')}"
        for violation in violations
        for node in violation["nodes"]
    ]


def make_some_calls(server):
    """Makes calls that succeed and calls that fail, also on an account whose key is refused."""
    url = server.create(name="Night shift")["url"]
    ticket = ("get_single_desk_365_ticket_by_id", {"ticket_number": 904})
    tickets = ("list_all_desk_365_tickets", {})
    missing = (ticket[0], {"ticket_number": 999999})
    wrong = (ticket[0], {"ticket": 1})
    called(url, *[ticket] * 7, *[tickets] * 5, missing, *[wrong] * 2)
    old = {"name": "Old helpdesk", "base_url": api.start(), "api_key": "bad-key"}
    account = f"integrated-account/{server.api('POST', 'integrated-account', old)[1]['id']}"
    called(server.api("POST", f"{account}/mcp", {"name": "Archive"})[1]["url"], tickets)
    while len(server.api("GET", "log?limit=200")[1]["result"]) < 16:
        pass
    while server.api("GET", account)[1]["status"] == "active":
        pass
