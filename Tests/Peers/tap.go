// Package tap prints the Test Anything Protocol. The specification's validation programs are written against a package
// of this name that Debian does not have; of its functions, these are the ones they call.
package tap

import (
	"encoding/json"
	"fmt"
)

// T counts the lines of one report.
type T struct {
	count  *int
	suffix string
}

func New() *T { return &T{count: new(int)} }

// Todo is the same report, for a line that is known to fail.
func (t *T) Todo() *T { return &T{t.count, " # TODO"} }

// Header begins a report of so many lines; 0 says that AutoPlan will tell.
func (t *T) Header(lines int) {
	fmt.Println("TAP version 13")
	if lines > 0 {
		fmt.Printf("1..%d\n", lines)
	}
}

func (t *T) AutoPlan() { fmt.Printf("1..%d\n", *t.count) }

func (t *T) Ok(holds bool, sentence string) {
	*t.count++
	mark := "ok"
	if !holds {
		mark = "not ok"
	}
	fmt.Printf("%s %d - %s%s\n", mark, *t.count, sentence, t.suffix)
}

func (t *T) Pass(sentence string) { t.Ok(true, sentence) }

func (t *T) Fail(sentence string) { t.Ok(false, sentence) }

func (t *T) Skip(lines int, why string) {
	for ; lines > 0; lines-- {
		*t.count++
		fmt.Printf("ok %d # SKIP %s\n", *t.count, why)
	}
}

func (t *T) Diagnostic(text string) { fmt.Printf("# %s\n", text) }

func (t *T) Diagnosticf(format string, values ...interface{}) { t.Diagnostic(fmt.Sprintf(format, values...)) }

// YAML prints a value below the line before it. JSON is YAML.
func (t *T) YAML(value interface{}) error {
	text, err := json.Marshal(value)
	fmt.Printf("  ---\n  %s\n  ...\n", text)
	return err
}
