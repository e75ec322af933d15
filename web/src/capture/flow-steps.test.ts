import words from 'virtual:texts/fi'
import { expect, test } from 'vitest'
import { reasons } from '../contact/reason-sentences.ts'
import type { Translate } from '../language/use-words.ts'
import { detailsText, stepText } from './flow-steps.ts'

/** Returns the key if there is no text, like i18next. */
const t: Translate = (word) => words[word] ?? word

test('the reason why a call is not recorded is shown as text, for every reason of the plan and every failure', () => {
  const failures = ['no-media', 'disk-full', 'no-port', 'no-intake-key', 'forbidden', 'no-playable-codec']
  // An imported call has no flow.
  const planned = reasons.filter((reason) => reason !== 'imported')
  for (const reason of [...planned, ...failures]) expect(detailsText({ with: [reason] }, t), reason).not.toBe(reason)
  expect(detailsText({ with: ['not-drawn'] }, t)).toBe('ei osunut otantaan')
})

test('words of SIP are shown unchanged, and codes of Seloste as text', () => {
  expect(stepText({ what: 're-INVITE' }, t)).toBe('re-INVITE')
  expect(detailsText({ with: ['sdp', 'inactive', 'No Media Port Left'] }, t)).toBe('SDP, inactive, No Media Port Left')
  expect(stepText({ what: 'not-recorded' }, t)).toBe('Ei tallenneta')
})

test('a new code of Seloste is shown as text once the texts have it', () => {
  const texts: Record<string, string> = { 'capture.carried.queue': 'jono', 'capture.step.queued': 'Jonoon' }
  const moreTexts: Translate = (word) => texts[word] ?? t(word)
  expect(detailsText({ with: ['sdp', 'queue', 'PCMA', '5'] }, moreTexts)).toBe('SDP, jono, PCMA, 5')
  expect(stepText({ what: 'queued' }, moreTexts)).toBe('Jonoon')
})
