package policies

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// The parser takes time that grows with the square of the nesting and of the
// keys; these bounds keep any file within a fraction of a second.
const (
	maxTokens = 10_000
	maxDepth  = 16 // a policy needs four
)

// kind is what a node is, in the words that errors use.
type kind string

const (
	mapping kind = "a mapping"
	list    kind = "a list"
	text    kind = "text"
	number  kind = "a number"
	boolean kind = "true or false"
	nothing kind = "nothing"
)

// node is one value of the file with the place where it begins.
type node struct {
	kind         kind
	line, column int
	text         string  // of a scalar, as read; numbers as written
	keys         []*node // of a mapping, beside their values in items
	items        []*node
}

// parse reads the one document of a policy file into nodes. Of YAML it takes
// what a policy needs: mappings, lists and scalars. Anchors, aliases, merge
// keys, tags, directives and complex keys are refused before anything is built.
func parse(file string, data []byte) (root *node, err error) {
	// A panic of the parser is a fault of the file that caused it, not a reason
	// to lose the whole run.
	defer func() {
		if recover() != nil {
			root, err = nil, &Error{File: file, Message: notYAML}
		}
	}()
	data = spaceIndent(data)
	if e := checkText(file, data); e != nil {
		return nil, e
	}
	// The parser counts a line twice that ends a comment with both.
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	tokens := lexer.Tokenize(string(data))
	if e := checkTokens(file, tokens); e != nil {
		return nil, e
	}
	// Duplicate keys are let through here and refused in the tree, where both
	// places are known.
	f, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, syntaxError(file, err)
	}
	t := tree{file: file, seen: map[*token.Token]bool{}}
	for _, doc := range f.Docs {
		if doc.Body == nil {
			continue
		}
		if root, err = t.node(doc.Body, 0); err != nil {
			return nil, err
		}
		break
	}
	// What the parser dropped would be a rule that somebody wrote and nobody
	// applies.
	for _, tk := range tokens {
		if isScalar(tk) && !t.seen[tk] {
			return nil, t.fail(tk, "this text belongs to no key", "look at the indentation and the colons around it")
		}
	}
	if root == nil {
		return nil, &Error{File: file, Line: 1, Column: 1, Message: "the file is empty",
			Hint: "a policy begins with version: 1 and lists the scopes it allows"}
	}
	return root, nil
}

// checkTokens refuses the parts of YAML that a policy has no use for, and what
// would make the parser slow.
func checkTokens(file string, tokens token.Tokens) *Error {
	t := tree{file: file}
	if len(tokens) > maxTokens {
		return &Error{File: file, Message: fmt.Sprintf("the file holds more than %d words and signs", maxTokens)}
	}
	depth, dashes := 0, 0
	begun, ended := false, false // the document
	for _, tk := range tokens {
		if tk.Type == token.CommentType {
			continue
		}
		if ended && tk.Type != token.DocumentEndType || begun && tk.Type == token.DocumentHeaderType {
			return t.fail(tk, "a second document begins here", "one file holds one policy")
		}
		begun, ended = true, tk.Type == token.DocumentEndType
		if tk.Type == token.SequenceEntryType {
			dashes++
		} else {
			dashes = 0
		}
		switch tk.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			return t.fail(tk, "anchors, aliases and merge keys are not allowed in a policy",
				"write the value out, or put it in quotes if it begins with & or *")
		case token.TagType:
			return t.fail(tk, "tags are not allowed in a policy", "put the text in quotes if it begins with !")
		case token.DirectiveType:
			return t.fail(tk, "directives are not allowed in a policy", "put the text in quotes if it begins with %")
		case token.MappingKeyType:
			return t.fail(tk, "complex keys are not allowed in a policy", "put the text in quotes if it begins with ?")
		case token.MappingStartType, token.SequenceStartType:
			depth++
		case token.MappingEndType, token.SequenceEndType:
			depth--
		}
		if depth > maxDepth || dashes > maxDepth {
			return t.fail(tk, "nested too deep", "")
		}
	}
	return nil
}

const notYAML = "not valid YAML"

