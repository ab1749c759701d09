"""The scenario of the Activity page."""

import re
from urllib.parse import urlsplit

import labels
from browser import called
from playwright.sync_api import expect

# Simulates leaving and returning to the tab.
HIDE = """(hidden) => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def activity(start):
    # Times of a 12-hour clock are the longest.
    with start(locale="en-US") as it:
        page = it.page
        page.add_init_script(labels.RECORD_LABELS)
        page.clock.install()
        it.open()
        it.sign_in()
        page.get_by_role("link", name="Activity", exact=True).click()
        expect(page.get_by_text("No calls in this period")).to_be_visible()
        # The name of a server created after the page was loaded is shown as well.
        server = it.server.create(name="busy")
        good = ("get_single_desk_365_ticket_by_id", {"ticket_number": 904})
        called(server["url"], good, good, ("list_all_desk_365_tickets", {}), (good[0], {"wrong": 1}))
        # Requests with an unknown URL are no calls, and do not lower the share of calls that succeeded.
        for number in range(3):
            assert it.server.api("POST", f"mcp/unknown{number}", {})[0] == 404
        calls = page.locator("main > .table tbody tr")

        def after(seconds, number):
            page.clock.run_for(seconds * 1000)
            expect(calls).to_have_count(number)

        # The call log is written with a short delay.
        expect(page.get_by_role("heading", name="Most called tools")).to_have_count(0)
        log = []
        while len(log) < 7:
            log = it.server.api("GET", "log")[1]["result"]
        left = [call["ratelimit_remaining"] for call in log if call["ratelimit_remaining"] is not None]
        account = f"integrated-account/{it.server.account()}"
        while it.server.api("GET", account)[1].get("ratelimit", {}).get("remaining") != left[0]:
            pass
        after(6, 7)
        expect(page.locator(".figures .card").filter(has_text="Calls")).to_contain_text("4")
        expect(page.locator(".figures")).to_contain_text("75 %")
        expect(page.get_by_text("3 requests with an unknown URL are not counted as calls.")).to_be_visible()
        servers = calls.locator("[data-label=Server]")
        expect(servers).to_have_text([*["unknown URL"] * 3, *["busy"] * 4])
        expect(page.locator(".plot canvas")).to_have_count(3)
        page.get_by_text("Show as table").first.click()
        expect(page.locator(".chart").first.locator("tbody td")).to_have_text(["3", "4", "0", "0"])
        whole = "(table) => table.scrollWidth <= table.clientWidth"
        assert page.locator(".chart .scroll").first.evaluate(whole), "some columns are hidden"
        # Each call that reached the API reduced the rate limit.
        assert len(left) == 3, log
        rate_limit = page.get_by_role("region", name="Remaining rate limit", exact=True)
        rate_limit.get_by_text("Show as table").click()
        expect(rate_limit.locator("thead th")).to_have_text(["Time", "sandbox"])
        expect(rate_limit.locator("tbody td")).to_have_text([f"{min(left):,}"])
        now = rate_limit.get_by_role("list", name="Current rate limits")
        expect(now).to_contain_text(re.compile(r"[\d,]+ of [\d,]+ calls left"))
        assert now.get_by_role("meter").evaluate("(meter) => [meter.value, meter.max]") == [left[0], 6000]
        page.get_by_label("Outcome", exact=True).select_option("Invalid arguments")
        expect(calls).to_have_count(1)
        page.get_by_label("Outcome", exact=True).select_option("All outcomes")
        page.get_by_label("Tool", exact=True).select_option("list_all_desk_365_tickets")
        expect(calls).to_have_count(1)
        page.get_by_label("Tool", exact=True).select_option("All tools")
        page.get_by_label("Server", exact=True).select_option("busy")
        expect(calls).to_have_count(4)
        page.get_by_label("Server", exact=True).select_option("sandbox")
        expect(page.get_by_text("No matching calls")).to_be_visible()
        page.get_by_label("Server", exact=True).select_option("All servers")
        expect(calls).to_have_count(7)
        # A hidden page sends no requests.
        page.evaluate(HIDE, True)
        # Requests that have already started may finish.
        page.clock.run_for(1_000)
        before = len(it.requests)
        page.clock.run_for(120_000)
        assert len(it.requests) == before
        with page.expect_request("**/log/summary?*"):
            page.evaluate(HIDE, False)
        # Until the calls of another period have loaded, the old ones keep their times.
        times = page.locator(".charts tbody th")
        before = times.all_inner_texts()
        page.route("**/log/summary?*", lambda route: None)
        with page.expect_request("**/log/summary?*"):
            page.get_by_label("Period", exact=True).select_option("Last 30 days")
        assert times.all_inner_texts() == before
        # Held requests continue.
        page.unroute("**/log/summary?*")
        expect(times.first).not_to_have_text(before[0])
        labels.check_overlap(page)


def leaving_early(start):
    """The user leaves before the chart library arrives, which must cause no error when it does."""
    with start() as it:
        page = it.page
        good = ("get_single_desk_365_ticket_by_id", {"ticket_number": 904})
        called(it.server.create(name="busy")["url"], good)
        while not it.server.api("GET", "log")[1]["result"]:
            pass
        it.sign_in()
        page.route("**/uplot.mjs", lambda route: None)
        with page.expect_request("**/uplot.mjs") as library:
            page.get_by_role("link", name="Activity", exact=True).click()
        # Nothing is painted any more, so that nothing that waits for a paint is cleaned up.
        page.evaluate("window.setTimeout = window.requestAnimationFrame = () => 0")
        page.get_by_role("link", name="API tokens").click()
        expect(page.locator(".plot")).to_have_count(0)
        # The held request continues. The charts wait for this module as well, and did so before this.
        page.unroute("**/uplot.mjs")
        page.evaluate("(path) => import(path)", urlsplit(library.value.url).path)
