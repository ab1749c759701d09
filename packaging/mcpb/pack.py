#!/usr/bin/env python3
"""Packs the program into a bundle for Claude Desktop and other hosts: pack.py PROGRAM TARGET FOLDER

Writes FOLDER/desk365-mcp-TARGET.mcpb and prints its path. The environment variable MCPB is the command of the official
tool; by default it is the one that `npm ci --prefix tests/clients/node` installs.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLATFORMS = {"linux": "linux", "apple": "darwin", "windows": "win32"}


def main() -> None:
    program, target, folder = sys.argv[1:]
    platform = next(name for part, name in PLATFORMS.items() if f"-{part}-" in target)
    default = f"npx --no-install --prefix {shlex.quote(str(ROOT / 'tests/clients/node'))} mcpb"
    # Windows keeps its path separators.
    mcpb = shlex.split(os.environ.get("MCPB", default), posix=os.name == "posix")
    # npx is a script there, which only the full path starts.
    mcpb[0] = shutil.which(mcpb[0]) or mcpb[0]

    manifest = json.loads((ROOT / "packaging/mcpb/manifest.json").read_text(encoding="utf-8"))
    # A bundle holds the program for one platform.
    manifest["compatibility"]["platforms"] = [platform]
    server = manifest["server"]
    overrides = server["mcp_config"].pop("platform_overrides")
    if platform in overrides:
        server["mcp_config"].update(overrides[platform])
        server["entry_point"] += ".exe"

    bundle = Path(folder).resolve() / f"{manifest['name']}-{target}.mcpb"
    with tempfile.TemporaryDirectory() as scratch:
        content = Path(scratch)
        (content / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
        shutil.copy(ROOT / "src/console/assets/icon.png", content / manifest["icon"])
        for license in ["LICENSE-APACHE", "LICENSE-MIT"]:
            shutil.copy(ROOT / license, content)
        entry = content / server["entry_point"]
        entry.parent.mkdir()
        shutil.copy(program, entry)
        entry.chmod(0o755)
        subprocess.run([*mcpb, "validate", str(content / "manifest.json")], check=True, stdout=sys.stderr)
        subprocess.run([*mcpb, "pack", str(content), str(bundle)], check=True, stdout=sys.stderr)
    print(bundle)


if __name__ == "__main__":
    main()
