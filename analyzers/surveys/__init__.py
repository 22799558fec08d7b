"""The registry of surveys: every module of this folder with a `SURVEY` is one, told of in `analyzers/survey.py`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from analyzers.survey import Survey


@cache
def surveys() -> Mapping[str, Survey]:
    """Every survey by its id, in alphabetical order."""
    modules = (
        importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)
    )
    found: list[Survey] = [module.SURVEY for module in modules]
    return MappingProxyType({survey.id: survey for survey in sorted(found, key=lambda survey: survey.id)})


def survey_findings() -> tuple[str, ...]:
    """The ids of all findings that surveys may give, sorted."""
    return tuple(sorted({id for survey in surveys().values() for id in survey.findings}))


def is_counted(path: str) -> bool:
    """Whether an audit may have something to say of a file: sites of a survey, or findings."""
    return any(survey.concerns(path) for survey in surveys().values() if survey.sites or survey.audit)


def is_surveyed(path: str) -> bool:
    """Whether a change of a file concerns any survey, whatever language it is in."""
    return any(survey.concerns(path) for survey in surveys().values())
