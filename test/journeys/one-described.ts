// One Seloste with a description other than the seed's: each of its journeys needs a part of that, and none is affected by the
// others' parts.
import { gdprWords } from '#test/database/describe-from.ts'
import { withoutCalls } from './without-calls.ts'

export const test = withoutCalls({
  ...gdprWords,
  'accessCopy: false': 'accessCopy: true',
  'julklRequests: false': 'julklRequests: true',
  'secondFactor: off': 'secondFactor: optional',
  // In force a year earlier than the seed, so that a New Year is in the past.
  '2025-': '2024-',
  '2026-01-01': '2025-01-01',
})
