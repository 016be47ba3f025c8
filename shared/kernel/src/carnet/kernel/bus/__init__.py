"""The bus: one port and its adapters."""
