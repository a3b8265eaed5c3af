"""An esplane gateway in a namespace: started from a dictionary, watched by its log, driven by its command line."""

import json
import os
import shlex
import signal
from pathlib import Path

from lab import LabError, wait_until

BINARY = Path(os.environ.get("ESPLANE_BUILD", Path(__file__).parents[2] / "build")) / "gateway" / "esplane"
READY = r"\bready\b"


class Esplane:
    """One `esplane run`. It is ready when the constructor returns, unless `wait` is false."""

    def __init__(self, lab, namespace, tunnels, gateway=None, dpdk=None, wait=True):
        self._lab = lab
        self.namespace = namespace
        self._directory = lab.directory / f"esplane-{namespace.name}"
        self._directory.mkdir(exist_ok=True)
        self.state_directory = self._directory / "state"
        own = {"control_socket": self._directory / "control.sock", "state_directory": self.state_directory}
        self._gateway = {**{key: str(path) for key, path in own.items()}, **(gateway or {})}
        self._dpdk = {"dpdk": dpdk} if dpdk else {}
        self.config = self._directory / "esplane.yaml"
        self.process = None
        self.configure(tunnels)
        self.start(wait)

    def configure(self, tunnels):
        """Writes the configuration. JSON is YAML too, so the standard library is enough."""
        self.config.write_text(json.dumps({"gateway": self._gateway, **self._dpdk, "tunnels": tunnels}, indent=2))

    def start(self, wait=True):
        """Starts the process, again after `kill` or `stop`."""
        self.process = self._lab.start(self.namespace, [BINARY, "run", "--config", self.config])
        if wait:
            self.wait_ready()

    def wait_ready(self, timeout=5):
        """Returns the monotonic time at which `ready` was said."""
        return self.process.wait_for_line(READY, timeout)[0]

    def stop(self):
        """SIGTERM; the exit status must be 0."""
        status = self.process.stop()
        if status != 0:
            raise LabError(f"esplane ended with {status} on SIGTERM:\n{self.log()}")

    def kill(self):
        self.process.signal(signal.SIGKILL)
        self.process.wait(5)

    def hangup(self):
        self.process.signal(signal.SIGHUP)

    def cli(self, *arguments, check=True, timeout=40):
        return self.namespace.run(*self._command(*arguments), check=check, timeout=timeout)

    def command(self, *arguments):
        """The same as a line for a shell, in any namespace."""
        return shlex.join(self._command(*arguments))

    def _command(self, command, *arguments):
        return [str(BINARY), command, "--socket", self._gateway["control_socket"], *arguments]

    def up(self, name="net", check=True, timeout=10):
        return self.cli("up", name, "--timeout", f"{timeout}s", check=check, timeout=timeout + 5)

    def down(self, name="net"):
        return self.cli("down", name)

    def rekey(self, name="net", ike=False):
        return self.cli("rekey", name, *(["--ike"] if ike else []))

    def status(self):
        return json.loads(self.cli("status", "--json").stdout)

    def tunnel(self, name="net"):
        for tunnel in self.status()["tunnels"]:
            if tunnel["name"] == name:
                return tunnel
        raise LabError(f"status knows no tunnel {name}")

    def wait_established(self, name="net", timeout=10):
        """Waits for the state `established` with a child; returns the tunnel's status."""

        def probe():
            tunnel = self.tunnel(name)
            return tunnel if tunnel["state"] == "established" and tunnel["children"] else None

        return self._wait(probe, timeout, f"tunnel {name} established")

    def wait_error(self, name="net", timeout=10):
        """Waits for a `last_error` and returns it."""
        return self._wait(lambda: self.tunnel(name)["last_error"], timeout, f"tunnel {name} to report an error")

    def _wait(self, probe, timeout, what):
        try:
            return wait_until(probe, timeout, what)
        except LabError as failure:
            raise LabError(f"{failure}; esplane's log:\n{self.log()}") from failure

    def log(self):
        return self.process.log()
