import { Link } from '@tanstack/react-router'
import { Fact } from '../contact/facts.tsx'
import { formatLength } from '../format/duration.ts'
import { formatDate } from '../format/instant.ts'
import { formatPhone } from '../format/phone.ts'
import { useLanguage } from '../language/use-words.ts'
import type { Evaluation } from './quality-shapes.ts'

/** Call and form of an evaluation. */
export function EvaluationFacts({ evaluation: one }: { evaluation: Evaluation }) {
  const { t, language } = useLanguage()
  return (
    <section className="panel" aria-label={t('quality.evaluation.facts')}>
      <dl className="facts facts-small">
        <Fact label={t('contacts.field.number')}>
          <span className="number">{formatPhone(one.number)}</span>
        </Fact>
        {one.officialName && <Fact label={t('contacts.field.official')}>{one.officialName}</Fact>}
        {one.unitName && <Fact label={t('quality.unit')}>{one.unitName}</Fact>}
        {one.durationMs !== undefined && <Fact label={t('quality.length')}>{formatLength(one.durationMs)}</Fact>}
        {one.formName && (
          <Fact label={t('quality.form')}>
            <span lang={one.formLanguage}>{one.formName}</span>
            <span className="second">{t('quality.version', { version: one.formVersion ?? 0 })}</span>
          </Fact>
        )}
        {one.destroyAt && <Fact label={t('quality.destroyAt')}>{formatDate(one.destroyAt, language)}</Fact>}
        {one.contactId && (
          <Fact label={t('quality.call')}>
            <Link to="/contacts/$id" params={{ id: one.contactId }}>
              {t('quality.call.open')}
            </Link>
          </Fact>
        )}
      </dl>
    </section>
  )
}
