import type { HomeAsking } from '#description/closed-lists.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import type { RequestKind, RequestParty } from '#register/request-tables.ts'

type Described = Pick<RegisterDescription, 'profile' | 'switches'>

/**
 * Returns the kinds of requests that a description offers: those of the register description (R42-R49), and those that
 * current law added.
 */
export function offeredKinds({ profile, switches }: Described): RequestKind[] {
  return [
    ...(['KNOW', 'LISTEN', 'HISTORY', 'PROHIBIT'] as const),
    ...(switches.accessCopy ? (['COPY'] as const) : []),
    ...(profile === 'gdpr' ? (['ERASURE', 'OBJECTION', 'RESTRICTION', 'RECTIFY', 'LOG_EXTRACT'] as const) : []),
    ...(switches.mentionedPersons ? (['MENTIONED'] as const) : []),
    ...(switches.julklRequests ? (['OPENNESS'] as const) : []),
  ]
}

/** Returns how requests can be sent from the public page; off if the description predates the switch. */
export function askingOf({ switches }: Pick<Described, 'switches'>): HomeAsking {
  return switches.askingFromHome ?? 'off'
}

/** Returns the permitted requesters (R12), by switch also people mentioned in a call (C12) and anybody (C11). */
export function offeredParties({ switches }: Described): RequestParty[] {
  return [
    ...(['CALLER', 'OFFICIAL'] as const),
    ...(switches.mentionedPersons ? (['MENTIONED'] as const) : []),
    ...(switches.julklRequests ? (['OUTSIDER'] as const) : []),
  ]
}

/**
 * Returns true if a description offers all these kinds to this party: own rights and others' are never mixed in one request
 * (L13).
 */
export function isOffered(described: Described, party: RequestParty, kinds: readonly RequestKind[]): boolean {
  const offered = offeredKinds(described)
  const isOf = (kind: RequestKind) =>
    party === 'MENTIONED'
      ? kind === 'MENTIONED'
      : party === 'OUTSIDER'
        ? kind === 'OPENNESS'
        : kind !== 'MENTIONED' && kind !== 'OPENNESS'
  return offeredParties(described).includes(party) && kinds.every((kind) => offered.includes(kind) && isOf(kind))
}
