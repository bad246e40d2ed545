"""From a product's sheet as a file writes it to the value."""

from assistant.commerce.goods import Attribute, Fault, ProductSheet, Promotion, ServiceInfo
from assistant.commerce.rows import SheetRow


def sheet_of(row: SheetRow) -> ProductSheet:
    """The sheet that a row describes."""
    return ProductSheet(
        attributes=tuple(Attribute(one.name.text(), one.text.text()) for one in row.attributes),
        in_the_box=tuple(one.text() for one in row.in_the_box),
        gifts=tuple(one.text() for one in row.gifts),
        promotions=tuple(Promotion(one.name.text(), one.text.text()) for one in row.promotions),
        services=tuple(
            ServiceInfo(kind, one.about.text(), one.materials.text() if one.materials else None)
            for kind, one in row.services.items()
        ),
        faults={code.upper(): Fault(one.meaning.text(), one.advice.text()) for code, one in row.faults.items()},
    )
