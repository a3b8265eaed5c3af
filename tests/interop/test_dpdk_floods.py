"""More than DPDK's ports, their workers or the control thread can take: every frame that is lost is counted under what it
was lost for, memory stays what it was, no worker stands still, and the tunnel carries on."""

import contextlib
import json
import signal
from dataclasses import dataclass

import pytest

from esplane import BINARY
from lab import wait_until
from ports import dpdk_at, drops
from scenario import esplane_at
from topology import Topology
from traffic import ping

PROBE = BINARY.parents[1] / "benchmarks" / "esplane-probe"
OUTSIDER = "192.0.2.200"  # on the outer segment, and no peer
MOST_GROWTH = 4 << 20  # octets of memory
FEW = 100  # frames that came by themselves meanwhile

pytestmark = pytest.mark.skipif(not PROBE.exists(), reason=f"has no {PROBE}: run scripts/build bench-tun")


@pytest.fixture
def tunnel(lab):
    """Ports at a, a TUN device at b, up."""
    net = Topology(lab)
    net.wan.ip(f"address add {OUTSIDER}/24 dev wan")
    esplane_at(lab, net.b, net.a)
    ours = dpdk_at(lab, net.a, net.b)
    ours.up()
    assert_both_ways(net)
    net.wan.run("ping", "-c", 1, net.a.address)  # so that the outsider knows the port's MAC address
    return net, ours


def assert_both_ways(net):
    for near, far in ((net.a, net.b), (net.b, net.a)):
        assert ping(near, far.host_address) == 3


@dataclass
class Counters:
    """Of one moment, or what has been added since another."""

    ports: dict  # by name
    drops: dict  # by reason

    def since(self, before):
        ports = {name: {key: now[key] - before.ports[name][key] for key in now} for name, now in self.ports.items()}
        reasons = {reason: count - before.drops.get(reason, 0) for reason, count in self.drops.items()}
        return Counters(ports, reasons)


def counters(gateway):
    keys = ("packets_in", "packets_out", "missed")
    status = gateway.status()
    return Counters({port["name"]: {key: port[key] for key in keys} for port in status["ports"]}, drops(gateway))


def flood(namespace, address, port=7, start=bytes(8), seconds=1):
    """As many datagrams of 100 octets as go, which begin with `start`; says how many."""
    run = int.from_bytes(start, "little")
    options = ("--port", port, "--run", run, "--size", 100, "--seconds", seconds)
    return json.loads(namespace.run(PROBE, "send", address, *options).stdout)["sent"]


def settled(gateway):
    """Its counters, once nothing is under way any more."""
    seen = [counters(gateway)]

    def rests():
        seen.append(counters(gateway))
        return seen[-1].ports == seen[-2].ports

    wait_until(rests, 10, "the ports to fall silent", interval=0.2)
    return seen[-1]


@contextlib.contextmanager
def survived(net, gateway):
    """Yields what is filled in afterwards: what was counted during the `with`."""
    before, memory, sas = counters(gateway), gateway.process.resident_bytes(), gateway.tunnel()["children"]
    counted = Counters({}, {})
    yield counted
    wait_until(lambda: not any(worker["stalled"] for worker in gateway.status()["workers"]), 2, "all workers to turn")
    added = settled(gateway).since(before)
    counted.ports, counted.drops = added.ports, added.drops
    assert gateway.process.resident_bytes() - memory < MOST_GROWTH
    assert_both_ways(net)
    assert [sa["spi_in"] for sa in gateway.tunnel()["children"]] == [sa["spi_in"] for sa in sas]


def assert_all_arrived(port, sent):
    """Or were counted as missed. The kernel may lose a few on its way there, and others come by themselves."""
    assert 0.98 * sent <= port["packets_in"] + port["missed"] <= sent + FEW


def test_more_than_the_queue_of_a_port_holds(tunnel):
    """For as long as the gateway gets no cpu at all."""
    net, ours = tunnel
    for name, source, address in (("lan", net.a.host, net.b.host_address), ("wan", net.wan, net.a.address)):
        with survived(net, ours) as counted:
            ours.process.signal(signal.SIGSTOP)
            try:
                sent = flood(source, address, seconds=0.5)
            finally:
                ours.process.signal(signal.SIGCONT)
        assert_all_arrived(counted.ports[name], sent)
        assert counted.ports[name]["missed"] > sent // 2


def test_more_plain_packets_than_a_worker_seals(tunnel):
    net, ours = tunnel
    with survived(net, ours) as counted:
        sent = flood(net.a.host, net.b.host_address)
    assert_all_arrived(counted.ports["lan"], sent)
    gone = counted.ports["wan"]["packets_out"] + sum(counted.drops.values())
    assert abs(counted.ports["lan"]["packets_in"] - gone) < FEW


def test_esp_of_no_sa(tunnel):
    net, ours = tunnel
    with survived(net, ours) as counted:
        sent = flood(net.wan, net.a.address, 4500, bytes.fromhex("1122334400000001"))
    assert_all_arrived(counted.ports["wan"], sent)
    assert abs(counted.drops["unknown_spi"] - counted.ports["wan"]["packets_in"]) < FEW


def test_esp_of_a_live_sa_by_whoever_has_no_key(tunnel):
    net, ours = tunnel
    (child,) = ours.tunnel()["children"]
    with survived(net, ours) as counted:
        sent = flood(net.wan, net.a.address, 4500, bytes.fromhex(child["spi_in"][-8:]) + bytes.fromhex("00000400"))
    assert_all_arrived(counted.ports["wan"], sent)
    assert abs(counted.drops["bad_icv"] - counted.ports["wan"]["packets_in"]) < FEW


@pytest.mark.parametrize("port, start", [(500, "0102030405060708"), (4500, "0000000001020304")])
def test_more_ike_than_the_control_thread_reads(tunnel, port, start):
    net, ours = tunnel
    with survived(net, ours) as counted:
        sent = flood(net.wan, net.a.address, port, bytes.fromhex(start))
        assert ours.cli("status", timeout=5).returncode == 0
    assert_all_arrived(counted.ports["wan"], sent)
    assert {reason for reason, count in counted.drops.items() if count >= FEW} <= {"control_ring_full"}


def test_packets_to_a_neighbour_that_is_not_there(tunnel):
    """Out of the tunnel, and by peers that mean no harm."""
    net, ours = tunnel
    with survived(net, ours) as counted:
        flood(net.b.host, "10.1.0.77", seconds=0.5)
        wait_until(lambda: drops(ours).get("no_neighbour", 0) > FEW, 5, "packets without a neighbour")
    assert counted.drops["no_neighbour"] > FEW
