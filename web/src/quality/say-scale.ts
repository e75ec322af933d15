import type { Say } from '../language/use-words.ts'
import type { Scale } from './quality-shapes.ts'

/** Returns the text of a scale. */
export function sayScale(scale: Scale, say: Say): string {
  return scale.kind === 'points'
    ? say('quality.scale.points.to', { most: scale.most })
    : say(`quality.scale.${scale.kind}`)
}
