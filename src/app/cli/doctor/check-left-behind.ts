import { readLeftBehind } from '../left-behind.ts'
import { error, warning, type Finding } from './finding.ts'

/** As long as a backup may remember (storage.backupDays of the description, at most). */
const longestDays = 30

/** What a move left has everything that the register had then: it does not hear of any end (R52). Nothing where nothing is left. */
export async function checkLeftBehind(dataDirectory: string, now: Temporal.Instant): Promise<Finding[]> {
  const left = await readLeftBehind(dataDirectory)
  if (!left) return []
  const days = Math.floor(now.since(Temporal.Instant.from(left.movedAt)).total('days'))
  const says = `what a move left ${days} days ago is still here, with personal data that do not end`
  const remedy =
    'see that the register works where it is now, then "seloste move --destroy-old" (docs/operate/moving.md)'
  return [(days > longestDays ? error : warning)('moved', says, remedy)]
}
