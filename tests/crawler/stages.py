"""Item pipelines that misbehave."""

from __future__ import annotations

from itemadapter import ItemAdapter


class FailsOnTheFirst:
    """Raises an error for the release n1."""

    def process_item(self, item: object) -> object:
        if str(ItemAdapter(item)["url"]).endswith("/n1"):
            raise RuntimeError("this stage does not like n1")
        return item
