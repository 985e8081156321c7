"""A bad line between a Matrix client and its homeserver, for one test run.

Passes every request on, and misbehaves when asked to. Needs aiohttp (matrix-nio brings it).

    .tools/synapse-venv/bin/python tests/scripts/matrix_proxy.py --to http://127.0.0.1:PORT --child @child:localhost

First line on standard output: {"event": "ready", "url": "http://127.0.0.1:PORT"}
Then, for each line on standard input, one line back, {"event": "ok"} or {"event": "error", "message": "…"}:
    {"cmd": "down"}                    refuses connections and cuts those that are open
    {"cmd": "up"}
    {"cmd": "limit", "seconds": 2}     the next message sent is answered 429, and not passed on
    {"cmd": "fault"}                   the next message sent is answered 502, and not passed on
    {"cmd": "lose"}                    the next message sent is passed on and its answer is cut off
    {"cmd": "hang"}                    the sync that is open now is never answered
    {"cmd": "swap"}                    the child's next two messages come in one sync, the second first
    {"cmd": "inject", "events": […]}   put into the child's room in the next sync that has anything of it
    {"cmd": "garbage"}                 one sync is answered with half of its JSON
    {"cmd": "hold_keys"}               keys wait until words of the child went by, and go with the next sync
    {"cmd": "hold_keys", "long": true} keys wait until {"cmd": "release_keys"}
    {"cmd": "shift", "ms": 3600000}    the times of events are so much later
"""

import argparse
import asyncio
import json
import sys

from aiohttp import ClientError, ClientSession, ClientTimeout, web
from yarl import URL

HOP = {"connection", "content-length", "content-encoding", "transfer-encoding", "host", "keep-alive"}

# After a place that the server doesn't know, because the line has added something there.
NEWS = "-news"


def say(**line):
    print(json.dumps(line), flush=True)


