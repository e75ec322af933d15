import type { RegisterDescription } from '#description/register-description.ts'
import type { RequestKind, RequestParty } from '#register/request-tables.ts'

type Described = Pick<RegisterDescription, 'profile' | 'switches'>

/** The kinds of requests that a description offers: the register description's own (R42-R49), and what today's law adds. */
export function offeredKinds({ profile, switches }: Described): RequestKind[] {
  return [
    ...(['KNOW', 'LISTEN', 'HISTORY', 'PROHIBIT'] as const),
    ...(switches.accessCopy ? (['COPY'] as const) : []),
    ...(profile === 'gdpr' ? (['ERASURE', 'OBJECTION', 'RESTRICTION', 'RECTIFY', 'LOG_EXTRACT'] as const) : []),
    ...(switches.mentionedPersons ? (['MENTIONED'] as const) : []),
    ...(switches.julklRequests ? (['OPENNESS'] as const) : []),
  ]
}

/** Who may ask (R12), and by switch whoever is spoken of in a call (C12) and anybody (C11). */
export function offeredParties({ switches }: Described): RequestParty[] {
  return [
    ...(['CALLER', 'OFFICIAL'] as const),
    ...(switches.mentionedPersons ? (['MENTIONED'] as const) : []),
    ...(switches.julklRequests ? (['OUTSIDER'] as const) : []),
  ]
}

/** Whether a description offers all that is asked to who asks: a right of one's own is never mixed with another's (L13). */
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
