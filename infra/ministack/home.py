"""The Python that this runs with: its own, under target/ministack, with pinned packages."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "target" / "ministack"
# What all tools of infra share.
sys.path.append(str(ROOT / "infra"))
PAGE = ROOT / "infra" / "docs" / "second-cloud.md"

# ministack is the cloud; the translator is AWS's own, for `Transform: AWS::Serverless`; boto3
# signs; time-machine moves the cloud's clock, and libfaketime that of the functions in it (it is
# preloaded, nothing of ours contains it).
PACKAGES = {
    "ministack": "1.5.33",
    "aws-sam-translator": "1.115.0",
    "boto3": "1.43.106",
    "time-machine": "3.6.0",
    "libfaketime": "3.0.1",
}
INSTALL_ATTEMPTS = 3
# Where one binary a context is, from the root; without it the packaged ones are deployed.
binaries = None


def python():
    return HOME / "venv" / "bin" / "python"


def installed():
    """Whether the pinned packages are there."""
    if not python().exists():
        return False
    words = [python(), "-m", "pip", "list", "--format", "freeze", "--disable-pip-version-check"]
    listed = subprocess.run(words, capture_output=True, text=True).stdout.lower().split()
    return all(f"{name}=={version}" in listed for name, version in PACKAGES.items())


def install():
    if installed():
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", HOME / "venv"], check=True)
    wanted = [f"{name}=={version}" for name, version in PACKAGES.items()]
    words = [python(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted]
    for attempt in range(1, INSTALL_ATTEMPTS + 1):
        if subprocess.run(words).returncode == 0:
            return
        time.sleep(10 * attempt)
    raise SystemExit("the packages cannot be installed")


def faketime():
    """The preloaded library's path."""
    packages = (HOME / "venv").glob("lib/python*/site-packages")
    found = [path for place in packages for path in place.glob("libfaketime/vendor/*/src/*.so.1")]
    if not found:
        raise SystemExit("libfaketime was not built: is there a C compiler?")
    return found[0]


def enter(arguments):
    """Goes on in the pinned Python, unless this is it."""
    if Path(sys.prefix).resolve() == (HOME / "venv").resolve():
        return
    HOME.mkdir(parents=True, exist_ok=True)
    install()
    os.execv(python(), [str(python()), "-B", str(Path(__file__).parent), *arguments])
