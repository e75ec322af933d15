import { reasons } from '../contact/why-sentences.ts'
import type { Say, Word } from '../language/use-words.ts'
import type { FlowStep } from './capture-shapes.ts'

/** Words of the ladder that are not SIP's own. */
const said = new Set([
  ...['recording', 'paused', 'not-recorded', 'failing', 'ended', 'stored', 'gone', 'no-media'],
  ...['not-acknowledged', 'session-expired', 'RTP', 'RTP-ends', 'RTCP'],
])
const carried = new Set(['sdp', 'metadata', 'zeros', 'unreadable', 'caller', 'official', 'mixed'])
/** Why nothing is recorded, by the plan or by what happened. */
const because = new Set([
  ...reasons,
  ...['no-media', 'disk-full', 'no-port', 'no-intake-key', 'forbidden', 'no-playable-codec'],
])

/** What happened: SIP's own word, or ours. */
export function sayStep({ what }: Pick<FlowStep, 'what'>, say: Say): string {
  return said.has(what) ? say(`capture.step.${what}` as Word) : what
}

/** What it carried, or why; codes of SDP and SIP's own reasons stay as they are. */
export function sayCarried({ with: words }: Pick<FlowStep, 'with'>, say: Say): string {
  return words.map((word) => sayWith(word, say)).join(', ')
}

function sayWith(word: string, say: Say): string {
  if (because.has(word)) return say(`capture.because.${word}` as Word)
  return carried.has(word) ? say(`capture.carried.${word}` as Word) : word
}

/** Seconds since the first step, to the millisecond. */
export function sinceFirst(step: Pick<FlowStep, 'at'>, first: Pick<FlowStep, 'at'>): number {
  return (Date.parse(step.at) - Date.parse(first.at)) / 1000
}
