"""The scenarios of new URLs, of paused servers and allowed addresses, and of the audit log."""

import re

from browser import listed, refused
from playwright.sync_api import expect


def new_url(start):
    with start() as it:
        page = it.page
        first = it.server.create(name="moved")["url"]
        it.sign_in()
        it.open_account()
        urls = [first]
        for overlap in ["In an hour", None]:
            page.get_by_role("link", name="New URL for moved").click()
            expect(page.get_by_role("heading", name="New URL for moved")).to_be_visible()
            if overlap:
                page.get_by_label("The old URL ends").select_option(overlap)
            page.get_by_role("button", name="Replace URL").click()
            expect(page.get_by_role("heading", name="is ready")).to_be_focused()
            expect(page.get_by_text("The old URL works until")).to_have_count(1 if overlap else 0)
            page.get_by_role("button", name="Copy").first.click()
            expect(page.get_by_role("button", name="Copied")).to_be_visible()
            urls.append(page.evaluate("navigator.clipboard.readText()"))
            if overlap:
                assert listed(urls[0]) == listed(urls[1]) and urls[0] != urls[1]
            page.get_by_role("link", name="Done").click()
        assert refused(urls[0]) and refused(urls[1])
        assert listed(urls[2])
        # The page of a new server leads there as well.
        it.begin_server("another")
        page.get_by_role("button", name="Create server").click()
        page.get_by_role("button", name="Copy").first.click()
        page.get_by_role("link", name="replace it by a new one").click()
        expect(page.get_by_role("heading", name="New URL for another")).to_be_visible()


def admission(start):
    with start() as it:
        page = it.page
        it.sign_in()
        it.open_account()
        it.begin_server("office")
        page.get_by_text("Advanced", exact=True).click()
        allowed = page.get_by_label("Allowed addresses")
        allowed.fill("the office")
        page.get_by_role("button", name="Create server").click()
        expect(page.locator(".problem")).to_contain_text("Allowed ips cannot contain")
        allowed.fill("192.0.2.0/24, 127.0.0.1")
        page.get_by_role("button", name="Create server").click()
        expect(page.get_by_role("heading", name="is ready")).to_be_visible()
        page.get_by_role("button", name="Copy").first.click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        url = page.evaluate("navigator.clipboard.readText()")
        assert listed(url)
        page.get_by_role("link", name="Done").click()
        row = page.get_by_role("row", name="office")
        expect(row).to_contain_text("some addresses")
        page.get_by_role("link", name="Edit office").click()
        expect(page.get_by_label("Allowed addresses")).to_have_value("192.0.2.0/24, 127.0.0.1")
        page.get_by_label("Paused").check()
        page.get_by_role("button", name="Save").click()
        expect(row).to_contain_text("paused")
        assert refused(url)
        page.get_by_role("link", name="Edit office").click()
        page.get_by_label("Paused").uncheck()
        page.get_by_label("Allowed addresses").fill("192.0.2.0/24")
        page.get_by_role("button", name="Save").click()
        expect(row).not_to_contain_text("paused")
        assert refused(url)


def audit_log(start):
    with start() as it:
        page = it.page
        _, token = it.server.api("POST", "api-token", {"name": "night shift", "role": "admin"})
        for number in range(60):
            it.server.create(name=f"server {number}")
        account = f"integrated-account/{it.server.account()}"
        it.server.api("PATCH", account, {"name": "sandbox", "cache_seconds": 5}, token=token["token"])
        it.server.api("GET", account, token="wrong")
        it.sign_in()
        page.get_by_role("link", name="Audit log").click()
        rows = page.locator("tbody tr")
        expect(rows).to_have_count(50)
        expect(rows.nth(0)).to_contain_text("Signed in")
        expect(rows.nth(1)).to_contain_text("Denied")
        expect(rows.nth(1)).to_contain_text("127.0.0.1")
        expect(rows.nth(2)).to_contain_text("night shift")
        expect(rows.nth(2)).to_contain_text("cache_seconds")
        page.get_by_role("button", name="Show earlier events").click()
        expect(page.get_by_role("button", name="Show earlier events")).to_have_count(0)
        expect(rows.nth(60)).to_be_visible()
        page.get_by_label("Event").select_option("Created")
        page.get_by_label("Object").select_option("API token")
        expect(rows).to_have_count(1)
        page.get_by_label("Event").select_option("All events")
        page.get_by_label("Object").select_option("All objects")
        page.get_by_label("By", exact=True).press_sequentially("night shift")
        page.keyboard.press("Enter")
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text("Updated")
        page.get_by_label("Object").select_option("MCP server")
        expect(page.get_by_text("No event matches these filters")).to_be_visible()
        page.get_by_role("link", name="API tokens").click()
        last_used = page.get_by_role("row", name="night shift").locator("[data-label='Last used']")
        expect(last_used).to_have_text(re.compile("just now|ago"))
