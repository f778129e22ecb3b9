"""A path with a length: passes TCP and UDP on after a fixed time each way, on this machine.

    delay_relay.py MILLISECONDS tcp FROM TO [udp FROM TO ...]

FROM and TO are address:port. Whoever connects by TCP gets its first bytes through one round trip late, as if the
connection had to be opened over the path. Prints "ready" and runs until it is ended.
"""

import heapq
import itertools
import select
import socket
import sys
import time

BUFFER_BYTES = 65_536
# After which a sender of datagrams is forgotten.
IDLE_SECONDS = 20


class Relay:
    def __init__(self, delay):
        self.delay = delay
        self.due = []
        self.order = itertools.count()
        # What to do with a socket that can be read.
        self.readers = {}

    def after(self, instant, action):
        heapq.heappush(self.due, (instant, next(self.order), action))

    def run(self):
        while True:
            now = time.monotonic()
            while self.due and self.due[0][0] <= now:
                heapq.heappop(self.due)[2]()
            wait = max(0, self.due[0][0] - time.monotonic()) if self.due else 1
            for ready in select.select(list(self.readers), [], [], wait)[0]:
                if reader := self.readers.get(ready):
                    reader()

    # UDP: a socket of its own towards the far end for everyone who sends.

    def add_udp(self, near_address, far_address):
        near = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        near.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        near.bind(near_address)
        near.setblocking(False)
        outward, heard = {}, {}

        def forget_idle():
            for sender in [sender for sender, at in heard.items() if at < time.monotonic() - IDLE_SECONDS]:
                far = outward.pop(sender)
                del heard[sender], self.readers[far]
                far.close()
            self.after(time.monotonic() + 1, forget_idle)

        forget_idle()

        def from_near():
            for data, sender in self.datagrams(near):
                if sender not in outward:
                    outward[sender] = self.open_udp(near, far_address, sender)
                far, heard[sender] = outward[sender], time.monotonic()
                self.after(time.monotonic() + self.delay, lambda far=far, data=data: self.quietly(far.send, data))

        self.readers[near] = from_near

    def open_udp(self, near, far_address, sender):
        far = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        far.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        far.connect(far_address)
        far.setblocking(False)

        def from_far():
            for data, _ in self.datagrams(far):
                self.after(time.monotonic() + self.delay, lambda data=data: self.quietly(near.sendto, data, sender))

        self.readers[far] = from_far
        return far

    @staticmethod
    def datagrams(receiver):
        while True:
            try:
                yield receiver.recvfrom(BUFFER_BYTES)
            except BlockingIOError:
                return
            except ConnectionRefusedError:
                continue

    @staticmethod
    def quietly(action, *arguments):
        """A datagram that cannot be sent is lost, as on any path."""
        try:
            action(*arguments)
        except OSError:
            pass

    # TCP.

    def add_tcp(self, near_address, far_address):
        listener = socket.create_server(near_address, backlog=256)
        listener.setblocking(False)

        def accept():
            near, _ = listener.accept()
            opened = time.monotonic() + 2 * self.delay
            try:
                far = socket.create_connection(far_address, timeout=5)
            except OSError:
                near.close()
                return
            ended = []
            self.pump(near, far, opened, ended)
            self.pump(far, near, opened, ended)

        self.readers[listener] = accept

    def pump(self, source, sink, opened, ended):
        source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def end():
            self.quietly(sink.shutdown, socket.SHUT_WR)
            ended.append(source)
            if len(ended) == 2:
                source.close()
                sink.close()

        def read():
            try:
                data = source.recv(BUFFER_BYTES)
            except OSError:
                data = b""
            due = max(time.monotonic(), opened) + self.delay
            if data:
                self.after(due, lambda: self.quietly(sink.sendall, data))
            else:
                del self.readers[source]
                self.after(due, end)

        self.readers[source] = read


def address(text):
    host, _, port = text.rpartition(":")
    return host, int(port)


def main():
    relay = Relay(float(sys.argv[1]) / 1000)
    rest = sys.argv[2:]
    while rest:
        kind, near, far = rest[:3]
        rest = rest[3:]
        (relay.add_tcp if kind == "tcp" else relay.add_udp)(address(near), address(far))
    print("ready", flush=True)
    relay.run()


if __name__ == "__main__":
    main()
