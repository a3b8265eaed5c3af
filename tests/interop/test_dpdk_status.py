"""What status and log say of ports: how packets find their worker, and who else claims a port's address."""

import socket
import struct

from capture import ETH_P_ALL
from ports import cipher_port, clear_port, dpdk_at
from topology import Topology
from traffic import ping


def test_the_driver_spreads_packets_that_no_rule_can_steer(lab):
    """None of the drivers for devices of the kernel's looks at SPIs: the workers hand over."""
    net = Topology(lab)
    ports = [
        cipher_port(net.a, queues=2),
        clear_port(net.a, device="net_tap0,iface=tap-lan", mtu=1500),
    ]
    ours = dpdk_at(lab, net.a, net.b, ports=ports, gateway={"workers": 2})
    by_name = {port["name"]: port for port in ours.status()["ports"]}
    assert by_name["wan"]["steering"] == "handoff"
    assert by_name["lan"]["steering"] in ("rss", "handoff")
    assert by_name["wan"]["steered"] == []
    assert "the driver spreads packets" in ours.cli("status").stdout
    ours.process.wait_for_line(r"port wan: .* 2 queues, packets spread over them by the driver", 2)


def test_a_device_that_refuses_rules_is_opened_all_the_same(lab):
    """net_tap has rte_flow, and no rule about ESP."""
    net = Topology(lab)
    ports = [cipher_port(net.a, device="net_tap0,iface=tap-wan"), clear_port(net.a, queues=2)]
    ours = dpdk_at(lab, net.a, net.b, ports=ports, gateway={"workers": 2})
    (wan,) = [port for port in ours.status()["ports"] if port["name"] == "wan"]
    assert (wan["driver"], wan["queues"]) == ("net_tap", 2)
    assert wan["steered"] == []
    assert wan["steering"] in ("rss", "handoff")
    ours.stop()


def arp(sender_mac, sender, target, operation=1):
    head = struct.pack("!HHBBH", 1, 0x0800, 6, 4, operation)
    body = sender_mac + socket.inet_aton(sender) + bytes(6) + socket.inet_aton(target)
    return b"\xff" * 6 + sender_mac + b"\x08\x06" + head + body


def claim(namespace, device, address, count=50):
    """Somebody on the link says that the address is its own."""
    stranger = bytes.fromhex("020000000077")
    with namespace.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL)) as link:
        with namespace.entered():
            link.bind((device, ETH_P_ALL))
        for _ in range(count):
            link.send(arp(stranger, address, address))


def test_who_claims_a_port_s_address_is_named_once(lab):
    net = Topology(lab)
    ours = dpdk_at(lab, net.a, net.b)
    assert ping(net.a, "10.1.0.1") == 3
    line = r"port {}: another station on the link, 02:00:00:00:00:77, claims its address {}"
    claim(net.a.host, "lan", "10.1.0.1")
    ours.process.wait_for_line(line.format("lan", "10.1.0.1"), 5)
    claim(net.a.host, "lan", "10.1.0.1")
    claim(net.wan, "port-a", "192.0.2.1")
    ours.process.wait_for_line(line.format("wan", "192.0.2.1"), 5)
    assert ours.log().count("claims its address 10.1.0.1") == 1
    (lan,) = [port for port in ours.status()["ports"] if port["name"] == "lan"]
    assert lan["claimed_by_others"] == [{"address": "10.1.0.1", "mac": "02:00:00:00:00:77"}]
    assert "10.1.0.1 is claimed by another station, 02:00:00:00:00:77" in ours.cli("status").stdout
