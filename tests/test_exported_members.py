"""What a package offers is what its `__all__` says, and looking at qkv costs no torch."""

import pkgutil
from importlib import import_module
from types import ModuleType

import pytest

import qkv
from tests.fresh import modules_after

PACKAGES = ["qkv"] + [
    module.name for module in pkgutil.walk_packages(qkv.__path__, "qkv.") if module.ispkg
]


def exposed(package: ModuleType) -> set[str]:
    """Public functions and classes in a package's namespace that its own modules define."""
    return {
        name
        for name, value in vars(package).items()
        if not name.startswith("_")
        and not isinstance(value, ModuleType)
        and getattr(value, "__module__", "").startswith(package.__name__)
    }


@pytest.mark.parametrize("name", PACKAGES)
def test_all_lists_what_the_package_exposes(name: str) -> None:
    package = import_module(name)
    promised = set(package.__all__)
    assert {each for each in promised if not hasattr(package, each)} == set()
    assert exposed(package) - promised == set()


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'qkv' has no attribute 'atend'"):
        _ = qkv.atend  # pyright: ignore[reportAttributeAccessIssue]


def test_import_qkv_imports_no_torch() -> None:
    loaded = modules_after("import qkv; dir(qkv)")
    assert "qkv" in loaded
    assert "torch" not in loaded


def test_help_imports_no_torch() -> None:
    loaded = modules_after(
        "from qkv.cli import main\n"
        "sys.argv = ['qkv', '--help']\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code"
    )
    assert "qkv.cli" in loaded
    assert "torch" not in loaded


def test_the_first_use_of_a_name_brings_its_room() -> None:
    assert "torch" in modules_after("import qkv; qkv.attend")
