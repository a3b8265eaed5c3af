"""Ports of DPDK as stations on a link: ARP and neighbour discovery with Linux, VLANs, pulled cables."""

import socket
import struct

import pytest

from capture import ETH_P_ALL, ETH_P_IP, MARKER
from frames import Recording, checksum, ipv4_header
from lab import wait_until
from ports import cipher_port, clear_port, dpdk_at, drops, known_mac, mac, neighbour
from scenario import dual_stack, esplane_at
from topology import Topology
from traffic import EchoFlow, EchoServer, ping


def start(lab, vlan=None):
    """Ports at a, a TUN device at b, both families inside, up."""
    net = Topology(lab)
    esplane_at(lab, net.b, net.a, **dual_stack(net.b, net.a))
    ports = [cipher_port(net.a), clear_port(net.a, **({"vlan": vlan} if vlan else {}))]
    ours = dpdk_at(lab, net.a, net.b, ports=ports, **dual_stack(net.a, net.b))
    ours.up()
    return net, ours


@pytest.fixture
def tunnel(lab):
    return start(lab)


@pytest.fixture
def flow(lab):
    """A steady flow between two hosts, begun when called."""

    def begin(near, far, address="host_address"):
        to = getattr(far, address)
        server = EchoServer(far.host, to)
        lab.defer(server.close)
        return EchoFlow(near.host, getattr(near, address), server, to, rate=100)

    return begin


def echo_request(source, destination):
    message = struct.pack("!BBHHH", 8, 0, 0, 1, 1) + MARKER
    message = message[:2] + struct.pack("!H", checksum(message)) + message[4:]
    blank = bytes([0x45]) + bytes(7) + bytes([64, 1, 0, 0]) + socket.inet_aton(source) + socket.inet_aton(destination)
    return ipv4_header(blank, len(message), 0) + message


def wait_for_answers(flow, more=10, timeout=10):
    target = flow.returned + more
    wait_until(lambda: flow.returned >= target, timeout, f"{more} further answers")


def test_linux_finds_the_port(tunnel):
    net, _ = tunnel
    port = mac(net.a.gateway, "lan")
    for destination in (net.b.host_address, net.b.host_address6):
        assert ping(net.a, destination) == 3
    assert known_mac(net.a.host, "lan", "10.1.0.1") == port
    assert known_mac(net.a.host, "lan", "fd00:1::1") == port
    assert known_mac(net.b.gateway, "wan", net.a.edge_address) == mac(net.a.gateway, "wan")


@pytest.mark.parametrize("address", ["host_address", "host_address6"])
def test_the_port_finds_linux(tunnel, address):
    """Nothing has come from the host when the first packet is for it."""
    net, _ = tunnel
    assert ping(net.b, getattr(net.a, address), count=1) == 1


@pytest.mark.parametrize("address", ["host_address", "host_address6"])
def test_a_host_with_a_new_mac_is_followed(tunnel, flow, address):
    net, _ = tunnel
    net.a.host.sysctl(ipv4__conf__lan__arp_notify=1, ipv6__conf__lan__ndisc_notify=1)
    running = flow(net.b, net.a, address)
    # Two changes within a second would not be believed.
    running.wait_for_sent(120)
    wait_for_answers(running)
    net.a.host.ip("link set lan address 02:00:00:00:00:55")
    wait_for_answers(running, timeout=3)
    running.finish(grace=0.1)


def believe_in_another(namespace, device, addresses):
    """What a neighbour knows of a gateway that was there before."""
    for address in addresses:
        namespace.ip(f"neigh replace {address} lladdr 02:00:00:00:00:66 nud stale dev {device}")


def wait_until_told(namespace, device, addresses, port):
    """An entry that is corrected by an announcement is stale; the answer to a question would make it reachable."""
    for address in addresses:
        wait_until(lambda: known_mac(namespace, device, address) == port, 5, f"{address} to be known at {port}")
        assert neighbour(namespace, device, address) == (port, ["STALE"])


