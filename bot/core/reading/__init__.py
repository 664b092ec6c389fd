"""Bytes to Letter."""