// syntaxError puts the parser's complaint into our form. The parser's own
// rendering quotes the file around the place, which may be a credential.
func syntaxError(file string, err error) *Error {
	e := &Error{File: file, Message: notYAML, Hint: "look at the indentation, the colons and the quotes near this place"}
	var syntax interface {
		error
		GetToken() *token.Token
		GetMessage() string
	}
	if !errors.As(err, &syntax) {
		return e
	}
	if tk := syntax.GetToken(); tk != nil {
		e.Line, e.Column = place(tk)
	}
	// Whatever the parser quotes of the file stands behind a double quote.
	message, _, _ := strings.Cut(syntax.GetMessage(), "\"")
	switch message = strings.TrimRight(message, " .:\n"); {
	case message == "", strings.Contains(message, "\n"):
	case message == "non-map value is specified", message == "unexpected key name":
		e.Message += ": a key without a colon and a space behind it"
	case message == "mapping value is not allowed in this context":
		e.Message += ": two colons in one line, or a wrong indentation"
		e.Hint = "put text that holds a colon in quotes; keys of one mapping begin in the same column"
	case strings.HasPrefix(message, "value is not allowed in this context"):
		e.Message += ": this does not belong here"
		e.Hint = "keys of one mapping begin in the same column; after a quoted text the line ends"
	default:
		e.Message += ": " + message
	}
	return e
}

// tree turns the parser's nodes into ours and notes which tokens it met.
type tree struct {
	file string
	seen map[*token.Token]bool
}

func (t *tree) fail(tk *token.Token, message, hint string) *Error {
	e := &Error{File: t.file, Message: message, Hint: hint}
	e.Line, e.Column = place(tk)
	return e
}

func place(tk *token.Token) (line, column int) {
	if tk == nil || tk.Position == nil {
		return 1, 1
	}
	return max(tk.Position.Line, 1), max(tk.Position.Column, 1)
}

// isScalar reports whether tk holds a scalar's text.
func isScalar(tk *token.Token) bool {
	switch tk.Type {
	case token.StringType, token.SingleQuoteType, token.DoubleQuoteType, token.BoolType, token.NullType,
		token.IntegerType, token.BinaryIntegerType, token.OctetIntegerType, token.HexIntegerType,
		token.FloatType, token.InfinityType, token.NanType:
		return true
	}
	return false
}

func (t *tree) node(n ast.Node, depth int) (*node, error) {
	if n == nil {
		return nil, &Error{File: t.file, Message: notYAML}
	}
	tk := n.GetToken()
	if depth > maxDepth {
		return nil, t.fail(tk, "nested too deep", "")
	}
	out := &node{}
	out.line, out.column = place(tk)
	switch n := n.(type) {
	case *ast.MappingNode:
		return out, t.mapping(out, n.Values, depth)
	case *ast.MappingValueNode:
		return out, t.mapping(out, []*ast.MappingValueNode{n}, depth)
	case *ast.SequenceNode:
		out.kind = list
		for _, v := range n.Values {
			item, err := t.node(v, depth+1)
			if err != nil {
				return nil, err
			}
			out.items = append(out.items, item)
		}
		return out, nil
	case *ast.LiteralNode:
		out.kind, out.text = text, n.Value.Value
		t.seen[n.Value.GetToken()] = true
		return out, nil
	case *ast.StringNode:
		out.kind, out.text = text, n.Value
		// An unquoted text ends at ": " and at " #"; the parser reads on
		// inside braces.
		if tk.Type == token.StringType && strings.Contains(n.Value, ": ") {
			return nil, t.fail(tk, "unquoted text holds a colon", "put the text in quotes, or a comma before the next key")
		}
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		out.kind, out.text = number, tk.Value
	case *ast.BoolNode:
		out.kind, out.text = boolean, fmt.Sprint(n.Value)
	case *ast.NullNode:
		out.kind = nothing
	default:
		return nil, t.fail(tk, "this part of YAML is not allowed in a policy", "")
	}
	t.seen[tk] = true
	return out, nil
}

func (t *tree) mapping(out *node, values []*ast.MappingValueNode, depth int) error {
	out.kind = mapping
	first := map[string]*node{}
	for i, v := range values {
		key, err := t.node(v.Key, depth+1)
		if err != nil {
			return err
		}
		if i == 0 && v.Key.GetToken() != nil && out.column > key.column {
			// In block style the parser puts a mapping at its first colon.
			out.line, out.column = key.line, key.column
		}
		if key.kind == mapping || key.kind == list {
			return t.fail(v.Key.GetToken(), "a key must be a word", "")
		}
		if key.kind == nothing {
			key.text = "null"
		}
		if was, ok := first[key.text]; ok {
			return t.fail(v.Key.GetToken(), fmt.Sprintf("key %s is already on line %d", quote(key.text), was.line),
				"join the two, or delete one")
		}
		first[key.text] = key
		value, err := t.node(v.Value, depth+1)
		if err != nil {
			return err
		}
		out.keys, out.items = append(out.keys, key), append(out.items, value)
	}
	return nil
}
