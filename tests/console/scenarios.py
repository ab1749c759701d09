"""What people do in the console, and what must result. Each function is a scenario, run by its name."""

import json
import re
import sys
from base64 import b64decode
from datetime import datetime, timezone
from urllib.parse import parse_qsl, unquote, urlsplit

import pictures
from access import admission, audit_log, new_url  # noqa: F401, run by their names
from accounts import account_status, accounts  # noqa: F401, run by their names
from activity import activity, leaving_early  # noqa: F401, run by their names
from browser import TOKEN, console, listed, refused
from budget import budget  # noqa: F401, run by its name
from conflicts import account_conflicts, conflicts  # noqa: F401, run by their names
from connections import connections  # noqa: F401, run by its name
from guards import guards  # noqa: F401, run by its name
from members import own_access  # noqa: F401, run by its name
from playwright.sync_api import expect
from providers import providers  # noqa: F401, run by its name

FIRST_LOAD = 100 * 1024
# The transfer sizes of everything loaded so far.
LOADED = """
    ["resource", "navigation"].flatMap((type) => performance.getEntriesByType(type)).map((file) => file.encodedBodySize)
"""
HOSTILE = '<img src=x onerror="document.title=\'owned\'"> \u05d0\u05d1\u05d2 & "quoted"'

# The clients that add a server when they are opened by a link.
EDITORS = ["Cursor", "VS Code"]


def installed_by(link):
    """Returns the name and the configuration of the server that an editor's link adds."""
    address = urlsplit(link)
    if address.scheme != "cursor":
        return json.loads(unquote(address.query))
    query = dict(parse_qsl(address.query))
    return {"name": query["name"], **json.loads(b64decode(query["config"]))}


def first_server(start):
    with start() as it:
        page = it.page
        it.sign_in()
        loaded = sum(page.evaluate(LOADED))
        assert 10_000 < loaded <= FIRST_LOAD, loaded
        it.open_account()
        it.begin_server("Claude, night shift")
        page.get_by_role("radio", name="Everything").check()
        it.shows(it.server.count())
        page.get_by_role("checkbox", name="Read", exact=True).check()
        page.get_by_role("checkbox", name="Support").check()
        outcome = page.locator(".outcome")
        expect(outcome).to_contain_text("None of them changes data.")
        expect(outcome).to_contain_text("kB of descriptions")
        page.get_by_role("button", name="Create server").click()
        expect(page.get_by_role("heading", name="is ready")).to_be_focused()
        page.get_by_role("button", name="Copy").first.click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        url = page.evaluate("navigator.clipboard.readText()")
        names = listed(url)
        (server,) = [server for server in it.server.servers() if server["name"] == "Claude, night shift"]
        assert server["config"] == {"methods": ["read"], "tags": ["support"], "confirm": "always"}, server
        assert len(names) == server["tool_count"] > 2, names
        for client, part in [("Claude Code", "claude mcp add"), ("Cursor", '"url"'), ("VS Code", '"http"')]:
            page.get_by_role("tab", name=client).click()
            block = page.locator("pre")
            expect(block).to_contain_text(part)
            expect(block).to_contain_text("claude-night-shift")
            expect(block).to_contain_text(url)
            link = page.get_by_role("link", name=f"Add to {client}")
            expect(link).to_have_count(1 if client in EDITORS else 0)
            if client in EDITORS:
                added = installed_by(link.get_attribute("href"))
                assert (added["name"], added["url"]) == ("claude-night-shift", url), added
        page.get_by_role("tab", name="Claude", exact=True).click()
        expect(page.get_by_role("tabpanel")).to_contain_text("must begin with https://")
        page.get_by_role("link", name="Done").click()
        row = page.get_by_role("row", name="Claude, night shift")
        expect(row).to_contain_text("Read · Support")
        assert url.rsplit("/", 1)[1] not in page.content()


