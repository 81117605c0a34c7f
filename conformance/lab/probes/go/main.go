// Looks one name up as Go programs do, and says what came of it, as one line of JSON.
//
//	probe NAME both|v4|v6
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"
)

type report struct {
	Elapsed   int64    `json:"elapsed"`
	Addresses []string `json:"addresses,omitempty"`
	Error     string   `json:"error,omitempty"`
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: probe NAME both|v4|v6")
		os.Exit(2)
	}
	network := map[string]string{"both": "ip", "v4": "ip4", "v6": "ip6"}[os.Args[2]]
	begin := time.Now()
	addresses, err := net.DefaultResolver.LookupNetIP(context.Background(), network, os.Args[1])
	said := report{Elapsed: time.Since(begin).Milliseconds()}
	for _, address := range addresses {
		said.Addresses = append(said.Addresses, address.Unmap().String())
	}
	if err != nil {
		said.Error = err.Error()
		// What failed, without the name that the error repeats, and without addresses and ports.
		var failed *net.DNSError
		var unsuitable *net.AddrError
		if errors.As(err, &failed) {
			said.Error = strings.TrimSpace(failed.Err[strings.LastIndex(failed.Err, ": ")+1:])
		} else if errors.As(err, &unsuitable) {
			said.Error = unsuitable.Err
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(said); err != nil {
		os.Exit(1)
	}
}
