"""An open workspace, and what is known in it: settings, units, templates, paths, stamps."""
