"""A child on Matrix, played by a client that others wrote (matrix-nio), steered line by line.

Reads one JSON command a line on standard input and writes JSON lines on standard output. Each
command is answered by {"event": "ok", "cmd": …} or {"event": "error", "cmd": …, "message": …};
a number given as "id" comes back in the answer. What arrives is written as it arrives.

Commands ("room" may be left out: the room made, joined or used last)
  {"cmd": "login", "homeserver": "http://127.0.0.1:8008", "user": "child", "password": "…",
   "device": "phone", "store": "FOLDER"}   → user, device
                     store: to come back as the same device later; without it, a temporary folder
  {"cmd": "create_room", "invite": ["@bot:localhost"], "encrypted": true}   → room
                     "preset": "trusted_private_chat": all who are invited may do everything
  {"cmd": "invite", "user": "@friend:localhost"}
  {"cmd": "join", "room": "!…"}                                             → room
  {"cmd": "wait_joined", "user": "@bot:localhost", "timeout": 30}   there, and its keys are known
  {"cmd": "send", "body": "hello", "txn": "…"}                              → event_id
  {"cmd": "edit", "event_id": "$…", "body": "hello!"}                       → event_id
  {"cmd": "redact", "event_id": "$…"}                                       → event_id
  {"cmd": "react", "event_id": "$…", "key": "1️⃣"}                           → event_id
  {"cmd": "raw", "type": "m.room.message", "content": {…}}                  → event_id
  {"cmd": "file", "name": "a.png", "mime": "image/png", "base64": "…"}      → event_id
  {"cmd": "typing", "on": true}
  {"cmd": "wait", "count": 1, "timeout": 30}     → messages: those not yet waited for, oldest first
  {"cmd": "wait_quiet", "seconds": 2}            → messages that arrived until it was quiet so long
  {"cmd": "leave"}    {"cmd": "logout"}    {"cmd": "ping"}: only answers    {"cmd": "stop"}

Events (never the child's own)
  {"event": "message", "room", "sender", "body", "event_id", "ts", "encrypted", "msgtype"}
  {"event": "edit", "room", "sender", "body", "event_id", "edits", "ts", "encrypted"}
  {"event": "redaction", "room", "sender", "redacts"}
  {"event": "reaction", "room", "sender", "key", "event_id", "reacts_to"}
  {"event": "typing", "room", "users"}     {"event": "member", "room", "user", "membership"}
  {"event": "invited", "room", "sender"}   {"event": "undecryptable", "room", "sender", "event_id"}

Every device is trusted and every key is shared: this child is for tests only.
"""

import asyncio
import base64
import io
import json
import logging
import shutil
import sys
import tempfile
import time

from nio import (
    AsyncClient,
    AsyncClientConfig,
    Event,
    InviteMemberEvent,
    LoginResponse,
    MegolmEvent,
    ReactionEvent,
    RedactionEvent,
    RoomMemberEvent,
    RoomMessage,
    RoomPreset,
    TypingNoticeEvent,
)

SYNC_MS = 2_000
ENCRYPTION = {
    "type": "m.room.encryption",
    "state_key": "",
    "content": {"algorithm": "m.megolm.v1.aes-sha2"},
}


def say(**line):
    print(json.dumps(line, ensure_ascii=False), flush=True)


def checked(response):
    """The response, or an exception when the server refused."""
    if hasattr(response, "status_code") and type(response).__name__.endswith("Error"):
        raise RuntimeError(f"{type(response).__name__}: {response.message} ({response.status_code})")
    return response


