"""The forms that the product ships. Running it again changes nothing; a new version is a new file."""

import json
from pathlib import Path

from notoneless.collect.models import FormVersion


def seed_forms() -> None:
    for path in sorted((Path(__file__).parent.parent / "forms").glob("*.json")):
        definition = json.loads(path.read_text(encoding="utf-8"))
        FormVersion.objects.get_or_create(
            code=definition["code"], version=definition["version"], defaults={"definition": definition}
        )
