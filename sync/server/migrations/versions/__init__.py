"""One file a step, numbered, frozen, importing nothing of ours."""
