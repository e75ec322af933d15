/**
 * Bodies as clients of different makers send them, written for this test after their documented shapes, each with what
 * must be understood of it: `name.txt` the body, `name.json` its headers and the expectation.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { answerOffer } from '#capture/siprec/answer-offer.ts'
import { readInvitation, type Invitation } from '#capture/siprec/read-invitation.ts'
import { headersOf } from '#capture/siprec/read-header-value.ts'
import type { TrackOverride } from '#capture/siprec/identified-parties.ts'
import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'

interface Expectation {
  found: string
  direction?: string
  /** Phone key, `withheld`, or null for a role that must stay empty. */
  caller?: string
  number?: string
  official?: string | null
  tracks: Record<string, string>
  streamSource?: string
  sources?: Record<string, string>
  storage?: Record<string, string>
  paused?: number[]
  refused?: number[]
  remote?: Record<string, string>
  answerDirections?: (string | null)[]
  externalCallId?: string
  externalCallIdSource?: string
  callIds?: string[]
  startedAt?: string
  startedAtSource?: string
  answeredAt?: string
  endedAt?: string
  problems: string[]
  needsReview: string[]
  /** Texts that must not be anywhere in what identification hands on. */
  never?: string[]
}

interface Vector {
  about: string
  contentType: string | null
  headers: [string, string][]
  /** Name of the vector that the same dialog sent before. */
  after?: string
  trackOverride?: TrackOverride
  expect: Expectation
}

const here = new URL('.', import.meta.url)
const names = readdirSync(here)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -5))

const numbers = new Map([
  ['+35829497000', 'national'],
  ['+35829497010', 'regional'],
  ['+35829512000', 'switchboard'],
])
const officials = new Map([
  ['+358295121001', 'aino'],
  ['sip:aino.virtanen@agency.example.fi', 'aino'],
  ['ext:main:1001', 'aino'],
  ['+358295121002', 'bertil'],
  ['ext:main:1002', 'bertil'],
])
const arrivedAtMs = Date.parse('2027-03-03T08:01:30Z')

function vectorOf(name: string): Vector {
  return JSON.parse(readFileSync(new URL(`${name}.json`, here), 'utf8'))
}

function bodyOf(name: string, lineBreak: string): string {
  return readFileSync(new URL(`${name}.txt`, here), 'utf8').replace(/\r?\n/g, lineBreak)
}

function read(name: string, lineBreak: string): Invitation<string, string> {
  const { contentType, headers, after, trackOverride } = vectorOf(name)
  const before = after ? read(after, lineBreak) : undefined
  const invitation = readInvitation(
    {
      contentType: contentType ?? undefined,
      body: bodyOf(name, lineBreak),
      headers: headersOf(headers),
      sourceAddress: '198.51.100.7',
    },
    {
      arrivedAtMs,
      normalise: (raw) => normalisePhoneNumber(raw),
      directory: { findNumber: (key) => numbers.get(key), findOfficial: (key) => officials.get(key) },
      ...(trackOverride ? { trackOverride } : {}),
      ...(before ? { before } : {}),
    },
  )
  if (invitation.kind === 'refusal') throw new Error(`refused: ${invitation.reason}`)
  return invitation
}

describe.each([
  ['CRLF', '\r\n'],
  ['LF', '\n'],
])('with %s line ends', (_, lineBreak) => {
  test.each(names)('%s is understood', (name) => {
    const vector = vectorOf(name)
    const want = vector.expect
    const got = read(name, lineBreak)
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

/** What holds for every answer (rule 3 of acceptance). */
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
  expect(answer.text).not.toMatch(/a=(?:sendrecv|sendonly|rtcp-mux)/)
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
