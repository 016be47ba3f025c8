// htmx as the pages load it: one file, our own origin, no inline code (see the layout's htmx-config).
import "htmx.org";
