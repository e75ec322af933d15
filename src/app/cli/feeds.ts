import { parseArgs } from 'node:util'
import type { Settings } from '#platform/config/settings.ts'
import { Fault } from '#platform/fault.ts'
import { allowFeed } from '#register/feed-progress.ts'
import { withRunningDatabase } from './running-database.ts'

/** `feeds allow`: accepts calls since a given day from a feed, for the next two days, for example to import an archive. */
export async function feeds(settings: Settings, args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { feed: { type: 'string' }, from: { type: 'string' } },
  })
  const { feed } = values
  if (positionals[0] !== 'allow' || feed === undefined || values.from === undefined)
    throw new Fault('argument-wrong', 'feeds needs allow --feed NAME --from DAY; see "seloste help"')
  const from = startOf(values.from)
  if (!(await withRunningDatabase(settings, 'feeds', (db) => allowFeed(db, feed, from))))
    throw new Fault('not-found', `the feed ${feed} has never run on this register`)
  console.log(`for two days, calls since ${values.from} are accepted from ${feed}`)
}

function startOf(day: string): Temporal.Instant {
  try {
    return Temporal.PlainDate.from(day).toZonedDateTime('Europe/Helsinki').toInstant()
  } catch {
    throw new Fault('argument-wrong', `${day} is not a date: write it as 2026-01-31`)
  }
}
