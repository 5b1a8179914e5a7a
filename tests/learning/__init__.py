"""Learning from labelled texts what the tagger and the answers read with: `make learn`."""
