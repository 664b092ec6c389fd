"""The pure core: bytes, case, policy and today in, a decision out. No clock, disk, network, log or chance."""
