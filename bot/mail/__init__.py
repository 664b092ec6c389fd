"""Mailboxes in, SMTP out."""
