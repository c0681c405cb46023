"""The plain engine: our own HTTP/1.1 client, exact to the byte."""
