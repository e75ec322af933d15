/**
 * Decides on an entry of an earlier recorder's metadata: which call it describes, by the numbers and the directory of that
 * time, and whether the description in force allows its recording (docs/decisions/0120). Pure.
 */
import { hash } from 'node:crypto'
import type { PhoneNumberKey } from '#description/phone-numbers/phone-number.ts'
import { findNumber, type ServiceNumber } from '#description/register-description.ts'
import { recordingTerms, shortestTerms, termZone } from '#description/terms.ts'
import type { SegmentFacts } from '#register/admit.ts'
import type { DirectoryEntry } from '#safeguards/people/people.ts'
import type { DetailProblem, DetailRecord } from '../feeds/detail-record.ts'
import { readFields, type Fields } from '../feeds/read-fields.ts'
import { readNumber } from '../feeds/read-number.ts'
import { directoryAt } from '../session/reading/directory.ts'
import type { VersionAt } from '../session/reading/version-in-force.ts'
import { isoTime, secondsText, type ImportMap } from './import-map.ts'

/** Reason why an entry's recording is not imported. */
export type EntryProblem =
  | Exclude<
      DetailProblem,
      'encoding' | 'too-long' | 'not-csv' | 'columns' | 'header-missing' | 'not-json' | 'not-a-record'
    >
  | 'left-out-by-map'
  | 'not-incoming'
  | 'number-not-described'
  | 'number-not-recorded'
  | 'switchboard'
  | 'forwarded'
  | 'no-consent'
  | 'call-too-long'
  | 'audio-longer-than-call'

/** Something to review in a recording that is imported. */
export type EntryNote =
  'official-not-in-directory' | 'no-official' | 'caller-unreadable' | 'time-ambiguous' | 'cut-before-answer'

export interface ImportContext {
  versionAt: VersionAt
  officials: readonly DirectoryEntry[]
  now: Temporal.Instant
}

/** A call as its metadata describe it; its audio has not been read yet. */
export interface DescribedCall {
  callIds: readonly string[]
  record: DetailRecord
  startedAt: Temporal.Instant
  answeredAt: Temporal.Instant
  /** Undefined if the call ends with its sound. */
  endedAt: Temporal.Instant | undefined
  /** When the sound begins. */
  beginsAt: Temporal.Instant
  notes: EntryNote[]
}

/** The facts of a recording that is imported. `skipMs`: length of the audio before the answer, which is left out. */
export interface AdmissibleRecording {
  facts: SegmentFacts
  skipMs: number
  destroyAt: Temporal.Instant
  notes: EntryNote[]
}

/** Less than the two seconds that R16 allows and that the custodian checks. */
const toleranceMs = 1_900
/** A recorder's clock may be ahead by this much. */
const maxClockSkewMs = 300_000
const longestCallHours = 24
const timeFields = ['startedAt', 'answeredAt', 'endedAt'] as const
const durationFields = ['duration', 'talked'] as const

/** Reads an entry's fields. `path`: of the sound, which is the call's id if the map names none. */
export function readEntry(
  fields: Fields,
  map: ImportMap,
  path: string,
): DescribedCall | { problem: EntryProblem; detail?: string | undefined } {
  const failed = map.only.find(
    ({ field, is, isNot }) => !((is?.includes(fields[field] ?? '') ?? true) && !isNot?.includes(fields[field] ?? '')),
  )
  if (failed) return { problem: 'left-out-by-map', detail: failed.field }
  const read = readFields(converted(fields, map), {
    mapping: { ...map.fields, callId: [...(map.fields.callId ?? []), pathField] },
    zone: map.zone,
    rewrite: map.rewrite,
    names: map.names,
    incoming: map.incoming,
    // The end may be that of the sound.
    isPart: true,
  })
  if (read.is === 'problem') return { problem: read.reason as EntryProblem, detail: read.detail }
  if (read.is === 'nothing') return { problem: 'time-missing' }
  const { record } = read
  const answeredAt = record.answeredAt ?? record.startedAt
  if (!answeredAt) return { problem: 'time-missing', detail: 'startedAt' }
  if (record.called === undefined) return { problem: 'number-missing', detail: 'called' }
  if (record.direction && record.direction !== 'incoming') return { problem: 'not-incoming' }
  const startedAt = record.startedAt ?? answeredAt
  const impossible = [startedAt, answeredAt, record.endedAt].find((at) => at && !isStorableInstant(at))
  if (impossible) return { problem: 'time-impossible', detail: impossible.toString() }
  if (Temporal.Instant.compare(startedAt, answeredAt) > 0) return { problem: 'ends-before-start', detail: 'answeredAt' }
  if (record.endedAt && Temporal.Instant.compare(record.endedAt, answeredAt) < 0)
    return { problem: 'ends-before-start', detail: 'endedAt' }
  return {
    callIds: [...record.sharedIds, `import:${map.source} ${record.callId}`],
    record,
    startedAt,
    answeredAt,
    endedAt: record.endedAt,
    beginsAt: map.audio.begins === 'startedAt' ? startedAt : answeredAt,
    notes: record.isDoubtful ? ['time-ambiguous'] : [],
  }

  function converted(given: Fields, { times, durations }: ImportMap): Fields {
    const fieldsFor = (names: readonly (keyof ImportMap['fields'])[]) => names.flatMap((name) => map.fields[name] ?? [])
    const result: Record<string, string> = { ...given, [pathField]: path }
    if (times !== undefined)
      for (const name of fieldsFor(timeFields))
        if (result[name] !== undefined) result[name] = isoTime(result[name], times)
    for (const name of fieldsFor(durationFields))
      if (result[name] !== undefined) result[name] = secondsText(result[name], durations)
    return result
  }
}

