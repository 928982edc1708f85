// Un estudiante que viene de Java: flujos, y un hilo por cliente.
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

public class Server {
    public static void main(String[] args) throws Exception {
        ServerSocket listener = new ServerSocket(3500, 5, InetAddress.getByName("127.0.0.1"));
        while (true) {
            Socket client = listener.accept();
            new Thread(() -> attend(client)).start();
        }
    }

    static void attend(Socket client) {
        try (client) {
            client.getInputStream().transferTo(client.getOutputStream());
        } catch (java.io.IOException error) {
            System.err.println(error);
        }
    }
}
