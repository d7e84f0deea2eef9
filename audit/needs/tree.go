package needs

// kind says what a node is. All languages are read into the same kinds: what
// matters here is which values reach which calls, and that looks alike in all.
type kind uint8

const (
	kOther    kind = iota // anything else: its kids are looked at, its value is unknown
	kName                 // text
	kString               // text: what it means, escapes resolved
	kConst                // text: a number, None, true …
	kTemplate             // kids: the parts of a string, put together
	kAttr                 // kids[0] "." text
	kCall                 // kids[0] called with the rest
	kKeyword              // text = kids[0], an argument
	kSpread               // * or ** or …, text says which
	kList                 // a list, tuple or set
	kDict                 // kids: kPair, kSpread
	kPair                 // kids[0]: kids[1]
	kIndex                // kids[0] [ kids[1] ]
	kBinary               // kids[0] text kids[1]
	kCond                 // kids: test, then, else
	kCompare              // kids; a value that is looked at, not handed on
	kComp                 // kids: element, then target and source of each for
	kLambda               // a function without a name; fn
	kAssign               // kids[0] text kids[1]; text is "=" or "+="
	kBlock                // kids: statements
	kIf                   // kids: test, then, and what else there is
	kLoop                 // kids: target, source, body …; target and source may be nil
	kTry                  // kids: blocks
	kReturn               // kids: the value, if any; text "yield" for a generator
	kStop                 // raise, break, continue, throw: what follows is not reached
	kFunc                 // fn
	kClass                // text; kids: bases, then the body
	kTyped                // a value of the type kids[0]; kids[1] is the value where there is one
	kWhen                 // kids: what is looked at, then kPair of a test and a value; the text of a kPair is its condition
	kImport               // text: the module; kids: kPair of what is taken and its name here
)

// node is one node of a syntax tree. Positions are bytes of the module's text.
type node struct {
	kind     kind
	pos, end int32
	memo     int32 // what the evaluator knows of it
	text     string
	kids     []*node
	fn       *function
	block    *block // where it stands; set by bind
}

// parameter is one parameter of a function.
type parameter struct {
	name  string
	value *node // its default, or nil
	rest  string
	// typed is its type, a kTyped, where the source has one that can be followed.
	typed *node
	// from is what is passed, where the place of the function tells.
	from *node
	// pattern takes what is passed apart, where there is no name.
	pattern *node
	// kept says that it is an attribute of the instance too, as in TypeScript.
	kept bool
}

// function is a function, a method, or the top of a module: what has names of
// its own.
type function struct {
	name   string
	node   *node
	module *module
	params []parameter
	body   *node
	outer  *function
	class  *class // that it is a method of
	static bool
	// property says that naming it calls it.
	property bool
	names    names
	gives    []*node // what it returns or yields
	global   []string
	// results are the types of what it returns; receiver is the type that a Go
	// method belongs to.
	results  []*node
	receiver string
	// subject is what names belong to that nothing else binds, in Kotlin.
	subject *node
	sets    []*node // assignments to what the subject has
}

// class is a class with its methods and what is kept in its instances.
type class struct {
	name   string
	node   *node
	module *module
	scope  *function
	attrs  map[string][]binding
	fields map[string]*node // the types of what is annotated and given no value, in Python
	// lenders are the fields of a struct that are embedded in it.
	lenders []string
}

// block is a run of statements: which function it is in, and under what
// condition it is reached.
type block struct {
	parent *block
	fn     *function
	when   string // condition, as the source has it; empty where there is none
	depth  int32
	pos    int32
	end    int32
	loop   bool
	dead   bool // nothing comes here
	branch bool // it may be passed by
	gives  bool // it ends by leaving its function
}

// binding is one way in which a name gets its value.
type binding struct {
	how   how
	value *node // what is assigned, or the function, class or import
	pos   int32
	block *block
	index int // of the element taken, or of the parameter
	name  string
}

// how says how a binding uses its value.
type how uint8

const (
	byAssign  how = iota
	byAppend      // the value is added as one element
	byExtend      // the elements of the value are added
	byEnter       // what entering the value gives
	byElement     // each element of the value in turn
	byIndex       // the element at index
	byField       // the property called name
	byParam
	byFunc
	byClass
	byImport // the module of the import, or its first segment
	byFrom   // what an import takes out of a module
	byStar   // all that a module has
	bySetKey // the value is put under the key called name
	byOpaque // something that is not followed
)
