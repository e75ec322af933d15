import type { Say, Word } from '../language/use-words.ts'
import type { FlowStep } from './capture-shapes.ts'

/** What happened: our word, where the texts have one; else SIP's own. */
export function sayStep({ what }: Pick<FlowStep, 'what'>, say: Say): string {
  return textOf(`capture.step.${what}`, say) ?? what
}

/** What it carried, or why; codes of SDP and SIP's own reasons, of which the texts have none, stay as they are. */
export function sayCarried({ with: words }: Pick<FlowStep, 'with'>, say: Say): string {
  return words
    .map((word) => textOf(`capture.because.${word}`, say) ?? textOf(`capture.carried.${word}`, say) ?? word)
    .join(', ')
}

/** A key without a text is answered by itself. */
function textOf(key: string, say: Say): string | undefined {
  const text = say(key as Word)
  return text === key ? undefined : text
}

/** Seconds since the first step, to the millisecond. */
export function sinceFirst(step: Pick<FlowStep, 'at'>, first: Pick<FlowStep, 'at'>): number {
  return (Date.parse(step.at) - Date.parse(first.at)) / 1000
}
