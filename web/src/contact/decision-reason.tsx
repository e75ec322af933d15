import type { SegmentDetail } from '../api/shapes.ts'
import { formatCount, formatDraw, formatShare } from '../format/number.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { formatHours, quotaText } from '../plan/rule-words.ts'
import { publicPages } from '../shell/public-pages.ts'
import { Fact } from './facts.tsx'
import { sentencesOf } from './reason-sentences.ts'

type Decision = SegmentDetail['decision']

/**
 * Explains why a call was recorded or not: a sentence, the numbers of the draw in a detail, and the rule in force when the call
 * was answered (R14).
 */
export function DecisionReason({ decision, isOngoing }: { decision: Decision; isOngoing: boolean }) {
  const { t, language, named } = useLanguage()
  const { share, draw, quotaUsed, rule, ruleId, ruleVersion, descriptionVersion } = decision
  const outcome = decision.record ? 'yes' : 'no'
  const ending = isOngoing ? '.ongoing' : ''
  const values = {
    rule: rule ? named(rule.name) : (ruleId ?? ''),
    version: ruleVersion ?? '',
    share: share == null ? '' : formatShare(share, language),
    draw: draw == null ? '' : formatDraw(draw, language),
    hours: rule?.hours ? formatHours(rule.hours, language) : '',
    used: quotaUsed == null ? '' : formatCount(quotaUsed, language),
    outcome: t(`contact.why.outcome.${outcome}${ending}` as Word),
  }
  const isExplained = ruleId !== undefined && ruleVersion !== undefined && share !== undefined
  return (
    <div className="why">
      <h3>{t(`contact.why.title.${outcome}${ending}` as Word)}</h3>
      <p>
        {sentencesOf(decision)
          .map((word) => t(word, values))
          .join(' ')}
      </p>
      {isExplained && (
        <details className="why-numbers">
          <summary>{t('contact.why.numbers')}</summary>
          <p>{t(draw == null ? 'contact.why.short.rule' : 'contact.why.short.draw', values)}</p>
        </details>
      )}
      {(rule?.quota ?? rule?.hours ?? descriptionVersion) !== undefined && (
        <dl className="facts facts-small">
          {rule?.quota && <Fact label={t('contact.why.quota')}>{quotaText(rule.quota, t, language)}</Fact>}
          {rule?.hours && <Fact label={t('contact.why.hours')}>{values.hours}</Fact>}
          {descriptionVersion !== undefined && (
            <Fact label={t('contact.why.description')}>
              <a href={`${publicPages.description[language]}/${descriptionVersion}`}>
                {t('plan.version.number', { version: descriptionVersion })}
              </a>
            </Fact>
          )}
        </dl>
      )}
    </div>
  )
}
