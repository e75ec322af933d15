/**
 * State of a disclosure to an authority, what is missing and how urgent it is (R34, R35), derived from facts.
 */
export type AuthorityState = 'REQUEST' | 'ASSESSED' | 'DECIDED' | 'REFUSED' | 'RELEASED' | 'CLOSED'

export type AuthorityLack =
  | 'authority-off'
  | 'items'
  | 'provision'
  | 'provision-expired'
  | 'assessment'
  | 'decision'
  | 'item-destroyed'
  | 'release'

export interface AuthorityFacts {
  /** True if the description in force allows disclosures to authorities. */
  isOffered: boolean
  /** Undefined if no statutory ground was given. */
  provision: { isInForce: boolean } | undefined
  isAssessed: boolean
  outcome: 'GRANTED' | 'PART' | 'REFUSED' | null
  isReleased: boolean
  isClosed: boolean
  items: readonly {
    item: number
    /** Null before the decision. */
    isGranted: boolean | null
    isAvailable: boolean
    /** When the item's recording is destroyed, if the item asks for a recording that still exists. */
    destroyAt: Temporal.Instant | undefined
  }[]
}

const urgentHours = 3 * 24

export function authorityStateOf({
  isAssessed,
  outcome,
  isReleased,
  isClosed,
}: Pick<AuthorityFacts, 'isAssessed' | 'outcome' | 'isReleased' | 'isClosed'>): AuthorityState {
  if (isClosed) return 'CLOSED'
  if (isReleased) return 'RELEASED'
  if (outcome) return outcome === 'REFUSED' ? 'REFUSED' : 'DECIDED'
  return isAssessed ? 'ASSESSED' : 'REQUEST'
}

/** Returns what is missing for the release, in the order of work; empty once it is closed. */
export function authorityLacks(facts: AuthorityFacts): { what: AuthorityLack; items?: number[] }[] {
  const { isOffered, provision, isAssessed, outcome, isReleased, isClosed, items } = facts
  if (isClosed || isReleased || outcome === 'REFUSED') return []
  const wanted = items.filter(({ isGranted }) => isGranted !== false)
  const gone = wanted.filter(({ isAvailable }) => !isAvailable).map(({ item }) => item)
  const missing: Record<Exclude<AuthorityLack, 'item-destroyed'>, boolean> = {
    'authority-off': !isOffered,
    items: wanted.length === 0,
    provision: !provision,
    'provision-expired': provision?.isInForce === false,
    assessment: !isAssessed,
    decision: outcome === null,
    release: true,
  }
  const missingParts: { what: AuthorityLack; items?: number[] }[] = (Object.keys(missing) as (keyof typeof missing)[])
    .filter((field) => missing[field])
    .map((what) => ({ what }))
  if (gone.length > 0) missingParts.splice(-1, 0, { what: 'item-destroyed', items: gone })
  return missingParts
}

/** Returns the earliest destruction of a recording that waits for release, if within three days (AC20). */
export function urgentAt(facts: AuthorityFacts, now: Temporal.Instant): Temporal.Instant | undefined {
  if (facts.isClosed || facts.isReleased || facts.outcome === 'REFUSED') return undefined
  const [first] = facts.items
    .flatMap(({ isGranted, isAvailable, destroyAt }) =>
      isGranted !== false && isAvailable && destroyAt ? [destroyAt] : [],
    )
    .sort((one, other) => Temporal.Instant.compare(one, other))
  return first && first.epochMilliseconds <= now.add({ hours: urgentHours }).epochMilliseconds ? first : undefined
}
