"""The work of a helpdesk agent's assistant, through any MCP client, against the sandbox.

This file knows the tools and the sandbox's data, but no SDK: each client's script supplies the connections. Its argument
has the server's endpoints over stdio and over HTTP: `open` has a free rate limit, the one of `spent` is used up. All
workflows over HTTP share one helpdesk, so none may rely on records that another workflow can create or change.
"""

import base64
import json
import traceback
import uuid
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from urllib.parse import quote

import anyio

SECONDS_A_WORKFLOW = 60
TOOLS = 52


@dataclass
class Result:
    """The result of a call, in one form for all SDKs."""

    failed: bool
    texts: list[str]
    meta: dict


class Session(ABC):
    """A connected client, with one interface for all SDKs."""

    protocol: str

    @abstractmethod
    async def list_tools(self):
        """Returns every tool, as the JSON object that the server sent."""

    @abstractmethod
    async def call_tool(self, name, arguments):
        """Calls a tool, and returns the result."""

    @abstractmethod
    async def list_prompts(self):
        """Returns every prompt, as the JSON object that the server sent."""

    @abstractmethod
    async def get_prompt(self, name, arguments):
        """Returns the texts of a prompt's messages."""

    @abstractmethod
    async def list_templates(self):
        """Returns every URI template of a resource."""

    @abstractmethod
    async def read_resource(self, uri):
        """Returns the texts of a resource's contents."""

    async def read(self, name, **arguments):
        """Calls a tool, and returns the JSON of its result."""
        result = await self.call_tool(name, arguments)
        assert not result.failed, f"{name}({arguments}) failed: {result}"
        assert len(result.texts) == 1, f"{name} answered {len(result.texts)} blocks instead of one"
        return json.loads(result.texts[0])

    async def refused(self, name, **arguments):
        """Calls a tool that fails, and returns the error, its message, and the `_meta` of the result."""
        result = await self.call_tool(name, arguments)
        assert result.failed, f"{name}({arguments}) was expected to fail, but answered: {result}"
        return result.texts[0], result.meta["error"], result.meta


def records(found):
    """Returns the rows of a list as objects."""
    return [dict(zip(found["columns"], row)) for row in found["rows"]]


async def lists_every_tool(session):
    tools = {tool["name"]: tool for tool in await session.list_tools()}
    assert len(tools) == TOOLS, f"{len(tools)} tools instead of {TOOLS}: {sorted(tools)}"
    for name, tool in tools.items():
        assert tool["description"], f"{name} has no description"
        assert tool["inputSchema"]["type"] == "object", f"{name}: {tool['inputSchema']}"
    assert tools["get_single_desk_365_ticket_by_id"]["annotations"]["readOnlyHint"] is True
    assert tools["delete_a_desk_365_kb_article_by_id"]["annotations"]["destructiveHint"] is True


async def triages_a_ticket(session):
    ticket = await session.read("get_single_desk_365_ticket_by_id", ticket_number=904)
    assert ticket["ticket_number"] == 904, ticket
    before = await session.read("list_all_desk_365_ticket_conversations", ticket_number=904)
    note = "Pool exhausted since the last release; handed to the database team."
    await session.read("create_a_desk_365_ticket_note", ticket_number=904, body=note, private_note=True)
    after = await session.read("list_all_desk_365_ticket_conversations", ticket_number=904)
    assert after["total"] == len(after["rows"]) == before["total"] + 1, after
    assert note in json.dumps(after), f"the note is not among the conversations: {after}"


async def writes_an_article_from_solved_tickets(session):
    found = await session.read(
        "desk_365_tickets_search",
        search_query={"query": "database timeout", "search_in": ["subject", "description", "conversations"]},
    )
    a_week_ago = datetime.now(timezone.utc).replace(tzinfo=None) - timedelta(days=7)
    recent = [ticket for ticket in records(found) if datetime.fromisoformat(ticket["created_on"]) >= a_week_ago]
    assert recent, f"no 'database timeout' ticket of this week among {found}"
    sources = []
    for ticket in recent:
        number = ticket["ticket_number"]
        conversations = await session.read("list_all_desk_365_ticket_conversations", ticket_number=number)
        assert conversations["rows"], f"ticket {number} has no conversations"
        sources.append(str(number))

    [title] = (await session.read("list_all_desk_365_kb_articles"))["rows"][0]
    sibling = await session.read("get_single_desk_365_kb_article_by_id", article_name=title)
    article = {
        "article_title": f"What to do about database timeouts, {uuid.uuid4()}",
        "article_content": f"<p>Raise the pool size, then restart. Seen in {', '.join(sources)}.</p>",
        "category_name": sibling["category_name"],
        "folder_name": sibling["folder_name"],
    }
    await session.read("create_a_desk_365_kb_article", **article, status="published")
    wanted = {"article_name": article["article_title"], "fields": [*article, "status"]}
    published = await session.read("get_single_desk_365_kb_article_by_id", **wanted)
    assert {key: published[key] for key in article} == article, published
    assert published["status"] == "published", published


