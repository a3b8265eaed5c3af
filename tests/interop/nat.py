"""A NAT router in a namespace of its own, between one gateway and the outer network."""


class NatRouter:
    """Masquerades what the gateway behind it sends; with `forward`, hands IKE and NAT-T from outside to it.

    IKE leaves by ports other than 500 and 4500, as it does from a NAT that several gateways share, so that a peer which
    answers to the well-known port instead of the observed one is found out.
    """

    def __init__(self, namespace, inside_address, forward):
        self.namespace = namespace
        rules = f"""
            table ip nat {{
                chain postrouting {{
                    type nat hook postrouting priority srcnat
                    oifname "wan" udp sport {{ 500, 4500 }} masquerade to :20000-29999
                    oifname "wan" masquerade
                }}
                chain prerouting {{
                    type nat hook prerouting priority dstnat
                    {f'iifname "wan" udp dport {{ 500, 4500 }} dnat to {inside_address}' if forward else ''}
                }}
            }}"""
        namespace.sysctl(ipv4__ip_forward=1)
        namespace.run("nft", "-f", "-", input=rules)
