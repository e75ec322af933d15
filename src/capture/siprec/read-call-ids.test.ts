import { expect, test } from 'vitest'
import { parseMetadata } from './parse-metadata.ts'
import { readCallIds } from './read-call-ids.ts'
import { headersOf } from './read-header-value.ts'

function ids(inner: string, headers: [string, string][] = []) {
  const { metadata } = parseMetadata(`<recording>${inner}</recording>`, { zone: 'Europe/Helsinki' })
  return readCallIds(metadata, headersOf(headers)).map(({ id, source }) => [source, id])
}

test("ids of the whole call come before those of a leg, and the recording dialog's own comes last", () => {
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

test.each([
  ['<session session_id="00FA0800010002600A1B2C"/>', []],
  ['<ac:AvayaUCID xmlns:ac="urn:x">fa0800010002600a1b2c</ac:AvayaUCID>', []],
  ['<ucid>00FA0800010002600A1B2C;encoding=hex</ucid>', []],
  ['', [['User-to-User', '00FA0800010002600A1B2C;encoding=hex']]],
] as [string, [string, string][]][])('one universal call id is the same id in every wrapping: %s', (inner, headers) => {
  expect(ids(inner, headers)[0]).toEqual(['ucid', '00010002600A1B2C'])
})

test('both ends of a session name one id (RFC 7989)', () => {
  const [a, b] = ['a'.repeat(32), 'b'.repeat(32)]
  const session = (local: string, remote: string) =>
    ids(`<session session_id="s"><sipSessionID>${local};remote=${remote}</sipSessionID></session>`)[0]
  expect(session(a, b)).toEqual(session(b, a))
})

test('elements without an id give none', () => {
  expect(ids('<session/><group/>', [['Call-ID', 'rec']])).toEqual([['sipCallId', 'rec']])
})
