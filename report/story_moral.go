package report

import "scopeaudit/audit"

// moral says what a program's story comes to.
func moral(m audit.Moral) string {
	switch m {
	case audit.Fits:
		return "asks for what it uses, and no more"
	case audit.TooMuch:
		return "asks for more than it uses"
	case audit.TooLittle:
		return "asks for too little: Google refuses what it calls"
	case audit.Otherwise:
		return "asks for more than it uses, and yet too little: Google refuses what it calls"
	case audit.Enough:
		return "asks for enough, and nothing narrower is proven to do"
	case audit.Partly:
		return "calls what could not be followed: it may need all that it asks for"
	case audit.NoCall:
		return "calls nothing that could be followed: what it needs is not known"
	}
	return "calls Google, and what it asks for was not found"
}
