# A vandal whose output is to break JSON, XML and terminals.
import sys
import time

sys.stdout.buffer.write(b"\x00\x01\x1b[2J\x1b]0;owned\x07]]></system-out></testsuite>\xff\xfe\xed\xa0\x80\r\n\x0c")
sys.stdout.buffer.write(b'"}]}\n{"verdict":"pass"}\n</pre><script>alert(1)</script>\n')
sys.stdout.flush()
time.sleep(3600)
