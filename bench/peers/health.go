// Go's own HTTP server, with nothing on top: a peer for GET /health. The benchmark builds it, and
// sets GOMAXPROCS=1.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
)

func main() {
	body := []byte(`{"status":"ok"}`)
	http.HandleFunc("/health", func(response http.ResponseWriter, _ *http.Request) {
		response.Header().Set("Content-Type", "application/json")
		response.Write(body)
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening on %s\n", listener.Addr())
	log.Fatal(http.Serve(listener, nil))
}
