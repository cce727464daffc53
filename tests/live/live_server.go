// The crypto/tls of Go with everything on.  Arguments: port, certificate chain and key, then more
// pairs of them.
package main

import (
	"crypto/tls"
	"log"
	"net"
	"os"
)

func main() {
	config := &tls.Config{MinVersion: tls.VersionTLS10}
	for i := 2; i+1 < len(os.Args); i += 2 {
		pair, err := tls.LoadX509KeyPair(os.Args[i], os.Args[i+1])
		if err != nil {
			log.Fatal(err)
		}
		config.Certificates = append(config.Certificates, pair)
	}
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		config.CipherSuites = append(config.CipherSuites, suite.ID)
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:"+os.Args[1], config)
	if err != nil {
		log.Fatal(err)
	}
	for {
		conn, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go serve(conn)
	}
}

func serve(conn net.Conn) {
	defer conn.Close()
	request := make([]byte, 4096)
	if n, _ := conn.Read(request); n > 0 {
		conn.Write([]byte("HTTP/1.0 200 OK\r\n\r\nlive\n"))
	}
}
