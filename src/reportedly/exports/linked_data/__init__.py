"""RDF: the graph, its terms, Turtle, JSON-LD and shapes."""
