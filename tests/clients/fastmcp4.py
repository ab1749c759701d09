"""The workflows through FastMCP's client: with its default, which discovers the newest revision, and with a handshake."""

import sys
from contextlib import asynccontextmanager
from functools import partial

import workflows
from fastmcp import Client
from fastmcp.client.transports import StdioTransport, StreamableHttpTransport


class Session(workflows.Session):
    def __init__(self, client: Client):
        self.client = client
        self.protocol = client.protocol_version

    async def list_tools(self):
        return [tool.model_dump(by_alias=True) for tool in await self.client.list_tools()]

    async def list_prompts(self):
        return [prompt.model_dump(by_alias=True) for prompt in await self.client.list_prompts()]

    async def get_prompt(self, name, arguments):
        return [message.content.text for message in (await self.client.get_prompt(name, arguments)).messages]

    async def list_templates(self):
        return [template.uri_template for template in await self.client.list_resource_templates()]

    async def read_resource(self, uri):
        return [contents.text for contents in await self.client.read_resource(uri)]

    async def call_tool(self, name, arguments):
        result = await self.client.call_tool(name, arguments, raise_on_error=False)
        return workflows.Result(result.is_error, [block.text for block in result.content], result.meta)


def over_stdio(command):
    return StdioTransport(command[0], command[1:], keep_alive=False)


@asynccontextmanager
async def connect(transport, mode, endpoint):
    async with Client(transport(endpoint), mode=mode) as client:
        yield Session(client)


workflows.main(
    sys.argv[1:],
    {
        (name, protocol): partial(connect, transport, mode)
        for name, transport in {"stdio": over_stdio, "http": StreamableHttpTransport}.items()
        for protocol, mode in {"2026-07-28": "auto", "2025-11-25": "legacy"}.items()
    },
)
