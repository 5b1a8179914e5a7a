"""Finding releases by words."""

from storage.search_index import INDEX_TABLES, create_index_ddl, drop_index_ddl

__all__ = ["INDEX_TABLES", "create_index_ddl", "drop_index_ddl"]
