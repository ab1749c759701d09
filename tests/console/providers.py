"""The scenarios of identity providers: adding, changing and deleting one, and choosing one for a server."""

from playwright.sync_api import expect

TENANT = "11111111-2222-3333-4444-555555555555"
ISSUER = f"https://login.microsoftonline.com/{TENANT}/v2.0"


def stored(it):
    return it.server.api("GET", "identity-provider")[1]["result"]


def add_provider(it):
    """Adds a provider in the form, and returns the redirect URI that the page shows."""
    page = it.page
    page.get_by_role("link", name="Users", exact=True).first.click()
    page.get_by_role("link", name="Identity providers").click()
    page.get_by_role("link", name="Add identity provider").click()
    page.get_by_label("Issuer").fill(ISSUER)
    page.get_by_label("Client ID").fill("a-client")
    page.get_by_label("Client secret").fill("a-secret")
    page.get_by_label("Allowed groups").fill("helpdesk, night shift")
    page.get_by_role("button", name="Add identity provider").click()
    expect(page.get_by_role("heading", name="was added")).to_be_focused()
    return page.get_by_label("Redirect URI").input_value()


def providers(start):
    with start() as it:
        page = it.page
        it.sign_in()
        page.get_by_role("link", name="Users", exact=True).click()
        page.get_by_role("link", name="Identity providers").click()
        expect(page.get_by_text("No identity providers yet")).to_be_visible()
        # The rules are those of the admin API.
        page.get_by_role("link", name="Add identity provider").click()
        expect(page.get_by_text("API tokens no longer sign users in")).to_be_visible()
        page.get_by_label("Issuer").fill("https://login.microsoftonline.com/common/v2.0")
        page.get_by_role("button", name="Add identity provider").click()
        problems = page.locator(".problem")
        expect(problems).to_have_count(3)
        expect(problems.nth(0)).to_contain_text("Issuer admits the users of every tenant")
        expect(page.get_by_label("Issuer")).to_be_focused()
        # Each kind has its own fields.
        page.get_by_label("Kind").select_option("Google")
        expect(page.get_by_label("Name")).to_have_value("Google")
        expect(page.get_by_label("Issuer")).to_have_count(0)
        expect(page.get_by_label("Allowed tenants")).to_have_count(0)
        page.get_by_role("link", name="Cancel").click()

        redirect_uri = add_provider(it)
        (provider,) = stored(it)
        assert redirect_uri == provider["redirect_uri"] == f"{it.server.base}/sign-in/callback/{provider['id']}"
        assert provider["issuer"] == ISSUER and provider["allowed_groups"] == ["helpdesk", "night shift"], provider
        page.get_by_role("button", name="Copy").click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == redirect_uri
        page.get_by_role("link", name="Done").click()
        row = page.get_by_role("row", name="Microsoft")
        expect(row).to_contain_text("Groups: helpdesk, night shift")

        # A change keeps what somebody else changed meanwhile, and says so. The secret is never shown.
        page.get_by_role("link", name="Edit Microsoft").click()
        expect(page.get_by_label("New client secret")).to_have_value("")
        path = f"identity-provider/{provider['id']}"
        assert it.server.api("PATCH", path, {"name": "Company"})[0] == 200
        page.get_by_label("Allowed groups").fill("")
        page.get_by_label("Allowed domains").fill("Example.com")
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".differences")).to_contain_text("Company")
        page.get_by_role("button", name="Save my changes on top").click()
        row = page.get_by_role("row", name="Company")
        expect(row).to_contain_text("Domains: example.com")
        (provider,) = stored(it)
        assert (provider["name"], provider["allowed_groups"]) == ("Company", []), provider

        # A server can admit the users of this provider only.
        page.get_by_role("link", name="Accounts").first.click()
        it.open_account()
        it.begin_server("for users")
        page.get_by_role("radio", name="Users who sign in").check()
        page.get_by_label("Identity provider").select_option("Company")
        page.get_by_role("radio", name="Only listed users").check()
        page.get_by_label("E-mail addresses").fill("anna@example.com, bob@example.com")
        page.get_by_label("Groups").fill("helpdesk")
        page.get_by_role("button", name="Create server").click()
        expect(page.get_by_role("heading", name="is ready")).to_be_visible()
        (server,) = [server for server in it.server.servers() if server["name"] == "for users"]
        rules = {"provider": provider["id"], "emails": ["anna@example.com", "bob@example.com"], "groups": ["helpdesk"]}
        assert server["config"]["sign_in"] == rules, server
        page.get_by_role("link", name="Done").click()
        page.get_by_role("link", name="Edit for users").click()
        page.get_by_role("radio", name="Everyone who can sign in").check()
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", name="MCP servers")).to_be_visible()
        (server,) = [server for server in it.server.servers() if server["name"] == "for users"]
        assert server["config"]["sign_in"] == {"provider": provider["id"]}, server

        # With the keyboard alone: delete the provider.
        page.get_by_role("link", name="Users", exact=True).click()
        page.get_by_role("link", name="Identity providers").click()
        page.get_by_role("button", name="Delete Company").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_contain_text("signed out at once")
        delete = page.get_by_role("dialog").get_by_role("button", name="Delete identity provider")
        expect(delete).to_be_enabled()
        delete.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Identity providers", exact=True)).to_be_focused()
        expect(page.get_by_text("No identity providers yet")).to_be_visible()
        assert stored(it) == []
