import type { Translate, Word } from '../language/use-words.ts'
import type { FlowStep } from './capture-shapes.ts'

/** Returns the text of a step; SIP's own word if there is none. */
export function stepText({ what }: Pick<FlowStep, 'what'>, t: Translate): string {
  return textOf(`capture.step.${what}`, t) ?? what
}

/** Returns what a step carried, or its reason. SDP codes and SIP reasons have no texts and stay as they are. */
export function detailsText({ with: words }: Pick<FlowStep, 'with'>, t: Translate): string {
  return words
    .map((word) => textOf(`capture.because.${word}`, t) ?? textOf(`capture.carried.${word}`, t) ?? word)
    .join(', ')
}

/** A missing key returns itself. */
function textOf(key: string, t: Translate): string | undefined {
  const text = t(key as Word)
  return text === key ? undefined : text
}

/** Returns seconds since the first step, with milliseconds. */
export function sinceFirst(step: Pick<FlowStep, 'at'>, first: Pick<FlowStep, 'at'>): number {
  return (Date.parse(step.at) - Date.parse(first.at)) / 1000
}
