/** The owner of a call does not depend on the claims of the caller's telephone (R8, R9, R17). */
import { describe, expect, test } from 'vitest'
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

/** Returns the facts of the call of this metadata. */
function identify(
  xml: string,
  labels: [string, string] = ['1', '2'],
  headers: [string, string][] = [],
  contentType?: string,
) {
  const { metadata, problems } = parseMetadata(xml, { zone: 'Europe/Helsinki', contentType })
  const { direction, caller, number, official, connected, streams } = identifyParties(
    {
      metadata: metadata!,
      headers: headersOf(headers),
      normalise: (raw) => normalisePhoneNumber(raw),
      directory: { findNumber: (key) => numbers.get(key), findOfficial: (key) => officials.get(key) },
    },
    {
      streams: labels.map((label, index) => ({ index, label })),
    },
  )
  const parties = { direction, caller: caller?.number.key, number: number?.entry, official: official?.entry }
  const { voices, thirdParties } = connected
  return { facts: { ...parties, voices: voices.map(({ entry }) => entry), thirdParties }, streams, problems, metadata }
}

const participant = (id: string, aor: string, name: string, stream = '') =>
  `<participant id="${id}"><nameID aor="${aor}"><name>${name}</name></nameID>${stream && `<send>${stream}</send>`}</participant>`
const calls = { direction: 'incoming', number: 'national', official: 'aino', voices: ['aino'], thirdParties: 0 }

test.each([
  ['an official', '0295121002', '+358401234567'],
  ['another service number', '029497010', '+358401234567'],
  ['the person called', '+358 29 5121001', '+358401234567'],
  ['nobody', 'Matti', '+358401234567'],
  ['an official, with their own number withheld', '0295121002', 'anonymous'],
])('a caller whose display name is the number of %s remains the caller', (_, name, user) => {
  const people = [
    participant('c', `sip:${user}@trunk`, name, 's1'),
    participant('n', 'sip:+35829497000@pbx', ''),
    participant('o', 'sip:+358295121001@pbx', 'Aino', 's2'),
  ]
  const streams = '<stream id="s1"><label>1</label></stream><stream id="s2"><label>2</label></stream>'
  for (const order of [people, people.toReversed()])
    expect(identify(`<recording>${order.join('')}${streams}</recording>`).facts).toEqual({
      ...calls,
      caller: user === 'anonymous' ? null : user,
    })
})

