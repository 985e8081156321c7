"""Two bots on a real Matrix server (Synapse), in turn, under the same loads: Passerelle and opsdroid.

Each answers a number with "I heard NUMBER.": Passerelle by the flow in tests/packs/echo, with everything kept,
sealed and synced to the disk; opsdroid by a regular expression, keeping nothing. Each round gives each bot a new
server in memory. Rooms aren't encrypted, for both: the server in the middle is what is shared.

    .tools/synapse-venv/bin/python tests/scripts/bench_matrix.py --passerelle BINARY --opsdroid PYTHON [--rounds 3]

Prints a table in Markdown on standard output, and one JSON line a measurement on standard error.
"""

import argparse
import asyncio
import collections
import json
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from aiohttp import ClientSession, ClientTimeout, TCPConnector

HERE = pathlib.Path(__file__).parent
PACK = HERE.parent / "packs" / "echo"
BOT = "@bot:localhost"
# (messages, in flight, children): a child who sends more than 20 in a minute is answered once for the rest, as
# the house's limit says, so a load is spread over children.
LOADS = [(200, 64, 16), (400, 8, 40), (50, 1, 5)]
# No answer in this time: it isn't coming.
GIVE_UP = 30

OPSDROID_SKILL = '''
from opsdroid.skill import Skill
from opsdroid.matchers import match_regex

class Echo(Skill):
    @match_regex(r"^(?P<number>\\d+)$", matching_condition="fullmatch")
    async def echo(self, message):
        await message.respond("I heard " + message.regex.group("number") + ".")
'''


class Synapse:
    def __init__(self, users):
        arguments = [part for user in users for part in ("--user", user)]
        command = [sys.executable, str(HERE / "synapse.py"), *arguments]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        ready = json.loads(self.process.stdout.readline())
        assert ready["event"] == "ready", ready
        self.url = ready["url"]

    def stop(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)


class User:
    """One account over plain HTTP."""

    def __init__(self, session, url, name):
        self.session, self.url, self.name, self.token = session, url, name, None

    async def call(self, method, path, body=None, **query):
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        where = f"{self.url}/_matrix/client/v3/{path}"
        async with self.session.request(method, where, json=body, headers=headers, params=query) as answer:
            said = await answer.json()
            assert answer.status == 200, (method, path, answer.status, said)
            return said

    async def sign_in(self):
        identifier = {"type": "m.id.user", "user": self.name}
        body = {"type": "m.login.password", "identifier": identifier, "password": f"{self.name}-secret"}
        self.token = (await self.call("POST", "login", body))["access_token"]


class Watcher:
    """Reads every room and notes the bot's answers with the time they came."""

    def __init__(self, user):
        self.user = user
        self.place = None
        self.answers = {}
        self.order = collections.defaultdict(list)
        self.waiting = {}
        self.joined = set()
        self.changed = asyncio.Event()

    async def read(self):
        wanted = json.dumps({"room": {"timeline": {"limit": 1000}, "ephemeral": {"types": []}}})
        while True:
            query = {"filter": wanted, "timeout": "10000"} | ({"since": self.place} if self.place else {})
            sync = await self.user.call("GET", "sync", **query)
            self.place = sync["next_batch"]
            for room, update in sync.get("rooms", {}).get("join", {}).items():
                for event in update["timeline"]["events"] + update.get("state", {}).get("events", []):
                    self.note(room, event)
            self.changed.set()

    def note(self, room, event):
        if event["type"] == "m.room.member" and event["state_key"] == BOT:
            if event["content"]["membership"] == "join":
                self.joined.add(room)
        found = re.fullmatch(r"I heard (\d+)\.", str(event["content"].get("body", "")))
        if event["sender"] == BOT and found and found[1] != "0":
            number = int(found[1])
            self.answers[number] = self.answers.get(number, 0) + 1
            self.order[room].append(number)
            if number in self.waiting:
                self.waiting.pop(number).set()


