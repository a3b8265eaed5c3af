"""iperf3 from host-a to host-b. What it sends before it is warm is left out of the rate, not out of the octets."""

import json
import signal
from dataclasses import dataclass

from lab import LabError

WARM_UP_SECONDS = 1


@dataclass(frozen=True)
class Transfer:
    bits_per_second: float  # at the receiver, warm-up left out
    gigabytes: float  # with the warm-up
    retransmits: int


class Tcp:
    """One run of iperf3, under way; `options` are its own."""

    def __init__(self, lab, network, seconds, *options):
        address = network.b.host_address
        self._seconds = seconds
        self._server = lab.start(network.b.host, ["iperf3", "--server", "--one-off", "--forceflush", "--bind", address])
        self._server.wait_for_line(r"listening on", 5)
        command = ["iperf3", "--client", address, "--json", "--connect-timeout", 3000]
        command += ["--time", seconds, "--omit", WARM_UP_SECONDS]
        self._client = lab.start(network.a.host, command + list(options))

    def finish(self):
        try:
            self._client.wait(self._seconds + WARM_UP_SECONDS + 20)
            return parse(self._client.log())
        finally:
            self.abandon()

    def abandon(self):
        for process in (self._client, self._server):
            if process.alive():
                process.signal(signal.SIGKILL)
            process.stop()


def parse(text):
    try:
        report = json.loads(text)
    except ValueError:
        raise LabError(f"iperf3: {text.strip()[:400]}") from None
    if "error" in report:
        raise LabError(f"iperf3: {report['error']}")
    received = report["end"]["sum_received"]
    if received["bits_per_second"] <= 0:
        raise LabError("iperf3 received nothing")
    octets = sum(interval["sum"]["bytes"] for interval in report["intervals"])
    retransmits = report["end"]["sum_sent"].get("retransmits", 0)
    return Transfer(received["bits_per_second"], octets / 1e9, retransmits)
