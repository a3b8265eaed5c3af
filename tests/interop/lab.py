"""Network namespaces, the links between them and the processes inside: built by a `with`, gone after it.

A `Lab` owns everything it made. Names carry the process id of the test run, so that two runs never collide and a later
run can sweep away what a killed one left behind.
"""

import contextlib
import ctypes
import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

NETNS_DIR = Path("/run/netns")
CLONE_NEWNET = 0x40000000
PREFIX = "esplane-lab"

_libc = ctypes.CDLL(None, use_errno=True)


class LabError(RuntimeError):
    """The laboratory itself failed, as opposed to what it examines."""


def unavailable():
    """Why the laboratory cannot run on this machine, or None."""
    if os.geteuid() != 0:
        return "needs root: network namespaces and TUN devices are made here"
    if not os.access("/dev/net/tun", os.R_OK | os.W_OK):
        return "needs /dev/net/tun: load the module `tun`, or give the container the device"
    for tool in ("ip", "nft", "setpriv", "iperf3"):
        if shutil.which(tool) is None:
            return f"needs `{tool}`: run scripts/setup"
    probe = f"{PREFIX}-{os.getpid()}-probe"
    made = subprocess.run(["ip", "netns", "add", probe], capture_output=True, text=True)
    if made.returncode != 0:
        return f"needs network namespaces: {made.stderr.strip()}"
    subprocess.run(["ip", "netns", "delete", probe], check=False)
    return None


