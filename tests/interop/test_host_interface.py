"""The host's programs at the addresses of DPDK's ports: they are reached, and reach others, and nothing leaves in clear
that a tunnel is for."""

import contextlib
import socket
import struct
import threading
import time

import pytest

from capture import MARKER
from frames import Recording, ipv4_header
from host_programs import PORT, TcpEcho, connect, family, is_echoed, reaches, send_datagram
from lab import wait_until
from ports import cipher_port, clear_port, dpdk_at, drops, mac
from scenario import dual_stack, esplane_at, esplane_tunnel
from test_fail_closed import leftovers
from topology import Topology
from traffic import EchoFlow, EchoServer

DEVICE = "esp-host"
RATE, BURST = 10_000, 8 + 64  # what the host is let have in a second from a link; at once, and what waits


class Scene:
    """Ports at a with the host behind them, a TUN device at b; echo servers at a's own host and at all its neighbours."""

    def __init__(self, lab, clear="ports", workers=1, up=True):
        self.lab = lab
        self.net = Topology(lab)
        self.peer = esplane_at(lab, self.net.b, self.net.a, **dual_stack(self.net.b, self.net.a))
        self.clear = clear
        self.ports = [cipher_port(self.net.a, workers, gateway=[self.net.b.edge_address, self.net.b.edge_address6])]
        if clear == "ports":
            self.ports.append(clear_port(self.net.a, workers))
        self.before = None
        self.ours = dpdk_at(
            lab,
            self.net.a,
            self.net.b,
            gateway={"workers": workers},
            ports=self.ports,
            dpdk={"host_interface": DEVICE},
            **dual_stack(self.net.a, self.net.b),
        )
        if up:
            self.ours.up()
        for namespace in (self.own, self.net.a.host, self.net.b.host, self.net.b.gateway):
            lab.defer(TcpEcho(namespace).close)

    @property
    def own(self):
        return self.net.a.gateway

    def host_interface(self):
        return self.ours.status()["host_interface"]


@pytest.fixture(params=["ports", "tun"])
def scene(request, lab):
    return Scene(lab, request.param)


@pytest.fixture
def on_ports(lab):
    return Scene(lab)


LAN = ["10.1.0.1", "fd00:1::1"]
WAN = ["192.0.2.1", "2001:db8:f::1"]


@pytest.mark.parametrize("address", LAN)
def test_a_neighbour_on_the_clear_side_reaches_the_host(on_ports, address):
    assert reaches(on_ports.net.a.host, address)
    assert on_ports.host_interface()["packets_to_host"] > 10


@pytest.mark.parametrize("address", WAN)
def test_a_neighbour_on_the_cipher_side_reaches_the_host(scene, address):
    assert reaches(scene.net.b.gateway, address)
    assert scene.host_interface()["packets_to_host"] > 10


@pytest.mark.parametrize("address", ["192.0.2.2", "2001:db8:f::2"])
def test_the_host_reaches_its_neighbours_on_the_cipher_side(scene, address):
    assert reaches(scene.own, address)
    assert scene.host_interface()["packets_from_host"] > 10


@pytest.mark.parametrize("address", ["10.1.0.2", "fd00:1::2"])
def test_the_host_reaches_its_neighbours_on_the_clear_side(on_ports, address):
    assert reaches(on_ports.own, address)


@pytest.mark.parametrize("address", ["198.51.100.7", "2001:db8:7::7"])
def test_the_host_reaches_what_is_behind_the_gateway_of_a_port(scene, address):
    scene.net.b.gateway.ip(f"address add {address} dev lo")
    assert reaches(scene.own, address)


@pytest.mark.parametrize("address", LAN)
def test_the_host_is_reached_through_a_tunnel(on_ports, address):
    with Recording(on_ports.net.wan, "port-b") as recording:
        assert reaches(on_ports.net.b.host, address)
    assert not clear_between_sites(recording), recording.describe()


@pytest.mark.parametrize("address,source", [("10.2.0.2", LAN[0]), ("fd00:2::2", LAN[1])])
def test_the_host_reaches_a_protected_network_through_the_tunnel(scene, address, source):
    with Recording(scene.net.wan, "port-b") as recording:
        assert reaches(scene.own, address, source)
    assert recording.counts["esp"] + recording.counts["esp-udp"] > 10
    assert not clear_between_sites(recording), recording.describe()


def clear_between_sites(recording):
    """Frames that show an address of either site's inside."""
    inside = [socket.inet_aton("10.1.0.0")[:2], socket.inet_aton("10.2.0.0")[:2]]
    inside += [socket.inet_pton(socket.AF_INET6, f"fd00:{site}::")[:4] for site in (1, 2)]
    found = list(recording.in_clear)
    for frame in recording.frames:
        size = 16 if frame.is_ipv6 else 4
        at = 8 if frame.is_ipv6 else 12
        addresses = frame.header[at : at + size], frame.header[at + size : at + 2 * size]
        if any(address.startswith(prefix) for address in addresses for prefix in inside):
            found.append(frame.octets[:80])
    return found


