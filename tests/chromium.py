"""The browser that tests of pages open, and how."""

from __future__ import annotations

import shutil

#: None where it is not installed; tests that need it are skipped then.
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
#: Without a sandbox, which containers lack, and without anything that asks the network.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
