# A cheat whose server says that it listens.
import time

print("Socket creado, escuchando en 127.0.0.1:3500")
print("Esperando clientes...", flush=True)
time.sleep(3600)
