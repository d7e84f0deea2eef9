package fakegoogle

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Message is one message of the toy mailbox.
type Message struct {
	ID            string // made up where it is empty
	From, Subject string
	To            string
	Date          time.Time
	Text          string
	Labels        []string // "INBOX" where there is none
}

// mailbox is a Gmail with a few messages. The server's lock guards it.
type mailbox struct {
	messages []Message
	filters  []map[string]any
	language string
	made     int // IDs given so far
}

func newMailbox(messages []Message) *mailbox {
	b := &mailbox{language: "en"}
	for _, m := range messages {
		b.add(m)
	}
	return b
}

func (b *mailbox) id() string {
	b.made++
	return fmt.Sprintf("19fa%012x", b.made)
}

func (b *mailbox) add(m Message) Message {
	if m.ID == "" {
		m.ID = b.id()
	}
	if len(m.Labels) == 0 {
		m.Labels = []string{"INBOX"}
	}
	m.Labels = slices.Clone(m.Labels)
	b.messages = append(b.messages, m)
	return m
}

func (b *mailbox) list() []Message {
	out := slices.Clone(b.messages)
	for i := range out {
		out[i].Labels = slices.Clone(out[i].Labels)
	}
	return out
}

func (b *mailbox) find(id string) int {
	return slices.IndexFunc(b.messages, func(m Message) bool { return m.ID == id })
}

// serve answers a call that the token may make; false where it is not served.
func (b *mailbox) serve(q Question, c call) (answer, bool) {
	switch c.ID {
	case "gmail.users.getProfile":
		return ok(map[string]any{
			"emailAddress": q.token.Account, "messagesTotal": len(b.messages), "threadsTotal": len(b.messages),
			"historyId": strconv.Itoa(1000 + b.made),
		}), true
	case "gmail.users.labels.list":
		var labels []any
		for _, name := range []string{"INBOX", "SENT", "TRASH", "UNREAD"} {
			labels = append(labels, map[string]any{"id": name, "name": name, "type": "system"})
		}
		return ok(map[string]any{"labels": labels}), true
	case "gmail.users.messages.list":
		return b.search(q), true
	case "gmail.users.messages.send":
		return b.deliver(q), true
	case "gmail.users.messages.batchDelete":
		return b.batchDelete(q), true
	case "gmail.users.messages.get", "gmail.users.messages.trash", "gmail.users.messages.untrash", "gmail.users.messages.delete":
		return b.one(q, c), true
	case "gmail.users.settings.filters.list", "gmail.users.settings.filters.create":
		return b.filter(q, c), true
	case "gmail.users.settings.getLanguage":
		return ok(map[string]any{"displayLanguage": b.language}), true
	case "gmail.users.settings.updateLanguage":
		return b.setLanguage(q), true
	}
	return answer{}, false
}

// search lists messages, newest first. A query is looked for as plain words, of
// which every one must occur; Gmail knows more than that.
func (b *mailbox) search(q Question) answer {
	query := q.http.URL.Query()
	limit := 100
	if n, err := strconv.Atoi(query.Get("maxResults")); err == nil && n > 0 {
		limit = n
	}
	var found []any
	total := 0
	for _, m := range slices.Backward(b.messages) {
		if slices.Contains(m.Labels, "TRASH") && query.Get("includeSpamTrash") != "true" || !m.has(query["labelIds"], query.Get("q")) {
			continue
		}
		total++
		if len(found) < limit {
			found = append(found, map[string]any{"id": m.ID, "threadId": m.ID})
		}
	}
	fields := map[string]any{"resultSizeEstimate": total}
	if found != nil {
		fields["messages"] = found
	}
	return ok(fields)
}

