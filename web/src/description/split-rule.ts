import type { DraftEdit } from '../api/shapes.ts'
import { languages } from '../language/language.ts'
import { readAt, textAt, type Path } from './edits.ts'

/** Returns the edits that move a number from a rule to a new rule with the same values and a new id. */
export function splitRule(document: unknown, rule: Path, number: string, id: string): DraftEdit[] {
  const text = readAt(document, rule) as Record<string, unknown>
  const numbers = readAt(text, ['numbers']) as unknown[]
  const rules = readAt(document, rule.slice(0, -1)) as unknown[]
  const names = Object.fromEntries(
    languages.map((language) => [language, `${textAt(text, ['names', language])} ${number}`.trim()]),
  )
  return [
    { path: [...rule, 'numbers'], value: numbers.filter((one) => String(one) !== number) },
    { path: [...rule.slice(0, -1), rules.length], value: { ...text, id, version: 1, names, numbers: [number] } },
  ]
}
