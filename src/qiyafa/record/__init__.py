"""What happened and who says so: reading claims, finding contradictions, statistics, attribution. No I/O."""
