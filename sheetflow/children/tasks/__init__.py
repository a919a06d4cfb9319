"""What children do: typed functions, a module for each kind of work.

The parent names the function (`pool.submit(judge_file, request)`), so that an editor follows
it. Everything that goes in or comes out is a plain value of a type that `wire` lists. Heavy
libraries are imported inside the functions: a child pays only for what it does.
"""
