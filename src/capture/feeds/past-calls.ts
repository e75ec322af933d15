/**
 * Describes past calls from detail records, and stores audio of drawn segments if it is available. Facts, encryption and
 * admission are as for a SIPREC call. Never adds a recording that the plan did not draw.
 */
import { hash } from 'node:crypto'
import { decideRecording } from '#description/decide-recording.ts'
import { hashCallId } from '#description/draw.ts'
import { findNumber } from '#description/register-description.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import type { RecordingFacts, SegmentFacts } from '#register/admit.ts'
import { bodyKey, headerKey } from '#register/recordings/objects.ts'
import { createRecordingWriter, type FinishedRecording } from '#register/recordings/recording-writer.ts'
import type { DirectoryEntry } from '#safeguards/people/people.ts'
import { directoryAt } from '../session/reading/directory.ts'
import type { QuotaCounts } from '../session/register/quota-counts.ts'
import type { VersionAt } from '../session/reading/version-in-force.ts'
import { readNumber } from './read-number.ts'

/** One segment of a detail record; numbers as the telephone system writes them. */
export interface PastSegment {
  /** The telephone system's id of this leg; default: its position in the call. */
  id?: string | undefined
  official?: string | undefined
  number: string
  answeredAt?: Temporal.Instant | undefined
  endedAt: Temporal.Instant
}

export interface PastCall {
  callId: string
  /** Ids that a recording client sends for the same call, the most reliable first. The draw uses the first. */
  sharedIds?: readonly string[] | undefined
  startedAt: Temporal.Instant
  /** Undefined if withheld. */
  caller?: string | undefined
  numberCalled: string
  /** Empty if nobody answered; the call ended at `endedAt`. */
  segments: readonly PastSegment[]
  endedAt: Temporal.Instant
}

/** Audio of a segment in frames of 20 ms: caller and official, each 160 bytes of A-law at 8 kHz. */
export type PastAudio = Iterable<{ caller: Uint8Array; official: Uint8Array }>

export interface PastCallContext {
  /** Returns the version in force at an instant: past calls follow the rules of their time (R14). */
  versionAt: VersionAt
  officials: readonly DirectoryEntry[]
  drawKey: Uint8Array
  /** Quota counts. They depend on the order in which calls are described. */
  quotas: QuotaCounts
}

const frameSamples = 160
/** 20 ms in units of 100 µs. */
const frameTicks = 200
const alaw = { payloadType: 8, codec: 'PCMA', clockRate: 8000 } as const

/**
 * Returns the facts of each segment of a past call, with the plan's decision. Idempotent: the same record gives the same ids, so
 * admitting it twice gives one call.
 */
