// Una estudiante que viene de Java: el paquete recibido se devuelve tal cual.
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;

public class Server {
    public static void main(String[] args) throws Exception {
        DatagramSocket socket = new DatagramSocket(3500, InetAddress.getByName("127.0.0.1"));
        while (true) {
            DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
            socket.receive(packet);
            socket.send(packet);
        }
    }
}
