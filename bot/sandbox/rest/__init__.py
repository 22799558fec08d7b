"""The endpoints of the REST API: one file per family. A file takes part by living in this folder."""
