import { expect, test } from 'vitest'
import { edited, isUnsaved, recordSaved, undone, type StoredWork } from './stored-work.ts'
import { addTurn, changeTurn, workOf } from './work.ts'

const empty = workOf({ level: 'T', turns: [], redactions: [] })
const begun: StoredWork = { revision: 3, saved: empty, work: empty, past: [] }
const withTurn = edited(begun, addTurn(empty, 'CALLER', 0, 60_000, 'fi'), 'add')
const { key } = withTurn.work.turns[0]!
const typed = (now: StoredWork, text: string) => edited(now, changeTurn(now.work, key, { text }), `text-${key}`)

test('what is typed in one go is taken back in one go, and then what came before it', () => {
  const now = typed(typed(typed(withTurn, 'H'), 'He'), 'Hei')
  expect(undone(now).work).toBe(withTurn.work)
  expect(undone(undone(now)).work).toBe(empty)
  expect(undone(begun)).toBe(begun)
})

test('whoever takes back all has nothing unsaved', () => {
  expect(isUnsaved(withTurn)).toBe(true)
  expect(isUnsaved(undone(withTurn))).toBe(false)
})

test('what is typed while a save is on its way stays unsaved, on the revision that came of it', () => {
  const sent = typed(withTurn, 'Hei')
  expect(isUnsaved(recordSaved(sent, sent.work, 4))).toBe(false)
  const later = recordSaved(typed(sent, 'Hei vaan'), sent.work, 4)
  expect(later.revision).toBe(4)
  expect(isUnsaved(later)).toBe(true)
})

test('an act that changes nothing is none', () => {
  expect(edited(begun, empty, 'remove')).toBe(begun)
})
