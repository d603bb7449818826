"""Reads the histories of addresses from an Esplora server: Blockstream's, mempool.space, or one's own."""
