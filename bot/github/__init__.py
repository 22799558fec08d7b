"""GitHub: the only importer of PyGithub. ``App`` is the door; its errors are those that a queue can act on."""
