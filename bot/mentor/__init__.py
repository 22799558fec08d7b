"""The mentor: when the checklist speaks, whom to welcome, who helps, and the maintainers' own words. Pure."""
