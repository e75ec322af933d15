import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseMetadata } from './parse-metadata.ts'
import { callIdSources, joiningKeys, readCallIds, normaliseCallIds } from './read-call-ids.ts'
import { headersOf } from './read-header-value.ts'

function ids(inner: string, headers: [string, string][] = []) {
  const { metadata } = parseMetadata(`<recording>${inner}</recording>`, { zone: 'Europe/Helsinki' })
  return readCallIds(metadata, headersOf(headers)).map(({ id, source }) => [source, id])
}

test('ids of the whole call precede those of a leg, and the recording dialog’s own comes last', () => {
  const inner = `<group group_id="g"/><session session_id="s"><sipSessionID>leg@x</sipSessionID></session>
    <extensiondata><ucid>000123</ucid></extensiondata><broadWorksRecordingMetadata><extTrackingID>7:1</extTrackingID></broadWorksRecordingMetadata>`
  expect(
    ids(inner, [
      ['Call-ID', 'rec'],
      ['Cisco-Guid', '1-2'],
    ]),
  ).toEqual([
    ['extTrackingId', '7:1'],
    ['ucid', '000123'],
    ['sipSessionId', 'leg@x'],
    ['ciscoGuid', '1-2'],
    ['groupId', 'g'],
    ['sessionId', 's'],
    ['sipCallId', 'rec'],
  ])
})

test('docs/operate/decisions.md lists each kind of id, in order of preference', () => {
  const text = readFileSync('docs/operate/decisions.md', 'utf8')
  const [, kinds = ''] = /Kinds, in order of preference: ([^.]+)\./.exec(text) ?? []
  expect([...kinds.matchAll(/`(\w+)`/g)].map(([, kind]) => kind)).toEqual(callIdSources)
})

test.each([
  ['<session session_id="00FA0800010002600A1B2C"/>', []],
  ['<ac:AvayaUCID xmlns:ac="urn:x">fa0800010002600a1b2c</ac:AvayaUCID>', []],
  ['<ucid>00FA0800010002600A1B2C;encoding=hex</ucid>', []],
  ['', [['User-to-User', '00FA0800010002600A1B2C;encoding=hex']]],
] as [string, [string, string][]][])('a universal call id is the same in every encoding: %s', (inner, headers) => {
  expect(ids(inner, headers)[0]).toEqual(['ucid', '00010002600A1B2C'])
})

test('both ends of a session have one id (RFC 7989)', () => {
  const [a, b] = ['a'.repeat(32), 'b'.repeat(32)]
  const session = (local: string, remote: string) =>
    ids(`<session session_id="s"><sipSessionID>${local};remote=${remote}</sipSessionID></session>`)[0]
  expect(session(a, b)).toEqual(session(b, a))
})

test('ids sent by the telephone system itself have the order and form of those of its client', () => {
  const [a, b] = ['a'.repeat(32), 'b'.repeat(32)]
  const inner = `<session session_id="s"><sipSessionID>${a};remote=${b}</sipSessionID></session>
    <extensiondata><ucid>00001000021677200556</ucid></extensiondata>`
  const sent = ids(inner, [
    ['Cisco-Guid', '1-2-3-4'],
    ['Call-ID', 'rec'],
  ])
  const normalised = normaliseCallIds({
    ...{ sipCallId: 'rec', ciscoGuid: '1-2-3-4', sipSessionId: `${b};remote=${a}`, sessionId: 's' },
    ucid: 'FA080001000263F80CAC',
  })
  expect(normalised.map(({ id, source }) => [source, id])).toEqual(sent)
})

test('elements without an id give no call id', () => {
  expect(ids('<session/><group/>', [['Call-ID', 'rec']])).toEqual([['sipCallId', 'rec']])
})

test('a universal call id in decimal equals the one in hexadecimal', () => {
  expect(ids('<ucid>00001000021677200556;encoding=hex</ucid>')[0]).toEqual(ids('<ucid>FA080001000263F80CAC</ucid>')[0])
})

describe('calls are joined', () => {
  const keys = (
    inner: string,
    headers: [string, string][] = [],
    others: { contentType: string; text: string }[] = [],
  ) => {
    const { metadata } = parseMetadata(`<recording>${inner}</recording>`, { zone: 'Europe/Helsinki' })
    return joiningKeys(readCallIds(metadata, headersOf(headers), others))
  }
  const tracking = (more: string) => `<broadWorksRecordingMetadata>${more}</broadWorksRecordingMetadata>`

  test.each([
    [
      'by the tracking id, in metadata or in a header',
      keys(tracking('<extTrackingID>7:1</extTrackingID>')),
      keys('', [['X-BroadWorks-Correlation-Info', '7:1']]),
    ],
    [
      'when they are redirected, by their new id',
      keys(
        tracking(
          '<extTrackingID>7:1</extTrackingID><redirectedCall><newExtTrackingID>7:2</newExtTrackingID></redirectedCall>',
        ),
      ),
      keys(tracking('<extTrackingID>7:2</extTrackingID>')),
    ],
    [
      'by Call-ID, which OpenSIPS sends as the session id and Oracle in a copied header',
      keys('<session session_id="s"><sipSessionID>leg@x</sipSessionID></session>'),
      keys(
        '<participant id="p"><extensiondata><header label="Call-ID"><value>leg@x</value></header></extensiondata></participant>',
      ),
    ],
    [
      "by the far end's leg, on Cisco's bridge",
      keys('', [['From', '<sip:1@x;x-nearend;x-refci=1;x-farendrefci=9>']]),
      keys('', [['From', '<sip:2@x;x-nearend;x-refci=5;x-farendrefci=9>']]),
    ],
  ])('%s', (_, first, second) => {
    expect(first.filter((key) => second.includes(key))).not.toEqual([])
  })

  test('by Cisco’s global id, decimal in a header and hexadecimal in a separate body part', () => {
    const byHeader = keys('', [['Cisco-Guid', '2432774440-1464078823-2314850559-1455670872']])
    const byPart = keys(
      '',
      [],
      [{ contentType: 'application/gtd', text: 'IAM,\nGCI,91013128574411e789f9d0ff56c3c658\n' }],
    )
    expect(byHeader.filter((key) => byPart.includes(key))).not.toEqual([])
  })

  test('but not by equal characters in ids of different kinds', () => {
    expect(keys('<group group_id="42"/>').filter((key) => keys('', [['Cisco-Guid', '42']]).includes(key))).toEqual([])
  })
})
