"""What goes wrong, one thing or two at a time, chosen by a seed."""

import collections
import random
import signal
import threading
import time

from measuring import say

# As long as an indexer is paused at most, and as a network is cut.
LONGEST_PAUSE = 30
LONGEST_CUT = 15
# After a kill nothing else goes wrong for so long, since what follows is measured.
QUIET_AFTER_KILL = 6


class Nemesis:
    def __init__(self, indexers, network, database, seed, seconds):
        self.indexers, self.network, self.database = indexers, network, database
        self.random = random.Random(seed)
        self.counts = collections.Counter()
        # Instants of the monotonic clock in nanoseconds, with the number of the indexer that was killed.
        self.kills = []
        self.pause = min(LONGEST_PAUSE, seconds / 8)
        self.cut = min(LONGEST_CUT, seconds / 8)
        self.quiet = min(QUIET_AFTER_KILL, max(3.5, seconds / 20))
        self.bag = []

    @property
    def kinds(self):
        if len(self.indexers) == 1:
            return [self.kill, self.kill, self.kill, self.suspend]
        return [
            self.kill, self.suspend, self.cut_database, self.cut_clients, self.restart_database, self.kill_database,
        ]

    def run(self, until):
        """Hurts until the monotonic instant `until`, in seconds, by which everything is whole again."""
        self.strike(self.kill)
        while time.monotonic() + 1 < until:
            time.sleep(min(self.random.uniform(0.3, 3), max(0, until - time.monotonic())))
            first = self.draw()
            # Two at once, of different kinds; never beside a kill, since what follows one is measured.
            if first != self.kill and len(self.indexers) > 1 and self.random.random() < 0.3:
                second = self.draw()
                if second not in (first, self.kill):
                    beside = threading.Thread(target=self.strike, args=[second, until])
                    beside.start()
                    self.strike(first, until)
                    beside.join()
                    continue
            self.strike(first, until)

    def draw(self):
        if not self.bag:
            self.bag = list(self.kinds)
            self.random.shuffle(self.bag)
        return self.bag.pop()

    def strike(self, what, until=float("inf")):
        victim = self.random.randrange(len(self.indexers))
        self.counts[what.__name__.replace("_", " ")] += 1
        what(victim, until)

    def wait(self, longest, until):
        time.sleep(max(0.1, min(self.random.uniform(0.2, longest), until - time.monotonic())))

    def kill(self, victim, until):
        say(f"  kill -9 of indexer {victim}")
        at = time.monotonic_ns()
        self.indexers[victim].kill()
        if len(self.indexers) > 1:
            self.kills.append((at, at + int(self.quiet * 1e9), victim))
            time.sleep(self.quiet)
        else:
            time.sleep(self.random.uniform(0, 1))
        self.indexers[victim].start()
        self.indexers[victim].await_answer()

    def suspend(self, victim, until):
        say(f"  SIGSTOP of indexer {victim}")
        self.indexers[victim].signal(signal.SIGSTOP)
        self.wait(self.pause, until)
        self.indexers[victim].signal(signal.SIGCONT)

    def cut_database(self, victim, until):
        say(f"  indexer {victim} cut off from the database")
        self.network.cut(victim, "database")
        self.wait(self.cut, until)
        self.network.heal(victim, "database")

    def cut_clients(self, victim, until):
        say(f"  indexer {victim} cut off from hosts and players")
        self.network.cut(victim, "clients")
        self.wait(self.cut, until)
        self.network.heal(victim, "clients")

    def restart_database(self, victim, until):
        say("  immediate restart of the database")
        self.database.restart()

    def kill_database(self, victim, until):
        say("  kill -9 of the database")
        self.database.kill()
