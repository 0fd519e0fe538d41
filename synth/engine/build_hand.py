"""Build the hand asset before the workers start: `python -m synth.engine.build_hand`.

In a process of its own, because what builds it is large and starts threads; once, because all
workers would else do the same. Progress goes to stderr, an error for the user to stdout.
"""

from __future__ import annotations

import sys

from synth.engine.blender_libraries import explain_import_error
from synth.errors import UserError


def main() -> int:
    """Exit status: 0 the asset is there, 1 it cannot be built, 130 interrupted."""
    from synth.hand.recipe import ensure_asset

    try:
        ensure_asset()
    except UserError as error:
        print(error)
    except ImportError as error:
        print(explain_import_error(error) or f"the hand cannot be built: {error}")
    except OSError as error:
        print(f"{error.filename or 'the hand'}: cannot be written: {error.strerror or error}")
    except KeyboardInterrupt:
        return 130
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