@pytest.mark.parametrize("is_up", [True, False])
def test_nothing_for_a_protected_network_leaves_in_clear(lab, is_up):
    """From no address, by no device: the neighbour would take it there."""
    scene = Scene(lab, up=is_up)
    with Recording(scene.net.wan, "port-b") as recording:
        for to, sources in (("10.2.0.2", [None, LAN[0], WAN[0]]), ("fd00:2::2", [None, LAN[1], WAN[1]])):
            for source in sources:
                for device in (None, DEVICE):
                    send_datagram(scene.own, to, source, device)
        # Behind these in the device: when it is there, they are, or would be.
        send_datagram(scene.own, "192.0.2.2", payload=b"the last")
        wait_until(lambda: any(b"the last" in frame.octets for frame in recording.frames), 3, "the last datagram")
    assert not clear_between_sites(recording), recording.describe()
    assert drops(scene.ours)["no_policy"] >= 8
    assert drops(scene.ours).get("no_sa", 0) == (0 if is_up else 4)


@pytest.mark.parametrize("clear", ["ports", "tun"])
def test_nothing_leaves_in_clear_while_a_tunnel_changes(lab, clear):
    scene = Scene(lab, clear)
    stop = threading.Event()

    def keep_sending():
        while not stop.is_set():
            for source in (LAN[0], WAN[0]):
                send_datagram(scene.own, "10.2.0.2", source)

    sender = threading.Thread(target=keep_sending, daemon=True)
    with Recording(scene.net.wan, "port-b") as recording:
        sender.start()
        for lifetime in ("30m", "31m", "32m"):
            tunnel = esplane_tunnel(
                scene.net.a, scene.net.b, esp={"lifetime": lifetime}, start="auto", **dual_stack(scene.net.a, scene.net.b)
            )
            scene.ours.configure({"net": tunnel})
            before = scene.ours.process.position()
            scene.ours.hangup()
            scene.ours.process.wait_for_line(r"reload done", 5, since=before)
            scene.ours.wait_established()
        stop.set()
        sender.join()
    assert recording.counts["esp"] + recording.counts["esp-udp"] > 100
    assert not clear_between_sites(recording), recording.describe()


def test_several_workers_share_the_host(lab):
    scene = Scene(lab, workers=2)
    for address in LAN:
        for _ in range(4):  # by whichever queue
            assert reaches(scene.net.a.host, address)
            assert reaches(scene.net.b.host, address)
    assert reaches(scene.own, "10.2.0.2", LAN[0])


def flood(namespace, address, seconds):
    """Datagrams for nobody, as fast as they leave; returns how many."""
    with namespace.socket(family(address), socket.SOCK_DGRAM) as made:
        made.connect((address, PORT + 1))
        sent = 0
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for _ in range(64):
                try:
                    made.send(MARKER)
                    sent += 1
                except OSError:
                    pass  # the host may say that nobody listens there
        return sent


def test_a_flood_is_limited_and_counted_and_leaves_others_alone(on_ports):
    """Of each flow, the way that does not share the flooded device's queue, which is full."""
    scene, net = on_ports, on_ports.net
    through, to_host = EchoServer(net.a.host, net.a.host_address), EchoServer(scene.own, WAN[0])
    for server in (through, to_host):
        scene.lab.defer(server.close)
    flows = [
        EchoFlow(net.b.host, net.b.host_address, through, net.a.host_address, rate=500),
        # The other link has a share of its own.
        EchoFlow(net.b.gateway, net.b.address, to_host, WAN[0], rate=100),
    ]
    for running in flows:
        running.wait_for_sent(20)
    before = scene.host_interface()["packets_to_host"]
    begin = time.monotonic()
    sent = flood(net.a.host, LAN[0], 2)
    let_through = scene.host_interface()["packets_to_host"] - before - flows[1].sent
    allowed = BURST + RATE * (time.monotonic() - begin)
    tallies = [running.finish() for running in flows]
    refused = drops(scene.ours)["host_limit"]
    assert sent > 1.5 * allowed, f"{sent} are no flood"
    assert let_through <= allowed
    assert refused > 0 and scene.host_interface()["refused"] >= refused
    assert [tally.lost_there for tally in tallies] == [0, 0], tallies


@pytest.mark.parametrize("clear", ["ports", "tun"])
def test_nothing_of_it_stays_after_the_end(lab, clear):
    net = Topology(lab)
    ports = [cipher_port(net.a)] + ([clear_port(net.a)] if clear == "ports" else [])
    ours = dpdk_at(lab, net.a, net.b, ports=ports)
    ours.stop()
    before = leftovers(net.a.gateway)
    ours = dpdk_at(lab, net.a, net.b, ports=ports, dpdk={"host_interface": DEVICE})
    during = leftovers(net.a.gateway)
    assert DEVICE in during["links"] and during["rules"] != before["rules"]
    ours.stop()
    assert leftovers(net.a.gateway) == before
    ours.start()
    assert leftovers(net.a.gateway) == during
    ours.kill()
    ours.start()
    assert leftovers(net.a.gateway) == during
    ours.stop()
    assert leftovers(net.a.gateway) == before


