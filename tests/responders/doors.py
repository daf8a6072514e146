"""The two doors of the check-ins, called alike."""

import json

from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.test import Client

from config.problems import problem_body
from responders.ingest.asgi import PATH, CheckInApplication


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = {name.lower(): value for name, value in headers.items()}
        self.json = json.loads(body)


def through_django(body, headers):
    response = Client(headers=headers).post(PATH, body, content_type="application/json")
    return Answer(response.status_code, dict(response.headers), response.content)


def through_the_short_way(body, headers):
    return async_to_sync(call_short_way)([body], headers)


async def nothing_behind(scope, receive, send):
    raise AssertionError("the short way handed a request on that is its own")


def short_way(headers, inner=nothing_behind, **scope):
    """Open a request at the short way; the caller sends its body."""
    scope = {
        "type": "http",
        "method": "POST",
        "path": PATH,
        "scheme": "http",
        "headers": [(k.lower().encode(), v.encode("latin-1")) for k, v in headers.items()],
        **scope,
    }
    return ApplicationCommunicator(CheckInApplication(inner, problem_body=problem_body), scope)


async def call_short_way(chunks, headers, **scope):
    """Send a request in chunks; return the answer."""
    phone = short_way(headers, **scope)
    for number, chunk in enumerate(chunks):
        more = number + 1 < len(chunks)
        await phone.send_input({"type": "http.request", "body": chunk, "more_body": more})
    start = await phone.receive_output(10)
    end = await phone.receive_output(10)
    await phone.wait(10)
    received = {name.decode(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], received, end["body"])