def presets(start):
    with start() as it:
        page = it.page
        it.sign_in()
        it.open_account()
        page.get_by_role("link", name="Create MCP server").click()
        for preset, writes in [("Read only", False), ("Triage", True), ("Knowledge base", False), ("Everything", True)]:
            radio = page.get_by_role("radio", name=preset)
            radio.check()
            expect(page.locator(".outcome")).to_have_attribute("aria-busy", "false")
            changes = re.compile(r"\d tools? changes? data\." if writes else "None of them")
            expect(page.locator(".outcome .hint").first).to_contain_text(changes)
            expect(radio).to_be_checked()
        # Without one tool, the selection matches no preset.
        own = page.get_by_text("Custom selection")
        expect(own).to_have_count(0)
        page.get_by_role("checkbox", name="Delete KB article").uncheck()
        expect(own).to_be_visible()
        presets = page.get_by_role("group", name="Preset")
        expect(presets.get_by_role("radio", checked=True)).to_have_count(0)
        it.shows(it.server.count() - 1)
        page.get_by_label("Name", exact=True).fill("without one")
        page.get_by_text("Advanced", exact=True).click()
        page.get_by_label("Tool discovery").check()
        page.get_by_label("Second factor").check()
        page.get_by_label("Raw results").check()
        page.get_by_role("button", name="Create server").click()
        expect(page.get_by_role("heading", name="is ready")).to_be_visible()
        (server,) = [server for server in it.server.servers() if server["name"] == "without one"]
        assert len(server["config"].pop("exclude_tools")) == 1
        advanced = {
            "confirm": "always",
            "tool_exposure": "discovery",
            "require_api_token_auth": True,
            "results": "raw",
        }
        assert server["config"] == advanced, server


def second_factor(start):
    with start() as it:
        page = it.page
        it.sign_in()
        it.open_account()
        it.create_guarded_server("guarded")
        for client in ["Claude", "ChatGPT"]:
            page.get_by_role("tab", name=client, exact=True).click()
            expect(page.get_by_role("tabpanel")).to_contain_text("cannot send the API token that this server requires")
        for client in ["Claude Desktop", "Claude Code", "Cursor", "VS Code", "Windsurf", "MCP Inspector"]:
            page.get_by_role("tab", name=client, exact=True).click()
            expect(page.locator("pre")).to_contain_text("Authorization")
            expect(page.locator("pre")).to_contain_text("Bearer ")
        # The configuration works only after the placeholder is replaced by a token.
        page.get_by_role("tab", name="Cursor").click()
        (entry,) = json.loads(page.locator("pre").inner_text())["mcpServers"].values()
        assert refused(entry["url"], entry["headers"])
        _, made = it.server.api("POST", "api-token", {"name": "a client", "role": "caller"})
        headers = {name: value.replace("YOUR_API_TOKEN", made["token"]) for name, value in entry["headers"].items()}
        assert len(listed(entry["url"], headers)) == it.server.count(methods=["read"])


def editing(start):
    with start() as it:
        page = it.page
        server = it.server.create(name="a server", config={"methods": ["write"], "tags": ["support"]})
        before = listed(server["url"])
        it.sign_in()
        it.open_account()
        page.get_by_role("link", name="Edit a server").click()
        expect(page.get_by_label("Name", exact=True)).to_have_value("a server")
        page.get_by_label("Name", exact=True).fill("renamed")
        page.get_by_role("checkbox", name="Write", exact=True).uncheck()
        it.shows(it.server.count(tags=["support"]))
        page.get_by_label("Expires", exact=True).select_option("In a day")
        page.get_by_role("button", name="Save").click()
        row = page.get_by_role("row", name="renamed")
        expect(row).to_contain_text("All methods · Support")
        expect(row).to_contain_text(re.compile(r"tomorrow|in 2\d hours"))
        after = listed(server["url"])
        assert len(after) == it.server.count(tags=["support"]) and set(before) < set(after), after
        # Saving without changes keeps every field.
        page.get_by_role("link", name="Edit renamed").click()
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("row", name="renamed")).to_contain_text(re.compile(r"tomorrow|in 2\d hours"))


def revoking(start):
    with start() as it:
        page = it.page
        server = it.server.create(name="short-lived")
        assert len(listed(server["url"])) == it.server.count()
        it.sign_in()
        it.open_account()
        button = page.get_by_role("button", name="Revoke short-lived")
        button.click()
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(button).to_be_focused()
        button.click()
        page.get_by_role("dialog").get_by_role("button", name="Revoke server").click()
        expect(page.get_by_role("row", name="short-lived")).to_have_count(0)
        assert refused(server["url"])


def expiry(start):
    with start() as it:
        page = it.page
        it.sign_in()
        it.open_account()
        it.begin_server("for a while")
        expires = page.get_by_label("Expires", exact=True)
        expires.select_option("On a date…")
        page.get_by_label("Date and time").fill("2020-01-31T12:00")
        page.get_by_role("button", name="Create server").click()
        past = page.get_by_text("must be at least 60 seconds from now")
        expect(past).to_be_visible()
        page.get_by_role("button", name="Create server").click()
        expect(past).to_be_visible()
        expires.select_option("In an hour")
        expect(past).to_have_count(0)
        page.get_by_role("button", name="Create server").click()
        expect(page.get_by_role("heading", name="is ready")).to_be_visible()
        (server,) = [server for server in it.server.servers() if server["name"] == "for a while"]
        left = datetime.fromisoformat(server["expires_at"]) - datetime.now(timezone.utc)
        assert 0 < left.total_seconds() <= 3600, server
        page.get_by_role("link", name="Done").click()
        expect(page.get_by_role("row", name="for a while")).to_contain_text(re.compile(r"in 1 hour|in \d+ minutes"))


