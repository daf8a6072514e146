"""Readers of what strangers send, under bytes that grow towards their branches (atheris)."""
