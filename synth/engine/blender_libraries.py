"""System libraries that bpy needs and a bare machine may lack, by Debian package.

`python -m synth.engine.blender_libraries` sees whether they are there.
"""

from __future__ import annotations

import re
import subprocess
import sys

#: Shared libraries of the system that bpy 4.5 and OpenCV are linked against (seen with ldd), and
#: the Debian packages that hold them.
DEBIAN_PACKAGES = {
    "libGL.so.1": "libgl1",
    "libICE.so.6": "libice6",
    "libSM.so.6": "libsm6",
    "libX11.so.6": "libx11-6",
    "libXext.so.6": "libxext6",
    "libXfixes.so.3": "libxfixes3",
    "libXi.so.6": "libxi6",
    "libXrender.so.1": "libxrender1",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}


def explain_import_error(error: ImportError) -> str | None:
    """One line for a person, if the error is about bpy or a missing system library."""
    match = re.search(r"(lib[\w.+-]+\.so[\w.]*): cannot open shared object", str(error))
    if match:
        package = DEBIAN_PACKAGES.get(match[1])
        this = f"{match[1]} ({package})" if package else match[1]
        every = " ".join(sorted(set(DEBIAN_PACKAGES.values())))
        return (
            f"the system library {this} is missing; on Debian or Ubuntu:"
            f" apt-get install --no-install-recommends {every}"
        )
    if error.name in ("bpy", "anny", "torch"):
        return (
            f"the package {error.name} is not installed: pip install 'handsynth[synth]'"
            f" in an environment with Python 3.11"
        )
    return None


def find_import_fault() -> str | None:
    """Import what renders in a process of its own; what is wrong, in one line, or None."""
    imports = "import bpy, cv2; print('imported')"
    command = [sys.executable, "-c", imports]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0 and "imported" in done.stdout:
        return None
    last = (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1]
    missing = re.search(r"No module named '(\w+)'", last)
    error = ImportError(last, name=missing[1] if missing else None)
    return explain_import_error(error) or f"bpy, which renders, cannot be imported: {last}"


def main() -> int:
    """Exit status: 0 all is there, 1 something is missing."""
    fault = find_import_fault()
    if fault is not None:
        print(fault, file=sys.stderr)
    return 0 if fault is None else 1


if __name__ == "__main__":
    sys.exit(main())