class Line:
    def __init__(self, to, child):
        self.to = to
        self.child = child
        self.port = 0
        self.runner = None
        self.session = None
        self.next_send = None
        self.garbage = False
        self.swap = False
        self.inject = []
        self.shift = 0
        self.holds = None
        self.held = []
        self.open_syncs = set()
        self.muted = set()

    async def up(self):
        if self.session is None:
            self.session = ClientSession(timeout=ClientTimeout(total=None))
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/{path:.*}", self.handle)
        self.runner = web.AppRunner(app, shutdown_timeout=0)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]

    async def down(self):
        if self.runner is not None:
            await self.runner.cleanup()
            self.runner = None

    async def handle(self, request):
        path = request.raw_path
        if request.method == "PUT" and "/send/m." in path:
            return await self.handle_send(request)
        if path.startswith("/_matrix/client/") and "/sync" in path.split("?")[0]:
            return await self.handle_sync(request)
        if "/messages" in path.split("?")[0]:
            status, headers, body = await self.forward(request)
            return self.answer(status, headers, self.shifted_page(body) if status == 200 else body)
        return self.answer(*await self.forward(request))

    async def handle_send(self, request):
        kind, self.next_send = self.next_send, None
        await request.read()
        if kind is None:
            return self.answer(*await self.forward(request))
        if kind[0] == "limit":
            error = {"errcode": "M_LIMIT_EXCEEDED", "error": "Too many requests", "retry_after_ms": kind[1] * 1000}
            return web.json_response(error, status=429, headers={"Retry-After": str(kind[1])})
        if kind[0] == "fault":
            return web.Response(status=502, text="<html>bad gateway</html>", content_type="text/html")
        await self.forward(request)
        request.transport.abort()
        return web.Response()

    async def handle_sync(self, request):
        me = object()
        self.open_syncs.add(me)
        tries = 0
        try:
            while True:
                # The server answers the same question from its memory: another time-out makes it another.
                status, headers, body = await self.forward(request, {"timeout": "100" + str(tries)} if tries else {})
                if me in self.muted:
                    await asyncio.Event().wait()
                if status != 200:
                    return self.answer(status, headers, body)
                sync = json.loads(body)
                if self.swap and self.has_child_words(sync) == 1:
                    # The same place again, until both are there.
                    tries += 1
                    await asyncio.sleep(0.05)
                    continue
                self.changed(sync)
                body = json.dumps(sync).encode()
                if self.garbage:
                    self.garbage = False
                    body = body[: len(body) // 2]
                return self.answer(status, headers, body)
        finally:
            self.open_syncs.discard(me)
            self.muted.discard(me)

    def rooms(self, sync):
        return list(sync.get("rooms", {}).get("join", {}).values())

    def is_words(self, event):
        return event.get("sender") == self.child and event.get("type") in ("m.room.encrypted", "m.room.message")

    def has_child_words(self, sync):
        """How many in the room that has most of them."""
        timelines = [room.get("timeline", {}).get("events", []) for room in self.rooms(sync)]
        return max((sum(map(self.is_words, events)) for events in timelines), default=0)

    def changed(self, sync):
        self.hold_keys(sync)
        for room in self.rooms(sync):
            events = room.get("timeline", {}).get("events", [])
            places = [place for place, event in enumerate(events) if self.is_words(event)]
            if self.swap and len(places) >= 2:
                a, b = places[-2:]
                events[a], events[b] = events[b], events[a]
                self.swap = False
            if self.inject and places:
                events[places[0] : places[0]] = self.inject
                self.inject = []
            self.shift_times(events)

    def hold_keys(self, sync):
        if self.holds is None:
            if self.held:
                events = sync.setdefault("to_device", {}).setdefault("events", [])
                events[:0] = self.held
                self.held = []
                # A key is news, and after news the place to read on from is another.
                sync["next_batch"] += NEWS
            return
        self.held += sync.get("to_device", {}).pop("events", [])
        if self.holds == "words" and self.has_child_words(sync):
            self.holds = None

    def shift_times(self, events):
        for event in events:
            if isinstance(event, dict) and isinstance(event.get("origin_server_ts"), int):
                event["origin_server_ts"] += self.shift

    def shifted_page(self, body):
        page = json.loads(body)
        self.shift_times(page.get("chunk", []))
        return json.dumps(page).encode()

    async def forward(self, request, changes=None):
        body = await request.read()
        headers = {name: value for name, value in request.headers.items() if name.lower() not in HOP}
        url = URL(self.to + request.raw_path.replace(NEWS, ""), encoded=True)
        if changes:
            url = url.update_query(changes)
        try:
            async with self.session.request(request.method, url, headers=headers, data=body) as answer:
                return answer.status, answer.headers, await answer.read()
        except ClientError:
            return 502, {}, b"the homeserver is away"

    def answer(self, status, headers, body):
        kept = {name: value for name, value in headers.items() if name.lower() not in HOP}
        return web.Response(status=status, body=body, headers=kept)

    async def obey(self, order):
        match order["cmd"]:
            case "down":
                await self.down()
            case "up":
                await self.up()
            case "limit":
                self.next_send = ("limit", order["seconds"])
            case "fault" | "lose":
                self.next_send = (order["cmd"],)
            case "hang":
                while not self.open_syncs:
                    await asyncio.sleep(0.01)
                self.muted |= self.open_syncs
            case "swap":
                self.swap = True
            case "inject":
                self.inject = order["events"]
            case "garbage":
                self.garbage = True
            case "hold_keys":
                self.holds = "long" if order.get("long") else "words"
            case "release_keys":
                self.holds = None
            case "shift":
                self.shift = order["ms"]
            case other:
                raise ValueError(f"unknown command {other!r}")


async def main():
    parser = argparse.ArgumentParser(description="A bad line to a homeserver.")
    parser.add_argument("--to", required=True)
    parser.add_argument("--child", required=True)
    options = parser.parse_args()
    line = Line(options.to, options.child)
    await line.up()
    say(event="ready", url=f"http://127.0.0.1:{line.port}")
    orders = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    while order := await orders.readline():
        try:
            await line.obey(json.loads(order))
            say(event="ok")
        except Exception as error:  # told to the test, which decides
            say(event="error", message=f"{type(error).__name__}: {error}")
    await line.down()
    await line.session.close()


if __name__ == "__main__":
    asyncio.run(main())
