import texts from '#texts/server/disclosure.json' with { type: 'json' }
import { sayInAll, type Trilingual } from '#platform/texts/texts.ts'

const say = sayInAll(texts)

/** What the recipient of a disclosed copy is told when it is recalled; nothing of whose recording it is (R50). */
export function recallNotice({
  disclosure,
  item,
  due_at,
}: {
  disclosure: string
  item: number
  due_at: Temporal.Instant
}): Trilingual {
  return say('disclosure.recall', { disclosure, item, day: dayBefore(due_at) })
}

/** What an institute is told of copies that it has, or had; nothing of whose recordings they are (R32). */
export const lentNotices = {
  'study-ended': (of: OfCopies) => say('disclosure.study-ended', valuesOf(of)),
  overdue: (of: OfCopies) => say('disclosure.overdue', valuesOf(of)),
  closed: (of: OfCopies) => say('disclosure.closed', valuesOf(of)),
}

interface OfCopies {
  /** Its number. */
  disclosure: string
  items: readonly number[]
  deadline: Temporal.Instant
}

function valuesOf({ disclosure, items, deadline }: OfCopies) {
  return { disclosure, count: items.length, items: items.join(', '), day: dayBefore(deadline) }
}

/** It is due at the end of a day: 24.00 is told as that day. */
function dayBefore(instant: Temporal.Instant): string {
  const day = instant.subtract({ milliseconds: 1 }).toZonedDateTimeISO('Europe/Helsinki').toPlainDate()
  return `${day.day}.${day.month}.${day.year}`
}
