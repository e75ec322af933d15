import { Fact } from '../contact/facts.tsx'
import { formatDate } from '../format/instant.ts'
import { formatShare } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import { lastMomentOf } from '../people/timeline.ts'
import { serverNowMs } from '../api/server-time.ts'
import type { Rule } from './filters.ts'
import { formatHours, sayQuota } from './rule-words.ts'

/** One rule in full: numbers, share, hours, quota and retention. */
export function RulePanel({ rule }: { rule: Rule }) {
  const { say, language, named } = useLanguage()
  const from = formatDate(rule.from, language)
  const now = serverNowMs()
  const isComing = Date.parse(rule.from) > now
  const hasEnded = rule.until !== undefined && Date.parse(rule.until) <= now
  return (
    <article className="panel rule" aria-labelledby={`rule-${rule.id}`}>
      <div className="rule-head">
        <h3 id={`rule-${rule.id}`}>{named(rule.name)}</h3>
        <p className="muted">
          {say('plan.rule.id', { id: rule.id, version: rule.version })}
          {isComing && ` · ${say('plan.rule.coming')}`}
          {hasEnded && ` · ${say('plan.rule.over')}`}
        </p>
      </div>
      <dl className="facts">
        <Fact label={say('plan.share')}>
          <span className="rule-share">{formatShare(rule.share, language)}</span>
          <span className="second">{say(rule.share === 1 ? 'plan.share.all' : 'plan.share.of')}</span>
        </Fact>
        <Fact label={say('plan.quota')}>
          {rule.quota ? sayQuota(rule.quota, say, language) : <span className="muted">{say('plan.quota.none')}</span>}
        </Fact>
        <Fact label={say('plan.hours')}>
          {rule.hours ? formatHours(rule.hours, language) : say('plan.hours.always')}
        </Fact>
        <Fact label={say('plan.term')}>{say('plan.term.months', { count: rule.recordingMonths })}</Fact>
        <Fact label={say('plan.valid')}>
          {rule.until
            ? `${from}–${formatDate(lastMomentOf(rule.until), language)}`
            : say('plan.valid.since', { date: from })}
        </Fact>
      </dl>
      <div>
        <h4 className="rule-numbers-title">{say('plan.numbers')}</h4>
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
          {rule.justification && <Fact label={say('plan.justification')}>{rule.justification}</Fact>}
          {rule.necessity && <Fact label={say('plan.necessity')}>{rule.necessity}</Fact>}
        </dl>
      )}
    </article>
  )
}