def throttling(start):
    with start() as it:
        page = it.page
        field = page.get_by_label("API token")
        button = page.get_by_role("button", name="Sign in")
        problem = page.locator(".problem")
        field.fill("wrong")
        button.click()
        expect(problem).to_have_text("This is not a valid API token. Check that you copied all of it.")
        for guess in range(20):
            it.server.api("GET", "integrated-account", token=f"guess {guess}")
        field.fill("wrong")
        button.click()
        expect(problem).to_contain_text("Too many wrong API tokens")
        # The right token is not locked out.
        it.sign_in()


def signing_out(start):
    with start() as it:
        page = it.page
        it.sign_in()
        it.open_account()
        it.sign_out()
        page.go_back()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        expect(page.get_by_role("heading", name="MCP servers")).to_have_count(0)
        it.open()
        it.sign_in()
        it.open_account()
        # The session survives a reload, which shows the same view, and other tabs share it.
        page.reload()
        expect(page.get_by_role("heading", name="MCP servers")).to_be_visible()
        tab = page.context.new_page()
        tab.goto(it.server.console)
        expect(tab.get_by_role("heading", name="Accounts", exact=True)).to_be_visible()
        kept = page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])")
        (cookie,) = page.context.cookies()
        assert TOKEN not in kept and cookie["value"] not in kept, kept
        assert cookie["httpOnly"] and cookie["sameSite"] == "Lax", cookie
        # Another session in the same browser takes the place of the one before.
        it.sign_out()
        it.sign_in()
        tab.get_by_role("link", name="API tokens").click()
        expect(tab.get_by_text("No API tokens yet")).to_be_visible()
        it.sign_out("Sign out everywhere")
        tab.get_by_role("link", name="Accounts").first.click()
        expect(tab.get_by_role("heading", name="Signed out")).to_be_visible()


def session_end(start):
    with start() as it:
        page = it.page
        _, made = it.server.api("POST", "api-token", {"name": "temporary", "role": "admin"})
        it.sign_in(made["token"])
        # A request that is still in flight would show the end of the session before the click.
        expect(page.get_by_role("link", name="sandbox").first).to_be_visible()
        it.server.api("DELETE", f"api-token/{made['id']}")
        page.get_by_role("link", name="Activity", exact=True).click()
        expect(page.get_by_role("heading", name="Signed out")).to_be_visible()
        expect(page.get_by_text("your access was revoked")).to_be_visible()
        page.get_by_role("link", name="Sign in").click()
        # Signing in leads back to the view.
        page.get_by_label("API token").fill(TOKEN)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Activity")).to_be_visible()


def members(start):
    with start() as it:
        page = it.page
        _, made = it.server.api("POST", "api-token", {"name": "Kim", "role": "caller"})
        member = page.context.browser.new_context().new_page()
        member.goto(it.server.console)
        member.get_by_label("API token").fill(made["token"])
        member.get_by_role("button", name="Sign in").click()
        expect(member.get_by_role("heading", name="Your access")).to_be_visible()
        expect(member.get_by_role("link", name="Accounts")).to_have_count(0)
        it.sign_in()
        page.get_by_role("link", name="Users").click()
        row = page.get_by_role("row", name="Kim")
        expect(row).to_contain_text("Member")
        # A token of the role caller makes no admin.
        page.get_by_role("button", name="Edit Kim").click()
        page.get_by_label("Role").select_option("admin")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("signs in with an API token of the role caller")).to_be_visible()
        page.get_by_label("Role").select_option("member")
        page.get_by_label("Status").select_option("disabled")
        page.get_by_role("button", name="Save").click()
        expect(row).to_contain_text("Disabled")
        member.reload()
        member.get_by_label("API token").fill(made["token"])
        member.get_by_role("button", name="Sign in").click()
        expect(member.locator(".problem")).to_contain_text("is disabled")
        # A disabled user who was deleted stays disabled.
        page.get_by_role("button", name="Delete Kim").click()
        page.get_by_role("button", name="Delete user").click()
        expect(row).to_have_count(0)
        member.get_by_label("API token").fill(made["token"])
        member.get_by_role("button", name="Sign in").click()
        expect(member.locator(".problem")).to_contain_text("is disabled")


