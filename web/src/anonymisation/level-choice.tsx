import { Label, Radio, RadioGroup } from 'react-aria-components'
import { useLanguage } from '../language/use-words.ts'
import type { Level, LevelChoice as Choice } from './copy-shapes.ts'

/** Chooses the anonymisation level. Each text states what of a person remains, and why a level is unavailable. */
export function LevelChoice({
  levels,
  value,
  onChange,
}: {
  levels: readonly Choice[]
  value: Level
  onChange: (level: Level) => void
}) {
  const { t } = useLanguage()
  return (
    <RadioGroup
      id="level"
      className="field radio-group"
      value={value}
      onChange={(level) => onChange(level as Level)}
      validationBehavior="aria"
    >
      <Label className="visually-hidden">{t('anonymisation.level')}</Label>
      <div className="radio-cards levels">
        {levels.map(({ level, engine, isOffered, why }) => (
          <Radio key={level} value={level} className="radio-card" isDisabled={!isOffered && level !== value}>
            <span className="radio-dot" aria-hidden="true" />
            <span className="radio-words">
              <span className="radio-title">{t(`anonymisation.level.${level}`)}</span>
              <span className="radio-hint">{t(`anonymisation.level.${level}.what`)}</span>
              {engine !== undefined && (
                <span className="radio-hint">{t('anonymisation.level.engine', { engine })}</span>
              )}
              {!isOffered && (
                <span className="level-why">
                  {t('anonymisation.level.notOffered')} {why && t(`anonymisation.level.why.${why}`)}
                </span>
              )}
            </span>
          </Radio>
        ))}
      </div>
    </RadioGroup>
  )
}
