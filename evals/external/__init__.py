"""Shops of other people as platforms: their published data and policy, put before our engine and our gateway."""
