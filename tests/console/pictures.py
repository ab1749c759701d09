"""Every view and state of the console: looked at by a checker of accessibility in both themes, and photographed.

The pictures are for people (`target/console-screenshots/`); no test compares them.
"""

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from browser import called
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect

WIDTHS = [360, 800, 1600]
THEMES = ["light", "dark"]
# The checker's rules for WCAG 2.2 at the levels A and AA, and what its makers recommend besides.
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}


def states(it):
    """Goes from state to state, and names each once it is there."""
    page = it.page
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    yield "sign-in"
    page.get_by_label("Admin token").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".problem")).to_be_visible()
    yield "sign-in-refused"
    it.sign_in()
    yield "accounts"
    page.get_by_role("link", name="Add an account").click()
    page.get_by_label("Name", exact=True).fill("Acme Support")
    page.get_by_label("Subdomain").fill("acme corp")
    page.get_by_role("button", name="save").click()
    expect(page.locator(".problem").first).to_be_visible()
    yield "account-form-refused"
    page.get_by_label("Subdomain").fill("acme")
    page.get_by_label("API key").fill("a-key")
    page.get_by_text("Another address").click()
    page.get_by_label("Base URL").fill("http://127.0.0.1:1/apis")
    page.get_by_role("button", name="save").click()
    expect(page.get_by_role("heading", name="What was found")).to_be_visible()
    yield "account-form-tried"
    page.get_by_role("button", name="Save anyway").click()
    expect(page.get_by_text("No MCP server yet")).to_be_visible()
    yield "account-empty"
    page.get_by_role("button", name="Change the key").click()
    yield "account-key"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Delete").click()
    yield "account-delete"
    page.get_by_role("button", name="Delete it").click()
    expect(page.get_by_role("heading", name="Accounts", exact=True)).to_be_visible()
    it.open_account()
    page.get_by_role("link", name="Create MCP server").click()
    it.shows(it.server.count(methods=["read"]))
    page.get_by_label("Name", exact=True).fill("Claude, night shift")
    page.get_by_role("radio", name="Triage").check()
    expect(page.locator(".sum")).to_contain_text("9 of")
    yield "server-form"
    page.get_by_role("checkbox", name="Assets").check()
    expect(page.locator(".outcome .notice")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("")
    page.get_by_role("button", name="Create server").click()
    expect(page.get_by_text("Name is empty.")).to_be_visible()
    page.get_by_text("More", exact=True).click()
    yield "server-form-refused"
    page.get_by_label("Name", exact=True).fill("Claude, night shift")
    page.get_by_role("radio", name="Triage").check()
    page.get_by_label("Ends", exact=True).select_option("In 30 days")
    page.get_by_role("button", name="Create server").click()
    expect(page.get_by_role("heading", name="is ready")).to_be_visible()
    yield "server-ready"
    page.get_by_role("link", name="Done").click()
    expect(page.get_by_role("row", name="Claude, night shift")).to_be_visible()
    yield "account"
    page.get_by_role("button", name="Revoke Claude, night shift").click()
    yield "server-revoke"
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Activity", exact=True).click()
    expect(page.locator(".plot canvas")).to_have_count(3)
    yield "activity"
    page.get_by_text("As a table").first.click()
    yield "activity-table"
    page.get_by_label("Server", exact=True).select_option("Claude, night shift")
    expect(page.get_by_text("No such call in this time")).to_be_visible()
    yield "activity-empty"
    page.get_by_role("link", name="API tokens").click()
    expect(page.get_by_text("No API token")).to_be_visible()
    yield "tokens-empty"
    page.get_by_role("button", name="Create API token").click()
    yield "token-form"
    page.get_by_label("Name", exact=True).fill("night shift")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", name="The API token")).to_be_visible()
    yield "token-ready"
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("row", name="night shift")).to_be_visible()
    yield "tokens"
    page.route("**/integrated-account?*", lambda route: route.abort())
    page.get_by_role("link", name="Accounts").first.click()
    expect(page.get_by_text("The server cannot be reached")).to_be_visible()
    yield "out-of-reach"


def take(start, folder):
    Path(folder).mkdir(parents=True, exist_ok=True)
    axe = Axe()
    for theme in THEMES:
        with start(color_scheme=theme, reduced_motion="reduce") as it:
            call_a_little(it.server)
            found = []
            for number, name in enumerate(states(it), 1):
                for width in WIDTHS:
                    it.page.set_viewport_size({"width": width, "height": 900})
                    try:
                        # Charts follow the width a moment later.
                        it.page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
                    except PlaywrightTimeout as error:
                        raise AssertionError(f"{name} scrolls sideways at {width} pixels") from error
                    it.page.screenshot(path=f"{folder}/{number:02}-{name}-{width}-{theme}.png")
                    # What a phone shows is laid out differently; in between nothing is.
                    if width != WIDTHS[1]:
                        found += [f"{name}, {theme}, {width}: {problem}" for problem in problems(axe, it.page)]
            assert not found, "\n".join(found)


def problems(axe, page):
    violations = axe.run(page, options=RULES).response["violations"]
    return [
        f"{violation['id']}: {node['html']}: {node.get('failureSummary')}"
        for violation in violations
        for node in violation["nodes"]
    ]


def call_a_little(server):
    url = server.create(name="Night shift")["url"]
    ticket = ("get_single_desk_365_ticket_by_id", {"ticket_number": 904})
    tickets = ("list_all_desk_365_tickets", {})
    missing = (ticket[0], {"ticket_number": 999999})
    wrong = (ticket[0], {"ticket": 1})
    called(url, *[ticket] * 7, *[tickets] * 5, missing, *[wrong] * 2)
    while len(server.api("GET", "log?limit=200")[1]["result"]) < 15:
        pass
