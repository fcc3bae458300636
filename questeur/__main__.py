"""``python -m questeur`` is the command ``questeur``."""

from questeur.cli import main

main()
