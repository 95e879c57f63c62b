# SPDX-License-Identifier: GPL-2.0-or-later
"""Keep a report that a test has made, for tests/reports/run to look at all of them."""

import hashlib
import json
import os

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../build/reports")


def keep(text):
    """The text of one JSON report; returns it. The same one is kept once.

    ValueError if it is no JSON: the test that has it fails, not a later one that only finds it."""
    json.loads(text)
    data = text if isinstance(text, bytes) else text.encode()
    os.makedirs(FOLDER, exist_ok=True)
    path = os.path.join(FOLDER, hashlib.sha256(data).hexdigest()[:32] + ".json")
    if not os.path.exists(path):
        with open(f"{path}.{os.getpid()}", "wb") as f:
            f.write(data)
        os.rename(f"{path}.{os.getpid()}", path)
    return text
