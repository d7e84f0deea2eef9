package credfile

// step reads one opcode of protocols 0 to 5.
func (m *machine) step(op byte) {
	switch op {
	// Frames and protocol.
	case 0x80: // PROTO
		m.take(1)
	case 0x95: // FRAME: a hint about sizes
		m.take(8)

	// The stack.
	case '(': // MARK
		m.marks = append(m.marks, len(m.stack))
		m.push(&thing{kind: isMark})
	case '0': // POP
		if len(m.stack) > 0 && m.stack[len(m.stack)-1].kind == isMark {
			m.popMark()
		} else {
			m.pop()
		}
	case '1': // POP_MARK
		m.popMark()
	case '2': // DUP
		m.push(m.top())

	// The memo.
	case 'p': // PUT
		m.store(m.index())
	case 'q': // BINPUT
		m.store(m.number(1))
	case 'r': // LONG_BINPUT
		m.store(m.number(4))
	case 0x94: // MEMOIZE
		m.store(uint64(len(m.memo)))
	case 'g': // GET
		m.load(m.index())
	case 'h': // BINGET
		m.load(m.number(1))
	case 'j': // LONG_BINGET
		m.load(m.number(4))

	// Text and bytes.
	case 'S': // STRING
		m.text(unquote(m.line()))
	case 'V': // UNICODE
		m.text(unescape(latin1(m.line()), false))
	case 'U', 'C', 0x8c: // SHORT_BINSTRING, SHORT_BINBYTES, SHORT_BINUNICODE
		m.sized(1)
	case 'T', 'B', 'X': // BINSTRING, BINBYTES, BINUNICODE
		m.sized(4)
	case 0x8d, 0x8e, 0x96: // BINUNICODE8, BINBYTES8, BYTEARRAY8
		m.sized(8)

	// Numbers and constants, of which none is needed.
	case 'N', 0x88, 0x89: // NONE, NEWTRUE, NEWFALSE
		m.other()
	case 'I', 'L', 'F': // INT, LONG, FLOAT
		m.line()
		m.other()
	case 'K': // BININT1
		m.take(1)
		m.other()
	case 'M': // BININT2
		m.take(2)
		m.other()
	case 'J': // BININT
		m.take(4)
		m.other()
	case 'G': // BINFLOAT
		m.take(8)
		m.other()
	case 0x8a: // LONG1
		m.take(m.number(1))
		m.other()
	case 0x8b: // LONG4
		m.take(m.number(4))
		m.other()

	default:
		m.container(op)
	}
}

// container reads the opcodes that put things together.
func (m *machine) container(op byte) {
	switch op {
	case ']', ')', 0x8f: // EMPTY_LIST, EMPTY_TUPLE, EMPTY_SET
		m.push(&thing{kind: isItems})
	case '}': // EMPTY_DICT
		m.push(&thing{kind: isDict})
	case 'l', 't', 0x91: // LIST, TUPLE, FROZENSET
		m.push(&thing{kind: isItems, items: m.popMark()})
	case 'd': // DICT
		m.push(&thing{kind: isDict, items: m.popMark()})
	case 0x85: // TUPLE1
		m.push(&thing{kind: isItems, items: []*thing{m.pop()}})
	case 0x86: // TUPLE2
		b, a := m.pop(), m.pop()
		m.push(&thing{kind: isItems, items: []*thing{a, b}})
	case 0x87: // TUPLE3
		c, b, a := m.pop(), m.pop(), m.pop()
		m.push(&thing{kind: isItems, items: []*thing{a, b, c}})
	case 'a': // APPEND
		item := m.pop()
		m.extend([]*thing{item})
	case 'e', 'u', 0x90: // APPENDS, SETITEMS, ADDITEMS
		m.extend(m.popMark())
	case 's': // SETITEM
		v, k := m.pop(), m.pop()
		m.extend([]*thing{k, v})

	// Names and calls: noted, never imported, never made.
	case 'c': // GLOBAL
		module := m.line()
		m.global(module, m.line())
	case 0x93: // STACK_GLOBAL
		name, module := m.pop(), m.pop()
		m.global(module.str, name.str)
	case 'R', 0x81: // REDUCE, NEWOBJ
		args, of := m.pop(), m.pop()
		m.call(of, args.items)
	case 0x92: // NEWOBJ_EX
		m.pop()
		args, of := m.pop(), m.pop()
		m.call(of, args.items)
	case 'o': // OBJ
		if items := m.popMark(); len(items) > 0 {
			m.call(items[0], items[1:])
		} else {
			m.bad = true
		}
	case 'i': // INST
		module := m.line()
		m.global(module, m.line())
		of := m.pop()
		m.call(of, m.popMark())
	case 'b': // BUILD
		m.build()
	case 'P': // PERSID
		m.line()
		m.other()
	case 'Q': // BINPERSID
		m.pop()
		m.other()
	case 0x82: // EXT1
		m.take(1)
		m.other()
	case 0x83: // EXT2
		m.take(2)
		m.other()
	case 0x84: // EXT4
		m.take(4)
		m.other()
	case 0x97: // NEXT_BUFFER
		m.other()
	case 0x98: // READONLY_BUFFER
	default:
		m.bad = true
	}
}
