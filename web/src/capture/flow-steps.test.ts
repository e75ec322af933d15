import words from 'virtual:texts/fi'
import { expect, test } from 'vitest'
import { reasons } from '../contact/reason-sentences.ts'
import type { Say } from '../language/use-words.ts'
import { sayCarried, sayStep } from './flow-steps.ts'

/** Returns the key if there is no text, like i18next. */
const say: Say = (word) => words[word] ?? word

test('why a call is not recorded is told in words, whatever the plan’s reason or the trouble', () => {
  const troubles = ['no-media', 'disk-full', 'no-port', 'no-intake-key', 'forbidden', 'no-playable-codec']
  for (const reason of [...reasons, ...troubles]) expect(sayCarried({ with: [reason] }, say), reason).not.toBe(reason)
  expect(sayCarried({ with: ['not-drawn'] }, say)).toBe('ei osunut otantaan')
})

test('SIP’s own words stay as they are, and ours are told', () => {
  expect(sayStep({ what: 're-INVITE' }, say)).toBe('re-INVITE')
  expect(sayCarried({ with: ['sdp', 'inactive', 'No Media Port Left'] }, say)).toBe('SDP, inactive, No Media Port Left')
  expect(sayStep({ what: 'not-recorded' }, say)).toBe('Ei tallenneta')
})

test('a word of ours is told as soon as the texts have it', () => {
  const texts: Record<string, string> = { 'capture.carried.queue': 'jono', 'capture.step.queued': 'Jonoon' }
  const sayMore: Say = (word) => texts[word] ?? say(word)
  expect(sayCarried({ with: ['sdp', 'queue', 'PCMA', '5'] }, sayMore)).toBe('SDP, jono, PCMA, 5')
  expect(sayStep({ what: 'queued' }, sayMore)).toBe('Jonoon')
})
