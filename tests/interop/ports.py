"""A gateway whose ports DPDK drives: veth devices that the kernel has given up, by DPDK's af_packet driver.

The driver has the kernel put fragments together again before it hands them over, so a port that is to see datagrams of
9,000 octets needs room for them, and keeps its buffers in locked memory, of which there may be 8 MiB.
"""

import json
import socket
import struct
import time

from capture import ETH_P_ALL
from esplane import Esplane
from scenario import esplane_tunnel

ROOMY = "framesz=9216,blocksz=36864,framecnt=128"


def plain_frames(namespace, device):
    """Lets a device send what a wire would carry: whole checksums, no super-packets."""
    namespace.run("ethtool", "-K", device, "tx", "off", "tso", "off", "gso", "off")


def take_from_kernel(site, *devices):
    """Leaves a gateway's devices to whoever opens them: the kernel has no address there, and sees nothing that comes.
    Packet sockets see it before."""
    for device in devices:
        site.gateway.ip(f"address flush dev {device}")
        site.gateway.sysctl(**{f"ipv6__conf__{device}__disable_ipv6": 1})
        hook = f"type filter hook ingress device {device} priority 0; policy drop;"
        site.gateway.run("nft", f"table netdev {device} {{ chain blind {{ {hook} }}; }}")


def cipher_port(site, queues=1, **changes):
    return {
        "name": "wan",
        "role": "cipher",
        "device": f"net_af_packet0,iface=wan,qpairs={queues},framecnt=256",
        "addresses": [f"{site.address}/24", f"{site.address6}/64"],
        **changes,
    }


def clear_port(site, queues=1, **changes):
    return {
        "name": "lan",
        "role": "clear",
        "device": f"net_af_packet1,iface=lan,qpairs={queues},{ROOMY}",
        "addresses": [f"10.{site.number}.0.1/24", f"fd00:{site.number}::1/64"],
        "mtu": 9000,
        **changes,
    }


def dpdk_at(lab, own, peer, tunnels=None, gateway=None, ports=None, dpdk=None, wait=True, **changes):
    """Starts an esplane at `own` on DPDK's ports, with one tunnel `net` to `peer` unless `tunnels` says others."""
    ports = ports or [cipher_port(own), clear_port(own)]
    take_from_kernel(own, *(port["name"] for port in ports))
    plain_frames(own.host, "lan")
    plain_frames(peer.gateway, "wan")
    return Esplane(
        lab,
        own.gateway,
        tunnels or {"net": esplane_tunnel(own, peer, **changes)},
        gateway={"dataplane": "dpdk", **(gateway or {})},
        dpdk={"ports": ports, **(dpdk or {})},
        wait=wait,
    )


class TaggedLink:
    """A station on a link with 802.1Q tags, which speaks no more than ARP."""

    MAC = bytes.fromhex("020000000099")
    SOL_PACKET, PACKET_AUXDATA, TP_STATUS_VLAN_VALID = 263, 8, 1 << 4
    AUXDATA = struct.Struct("=IIIHHHH")

    def __init__(self, namespace, device):
        self._socket = namespace.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self._socket.bind((device, ETH_P_ALL))
        self._socket.setsockopt(self.SOL_PACKET, self.PACKET_AUXDATA, 1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def ask(self, vlan, sender, target):
        """Asks everybody who has `target`."""
        tag = b"" if vlan is None else struct.pack("!HH", 0x8100, vlan)
        arp = struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1) + self.MAC + socket.inet_aton(sender) + bytes(6)
        self._socket.send(b"\xff" * 6 + self.MAC + tag + b"\x08\x06" + arp + socket.inet_aton(target))

    def answer(self, vlan, target, timeout):
        """Whether a reply of `target` with this tag comes within so many seconds."""
        deadline = time.monotonic() + timeout
        while (remaining := deadline - time.monotonic()) > 0:
            self._socket.settimeout(remaining)
            try:
                frame, ancillary, *_ = self._socket.recvmsg(2048, 256)
            except TimeoutError:
                return False
            if self._is_reply(frame, ancillary, vlan, target):
                return True
        return False

    def _is_reply(self, frame, ancillary, vlan, target):
        # The kernel takes the tag out of the frame, and says beside it what it was.
        fields = self.AUXDATA.unpack(ancillary[0][2][: self.AUXDATA.size])
        status, tag = fields[0], fields[5]
        tagged = status & self.TP_STATUS_VLAN_VALID and tag == vlan
        is_reply = frame[:6] == self.MAC and frame[12:14] == b"\x08\x06" and frame[20:22] == b"\x00\x02"
        return bool(tagged) and is_reply and frame[28:32] == socket.inet_aton(target)


def drops(gateway):
    """By reason, of all workers."""
    counts = {}
    for worker in gateway.status()["workers"]:
        for reason, count in worker["drops"].items():
            counts[reason] = counts.get(reason, 0) + count
    return counts


def mac(namespace, device):
    (link,) = json.loads(namespace.run("ip", "-j", "link", "show", "dev", device).stdout)
    return link["address"]


def neighbour(namespace, device, address):
    """What the kernel has found out by ARP or neighbour discovery: the MAC address, or None, and the states of that."""
    found = json.loads(namespace.run("ip", "-j", "neigh", "show", "dev", device, "to", address).stdout)
    return (found[0].get("lladdr"), found[0]["state"]) if found else (None, [])


def known_mac(namespace, device, address):
    return neighbour(namespace, device, address)[0]
