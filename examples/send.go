//go:build ignore

// Texts people once and waits until it is over:
//
//	SMS_URL=… SMS_KEY=… go run send.go 'Doors open at 9.' +14155550101 +14155550102
package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

const tries = 5

type broadcast struct {
	ID       string
	Status   string
	Delivery struct{ Queued, Sent, Delivered, Undelivered, Failed, Invalid, Unknown int }
}

type problem struct{ Type, Title, Detail string }

var (
	idempotencyKey = os.Getenv("IDEMPOTENCY_KEY")
	client         = http.Client{
		Timeout: time.Minute,
		// The key is for the service only.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
)

// ask does nothing twice by asking again: a broadcast has its Idempotency-Key, all else is reading.
func ask(method, path string, body []byte, headers map[string]string) (broadcast, error) {
	for attempt := 1; ; attempt++ {
		answer, retryAfter, isForNow, err := tryOnce(method, path, body, headers)
		if err == nil || !isForNow {
			return answer, err
		}
		wait := time.Duration(1<<(attempt-1)) * time.Second
		if retryAfter > wait {
			wait = retryAfter
		}
		if attempt == tries || wait > time.Minute {
			return answer, fmt.Errorf("%w; run it again with IDEMPOTENCY_KEY=%s", err, idempotencyKey)
		}
		time.Sleep(wait)
	}
}

func tryOnce(method, path string, body []byte, headers map[string]string) (answer broadcast, retryAfter time.Duration, isForNow bool, err error) {
	request, err := http.NewRequest(method, strings.TrimRight(os.Getenv("SMS_URL"), "/")+path, bytes.NewReader(body))
	if err != nil {
		return answer, 0, false, err
	}
	request.Header.Set("x-api-key", os.Getenv("SMS_KEY"))
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	response, err := client.Do(request)
	if err != nil {
		return answer, 0, true, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return answer, 0, true, err
	}
	if response.StatusCode < 300 {
		err = json.Unmarshal(text, &answer)
		return answer, 0, true, err
	}
	isProblem := strings.HasPrefix(response.Header.Get("content-type"), "application/problem+json")
	told := problem{Title: "Unexpected answer"}
	if isProblem {
		_ = json.Unmarshal(text, &told)
	}
	status := response.StatusCode
	// A gateway that answers for the service may have passed the request on.
	isForNow = status == 429 || status == 503 || strings.HasSuffix(told.Type, "/in_progress") || (status >= 500 && !isProblem)
	seconds, _ := strconv.Atoi(response.Header.Get("retry-after"))
	err = fmt.Errorf("%s: %s (HTTP %d)", told.Title, told.Detail, status)
	return answer, time.Duration(seconds) * time.Second, isForNow, err
}

func run(message string, recipients []string) (broadcast, error) {
	body, err := json.Marshal(map[string]any{"message": message, "recipients": recipients})
	if err != nil {
		return broadcast{}, err
	}
	sent, err := ask("POST", "/broadcast", body, map[string]string{
		"content-type":    "application/json",
		"idempotency-key": idempotencyKey,
		"prefer":          "respond-async",
	})
	if err != nil {
		return sent, err
	}

	followSeconds, err := strconv.Atoi(os.Getenv("FOLLOW_SECONDS"))
	if err != nil {
		followSeconds = 600
	}
	deadline := time.Now().Add(time.Duration(followSeconds) * time.Second)
	for last := ""; ; time.Sleep(time.Second) {
		now, err := ask("GET", "/broadcast/"+sent.ID, nil, nil)
		if err != nil {
			return now, err
		}
		people := now.Delivery
		failed := people.Undelivered + people.Failed + people.Invalid
		open := people.Queued + people.Sent + people.Unknown
		line := fmt.Sprintf("%s: %d delivered, %d failed, %d open", now.Status, people.Delivered, failed, open)
		if line != last {
			fmt.Println(line)
		}
		last = line
		// Once it is final, delivery reports still come.
		if (isFinal(now.Status) && open == 0) || time.Now().After(deadline) {
			fmt.Println("Broadcast", now.ID, line)
			return now, nil
		}
	}
}

func isFinal(status string) bool {
	return status == "completed" || status == "partially_failed" || status == "failed" || status == "cancelled"
}

func main() {
	if len(os.Args) < 3 || os.Getenv("SMS_URL") == "" || os.Getenv("SMS_KEY") == "" {
		fmt.Fprintln(os.Stderr, "usage: SMS_URL=… SMS_KEY=… go run send.go MESSAGE NUMBER...")
		os.Exit(1)
	}
	if idempotencyKey == "" {
		random := make([]byte, 16)
		if _, err := rand.Read(random); err != nil {
			panic(err)
		}
		idempotencyKey = fmt.Sprintf("%x", random)
	}
	ended, err := run(os.Args[1], os.Args[2:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	if err != nil || ended.Status != "completed" {
		os.Exit(1)
	}
}
