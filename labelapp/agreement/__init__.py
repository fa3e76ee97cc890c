"""The same clip labelled by several people: how far they agree, and who decides."""
