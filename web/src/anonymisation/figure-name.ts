/** Parts of the name of an evaluation figure that the pages have texts for. */
export interface FigureName {
  /** Speech other than the engine's, from the same run. */
  subject?: 'original' | 'mcadams'
  measure: Measure
  set?: SpeechSet
}

const measures = [
  'pooled-five',
  'ignorant',
  'lazy',
  'semi-informed',
  'picked-out',
  'digit-error-added',
  'estoi',
  'pitch-correlation',
  'turn-timing-ms',
  'times-real-time',
] as const
type Measure = (typeof measures)[number]

const sets = ['10-people', '100-people', 'prompts', 'finnish', 'calls'] as const
type SpeechSet = (typeof sets)[number]

/** Parses the name of a figure, `original.semi-informed.10-people`; undefined if the pages have no text for it. */
export function readFigureName(name: string): FigureName | undefined {
  const parts = name.split('.')
  const subject = (['original', 'mcadams'] as const).find((one) => one === parts[0])
  const [measureName, setName, ...others] = subject ? parts.slice(1) : parts
  const measure = measures.find((one) => one === measureName)
  const set = sets.find((one) => one === setName)
  if (!measure || others.length > 0 || (setName !== undefined && !set)) return undefined
  return { ...(subject && { subject }), measure, ...(set && { set }) }
}

/** Returns the unit of a figure. */
export function unitOf({ measure }: FigureName): string {
  if (measure === 'turn-timing-ms') return ' ms'
  if (measure === 'times-real-time') return ' ×'
  return measure === 'estoi' || measure === 'pitch-correlation' ? '' : ' %'
}

/** Returns true if the limit is a maximum, false if it is a minimum. */
export function isMaximum({ measure }: FigureName): boolean {
  return measure === 'picked-out' || measure === 'digit-error-added' || measure === 'turn-timing-ms'
}
