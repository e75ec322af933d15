/**
 * The vCons of packages: for each conversation they contain what the package's other entries contain, and nothing more.
 */
import { contentHash, vconUuid } from '#platform/vcon/write-vcon.ts'
import { withheldStart, type Vcon, type VconDialog, type VconParty } from '#platform/vcon/vcon-schema.ts'
import type { CallOfItem } from './authority-files.ts'
import type { ListedSound } from './research-files.ts'

/** An audio file of the package, to which the vCon refers. */
export interface AudioFile {
  name: string
  sha512: Buffer
}

/** A recording of a call, and the number of the recorded part of the call: null if that is not known. */
export interface SoundOfCall extends AudioFile {
  part: number | null
}

const mediatypes = { wav: 'audio/x-wav', opus: 'audio/ogg' } as const

/** A conversation for an authority: the call, the recording, or both, as granted. */
export function authorityVcon(
  maker: string,
  now: Temporal.Instant,
  { call, sound }: { call?: CallOfItem | undefined; sound?: SoundOfCall | undefined },
): Vcon {
  const base = { vcon: '0.4.0' as const, uuid: vconUuid(maker), created_at: now.toString() }
  if (!call) {
    const dialog = { ...recordingOf(sound!), start: withheldStart, parties: [0, 1] }
    return { ...base, parties: [{ type: 'person' }, { type: 'person' }], dialog: [dialog] }
  }
  const officials = call.parts.map(({ officialName, officialPhone }) => partyOf('person', officialPhone, officialName))
  const parties = [partyOf('person', call.caller), partyOf('organization', call.number), ...officials]
  const officialIndexes = call.parts.map((_, at) => at + 2)
  const recordingSet: VconDialog = {
    type: 'recording-set',
    start: call.startedAt,
    ...durationOf(call),
    parties: [0, 1, ...officialIndexes],
    recordings: sound ? [1] : [],
    party_history: call.parts.flatMap(({ answeredAt, endedAt }, at) => [
      ...(answeredAt === null ? [] : [{ party: at + 2, time: answeredAt, event: 'join' as const }]),
      ...(endedAt === null ? [] : [{ party: at + 2, time: endedAt, event: 'drop' as const }]),
    ]),
  }
  // A recording contains the caller and the official of one part (R17).
  const at = call.parts.findIndex(({ seq }) => seq === sound?.part)
  const recording = sound && {
    ...recordingOf(sound),
    start: call.parts[at]?.answeredAt ?? call.startedAt,
    parties: [0, at === -1 ? null : [at + 2]],
    recording_set: 0,
  }
  return {
    ...base,
    parties,
    dialog: recording ? [recordingSet, recording] : [recordingSet],
    attachments: [
      {
        purpose: 'identification data',
        start: call.startedAt,
        party: 1,
        dialog: 0,
        mediatype: 'application/json',
        body: call,
        encoding: 'json',
      },
    ],
  }
}

/** A copy for an institute: no person, number or time. */
export function researchVcon(maker: string, now: Temporal.Instant, file: ListedSound, sha512: Buffer): Vcon {
  const { name, level, durationS } = file
  return {
    vcon: '0.4.0',
    uuid: vconUuid(maker),
    created_at: `${now.toZonedDateTimeISO('UTC').toPlainDate().toString()}T00:00:00Z`,
    redacted: { type: level === 'D' ? 'pseudonymised' : 'anonymised' },
    parties: [{ type: 'person' }, { type: 'person' }],
    dialog: [{ ...recordingOf({ name, sha512 }), start: withheldStart, duration: durationS, parties: [0, 1] }],
    analysis: [
      {
        type: 'report',
        dialog: 0,
        vendor: 'Seloste',
        schema: 'seloste-research-package/1',
        mediatype: 'application/json',
        body: file,
        encoding: 'json',
      },
    ],
  }
}

function recordingOf({ name, sha512 }: AudioFile) {
  return {
    type: 'recording' as const,
    mediatype: mediatypes[name.endsWith('.opus') ? 'opus' : 'wav'],
    filename: name,
    content_hash: contentHash(sha512),
  }
}

/** A caller may have called without a number, or from an address that is no number. */
function partyOf(type: string, number: string | null, name: string | null = null): VconParty {
  const isNumber = number !== null && /^\+?\d+$/.test(number)
  return { ...(isNumber && { tel: `tel:${number}` }), ...(name !== null && { name }), type }
}

/** Returns no duration while the call continues, or if its end lies before its start: two clocks differed. */
function durationOf({ startedAt, endedAt }: CallOfItem): { duration?: number } {
  if (endedAt === null) return {}
  const duration = Temporal.Instant.from(startedAt).until(Temporal.Instant.from(endedAt)).total('seconds')
  return duration < 0 ? {} : { duration }
}
