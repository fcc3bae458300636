"""What an outside loader is written with (entry-point group ``questeur.loaders``): statements and the IRIs of things.

CONTRIBUTING.md shows how.
"""

from ontology.iris import part, question_uid, thing
from ontology.statements import RDF_TYPE, Kind, Statement

__all__ = ["RDF_TYPE", "Kind", "Statement", "part", "question_uid", "thing"]
