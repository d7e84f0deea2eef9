package scopes

import (
	"fmt"
	"slices"
	"strings"
)

// Powers lists all powers, mildest first.
func Powers() []Power {
	return []Power{Identity, Metadata, Read, Send, Write, Delete, Settings}
}

// Rank is the position of p in Powers, -1 for no power at all.
func (p Power) Rank() int { return slices.Index(Powers(), p) }

// Greatest is the last of the powers by rank; empty for none.
func Greatest(powers []Power) Power {
	var greatest Power
	for _, p := range powers {
		if p.Rank() > greatest.Rank() {
			greatest = p
		}
	}
	return greatest
}

// ParsePower reads a power as reports and policies write it.
func ParsePower(name string) (Power, error) {
	if p := Power(name); p.Rank() >= 0 {
		return p, nil
	}
	var names []string
	for _, p := range Powers() {
		names = append(names, string(p))
	}
	return "", fmt.Errorf("unknown power %q (want one of %s)", name, strings.Join(names, ", "))
}

// powerSet is a set of powers, one bit for each by rank.
type powerSet uint8

func setOf(powers ...Power) powerSet {
	var s powerSet
	for _, p := range powers {
		if r := p.Rank(); r >= 0 {
			s |= 1 << r
		}
	}
	return s
}

// list gives the powers of the set, mildest first.
func (s powerSet) list() []Power {
	var powers []Power
	for i, p := range Powers() {
		if s&(1<<i) != 0 {
			powers = append(powers, p)
		}
	}
	return powers
}

// includes reports whether whoever has s has all of t. Who may read content may
// read the metadata of it.
func (s powerSet) includes(t powerSet) bool {
	if s&setOf(Read) != 0 {
		s |= setOf(Metadata)
	}
	return t&^s == 0
}