def wait_until(probe, timeout, what, interval=0.01):
    """Returns the first true value of `probe()`; LabError names `what` when none came within `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        value = probe()
        if value:
            return value
        if time.monotonic() >= deadline:
            raise LabError(f"waited {timeout} s in vain for {what}")
        time.sleep(interval)


def _setns(fd):
    if _libc.setns(fd, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


class Namespace:
    """One network namespace. Sockets made through it stay in it, whichever thread uses them."""

    def __init__(self, name):
        self.name = name

    @contextlib.contextmanager
    def entered(self):
        """Moves the calling thread into the namespace for the duration of a `with`."""
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        try:
            target = os.open(NETNS_DIR / self.name, os.O_RDONLY)
            try:
                _setns(target)
            finally:
                os.close(target)
            try:
                yield self
            finally:
                _setns(home)
        finally:
            os.close(home)

    def socket(self, family, kind, protocol=0):
        with self.entered():
            return socket.socket(family, kind, protocol)

    def sysctl(self, **values):
        """Sets `net.` sysctls, written with `__` for the dots: sysctl(ipv4__ip_forward=1)."""
        with self.entered():
            for key, value in values.items():
                Path("/proc/sys/net", *key.split("__")).write_text(str(value))

    def command(self, *arguments):
        return ["ip", "netns", "exec", self.name, *map(str, arguments)]

    def run(self, *arguments, check=True, timeout=30, **options):
        """Runs a command inside and returns it completed, its output as text."""
        done = subprocess.run(self.command(*arguments), capture_output=True, text=True, timeout=timeout, **options)
        if check and done.returncode != 0:
            said = done.stderr.strip() or done.stdout.strip()
            raise LabError(f"{self.name}: {' '.join(map(str, arguments))}: {said}")
        return done

    def ip(self, *lines):
        """Runs `ip` commands, one a line, in one go."""
        self.run("ip", "-batch", "-", input="\n".join(lines) + "\n")

    def routes(self):
        """Every route of every table, both families, as sorted text lines."""
        lines = []
        for family in ("-4", "-6"):
            lines += self.run("ip", family, "route", "show", "table", "all").stdout.splitlines()
        return sorted(" ".join(line.split()) for line in lines)

    def rules(self):
        return sorted(self.run("ip", family, "rule").stdout for family in ("-4", "-6"))

    def links(self):
        return sorted(re.findall(r"^\d+: ([^:@]+)", self.run("ip", "-o", "link").stdout, re.MULTILINE))


class Process:
    """A long-running program in a namespace: its output kept line by line, its end guaranteed."""

    def __init__(self, namespace, arguments, environment=None):
        self.arguments = [str(argument) for argument in arguments]
        self.lines = []
        self._news = threading.Condition()
        self.started_at = time.monotonic()
        # Should this run be killed, the kernel kills the child too: no stray daemon outlives a test run.
        self._popen = subprocess.Popen(
            namespace.command("setpriv", "--pdeathsig", "KILL", *self.arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env={**os.environ, **(environment or {})},
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self):
        return self._popen.pid

    def _read(self):
        for line in self._popen.stdout:
            with self._news:
                self.lines.append((time.monotonic(), line.rstrip("\n")))
                self._news.notify_all()
        with self._news:
            self.lines.append((time.monotonic(), None))
            self._news.notify_all()

    def log(self):
        with self._news:
            return "\n".join(line for _, line in self.lines if line is not None)

    def position(self):
        """A bookmark in the log, for `wait_for_line(since=...)`."""
        with self._news:
            return len(self.lines)

    def wait_for_line(self, pattern, timeout, since=0):
        """Waits for a line that matches; returns (monotonic time of its arrival, line)."""
        expression = re.compile(pattern)
        deadline = time.monotonic() + timeout
        with self._news:
            position = since
            while True:
                while position < len(self.lines):
                    when, line = self.lines[position]
                    position += 1
                    if line is None:
                        raise LabError(f"{self.arguments[0]} ended before it said /{pattern}/:\n{self._tail()}")
                    if expression.search(line):
                        return when, line
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    raise LabError(f"{self.arguments[0]} did not say /{pattern}/ in {timeout} s:\n{self._tail()}")
                self._news.wait(remaining)

    def _tail(self):
        return "\n".join(line for _, line in self.lines[-40:] if line is not None)

    def alive(self):
        return self._popen.poll() is None

    def signal(self, number):
        self._popen.send_signal(number)

    def wait(self, timeout):
        """Waits for the end and returns the exit status, negative for a signal."""
        status = self._popen.wait(timeout)
        self._reader.join(timeout)
        return status

    def stop(self, timeout=5):
        """SIGTERM, then SIGKILL for one that does not listen; returns the exit status."""
        if self.alive():
            self._popen.terminate()
            try:
                self._popen.wait(timeout)
            except subprocess.TimeoutExpired:
                self._popen.kill()
        status = self._popen.wait()
        self._reader.join(timeout)
        self._popen.stdout.close()
        return status

    def resident_bytes(self):
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise LabError(f"no VmRSS for {self.pid}")


class Lab:
    """Owns namespaces, processes, scratch files and whatever else is given to `defer`; undoes them newest first."""

    _count = 0

    def __init__(self):
        Lab._count += 1
        self._prefix = f"{PREFIX}-{os.getpid()}-{Lab._count}"
        self._undo = contextlib.ExitStack()
        self.directory = None

    def __enter__(self):
        self.directory = Path(tempfile.mkdtemp(prefix=f"{self._prefix}-"))
        self.defer(shutil.rmtree, self.directory, ignore_errors=True)
        return self

    def __exit__(self, *failure):
        self._undo.close()

    def defer(self, action, *arguments, **options):
        self._undo.callback(action, *arguments, **options)

    def namespace(self, name):
        full = f"{self._prefix}-{name}"
        subprocess.run(["ip", "netns", "add", full], check=True)
        self.defer(subprocess.run, ["ip", "netns", "delete", full], check=False)
        made = Namespace(full)
        made.ip("link set lo up")
        # No duplicate address detection: a fresh IPv6 address must be usable at once.
        made.sysctl(ipv6__conf__all__accept_dad=0, ipv6__conf__default__accept_dad=0)
        return made

    def link(self, left, left_name, right, right_name):
        """Joins two namespaces by a veth pair, both ends up."""
        left.ip(f"link add {left_name} type veth peer name {right_name} netns {right.name}", f"link set {left_name} up")
        right.ip(f"link set {right_name} up")

    def start(self, namespace, arguments, environment=None):
        process = Process(namespace, arguments, environment)
        self.defer(process.stop)
        return process


def sweep():
    """Removes the namespaces of earlier runs whose process is gone."""
    if not NETNS_DIR.is_dir():
        return
    for entry in NETNS_DIR.iterdir():
        match = re.fullmatch(rf"{PREFIX}-(\d+)-.*", entry.name)
        if match and not Path("/proc", match[1]).exists():
            subprocess.run(["ip", "netns", "delete", entry.name], check=False)
