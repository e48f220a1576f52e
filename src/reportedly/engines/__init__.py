"""Where rows are while they are judged."""
