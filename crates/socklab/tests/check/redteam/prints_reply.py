# A cheat who prints what a right client would, and opens no socket.
print("--> TyR: Echo sobre UDP")
for number in range(1000000):
    print(f"--> ECO-{number:06}")