class Passerelle:
    name = "Passerelle"

    def __init__(self, binary):
        self.binary = binary

    def start(self, folder, url, _rooms):
        secret = folder / "password"
        secret.write_text("bot-secret")
        settings = folder / "passerelle.toml"
        settings.write_text(
            '[helpline]\nname = "Bench"\ncountry = "FR"\nemergency_numbers = ["112"]\nlangs = ["en"]\n'
            f'[flows]\ndir = "{PACK}"\n[[account]]\nname = "matrix"\nplatform = "matrix"\nhomeserver = "{url}"\n'
            f'user = "{BOT}"\npassword_file = "{secret}"\nallow_unencrypted = true\n'
        )
        command = [self.binary, "run", "--config", settings, "--data", folder / "data", "--listen", "127.0.0.1:0"]
        return command, {}

    # It joins what it is invited to.
    invited_first = False


class Opsdroid:
    name = "opsdroid"

    def __init__(self, python):
        self.python = python

    def start(self, folder, url, rooms):
        skill = folder / "echo"
        skill.mkdir()
        (skill / "__init__.py").write_text(OPSDROID_SKILL)
        settings = folder / "configuration.yaml"
        connector = {
            "mxid": BOT,
            "password": "bot-secret",
            "homeserver": url,
            "rooms": {"main" if not n else f"room{n}": {"alias": room} for n, room in enumerate(rooms)},
        }
        settings.write_text(
            json.dumps(
                {
                    "logging": {"level": "error", "console": True},
                    "welcome-message": False,
                    "web": {"port": 0, "disable_web_index_handler_in_root": True},
                    "parsers": {"regex": {"enabled": True}},
                    "connectors": {"matrix": connector},
                    "skills": {"echo": {"path": str(skill)}},
                }
            )
        )
        command = [self.python, "-m", "opsdroid", "start", "-f", settings]
        return command, {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}

    # It joins at its start what its settings name.
    invited_first = True


def memory_mb(pid, key):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(key)) / 1024


async def one_load(load, first_number, rooms, watcher):
    messages, in_flight, _ = load
    places = asyncio.Semaphore(in_flight)
    loop = asyncio.get_running_loop()
    took = []
    sent = collections.defaultdict(list)
    turn = collections.defaultdict(asyncio.Lock)

    async def one(number):
        room, child = rooms[number % len(rooms)]
        answered = watcher.waiting[number] = asyncio.Event()
        async with places:
            began = loop.time()
            # A child's messages leave one after the other, or "in order" would mean nothing.
            async with turn[room]:
                sent[room].append(number)
                body = {"msgtype": "m.text", "body": str(number)}
                await child.call("PUT", f"rooms/{room}/send/m.room.message/n{number}", body)
            try:
                await asyncio.wait_for(answered.wait(), GIVE_UP)
                took.append(loop.time() - began)
            except TimeoutError:
                pass

    began = loop.time()
    await asyncio.gather(*(one(first_number + n) for n in range(messages)))
    # The wait for answers that never came isn't speed.
    spent = loop.time() - began
    if len(took) < messages:
        spent = max(spent - GIVE_UP, 0.001)
    wanted = {room: [n for n in numbers if n in watcher.answers] for room, numbers in sent.items()}
    return {
        "load": f"{messages} messages, {in_flight} in flight",
        "answered": len(took),
        "messages": messages,
        "per_second": len(took) / spent,
        "p50_ms": statistics.median(took) * 1000 if took else None,
        "doubled": sum(watcher.answers.get(first_number + n, 0) > 1 for n in range(messages)),
        "in_order": all(
            [n for n in watcher.order[room] if first_number <= n < first_number + messages] == numbers
            for room, numbers in wanted.items()
        ),
    }