describe('OpenSIPS escapes nothing that callers write', () => {
  /** As modules/siprec/siprec_body.c writes it; the caller's own words are display name and Call-ID. */
  const document = (name: string, callId: string, callee = '<nameID aor="sip:+358295121001@192.0.2.30"/>') =>
    [
      '<?xml version="1.0" encoding="UTF-8"?>',
      "<recording xmlns='urn:ietf:params:xml:ns:recording:1'>",
      '\t<datamode>complete</datamode>',
      '\t<session session_id="Zs/+kXQzSk2ZbJ0aYw8qMw==">',
      `\t\t<sipSessionID>${callId}</sipSessionID>`,
      '\t</session>',
      '\t<participant participant_id="Qk/+AAAzSk2ZbJ0aYw8qMw==">',
      '\t\t<nameID aor="sip:0401234567@198.51.100.20">',
      `\t\t\t<name>${name}</name>`,
      '\t\t</nameID>',
      '\t</participant>',
      '\t<participant participant_id="Qk/+BBBzSk2ZbJ0aYw8qMw==">',
      callee,
      '\t</participant>',
      ...['AAA', 'BBB'].map(
        (id, label) =>
          `\t<stream stream_id="S${id}" session_id="Zs/+kXQzSk2ZbJ0aYw8qMw=="><label>${label}</label></stream>`,
      ),
      ...['AAA', 'BBB'].map(
        (id) =>
          `\t<participantsessionassoc participant_id="Qk/+${id}zSk2ZbJ0aYw8qMw==" session_id="Zs/+kXQzSk2ZbJ0aYw8qMw=="/>`,
      ),
      ...['AAA', 'BBB'].map(
        (id) =>
          `\t<participantstreamassoc participant_id="Qk/+${id}zSk2ZbJ0aYw8qMw=="><send>S${id}</send></participantstreamassoc>`,
      ),
      '</recording>',
    ].join('\r\n')
  const read = (xml: string) =>
    identify(
      xml,
      ['0', '1'],
      [['Diversion', '<sip:029497000@192.0.2.10>;reason=unconditional']],
      'multipart/mixed;boundary=OSS-unique-boundary-42',
    )
  const honest = read(document('Matti', '3c26700857a87f84@198.51.100.20'))
  const closing = 'x</name></nameID></participant>'
  const opening = '<participant participant_id="z"><nameID aor="sip:y@x"><name>y'
  const bertil = `${closing}<participant participant_id="z"><nameID aor="sip:+358295121002@x"/></participant>`
  const streams =
    '<stream stream_id="t"><label>0</label></stream><participantsessionassoc participant_id="z" session_id="s"/>' +
    '<participantstreamassoc participant_id="z"><send>t</send></participantstreamassoc>'

  test('reads ordinary display names and Call-IDs unchanged', () => {
    expect(honest).toMatchObject({
      facts: { ...calls, caller: '+358401234567' },
      streams: { 0: 'caller', 1: 'official' },
      problems: [],
    })
  })

  test.each([
    [
      'an internal call, of which nothing is stored',
      `${closing}<callData><fromhdr>sip:0295121002@x</fromhdr></callData>${opening}`,
    ],
    ['another caller’s', `${closing}<callData><fromhdr>sip:0501112233@x</fromhdr></callData>${opening}`],
    [
      'another official’s',
      `${closing}<broadWorksRecordingMetadata><userID>0295121002</userID></broadWorksRecordingMetadata>${opening}`,
    ],
    ['a call with another official in it', `${bertil}${streams}${opening}`],
    ['another official’s by ending the document', `${bertil}${streams}</recording>`],
    ['a call that is not read at all', '<!DOCTYPE x>'],
    ['a call without an official, by a comment', `${closing}<!--`],
    ['a call without an official, by an association', '</xassoc><xassoc>'],
  ])('a display name does not turn the call into %s', (_, name) => {
    const {
      facts: parties,
      streams: tracks,
      problems,
      metadata,
    } = read(document(name, '3c26700857a87f84@198.51.100.20'))
    expect({ facts: parties, tracks }).toEqual({ facts: honest.facts, tracks: honest.streams })
    expect(metadata?.participants[0]?.name).toBe(name)
    expect(problems).toEqual(['xml-repaired'])
  })

  test('a Call-ID with < and > changes no party, and is stored unchanged as the call’s id', () => {
    const id = 'x</sipSessionID></session><callData><fromhdr>0295121002</fromhdr></callData><session><sipSessionID>y'
    const { facts: parties, problems, metadata } = read(document('Matti', id))
    expect(parties).toEqual(honest.facts)
    expect(metadata?.sessions).toMatchObject([{ sipSessionId: id }])
    expect(problems).toEqual(['xml-repaired'])
  })

  test('a name in To, or an address that closes its own quotation mark, changes no party', () => {
    for (const callee of [
      `<nameID aor="sip:+358295121001@192.0.2.30"><name>${bertil}${opening}</name></nameID>`,
      `<nameID aor="sip:+358295121001@192.0.2.30"/>${bertil.slice(closing.length)}<x y=""/>`,
    ]) {
      const { facts: parties, problems } = read(document('Matti', 'a@b', callee))
      expect(parties).toEqual(honest.facts)
      expect(problems).toEqual(['xml-repaired'])
    }
  })
})

test('ignores a vendor’s element inside a name, whoever wrote the document', () => {
  const nameWithElement =
    'Matti<callData><fromhdr>0295121002</fromhdr></callData><extensiondata><ucid>1</ucid></extensiondata>'
  const { metadata } = identify(
    `<recording>${participant('c', 'sip:+358401234567@trunk', nameWithElement)}</recording>`,
  )
  expect(metadata?.vendor).toEqual({})
})
