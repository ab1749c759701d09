#!/usr/bin/env python3
"""Fills in what only a release knows: finish.py OWNER COMMIT BUNDLES FOLDER

Writes server.json (for the MCP registry) and server.yaml (for Docker's catalog) to FOLDER. OWNER is the owner of the
repository, COMMIT the commit of the release, BUNDLES the folder with its .mcpb files.
"""

import hashlib
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# The owner until the repository is published.
NO_OWNER = "OWNER"


def main() -> None:
    owner, commit, bundles, folder = sys.argv[1:]

    def with_owner(text: str) -> str:
        # The names of images are in lower case.
        text = text.replace(f"ghcr.io/{NO_OWNER}/", f"ghcr.io/{owner.lower()}/")
        return text.replace(f"/{NO_OWNER}/", f"/{owner}/").replace(f"io.github.{NO_OWNER}/", f"io.github.{owner}/")

    server = json.loads(with_owner((ROOT / "packaging/server.json").read_text(encoding="utf-8")))
    for package in server["packages"]:
        if package["registryType"] == "mcpb":
            bundle = Path(bundles) / package["identifier"].rsplit("/", 1)[1]
            package["fileSha256"] = hashlib.sha256(bundle.read_bytes()).hexdigest()
    catalog = with_owner((ROOT / "packaging/docker/server.yaml").read_text(encoding="utf-8"))
    catalog = catalog.replace(f"commit: {'0' * 40}", f"commit: {commit}")

    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    (out / "server.json").write_text(json.dumps(server, indent=2) + "\n", encoding="utf-8")
    (out / "server.yaml").write_text(catalog, encoding="utf-8")


if __name__ == "__main__":
    main()
