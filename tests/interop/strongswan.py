"""strongSwan as the peer: charon with ESP in user space, in a gateway's namespace, private to one test.

The kernel needs no ESP for it: the plugin kernel-libipsec does it over a TUN device, in UDP only, and obtains UDP from
any peer by claiming a NAT during the NAT detection. Nothing is read from or written to /etc or a shared /run.
"""

import re
import socket
from dataclasses import dataclass
from typing import Dict, List, Tuple

from lab import LabError, wait_until

CHARON = "/usr/sbin/charon-systemd"
# kernel-libipsec must come before kernel-netlink, which would claim the kernel's IPsec for itself.
PLUGINS = (
    "random nonce openssl kdf gcm pem pkcs1 pkcs8 x509 revocation constraints pubkey "
    "eap-identity eap-mschapv2 eap-tls "
    "kernel-libipsec kernel-netlink socket-default resolve vici"
)


@dataclass
class Connection:
    """One connection in swanctl's words: with one CHILD_SA of the same name, unless `children` has several."""

    local_address: str
    remote_address: str
    local_id: str
    remote_id: str
    local_ts: List[str]
    remote_ts: List[str]
    name: str = "net"
    psk: str = "correct horse battery staple"
    ike: str = "aes256gcm16-prfsha256-ecp256"
    esp: str = "aes256gcm16"
    policies: bool = True  # install what diverts packets into the CHILD_SA
    children: Dict[str, Tuple[List[str], List[str]]] = None  # by name: local and remote selectors
    certified: object = None  # a certificates.Certified, in the place of the pre-shared key
    authority: object = None  # the certificates.Authority that the peer's certificate is by
    crls: List[bytes] = ()
    auth: str = "pubkey"  # of certificates: with what constraints
    revocation: str = "relaxed"
    ppk: Tuple[str, str] = None  # a post-quantum pre-shared key: name and value
    ppk_required: bool = True
    vips: List[str] = ()  # virtual addresses to ask for: 0.0.0.0 for any
    pool: Tuple[str, str] = None  # to hand out: addresses and a DNS server
    eap: str = None  # "eap-mschapv2", "eap-tls": what it proves itself by, or asks the peer for
    asks_eap: bool = False  # it is the gateway, which proves itself by certificate
    user: Tuple[str, str] = None  # of EAP: identity and password

    def _child(self, name, local_ts, remote_ts):
        return f"""
            {name} {{
                local_ts = {','.join(local_ts)}
                remote_ts = {','.join(remote_ts)}
                esp_proposals = {self.esp}
                policies = {"yes" if self.policies else "no"}
            }}"""

    def _pool(self):
        if not self.pool:
            return ""
        addresses, dns = self.pool
        return f"""
pools {{
    {self.name} {{
        addrs = {addresses}
        dns = {dns}
    }}
}}"""

    def _is_eap_client(self):
        return self.eap and not self.asks_eap

    def _local_auth(self):
        certs = f"certs = {self.name}.pem" if self.certified else ""
        if self._is_eap_client():
            return f"""auth = {self.eap}
            eap_id = {self.user[0]}
            {certs}"""
        return f"""auth = {self.auth if self.certified else "psk"}
            {certs}"""

    def _remote_auth(self):
        if self.eap and self.asks_eap:
            return f"""auth = {self.eap}
            eap_id = %any"""
        return f"""auth = {"pubkey" if self.authority else "psk"}
            {f"revocation = {self.revocation}" if self.authority else ""}"""

    def _user_secret(self):
        if not self.user or not self.user[1]:
            return ""
        identity, password = self.user
        return f"""eap-{self.name} {{
        id = {identity}
        secret = "{password}"
    }}"""

    def _ppk_secret(self):
        if not self.ppk:
            return ""
        name, value = self.ppk
        return f"""ppk-{self.name} {{
        id = {name}
        secret = "{value}"
    }}"""

    def text(self):
        children = self.children or {self.name: (self.local_ts, self.remote_ts)}
        listed = "".join(self._child(name, *selectors) for name, selectors in children.items())
        return f"""
connections {{
    {self.name} {{
        version = 2
        local_addrs = {self.local_address}
        remote_addrs = {self.remote_address}
        proposals = {self.ike}
        {f"ppk_id = {self.ppk[0]}" if self.ppk else ""}
        {f"ppk_required = {'yes' if self.ppk_required else 'no'}" if self.ppk else ""}
        {f"vips = {','.join(self.vips)}" if self.vips else ""}
        {f"pools = {self.name}" if self.pool else ""}
        local {{
            id = {self.local_id}
            {self._local_auth()}
        }}
        remote {{
            id = {self.remote_id}
            {self._remote_auth()}
        }}
        children {{{listed}
        }}
    }}
}}
secrets {{
    ike-{self.name} {{
        id-local = {self.local_id}
        id-remote = {self.remote_id}
        secret = "{self.psk}"
    }}
    {self._ppk_secret()}
    {self._user_secret()}
}}
{self._pool()}
"""