def hostile_names(start):
    with start() as it:
        page = it.page
        account = it.server.account()
        it.server.api("PATCH", f"integrated-account/{account}", {"name": HOSTILE})
        it.server.create(name=HOSTILE)
        it.server.api("POST", "api-token", {"name": HOSTILE, "role": "caller"})
        page.on("dialog", lambda dialog: it.complaints.append(dialog.message))

        def shown(number):
            names = page.locator("main bdi").filter(has_text="onerror")
            expect(names).to_have_count(number)
            for name in names.all():
                assert name.inner_text() == HOSTILE
                assert (
                    name.evaluate("(e) => [e.children.length, getComputedStyle(e).unicodeBidi].join()") == "0,isolate"
                )

        it.sign_in()
        shown(1)
        page.locator("a.account").click()
        expect(page.get_by_role("heading", name="MCP servers")).to_be_visible()
        shown(2)
        page.locator("tr").filter(has_text="onerror").get_by_role("button").click()
        shown(3)
        page.keyboard.press("Escape")
        page.locator("tr").filter(has_text="onerror").get_by_role("link", name="Edit").click()
        expect(page.get_by_label("Name", exact=True)).to_have_value(HOSTILE)
        shown(2)
        page.get_by_role("link", name="API tokens").click()
        expect(page.get_by_role("heading", name="API tokens")).to_be_visible()
        shown(1)
        page.get_by_role("link", name="Activity", exact=True).click()
        expect(page.get_by_role("heading", name="Activity")).to_be_visible()
        expect(page).to_have_title(re.compile("^Activity"))
        expect(page.get_by_text("No calls in this period")).to_be_visible()
        expect(page.locator("img")).to_have_count(0)


def keyboard(start):
    with start() as it:
        page = it.page

        def reach(role, name):
            """Presses Tab until the element has the focus."""
            element = page.get_by_role(role, name=name).first
            expect(element).to_be_visible()
            for _ in range(150):
                page.keyboard.press("Tab")
                if element.evaluate("(e) => e === document.activeElement"):
                    return
            raise AssertionError(f"the keyboard does not reach {role} {name}")

        expect(page.get_by_label("API token")).to_be_focused()
        page.keyboard.type(TOKEN)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Accounts", exact=True)).to_be_visible()
        reach("link", "sandbox")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="MCP servers")).to_be_visible()
        reach("link", "Create MCP server")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="New MCP server")).to_be_visible()
        reach("textbox", "Name")
        page.keyboard.type("by keyboard")
        reach("checkbox", "Knowledge base")
        page.keyboard.press("Space")
        expect(page.get_by_role("radio", name="Knowledge base")).to_be_checked()
        reach("combobox", "Expires")
        page.keyboard.type("In 7")
        reach("button", "Create server")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="is ready")).to_be_focused()
        reach("button", "Copy")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        url = page.evaluate("navigator.clipboard.readText()")
        assert all("kb" in name for name in listed(url))
        reach("tab", "Claude Desktop")
        page.keyboard.press("ArrowRight")
        expect(page.get_by_role("tab", name="Claude Code")).to_have_attribute("aria-selected", "true")
        (server,) = [server for server in it.server.servers() if server["name"] == "by keyboard"]
        assert server["config"] == {"methods": ["read"], "tags": ["knowledge_base"]} and server["expires_at"], server


def theme(start):
    with start(color_scheme="light") as it:
        page = it.page
        it.sign_in()
        root = page.locator("html")
        ground = "(root) => getComputedStyle(root).backgroundColor"
        choice = page.get_by_role("combobox", name="Theme")
        expect(choice).to_have_value("system")
        light = root.evaluate(ground)
        choice.select_option("Dark theme")
        expect(root).not_to_have_css("background-color", light)
        dark = root.evaluate(ground)
        page.reload()
        expect(choice).to_have_value("dark")
        expect(root).to_have_css("background-color", dark)
        choice.select_option("System theme")
        expect(root).to_have_css("background-color", light)
        page.emulate_media(color_scheme="dark")
        expect(root).to_have_css("background-color", dark)


def main(program, chromium, folder, name):
    def start(**options):
        return console(program, chromium, **options)

    if name == "every_view":
        pictures.take(start, folder)
    else:
        globals()[name](start)


main(*sys.argv[1:])
