import { languageNames, languages } from '../language/language.ts'
import { useLanguage } from '../language/use-words.ts'
import type { RecordingPlan, Rule } from './filters.ts'

/** Announcements to callers before recording, in their languages (L3, L4). */
export function Announcements({
  announcements,
  rules,
}: {
  announcements: RecordingPlan['announcements']
  rules: readonly Rule[]
}) {
  const { t } = useLanguage()
  const displayOf = new Map(rules.flatMap((rule) => rule.numbers.map((one) => [one.number, one.display] as const)))
  return (
    <section aria-labelledby="plan-announcements" className="plan-section">
      <h2 id="plan-announcements">{t('plan.announcements')}</h2>
      {announcements.length === 0 && <p>{t('plan.announcements.none')}</p>}
      {announcements.map((one) => (
        <article key={one.id} className="panel rule" aria-labelledby={`announcement-${one.id}`}>
          <h3 id={`announcement-${one.id}`} className="number-list">
            {one.numbers.map((number) => (
              <span key={number} className="number">
                {displayOf.get(number) ?? number}
              </span>
            ))}
          </h3>
          <dl className="announcement-texts">
            {languages.map((language) => {
              const text = one.texts[language]
              return (
                text && (
                  <div key={language}>
                    <dt lang={language}>{languageNames[language]}</dt>
                    <dd lang={language}>{text}</dd>
                  </div>
                )
              )
            })}
          </dl>
        </article>
      ))}
    </section>
  )
}
