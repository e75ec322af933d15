import { describe, expect, test } from 'vitest'
import { addEdit, applyEdits, fieldOf, isTouched, pathOf, readAt } from './edits.ts'

const document = {
  recordingPlan: { defaultShare: 0.1, rules: [{ id: 'a', share: 1 }, { id: 'b' }] },
}

describe('editing a description by its fields', () => {
  test('an edit changes the named field and not the original document', () => {
    const edits = [
      { path: ['recordingPlan', 'rules', 0, 'share'], value: 0.2 },
      { path: ['recordingPlan', 'rules', 2], value: { id: 'c' } },
    ]
    expect(applyEdits(document, edits)).toEqual({
      recordingPlan: { defaultShare: 0.1, rules: [{ id: 'a', share: 0.2 }, { id: 'b' }, { id: 'c' }] },
    })
    expect(document.recordingPlan.rules).toHaveLength(2)
  })

  test('an edit without a value removes the field, or the item from its list', () => {
    const edits = [{ path: ['recordingPlan', 'rules', 0, 'share'] }, { path: ['recordingPlan', 'rules', 0] }]
    expect(applyEdits(document, edits)).toEqual({ recordingPlan: { defaultShare: 0.1, rules: [{ id: 'b' }] } })
  })

  test('edits of one field are merged, and one that restores the original value is dropped', () => {
    const path = ['recordingPlan', 'defaultShare']
    let edits = addEdit(document, [], { path, value: 0.5 })
    edits = addEdit(document, edits, { path, value: 0.55 })
    expect(edits).toEqual([{ path, value: 0.55 }])
    expect(addEdit(document, edits, { path, value: 0.1 })).toEqual([])
  })

  test('edits are not merged across the removal of an item', () => {
    const path = ['recordingPlan', 'rules', 0, 'id']
    let edits = addEdit(document, [], { path, value: 'x' })
    edits = addEdit(document, edits, { path: ['recordingPlan', 'rules', 0] })
    edits = addEdit(document, edits, { path, value: 'y' })
    expect(edits).toHaveLength(3)
    expect(applyEdits(document, edits)).toEqual({ recordingPlan: { defaultShare: 0.1, rules: [{ id: 'y' }] } })
  })

  test('setting an object discards earlier edits inside it', () => {
    const inside = addEdit(document, [], { path: ['recordingPlan', 'rules', 1, 'id'], value: 'x' })
    expect(addEdit(document, inside, { path: ['recordingPlan', 'rules', 1], value: { id: 'z' } })).toEqual([
      { path: ['recordingPlan', 'rules', 1], value: { id: 'z' } },
    ])
  })

  test('an edit inside an added item is applied after the item', () => {
    const added = addEdit(document, [], { path: ['recordingPlan', 'rules', 2], value: { id: 'c' } })
    const edits = addEdit(document, added, { path: ['recordingPlan', 'rules', 2, 'id'], value: 'd' })
    expect(readAt(applyEdits(document, edits), ['recordingPlan', 'rules', 2, 'id'])).toBe('d')
  })
})

test('fieldOf gives the field name used in problems', () => {
  expect(fieldOf(['recordingPlan', 'rules', 0, 'share'])).toBe('recordingPlan.rules[0].share')
})

test('readAt returns undefined for a missing path', () => {
  expect(readAt('text', ['a', 0])).toBeUndefined()
  expect(readAt({ a: null }, ['a', 'b'])).toBeUndefined()
})

test('a problem is touched once its field, a field inside it, or its list is edited', () => {
  const share = [{ path: ['recordingPlan', 'rules', 1, 'share'], value: 0.2 }]
  expect(isTouched('recordingPlan.rules[1].share', share)).toBe(true)
  expect(isTouched('recordingPlan.rules', share)).toBe(true)
  expect(isTouched('recordingPlan.rules[1].shared', share)).toBe(false)
  expect(isTouched('recordingPlan.rules[2].until', [{ path: ['recordingPlan', 'rules', 0] }])).toBe(true)
  expect(isTouched('numbers[0].number', share)).toBe(false)
})

test('pathOf is the inverse of fieldOf', () => {
  for (const path of [
    ['name', 'fi'],
    ['recordingPlan', 'rules', 0, 'hours', 'from'],
    ['numbers', 12],
  ]) {
    expect(pathOf(fieldOf(path))).toEqual(path)
  }
})
