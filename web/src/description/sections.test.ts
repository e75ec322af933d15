import { expect, test } from 'vitest'
import { itemsAround, sectionOf } from './sections.ts'

test('a field is found in its part of the form, and an unknown one in none', () => {
  expect(sectionOf('recordingPlan.rules[0].share')).toBe('plan')
  expect(sectionOf('recordingPlan.announcements')).toBe('announcements')
  expect(sectionOf('rights.unit.fi')).toBe('controller')
  // A common prefix of letters is not a common prefix of fields.
  expect(sectionOf('numbering.pbx')).toBeUndefined()
  expect(sectionOf('(file)')).toBeUndefined()
})

test('itemsAround returns the items that contain a field, outermost first', () => {
  expect(itemsAround('recordingPlan.rules[1].numbers[0]')).toEqual([
    'recordingPlan.rules[1]',
    'recordingPlan.rules[1].numbers[0]',
  ])
  expect(itemsAround('controller.name.fi')).toEqual([])
})
