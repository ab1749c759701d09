"""The scenario of accounts: testing, saving, changing the API key and deleting."""

import api
from playwright.sync_api import expect


def accounts(start):
    address = api.start()
    with start() as it:
        page = it.page
        it.sign_in()
        page.get_by_role("link", name="Add account").click()
        save = page.get_by_role("button", name="save")
        page.get_by_label("Subdomain").fill("not a label")
        save.click()
        expect(page.get_by_text("Name is required but missing.")).to_be_visible()
        expect(page.get_by_text("API key is required but missing.")).to_be_visible()
        expect(page.get_by_text("Subdomain is not valid: use only letters")).to_be_visible()
        expect(page.get_by_label("Subdomain")).to_have_attribute("aria-invalid", "true")
        # Changing a field clears its problem only.
        page.get_by_label("Name", exact=True).fill("Acme")
        expect(page.get_by_text("Name is required but missing.")).to_have_count(0)
        expect(page.get_by_text("API key is required but missing.")).to_be_visible()
        page.get_by_label("Subdomain").fill("acme")
        page.get_by_label("API key").fill("bad-key")
        page.get_by_text("Custom base URL").click()
        page.get_by_label("Base URL").fill(address)
        save.click()
        expect(page.get_by_role("heading", name="Test results")).to_be_visible()
        expect(page.locator(".findings .bad").first).to_be_visible()
        assert len(it.server.api("GET", "integrated-account")[1]["result"]) == 1
        page.get_by_label("API key").fill("good-key")
        save.click()
        expect(page.get_by_role("heading", name="Acme")).to_be_visible()
        expect(page.get_by_text("No MCP servers yet")).to_be_visible()
        expect(page.get_by_role("status").filter(has_text="Account “Acme” added.")).to_be_visible()
        status = page.locator(".facts .pill")
        expect(status).to_have_text("active")
        account = it.server.api("GET", "integrated-account")[1]["result"][1]
        page.get_by_role("button", name="Change API key").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("New API key").fill("bad-key")
        dialog.get_by_role("button", name="save").click()
        expect(dialog.locator(".findings li").filter(has=page.locator(".bad"))).to_contain_text("Key: refused")
        api.Api.key = "new-key"
        dialog.get_by_label("New API key").fill("new-key")
        dialog.get_by_role("button", name="save").click()
        expect(dialog).to_have_count(0)
        expect(page.get_by_role("button", name="Change API key")).to_be_focused()
        after = it.server.api("GET", f"integrated-account/{account['id']}")[1]
        assert after["updated_at"] > account["updated_at"], after
        it.server.api("POST", f"integrated-account/{account['id']}/mcp", {"name": "goes along"})
        it.page.get_by_role("link", name="Accounts").first.click()
        page.get_by_role("link", name="Acme").click()
        page.get_by_role("button", name="Delete").click()
        expect(dialog).to_contain_text("with 1 MCP server")
        dialog.get_by_role("button", name="Delete account").click()
        expect(page.get_by_role("heading", name="Accounts", exact=True)).to_be_visible()
        assert len(it.server.api("GET", "integrated-account")[1]["result"]) == 1


def account_status(start):
    """The status of an account is what was last seen of it, and can be tested again."""
    address = api.start()
    with start() as it:
        page = it.page
        body = {"name": "Acme", "base_url": address, "api_key": "bad-key"}
        path = f"integrated-account/{it.server.api('POST', 'integrated-account', body)[1]['id']}"
        it.sign_in()
        card = page.get_by_role("link", name="Acme")
        expect(card.locator(".pill")).to_have_text("not tested yet")
        expect(card.locator(".pill.good")).to_have_count(0)
        card.click()
        status = page.locator(".facts .pill")
        expect(status).to_have_text("not tested yet")
        page.get_by_role("button", name="Test now").click()
        expect(status).to_have_text("needs a new API key")
        again = page.get_by_role("button", name="Test again")
        expect(again).to_be_focused()
        results = page.get_by_role("region", name="Test results")
        expect(results).to_contain_text("Key: refused")
        expect(page.get_by_role("status").filter(has_text="Test failed.")).to_be_visible()
        api.Api.key = "bad-key"
        again.click()
        expect(status).to_have_text("active")
        expect(results).to_contain_text("Key: accepted")
        api.Api.page = "<!doctype html><title>Sign in</title>"
        again.click()
        expect(status).to_have_text("another site replies")
        expect(results).to_contain_text("a web page replies instead")
        assert it.server.api("GET", path)[1]["last_check"]["outcome"] == "bad_reply"
        # A refused key that is saved anyway is shown as refused, not as untested.
        api.Api.page, api.Api.key = None, "another-key"
        page.get_by_role("link", name="Accounts").first.click()
        page.get_by_role("link", name="Add account").click()
        page.get_by_label("Name", exact=True).fill("Refused")
        page.get_by_label("API key").fill("bad-key")
        page.get_by_text("Custom base URL").click()
        page.get_by_label("Base URL").fill(address)
        page.get_by_role("button", name="save").click()
        page.get_by_role("button", name="Save anyway").click()
        expect(page.get_by_role("heading", name="Refused")).to_be_visible()
        expect(status).to_have_text("needs a new API key")
