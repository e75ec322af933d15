import type { AuthorityDetail, Package } from './disclosure-shapes.ts'
import type { StepState } from './research-steps.ts'

export const authoritySteps = ['request', 'items', 'assessment', 'decision', 'release', 'close'] as const
/** A step of a disclosure to an authority, in the order in which they are taken. */
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

/** The package that is there to be fetched, or will be: there is at most one, and nothing is closed before it has ended. */
export function lyingPackage({ packages }: Pick<AuthorityDetail, 'packages'>): Package | undefined {
  return packages.find(({ state }) => state === 'making' || state === 'ready')
}

/** It is refused at any time after its assessment: whatever else is missing keeps it from being granted. */
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
      return (state === 'RELEASED' && !lyingPackage(facts)) || state === 'REFUSED' ? 'missing' : 'ahead'
  }
}

export function authorityHeading(step: AuthorityStep): string {
  return `authority-${step}`
}
