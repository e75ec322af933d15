import type { ReactNode } from 'react'
import type { ContactDetail } from '../api/shapes.ts'
import { formatLength } from '../format/duration.ts'
import { formatDate, formatInstant } from '../format/instant.ts'
import { formatPhone } from '../format/phone.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { CallerNumber } from './caller-number.tsx'

/** The register's fields of one contact (R10) and its retention (R22). */
export function Facts({ contact }: { contact: ContactDetail }) {
  const { t, language, named } = useLanguage()
  const lengthMs = contact.endedAt ? Date.parse(contact.endedAt) - Date.parse(contact.startedAt) : undefined
  return (
    <section className="panel" aria-labelledby="facts-title">
      <h2 id="facts-title" className="visually-hidden">
        {t('contact.facts')}
      </h2>
      <dl className="facts">
        <Fact label={t('contacts.field.start')}>{formatInstant(contact.startedAt, language, 'seconds')}</Fact>
        {contact.waitedFrom && (
          <Fact label={t('contact.waited')}>
            {formatLength(Date.parse(waitEndOf(contact)) - Date.parse(contact.waitedFrom))}
            <span className="second">
              {t('contact.waited.from', { time: formatInstant(contact.waitedFrom, language, 'seconds') })}
            </span>
          </Fact>
        )}
        <Fact label={t('contacts.field.end')}>
          {contact.endedAt ? formatInstant(contact.endedAt, language, 'seconds') : t('contacts.field.end.ongoing')}
          {lengthMs != null && (
            <span className="second">{t('contact.length', { length: formatLength(lengthMs) })}</span>
          )}
        </Fact>
        <Fact label={t('contacts.field.caller')}>
          <CallerNumber contact={contact} />
        </Fact>
        <Fact label={t('contacts.field.number')}>
          <span className="number">{formatPhone(contact.number)}</span>
          <span className="second">
            {contact.numberName ? named(contact.numberName) : t(`contact.number-kind.${contact.numberKind}` as Word)}
          </span>
        </Fact>
        {contact.historyEndsAt && (
          <Fact label={t('contact.historyEnds')}>
            {formatDate(contact.historyEndsAt, language)}
            <span className="second">{t('contact.historyEnds.why')}</span>
          </Fact>
        )}
      </dl>
    </section>
  )
}

/** Returns when an official answered or the caller hung up. */
function waitEndOf({ segments, startedAt, endedAt }: ContactDetail): string {
  const [answer] = segments.flatMap(({ answeredAt }) => answeredAt ?? []).sort()
  return answer ?? endedAt ?? startedAt
}

/** One fact: name and value. */
export function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}