async def fills_in_a_prompt(session):
    prompts = {prompt["name"]: prompt for prompt in await session.list_prompts()}
    assert set(prompts) == {"triage_ticket", "draft_kb_article", "weekly_report", "who_needs_an_answer"}, prompts
    arguments = {argument["name"]: argument["required"] for argument in prompts["draft_kb_article"]["arguments"]}
    assert arguments == {"topic": True, "since": False}, arguments
    [text] = await session.get_prompt("triage_ticket", {"ticket_number": "904"})
    assert "#904" in text and "create_a_desk_365_ticket_note" in text, text
    [text] = await session.get_prompt("draft_kb_article", {"topic": "database timeout", "since": "2025-10-01"})
    assert "database timeout" in text and "created on 2025-10-01 or later" in text, text
    [text] = await session.get_prompt("draft_kb_article", {"topic": "database timeout"})
    assert "or later" not in text, text


async def reads_resources(session):
    templates = await session.list_templates()
    assert templates == ["desk365://tickets/{ticket_number}", "desk365://kb/articles/{article_name}"], templates
    [text] = await session.read_resource("desk365://tickets/904")
    assert json.loads(text) == await session.read("get_single_desk_365_ticket_by_id", ticket_number=904)
    name = "Reset a stuck connection pool"
    [text] = await session.read_resource("desk365://kb/articles/" + quote(name))
    assert json.loads(text)["article_title"] == name, text
    for unknown in ["desk365://tickets/987654321", "desk365://nothing/1"]:
        try:
            answer = await session.read_resource(unknown)
        except Exception as error:
            assert "987654321" in str(error) or "not found" in str(error), error
        else:
            raise AssertionError(f"{unknown} was read: {answer}")


async def attaches_a_file(session):
    log = {"filename": "pool.log", "content_base64": base64.b64encode(b"timeout after 30 s\n").decode()}
    await session.read(
        "desk_365_ticket_notes_create_with_attachment", ticket_number=904, body="The pool's log.", files=[log]
    )
    conversations = await session.read("list_all_desk_365_ticket_conversations", ticket_number=904)
    assert "pool.log" in json.dumps(conversations), conversations


async def is_told_what_is_wrong_with_arguments(session):
    sentence, error, _ = await session.refused("update_a_desk_365_ticket_by_id", ticket_number="nine", prioritty="high")
    assert sentence and not sentence.startswith("{"), sentence
    assert (error["source"], error["kind"]) == ("arguments", "invalid_arguments"), error
    assert {violation["argument"] for violation in error["violations"]} >= {"ticket_number", "prioritty"}, error


async def is_told_what_the_api_refused(session):
    _, error, _ = await session.refused("get_single_desk_365_ticket_by_id", ticket_number=987654321)
    assert (error["source"], error["kind"], error["status"]) == ("upstream", "not_found", 404), error


async def is_told_how_long_to_wait(session):
    sentence, error, meta = await session.refused("get_single_desk_365_ticket_by_id", ticket_number=904)
    assert (error["source"], error["kind"], error["status"]) == ("upstream", "rate_limited", 429), error
    assert error["ratelimit"]["remaining"] == 0 and error["ratelimit"]["reset"] > 0, error
    assert meta["ratelimit"] == error["ratelimit"], meta
    assert f"{error['ratelimit']['reset']} seconds" in sentence, sentence


WORKFLOWS = {
    "open": [
        lists_every_tool,
        triages_a_ticket,
        writes_an_article_from_solved_tickets,
        fills_in_a_prompt,
        reads_resources,
        attaches_a_file,
        is_told_what_is_wrong_with_arguments,
        is_told_what_the_api_refused,
    ],
    "spent": [is_told_how_long_to_wait],
}


def told(error):
    """Returns the error itself, without the task groups that an SDK wraps around it."""
    if isinstance(error, BaseExceptionGroup):
        return "".join(told(inner) for inner in error.exceptions)
    return "".join(traceback.format_exception(error))


async def run(endpoints, connections):
    failures = 0
    for (transport, protocol), connect in connections.items():
        for helpdesk, workflows in WORKFLOWS.items():
            for workflow in workflows:
                name = f"{transport} {protocol} {workflow.__name__}"
                try:
                    with anyio.fail_after(SECONDS_A_WORKFLOW):
                        async with connect(endpoints[transport][helpdesk]) as session:
                            assert session.protocol == protocol, f"{session.protocol} was spoken"
                            await workflow(session)
                    print(f"ok      {name}")
                except Exception as error:
                    failures += 1
                    print(f"FAILED  {name}\n{told(error)}")
    return failures


def main(arguments, connections):
    """Runs every workflow over every connection.

    The only argument of the program has the server's endpoints, as JSON. `connections` has one function for each
    transport and protocol revision."""
    raise SystemExit(1 if anyio.run(run, json.loads(arguments[0]), connections) else 0)
