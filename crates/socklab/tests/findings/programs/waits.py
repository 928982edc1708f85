"""What the programs have in common: the word that they are about to wait, for `stop.py`."""

import os


def for_ever():
    """Says that this program is about to wait."""
    with open(os.environ['SOCKLAB_WAITS'], 'w') as told:
        told.write('.')
