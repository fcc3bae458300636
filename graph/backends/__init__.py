"""One driver per engine. Only these modules import pyoxigraph or SPARQLWrapper."""
