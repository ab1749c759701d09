"""Scenarios of two people who edit one object: no change is lost, and each decides about the other's."""

import re

import api
from playwright.sync_api import expect

CHANGED = "Someone else has changed this"


def other_tab(it):
    """Opens a second tab of the same browser, which is signed in as well."""
    page = it.page.context.new_page()
    page.goto(it.server.console)
    page.get_by_role("link", name="sandbox").first.click()
    return page


def conflicts(start):
    with start() as it:
        a = it.page
        server = it.server.create(name="shared", config={"methods": ["read", "write"]})
        path = f"integrated-account/{it.server.account()}/mcp/{server['id']}"
        stored = lambda: it.server.api("GET", path)[1]  # noqa: E731, a name for one line
        it.sign_in()
        it.open_account()
        b = other_tab(it)
        for page in [a, b]:
            page.get_by_role("link", name="Edit shared").click()
            expect(page.get_by_label("Name", exact=True)).to_have_value("shared")
        a.get_by_role("checkbox", name="Write", exact=True).uncheck()
        a.get_by_label("Expires", exact=True).select_option("In 7 days")
        sent = []
        a.on("request", lambda request: sent.append(request.post_data_json) if request.method == "PATCH" else None)
        a.get_by_role("button", name="Save").click()
        expect(a.get_by_role("row", name="shared")).to_contain_text("Read · all tags")
        expect(a.get_by_role("status").filter(has_text="MCP server “shared” saved.")).to_be_visible()
        # Only what was changed is sent.
        assert [set(body) for body in sent] == [{"config", "expires_at"}], sent
        assert sent[0]["config"] == {"methods": ["read"]}, sent
        narrowed = stored()
        assert narrowed["config"] == {"methods": ["read"]} and narrowed["expires_at"], narrowed
        # The other tab only renames, and learns what has changed.
        b.get_by_label("Name", exact=True).fill("renamed")
        b.get_by_role("button", name="Save").click()
        notice = b.locator(".differences")
        expect(notice).to_contain_text(CHANGED)
        expect(notice).to_be_focused()
        expect(notice.get_by_role("row")).to_have_text([
            re.compile("Field"),
            re.compile(r"Expires\s*never\s*\d+"),
            re.compile(r"Methods\s*Read, Write\s*Read$"),
        ])
        assert stored() == narrowed
        b.get_by_role("button", name="Save my changes on top").click()
        expect(b.get_by_role("row", name="renamed")).to_contain_text("Read · all tags")
        after = stored()
        assert (after["name"], after["config"], after["expires_at"]) == (
            "renamed",
            narrowed["config"],
            narrowed["expires_at"],
        ), after
        # To discard one's own changes is the other choice.
        b.get_by_role("link", name="Edit renamed").click()
        b.get_by_label("Name", exact=True).fill("mine")
        it.server.api("PATCH", path, {"name": "theirs"})
        b.get_by_role("button", name="Save").click()
        expect(notice).to_contain_text("changed by you as well")
        b.get_by_role("button", name="Discard my changes").click()
        expect(b.get_by_label("Name", exact=True)).to_have_value("theirs")
        expect(b.get_by_role("heading", name="Edit theirs")).to_be_focused()
        assert stored()["name"] == "theirs"
        # The dialog shows the server as it is at that moment.
        it.open()
        it.open_account()
        it.server.api("PATCH", path, {"config": {"require_api_token_auth": True}})
        a.get_by_role("button", name="Revoke theirs").click()
        dialog = a.get_by_role("dialog")
        expect(dialog.locator(".differences")).to_contain_text(re.compile(r"Second factor\s*no\s*yes"))
        it.server.api("PATCH", path, {"name": "again"})
        dialog.get_by_role("button", name="Revoke anyway").click()
        expect(dialog.locator(".differences")).to_contain_text("again")
        dialog.get_by_role("button", name="Revoke anyway").click()
        expect(a.get_by_role("row", name="theirs")).to_have_count(0)
        expect(a.get_by_role("heading", name="MCP servers")).to_be_focused()
        assert it.server.api("GET", path)[0] == 404


def account_conflicts(start):
    address = api.start()
    with start() as it:
        page = it.page
        body = {"name": "Acme", "base_url": address, "api_key": "good-key"}
        path = f"integrated-account/{it.server.api('POST', 'integrated-account', body)[1]['id']}"
        it.sign_in()
        page.get_by_role("link", name="Acme").click()
        page.get_by_role("button", name="Change API key").click()
        it.server.api("PATCH", path, {"name": "Acme Corp"})
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("New API key").fill("good-key")
        dialog.get_by_role("button", name="save").click()
        expect(dialog.locator(".differences")).to_contain_text("Acme Corp")
        assert "last_check" not in it.server.api("GET", path)[1]
        dialog.get_by_role("button", name="Test and save anyway").click()
        expect(dialog).to_have_count(0)
        assert it.server.api("GET", path)[1]["last_check"]["outcome"] == "ok"
        expect(page.get_by_role("heading", name="Acme Corp")).to_be_visible()
        page.get_by_role("button", name="Delete").click()
        it.server.api("PATCH", path, {"api_key": "bad-key"})
        dialog.get_by_role("button", name="Delete account").click()
        expect(dialog.locator(".differences")).to_contain_text("it may be a new API key")
        dialog.get_by_role("button", name="Delete anyway").click()
        expect(page.get_by_role("heading", name="Accounts", exact=True)).to_be_visible()
        assert it.server.api("GET", path)[0] == 404
