import type { Option } from '../../controls/choice.tsx'
import { readAt, textAt } from '../edits.ts'
import { digitsOf } from '../numbers/digits-of.ts'
import { useField, useItems } from './form-state.tsx'
import { useNameOf } from './path-fields.tsx'
import type { Path } from '../edits.ts'

/**
 * Returns the service numbers as options, each once, followed by the entries of the document's list at `path` that are no
 * service numbers.
 */
export function useNumberChoices(path: Path): Option[] {
  const nameOf = useNameOf()
  const { value } = useField(path)
  const listed = Array.isArray(value) ? value.map(String) : []
  const choices = new Map<string, Option>()
  for (const item of useItems(['numbers'])) {
    if (readAt(item, ['kind']) === 'SWITCHBOARD') continue
    const written = textAt(item, ['number'])
    const digits = digitsOf(written)
    if (digits === '' || choices.has(digits)) continue
    // Uses the document's own format, so that the box is ticked.
    const already = listed.find((one) => digitsOf(one) === digits)
    choices.set(digits, { value: already ?? written, label: written, detail: nameOf(readAt(item, ['names']), '') })
  }
  for (const one of listed) {
    if (!choices.has(digitsOf(one))) choices.set(digitsOf(one), { value: one, label: one })
  }
  return [...choices.values()]
}
