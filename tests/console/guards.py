"""Scenarios of leaving a view: a secret that is shown once, and edits that are not saved, are not lost unasked."""

import re

from playwright.sync_api import expect


def asks_before_unload(page):
    """Whether the browser asks before the page is reloaded. The answer is no."""
    asked = []

    def dismiss(dialog):
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", dismiss)
    with page.expect_event("dialog"):
        page.evaluate("setTimeout(() => location.reload())")
    return asked == ["beforeunload"]


def sign_out(page):
    page.locator(".user").click()
    page.get_by_role("button", name="Sign out", exact=True).click()


def guards(start):
    with start() as it:
        page = it.page
        dialog = page.get_by_role("dialog")
        it.sign_in()
        it.open_account()
        # Unsaved edits.
        it.begin_server("Claude, night shift")
        expect(page.get_by_label("Name", exact=True)).to_have_value("Claude, night shift")
        form = page.evaluate("location.hash")
        for leave in [
            lambda: page.get_by_role("link", name="Activity", exact=True).click(),
            page.go_back,
            lambda: sign_out(page),
        ]:
            leave()
            expect(dialog).to_contain_text("Discard your changes?")
            dialog.get_by_role("button", name="Keep editing").click()
            expect(dialog).to_have_count(0)
            expect(page.get_by_label("Name", exact=True)).to_have_value("Claude, night shift")
            page.wait_for_function("(hash) => location.hash === hash", arg=form)
        assert asks_before_unload(page)
        # The URL, which is shown once.
        page.get_by_role("button", name="Create server").click()
        expect(page.get_by_role("heading", name="is ready")).to_be_focused()
        url = page.get_by_label("MCP server URL").input_value()
        page.go_back()
        expect(dialog).to_contain_text("Leave without the URL?")
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        expect(page.get_by_label("MCP server URL")).to_have_value(url)
        assert asks_before_unload(page)
        page.get_by_role("link", name="API tokens").click()
        dialog.get_by_role("button", name="Leave without it").click()
        expect(page.get_by_role("heading", name="API tokens", exact=True)).to_be_visible()
        expect(page.get_by_text("No API tokens yet")).to_be_visible()
        # An API token, which is shown once, in a dialog.
        page.get_by_role("button", name="Create API token").click()
        page.get_by_label("Name", exact=True).fill("a client")
        page.keyboard.press("Escape")
        question = page.get_by_role("dialog", name="Discard your changes?")
        question.get_by_role("button", name="Keep editing").click()
        expect(page.get_by_label("Name", exact=True)).to_have_value("a client")
        page.get_by_role("button", name="Create", exact=True).click()
        made = page.get_by_role("dialog", name="API token created")
        expect(made).to_be_visible()
        page.keyboard.press("Escape")
        question = page.get_by_role("dialog", name="Leave without the token?")
        question.get_by_role("button", name="Stay and copy it").click()
        expect(made.get_by_label("API token")).to_have_value(re.compile("^desk365_"))
        assert asks_before_unload(page)
        # Once it is copied, nothing is lost.
        made.get_by_role("button", name="Copy", exact=True).click()
        expect(made.get_by_role("button", name="Copied", exact=True)).to_be_visible()
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        expect(page.get_by_role("row", name="a client")).to_be_visible()
        # Who cancels is not asked.
        page.get_by_role("link", name="Accounts").first.click()
        page.get_by_role("link", name="Add account").click()
        page.get_by_label("Name", exact=True).fill("Acme")
        page.get_by_role("link", name="Cancel").click()
        expect(page.get_by_role("heading", name="Accounts", exact=True)).to_be_visible()
        expect(dialog).to_have_count(0)
        # A form without edits is not guarded.
        it.open_account()
        page.get_by_role("link", name="Create MCP server").click()
        expect(page.get_by_role("heading", name="New MCP server")).to_be_visible()
        page.reload()
        expect(page.get_by_role("heading", name="New MCP server")).to_be_visible()
