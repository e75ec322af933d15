/**
 * Messages of clients of different vendors: the interpretation of each and its answer; and, over all of them, how many
 * participants have an address and how many labels have a speaker (R9, R13, R17).
 */
import { describe, expect, test } from 'vitest'
import { answerOffer } from '#capture/siprec/answer-offer.ts'
import { numbersOf } from '#capture/siprec/party-evidence.ts'
import type { Invitation } from '#capture/siprec/read-invitation.ts'
import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'
import { readAcceptedVector, vectorNames, vectorOf, type Expectation } from './read-vector.ts'

describe.each([
  ['CRLF', '\r\n'],
  ['LF', '\n'],
])('with %s line ends', (_, lineBreak) => {
  test.each(vectorNames)('%s is interpreted as expected', (name) => {
    const vector = vectorOf(name)
    const want = vector.expect
    const got = readAcceptedVector(name, {
      body: (body) => Buffer.from(body.toString('latin1').replace(/\r?\n/g, lineBreak), 'latin1'),
    })
    const shown = (party?: { number: { kind: string; key: string | null } }) =>
      party ? (party.number.key ?? party.number.kind) : null
    const instant = (ms?: number) => (ms === undefined ? undefined : new Date(ms).toISOString())
    const byStream = (text: (stream: Invitation['streams'][number]) => string) =>
      Object.fromEntries(got.streams.map((stream) => [stream.index, text(stream)]))
    expect(got.found).toBe(want.found)
    expect(got.parties.streams).toEqual(want.tracks)
    expect([...got.problems].sort()).toEqual([...want.problems].sort())
    expect([...got.parties.needsReview].sort()).toEqual([...want.needsReview].sort())
    if (want.direction) expect(got.parties.direction).toBe(want.direction)
    if (want.caller) expect(shown(got.parties.caller)).toBe(want.caller)
    if (want.number) expect(shown(got.parties.number)).toBe(want.number)
    if (want.official !== undefined) expect(shown(got.parties.official)).toBe(want.official)
    if (want.streamSource) expect(got.parties.sources.streams).toBe(want.streamSource)
    if (want.sources) expect(got.parties.sources).toMatchObject(want.sources)
    if (want.storage) expect(byStream(({ storage }) => storage)).toEqual(want.storage)
    if (want.remote) expect(byStream(({ remote }) => `${remote.address}:${remote.port}`)).toMatchObject(want.remote)
    if (want.paused) expect(got.streams.filter(({ paused }) => paused).map(({ index }) => index)).toEqual(want.paused)
    if (want.refused)
      expect(got.streams.filter(({ accepted }) => !accepted).map(({ index }) => index)).toEqual(want.refused)
    if (want.externalCallId) expect(got.externalCallId?.id).toBe(want.externalCallId)
    if (want.externalCallIdSource) expect(got.externalCallId?.source).toBe(want.externalCallIdSource)
    if (want.callIds) expect(got.callIds.map(({ id }) => id)).toEqual(expect.arrayContaining(want.callIds))
    if (want.startedAt) expect(instant(got.times.startedAtMs)).toBe(want.startedAt)
    if (want.startedAtSource) expect(got.times.startedAtSource).toBe(want.startedAtSource)
    if (want.answeredAt) expect(instant(got.times.answeredAtMs)).toBe(want.answeredAt)
    if (want.endedAt) expect(instant(got.times.endedAtMs)).toBe(want.endedAt)
    for (const text of want.never ?? []) expect(JSON.stringify(got.parties)).not.toContain(text)
    if (got.offer) expectSoundAnswer(got, want)
  })
})

test('every participant has an address, and every label a speaker that the document reports', () => {
  const without: string[] = []
  let participants = 0
  let labels = 0
  for (const name of vectorNames) {
    const { parties, metadata, streams } = readAcceptedVector(name)
    for (const participant of metadata?.participants ?? []) {
      participants++
      if (numbersOf(participant, (raw) => normalisePhoneNumber(raw)).length === 0) without.push(`${name}: an address`)
    }
    if (parties.direction === 'outgoing' || parties.direction === 'internal') continue
    const reported = parties.sources.streams !== 'order' || vectorOf(name).expect.needsReview.length === 0
    for (const { label, index, accepted } of streams) {
      if (!accepted || label === undefined) continue
      labels++
      if (!reported || parties.streams[index] === undefined) without.push(`${name}: label ${label}`)
    }
  }
  expect({ participants, labels, without }).toEqual({
    participants: 120,
    labels: 92,
    // These documents assign no streams: the order of the streams is used, and the call is marked for review.
    without: ['broken-metadata', 'connectel-no-association', 'netsapiens-1.0'].flatMap((name) => [
      `${name}: label 1`,
      `${name}: label 2`,
    ]),
  })
})

/** Checks the conditions that every answer must meet (rule 3 of acceptance). */
function expectSoundAnswer(got: Invitation, want: Expectation): void {
  const offer = got.offer!
  const answer = answerOffer(offer, got.streams, {
    address: '203.0.113.1',
    origin: { sessionId: '42', version: 7 },
    ports: new Map(got.streams.map(({ index }) => [index, 30_000 + 2 * index])),
    mode: 'record',
    reoffer: true,
  })
  if (answer.kind !== 'answer') throw new Error('no answer')
  expect(answer.text.endsWith('\r\n')).toBe(true)
  expect(answer.text).not.toMatch(/a=(?:sendrecv|sendonly)/)
  const sections = answer.text.split(/^m=/m).slice(1)
  expect(sections).toHaveLength(offer.media.length)
  sections.forEach((section, index) => {
    const media = offer.media[index]!
    const stream = got.streams[index]!
    const port = stream.accepted ? 30_000 + 2 * index : 0
    expect(section.split('\r\n')[0]).toBe(`${media.type} ${port} ${media.protocol} ${media.formats.join(' ')}`)
    if (media.label !== undefined) expect(section).toContain(`a=label:${media.label}\r\n`)
    const wanted = want.answerDirections?.[index]
    if (wanted) expect(section).toContain(`a=${wanted}\r\n`)
    for (const { name, value } of media.attributes) {
      if (stream.accepted && (name === 'rtpmap' || name === 'fmtp')) expect(section).toContain(`a=${name}:${value}\r\n`)
    }
  })
}
