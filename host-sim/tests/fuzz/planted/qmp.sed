# After an error, the scanner still counts the brackets of the bad message.
/^static void report/,/^}/s/s->brackets = 0;//
