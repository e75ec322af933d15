/** Whose call it is does not depend on what the caller's telephone says of itself (R8, R9, R17). */
import { expect, test } from 'vitest'
import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import { identifyParties } from '../../src/capture/siprec/identify-parties.ts'
import { parseMetadata } from '../../src/capture/siprec/parse-metadata.ts'
import { headersOf } from '../../src/capture/siprec/read-header-value.ts'

const numbers = new Map([
  ['+35829497000', 'national'],
  ['+35829497010', 'regional'],
])
const officials = new Map([
  ['+358295121001', 'aino'],
  ['+358295121002', 'bertil'],
])

/** What is told of the call of this metadata. */
function identify(xml: string, [first, second] = ['1', '2'], headers: [string, string][] = []) {
  const { metadata, problems } = parseMetadata(xml, { zone: 'Europe/Helsinki' })
  const { direction, caller, number, official, connected, needsReview } = identifyParties(
    {
      metadata: metadata!,
      headers: headersOf(headers),
      normalise: (raw) => normalisePhoneNumber(raw),
      directory: { findNumber: (key) => numbers.get(key), findOfficial: (key) => officials.get(key) },
    },
    {
      streams: [
        { index: 0, label: first },
        { index: 1, label: second },
      ],
    },
  )
  const told = { direction, caller: caller?.number.key, number: number?.entry, official: official?.entry }
  const { voices, thirdParties } = connected
  return { told: { ...told, voices: voices.map(({ entry }) => entry), thirdParties }, needsReview, problems }
}

const participant = (id: string, aor: string, name: string, stream = '') =>
  `<participant id="${id}"><nameID aor="${aor}"><name>${name}</name></nameID>${stream && `<send>${stream}</send>`}</participant>`
const calls = { direction: 'incoming', number: 'national', official: 'aino', voices: ['aino'], thirdParties: 0 }

test.each([
  ['an official', '0295121002', '+358401234567'],
  ['another service number', '029497010', '+358401234567'],
  ['whom they call', '+358 29 5121001', '+358401234567'],
  ['nobody', 'Matti', '+358401234567'],
  ['an official, with their own number withheld', '0295121002', 'anonymous'],
])('a caller who gives the number of %s as their display name is the caller', (_, name, user) => {
  const people = [
    participant('c', `sip:${user}@trunk`, name, 's1'),
    participant('n', 'sip:+35829497000@pbx', ''),
    participant('o', 'sip:+358295121001@pbx', 'Aino', 's2'),
  ]
  const streams = '<stream id="s1"><label>1</label></stream><stream id="s2"><label>2</label></stream>'
  for (const order of [people, people.toReversed()])
    expect(identify(`<recording>${order.join('')}${streams}</recording>`).told).toEqual({
      ...calls,
      caller: user === 'anonymous' ? null : user,
    })
})
