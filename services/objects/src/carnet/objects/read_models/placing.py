"""Where a node hangs, as SQL on the nodes' table under an alias: where it was moved to last, else its first place."""

from typing import Final

PARENT: Final = "CAST(coalesce(CASE WHEN {n}moved THEN {n}moved_parent_id ELSE {n}first_parent_id END, '') AS VARCHAR)"
"""The node above, '' at the top: an index sorts by a value and not by NULL, and SQLite compares only text with text."""

SITE: Final = "CASE WHEN {n}moved THEN {n}moved_site_id ELSE {n}first_site_id END"
