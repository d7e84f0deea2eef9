package generate

import (
	"encoding/json"
	"fmt"
	"os/exec"
)

// Locate asks the go command where the pinned module lies, which downloads it
// if it is not there yet.
func Locate() (dir, version string, err error) {
	out, err := exec.Command("go", "mod", "download", "-json", Module).Output()
	var module struct{ Dir, Version, Error string }
	if json.Unmarshal(out, &module) == nil && module.Error != "" {
		return "", "", fmt.Errorf("locating %s: %s", Module, module.Error)
	}
	if err != nil {
		return "", "", fmt.Errorf("locating %s: %w", Module, err)
	}
	if module.Dir == "" {
		return "", "", fmt.Errorf("locating %s: the go command names no folder", Module)
	}
	return module.Dir, module.Version, nil
}
