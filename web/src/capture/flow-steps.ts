import type { Say, Word } from '../language/use-words.ts'
import type { FlowStep } from './capture-shapes.ts'

/** Returns the text of a step; SIP's own word if there is none. */
export function sayStep({ what }: Pick<FlowStep, 'what'>, say: Say): string {
  return textOf(`capture.step.${what}`, say) ?? what
}

/** Returns what a step carried, or its reason. SDP codes and SIP reasons have no texts and stay as they are. */
export function sayCarried({ with: words }: Pick<FlowStep, 'with'>, say: Say): string {
  return words
    .map((word) => textOf(`capture.because.${word}`, say) ?? textOf(`capture.carried.${word}`, say) ?? word)
    .join(', ')
}

/** A missing key returns itself. */
function textOf(key: string, say: Say): string | undefined {
  const text = say(key as Word)
  return text === key ? undefined : text
}

/** Returns seconds since the first step, with milliseconds. */
export function sinceFirst(step: Pick<FlowStep, 'at'>, first: Pick<FlowStep, 'at'>): number {
  return (Date.parse(step.at) - Date.parse(first.at)) / 1000
}
