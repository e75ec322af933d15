import { Fact } from '../contact/facts.tsx'
import { formatDate, formatLastDay } from '../format/instant.ts'
import { formatShare } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import { serverNowMs } from '../api/server-time.ts'
import type { Rule } from './filters.ts'
import { formatHours, quotaText } from './rule-words.ts'

/** One rule in full: numbers, share, hours, quota and retention. */
export function RulePanel({ rule }: { rule: Rule }) {
  const { t, language, named } = useLanguage()
  const from = formatDate(rule.from, language)
  const now = serverNowMs()
  const isComing = Date.parse(rule.from) > now
  const hasEnded = rule.until !== undefined && Date.parse(rule.until) <= now
  return (
    <article className="panel rule" aria-labelledby={`rule-${rule.id}`}>
      <div className="rule-head">
        <h3 id={`rule-${rule.id}`}>{named(rule.name)}</h3>
        <p className="muted">
          {t('plan.rule.id', { id: rule.id, version: rule.version })}
          {isComing && ` · ${t('plan.rule.coming')}`}
          {hasEnded && ` · ${t('plan.rule.over')}`}
        </p>
      </div>
      <dl className="facts">
        <Fact label={t('plan.share')}>
          <span className="rule-share">{formatShare(rule.share, language)}</span>
          <span className="second">{t(rule.share === 1 ? 'plan.share.all' : 'plan.share.of')}</span>
        </Fact>
        <Fact label={t('plan.quota')}>
          {rule.quota ? quotaText(rule.quota, t, language) : <span className="muted">{t('plan.quota.none')}</span>}
        </Fact>
        <Fact label={t('plan.hours')}>{rule.hours ? formatHours(rule.hours, language) : t('plan.hours.always')}</Fact>
        <Fact label={t('plan.term')}>{t('plan.term.months', { count: rule.recordingMonths })}</Fact>
        <Fact label={t('plan.valid')}>
          {rule.until ? `${from}–${formatLastDay(rule.until, language)}` : t('plan.valid.since', { date: from })}
        </Fact>
      </dl>
      <div>
        <h4 className="rule-numbers-title">{t('plan.numbers')}</h4>
        <ul className="rule-numbers">
          {rule.numbers.map((one) => (
            <li key={one.number}>
              <span className="number">{one.display}</span> <span className="muted">{named(one.name)}</span>
            </li>
          ))}
        </ul>
      </div>
      {(rule.justification ?? rule.necessity) && (
        <dl className="rule-grounds">
          {rule.justification && <Fact label={t('plan.justification')}>{rule.justification}</Fact>}
          {rule.necessity && <Fact label={t('plan.necessity')}>{rule.necessity}</Fact>}
        </dl>
      )}
    </article>
  )
}
