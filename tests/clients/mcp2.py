"""The workflows through the Python SDK 2.x: with its default, which discovers the newest revision, and with a handshake."""

import sys
from contextlib import asynccontextmanager
from functools import partial

import workflows
from mcp import Client, StdioServerParameters


class Session(workflows.Session):
    def __init__(self, client: Client):
        self.client = client
        self.protocol = client.protocol_version

    async def list_tools(self):
        return [tool.model_dump(by_alias=True) for tool in (await self.client.list_tools()).tools]

    async def list_prompts(self):
        return [prompt.model_dump(by_alias=True) for prompt in (await self.client.list_prompts()).prompts]

    async def get_prompt(self, name, arguments):
        return [message.content.text for message in (await self.client.get_prompt(name, arguments)).messages]

    async def list_templates(self):
        return [template.uri_template for template in (await self.client.list_resource_templates()).resource_templates]

    async def read_resource(self, uri):
        return [contents.text for contents in (await self.client.read_resource(uri)).contents]

    async def call_tool(self, name, arguments):
        result = await self.client.call_tool(name, arguments)
        return workflows.Result(result.is_error, [block.text for block in result.content], result.meta)


@asynccontextmanager
async def over_stdio(mode, command):
    async with Client(StdioServerParameters(command=command[0], args=command[1:]), mode=mode) as client:
        yield Session(client)


@asynccontextmanager
async def over_http(mode, url):
    async with Client(url, mode=mode) as client:
        yield Session(client)


workflows.main(
    sys.argv[1:],
    {
        (transport, protocol): partial(connect, mode)
        for transport, connect in {"stdio": over_stdio, "http": over_http}.items()
        for protocol, mode in {"2026-07-28": "auto", "2025-11-25": "legacy"}.items()
    },
)
