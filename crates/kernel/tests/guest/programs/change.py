"""Changes everything in its directory."""
import os

print(open("kept.txt").read(), os.readlink("link"), open("inner/deep.txt").read())
open("kept.txt", "w").write("changed")
os.rename("inner/deep.txt", "moved.txt")
os.unlink("link")
os.rmdir("inner")
os.mkdir("new")
open("new/file", "w").write("x")
print(sorted(os.listdir(".")))
