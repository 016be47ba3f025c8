"""The rules of dispatch: orders, who does them, and when."""
