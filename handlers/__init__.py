"""Who is spoken with: one file a conversation."""