async def one_bot(bot):
    children = [f"child{n}" for n in range(sum(children for _, _, children in LOADS))]
    server = Synapse([f"{name}:{name}-secret" for name in ["bot", "watcher", *children]])
    folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-matrix-"))
    process = None
    connector = TCPConnector(limit=0)
    async with ClientSession(connector=connector, timeout=ClientTimeout(total=90)) as session:
        reading = None
        try:
            eye = User(session, server.url, "watcher")
            await eye.sign_in()
            rooms = []
            for name in children:
                child = User(session, server.url, name)
                await child.sign_in()
                people = ["@watcher:localhost"] + ([BOT] if bot.invited_first else [])
                made = await child.call("POST", "createRoom", {"preset": "private_chat", "invite": people})
                await eye.call("POST", f"join/{made['room_id']}")
                rooms.append((made["room_id"], child))
            watcher = Watcher(eye)
            reading = asyncio.create_task(watcher.read())
            command, environment = bot.start(folder, server.url, [room for room, _ in rooms])
            log = open(folder / "log", "wb")
            process = subprocess.Popen(
                list(map(str, command)), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder,
                env=os.environ | environment,
            )
            if not bot.invited_first:
                # What comes before its very first sync isn't new to it; invitations wait for it either way.
                for room, child in rooms:
                    await child.call("POST", f"rooms/{room}/invite", {"user_id": BOT})
            until = time.monotonic() + 180
            while len(watcher.joined) < len(rooms):
                assert process.poll() is None, (folder / "log").read_text()[-3000:]
                assert time.monotonic() < until, f"{bot.name} is in {len(watcher.joined)} of {len(rooms)} rooms"
                watcher.changed.clear()
                await asyncio.wait_for(watcher.changed.wait(), 60)
            # Warm: one answer from each room.
            await asyncio.sleep(3)
            idle = memory_mb(process.pid, "VmRSS")
            results, at, number = [], 0, 1000
            for load in LOADS:
                mine = rooms[at : at + load[2]]
                at += load[2]
                results.append(await one_load(load, number, mine, watcher))
                number += load[0]
            for result in results:
                result |= {"bot": bot.name, "rss_mb": memory_mb(process.pid, "VmRSS"), "idle_rss_mb": idle}
                print(json.dumps(result), file=sys.stderr, flush=True)
            return results
        finally:
            if reading is not None:
                reading.cancel()
            if process is not None:
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(timeout=20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
            server.stop()
            shutil.rmtree(folder, ignore_errors=True)


def middle(rounds, place, key):
    return statistics.median(results[place][key] for results in rounds)


def table(ours, theirs):
    print("| load | answered, Passerelle | answered, opsdroid | round trips/s, Passerelle | opsdroid | ratio |")
    print("|---|---|---|---|---|---|")
    for place, (messages, in_flight, children) in enumerate(LOADS):
        a, b = middle(ours, place, "per_second"), middle(theirs, place, "per_second")
        counts = [min(results[place]["answered"] for results in rounds) for rounds in (ours, theirs)]
        print(
            f"| {messages} messages, {in_flight} in flight, {children} children | {counts[0]}/{messages} "
            f"| {counts[1]}/{messages} | {a:.1f} | {b:.1f} | {a / b:.2f} |"
        )
    a, b = middle(ours, 0, "rss_mb"), middle(theirs, 0, "rss_mb")
    print(f"| resident memory after all loads | | | {a:.0f} MB | {b:.0f} MB | {a / b:.2f} |")
    flat = [result for results in ours for result in results]
    print()
    print(
        f"Passerelle over all rounds: in order {sum(r['in_order'] for r in flat)} of {len(flat)} loads, "
        f"answered twice {sum(r['doubled'] for r in flat)}."
    )


async def main():
    parser = argparse.ArgumentParser(description="Passerelle and opsdroid on Synapse.")
    parser.add_argument("--passerelle", required=True, type=os.path.abspath)
    parser.add_argument("--opsdroid", required=True, type=os.path.abspath)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=["passerelle", "opsdroid"], help="one of them, without the table")
    options = parser.parse_args()
    bots = {"passerelle": Passerelle(options.passerelle), "opsdroid": Opsdroid(options.opsdroid)}
    kept = collections.defaultdict(list)
    for _ in range(options.rounds):
        for name, bot in bots.items():
            if options.only in (None, name):
                kept[name].append(await one_bot(bot))
    if options.only is None:
        table(kept["passerelle"], kept["opsdroid"])
    bad = [r for results in kept["passerelle"] for r in results if r["answered"] < r["messages"] or r["doubled"] or not r["in_order"]]
    if bad:
        sys.exit(f"Passerelle lost, doubled or moved an answer: {bad}")


if __name__ == "__main__":
    asyncio.run(main())
