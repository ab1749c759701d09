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
