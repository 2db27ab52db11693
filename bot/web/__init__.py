"""Pages and Atom feeds on the web, and figures and health for those who run Lectern; off unless they are set."""
