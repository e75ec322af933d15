import { readFile } from 'node:fs/promises'
import type { Kysely } from 'kysely'
import {
  createQuotaCounts,
  type CountedRecording,
  type QuotaCounts,
  type QuotaTally,
} from '#capture/session/register/quota-counts.ts'
import { weekStart } from '#description/local-time.ts'
import type { Clock } from '#platform/clock/clock.ts'
import { readQuotaCounts } from '#register/history/quota-counts.ts'
import type { RegisterTables } from '#register/tables.ts'
import { writeCopy } from './write-copy.ts'

export interface QuotaOptions {
  db: Kysely<RegisterTables>
  clock: Clock
  /** Path of a copy for starts without the database. */
  copyPath: string
  /** Calls of an earlier process. Each counts once, even if it is already in the register. */
  leftBehind: readonly Parameters<QuotaCounts['count']>[0][]
  onFault: (error: unknown) => void
}

const refreshMs = 60_000
const copyAfterMs = 1_000
const maxReads = 5

interface Copy {
  known: CountedRecording[]
  weeks: { start: Temporal.Instant; tallies: QuotaTally[] }[]
}

/**
 * Maintains the quota counts of this and the previous week. Adds this process's own calls at once, and reads those of others from
 * the register every minute. Without the database it uses the last counts and its own calls.
 */
export async function followQuotas(options: QuotaOptions): Promise<QuotaCounts & { stop: () => Promise<void> }> {
  const { db, clock, copyPath, onFault } = options
  let copying: NodeJS.Timeout | undefined
  let weeks: Copy['weeks'] = []
  const counts = createQuotaCounts(() => (copying ??= setTimeout(() => void copy().catch(onFault), copyAfterMs)))

  async function copy(): Promise<void> {
    clearTimeout(copying)
    copying = undefined
    await writeCopy(copyPath, { known: counts.known, weeks })
  }

  async function read(): Promise<void> {
    const thisWeek = weekStart(clock.now())
    const starts = [
      weekStart(thisWeek.subtract({ hours: 1 })),
      thisWeek,
      weekStart(thisWeek.add({ hours: 7 * 24 + 12 })),
    ]
    for (let tries = 0; tries < maxReads; tries++) {
      const known = counts.known.map(({ segmentId }) => segmentId)
      const found = await Promise.all(
        starts.slice(0, -1).map(async (start, index) => ({
          start,
          tallies: await readQuotaCounts(db, start, starts[index + 1] ?? start, known),
        })),
      )
      // A call that this process has counted meanwhile may also be in the result and would count twice: reads again.
      if (counts.known.some(({ segmentId }) => !known.includes(segmentId))) continue
      setTallies((weeks = found))
      await copy()
      return
    }
  }

  function setTallies(found: Copy['weeks']): void {
    for (const { start, tallies } of found) counts.setRegisterTallies(start, tallies)
  }

  const before = await readCopy(copyPath)
  for (const recording of before?.known ?? []) counts.countAgain(recording)
  for (const facts of options.leftBehind) counts.count(facts)
  setTallies((weeks = before?.weeks ?? []))
  let reading = read().catch(onFault)
  await reading
  const timer = setInterval(() => {
    reading = reading.then(read).catch(onFault)
  }, refreshMs)

  return Object.assign(counts, {
    async stop() {
      clearInterval(timer)
      await reading
      await copy().catch(onFault)
    },
  })
}

async function readCopy(path: string): Promise<Copy | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8'), (key, value: unknown) =>
      (key === 'answeredAt' || key === 'start') && typeof value === 'string' ? Temporal.Instant.from(value) : value,
    ) as Copy
  } catch {
    return undefined
  }
}
