"""What `infra/sam-local` needs of the machine: SAM CLI, binaries, a Docker engine, an image."""

import contextlib
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "target"
WORK = TARGET / "sam-local"
SAM_VERSION = "1.170.0"
STARTS_WITHIN = 900


def stop_with(text):
    raise SystemExit(f"infra/sam-local: {text}")


def output(*words, env=None, data=None):
    done = subprocess.run(words, cwd=ROOT, env=env, input=data, capture_output=True, check=False)
    if done.returncode != 0:
        stop_with(f"{' '.join(words)}\n{done.stderr.decode().strip()}")
    return done.stdout.decode().strip()


def wait_until(ready, process, name):
    due = time.monotonic() + STARTS_WITHIN
    while not ready():
        if process.poll() is not None or time.monotonic() > due:
            stop_with(f"{name} did not start: see target/sam-local/")
        time.sleep(0.2)


def ended(process, how=signal.SIGINT):
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def find_sam():
    found = shutil.which("sam")
    if found:
        return found
    home = TARGET / "aws-sam-cli"
    sam = home / "bin" / "sam"
    if not sam.exists() or SAM_VERSION not in output(str(sam), "--version"):
        print(f"installing aws-sam-cli {SAM_VERSION} under target/", flush=True)
        output(sys.executable, "-m", "venv", "--clear", str(home))
        output(str(home / "bin" / "pip"), "install", "--quiet", f"aws-sam-cli=={SAM_VERSION}")
    return str(sam)


def architecture():
    """What all binaries were built for, which must be this machine's."""
    contexts = sorted({folder.name.split("-")[0] for folder in (ROOT / "events").iterdir()})
    machines = set()
    for context in contexts:
        binary = TARGET / "lambda" / context / "bootstrap"
        if not binary.is_file():
            stop_with(f"no {binary.relative_to(ROOT)}: run `cargo lambda build --release`")
        with binary.open("rb") as file:
            machines.add(int.from_bytes(file.read(20)[18:20], "little"))
    names = {62: "x86_64", 183: "arm64"}
    built = [names.get(machine, "unknown") for machine in machines]
    own = {"aarch64": "arm64", "amd64": "x86_64"}.get(platform.machine().lower(),
                                                      platform.machine())
    if built != [own]:
        stop_with(f"the binaries are for {', '.join(built)}, this machine is {own}: "
                  f"cargo lambda build --release {'--arm64' if own == 'arm64' else ''}")
    return own


def docker(*words, data=None):
    return output("docker", *words, env=os.environ, data=data)


def docker_answers():
    if not shutil.which("docker"):
        return False
    asked = subprocess.run(["docker", "info"], capture_output=True, check=False)
    return asked.returncode == 0


@contextlib.contextmanager
def engine():
    """A Docker engine; tells whether it is a private one."""
    if docker_answers():
        yield False
        return
    debian = shutil.which("apt-get") and os.geteuid() == 0
    if not debian:
        stop_with("no Docker engine answers, and only on Debian as root can one be installed")
    if not (shutil.which("dockerd") and shutil.which("docker")):
        print("installing docker.io", flush=True)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        output("apt-get", "update", "-qq", env=quiet)
        output("apt-get", "install", "-y", "-qq", "--no-install-recommends", "docker.io",
               env=quiet)
    had_bridge = Path("/sys/class/net/docker0").exists()
    # The path of a socket must be short.
    with tempfile.TemporaryDirectory(prefix="engine-") as folder:
        address = f"unix://{folder}/docker.sock"
        with (WORK / "dockerd.log").open("wb") as log:
            words = ["dockerd", "--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec",
                     "--pidfile", f"{folder}/pid", "-H", address,
                     # Containers call this machine and nobody else: its firewall stays as it is.
                     "--iptables=false", "--ip-masq=false"]
            process = subprocess.Popen(words, stdout=log, stderr=log, start_new_session=True)
        os.environ["DOCKER_HOST"] = address
        try:
            wait_until(docker_answers, process, "dockerd")
            yield True
        finally:
            ended(process, signal.SIGTERM)
            del os.environ["DOCKER_HOST"]
            if not had_bridge and shutil.which("ip"):
                subprocess.run(["ip", "link", "delete", "docker0"], check=False)


IMAGE_ASK = """
import os, samcli
from samcli.local.docker.lambda_image import LambdaImage, RAPID_IMAGE_TAG_PREFIX as rapid
print(f"{LambdaImage._INVOKE_REPO_PREFIX}/provided:al2023-{rapid}-ARCH")
print(os.path.join(os.path.dirname(samcli.__file__), "local/rapid/aws-lambda-rie-ARCH"))
"""
LIBRARIES = ["libc.so.6", "libm.so.6", "libgcc_s.so.1", "libpthread.so.0", "libdl.so.2",
             "librt.so.1", "libresolv.so.2", "libnss_files.so.2", "libnss_dns.so.2"]


def image(sam, arch, private):
    """Makes SAM's image where it cannot be fetched; tells whether there is one."""
    python = Path(sam).read_bytes().split(b"\n", 1)[0].removeprefix(b"#!").decode().strip()
    asked = subprocess.run([*python.split(), "-c", IMAGE_ASK.replace("ARCH", arch)],
                           capture_output=True, text=True, check=False)
    if asked.returncode != 0:
        return False
    name, emulator = asked.stdout.split()
    known = subprocess.run(["docker", "image", "inspect", name], capture_output=True, check=False)
    if known.returncode == 0 or not private:
        return known.returncode == 0
    triple = f"{platform.machine()}-linux-gnu"
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        libraries = root / "lib" / triple
        for path in (libraries, root / "tmp", root / "etc", root / "var/task",
                     root / "var/runtime", root / "var/rapid"):
            path.mkdir(parents=True)
        shutil.copy(emulator, root / "var/rapid/aws-lambda-rie")
        (root / "var/rapid/aws-lambda-rie").chmod(0o755)
        (root / "tmp").chmod(0o1777)
        for library in LIBRARIES:
            shutil.copy(Path("/lib") / triple / library, libraries)
        loader = "lib64/ld-linux-x86-64.so.2" if arch == "x86_64" else "lib/ld-linux-aarch64.so.1"
        (root / loader).parent.mkdir(exist_ok=True)
        shutil.copy(f"/{loader}", root / loader)
        authorities = root / "etc/ssl/certs/ca-certificates.crt"
        authorities.parent.mkdir(parents=True)
        shutil.copy("/etc/ssl/certs/ca-certificates.crt", authorities)
        (root / "etc/nsswitch.conf").write_text("hosts: files dns\n")
        (root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
        packed = subprocess.run(["tar", "-C", folder, "-c", "."], capture_output=True, check=True)
        docker("import", "-c", "WORKDIR /var/task", "-c", "ENV LAMBDA_TASK_ROOT=/var/task", "-",
               name, data=packed.stdout)
    return True
