"""A network in a machine: indexers in network namespaces of their own, one database, and ways to hurt them.

Everything runs inside a process and network namespace that the command makes for itself, so the kernel takes all of it
away when the command ends, however it ends.
"""

import contextlib
import http.client
import os
import pathlib
import pwd
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request

from measuring import Failure, check

HTTP_PORT = 8080


def quietly(*command):
    check(command, quiet=True)


def wait_until(condition, what, seconds):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Failure(f"no {what} within {seconds} s")
        time.sleep(0.05)


class Network:
    """Two bridges, one to the database and one to hosts and players; each indexer has a cable to both."""

    SIDES = {"database": "10.0.1", "clients": "10.0.2"}

    def __init__(self, count):
        quietly("ip", "link", "set", "lo", "up")
        for side, prefix in self.SIDES.items():
            quietly("ip", "link", "add", side, "type", "bridge", "forward_delay", 0)
            quietly("ip", "address", "add", f"{prefix}.1/24", "dev", side)
            quietly("ip", "link", "set", side, "up")
        self.holders = [self.connect(number) for number in range(count)]

    def connect(self, number):
        holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
        ours = os.readlink("/proc/self/ns/net")
        wait_until(lambda: os.readlink(f"/proc/{holder.pid}/ns/net") != ours, "network namespace", 5)
        inside = ["nsenter", f"--net=/proc/{holder.pid}/ns/net", "ip"]
        quietly(*inside, "link", "set", "lo", "up")
        for side, prefix in self.SIDES.items():
            inner, outer = f"to-{side}", f"{side}-{number}"
            quietly("ip", "link", "add", outer, "type", "veth", "peer", "name", inner, "netns", holder.pid)
            quietly("ip", "link", "set", outer, "master", side, "up")
            quietly(*inside, "address", "add", f"{prefix}.{10 + number}/24", "dev", inner)
            quietly(*inside, "link", "set", inner, "up")
        return holder

    def enter(self, number):
        return ["nsenter", f"--net=/proc/{self.holders[number].pid}/ns/net"]

    def address(self, number):
        return f"{self.SIDES['clients']}.{10 + number}"

    # Off the bridge, packets vanish and nobody is told, as when a router dies.

    def cut(self, number, side):
        quietly("ip", "link", "set", f"{side}-{number}", "nomaster")

    def heal(self, number, side):
        quietly("ip", "link", "set", f"{side}-{number}", "master", side)


class Loopback:
    """No namespaces: one indexer, reached through the loopback interface."""

    def enter(self, _):
        return []

    def address(self, _):
        return "127.0.0.1"


class Postgres:
    """A private server that keeps its promises: fsync is on."""

    ADDRESS = "10.0.1.1"

    def __init__(self, folder):
        self.data, self.sockets, self.log = folder / "postgres", folder / "sockets", folder / "sockets" / "postgres.log"
        self.user = next((name for name in ("postgres", "nobody") if self.exists(name)), None)
        self.programs = self.find_programs()
        self.sockets.mkdir()
        for path in (self.data, self.sockets):
            path.mkdir(exist_ok=True)
            shutil.chown(path, self.user)
        self.data.chmod(0o700)
        self.run("initdb", "--username=martlet", "--auth=trust", "--pgdata", self.data)
        with open(self.data / "postgresql.conf", "a") as file:
            file.write(f"listen_addresses = '{self.ADDRESS}'\nunix_socket_directories = '{self.sockets}'\n")
            file.write("fsync = on\nsynchronous_commit = on\nmax_connections = 100\n")
        with open(self.data / "pg_hba.conf", "a") as file:
            file.write("host all all 10.0.1.0/24 trust\n")
        self.start()
        self.run("createdb", "--host", self.sockets, "--username=martlet", "martlet")

    @staticmethod
    def exists(name):
        with contextlib.suppress(KeyError):
            return bool(pwd.getpwnam(name))
        return False

    @staticmethod
    def find_programs():
        """Debian keeps the server's programs off the PATH."""
        folders = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
        if not folders:
            raise Failure("PostgreSQL is not installed: apt-get install postgresql")
        return folders[0]

    @property
    def arguments(self):
        return ["--database", f"postgres://martlet@{self.ADDRESS}/martlet"]

    def run(self, program, *arguments):
        command = [self.programs / program, *arguments]
        as_user = ["setpriv", f"--reuid={self.user}", "--regid", str(pwd.getpwnam(self.user).pw_gid), "--clear-groups"]
        return quietly(*as_user, *command)

    def control(self, *arguments):
        self.run("pg_ctl", "--pgdata", self.data, "--log", self.log, "--wait", "--silent", *arguments)

    def start(self):
        self.control("start")

    def restart(self):
        """What a machine's sudden end does to it: it comes back by replaying its log."""
        self.control("restart", "--mode=immediate")

    def kill(self):
        postmaster = int((self.data / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGKILL)
        # We are the first process of the namespace, so it is ours to bury; until then it seems to run.
        with contextlib.suppress(ChildProcessError):
            os.waitpid(postmaster, 0)
        deadline = time.monotonic() + 20
        while True:
            # Its children have to notice before it may start again.
            time.sleep(0.3)
            with contextlib.suppress(Failure):
                return self.start()
            if time.monotonic() > deadline:
                raise Failure("PostgreSQL does not start again")

    def live_sessions(self):
        """Pairs of host and session, each 16 bytes, as one statement sees them."""
        query = "SELECT replace(host::text, '-', ''), replace(id::text, '-', '') FROM sessions WHERE state < 2"
        command = [self.programs / "psql", "-h", self.sockets, "-U", "martlet", "-At", "-F", " ", "-c", query, "martlet"]
        answer = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=20)
        if answer.returncode != 0:
            return None
        return [tuple(bytes.fromhex(field) for field in line.split()) for line in answer.stdout.splitlines()]


class SQLite:
    """The file that the one indexer keeps."""

    arguments = []

    def __init__(self, folder):
        self.folder = folder

    def live_sessions(self):
        paths = list((self.folder / "index-0").glob("*.sqlite"))
        if not paths:
            return None
        with contextlib.suppress(sqlite3.Error):
            with contextlib.closing(sqlite3.connect(f"file:{paths[0]}?mode=ro", uri=True, timeout=5)) as connection:
                return connection.execute("SELECT host, id FROM sessions WHERE state < 2").fetchall()
        return None


class Indexer:
    """One `martlet index`, which comes back on the same data."""

    def __init__(self, number, martlet, folder, network, database):
        self.url = f"http://{network.address(number)}:{HTTP_PORT}"
        self.log = folder / f"index-{number}.log"
        data = folder / f"index-{number}"
        data.mkdir()
        self.command = [
            *network.enter(number), martlet, "index", "--name", f"indexer-{number}", "--data", data,
            "--key", data / "indexer.key", "--public-url", self.url, "--listen", f"{network.address(number)}:{HTTP_PORT}", *database.arguments,
        ]
        self.process = None

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([str(part) for part in self.command], stdout=log, stderr=log)

    def is_answering(self):
        if self.process.poll() is not None:
            raise Failure(f"an indexer ended with status {self.process.returncode}:\n{self.log.read_text()[-2000:]}")
        with contextlib.suppress(OSError, http.client.HTTPException):
            return urllib.request.urlopen(f"{self.url}/healthz", timeout=1).status == 200
        return False

    def await_answer(self, seconds=30):
        wait_until(self.is_answering, f"answer of {self.url}", seconds)

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.process.kill()
        self.process.wait()
