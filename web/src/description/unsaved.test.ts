import { expect, test } from 'vitest'
import { countUnsaved, withoutSent } from './unsaved.ts'

test('text typed during a save stays unsaved, and the sent text does not', () => {
  const share = { path: ['recordingPlan', 'defaultShare'], value: 0.2 }
  const sent = { revision: 3, edits: [share], reason: 'Vähemmän' }
  const later = { path: ['profile'], value: 'gdpr' }
  expect(withoutSent({ ...sent, edits: [share, later] }, sent, 4)).toEqual({ revision: 4, edits: [later] })
  expect(withoutSent({ ...sent, reason: 'Vähemmän puheluja' }, sent, 4)).toEqual({
    revision: 4,
    edits: [],
    reason: 'Vähemmän puheluja',
  })
})

test('unsaved edits are counted one by one', () => {
  expect(countUnsaved({ revision: 1, edits: [{ path: ['profile'], value: 'gdpr' }], text: '', reason: '' })).toBe(3)
})
