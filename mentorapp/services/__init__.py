"""The verbs. Each takes the workspace first, then keywords, and gives back what changed; reads give back frozen values."""
