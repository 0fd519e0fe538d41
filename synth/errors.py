"""The one exception that is meant for a person: its text is printed as it is, in one line."""

from __future__ import annotations


class UserError(Exception):
    """Something the user can mend. The message says what, where and how, in one line."""
