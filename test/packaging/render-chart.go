// Renders a chart as Helm does, for a machine without Helm: Go's templates with the functions of sprig and the few of Helm
// itself. Does not support hooks, lookups or library charts.
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run render-chart.go CHART RELEASE [VALUES.yaml...]
//
// The packages are Debian's golang-github-masterminds-sprig-dev and golang-k8s-sigs-yaml-dev.
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"sigs.k8s.io/yaml"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func read(path string) map[string]interface{} {
	text, err := os.ReadFile(path)
	check(err)
	found := map[string]interface{}{}
	check(yaml.Unmarshal(text, &found))
	return found
}

// merge overrides one set of values by another, key by key.
func merge(below, above map[string]interface{}) {
	for name, value := range above {
		mapping, isMapping := value.(map[string]interface{})
		under, isUnder := below[name].(map[string]interface{})
		if isMapping && isUnder {
			merge(under, mapping)
		} else {
			below[name] = value
		}
	}
}

func main() {
	chart, release := os.Args[1], os.Args[2]
	values := read(filepath.Join(chart, "values.yaml"))
	for _, path := range os.Args[3:] {
		merge(values, read(path))
	}
	described := read(filepath.Join(chart, "Chart.yaml"))
	about := map[string]interface{}{
		"Name": described["name"], "Version": described["version"], "AppVersion": described["appVersion"],
	}
	root := map[string]interface{}{
		"Values": values, "Chart": about,
		"Release": map[string]interface{}{"Name": release, "Namespace": "default", "Service": "Helm"},
	}

	all := template.New("chart").Option("missingkey=error")
	functions := sprig.TxtFuncMap()
	functions["toYaml"] = func(value interface{}) string {
		text, err := yaml.Marshal(value)
		check(err)
		return strings.TrimSuffix(string(text), "\n")
	}
	functions["include"] = func(name string, data interface{}) (string, error) {
		var text bytes.Buffer
		err := all.ExecuteTemplate(&text, name, data)
		return text.String(), err
	}
	functions["required"] = func(message string, value interface{}) (interface{}, error) {
		if value == nil || value == "" {
			return nil, fmt.Errorf("%s", message)
		}
		return value, nil
	}
	all.Funcs(functions)

	paths, err := filepath.Glob(filepath.Join(chart, "templates", "*"))
	check(err)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		check(err)
		_, err = all.New(filepath.Base(path)).Parse(string(text))
		check(err)
	}
	for _, path := range paths {
		var text bytes.Buffer
		check(all.ExecuteTemplate(&text, filepath.Base(path), root))
		if strings.HasSuffix(path, ".yaml") && strings.TrimSpace(text.String()) != "" {
			fmt.Printf("---\n# Source: %s\n%s\n", filepath.Base(path), text.String())
		}
	}
}
