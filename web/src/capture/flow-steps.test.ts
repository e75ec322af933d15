import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { reasons } from '../contact/why-sentences.ts'
import type { Say } from '../language/use-words.ts'
import { sayCarried, sayStep } from './flow-steps.ts'

const words = JSON.parse(readFileSync(new URL('../../../texts/fi.json', import.meta.url), 'utf8')) as Record<
  string,
  string
>
const say: Say = (word) => {
  const text = words[word]
  if (text === undefined) throw new Error(`no word ${word}`)
  return text
}

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
