"""Sign-in through the Python SDK 2.x: it finds the authorization server, registers itself, is let in by a user, and calls tools."""

import asyncio
import json
import re
import sys
from html import unescape
from urllib.parse import parse_qs, urljoin, urlparse

import httpx2
from mcp import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientMetadata

CALLBACK = "http://127.0.0.1:51763/callback"


class Storage:
    tokens = client = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client):
        self.client = client


class Browser:
    """The browser of a user who signs in with an API token and agrees."""

    def __init__(self, origin, token):
        self.http = httpx2.AsyncClient(headers={"origin": origin}, follow_redirects=False)
        self.origin, self.token, self.answer = origin, token, None

    async def open(self, address):
        page = await self.http.get(address)
        if page.status_code == 303:
            sign_in = urljoin(address, page.headers["location"])
            back = parse_qs(urlparse(sign_in).query)["return_to"][0]
            signed_in = await self.http.post(f"{self.origin}/sign-in", data={"token": self.token, "return_to": back})
            assert signed_in.status_code == 303, signed_in.text
            page = await self.http.get(urljoin(f"{self.origin}/sign-in", signed_in.headers["location"]))
        assert page.status_code == 200, page.text
        fields = {name: unescape(value) for name, value in re.findall(r'name="(request|csrf_token)" value="([^"]*)"', page.text)}
        agreed = await self.http.post(f"{self.origin}/oauth/authorize", data={**fields, "decision": "allow"})
        assert agreed.status_code == 303, agreed.text
        assert agreed.headers["location"].startswith(CALLBACK), agreed.headers["location"]
        self.answer = parse_qs(urlparse(agreed.headers["location"]).query)

    async def returned(self):
        return AuthorizationCodeResult(**{name: self.answer[name][0] for name in ["code", "state", "iss"]})


async def main(config):
    browser, storage = Browser(config["origin"], config["token"]), Storage()
    provider = OAuthClientProvider(
        server_url=config["url"],
        client_metadata=OAuthClientMetadata(
            client_name="Python", redirect_uris=[CALLBACK], grant_types=["authorization_code", "refresh_token"]
        ),
        storage=storage,
        redirect_handler=browser.open,
        callback_handler=browser.returned,
    )
    async with httpx2.AsyncClient(auth=provider) as http, Client(streamable_http_client(config["url"], http_client=http)) as client:
        tools = (await client.list_tools()).tools
        assert len(tools) > 40, len(tools)
        name, arguments = config["tool"]
        result = await client.call_tool(name, arguments)
        assert not result.is_error, result
        # An access token that is no longer valid is refreshed, without the user.
        first, browser.answer = storage.tokens, {}
        storage.tokens = first.model_copy(update={"access_token": "expired"})
        provider.context.current_tokens = storage.tokens
        provider.context.token_expiry_time = 1
        assert not (await client.call_tool(name, arguments)).is_error
        assert not browser.answer and storage.tokens.access_token not in ["expired", first.access_token]
    print(f"{len(tools)} tools; the token was refreshed")


asyncio.run(main(json.loads(sys.argv[1])))
