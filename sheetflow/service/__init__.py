"""One pass: take, judge, answer, roll up, send; and the same for ever."""
