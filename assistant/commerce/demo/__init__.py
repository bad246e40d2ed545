"""The demo shop: a small platform in YAML, always dated from today, that remembers what was done to it."""
