import type { ResearchDetail } from './disclosure-shapes.ts'

/** Steps of a disclosure to a research institute, in order. */
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
export type ResearchStep = (typeof researchSteps)[number]
/** `done`; `missing`: to be done now; `open`: in progress, waiting for others; `ahead`: an earlier step is not done. */
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

/** Returns the state of a step. An undone step that waits for no other is `missing`; a decision and a release require all earlier steps. */
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

/** Returns true if the disclosure ended without a release. */
export function endedUnreleased({ state }: Pick<ResearchDetail, 'state'>): boolean {
  return state === 'REFUSED' || state === 'WITHDRAWN'
}

/** Returns the id of a step's heading; anonymisation and check are at each item. */
export function researchHeading(step: ResearchStep): string {
  return `research-${step === 'copies' || step === 'check' ? 'items' : step}`
}
