"""Why a network does what it does, found by running it again with one part exchanged, as data; the words are left to whoever shows them."""
