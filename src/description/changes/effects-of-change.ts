import type { RegisterDescription } from '../register-description.ts'
import { plannedSteps, termSteps, type TermStep } from '../term-steps.ts'

/**
 * Effects of a new version on pending work: shorter terms, inspections that no longer postpone destruction (C3), kinds of
 * requests no longer offered, the Service Unit's purpose, ways of disclosure. The database stores the effects with a draft
 * (`description_reach`).
 */
export interface ChangeEffects {
  terms: ShorterTerm[]
  /**
   * Terms shorter than those in force just before this version, including terms that the version before had planned; for
   * `planned_end`.
   */
  planned: ShorterTerm[]
  endsHolds: boolean
  endsKinds: string[]
  endsService: boolean
  endsResearch: boolean
  endsAuthority: boolean
}

interface ShorterTerm {
  number: string
  months: number
  at: string
}

type Described = Pick<RegisterDescription, 'recordingPlan' | 'roles' | 'switches' | 'profile' | 'disclosure'>

export function effectsOfChange(
  before: Described,
  after: Described & Pick<RegisterDescription, 'effectiveFrom'>,
): ChangeEffects {
  const isEnded = (isOffered: (description: Described) => boolean) => isOffered(before) && !isOffered(after)
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
    terms: termSteps(before, after).map(shorterTerm),
    planned: plannedSteps(before, after).map(shorterTerm),
    endsHolds: isEnded(({ switches }) => switches.holdForInspection),
    endsKinds: kinds.filter(([, offers]) => isEnded(offers)).map(([kind]) => kind),
    endsService: isEnded(({ roles }) =>
      roles.some(
        ({ role, purposes }) => role === 'SERVICE_UNIT' && purposes.some(({ purpose }) => purpose === 'INSPECTION'),
      ),
    ),
    endsResearch: isEnded(({ disclosure }) => disclosure.research),
    endsAuthority: isEnded(({ disclosure }) => disclosure.authority),
  }
}

function shorterTerm({ key, months, at }: TermStep): ShorterTerm {
  return { number: key, months, at: at.toString() }
}

/** Kinds of requests of the profile `gdpr` only. */
const kindsOfGdpr = ['ERASURE', 'OBJECTION', 'RESTRICTION', 'RECTIFY', 'LOG_EXTRACT']
