"""The HTTP connector: the platform's own systems behind a documented contract (`docs/openapi/platform.yaml`)."""
