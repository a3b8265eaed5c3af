"""wireguard-go in a gateway's namespace, with a /run of its own: its control socket has a fixed place there."""

from lab import wait_until

PORT = 51820
MTU = 1420
# The mount is private to the process: `ip netns exec` and `unshare` both give it mounts of its own.
ALONE = 'mount -t tmpfs tmpfs /run && exec "$@"'


class WireGuard:
    def __init__(self, lab, namespace):
        self.namespace = namespace
        self._key = lab.directory / f"{namespace.name}.key"
        private = namespace.run("wg", "genkey").stdout
        self._key.write_text(private)
        self.public_key = namespace.run("wg", "pubkey", input=private).stdout.strip()
        arguments = ["unshare", "--mount", "sh", "-c", ALONE, "sh", "wireguard-go", "--foreground", "wg0"]
        self.process = lab.start(namespace, arguments)
        wait_until(lambda: self._wg("show", "wg0", check=False).returncode == 0, 5, "wireguard-go's control socket")

    def join(self, own, peer, peer_key):
        """One tunnel from site `own` to site `peer`."""
        self._wg(
            *("set", "wg0", "listen-port", PORT, "private-key", self._key),
            *("peer", peer_key, "allowed-ips", peer.subnet, "endpoint", f"{peer.address}:{PORT}"),
        )
        self.namespace.ip(f"link set wg0 mtu {MTU} up", f"route add {peer.subnet} dev wg0")

    def _wg(self, *arguments, check=True):
        return self.namespace.run("nsenter", "--mount", "--target", self.process.pid, "wg", *arguments, check=check)
