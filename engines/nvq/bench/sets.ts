/** The sets of the evaluation: speakers and their recordings. */
import type { evaluationSets } from '../../../src/use/disclosure/voice/evaluation-record.ts'
import type { Speaker } from './recordings.ts'

export const setNames = ['10 people', '100 people', 'prompts', 'Finnish', 'calls'] as const
export type SetName = (typeof setNames)[number]

/** As named in the evaluation record. */
export const figureName: Record<SetName, (typeof evaluationSets)[number]> = {
  '10 people': '10-people',
  '100 people': '100-people',
  prompts: 'prompts',
  Finnish: 'finnish',
  calls: 'calls',
}

export interface SpeechSet {
  kind: 'utterances' | 'calls'
  speakers: readonly Speaker[]
  /** Actual contents of the set; its name comes from the requirements. */
  what: string
}

const promptSpeakers = 28

export function speechSets(all: readonly Speaker[]): Record<SetName, SpeechSet> {
  const humans = all.filter(({ kind }) => kind !== 'synthetic')
  const sentences = humans.filter(({ kind }) => kind === 'sentences')
  const words = humans.filter(({ kind }) => kind === 'words')
  const prompts = words.toSorted((one, other) => other.seconds - one.seconds).slice(0, promptSpeakers)
  return {
    '10 people': { kind: 'utterances', speakers: sentences, what: 'prompts of exchanges and dialogues, 5 s' },
    '100 people': { kind: 'utterances', speakers: humans, what: 'all human voices, of which actors in games, 5 s' },
    prompts: { kind: 'utterances', speakers: prompts, what: 'single words and letters, 5 s' },
    Finnish: {
      kind: 'utterances',
      speakers: all.filter(({ kind }) => kind === 'synthetic'),
      what: 'synthetic: 2 of diphones, the rest settings of espeak-ng, 5 s',
    },
    calls: { kind: 'calls', speakers: sentences.filter(({ calls }) => calls.length > 0), what: 'sentences, 34 s' },
  }
}
