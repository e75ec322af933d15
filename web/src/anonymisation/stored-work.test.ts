import { expect, test } from 'vitest'
import { edited, isUnsaved, recordSaved, undone, type StoredWork } from './stored-work.ts'
import { addTurn, changeTurn, workOf } from './work.ts'

const empty = workOf({ level: 'T', turns: [], redactions: [] })
const begun: StoredWork = { revision: 3, saved: empty, work: empty, past: [] }
const withTurn = edited(begun, addTurn(empty, 'CALLER', 0, 60_000, 'fi'), 'add')
const { key } = withTurn.work.turns[0]!
const typed = (now: StoredWork, text: string) => edited(now, changeTurn(now.work, key, { text }), `text-${key}`)

test('undo removes all text that was typed into one turn, and then the change before it', () => {
  const now = typed(typed(typed(withTurn, 'H'), 'He'), 'Hei')
  expect(undone(now).work).toBe(withTurn.work)
  expect(undone(undone(now)).work).toBe(empty)
  expect(undone(begun)).toBe(begun)
})

test('nothing is unsaved after everything was undone', () => {
  expect(isUnsaved(withTurn)).toBe(true)
  expect(isUnsaved(undone(withTurn))).toBe(false)
})

test('text typed during a save stays unsaved, based on the new revision', () => {
  const sent = typed(withTurn, 'Hei')
  expect(isUnsaved(recordSaved(sent, sent.work, 4))).toBe(false)
  const later = recordSaved(typed(sent, 'Hei vaan'), sent.work, 4)
  expect(later.revision).toBe(4)
  expect(isUnsaved(later)).toBe(true)
})

test('an edit without a change is not recorded', () => {
  expect(edited(begun, empty, 'remove')).toBe(begun)
})
