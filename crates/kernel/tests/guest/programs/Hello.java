import java.net.ServerSocket;
import java.net.Socket;

class Hello {
    public static void main(String[] arguments) throws Exception {
        try (ServerSocket server = new ServerSocket(0)) {
            Thread client = new Thread(() -> {
                try (Socket socket = new Socket("localhost", server.getLocalPort())) {
                    socket.getOutputStream().write("hello".getBytes());
                } catch (java.io.IOException error) {
                    System.out.println(error);
                }
            });
            client.start();
            try (Socket socket = server.accept()) {
                System.out.println(new String(socket.getInputStream().readAllBytes()));
            }
            client.join();
        }
    }
}
