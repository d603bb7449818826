"""Taking claims out of Arabic, Korean and English text, by rules that can be read: `read.read_claims` is the way in."""
