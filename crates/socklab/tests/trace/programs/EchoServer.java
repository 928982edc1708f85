import java.net.InetAddress;
import java.net.ServerSocket;

/** Sends back what one client sends, and ends with it. */
class EchoServer {
    public static void main(String[] arguments) throws Exception {
        InetAddress host = InetAddress.getByName(arguments[0]);
        try (ServerSocket server = new ServerSocket(Integer.parseInt(arguments[1]), 5, host)) {
            System.out.println("listening");
            try (var client = server.accept()) {
                client.getInputStream().transferTo(client.getOutputStream());
            }
        }
    }
}
