"""The command line. Knows the front door only."""

from __future__ import annotations

import click


@click.group()
@click.version_option(package_name="questeur")
def main() -> None:
    """Build and serve a knowledge graph of the questions French deputies put to ministries."""
