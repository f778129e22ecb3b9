"""What the latency benchmark and the soak test share: building, running both ends, and reading /proc."""

import contextlib
import dataclasses
import json
import math
import os
import pathlib
import select
import signal
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
STAGE_FOLDER = ROOT / "Samples" / "LatencyStage"
TICKS = os.sysconf("SC_CLK_TCK")


class Failure(Exception):
    """Something that keeps the measurement from being made; its text is for the person who asked for it."""


def say(text):
    print(text, file=sys.stderr, flush=True)


# Preparing.


def install(*packages):
    """Installs what the sample's own list has for the tests, and `packages`, where they are missing."""
    check([ROOT / "Samples" / "install-packages", "--tests"])
    if not packages:
        return
    query = ["dpkg-query", "-W", "-f=${Package} ${Status}\n", *packages]
    installed = subprocess.run(query, capture_output=True, text=True).stdout
    missing = [name for name in packages if f"{name} install ok installed" not in installed]
    if not missing:
        return
    say(f"Installing {len(missing)} Debian packages: {' '.join(missing)}")
    as_root = [] if os.getuid() == 0 else ["sudo"]
    check([*as_root, "apt-get", "update", "-q"], quiet=True)
    command = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-q", "--no-install-recommends"]
    check([*as_root, *command, *missing], quiet=True)


def build(arguments):
    """Builds martlet and the latency stage for release and returns their paths; those given are taken as they are."""
    martlet, stage = arguments.martlet, arguments.stage
    if not martlet:
        check([ROOT / "Samples" / "build", "release", "--product", "martlet"])
        martlet = ROOT / ".build" / "release" / "martlet"
    if not stage:
        check([ROOT / "Samples" / "build", "release", "--product", "latency-stage"])
        stage = ROOT / ".build" / "release" / "latency-stage"
    return str(pathlib.Path(martlet).resolve()), str(pathlib.Path(stage).resolve())


def add_program_options(parser):
    parser.add_argument("--martlet", metavar="FILE", help="measure this program instead of building one")
    parser.add_argument("--stage", metavar="FILE", help="use this latency stage instead of building one")


def check(command, quiet=False):
    output = subprocess.DEVNULL if quiet else sys.stderr
    status = subprocess.run([str(part) for part in command], stdout=output).returncode
    if status != 0:
        raise Failure(f"{' '.join(str(part) for part in command)}: status {status}")


def game_file(path, stage, log, beeps, audio):
    """Writes the latency stage's game file with a log that outlives the stage."""
    text = (STAGE_FOLDER / "game.yaml").read_text()
    text = text.replace("../../.build/release/latency-stage", stage).replace("${STAGE_DIR}/stage.log", str(log))
    if not beeps:
        text = text.replace("  - --beep\n", "")
    path.write_text(text + f"audio: {'true' if audio else 'false'}\n")
    return path


# Running.


@contextlib.contextmanager
def running(command, log, **options):
    """Runs a program for the length of a `with`, its standard error in `log`."""
    with open(log, "ab") as errors:
        process = subprocess.Popen([str(part) for part in command], stderr=errors, **options)
    try:
        yield process
    finally:
        end(process)


def take_media_priority():
    """Gives this process what Martlet's media threads take (Sources/CLinux/datagram.c), where the system allows it."""
    with contextlib.suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, -10)
    with contextlib.suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))


def end(process):
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def first_line(process, seconds=30):
    """The first line that a program with a piped standard output prints."""
    if not select.select([process.stdout], [], [], seconds)[0]:
        raise Failure(f"{process.args[0]} printed nothing for {seconds} s")
    line = process.stdout.readline().strip()
    if not line:
        raise Failure(f"{' '.join(process.args[:2])} ended at once")
    return line


def wait_for(condition, what, processes, seconds=30):
    """Waits until `condition()` holds; every one of `processes` has to live until then."""
    deadline = time.monotonic() + seconds
    while not condition():
        for process in processes:
            if process.poll() is not None:
                raise Failure(f"{process.args[0]} ended with status {process.returncode} before {what}")
        if time.monotonic() > deadline:
            raise Failure(f"no {what} within {seconds} s")
        time.sleep(0.02)


def has_content(path):
    return path.exists() and path.stat().st_size > 0


# Reading logs.


def read_lines_of_json(path):
    with open(path) as file:
        return [json.loads(line) for line in file if line.endswith("}\n")]


def read_stage_log(path):
    """Instants by number of what the stage has drawn, and of the presses that it has handled."""
    events = {"drawn": {}, "input": {}}
    for line in path.read_text().splitlines():
        what, number, at = line.split()
        events[what][int(number)] = int(at)
    return events["drawn"], events["input"]


# Reading /proc.


@dataclasses.dataclass
class ProcessState:
    parent: int
    ticks: int


def process_states():
    states = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        with contextlib.suppress(OSError):
            text = pathlib.Path(f"/proc/{entry}/stat").read_text()
            # proc(5): the parent is field 4, user and system time are 14 and 15. Behind the name comes field 3.
            fields = text.rpartition(")")[2].split()
            states[int(entry)] = ProcessState(int(fields[1]), int(fields[11]) + int(fields[12]))
    return states


def descendants(root, states):
    """`root` and every process under it."""
    found, grew = {root}, True
    while grew:
        more = {pid for pid, state in states.items() if state.parent in found} - found
        found, grew = found | more, bool(more)
    return found


def processes_of(program, root):
    """`root` and those processes under it that run the same program."""
    found = {root}
    for pid in descendants(root, process_states()):
        with contextlib.suppress(OSError):
            if os.readlink(f"/proc/{pid}/exe") == program:
                found.add(pid)
    return found


def machine_ticks():
    """Busy and stolen ticks of the whole machine since it started, over all processors."""
    user, nice, system, _, _, irq, soft_irq, steal = map(int, pathlib.Path("/proc/stat").read_text().split()[1:9])
    return user + nice + system + irq + soft_irq, steal


class Meter:
    """Processor time over a window: of chosen processes, and of everything on the machine that is not ours."""

    def __init__(self, pids):
        self.pids = pids
        self.states = process_states()
        self.machine = machine_ticks()
        self.start = time.monotonic_ns()

    def stop(self):
        self.end = time.monotonic_ns()
        seconds = (self.end - self.start) / 1e9
        states = process_states()
        (busy, steal), capacity = machine_ticks(), seconds * os.cpu_count() * TICKS

        def spent(pids):
            both = [pid for pid in pids if pid in states and pid in self.states]
            return sum(states[pid].ticks - self.states[pid].ticks for pid in both)

        ours = spent(descendants(os.getpid(), states))
        self.cpu = spent(self.pids) / TICKS / seconds
        self.others = max(0, busy - self.machine[0] - ours) / capacity
        self.stolen = (steal - self.machine[1]) / capacity


# Figures.


def percentile(values, percent):
    """The nearest-rank percentile; not a number where there are no values."""
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]


def latency_figures(nanoseconds):
    """Percentiles in milliseconds."""
    values = [value / 1e6 for value in nanoseconds]
    figures = {f"p{percent}": percentile(values, percent) for percent in (50, 95, 99)}
    return figures | {"max": max(values, default=math.nan), "count": len(values)}


def median_of(rounds):
    """The median over rounds of each number in equal dictionaries, however deep."""
    first = rounds[0]
    if isinstance(first, dict):
        return {key: median_of([one[key] for one in rounds]) for key in first}
    return statistics.median(rounds) if isinstance(first, (int, float)) else first
