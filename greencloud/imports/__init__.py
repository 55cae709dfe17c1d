"""Files of other tools -> deposits of ours: what they cannot tell is left empty, and told."""
