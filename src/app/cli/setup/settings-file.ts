/** Settings in the form that systemd (EnvironmentFile=) and a shell read alike: NAME=value lines. */
import { Fault } from '#platform/fault.ts'

/** Values that need quotation marks neither for systemd nor for a shell. */
const bare = /^[\w@%+=:,./?[\]-]+$/
/** Characters that systemd and a shell read differently, even between double quotes. */
const ambiguous = /["$`\\\n]/

/** Returns the settings of a file. Skips commented lines. */
export function readSettingsFile(text: string): Map<string, string> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const [, name, value] = /^\s*([A-Z][A-Z0-9_]*)=(.*?)\s*$/.exec(line) ?? []
      return name === undefined || value === undefined ? [] : [[name, unquoted(value)] as const]
    }),
  )
}

/**
 * Returns the text with new values: each replaces the setting's line or commented example, or is added at the end.
 * @throws Fault `argument-wrong` for a value that systemd and the shell would read differently
 */
export function withSettings(text: string, settings: ReadonlyMap<string, string>): string {
  const lines = text.replace(/\n$/, '').split('\n')
  for (const [name, value] of settings) {
    const written = `${name}=${quoted(name, value)}`
    const index = [`${name}=`, `#${name}=`]
      .map((begin) => lines.findLastIndex((line) => line.startsWith(begin)))
      .find((found) => found >= 0)
    if (index === undefined) lines.push(written)
    else lines[index] = written
  }
  return `${lines.join('\n')}\n`
}

function quoted(name: string, value: string): string {
  if (bare.test(value)) return value
  if (ambiguous.test(value)) {
    throw new Fault(
      'argument-wrong',
      `${name} has a quotation mark, $, \` or \\: write it into the settings file by hand`,
    )
  }
  return `"${value}"`
}

function unquoted(value: string): string {
  return /^"(.*)"$/.exec(value)?.[1] ?? /^'(.*)'$/.exec(value)?.[1] ?? value
}
