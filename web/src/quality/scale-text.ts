import type { Translate } from '../language/use-words.ts'
import type { Scale } from './quality-shapes.ts'

/** Returns the text of a scale. */
export function scaleText(scale: Scale, t: Translate): string {
  return scale.kind === 'points' ? t('quality.scale.points.to', { most: scale.most }) : t(`quality.scale.${scale.kind}`)
}