func (m Message) has(labels []string, words string) bool {
	for _, label := range labels {
		if !slices.Contains(m.Labels, label) {
			return false
		}
	}
	text := strings.ToLower(m.From + " " + m.Subject + " " + m.Text)
	for word := range strings.FieldsSeq(strings.ToLower(words)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// one serves what is about one message.
func (b *mailbox) one(q Question, c call) answer {
	i := b.find(c.values["id"])
	if i < 0 {
		return apiError(http.StatusNotFound, "NOT_FOUND", "Requested entity was not found.", "notFound")
	}
	m := &b.messages[i]
	switch c.ID {
	case "gmail.users.messages.trash":
		m.Labels = []string{"TRASH"}
	case "gmail.users.messages.untrash":
		m.Labels = []string{"INBOX"}
	case "gmail.users.messages.delete":
		b.messages = slices.Delete(b.messages, i, i+1)
		return answer{status: http.StatusNoContent}
	}
	format := "minimal"
	if c.ID == "gmail.users.messages.get" {
		format = q.http.URL.Query().Get("format")
	}
	fields := m.fields(format)
	if slices.Contains(q.token.Scopes, metadataScope) {
		delete(fields, "snippet") // it is content
	}
	return ok(fields)
}

// fields is a message as messages.get gives it.
func (m Message) fields(format string) map[string]any {
	f := map[string]any{
		"id": m.ID, "threadId": m.ID, "labelIds": m.Labels, "snippet": m.Text, "sizeEstimate": len(m.Text),
		"internalDate": strconv.FormatInt(m.Date.UnixMilli(), 10),
	}
	var headers []any
	for _, h := range [][2]string{{"From", m.From}, {"To", m.To}, {"Subject", m.Subject}, {"Date", m.Date.Format(time.RFC1123Z)}} {
		if h[1] != "" {
			headers = append(headers, map[string]any{"name": h[0], "value": h[1]})
		}
	}
	payload := map[string]any{"mimeType": "text/plain", "headers": headers}
	switch strings.ToLower(format) {
	case "minimal":
		return f
	case "metadata":
	case "raw":
		f["raw"] = base64.URLEncoding.EncodeToString([]byte("From: " + m.From + "\r\nTo: " + m.To + "\r\nSubject: " + m.Subject + "\r\n\r\n" + m.Text))
		return f
	default:
		payload["body"] = map[string]any{"size": len(m.Text), "data": base64.URLEncoding.EncodeToString([]byte(m.Text))}
	}
	f["payload"] = payload
	return f
}

// deliver sends a message, to nobody: it lands in the mailbox under SENT.
func (b *mailbox) deliver(q Question) answer {
	var sent struct{ Raw string }
	err := json.Unmarshal(q.raw, &sent)
	data, bad := base64.URLEncoding.DecodeString(sent.Raw)
	if bad != nil {
		data, bad = base64.RawURLEncoding.DecodeString(sent.Raw)
	}
	m, broken := mail.ReadMessage(strings.NewReader(string(data)))
	if err != nil || bad != nil || broken != nil || sent.Raw == "" {
		return invalidArgument("'raw' RFC822 payload message string or uploading message via /upload/* URL required")
	}
	if m.Header.Get("To") == "" {
		return invalidArgument("Recipient address required")
	}
	text, _ := io.ReadAll(m.Body) // it is in memory
	made := b.add(Message{
		From: q.token.Account, To: m.Header.Get("To"), Subject: m.Header.Get("Subject"),
		Date: q.now, Text: strings.TrimSpace(string(text)), Labels: []string{"SENT"},
	})
	return ok(map[string]any{"id": made.ID, "threadId": made.ID, "labelIds": made.Labels})
}

func (b *mailbox) batchDelete(q Question) answer {
	var doomed struct{ IDs []string }
	if json.Unmarshal(q.raw, &doomed) != nil || len(doomed.IDs) == 0 {
		return invalidArgument("No message ids specified.")
	}
	b.messages = slices.DeleteFunc(b.messages, func(m Message) bool { return slices.Contains(doomed.IDs, m.ID) })
	return answer{status: http.StatusNoContent}
}

// filter lists the filters or adds one.
func (b *mailbox) filter(q Question, c call) answer {
	if c.ID == "gmail.users.settings.filters.list" {
		if len(b.filters) == 0 {
			return ok(map[string]any{})
		}
		return ok(map[string]any{"filter": slices.Clone(b.filters)})
	}
	var made map[string]any
	if json.Unmarshal(q.raw, &made) != nil || made["criteria"] == nil || made["action"] == nil {
		return invalidArgument("Filter doesn't have any criteria")
	}
	made["id"] = b.id()
	b.filters = append(b.filters, made)
	return ok(made)
}

func (b *mailbox) setLanguage(q Question) answer {
	var wanted struct{ DisplayLanguage string }
	if json.Unmarshal(q.raw, &wanted) != nil || wanted.DisplayLanguage == "" {
		return invalidArgument("Invalid language")
	}
	b.language = wanted.DisplayLanguage
	return ok(map[string]any{"displayLanguage": b.language})
}

func invalidArgument(message string) answer {
	return apiError(http.StatusBadRequest, "INVALID_ARGUMENT", message, "invalidArgument")
}