/** Returns true for an instant that the register can store: 1970 to 3000, as check_value_range in the database. */
function isStorableInstant({ epochMilliseconds }: Temporal.Instant): boolean {
  return epochMilliseconds >= 0 && epochMilliseconds < Date.UTC(3000, 0)
}

const pathField = ' path'

/**
 * Returns when the recording of a call is due for destruction by the description in force, without reading the sound; undefined
 * if that depends on the sound.
 */
export function dueAt(call: DescribedCall, context: ImportContext): Temporal.Instant | undefined {
  const number = numberOf(call.record.reached ?? call.record.called!, call.answeredAt, context)
  const months = number.key === null ? undefined : termsByNumber(context)[number.key]
  return months === undefined || !call.endedAt ? undefined : recordingTerms(call.endedAt, months).destroyAt
}

type Refused = { problem: EntryProblem | 'too-old'; detail?: string | undefined }

interface SoundSpan {
  beginsAt: Temporal.Instant
  soundEnd: Temporal.Instant
  endedAt: Temporal.Instant
  skipMs: number
}

interface NumbersOfCall {
  called: Pick<ReturnType<typeof numberOf>, 'key' | 'entry'>
  reached: { key: PhoneNumberKey; entry: ServiceNumber }
  months: number
}

interface Parties {
  caller: SegmentFacts['caller']
  official: SegmentFacts['official']
  notes: EntryNote[]
}

/**
 * Decides whether a call with its audio can be imported.
 * @param fileSha256 in hexadecimal; ids are derived from it, so that a second run makes the same
 */
export function decideImport(
  call: DescribedCall,
  soundMs: number,
  fileSha256: string,
  context: ImportContext,
): AdmissibleRecording | Refused {
  const span = spanOf(call, soundMs, context)
  if ('problem' in span) return span
  const numbers = numbersOf(call, context)
  if ('problem' in numbers) return numbers
  const { called, reached, months } = numbers
  const { beginsAt, soundEnd, endedAt, skipMs } = span
  const { destroyAt } = recordingTerms(endedAt, months)
  if (Temporal.Instant.compare(destroyAt, context.now) <= 0) {
    return { problem: 'too-old', detail: destroyAt.toZonedDateTimeISO(termZone).toPlainDate().toString() }
  }
  const parties = partiesOf(call, context)
  if ('problem' in parties) return parties

  const facts: SegmentFacts = {
    segmentId: idFrom(`segment ${fileSha256}`),
    contactId: idFrom(`contact ${fileSha256}`),
    callIds: call.callIds,
    startedAt: call.startedAt,
    answeredAt: call.answeredAt,
    endedAt,
    endInferred: call.endedAt === undefined,
    caller: parties.caller,
    numberCalled: {
      key: called.key ?? reached.key,
      kind: called.entry?.kind ?? 'UNKNOWN',
      ...(called.entry && { name: called.entry.names }),
    },
    numberReached: { key: reached.key, name: reached.entry.names },
    ...(parties.official && { official: parties.official }),
    // No draw: the earlier recorder chose.
    decision: { record: true, reason: importedReason },
    captureState: 'not-recorded',
    marks: call.notes.includes('time-ambiguous') ? ['needs-review'] : [],
    recording: {
      id: idFrom(`recording ${fileSha256}`),
      startedAt: beginsAt,
      endedAt: soundEnd,
      intakeDay: context.now.toZonedDateTimeISO('UTC').toPlainDate(),
      months,
    },
  }
  const cut = skipMs > 0 ? (['cut-before-answer'] as const) : []
  return { facts, skipMs, destroyAt, notes: [...call.notes, ...parties.notes, ...cut] }
}