export function describePastCall(call: PastCall, context: PastCallContext): SegmentFacts[] {
  const { numbering } = context.versionAt(call.startedAt).description
  const callIds = [...(call.sharedIds ?? []), `cdr:${call.callId}`]
  // The id alone is not unique: another call, of this or another caller, may have the same.
  const name = `${call.callId} ${call.caller ?? ''} ${call.startedAt.toString()}`
  const contactId = idFrom(`contact ${name}`)
  const called = numberOf(call.numberCalled, call.startedAt)
  const caller = call.caller === undefined ? undefined : readNumber(call.caller, numbering)
  const shared = {
    contactId,
    callIds,
    startedAt: call.startedAt,
    caller:
      caller && caller.kind !== 'withheld'
        ? { kind: caller.kind, key: caller.key, raw: caller.raw }
        : { kind: 'withheld' as const, key: null, raw: null },
    numberCalled: { ...called, kind: called.entry?.kind ?? ('UNKNOWN' as const) },
    captureState: 'not-recorded' as const,
  }
  if (call.segments.length === 0) {
    return [
      {
        ...shared,
        segmentId: idFrom(`segment ${name} 0`),
        endedAt: call.endedAt,
        numberReached: called,
        decision: { record: false, reason: 'not-answered' },
        marks: called.entry ? [] : ['unknown-number'],
      },
    ]
  }
  return call.segments.map((segment, at) => {
    const legId = segment.id ?? String(at)
    const answeredAt = segment.answeredAt ?? segment.endedAt
    const reached = numberOf(segment.number, answeredAt)
    const official = segment.official === undefined ? undefined : officialOf(segment.official, answeredAt)
    const { recordingMonths, ...decision } = decideRecording({
      version: context.versionAt(answeredAt),
      drawKey: context.drawKey,
      drawnOn: hashCallId(callIds[0] ?? ''),
      numberReached: reached.key,
      answeredAt,
      viaSwitchboard: called.entry?.kind === 'SWITCHBOARD' && called.key !== reached.key,
      officialId: official?.facts.personId,
      consents: official?.consents,
      quotaUsed: context.quotas.used(answeredAt),
    })
    const facts: SegmentFacts = {
      ...shared,
      segmentId: idFrom(`segment ${name} ${legId}`),
      answeredAt,
      endedAt: segment.endedAt,
      numberReached: reached,
      ...(official && { official: official.facts }),
      decision,
      marks: reached.entry ? [] : (['unknown-number'] as const).slice(),
      ...(decision.record &&
        recordingMonths !== undefined && {
          recording: {
            id: idFrom(`recording ${name} ${legId}`),
            startedAt: answeredAt,
            endedAt: segment.endedAt,
            intakeDay: answeredAt.toZonedDateTimeISO('UTC').toPlainDate(),
            months: recordingMonths,
          },
        }),
    }
    context.quotas.count(facts)
    return facts
  })

  function numberOf(written: string, at: Temporal.Instant) {
    const { description } = context.versionAt(at)
    const number = readNumber(written, description.numbering)
    const key = number.key ?? ('unknown' as NonNullable<typeof number.key>)
    const entry = findNumber(description, number.key, at)
    return { key, entry, ...(entry && { name: entry.names }) }
  }

  function officialOf(
    written: string,
    at: Temporal.Instant,
  ): { facts: NonNullable<SegmentFacts['official']>; consents: boolean } | undefined {
    const { description } = context.versionAt(at)
    const number = readNumber(written, description.numbering)
    if (number.key === null) return undefined
    const entry = directoryAt(description, context.officials, at).findOfficial(number.key)
    if (!entry) return { facts: { name: number.display, phone: number.key }, consents: false }
    const { personId, unitId, name } = entry
    return {
      facts: { personId, ...(unitId && { unitId }), name, phone: number.key },
      consents: entry.consentedFrom !== null,
    }
  }
}

/** Encrypts a past segment's audio as capture does, and puts it into the object store. Returns the facts of the stored recording. */
export async function sealPastAudio(
  recording: RecordingFacts,
  audio: PastAudio,
  location: { objects: ObjectStore; spoolFolder: string; intakePublicKey: string },
): Promise<NonNullable<RecordingFacts['stored']>> {
  const writer = await createRecordingWriter({
    id: recording.id,
    directory: location.spoolFolder,
    intakePublicKey: location.intakePublicKey,
    startedAt: recording.startedAt,
    pendingChunksLimit: 4096,
  })
  const finished = await writeAll().catch(async (error: unknown) => {
    await writer.discard()
    throw error
  })
  await location.objects.moveIn(headerKey(recording.id), finished.headerPath)
  await location.objects.moveIn(bodyKey(recording.id), finished.bodyPath)
  return {
    sizeBytes: finished.sizeBytes,
    sha256: Buffer.from(finished.sha256, 'hex'),
    incomplete: false,
    packetsReceived: finished.packets,
    packetsLost: 0,
  }

  async function writeAll(): Promise<FinishedRecording> {
    writer.source(0, 1, 0, 0, [alaw])
    writer.source(1, 2, 0, 0, [alaw])
    writer.mark('mapping', 0, { streams: { 0: 'caller', 1: 'official' } })
    let frame = 0
    for (const { caller, official } of audio) {
      const [left, right] = [Buffer.from(caller), Buffer.from(official)]
      writer.packet(0, 8, false, frame, frame * frameSamples, frame * frameTicks, left, 0, left.length)
      writer.packet(1, 8, false, frame, frame * frameSamples, frame * frameTicks, right, 0, right.length)
      frame++
    }
    return writer.finish(frame * frameTicks)
  }
}

/** Returns a UUID (RFC 9562, version 8) derived from a name. */
function idFrom(name: string): string {
  const bytes = hash('sha256', `seloste ${name}`, 'buffer').subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
