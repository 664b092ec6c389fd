"""KOSPET after-sales mail desk.

core     pure: bytes, case, policy, today in; decision out
mail     mailboxes in, SMTP out
store    SQLite and content-addressed files
replies  templates to text
worker   gather, decide, apply
demo     a whole world in one process
cli      the command line
"""

__version__ = "0.1.0"
