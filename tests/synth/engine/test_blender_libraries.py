from __future__ import annotations

from synth.engine.blender_libraries import explain_import_error


def test_a_missing_library_names_its_package() -> None:
    error = ImportError(
        "libXi.so.6: cannot open shared object file: No such file or directory", name="bpy"
    )
    text = str(explain_import_error(error))
    assert "libXi.so.6 (libxi6)" in text
    assert "apt-get install" in text
    assert "\n" not in text


def test_a_missing_package() -> None:
    error = ModuleNotFoundError("No module named 'bpy'", name="bpy")
    assert "bpy is not installed" in str(explain_import_error(error))


def test_other_errors_are_left_alone() -> None:
    assert explain_import_error(ImportError("cannot import name 'x'", name="synth")) is None
