//go:build ignore

// Says whether a webhook is from the service:
//
//	go run verify-webhook.go < body.json
//
// with WEBHOOK_ID, WEBHOOK_TIMESTAMP and WEBHOOK_SIGNATURE as its headers have them, and WEBHOOK_SECRET as the service has it.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

const tolerance = 5 * time.Minute

// isGenuine wants the bytes of the body as they came in, before anybody parsed them.
func isGenuine(id, timestamp, signature string, body []byte, secrets []string) (bool, error) {
	seconds, err := strconv.ParseUint(timestamp, 10, 40)
	if err != nil {
		return false, nil
	}
	if age := time.Since(time.Unix(int64(seconds), 0)); age > tolerance || age < -tolerance {
		return false, nil
	}
	// While a secret is being changed there are two of them, and two signatures.
	for _, secret := range secrets {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
		if err != nil || len(key) == 0 { // Anybody can sign with an empty key.
			return false, errors.New(`a secret is "whsec_" and then base64`)
		}
		mac := hmac.New(sha256.New, key)
		fmt.Fprintf(mac, "%s.%s.", id, timestamp)
		mac.Write(body)
		expected := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
		for _, given := range strings.Split(signature, " ") {
			if hmac.Equal([]byte(given), []byte(expected)) {
				return true, nil
			}
		}
	}
	return false, nil
}

func run() error {
	body, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	secrets := strings.Split(os.Getenv("WEBHOOK_SECRET"), ",")
	genuine, err := isGenuine(os.Getenv("WEBHOOK_ID"), os.Getenv("WEBHOOK_TIMESTAMP"), os.Getenv("WEBHOOK_SIGNATURE"), body, secrets)
	if err != nil {
		return err
	}
	if !genuine {
		fmt.Println("forged")
		os.Exit(1)
	}
	var event struct{ Type string }
	if err := json.Unmarshal(body, &event); err != nil {
		return err
	}
	fmt.Println("genuine", event.Type)
	return nil
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
