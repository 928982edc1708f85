# A cheat who prints what a right client would, and opens no socket.
print("--> TyR: Echo sobre UDP")
print("\n".join(f"--> ECO-{number:06}" for number in range(100000)))
