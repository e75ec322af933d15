import type { RegisterDescription } from '../register-description.ts'
import { termSteps } from '../term-steps.ts'

/**
 * What a version takes from what is pending under the version before: shorter terms, open inspections that put ends off no more
 * (C3), kinds of requests that are offered no more, the Service Unit's purpose, ways of disclosure. As the database keeps it with a
 * draft (`description_reach`).
 */
export interface ReachOfChange {
  terms: { number: string; months: number; at: string }[]
  endsHolds: boolean
  endsKinds: string[]
  endsService: boolean
  endsResearch: boolean
  endsAuthority: boolean
}

type Described = Pick<RegisterDescription, 'recordingPlan' | 'roles' | 'switches' | 'profile' | 'disclosure'>

export function reachOfChange(
  before: Described,
  after: Described & Pick<RegisterDescription, 'effectiveFrom'>,
): ReachOfChange {
  const isOff = (is: (description: Described) => boolean) => is(before) && !is(after)
  const kinds: [string, (description: Described) => boolean][] = [
    ['COPY', ({ switches }) => switches.accessCopy],
    ['MENTIONED', ({ switches }) => switches.mentionedPersons],
    ['OPENNESS', ({ switches }) => switches.julklRequests],
    ...kindsOfGdpr.map((kind): [string, (description: Described) => boolean] => [
      kind,
      ({ profile }) => profile === 'gdpr',
    ]),
  ]
  return {
    terms: termSteps(before, after).map(({ key, months, at }) => ({ number: key, months, at: at.toString() })),
    endsHolds: isOff(({ switches }) => switches.holdForInspection),
    endsKinds: kinds.filter(([, offers]) => isOff(offers)).map(([kind]) => kind),
    endsService: isOff(({ roles }) =>
      roles.some(
        ({ role, purposes }) => role === 'SERVICE_UNIT' && purposes.some(({ purpose }) => purpose === 'INSPECTION'),
      ),
    ),
    endsResearch: isOff(({ disclosure }) => disclosure.research),
    endsAuthority: isOff(({ disclosure }) => disclosure.authority),
  }
}

/** Kinds of requests that only the profile `gdpr` offers. */
const kindsOfGdpr = ['ERASURE', 'OBJECTION', 'RESTRICTION', 'RECTIFY', 'LOG_EXTRACT']
