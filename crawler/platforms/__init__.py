"""Shapes that several sources share: one class per content management system (`platform=True`), no source."""
