"""Where the bundled sql/, expectations/ and cities/ are: beside the code in a checkout, inside it in a wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def resource(name: str) -> Path:
    """Return the folder or file `name` (such as ``sql/transform``) that travels with the code.

    Raises:
        FileNotFoundError: when the installation is incomplete.
    """
    for base in (_PACKAGE.parent, _PACKAGE / "bundled"):
        found = base / name
        if (base / "sql" / "release.toml").exists() and found.exists():
            return found
    message = f"{name} is missing beside {_PACKAGE}: the installation is incomplete, install it again"
    raise FileNotFoundError(message)
