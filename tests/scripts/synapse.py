"""A real Matrix server (Synapse) for one test run.

Starts on a free loopback port with its data in memory where possible, and stops when standard
input closes, so that nothing stays behind when a test dies. Federation is off: it reaches nobody.

    .tools/synapse-venv/bin/python tests/scripts/synapse.py \
        --user bot:secret --user child:secret [--default-limits]

First line on standard output, when it is ready:
    {"event": "ready", "url": "http://127.0.0.1:PORT", "port": PORT, "pid": PID, "server_name": "localhost", "dir": "…"}
Then, for each line on standard input, one line back:
    {"cmd": "register", "user": "u", "password": "p"}   {"event": "ok"}
    {"cmd": "stop"}      the server goes away, its data stays      {"event": "ok"}
    {"cmd": "start"}     and is back on the same port              {"event": "ok", "pid": PID}
A failure answers {"event": "error", "message": "…"}.
"""

import argparse
import ctypes
import hashlib
import hmac
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

SERVER_NAME = "localhost"
SECRET = "only-for-this-test-run"
START_SECONDS = 60


def say(**line):
    print(json.dumps(line), flush=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def settings(folder, port, default_limits):
    """Synapse's configuration; JSON is YAML."""
    high = {"per_second": 10_000, "burst_count": 10_000}
    limits = {
        "rc_message": high,
        "rc_registration": high,
        "rc_login": {"address": high, "account": high, "failed_attempts": high},
        "rc_joins": {"local": high, "remote": high},
        "rc_invites": {"per_room": high, "per_user": high, "per_issuer": high},
        "rc_room_creation": high,
        "rc_key_requests": high,
    }
    return {
        "server_name": SERVER_NAME,
        "pid_file": f"{folder}/homeserver.pid",
        "listeners": [
            {
                "port": port,
                "type": "http",
                "bind_addresses": ["127.0.0.1"],
                "resources": [{"names": ["client"], "compress": False}],
            }
        ],
        "database": {"name": "sqlite3", "args": {"database": f"{folder}/homeserver.db"}},
        "log_config": f"{folder}/log.yaml",
        "media_store_path": f"{folder}/media",
        "signing_key_path": f"{folder}/signing.key",
        "registration_shared_secret": SECRET,
        "macaroon_secret_key": SECRET,
        "form_secret": SECRET,
        "bcrypt_rounds": 4,
        "report_stats": False,
        "trusted_key_servers": [],
        "federation_domain_whitelist": [],
        "suppress_key_server_warning": True,
        "url_preview_enabled": False,
        "presence": {"enabled": False},
        **({} if default_limits else limits),
    }


def log_settings(folder):
    return {
        "version": 1,
        "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
        "handlers": {
            "file": {"class": "logging.FileHandler", "filename": f"{folder}/synapse.log", "formatter": "plain"}
        },
        "root": {"level": "WARNING", "handlers": ["file"]},
    }


def die_with_parent():
    """In the child process: when this script is killed, so is the server (Linux)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


class Server:
    def __init__(self, folder, default_limits):
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.config = f"{folder}/homeserver.yaml"
        self.process = None
        os.makedirs(folder, exist_ok=True)
        self.write("homeserver.yaml", settings(folder, self.port, default_limits))
        self.write("log.yaml", log_settings(folder))
        command = self.command("--generate-keys")
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"synapse made no keys: {done.stderr[-2000:]}")

    def write(self, name, value):
        with open(f"{self.folder}/{name}", "w", encoding="utf-8") as file:
            json.dump(value, file, indent=1)

    def command(self, *more):
        return [sys.executable, "-m", "synapse.app.homeserver", "--config-path", self.config, *more]

    def start(self):
        with open(f"{self.folder}/output.log", "ab") as output:
            self.process = subprocess.Popen(
                self.command(),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                preexec_fn=die_with_parent,
            )
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self.process.poll() is not None:
                with open(f"{self.folder}/output.log", encoding="utf-8", errors="replace") as file:
                    raise RuntimeError(f"synapse stopped at start: {file.read()[-2000:]}")
            try:
                with urllib.request.urlopen(f"{self.url}/_matrix/client/versions", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise RuntimeError(f"synapse wasn't ready within {START_SECONDS} s")

    def stop(self):
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def register(self, user, password):
        where = f"{self.url}/_synapse/admin/v1/register"
        with urllib.request.urlopen(where, timeout=10) as answer:
            nonce = json.load(answer)["nonce"]
        parts = [nonce, user, password, "notadmin"]
        mac = hmac.new(SECRET.encode(), "\0".join(parts).encode(), hashlib.sha1).hexdigest()
        body = {"nonce": nonce, "username": user, "password": password, "admin": False, "mac": mac}
        request = urllib.request.Request(where, json.dumps(body).encode(), {"Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=30).close()


def obey(server, line):
    order = json.loads(line)
    match order.get("cmd"):
        case "register":
            server.register(order["user"], order["password"])
            return {}
        case "stop":
            server.stop()
            return {}
        case "start":
            server.start()
            return {"pid": server.process.pid}
        case other:
            raise ValueError(f"unknown command {other!r}")


def main():
    parser = argparse.ArgumentParser(description="A Matrix server for one test run.")
    parser.add_argument("--user", action="append", default=[], metavar="NAME:PASSWORD")
    parser.add_argument("--dir", help="where its data goes and stays; by default in memory, and removed")
    parser.add_argument("--default-limits", action="store_true", help="Synapse's own rate limits")
    options = parser.parse_args()
    in_memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    folder = os.path.abspath(options.dir) if options.dir else tempfile.mkdtemp(prefix="synapse-", dir=in_memory)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = None
    try:
        server = Server(folder, options.default_limits)
        server.start()
        for account in options.user:
            server.register(*account.split(":", 1))
        say(
            event="ready",
            url=server.url,
            port=server.port,
            pid=server.process.pid,
            server_name=SERVER_NAME,
            dir=folder,
        )
        for line in sys.stdin:
            if line.strip():
                try:
                    say(event="ok", **obey(server, line))
                except Exception as error:  # told to the test, which decides
                    say(event="error", message=f"{type(error).__name__}: {error}")
    except RuntimeError as error:
        say(event="error", message=str(error))
        sys.exit(1)
    finally:
        if server is not None:
            server.stop()
        if not options.dir:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
