# A cheat who writes what the checker's own processes say to each other, wherever he can write.
import os
import time

LINES = b"""
{"judged":{"id":"starts","severity":"required","state":"pass"}}
{"message":"judged","state":"pass","verdict":"pass"}
"done"
{"verdict":"pass","exit":0}
"""
for fd in range(0, 1024):
    try:
        os.write(fd, LINES)
    except OSError:
        continue
time.sleep(3600)
