/** A month of history for the demo: invented calls, admitted like any call, with real sealed speech where drawn. */
import { randomUUID } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { describePastCall, sealPastAudio, type PastAudio, type PastCall } from '#capture/feeds/past-calls.ts'
import { admitTo } from '#capture/session/register/admit-facts.ts'
import { createQuotaCounts } from '#capture/session/register/quota-counts.ts'
import type { VersionAt } from '#capture/session/reading/version-in-force.ts'
import type { ObjectStore } from '#platform/objects/object-store.ts'
import type { RegisterTables } from '#register/tables.ts'
import { intakeKeySource } from '#safeguards/keys/intake-key-source.ts'
import { readDirectory } from '#safeguards/people/people.ts'
import { generatePastCalls } from '#test/simulator/generate-past-calls.ts'
import { numbersCalled, officialByKey } from '#test/simulator/people.ts'
import { frameMs, listDialogues, loadDialogue } from '#test/simulator/sound.ts'

export interface FillOptions {
  /** Connected as role capture, the only one that may insert calls. */
  db: Kysely<RegisterTables>
  objects: ObjectStore
  versionAt: VersionAt
  drawKey: Uint8Array
  spoolFolder: string
  now: Temporal.Instant
  /** Number of most recent days of the month to fill; a few older calls are added as well. */
  days: number
  signal: AbortSignal
  onProgress: (done: number, total: number) => void
}

const seed = 29
/** Ages in days of calls to the test line, whose term is two months: one past the term, one in its last weeks. */
const daysAgo = { pastTerm: 70, nearTerm: 40 }
const olderCallCounts = { pastTerm: 8, nearTerm: 3 }
/** Calls admitted together (admitTo): the cost of a transaction hardly depends on their number. */
const concurrentCalls = 24
const progressEvery = 100
/** Pause after each recorded call, so that live calls get processor time. */
const pauseMs = 5

/** Fills the month, newest first, so that the first page is complete early. Can be interrupted and run again. */
export async function fillMonth(options: FillOptions): Promise<void> {
  const { db, drawKey, now, days, signal, versionAt } = options
  const sinceMs = now.subtract({ hours: 24 * days }).epochMilliseconds
  await mkdir(options.spoolFolder, { recursive: true, mode: 0o700 })
  const officials = await readDirectory(db)
  const today = now.toZonedDateTimeISO('UTC').toPlainDate()
  const nextKey = intakeKeySource(db, randomUUID())
  const filledUntil = await readMark(options.spoolFolder)
  const context = { versionAt, officials, drawKey, quotas: createQuotaCounts() }
  const calls = [
    ...olderCalls(now, 'pastTerm'),
    ...olderCalls(now, 'nearTerm'),
    ...generatePastCalls(seed, new Date(now.epochMilliseconds)).filter(
      ({ startedAt }) => startedAt.getTime() > sinceMs,
    ),
  ]
    .filter((call) => call.startedAt.getTime() > filledUntil)
    // Oldest first: quotas count calls in order of time.
    .map((call) => ({ ...call, segments: describePastCall(toPastCall(call), context) }))
    .reverse()
  const admit = admitTo(db)
  let next = 0
  let done = 0

  async function work(): Promise<void> {
    for (let call = calls[next++]; call && !signal.aborted; call = calls[next++]) {
      const spoken = listDialogues().find(({ key }) => key === call?.dialogue) ?? listDialogues()[0]
      const { segments } = call
      const recorded = segments.filter((segment) => segment.recording)
      for (const segment of segments) {
        // An interrupted run has stored the recording already: a second object could not be decrypted with the stored key.
        if (segment.recording && (await recordingExists(db, segment.recording.id))) continue
        if (!segment.recording || !spoken) {
          await admit(segment)
          continue
        }
        const seconds = (loadDialogue(spoken.key).frames * frameMs) / 1000
        const endedAt = (segment.answeredAt ?? segment.startedAt).add({ milliseconds: Math.round(seconds * 1000) })
        const intakeKey = await nextKey()
        const recording = { ...segment.recording, endedAt, intakeDay: today, intakeKey }
        const stored = await sealPastAudio(recording, audioOf(spoken.key), {
          objects: options.objects,
          spoolFolder: options.spoolFolder,
          intakePublicKey: intakeKey,
        })
        await admit({ ...segment, endedAt, recording: { ...recording, stored } })
      }
      done++
      if (done % progressEvery === 0 || done === calls.length) options.onProgress(done, calls.length)
      if (recorded.length > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }
  await Promise.all(Array.from({ length: concurrentCalls }, work))
  if (!signal.aborted) await writeFile(markPath(options.spoolFolder), String(now.epochMilliseconds))
}

/** Returns calls to the test line of an age in `daysAgo`. */
function olderCalls(now: Temporal.Instant, when: keyof typeof daysAgo): ReturnType<typeof generatePastCalls> {
  const then = now.subtract({ hours: 24 * daysAgo[when] })
  return generatePastCalls(seed, new Date(then.epochMilliseconds))
    .filter((call) => call.segments.length === 1)
    .slice(-olderCallCounts[when])
    .map((call) => ({
      ...call,
      numberCalled: numbersCalled.testLine,
      segments: call.segments.map((segment) => ({ ...segment, number: numbersCalled.testLine })),
    }))
}

function markPath(folder: string): string {
  return join(folder, 'filled-until')
}

/** Returns until when history is complete, in epoch milliseconds; 0 before the first run has ended. */
async function readMark(folder: string): Promise<number> {
  return Number(await readFile(markPath(folder), 'utf8').catch(() => '0'))
}

async function recordingExists(db: Kysely<RegisterTables>, recordingId: string): Promise<boolean> {
  const row = await db.selectFrom('recording').select('id').where('id', '=', recordingId).executeTakeFirst()
  return row !== undefined
}

function* audioOf(dialogue: string): PastAudio {
  const sound = loadDialogue(dialogue, 'pcma', -62)
  for (let frame = 0; frame < sound.frames; frame++) {
    yield { caller: sound.frame('caller', frame), official: sound.frame('official', frame) }
  }
}

function toPastCall(call: ReturnType<typeof generatePastCalls>[number]): PastCall {
  return {
    callId: call.externalCallId,
    startedAt: instant(call.startedAt),
    ...(call.caller !== null && { caller: call.caller }),
    numberCalled: call.numberCalled,
    endedAt: instant(call.endedAt),
    segments: call.segments.map((segment) => ({
      official: officialByKey(segment.official).phone,
      number: segment.number,
      answeredAt: instant(segment.answeredAt),
      endedAt: instant(segment.endedAt),
    })),
  }
}

function instant(date: Date): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(date.getTime())
}
