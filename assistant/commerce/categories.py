"""The categories of goods as data: their names, their usual traits, their pictures."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assistant.commerce.model import Category
from assistant.commerce.rows import CategoriesFile, read_yaml
from knowledge.text import Text

Traits = Mapping[str, bool | int | str]
_FILE = Path(__file__).with_name("categories.yaml")


@dataclass(frozen=True, slots=True)
class CategoryInfo:
    """What holds of a category: its name for people, and its goods' traits where a product is silent."""

    label: Text
    traits: Traits


@cache
def categories() -> Mapping[Category, CategoryInfo]:
    """Every category by name, read once."""
    file = read_yaml(_FILE, CategoriesFile)
    return {
        name: CategoryInfo(row.label.text(), {**file.defaults, **row.traits})
        for name, row in file.categories.items()
    }


def image_path(category: Category) -> str:
    """Where the picture of a category's goods is served."""
    return f"/static/products/{category}.svg"
