"""Confirmations through the Python SDK 2.x: its user accepts, declines and cancels, over stdio and HTTP, in both lifecycles; then
the client tampers with the state of the question, replays it, and changes the arguments in between."""

import asyncio
import json
import sys

from mcp import Client, MCPError, StdioServerParameters
from mcp.types import ElicitResult, InputRequiredResult

REPLY = "create_a_desk_365_ticket_reply"
ARGUMENTS = {"ticket_number": 904, "body": "<p>Done &amp; tested.</p>"}


def over_stdio(command):
    return StdioServerParameters(command=command[0], args=command[1:])


async def replies(client):
    result = await client.call_tool("list_all_desk_365_ticket_conversations", {"ticket_number": 904})
    reply = json.loads(result.content[0].text)
    return reply.get("count", reply.get("total"))


async def answers(target, mode):
    """The user declines, cancels and accepts."""
    questions, answer = [], {}

    async def ask(context, params):
        questions.append(params.message)
        return ElicitResult(**answer)

    async with Client(target, mode=mode, elicitation_callback=ask) as client:
        before = await replies(client)
        for action in ["decline", "cancel"]:
            answer = {"action": action}
            refused = await client.call_tool(REPLY, ARGUMENTS)
            assert refused.is_error and "needs_confirmation" in refused.content[0].text, refused
        assert await replies(client) == before
        answer = {"action": "accept", "content": {}}
        done = await client.call_tool(REPLY, ARGUMENTS)
        assert not done.is_error, done
        assert await replies(client) == before + 1
    assert len(questions) == 3, questions
    assert "Sends e-mail to the customer" in questions[0] and "“Done & tested.”" in questions[0], questions[0]


async def misuses(target):
    """The client handles questions itself, and not as it should."""

    async def ask(context, params):
        raise AssertionError("the client asks by itself")

    async with Client(target, mode="auto", elicitation_callback=ask) as client:
        before = await replies(client)

        async def call(arguments=ARGUMENTS, **given):
            return await client.session.call_tool(REPLY, arguments, allow_input_required=True, **given)

        async def refused(reason, **given):
            try:
                result = await call(**given)
            except MCPError as error:
                assert reason in str(error), error
            else:
                raise AssertionError(result)

        asked = await call()
        assert isinstance(asked, InputRequiredResult), asked
        responses = {"confirm": ElicitResult(action="accept", content={})}
        state = asked.request_state
        changed = {**ARGUMENTS, "body": "Something else."}
        await refused("not accepted", input_responses=responses, request_state=state + "x")
        await refused("not accepted", arguments=changed, input_responses=responses, request_state=state)
        assert await replies(client) == before
        assert not (await call(input_responses=responses, request_state=state)).is_error
        await refused("used already", input_responses=responses, request_state=state)
        assert await replies(client) == before + 1


async def main(endpoints):
    stdio, http = endpoints["stdio"]["open"], endpoints["http"]["open"]
    await answers(over_stdio(stdio), "legacy")
    await answers(over_stdio(stdio), "auto")
    await answers(http, "auto")
    await misuses(http)


asyncio.run(main(json.loads(sys.argv[1])))
