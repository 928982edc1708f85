import java.net.Socket;

/** Sends three messages, each after the answer to the one before. */
class EchoClient {
    public static void main(String[] arguments) throws Exception {
        try (Socket socket = new Socket(arguments[0], Integer.parseInt(arguments[1]))) {
            for (String message : new String[] {"uno", "dos", "tres"}) {
                socket.getOutputStream().write(message.getBytes());
                System.out.println(new String(socket.getInputStream().readNBytes(message.length())));
            }
        }
    }
}