def packets_out(gateway, name):
    return next(port["packets_out"] for port in gateway.status()["ports"] if port["name"] == name)


def test_neighbours_learn_at_the_start_who_has_the_addresses(lab):
    net = Topology(lab)
    ours = ("10.1.0.1", "fd00:1::1")
    believe_in_another(net.a.host, "lan", ours)
    dpdk_at(lab, net.a, net.b)
    wait_until_told(net.a.host, "lan", ours, mac(net.a.gateway, "lan"))


def test_neighbours_learn_it_again_when_the_link_comes_back(lab):
    net = Topology(lab)
    ours = (net.a.edge_address, net.a.edge_address6)
    gateway = dpdk_at(lab, net.a, net.b)
    wait_until(lambda: packets_out(gateway, "wan") >= 2 * len(ours), 5, "all that is said at the start")
    plug_in = unplug_wan(net)
    gateway.process.wait_for_line(r"port wan: the link is down", 5)
    believe_in_another(net.b.gateway, "wan", ours)
    plug_in()
    wait_until_told(net.b.gateway, "wan", ours, mac(net.a.gateway, "wan"))


def unplug_wan(net):
    net.wan.ip("link set port-a down")
    return lambda: net.wan.ip("link set port-a up")


def unplug_lan(net):
    """The host loses its routes with the link."""
    net.a.host.sysctl(ipv6__conf__lan__keep_addr_on_down=1)
    net.a.host.ip("link set lan down")
    return lambda: net.a.host.ip(
        "link set lan up", "route replace default via 10.1.0.1", "route replace ::/0 via fd00:1::1"
    )


def take_down(net):
    """Of our own end, by somebody who does not know that it is DPDK's."""
    net.a.gateway.ip("link set wan down")
    return lambda: net.a.gateway.ip("link set wan up")


@pytest.mark.parametrize("unplug", [unplug_wan, unplug_lan, take_down])
def test_a_cable_is_pulled_and_plugged_in_again(tunnel, flow, unplug):
    net, ours = tunnel
    flows = [flow(net.a, net.b), flow(net.b, net.a)]
    for running in flows:
        wait_for_answers(running)
    plug_in = unplug(net)
    ours.process.wait_for_line(r"port (lan|wan): the link is down", 5)
    flows[-1].wait_for_sent(100)
    plug_in()
    ours.process.wait_for_line(r"port (lan|wan): the link is up again", 5)
    for running in flows:
        wait_for_answers(running, more=50, timeout=5)
    tallies = [running.finish(grace=0.1) for running in flows]
    # It was pulled: what came in is lost, while the driver keeps what was to go out, up to a full queue.
    assert sum(tally.lost_there + tally.lost_back for tally in tallies) > 50, tallies
    assert ours.process.alive()


def test_tagged_packets_are_carried(lab):
    """By a raw socket, since a kernel may not know of tags: a packet of the port's VLAN, and two that are not."""
    net, ours = start(lab, vlan=7)
    packet = echo_request(net.a.host_address, net.b.host_address)
    header = bytes.fromhex((mac(net.a.gateway, "lan") + mac(net.a.host, "lan")).replace(":", ""))
    with Recording(net.b.host, "lan") as arrived:
        with net.a.host.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as raw:
            with net.a.host.entered():
                raw.bind(("lan", ETH_P_ALL))
            before = drops(ours).get("not_for_us", 0)
            for tag in (b"", struct.pack("!HH", 0x8100, 8), struct.pack("!HH", 0x8100, 7)):
                raw.send(header + tag + struct.pack("!H", ETH_P_IP) + packet)
        wait_until(lambda: arrived.echo_requests(net.b.host_address), 2, "the tagged packet to arrive")
    assert len(arrived.echo_requests(net.b.host_address)) == 1
    assert drops(ours)["not_for_us"] - before >= 2
