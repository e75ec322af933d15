// Makes a recorded call that has ended and is ingested, for journeys about its recording. Takes the call's end and its
// official; returns its ids. Writes no row directly.
import { numbersCalled, officialByKey } from '#test/simulator/people.ts'
import { eventually, signInAt } from '#test/whole/api.ts'
import type { RunningSeloste } from '#test/whole/start-seloste.ts'
import { withOwnDatabase, reportPastCalls } from './past-calls.ts'

export interface RecordedCall {
  contactId: string
  recordingId: string
  caller: string
}

let callers = 0

/**
 * Makes a call of a minute with Aino on the test line that ended at an instant; its recording is kept for two months.
 */
export async function recordCall(
  seloste: RunningSeloste,
  { endedAt = Temporal.Now.instant().subtract({ minutes: 3 }), seconds = 40 } = {},
): Promise<RecordedCall> {
  const caller = `+3584012398${String(callers++).padStart(2, '0')}`
  const answeredAt = endedAt.subtract({ seconds })
  await reportPastCalls(seloste, [
    {
      caller,
      startedAt: answeredAt.subtract({ seconds: 5 }),
      endedAt,
      numberCalled: numbersCalled.testLine,
      segments: [{ official: officialByKey('aino').phone, number: numbersCalled.testLine, answeredAt, endedAt }],
      drawn: true,
    },
  ])
  const sari = await signInAt(seloste.url, 'sari', seloste.password)
  return eventually(async () => {
    const [found] = await sari.contacts({ purpose: 'QUALITY', caller })
    const recording = found?.segments[0]?.recording
    if (!found || recording?.state !== 'available' || recording.id === undefined) return undefined
    return { contactId: found.id, recordingId: recording.id, caller }
  }, 'the recording is ingested')
}

/** Returns the register's row of a recording. */
export function recordingRow(seloste: RunningSeloste, { recordingId }: RecordedCall) {
  return withOwnDatabase(seloste, (db) =>
    db
      .selectFrom('recording')
      .select(['state', 'cause', 'destroyed_at', 'destroy_at', 'min_keep_until'])
      .where('id', '=', recordingId)
      .executeTakeFirstOrThrow(),
  )
}

/** Waits until a recording is destroyed, and returns the cause. */
export function waitUntilDestroyed(seloste: RunningSeloste, call: RecordedCall, waitMs = 60_000) {
  return eventually(
    async () => {
      const row = await recordingRow(seloste, call)
      return row.state === 'DESTROYED' ? row : undefined
    },
    'the recording is destroyed',
    waitMs,
  )
}