def test_a_device_that_is_there_is_left_alone(lab):
    net = Topology(lab)
    net.a.gateway.ip(f"tuntap add {DEVICE} mode tun")
    ours = dpdk_at(lab, net.a, net.b, dpdk={"host_interface": DEVICE}, wait=False)
    ours.process.wait_for_line(rf"cannot create TUN device {DEVICE}.*choose another `dpdk.host_interface`", 10)
    assert ours.process.wait(5) == 1
    assert DEVICE in net.a.gateway.links()


def datagram(source, destination, payload):
    """An IPv4 packet with a datagram to PORT."""
    udp = struct.pack("!HHHH", PORT, PORT, 8 + len(payload), 0) + payload
    blank = bytes([0x45]) + bytes(7) + bytes([64, 17, 0, 0]) + socket.inet_aton(source) + socket.inet_aton(destination)
    return ipv4_header(blank, len(udp), 0) + udp


@contextlib.contextmanager
def raw_link(namespace, device):
    """A socket that sends whole frames by a device."""
    with namespace.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as raw:
        with namespace.entered():
            raw.bind((device, 0))
        yield raw


def test_nobody_pretends_to_be_behind_a_tunnel(on_ports):
    """In clear, with an address of a remote subnet; and it is the address alone that makes the difference."""
    net, own = on_ports.net, on_ports.own
    own.sysctl(ipv4__conf__all__rp_filter=0)
    header = bytes.fromhex((mac(own, "wan") + mac(net.b.gateway, "wan")).replace(":", "")) + b"\x08\x00"
    with own.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.settimeout(3)
        listener.bind((WAN[0], PORT))
        with raw_link(net.b.gateway, "wan") as raw:
            raw.send(header + datagram("10.2.0.7", WAN[0], b"pretended"))
            raw.send(header + datagram("192.0.2.7", WAN[0], b"honest"))
        assert listener.recv(100) == b"honest"
    assert drops(on_ports.ours)["in_clear"] == 1
    # The peer's own host does, too, where the tunnel does not go.
    assert not reaches(net.b.host, WAN[0], timeout=1)
    assert drops(on_ports.ours)["in_clear"] > 1


def test_what_was_for_everybody_on_the_link_is_not_the_hosts(on_ports):
    net, own = on_ports.net, on_ports.own
    source = bytes.fromhex(mac(net.b.gateway, "wan").replace(":", ""))
    station = bytes.fromhex(mac(own, "wan").replace(":", ""))
    with own.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.settimeout(3)
        listener.bind((WAN[0], PORT))
        with raw_link(net.b.gateway, "wan") as raw:
            for to, payload in ((b"\xff" * 6, b"to all"), (station, b"to one")):
                raw.send(to + source + b"\x08\x00" + datagram("192.0.2.7", WAN[0], payload))
        assert listener.recv(100) == b"to one"


def test_ports_that_nobody_listens_at_are_closed(on_ports):
    """The host's kernel says so, as it does everywhere."""
    with pytest.raises(ConnectionRefusedError):
        with on_ports.net.a.host.socket(socket.AF_INET, socket.SOCK_STREAM) as made:
            made.settimeout(3)
            made.connect((LAN[0], PORT + 1))


def test_the_host_pings_and_traces(on_ports):
    """What is no question is an answer to the host's: by its kernel, not by the ports."""
    own = on_ports.own
    for to, source in ((on_ports.net.a.host_address, LAN[0]), ("192.0.2.2", WAN[0]), ("10.2.0.2", LAN[0])):
        done = own.run("ping", "-n", "-c", 2, "-i", "0.05", "-W", 2, "-I", source, to, check=False)
        assert " 2 received" in done.stdout, done.stdout


def test_status_and_metrics_show_it(lab):
    net = Topology(lab)
    ours = dpdk_at(lab, net.a, net.b, gateway={"metrics": "127.0.0.1:9510"}, dpdk={"host_interface": DEVICE})
    lab.defer(TcpEcho(net.a.gateway).close)
    assert reaches(net.a.host, LAN[0])
    shown = ours.status()["host_interface"]
    assert shown["name"] == DEVICE
    assert shown["bytes_to_host"] > 100_000 and shown["bytes_from_host"] > 100_000
    assert f"host interface {DEVICE}" in ours.cli("status").stdout
    text = metrics_text(net.a.gateway)
    assert 'esplane_host_packets_total{direction="to_host"}' in text


def metrics_text(namespace):
    with namespace.socket(socket.AF_INET, socket.SOCK_STREAM) as made:
        made.connect(("127.0.0.1", 9510))
        made.sendall(b"GET /metrics HTTP/1.0\r\nHost: x\r\n\r\n")
        received = b""
        while more := made.recv(65536):
            received += more
    return received.decode()
