import { parseDocument } from 'yaml'

/** One change of a field: `['recordingPlan', 'rules', 0, 'share']`. Without a value the field or the item is removed. */
export interface TextEdit {
  path: readonly (string | number)[]
  value?: unknown
}

/** Applies edits to a text, comments kept. A text that is not YAML comes back as it was. */
export function editText(text: string, edits: readonly TextEdit[]): string {
  const document = parseDocument(text)
  if (document.errors.length > 0) return text
  for (const { path, value } of edits) {
    if (value === undefined) document.deleteIn(path)
    else document.setIn(path, document.createNode(value))
  }
  return document.toString({ lineWidth: 0 })
}
