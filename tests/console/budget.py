"""The scenario of limits on calls, and of replies that are reused."""

import time

from browser import called
from playwright.sync_api import expect


def used(server):
    """The calls of the last hour of the limited server."""
    (limited,) = [server for server in server.servers() if server["name"] == "limited"]
    return limited["used_last_hour"]


def budget(start):
    with start() as it:
        page = it.page
        it.sign_in()
        it.open_account()
        page.get_by_role("button", name="Change how long replies are reused").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Reuse replies").fill("301")
        dialog.get_by_role("button", name="Save").click()
        expect(dialog.locator(".problem")).to_contain_text("300")
        dialog.get_by_label("Reuse replies").fill("60")
        dialog.get_by_role("button", name="Save").click()
        expect(dialog).to_have_count(0)
        expect(page.locator(".facts")).to_contain_text("for 60 seconds")
        it.begin_server("limited")
        page.get_by_role("radio", name="Everything").check()
        page.get_by_text("Advanced", exact=True).click()
        page.get_by_label("Calls per hour").fill("0")
        page.get_by_role("button", name="Create server").click()
        expect(page.locator(".problem")).to_contain_text("1")
        page.get_by_label("Calls per hour").fill("20")
        page.get_by_label("Changes per hour").fill("5")
        page.get_by_role("button", name="Create server").click()
        expect(page.get_by_role("heading", name="is ready")).to_be_visible()
        (server,) = [server for server in it.server.servers() if server["name"] == "limited"]
        assert server["config"] == {"confirm": "always", "calls_per_hour": 20, "writes_per_hour": 5}, server
        page.get_by_role("button", name="Copy").first.click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        url = page.evaluate("navigator.clipboard.readText()")
        ticket = {"ticket_number": 904}
        read = ("get_single_desk_365_ticket_by_id", ticket)
        # The second read is answered from memory.
        called(url, read, read, ("create_a_desk_365_ticket_note", {**ticket, "body": "A note."}))
        # A node tells the others of its calls within a second.
        deadline = time.monotonic() + 30
        while used(it.server) != {"calls": 2, "writes": 1}:
            assert time.monotonic() < deadline, used(it.server)
            time.sleep(0.1)
        it.page.goto(it.server.console)
        it.open_account()
        row = page.get_by_role("row", name="limited")
        expect(row).to_contain_text("2 of 20 calls in the last hour")
        expect(row).to_contain_text("1 of 5 changes in the last hour")
