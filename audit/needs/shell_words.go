package needs

import (
	"path"
	"slices"
	"strings"
)

// given are the words of a command, with those of arrays, and those in the place of
// "$@" that the function around it is given, if one call of it counts.
func (r *recorder) given(n *node) []*node {
	words := n.kids[1:]
	if slices.ContainsFunc(words, func(w *node) bool { return arrayOf(w) != nil }) {
		var all []*node
		for _, w := range words {
			if name := arrayOf(w); name != nil {
				all = append(all, r.elementsOf(name)...)
			} else {
				all = append(all, w)
			}
		}
		words = all
	}
	at := slices.IndexFunc(words, isAllWords)
	if at < 0 {
		return words
	}
	fn := n.block.fn
	site := r.pinned[fn]
	if site == nil {
		return words
	}
	passed := r.given(site)
	for _, shift := range r.named["shift"] {
		if r.steps++; shift.block != nil && shift.block.fn == fn && shift.pos < n.pos {
			by := 1
			if len(shift.kids) > 1 {
				by = max(1, small(shift.kids[1].text))
			}
			passed = passed[min(by, len(passed)):]
		}
	}
	if from := allWordsFrom(words[at]); from > 1 {
		passed = passed[min(from-1, len(passed)):]
	}
	return slices.Concat(words[:at], passed, words[at+1:])
}

// arrayOf is the name of the array whose elements a word stands for, else nil.
func arrayOf(word *node) *node {
	if word.kind == kTemplate && len(word.kids) == 1 {
		word = word.kids[0]
	}
	if word.kind == kSpread && len(word.kids) == 1 && word.kids[0].kind == kName {
		return word.kids[0]
	}
	return nil
}

// elementsOf are the words that are put into an array before it is used: what a
// branch adds may be among them.
func (r *recorder) elementsOf(name *node) []*node {
	fn := name.block.fn
	bs := fn.names.of(name.text)
	if len(bs) == 0 {
		bs = fn.module.top.names.of(name.text)
	}
	var out []*node
	for _, b := range bs {
		if b.value == nil || b.value.kind != kList || b.pos > name.pos && b.block.fn == fn {
			continue
		}
		if r.steps++; b.how == byAssign {
			out = nil
		}
		out = append(out, b.value.kids...)
	}
	return out
}

// isAllWords reports whether a word stands for all that a function is given.
func isAllWords(n *node) bool {
	return n.kind == kOther && n.text == allWords || n.kind == kTemplate && len(n.kids) == 1 && isAllWords(n.kids[0])
}

// allWordsFrom is the number of the first of them.
func allWordsFrom(n *node) int {
	if n.kind == kTemplate {
		n = n.kids[0]
	}
	if len(n.kids) == 0 {
		return 1
	}
	return small(n.kids[0].text)
}

// isSeveral reports whether a word may stand for several.
func isSeveral(n *node) bool {
	return isAllWords(n) || arrayOf(n) != nil || n.kind != kString && n.kind != kTemplate
}

// fallback is what "${1:-GET}" gives where it is known whether there is anything; nil
// where it is not.
func (e *engine) fallback(left []value, otherwise *node) []value {
	var out []value
	empty := false
	for _, v := range left {
		switch {
		case v.kind != vString:
			return nil
		case v.text == "":
			empty = true
		default:
			out = join(out, v)
		}
	}
	if empty {
		out = join(out, e.eval(otherwise)...)
	}
	return out
}

// runners are commands that run the one which is among their words. Those that the
// parser passes over may leave their options: sudo -u me curl.
var runners = []string{"env", "timeout", "xargs", "nice", "doas", "retry"}

// ran is the command that a command comes down to: the one whose name a variable
// holds, perhaps with its first words, or the one that it runs.
func (r *recorder) ran(m *module, n *node) *node {
	head := n.kids[0]
	as := func(words ...*node) *node {
		first := *words[0]
		first.kind = kName
		return &node{kind: kCall, pos: n.pos, end: n.end, kids: append([]*node{&first}, words[1:]...), block: n.block}
	}
	if head.kind == kTemplate && len(head.kids) == 1 {
		head = head.kids[0]
	}
	if head.kind == kName && head.block != nil && int(head.pos) < len(m.text) && m.text[head.pos] == '$' {
		t := texts(r.eval(head))
		if len(t) != 1 || strings.TrimSpace(t[0]) == "" {
			return n
		}
		var words []*node
		for w := range strings.FieldsSeq(t[0]) {
			words = append(words, &node{kind: kString, text: strings.Trim(w, `"'`), pos: head.pos, end: head.end, block: n.block})
		}
		return as(append(words, n.kids[1:]...)...)
	}
	if head.kind != kName || !slices.Contains(runners, path.Base(head.text)) && !strings.HasPrefix(head.text, "-") {
		return n
	}
	for i, w := range n.kids[1:] {
		if w.kind != kString {
			continue
		}
		if name := path.Base(w.text); name == "curl" || name == "wget" || name == "gcloud" || name == "oauth2l" {
			return as(n.kids[1+i:]...)
		}
	}
	return n
}