/** Returns the times of the sound and the call. Sound before the answer is left out; a file with sound after the end is refused (R16). */
function spanOf(call: DescribedCall, soundMs: number, { now }: ImportContext): SoundSpan | Refused {
  const { startedAt, answeredAt } = call
  const earlyMs = answeredAt.epochMilliseconds - call.beginsAt.epochMilliseconds
  const skipMs = earlyMs > toleranceMs ? earlyMs : 0
  const beginsAt = skipMs > 0 ? answeredAt : call.beginsAt
  const lastsMs = Math.round(soundMs - skipMs)
  if (lastsMs <= 0) return { problem: 'audio-longer-than-call', detail: 'the sound ends before the answer' }
  const soundEnd = beginsAt.add({ milliseconds: lastsMs })
  const endedAt = call.endedAt ?? soundEnd
  const talkMs = endedAt.epochMilliseconds - answeredAt.epochMilliseconds
  const excessMs = Math.max(soundEnd.epochMilliseconds - endedAt.epochMilliseconds, lastsMs - talkMs)
  if (excessMs > toleranceMs) {
    return { problem: 'audio-longer-than-call', detail: `by ${Math.round(excessMs / 1000)} s` }
  }
  if (endedAt.epochMilliseconds > now.epochMilliseconds + maxClockSkewMs) return { problem: 'in-the-future' }
  if (endedAt.since(startedAt).total('hours') > longestCallHours) return { problem: 'call-too-long' }
  return { beginsAt, soundEnd, endedAt, skipMs }
}

/** Returns the number called, the one reached and the term, if the description in force records calls to that number. */
function numbersOf({ record, startedAt, answeredAt }: DescribedCall, context: ImportContext): NumbersOfCall | Refused {
  const called = numberOf(record.called!, startedAt, context)
  const reached = record.reached === undefined ? called : numberOf(record.reached, answeredAt, context)
  if (reached.key === null || !reached.entry) {
    return { problem: 'number-not-described', detail: reached.written }
  }
  if (reached.entry.kind === 'SWITCHBOARD') return { problem: 'switchboard' }
  const { recordForwarded } = context.versionAt(context.now).description.recordingPlan
  if (called.entry?.kind === 'SWITCHBOARD' && !recordForwarded) return { problem: 'forwarded' }
  const months = termsByNumber(context)[reached.key]
  if (months === undefined) return { problem: 'number-not-recorded', detail: reached.written }
  return { called, reached: { key: reached.key, entry: reached.entry }, months }
}

/** Returns caller and official, by the numbering and the directory of that time (R11). */
function partiesOf({ record, startedAt, answeredAt }: DescribedCall, context: ImportContext): Parties | Refused {
  const { numbering } = context.versionAt(startedAt).description
  const notes: EntryNote[] = []
  const caller = record.caller === undefined ? undefined : readNumber(record.caller, numbering)
  if (caller?.key && officialAt(caller.key, startedAt, context)) {
    return { problem: 'not-incoming', detail: 'an official called' }
  }
  if (caller && caller.key === null && caller.kind !== 'withheld') notes.push('caller-unreadable')
  const official = record.official === undefined ? undefined : readNumber(record.official, numbering)
  const found = official?.key ? officialAt(official.key, answeredAt, context) : undefined
  const { officialConsent } = context.versionAt(context.now).description.switches
  if (officialConsent === 'required' && !found?.consentedFrom) return { problem: 'no-consent' }
  if (!official?.key) notes.push('no-official')
  else if (!found) notes.push('official-not-in-directory')
  return {
    notes,
    caller: asCaller(caller),
    official: official?.key ? { ...asPerson(found, official.display), phone: official.key } : undefined,
  }
}

function asCaller(caller: ReturnType<typeof readNumber> | undefined): SegmentFacts['caller'] {
  if (!caller || caller.kind === 'withheld') return { kind: 'withheld', key: null, raw: null }
  return { kind: caller.kind, key: caller.key, raw: caller.raw }
}

function asPerson(found: DirectoryEntry | undefined, display: string) {
  if (!found) return { name: display }
  const { personId, unitId, name } = found
  return { personId, ...(unitId !== null && { unitId }), name }
}

/** The reason of a decision that an earlier recorder made. */
export const importedReason = 'imported'

function numberOf(written: string, at: Temporal.Instant, { versionAt }: ImportContext) {
  const { description } = versionAt(at)
  const number = readNumber(written, description.numbering)
  if (number.key === null) return { key: null, written, entry: undefined }
  return { key: number.key, written: number.display, entry: findNumber(description, number.key, at) }
}

/** Returns the term of each number with rules in the description in force, in months. */
export function termsByNumber({ versionAt, now }: Pick<ImportContext, 'versionAt' | 'now'>): Record<string, number> {
  return shortestTerms(versionAt(now).description.recordingPlan.rules)
}

function officialAt(
  key: Parameters<ReturnType<typeof directoryAt>['findOfficial']>[0],
  at: Temporal.Instant,
  context: ImportContext,
) {
  return directoryAt(context.versionAt(at).description, context.officials, at).findOfficial(key)
}

/** Returns a UUID (RFC 9562, version 8) derived from a name. */
function idFrom(name: string): string {
  const bytes = hash('sha256', `seloste import ${name}`, 'buffer').subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
