/**
 * Reads a vector: `name.sip`, a SIP message as a vendor's client sends it, byte for byte, written for these tests after
 * its known form; and `name.json`, its expected interpretation. Nothing was copied from a real call, or from another
 * collection.
 */
import { readdirSync, readFileSync } from 'node:fs'
import type { IdentitySource, TrackOverride } from '#capture/siprec/identified-parties.ts'
import { readInvitation, type Invitation } from '#capture/siprec/read-invitation.ts'
import type { Refusal } from '#capture/siprec/refusal.ts'
import { allHeaders, firstHeader, type SipRequest } from '#capture/sip/message.ts'
import { parseMessage } from '#capture/sip/parse-message.ts'
import { normalisePhoneNumber } from '#description/phone-numbers/normalise-phone-number.ts'

/** Expected interpretation of a vector. What is left out is not compared. */
export interface Expectation {
  /** Which metadata the message contains, as `found` of an `Invitation`. */
  found: string
  direction?: string
  /** Key of the caller's number, or `withheld`. */
  caller?: string
  /** Key of the public number that was called. */
  number?: string
  /** Key of the official's number. Null if no official must be identified. */
  official?: string | null
  /** Whose speech each stream contains, by index of the stream. */
  tracks: Record<string, string>
  /** How the tracks were distinguished. */
  streamSource?: string
  /** Which evidence decided each role. */
  sources?: Record<string, string>
  /** How each stream is stored, by its index. */
  storage?: Record<string, string>
  /** Indexes of the streams that are paused. */
  paused?: number[]
  /** Indexes of the streams that are not accepted. */
  refused?: number[]
  /** Address and port that each stream is sent from, by index of the stream. */
  remote?: Record<string, string>
  /** Direction of each media line in the answer. Null if any is right. */
  answerDirections?: (string | null)[]
  externalCallId?: string
  externalCallIdSource?: string
  /** Identifiers of the call that must be among those found. */
  callIds?: string[]
  /** Times are in ISO 8601. */
  startedAt?: string
  startedAtSource?: string
  answeredAt?: string
  endedAt?: string
  problems: string[]
  needsReview: string[]
  /** Texts that must not occur in the identified parties. */
  never?: string[]
}

export interface Vector {
  /** What is special in the message. */
  about: string
  /** Name of the vector that the same dialog sent earlier. */
  after?: string
  /** Settings of the client's trunk. */
  trunk?: { tracks?: TrackOverride; zone?: string; identity?: IdentitySource }
  expect: Expectation
}

const folder = new URL('.', import.meta.url)

export const vectorNames: readonly string[] = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -5))

export function vectorOf(name: string): Vector {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Vector
}

export function bytesOf(name: string): Buffer {
  return readFileSync(new URL(`${name}.sip`, folder))
}

const messages = new Map<string, SipRequest>()

/** Returns the vector's message, parsed as from a socket. */
export function messageOf(name: string): SipRequest {
  const known = messages.get(name)
  if (known) return known
  const message = parseMessage(bytesOf(name))
  if (message.kind !== 'request') throw new Error(`${name}: ${message.reason}`)
  messages.set(name, message)
  return message
}

/** The register's public numbers, by key. */
const numbers = new Map([
  ['+35829497000', 'national'],
  ['+35829497010', 'regional'],
  ['+35829512000', 'switchboard'],
])
/** The directory's officials, by each of their keys. */
const officials = new Map([
  ['+358295121001', 'aino'],
  ['sip:aino.virtanen@agency.example.fi', 'aino'],
  ['ext:main:1001', 'aino'],
  ['+358295121002', 'bertil'],
  ['ext:main:1002', 'bertil'],
])
/** When every vector arrives. */
const arrivedAtMs = Date.parse('2027-03-03T08:01:30Z')

export interface Changes {
  /** Replaces the body of the vector, and of the vectors that its dialog sent earlier. */
  body?: (body: Buffer, name: string) => Buffer
}

/** Reads a vector as its session would: after what its dialog sent earlier, and with its trunk's settings. */
export function readVector(name: string, changes: Changes = {}): Invitation<string, string> | Refusal {
  const { after, trunk } = vectorOf(name)
  const message = messageOf(name)
  const before = after === undefined ? undefined : readAcceptedVector(after, changes)
  return readInvitation<string, string>(
    {
      contentType: firstHeader(message, 'content-type'),
      body: changes.body?.(message.body, name) ?? message.body,
      headers: (header) => allHeaders(message, header.toLowerCase()),
      sourceAddress: '198.51.100.7',
    },
    {
      arrivedAtMs,
      normalise: (raw) => normalisePhoneNumber(raw),
      directory: { findNumber: (key) => numbers.get(key), findOfficial: (key) => officials.get(key) },
      ...(trunk?.tracks ? { trackOverride: trunk.tracks } : {}),
      ...(trunk?.zone ? { zone: trunk.zone } : {}),
      ...(trunk?.identity ? { identityFirst: trunk.identity } : {}),
      ...(before ? { before } : {}),
    },
  )
}

/** Reads a vector; throws if it is refused. */
export function readAcceptedVector(name: string, changes: Changes = {}): Invitation<string, string> {
  const invitation = readVector(name, changes)
  if (invitation.kind === 'refusal') throw new Error(`${name} is refused: ${invitation.reason}`)
  return invitation
}
