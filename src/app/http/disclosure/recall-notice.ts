import texts from '#texts/server/disclosure.json' with { type: 'json' }
import { trilingualTexts, type Trilingual } from '#platform/texts/texts.ts'

const t = trilingualTexts(texts)

/** Returns the notice to the recipient of a recalled copy. It says nothing about the recorded people (R50). */
export function recallNotice({
  disclosure,
  item,
  due_at,
}: {
  disclosure: string
  item: number
  due_at: Temporal.Instant
}): Trilingual {
  return t('disclosure.recall', { disclosure, item, day: dayBefore(due_at) })
}

/** Notices to an institute about its copies. They say nothing about the recorded people (R32). */
export const copyNotices = {
  'study-ended': (copies: CopyFacts) => t('disclosure.study-ended', valuesOf(copies)),
  overdue: (copies: CopyFacts) => t('disclosure.overdue', valuesOf(copies)),
  closed: (copies: CopyFacts) => t('disclosure.closed', valuesOf(copies)),
}

interface CopyFacts {
  /** Number of the disclosure. */
  disclosure: string
  items: readonly number[]
  deadline: Temporal.Instant
}

function valuesOf({ disclosure, items, deadline }: CopyFacts) {
  return { disclosure, count: items.length, items: items.join(', '), day: dayBefore(deadline) }
}

/** Formats a deadline at midnight as the day that ends then. */
function dayBefore(instant: Temporal.Instant): string {
  const day = instant.subtract({ milliseconds: 1 }).toZonedDateTimeISO('Europe/Helsinki').toPlainDate()
  return `${day.day}.${day.month}.${day.year}`
}
