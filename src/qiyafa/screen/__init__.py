"""Is it listed, or near what is? Rules, reasons and verdicts: pure, from records."""
