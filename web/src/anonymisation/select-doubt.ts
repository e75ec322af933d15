import { turnId } from './turn-id.ts'
import type { Doubt } from './work.ts'

/** Selects an uncertain word in its turn's text field, so that typing replaces it. */
export function selectDoubt(key: number, { from, to }: Doubt): void {
  const words = textOf(key)
  words?.scrollIntoView({ block: 'nearest' })
  words?.focus()
  words?.setSelectionRange(from, to)
}

/** Returns the turn whose text field has the focus, and the end of the selection there. */
export function caretIn(target: EventTarget, direction: 1 | -1): { key: number; caret: number } | undefined {
  if (!(target instanceof HTMLTextAreaElement)) return undefined
  const row = target.closest('.turn-row')
  const caret = direction === 1 ? target.selectionEnd : target.selectionStart
  return row ? { key: Number(row.id.replace(turnId(''), '')), caret } : undefined
}

/** Returns true if the turn is listed: one track may be hidden. */
export const isListed = ({ key }: { key: number }) => textOf(key) !== undefined

function textOf(key: number): HTMLTextAreaElement | undefined {
  return document.getElementById(turnId(key))?.querySelector('textarea') ?? undefined
}
