import { describe, expect, test } from 'vitest'
import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import { headersOf } from './read-header-value.ts'
import { readInvitation, type InvitationOptions, type InvitationRequest } from './read-invitation.ts'

const arrivedAtMs = Date.parse('2027-03-03T08:01:30Z')
const options: InvitationOptions<string, string> = {
  arrivedAtMs,
  normalise: (raw) => normalisePhoneNumber(raw),
  directory: { findNumber: (key) => (key === '+35829497000' ? 'national' : undefined), findOfficial: () => undefined },
}
const sdp =
  'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\na=label:1\r\n'
const metadata = `<recording><session session_id="s"><start-time>2027-03-03T08:00:00Z</start-time></session>
  <participant participant_id="c"><nameID aor="0401234567"/><send>x</send></participant>
  <participant participant_id="n"><nameID aor="029497000"/></participant><stream stream_id="x"><label>1</label></stream></recording>`

function read(request: Partial<InvitationRequest>, more: Partial<InvitationOptions<string, string>> = {}) {
  return readInvitation(
    {
      contentType: 'application/sdp',
      body: sdp,
      headers: headersOf([['Call-ID', 'rec-1']]),
      sourceAddress: '198.51.100.7',
      ...request,
    },
    { ...options, ...more },
  )
}

describe('an invitation', () => {
  test('with only SDP is accepted', () => {
    expect(read({})).toMatchObject({
      kind: 'invitation',
      found: 'sdp',
      externalCallId: { id: 'rec-1', source: 'sipCallId' },
    })
  })

  test('with only metadata is accepted, without an offer', () => {
    const result = read({ contentType: 'application/rs-metadata', body: metadata })
    expect(result).toMatchObject({
      kind: 'invitation',
      found: 'metadata',
      parties: { caller: { number: { key: '+358401234567' } } },
    })
    expect(result).not.toHaveProperty('offer')
  })

  test.each([
    [
      'OpenSIPS under another name, recognised by its boundary, is answered with all offered formats',
      'OSS-unique-boundary-42',
      [8, 4],
    ],
    ['any other client is answered with the playable formats', 'b', [8]],
  ])('from %s', (_, boundary, answered) => {
    const offer = sdp.replace('RTP/AVP 8', 'RTP/AVP 4 8')
    const body = `--${boundary}\r\nContent-Type: application/sdp\r\n\r\n${offer}--${boundary}--\r\n`
    const headers = headersOf([['User-Agent', 'Recorder of an agency']])
    const result = read({ contentType: `multipart/mixed;boundary=${boundary}`, body, headers })
    expect(result).toMatchObject({ streams: [{ answered }] })
  })

  test('without a body is a delayed offer', () => {
    expect(read({ contentType: undefined, body: '' })).toMatchObject({
      kind: 'invitation',
      found: 'nothing',
      streams: [{ index: 0, accepted: true, direction: 'recvonly' }],
    })
  })

  test('with metadata that are not XML is accepted and marked', () => {
    const body = `--b\r\nContent-Type: application/sdp\r\n\r\n${sdp}--b\r\nContent-Type: application/rs-metadata\r\n\r\n%%%\r\n--b--\r\n`
    const result = read({ contentType: 'multipart/mixed;boundary=b', body })
    expect(result).toMatchObject({ kind: 'invitation', found: 'both', problems: ['xml-broken'] })
    expect(result.kind === 'invitation' && result.parties.needsReview).toContain('noMetadata')
  })

  test.each([
    [{ contentType: 'text/plain', body: 'hello' }, 415],
    [
      {
        contentType: 'multipart/mixed;boundary=b',
        body: '--b\r\nContent-Type: application/isup\r\n\r\nx\r\n--b--\r\n',
      },
      415,
    ],
    [{ body: 'v=0\r\n' }, 488],
    [{ body: sdp.replace('RTP/AVP', 'RTP/SAVP') }, 488],
    [{ body: sdp.replace('m=audio', 'm=video') }, 488],
    [{ body: 'v=0\r\n'.padEnd(70_000, 'x') }, 413],
  ])('%j is refused with %i', (request, status) => {
    expect(read(request)).toMatchObject({ kind: 'refusal', status })
  })
})

test('a later request keeps the streams and metadata that it does not mention', () => {
  const first = read({
    contentType: 'multipart/mixed;boundary=b',
    body: `--b\r\n\r\n${sdp}\r\n--b\r\n\r\n${metadata}\r\n--b--\r\n`,
  })
  if (first.kind === 'refusal') throw new Error(first.reason)
  const before = { streams: first.streams, ...(first.metadata ? { metadata: first.metadata } : {}) }
  const paused = read({ body: sdp + 'a=inactive\r\n' }, { before })
  expect(paused).toMatchObject({
    streams: [{ paused: true, direction: 'inactive' }],
    parties: { streams: { 0: 'caller' } },
  })
  const update = read({ contentType: 'application/rs-metadata', body: metadata }, { before })
  expect(update).toMatchObject({ streams: first.streams, parties: { streams: { 0: 'caller' } } })
})

test('a later offer may close every stream', () => {
  expect(read({ body: sdp.replace('4000', '0') }, { before: {} })).toMatchObject({
    kind: 'invitation',
    streams: [{ accepted: false }],
  })
})

test('a start before arrival is used, but not a start in the future or from an unset clock', () => {
  const times = (start: string) =>
    read({ contentType: 'application/rs-metadata', body: metadata.replace('2027-03-03T08:00:00Z', start) })
  expect(times('2027-03-03T07:59:00Z')).toMatchObject({
    times: { startedAtMs: Date.parse('2027-03-03T07:59:00Z'), startedAtSource: 'sessionStartTime' },
  })
  for (const start of ['2027-03-03T09:00:00Z', '1970-01-01T00:00:00Z', '2010-01-01T00:00:00Z', '']) {
    expect(times(start)).toMatchObject({ times: { startedAtMs: arrivedAtMs, startedAtSource: 'arrival' } })
  }
})

test('jambonz’s terms do not swap the streams of other clients', () => {
  const body = metadata.replace(
    '</recording>',
    '<extensiondata><direction>inbound</direction><callsid>1</callsid></extensiondata></recording>',
  )
  const result = read({ contentType: 'application/rs-metadata', body }, { before: { streams: [] } })
  expect(result).toMatchObject({ metadata: { vendor: {} }, parties: { sources: { caller: 'neither' } } })
})
