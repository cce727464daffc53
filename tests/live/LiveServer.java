import java.io.FileInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.security.KeyStore;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/**
 * The platform's own TLS server with everything that it supports switched on.
 * Arguments: port, PKCS#12 file, its password, "server" or "client" (whose order counts),
 * and optionally the protocols, comma separated.
 */
public class LiveServer {
	public static void main(String[] args) throws Exception {
		KeyStore keys = KeyStore.getInstance("PKCS12");
		try (InputStream in = new FileInputStream(args[1])) {
			keys.load(in, args[2].toCharArray());
		}
		KeyManagerFactory managers = KeyManagerFactory.getInstance("NewSunX509");
		managers.init(keys, args[2].toCharArray());
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(managers.getKeyManagers(), null, null);
		SSLServerSocket listener = (SSLServerSocket) context.getServerSocketFactory()
				.createServerSocket(Integer.parseInt(args[0]), 64, InetAddress.getLoopbackAddress());
		SSLParameters how = listener.getSSLParameters();
		how.setCipherSuites(listener.getSupportedCipherSuites());
		how.setProtocols(args.length > 4 ? args[4].split(",") : listener.getSupportedProtocols());
		how.setUseCipherSuitesOrder(args[3].equals("server"));
		listener.setSSLParameters(how);
		ExecutorService pool = Executors.newCachedThreadPool();
		for (;;) {
			SSLSocket one = (SSLSocket) listener.accept();
			pool.execute(() -> serve(one));
		}
	}

	private static void serve(SSLSocket socket) {
		try (socket) {
			socket.setSoTimeout(10000);
			byte[] request = new byte[4096];
			if (socket.getInputStream().read(request) > 0) {
				OutputStream out = socket.getOutputStream();
				out.write("HTTP/1.0 200 OK\r\n\r\nlive\n".getBytes());
				out.flush();
			}
		} catch (Exception e) {
			// A refused handshake is what most of the questions here are for.
		}
	}
}
