/** What a figure of an engine's evaluation measures, in the parts that the pages have words for. */
export interface FigureName {
  /** Of other speech than the engine's, from the same run. */
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

/** Reads the name of a figure, `original.semi-informed.10-people`; undefined for one that the pages have no words for. */
export function readFigureName(name: string): FigureName | undefined {
  const parts = name.split('.')
  const subject = (['original', 'mcadams'] as const).find((one) => one === parts[0])
  const [measureName, setName, ...others] = subject ? parts.slice(1) : parts
  const measure = measures.find((one) => one === measureName)
  const set = sets.find((one) => one === setName)
  if (!measure || others.length > 0 || (setName !== undefined && !set)) return undefined
  return { ...(subject && { subject }), measure, ...(set && { set }) }
}

/** The unit a figure is written with. */
export function unitOf({ measure }: FigureName): string {
  if (measure === 'turn-timing-ms') return ' ms'
  if (measure === 'times-real-time') return ' ×'
  return measure === 'estoi' || measure === 'pitch-correlation' ? '' : ' %'
}

/** Whether what is demanded is the most that a figure may be, not the least. */
export function isMost({ measure }: FigureName): boolean {
  return measure === 'picked-out' || measure === 'digit-error-added' || measure === 'turn-timing-ms'
}
