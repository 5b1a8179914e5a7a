"""What is heard: partner sources read into releases.  Imports storage only."""
