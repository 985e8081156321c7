"""Shows that the Matrix test tools work: a server, two encrypted children, both ways.

    .tools/synapse-venv/bin/python tests/scripts/try_matrix.py
"""

import json
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).parent


class Talk:
    """A helper process that speaks JSON lines."""

    def __init__(self, script, *arguments):
        command = [sys.executable, str(script), *arguments]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.heard = []

    def next(self, event):
        while True:
            line = self.process.stdout.readline()
            assert line, f"the helper ended while waiting for {event}; heard {self.heard[-5:]}"
            said = json.loads(line)
            self.heard.append(said)
            assert said["event"] != "error", self.heard[-8:]
            if said["event"] == event:
                return said

    def ask(self, **order):
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return self.next("ok")

    def stop(self):
        self.process.stdin.close()
        self.process.wait(timeout=20)


def main():
    began = time.monotonic()
    server = Talk(HERE / "synapse.py", "--user", "child:one", "--user", "helper:two")
    ready = server.next("ready")
    print(f"server ready after {time.monotonic() - began:.1f} s on {ready['url']}")
    script = HERE.parent / "matrix_child" / "child.py"
    child, helper = Talk(script), Talk(script)
    try:
        child.ask(cmd="login", homeserver=ready["url"], user="child", password="one")
        helper.ask(cmd="login", homeserver=ready["url"], user="helper", password="two")
        room = child.ask(cmd="create_room", invite=["@helper:localhost"])["room"]
        helper.next("invited")
        helper.ask(cmd="join", room=room)
        child.ask(cmd="wait_joined", user="@helper:localhost")
        helper.ask(cmd="wait_joined", user="@child:localhost")

        sent = time.monotonic()
        first = child.ask(cmd="send", body="hello 👋", id=7)
        assert first["id"] == 7
        got = helper.ask(cmd="wait")["messages"][0]
        assert got["body"] == "hello 👋" and got["encrypted"] and got["event_id"] == first["event_id"], got
        helper.ask(cmd="send", body="hello yourself")
        back = child.ask(cmd="wait")["messages"][0]
        assert back["body"] == "hello yourself" and back["encrypted"], back
        print(f"there and back, encrypted: {time.monotonic() - sent:.2f} s")

        child.ask(cmd="edit", event_id=first["event_id"], body="hello!")
        edit = helper.next("edit")
        assert edit["body"] == "hello!" and edit["edits"] == first["event_id"], edit
        child.ask(cmd="react", event_id=back["event_id"], key="1️⃣")
        assert helper.next("reaction")["key"] == "1️⃣"
        child.ask(cmd="redact", event_id=first["event_id"])
        assert helper.next("redaction")["redacts"] == first["event_id"]
        picture = "iVBORw0KGgo="
        child.ask(cmd="file", name="a.png", mime="image/png", base64=picture)
        assert helper.ask(cmd="wait")["messages"][0]["msgtype"] == "m.image"
        assert helper.ask(cmd="wait_quiet", seconds=1)["messages"] == []

        server.ask(cmd="stop")
        server.ask(cmd="start")
        child.ask(cmd="send", body="still there?")
        assert helper.ask(cmd="wait", timeout=30)["messages"][0]["body"] == "still there?"
        print("edit, reaction, redaction, picture, server restart: ok")
        child.ask(cmd="stop")
    finally:
        for talk in (child, helper, server):
            talk.stop()
    assert not pathlib.Path(ready["dir"]).exists(), "the server left its data behind"
    print(f"all in {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main()