class Child:
    def __init__(self):
        self.client = None
        self.room = None
        self.temporary = None
        self.syncing = None
        self.arrived = asyncio.Queue()
        self.changed = asyncio.Event()
        self.seen = set()

    # Commands: one method each, named like the command.

    async def login(self, homeserver, user, password, device="child", store=None):
        if store is None:
            store = self.temporary = tempfile.mkdtemp(prefix="matrix-child-")
        config = AsyncClientConfig(encryption_enabled=True, store_sync_tokens=True, max_limit_exceeded=20)
        # The id is made from the name, so that it can come back as the same device, and from the
        # user, because nio takes another user's device of the same id for its own and sends it no keys.
        device_id = f"{user}-{device}"
        self.client = AsyncClient(homeserver, user, device_id=device_id, store_path=store, config=config)
        response = await self.client.login(password, device_name=device)
        if not isinstance(response, LoginResponse):
            raise RuntimeError(f"login refused: {response}")
        self.client.add_event_callback(self.on_message, RoomMessage)
        self.client.add_event_callback(self.on_undecryptable, MegolmEvent)
        self.client.add_event_callback(self.on_redaction, RedactionEvent)
        self.client.add_event_callback(self.on_reaction, ReactionEvent)
        self.client.add_event_callback(self.on_member, RoomMemberEvent)
        self.client.add_event_callback(self.on_invite, InviteMemberEvent)
        self.client.add_ephemeral_callback(self.on_typing, TypingNoticeEvent)
        self.client.add_response_callback(self.on_any_response)
        checked(await self.client.sync(timeout=0, full_state=True))
        if self.client.should_upload_keys:
            checked(await self.client.keys_upload())
        self.syncing = asyncio.create_task(self.sync_for_ever())
        return {"user": self.client.user_id, "device": self.client.device_id}

    async def create_room(self, invite=(), encrypted=True, name=None, preset=None):
        response = await self.client.room_create(
            invite=list(invite),
            name=name,
            is_direct=True,
            preset=RoomPreset(preset) if preset else None,
            initial_state=[ENCRYPTION] if encrypted else [],
        )
        self.room = checked(response).room_id
        await self.until(lambda: self.room in self.client.rooms, 30, "the new room in a sync")
        return {"room": self.room}

    async def invite(self, user, room=None):
        checked(await self.client.room_invite(self.use(room), user))
        return {}

    async def join(self, room):
        self.room = checked(await self.client.join(room)).room_id
        await self.until(lambda: self.room in self.client.rooms, 30, "the joined room in a sync")
        return {"room": self.room}

    async def wait_joined(self, user, room=None, timeout=30):
        room = self.use(room)

        def there():
            known = self.client.rooms.get(room)
            if known is None or user not in known.users or user in known.invited_users:
                return False
            return not known.encrypted or any(self.client.device_store.active_user_devices(user))

        await self.until(there, timeout, f"{user} in the room with its keys")
        return {}

    async def send(self, body, room=None, txn=None):
        return await self.put(room, "m.room.message", {"msgtype": "m.text", "body": body}, txn)

    async def edit(self, event_id, body, room=None):
        content = {
            "msgtype": "m.text",
            "body": f"* {body}",
            "m.new_content": {"msgtype": "m.text", "body": body},
            "m.relates_to": {"rel_type": "m.replace", "event_id": event_id},
        }
        return await self.put(room, "m.room.message", content)

    async def react(self, event_id, key, room=None):
        content = {"m.relates_to": {"rel_type": "m.annotation", "event_id": event_id, "key": key}}
        return await self.put(room, "m.reaction", content)

    async def raw(self, type, content, room=None):
        return await self.put(room, type, content)

    async def redact(self, event_id, room=None, reason=None):
        response = checked(await self.client.room_redact(self.use(room), event_id, reason=reason))
        return {"event_id": response.event_id}

    async def file(self, name, mime, room=None, **rest):
        data = base64.b64decode(rest["base64"])
        response, keys = await self.client.upload(
            io.BytesIO(data), content_type=mime, filename=name, encrypt=True, filesize=len(data)
        )
        uri = checked(response).content_uri
        kind = "m.image" if mime.startswith("image/") else "m.file"
        content = {
            "msgtype": kind,
            "body": name,
            "info": {"mimetype": mime, "size": len(data)},
            "file": {"url": uri, **keys},
        }
        return await self.put(room, "m.room.message", content)

    async def typing(self, on=True, room=None):
        checked(await self.client.room_typing(self.use(room), on))
        return {}

    async def wait(self, count=1, timeout=30):
        messages = []
        until = time.monotonic() + timeout
        while len(messages) < count:
            left = until - time.monotonic()
            try:
                messages.append(await asyncio.wait_for(self.arrived.get(), max(left, 0.001)))
            except asyncio.TimeoutError:
                raise RuntimeError(f"{len(messages)} of {count} messages came within {timeout} s") from None
        return {"messages": messages}

    async def wait_quiet(self, seconds=2):
        messages = []
        while True:
            try:
                messages.append(await asyncio.wait_for(self.arrived.get(), seconds))
            except asyncio.TimeoutError:
                return {"messages": messages}

    async def ping(self):
        return {}

    async def leave(self, room=None):
        checked(await self.client.room_leave(self.use(room)))
        return {}

    async def logout(self):
        checked(await self.client.logout())
        return {}

    # What arrives.

    def is_news(self, event):
        news = event.sender != self.client.user_id and event.event_id not in self.seen
        self.seen.add(event.event_id)
        return news

    async def on_message(self, room, event):
        if not self.is_news(event):
            return
        content = event.source.get("content", {})
        line = {
            "event": "message",
            "room": room.room_id,
            "sender": event.sender,
            "body": content.get("body", ""),
            "event_id": event.event_id,
            "ts": event.server_timestamp,
            "encrypted": event.decrypted,
            "msgtype": content.get("msgtype", ""),
        }
        relation = content.get("m.relates_to", {})
        if relation.get("rel_type") == "m.replace":
            line |= {"event": "edit", "edits": relation["event_id"], "body": content["m.new_content"]["body"]}
            del line["msgtype"]
        say(**line)
        if line["event"] == "message":
            self.arrived.put_nowait(line)

    async def on_undecryptable(self, room, event):
        if event.sender != self.client.user_id:
            say(event="undecryptable", room=room.room_id, sender=event.sender, event_id=event.event_id)

    async def on_redaction(self, room, event):
        if self.is_news(event):
            say(event="redaction", room=room.room_id, sender=event.sender, redacts=event.redacts)

    async def on_reaction(self, room, event):
        if self.is_news(event):
            say(
                event="reaction",
                room=room.room_id,
                sender=event.sender,
                key=event.key,
                event_id=event.event_id,
                reacts_to=event.reacts_to,
            )

    async def on_member(self, room, event):
        if event.state_key != self.client.user_id and event.event_id not in self.seen:
            self.seen.add(event.event_id)
            say(event="member", room=room.room_id, user=event.state_key, membership=event.membership)

    async def on_invite(self, room, event):
        if event.state_key == self.client.user_id and event.membership == "invite":
            say(event="invited", room=room.room_id, sender=event.sender)

    async def on_typing(self, room, event):
        users = [user for user in event.users if user != self.client.user_id]
        say(event="typing", room=room.room_id, users=users)

    async def on_any_response(self, _response):
        self.changed.set()

    # Helpers.

    def use(self, room):
        self.room = room or self.room
        if self.room is None:
            raise RuntimeError("no room yet")
        return self.room

    async def put(self, room, kind, content, txn=None):
        response = await self.client.room_send(
            self.use(room), kind, content, tx_id=txn, ignore_unverified_devices=True
        )
        return {"event_id": checked(response).event_id}

    async def until(self, condition, timeout, what):
        until = time.monotonic() + timeout
        while not condition():
            left = until - time.monotonic()
            if left <= 0:
                raise RuntimeError(f"no {what} within {timeout} s")
            self.changed.clear()
            try:
                await asyncio.wait_for(self.changed.wait(), min(left, 0.5))
            except asyncio.TimeoutError:
                pass

    async def sync_for_ever(self):
        while True:
            try:
                await self.client.sync_forever(timeout=SYNC_MS, loop_sleep_time=0)
            except Exception as error:  # the server may be away for a while
                say(event="sync_lost", message=f"{type(error).__name__}: {error}")
                await asyncio.sleep(0.5)

    async def close(self):
        if self.syncing is not None:
            self.syncing.cancel()
        if self.client is not None:
            await self.client.close()
        if self.temporary is not None:
            shutil.rmtree(self.temporary, ignore_errors=True)


COMMANDS = (
    "login create_room invite join wait_joined send edit redact react raw file typing wait wait_quiet ping leave logout"
).split()


async def main():
    logging.basicConfig(stream=sys.stderr, level=logging.ERROR)
    child = Child()
    lines = asyncio.StreamReader(limit=16 * 1024 * 1024)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    try:
        while line := await lines.readline():
            if not line.strip():
                continue
            mark = {}
            try:
                order = json.loads(line)
                name = order.pop("cmd", None)
                mark = {"cmd": name} | ({"id": order.pop("id")} if "id" in order else {})
                if name == "stop":
                    say(event="ok", **mark)
                    return
                if name not in COMMANDS:
                    raise RuntimeError(f"unknown command; known: {' '.join(COMMANDS)}")
                answer = await getattr(child, name)(**order)
                say(event="ok", **mark, **answer)
            except Exception as error:  # told to the test, which decides
                say(event="error", **mark, message=f"{type(error).__name__}: {error}")
    finally:
        await child.close()


if __name__ == "__main__":
    asyncio.run(main())
