import type { ResearchDetail } from './disclosure-shapes.ts'

export const researchSteps = [
  'study',
  'items',
  'copies',
  'check',
  'undertaking',
  'decision',
  'release',
  'returns',
] as const
/** A step of a disclosure to a research institute, in the order in which they are taken. */
export type ResearchStep = (typeof researchSteps)[number]
/**
 * `done`; `missing`, and something is to be done now; `open`, under way until others have done their part; `ahead`, what comes before
 * it is not done.
 */
export type StepState = 'done' | 'missing' | 'open' | 'ahead'
export type ResearchLack = ResearchDetail['lacks'][number]['what']

const stepOfLack: Record<ResearchLack, ResearchStep> = {
  'research-off': 'study',
  items: 'items',
  'item-destroyed': 'items',
  'item-restricted': 'items',
  'anonymised-copy': 'copies',
  'level-not-allowed': 'copies',
  'official-twice': 'items',
  check: 'check',
  undertaking: 'undertaking',
  'due-date-late': 'study',
  'due-date-past': 'study',
  'institute-blocked': 'study',
  decision: 'decision',
  release: 'release',
}

export function stepOfResearchLack(lack: ResearchLack): ResearchStep {
  return stepOfLack[lack]
}

type Facts = Pick<ResearchDetail, 'state' | 'lacks' | 'itemList'>

/** What waits for nothing but itself is missing; a decision and a release come after all that is before them. */
export function researchStepState(step: ResearchStep, { state, lacks, itemList }: Facts): StepState {
  const lacking = new Set(lacks.map(({ what }) => stepOfLack[what]))
  const before = researchSteps.slice(0, researchSteps.indexOf(step))
  switch (step) {
    case 'study':
    case 'items':
    case 'undertaking':
      return lacking.has(step) ? 'missing' : 'done'
    case 'copies':
      if (itemList.length === 0) return 'ahead'
      return lacking.has(step) ? 'missing' : 'done'
    case 'check': {
      if (lacking.has(step)) return 'missing'
      const left = itemList.filter(({ recording }) => recording !== 'destroyed')
      return left.length > 0 && left.every(({ copy }) => copy.state === 'APPROVED') ? 'done' : 'ahead'
    }
    case 'decision':
    case 'release':
      if (!lacking.has(step)) return 'done'
      return before.every((one) => researchStepState(one, { state, lacks, itemList }) === 'done') ? 'missing' : 'ahead'
    case 'returns':
      if (state === 'CLOSED') return 'done'
      return state === 'RELEASED' || state === 'STUDY_ENDED' ? 'open' : 'ahead'
  }
}

/** Over without anything having left. */
export function endedBefore({ state }: Pick<ResearchDetail, 'state'>): boolean {
  return state === 'REFUSED' || state === 'WITHDRAWN'
}

/** The id of the heading of a step; what is anonymised and checked is seen at its item. */
export function researchHeading(step: ResearchStep): string {
  return `research-${step === 'copies' || step === 'check' ? 'items' : step}`
}
