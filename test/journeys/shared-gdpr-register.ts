// Starts one Seloste with a description other than the seed's, for journeys that each need a part of the changes and
// are not affected by the other parts.
import { gdprWords } from '#test/database/describe-from.ts'
import { nameRecogniser } from '#test/disclosure/name-recogniser.ts'
import { withoutCalls } from './without-calls.ts'

export const test = withoutCalls(
  {
    ...gdprWords,
    'accessCopy: false': 'accessCopy: true',
    'julklRequests: false': 'julklRequests: true',
    'secondFactor: off': 'secondFactor: optional',
    'switches:': 'switches:\n  transcripts: research',
    // Makes the description come into force a year earlier than the seed's, so that a New Year is in the past.
    '2025-': '2024-',
    '2026-01-01': '2025-01-01',
  },
  async (folder) => ({ SELOSTE_ENGINES: await nameRecogniser(folder, 'says-at-length') }),
)
