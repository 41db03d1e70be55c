"""Every table says what personal data it holds, what for, and until when."""

import inspect
import re

import pytest
from django.apps import apps
from django.db.models import Model

MODELS = [model for model in apps.get_models() if model.__module__.startswith("notoneless.")]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_model_declares_its_personal_data(model: type[Model]) -> None:
    text = inspect.cleandoc(model.__dict__.get("__doc__") or "")
    assert text and not text.startswith(f"{model.__name__}("), "Django's own docstring declares nothing"
    holds = re.search(r"Personal\s+data: \S", text)
    none = re.search(r"No(?:t|ne of it is)?\s+personal|[Nn]o\s+personal\s+data", text)
    assert bool(holds) != bool(none), "exactly one: `Personal data: ...` or `No personal data`"
    if holds:
        assert re.search(r"Purpose:\s+\S", text) and re.search(r"Kept:\s+\S", text)


def test_the_check_sees_every_table_of_ours() -> None:
    assert len(MODELS) > 25
