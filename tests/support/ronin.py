"""The Ronin theft of March 2022: who took it, the mixer it went to, and the case."""

THIEF = "0x098b716b8aaf21512996dc57eb0615e2383e2f96"
ROUTER = "0xd90e2f925da726b50c4ed8d0fb90ad053324f31b"
"""Of Tornado Cash."""
CASE = f"""[case]
id = "ronin-2022"
title = "Ronin bridge, 23 March 2022"
[[theft]]
chain = "eip155:1"
address = "{THIEF}"
from_block = 14442835
"""
STOP = f"""[[stop]]
chain = "eip155:1"
address = "{ROUTER}"
reason = "mixer: Tornado Cash router"
"""
