/** Rows of the start page: their shape, their order, and folding those of one kind. Pure. */
import type { Right } from '#safeguards/access/decide.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { WaitingItem } from '../contract/start.ts'
import type { Desk } from '../desk.ts'

type Instant = Temporal.Instant

/** A row before its urgency is known. */
export interface WaitingRow {
  kind: WaitingItem['kind']
  about?: string | undefined
  name?: string | undefined
  id?: string | undefined
  item?: number | undefined
  /** Default: one. */
  count?: number
  callAt?: Instant | undefined
  since?: Instant | undefined
  deadline?: Instant | undefined
  /** True if the row's own page shows it as urgent. */
  isUrgent?: boolean
  /** True for a failure or something overdue: urgency `now`, also without a deadline. */
  isDueNow?: boolean
}

export interface ArrangedRow extends Omit<WaitingRow, 'count' | 'isUrgent' | 'isDueNow'> {
  count: number
  urgency: WaitingItem['urgency']
}

/** The viewer of the list of waiting work. */
export interface WaitingListViewer {
  desk: Desk
  session: Session
  rights: readonly Right[]
  now: Instant
  has: (...roles: Right['role'][]) => boolean
  /** The quality expert, who also prepares disclosures to research. */
  isQualityExpert: boolean
}

/** Number of rows of a kind that are listed one by one if the others are folded. */
const maxOfKind = 5
const soonHours = 3 * 24
/** A row without a deadline is sorted as if it were due this long after it began to wait. */
const assumedDeadlineHours = 7 * 24
const urgencies = ['now', 'soon', 'waits'] as const

/** Orders rows by urgency, then by deadline. Of a kind with more than six rows, folds those after the fifth into one. */
export function arrangeRows(rows: readonly WaitingRow[], now: Instant): ArrangedRow[] {
  const judged = rows.map((row) => judgeRow(row, now)).sort(byUrgency)
  return [...Map.groupBy(judged, ({ kind }) => kind).values()].flatMap(foldRows).sort(byUrgency)
}

function judgeRow({ isUrgent = false, isDueNow = false, count = 1, ...row }: WaitingRow, now: Instant): ArrangedRow {
  const hoursLeft = row.deadline ? row.deadline.since(now).total('hours') : Infinity
  const urgency = isDueNow || hoursLeft <= 0 ? 'now' : isUrgent || hoursLeft <= soonHours ? 'soon' : 'waits'
  return { ...row, count, urgency }
}

function foldRows(ofKind: readonly ArrangedRow[]): ArrangedRow[] {
  if (ofKind.length <= maxOfKind + 1) return [...ofKind]
  const folded = ofKind.slice(maxOfKind)
  const { kind, urgency } = folded[0]!
  const earliest = (instants: (Instant | undefined)[]) =>
    instants.filter((at) => at !== undefined).sort((one, other) => Temporal.Instant.compare(one, other))[0]
  return [
    ...ofKind.slice(0, maxOfKind),
    {
      ...{ kind, urgency },
      count: folded.reduce((sum, row) => sum + row.count, 0),
      since: earliest(folded.map(({ since }) => since)),
      deadline: earliest(folded.map(({ deadline }) => deadline)),
    },
  ]
}

function byUrgency(one: ArrangedRow, other: ArrangedRow): number {
  return urgencies.indexOf(one.urgency) - urgencies.indexOf(other.urgency) || sortKeyOf(one) - sortKeyOf(other)
}

function sortKeyOf({ since, deadline }: ArrangedRow): number {
  return (deadline ?? since?.add({ hours: assumedDeadlineHours }))?.epochMilliseconds ?? 0
}
