import type { AuthorityDetail, Package } from './disclosure-shapes.ts'
import type { StepState } from './research-steps.ts'

/** Steps of a disclosure to an authority, in order. */
export const authoritySteps = ['request', 'items', 'assessment', 'decision', 'release', 'close'] as const
export type AuthorityStep = (typeof authoritySteps)[number]
export type AuthorityLack = AuthorityDetail['lacks'][number]['what']

const stepOfLack: Record<AuthorityLack, AuthorityStep> = {
  'authority-off': 'request',
  provision: 'request',
  'provision-expired': 'request',
  items: 'items',
  'item-destroyed': 'items',
  assessment: 'assessment',
  decision: 'decision',
  release: 'release',
}

export function stepOfAuthorityLack(lack: AuthorityLack): AuthorityStep {
  return stepOfLack[lack]
}

type Facts = Pick<AuthorityDetail, 'state' | 'lacks' | 'packages'>

/** Returns the package that is ready or being made: there is at most one, and closing requires its end. */
export function currentPackage({ packages }: Pick<AuthorityDetail, 'packages'>): Package | undefined {
  return packages.find(({ state }) => state === 'making' || state === 'ready')
}

/**
 * Returns the state of a step. A refusal is possible at any time after the assessment; other missing steps block only a grant.
 */
export function authorityStepState(step: AuthorityStep, facts: Facts): StepState {
  const { state, lacks } = facts
  const lacking = new Set(lacks.map(({ what }) => stepOfLack[what]))
  switch (step) {
    case 'request':
    case 'items':
    case 'assessment':
      return lacking.has(step) ? 'missing' : 'done'
    case 'decision':
      if (!lacking.has(step)) return 'done'
      return lacking.has('assessment') ? 'ahead' : 'missing'
    case 'release':
      if (state === 'REFUSED' || !lacking.has(step)) return 'done'
      return lacks.length === 1 ? 'missing' : 'ahead'
    case 'close':
      if (state === 'CLOSED') return 'done'
      return (state === 'RELEASED' && !currentPackage(facts)) || state === 'REFUSED' ? 'missing' : 'ahead'
  }
}

export function authorityHeading(step: AuthorityStep): string {
  return `authority-${step}`
}
