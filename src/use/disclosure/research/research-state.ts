/**
 * State of a disclosure to a research institute (R28-R33, R35), derived from facts. What is missing is
 * decided in the database (`missing_prerequisites`).
 */
export type ResearchState =
  | 'DRAFT'
  | 'ITEMS_SELECTED'
  | 'ANONYMISED'
  | 'CHECKED'
  | 'UNDERTAKING'
  | 'DECIDED'
  | 'REFUSED'
  | 'RELEASED'
  | 'STUDY_ENDED'
  | 'CLOSED'
  | 'WITHDRAWN'

export type ResearchLack =
  | 'research-off'
  | 'items'
  | 'item-destroyed'
  | 'item-restricted'
  | 'anonymised-copy'
  | 'level-not-allowed'
  | 'official-twice'
  | 'check'
  | 'undertaking'
  | 'due-date-late'
  | 'due-date-past'
  | 'institute-blocked'
  | 'decision'
  | 'release'

export type CopyState = 'NONE' | 'DRAFT' | 'RENDERING' | 'RENDERED' | 'APPROVED' | 'REJECTED' | 'FAILED'

export interface ResearchItemFacts {
  item: number
  /** `recordingId` and `contactId` are undefined once the item is no longer linked to its recording. */
  recordingId?: string
  contactId?: string
  destroyAt?: Temporal.Instant
  recording: 'available' | 'restricted' | 'destroyed' | 'unknown'
  copyId?: string
  copyState: CopyState
  /** Level of a rendered copy. */
  level?: 'T' | 'N' | 'D'
  /** Equal for items of one official; undefined if the directory does not know the official. */
  official?: string
  /**
   * True if the copy is below level T and the institute has another such copy of the same official, from another disclosure.
   */
  isOfficialOut?: boolean
  /** Person who prepares or prepared it. */
  copyBy?: string
  outcome: 'none' | 'out' | 'recalled' | 'returned' | 'destroyed'
  /** Deadline of a recall. */
  recallDueAt?: Temporal.Instant
  confirmedAt?: Temporal.Instant
}

export interface ResearchFacts {
  now: Temporal.Instant
  /** True if the description in force allows disclosures to research institutes. */
  isOn: boolean
  /** True if it allows copies of level D (C7). */
  isPseudonymisedOn: boolean
  isInstituteBlocked: boolean
  /** End of the last day in Helsinki. */
  dueEnds: Temporal.Instant
  /** When all copies are due: at the end of the last day, or earlier if the study has ended. */
  deadline: Temporal.Instant
  hasUndertaking: boolean
  outcome: 'GRANTED' | 'REFUSED' | null
  isReleased: boolean
  isStudyEnded: boolean
  isClosed: boolean
  isWithdrawn: boolean
  /** Everybody who took part in preparing it. */
  hands: readonly string[]
  /** Without removed items. */
  items: readonly ResearchItemFacts[]
}

export interface MissingResearchPrerequisite {
  what: ResearchLack
  items: number[] | null
  /** due-date-late: the earliest destruction of an item. */
  until: Temporal.Instant | null
}

export function researchStateOf(facts: ResearchFacts): ResearchState {
  if (facts.isWithdrawn) return 'WITHDRAWN'
  if (facts.isClosed) return 'CLOSED'
  if (facts.outcome === 'REFUSED') return 'REFUSED'
  if (facts.isReleased) return facts.isStudyEnded ? 'STUDY_ENDED' : 'RELEASED'
  if (facts.outcome === 'GRANTED') return 'DECIDED'
  if (facts.items.length === 0) return 'DRAFT'
  if (!facts.items.every(isRendered)) return 'ITEMS_SELECTED'
  if (!facts.items.every(({ copyState }) => copyState === 'APPROVED')) return 'ANONYMISED'
  return facts.hasUndertaking ? 'UNDERTAKING' : 'CHECKED'
}

/** Returns true if a released disclosure that is not closed (AC19) is past its due day or the deadline of a recall (AC13). */
export function isOverdue(facts: ResearchFacts): boolean {
  const { isReleased, isClosed, now, items } = facts
  const isRecallLate = items.some(({ recallDueAt }) => recallDueAt && !isBefore(now, recallDueAt))
  return isReleased && !isClosed && (isPastDeadline(facts) || isRecallLate)
}

/** Returns true if the due day is over. */
export function isPastDeadline({ deadline, now }: Pick<ResearchFacts, 'deadline' | 'now'>): boolean {
  return !isBefore(now, deadline)
}

/** Returns copies not confirmed by the institute. */
export function unconfirmed({ items }: ResearchFacts): ResearchItemFacts[] {
  return items.filter(({ outcome }) => outcome === 'out' || outcome === 'recalled')
}

/** Returns the earliest destruction of an item's recording, before which copies must be back. */
export function earliestDestruction({ items }: ResearchFacts): Temporal.Instant | undefined {
  return items
    .flatMap(({ recording, destroyAt }) => (recording === 'destroyed' ? [] : (destroyAt ?? [])))
    .sort((one, other) => Temporal.Instant.compare(one, other))[0]
}

function isRendered({ copyState }: ResearchItemFacts): boolean {
  return copyState === 'RENDERED' || copyState === 'APPROVED'
}

function isBefore(one: Temporal.Instant, other: Temporal.Instant): boolean {
  return Temporal.Instant.compare(one, other) < 0
}
