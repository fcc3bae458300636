"""A synthetic corpus of written questions in the Assemblée's own forms, with the truth beside it.

Real people, mandates, groups and ministries; invented questions. ``python -m benchmarks.corpus --help``.
It must not import a loader: the loaders are judged by what is written here.
"""
