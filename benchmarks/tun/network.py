"""Four namespaces in a row, joined by veth pairs and nothing else: host-a - gw-a - gw-b - host-b.

The gateways have no route to the other's subnet. Only a tunnel, or plain forwarding's own routes, can carry what is
measured: nothing crosses in clear by mistake.
"""

from dataclasses import dataclass

from lab import Namespace


@dataclass
class Site:
    """The attributes that the tests' scenarios ask of a site."""

    name: str
    number: int
    host: Namespace
    gateway: Namespace

    @property
    def identity(self):
        return f"gw-{self.name}.example.org"

    @property
    def address(self):
        return f"192.0.2.{self.number}"

    @property
    def public(self):
        return self.address

    @property
    def subnet(self):
        return f"10.{self.number}.0.0/24"

    @property
    def host_address(self):
        return f"10.{self.number}.0.2"


class Network:
    def __init__(self, lab):
        self.lab = lab
        self.a, self.b = self._site("a", 1), self._site("b", 2)
        lab.link(self.a.gateway, "wan", self.b.gateway, "wan")
        for site in (self.a, self.b):
            site.gateway.ip(f"address add {site.address}/24 dev wan")

    def _site(self, name, number):
        site = Site(name, number, self.lab.namespace(f"host-{name}"), self.lab.namespace(f"gw-{name}"))
        self.lab.link(site.host, "lan", site.gateway, "lan")
        site.host.ip(f"address add {site.host_address}/24 dev lan", f"route add default via 10.{number}.0.1")
        site.gateway.ip(f"address add 10.{number}.0.1/24 dev lan")
        site.gateway.sysctl(ipv4__ip_forward=1, ipv4__conf__all__rp_filter=0, ipv4__conf__default__rp_filter=0)
        site.host.sysctl(ipv4__ping_group_range="0 2147483647")
        return site
