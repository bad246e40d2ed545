"""Webhooks: what the platform tells us, and what we tell the platform."""