CONFIGURATION = """
charon-systemd {{
    load = {plugins}
    # A test that expects silence or refusal should not wait for minutes.
    retransmit_tries = 3
    retransmit_timeout = 1.0
    retransmit_base = 1.2
    plugins {{
        vici {{
            socket = unix://{socket}
        }}
        resolve {{
            file = {resolver}
        }}
    }}
    filelog {{
        stderr {{
            default = 1
            ike = 1
            cfg = 2
            flush_line = yes
        }}
    }}
    journal {{
        default = -1
    }}
    syslog {{
        daemon {{
            default = -1
        }}
        auth {{
            default = -1
        }}
    }}
}}
swanctl {{
    load = random openssl
}}
"""


class StrongSwan:
    """A running charon. Commands wait for their outcome; a failed one is a LabError unless told otherwise."""

    def __init__(self, lab, namespace):
        self.namespace = namespace
        directory = lab.directory / f"strongswan-{namespace.name}"
        directory.mkdir(exist_ok=True)
        self._connections = directory / "swanctl.conf"
        self._socket = directory / "vici"
        self.resolver = directory / "resolv.conf"  # where it writes DNS servers that a peer names
        configuration = directory / "strongswan.conf"
        configuration.write_text(CONFIGURATION.format(plugins=PLUGINS, socket=self._socket, resolver=self.resolver))
        self._environment = {"STRONGSWAN_CONF": str(configuration), "SWANCTL_DIR": str(directory)}
        # kernel-libipsec's routes of a table of their own are asymmetric to the TUN device: reverse path filters off.
        namespace.sysctl(ipv4__conf__all__rp_filter=0, ipv4__conf__default__rp_filter=0)
        self.process = lab.start(namespace, [CHARON], environment=self._environment)
        wait_until(self._answers, 10, "charon's vici socket")

    def _answers(self):
        if not self.process.alive():
            raise LabError(f"charon ended:\n{self.process.log()}")
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self._socket)) == 0

    def swanctl(self, *arguments, check=True, timeout=30):
        command = ["swanctl", *arguments, "--uri", f"unix://{self._socket}"]
        environment = [f"{key}={value}" for key, value in self._environment.items()]
        return self.namespace.run("env", *environment, *command, check=check, timeout=timeout)

    def _write_certificates(self, connection):
        intermediate = connection.authority.intermediate
        own = connection.certified
        files = {
            **({f"x509/{connection.name}.pem": own.pem()} if own else {}),
            **({f"private/{connection.name}.pem": own.key_pem()} if own else {}),
            f"x509ca/{connection.name}-root.pem": connection.authority.root.pem(),
            f"x509ca/{connection.name}-intermediate.pem": intermediate.pem(),
            **{f"x509crl/{connection.name}-{i}.pem": crl for i, crl in enumerate(connection.crls)},
        }
        for name, content in files.items():
            path = self._connections.parent / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)

    def load(self, *connections):
        """Replaces all connections and secrets."""
        for connection in connections:
            if connection.authority:
                self._write_certificates(connection)
        self._connections.write_text("\n".join(connection.text() for connection in connections))
        self.swanctl("--load-all", "--clear", "--noprompt", "--file", str(self._connections))

    def initiate(self, child="net", check=True, timeout=10):
        return self.swanctl("--initiate", "--child", child, "--timeout", str(timeout), check=check, timeout=timeout + 5)

    def rekey(self, name="net", ike=False):
        """Asks for a rekey; swanctl returns at once, so wait for what `sas` tells."""
        self.swanctl("--rekey", "--ike" if ike else "--child", name)

    def terminate(self, name="net", check=True):
        self.swanctl("--terminate", "--ike", name, check=check)

    def sas(self):
        """Every IKE_SA as a dictionary, its CHILD_SAs in a list under `children`."""
        return parse_sas(self.swanctl("--list-sas", "--raw").stdout)

    def established(self, name="net"):
        return [
            sa
            for sa in self.sas()
            if sa["name"] == name
            and sa["state"] == "ESTABLISHED"
            and any(child["state"] == "INSTALLED" for child in sa["children"])
        ]


def parse_sas(text):
    """Parses the answer of `swanctl --list-sas --raw`: nested `name {key=value list=[a b]}` groups, one SA a line."""
    sas = []
    for line in text.splitlines():
        if not line.startswith("list-sa event "):
            continue
        tokens = re.findall(r"\[[^\]]*\]|[{}]|[^\s{}=]+=?|=", line[len("list-sa event ") :])
        group, _ = _parse_group(tokens, 1)
        for name, sa in group.items():
            children = sa.pop("child-sas", {})
            sas.append({"name": name, **sa, "children": [{"key": key, **child} for key, child in children.items()]})
    return sas


def _parse_group(tokens, position):
    values = {}
    while tokens[position] != "}":
        token = tokens[position]
        if token.endswith("="):
            value = tokens[position + 1]
            if value == "}" or value.endswith("="):  # an empty value
                values[token[:-1]], position = "", position + 1
                continue
            values[token[:-1]] = value[1:-1].split() if value.startswith("[") else value
            position += 2
        else:
            values[token], position = _parse_group(tokens, position + 2)
    return values, position + 1
