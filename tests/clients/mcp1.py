"""The workflows through the Python SDK 1.x, with its handshake."""

import sys
from contextlib import asynccontextmanager

import workflows
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from pydantic import AnyUrl


class Session(workflows.Session):
    def __init__(self, session: ClientSession, protocol: str):
        self.session = session
        self.protocol = protocol

    async def list_tools(self):
        return [tool.model_dump(by_alias=True) for tool in (await self.session.list_tools()).tools]

    async def list_prompts(self):
        return [prompt.model_dump(by_alias=True) for prompt in (await self.session.list_prompts()).prompts]

    async def get_prompt(self, name, arguments):
        return [message.content.text for message in (await self.session.get_prompt(name, arguments)).messages]

    async def list_templates(self):
        return [template.uriTemplate for template in (await self.session.list_resource_templates()).resourceTemplates]

    async def read_resource(self, uri):
        return [contents.text for contents in (await self.session.read_resource(AnyUrl(uri))).contents]

    async def call_tool(self, name, arguments):
        result = await self.session.call_tool(name, arguments)
        return workflows.Result(result.isError, [block.text for block in result.content], result.meta)


@asynccontextmanager
async def session(read, write):
    async with ClientSession(read, write) as session:
        hello = await session.initialize()
        yield Session(session, hello.protocolVersion)


@asynccontextmanager
async def over_stdio(command):
    server = StdioServerParameters(command=command[0], args=command[1:])
    async with stdio_client(server) as (read, write), session(read, write) as connected:
        yield connected


@asynccontextmanager
async def over_http(url):
    async with streamable_http_client(url) as (read, write, _), session(read, write) as connected:
        yield connected


workflows.main(sys.argv[1:], {("stdio", "2025-11-25"): over_stdio, ("http", "2025-11-25"): over_http})
