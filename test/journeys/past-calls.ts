// Reports past calls as call detail records to a running Seloste, by the feed for past calls. Writes no row directly.
import { randomUUID } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import {
  describePastCall,
  sealPastAudio,
  type PastAudio,
  type PastCall,
  type PastCallContext,
} from '#capture/feeds/past-calls.ts'
import { admitTo } from '#capture/session/register/admit-facts.ts'
import { createQuotaCounts } from '#capture/session/register/quota-counts.ts'
import { connectDatabase } from '#platform/database/connect.ts'
import type { RegisterTables } from '#register/tables.ts'
import { intakeKeySource } from '#safeguards/keys/intake-key-source.ts'
import { readDirectory } from '#safeguards/people/people.ts'
import { readVersions, versionAt } from '#safeguards/versions/versions.ts'
import { openTestObjects } from '#test/objects/test-objects.ts'
import { eventually } from '#test/whole/api.ts'
import { adminUrlOf, objectsFolderOf } from '#test/whole/external-state.ts'
import type { RunningSeloste } from '#test/whole/start-seloste.ts'
import { readDrawKey } from '../../src/app/roles/draw-key.ts'

/** Connects to the running Seloste's database, as its owner. */
export async function withOwnDatabase<Result>(
  seloste: RunningSeloste,
  use: (db: Kysely<RegisterTables>) => Promise<Result>,
): Promise<Result> {
  const { db, close } = connectDatabase<RegisterTables>({
    url: await adminUrlOf(seloste.dataDirectory),
    applicationName: 'seloste-journey',
    size: 1,
    onIdleError: () => undefined,
  })
  try {
    return await use(db)
  } finally {
    await close()
  }
}

/** A past call, and whether it must be drawn: call ids are tried until the draw has that result. */
export type ReportedCall = Omit<PastCall, 'callId'> & { drawn?: boolean }

/** Reports past calls to a running Seloste. Drawn calls get audio, a silent line, and can be played afterwards. */
export async function reportPastCalls(seloste: RunningSeloste, calls: readonly ReportedCall[]): Promise<void> {
  await withOwnDatabase(seloste, async (db) => {
    const versions = await readVersions(db)
    const admit = admitTo(db)
    const today = Temporal.Now.plainDateISO('UTC')
    const nextKey = intakeKeySource(db, randomUUID())
    const objects = await openTestObjects(objectsFolderOf(seloste.dataDirectory))
    const context = {
      versionAt: (at: Temporal.Instant) => versionAt(versions, at),
      officials: await readDirectory(db),
      drawKey: await readDrawKey({ dataDirectory: seloste.dataDirectory, splitRoles: { drawKeyFile: undefined } }),
      quotas: createQuotaCounts(),
    }
    const recordings: string[] = []
    for (const call of calls) {
      for (const facts of describeDrawn(call, context)) {
        if (!facts.recording) {
          await admit(facts)
          continue
        }
        const intakeKey = await nextKey()
        const recording = { ...facts.recording, intakeDay: today, intakeKey }
        const stored = await sealPastAudio(recording, silence(recording), {
          objects,
          spoolFolder: seloste.dataDirectory,
          intakePublicKey: intakeKey,
        })
        await admit({ ...facts, recording: { ...recording, stored } })
        recordings.push(recording.id)
      }
    }
    await eventually(
      async () => (await notIngestedYet(db, recordings)).length === 0 || undefined,
      'the custodian has ingested every recording that is not due',
      60_000,
    )
  })
}

async function notIngestedYet(db: Kysely<RegisterTables>, ids: readonly string[]): Promise<{ id: string }[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<{ id: string }>`
    select id from recording where id = any (${ids}) and state = 'STORED' and kept_at is null and destroy_at > now()`.execute(
    db,
  )
  return rows
}

let sent = 0

function describeDrawn({ drawn, ...call }: ReportedCall, context: PastCallContext) {
  for (;;) {
    const facts = describePastCall({ ...call, callId: `journey-${process.pid}-${sent++}` }, context)
    if (drawn === undefined || facts.some(({ decision }) => decision.record) === drawn) return facts
    if (sent > 10_000) throw new Error('10,000 call ids were tried, and no draw had the wanted result')
  }
}

/** Generates A-law silence as long as the recording. */
function* silence({
  startedAt,
  endedAt,
}: {
  startedAt: Temporal.Instant
  endedAt?: Temporal.Instant | undefined
}): PastAudio {
  const frame = Buffer.alloc(160, 0xd5)
  const frames = Math.ceil(((endedAt ?? startedAt).epochMilliseconds - startedAt.epochMilliseconds) / 20)
  for (let at = 0; at < frames; at++) yield { caller: frame, official: frame }
}

/** Parses a local time in Finland; with its offset, `2026-10-25T03:50+03:00`, if the clock shows the time twice. */
export function inFinland(written: string): Temporal.Instant {
  return /[+Z]/.test(written)
    ? Temporal.Instant.from(written)
    : Temporal.PlainDateTime.from(written).toZonedDateTime('Europe/Helsinki').toInstant()
}
