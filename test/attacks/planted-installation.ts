// Starts a real Seloste for the planted breaches: all processes, its own PostgreSQL, checks at a higher rate. It has
// calls of today: some recorded, one listened to, one forbidden and destroyed. Nothing is mocked.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { withOwnDatabase, reportPastCalls } from '#test/journeys/past-calls.ts'
import { eventually, signInAt } from '#test/whole/api.ts'
import { adminUrlOf } from '#test/whole/external-state.ts'
import { startSeloste, type RunningSeloste } from '#test/whole/start-seloste.ts'
import { plantBreaches, type PlantedResult } from './plant-breaches.ts'
import { breaches, type Breach } from './planted-breaches.ts'

/** Seconds between two rounds of checks; 60 in an installation. */
const secondsBetweenRounds = 2
/**
 * An installation checks each promise at least every five minutes. Here: the same number of rounds, and a margin for a
 * busy machine.
 */
const withinMs = 45_000

/** Plants the whole catalogue, or some of it, in a new installation. */
export async function plantInNewInstallation(
  onResult: (result: PlantedResult) => void,
  some: readonly Breach[] = breaches,
): Promise<PlantedResult[]> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'seloste-planted-'))
  const seloste = await startSeloste({
    dataDirectory,
    isPrepared: true,
    environment: { SELOSTE_CHECK_SECONDS: String(secondsBetweenRounds) },
  })
  try {
    await reportCalls(seloste)
    await eventually(
      async () => ((await notHolding(seloste)).length === 0 ? true : undefined),
      'all promises to hold',
      120_000,
    )
    const url = await adminUrlOf(dataDirectory)
    return await plantBreaches({ url, folder: dataDirectory }, some, { withinMs, onResult })
  } finally {
    await seloste.stop()
    await rm(dataDirectory, { recursive: true, force: true })
  }
}

/** Returns the promises that do not hold; `none` before the first check. */
async function notHolding(seloste: RunningSeloste): Promise<string[]> {
  return withOwnDatabase(seloste, async (db) => {
    const { rows } = await sql<{ promise: string }>`select promise from proof where not holds`.execute(db)
    const { rows: counted } = await sql<{ n: number }>`select count(*)::int as n from proof`.execute(db)
    return counted[0]!.n === 0 ? ['none'] : rows.map(({ promise }) => promise)
  })
}

async function reportCalls(seloste: RunningSeloste): Promise<void> {
  const call = (minutesAgo: number, drawn: boolean, official: string) => {
    const startedAt = Temporal.Now.instant().subtract({ minutes: minutesAgo })
    const endedAt = startedAt.add({ seconds: 30 })
    return {
      startedAt,
      endedAt,
      caller: `+35840400${String(1000 + minutesAgo)}`,
      numberCalled: '029 497 000',
      segments: [{ official, number: '029 497 000', answeredAt: startedAt, endedAt }],
      drawn,
    }
  }
  await reportPastCalls(seloste, [
    ...Array.from({ length: 20 }, (_, index) =>
      call(10 + index, false, index % 2 === 0 ? '029 512 1001' : '029 512 1002'),
    ),
    ...Array.from({ length: 6 }, (_, index) => call(40 + index, true, '029 512 1001')),
  ])
  const aino = await signInAt(seloste.url, 'aino', seloste.password)
  const own = await eventually(
    async () => {
      const contacts = await aino.contacts({ purpose: 'DEVELOPMENT', recorded: 'available' })
      const ids = contacts.flatMap(({ segments }) => segments.flatMap(({ recording }) => recording.id ?? []))
      return ids.length >= 3 ? ids : undefined
    },
    'recordings to listen to',
    120_000,
  )
  await aino.listen(own[0]!, 'DEVELOPMENT')
  const answer = await aino.call('POST', `/api/recordings/${own[1]}/prohibitions`, {
    party: 'OFFICIAL',
    channel: 'OWN_CALLS',
  })
  if (!answer.ok) throw new Error(`the prohibition: ${answer.status} ${await answer.text()}`)
  await eventually(
    () =>
      withOwnDatabase(seloste, async (db) => {
        const { rows } = await sql`select from recording where state = 'DESTROYED'`.execute(db)
        return rows.length > 0 ? true : undefined
      }),
    'the forbidden recording to be destroyed',
    120_000,
  )
}
