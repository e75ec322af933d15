import { parseDate } from '@internationalized/date'
import { useState } from 'react'
import { $api } from '../api/client.ts'
import type { Me } from '../api/shapes.ts'
import { Choice } from '../controls/choice.tsx'
import { Day } from '../controls/day.tsx'
import { Field } from '../controls/field.tsx'
import { ActStep } from '../controls/step.tsx'
import { formatInstant } from '../format/instant.ts'
import { useLanguage, type Word } from '../language/use-words.ts'
import { writeDay } from './days.ts'
import { preparesResearch, type Extension, type ResearchDetail } from './disclosure-shapes.ts'
import { useStoredForm } from './stored-form.ts'
import type { Done } from './done.ts'
import { refusedDay } from './refused-day.ts'
import { researchHeading } from './research-steps.ts'

/** Extends the due day: requires a new decision and never passes the end of a recording (AC19). */
export function Extensions({ disclosure, me, onDone }: { disclosure: ResearchDetail; me: Me; onDone: Done }) {
  const { t, language } = useLanguage()
  const { extensions, state, may } = disclosure
  const hasUndecided = extensions.some(({ decided }) => !decided)
  const mayRequest = preparesResearch(me) && state === 'RELEASED' && !hasUndecided
  if (extensions.length === 0 && !mayRequest) return null
  return (
    <section className="stack-small" aria-labelledby="research-extensions">
      <h3 id="research-extensions" tabIndex={-1}>
        {t('disclosures.extensions.title')}
      </h3>
      {extensions.length > 0 && (
        <ul className="disclosure-items">
          {extensions.map((extension) => (
            <li key={extension.id} className="stack-small">
              <p>
                <strong>{t('disclosures.extensions.until', { day: writeDay(extension.dueOn, language) })}</strong>{' '}
                {t('disclosures.extensions.askedBy', { who: extension.askedBy.name })}
              </p>
              <p className="note">{extension.reasons}</p>
              <p>
                {extension.decided
                  ? `${t(`disclosures.extensions.outcome.${extension.decided.outcome}`)} ${t('acts.decided', {
                      who: extension.decided.by.name,
                      time: formatInstant(extension.decided.at, language),
                    })}`
                  : t('disclosures.extensions.waits')}
              </p>
              {!extension.decided && may.decide && extension.askedBy.id !== me.personId && (
                <DecideExtension extension={extension} onDone={onDone} />
              )}
            </li>
          ))}
        </ul>
      )}
      {mayRequest && <RequestExtension disclosure={disclosure} onDone={onDone} />}
    </section>
  )
}

/** Texts after the release, without the advice to remove an item, which is impossible then. */
const textsAfterRelease: Partial<Record<Word, Word>> = { 'error.research.due-date-late': 'disclosures.extensions.late' }

function RequestExtension({
  disclosure: { id, dueOn: currentDueOn, earliestDestruction },
  onDone,
}: {
  disclosure: ResearchDetail
  onDone: Done
}) {
  const { t, language } = useLanguage()
  const extend = $api.useMutation('post', '/api/research-disclosures/{id}/extensions')
  const form = useStoredForm(`extension ${id}`, { dueOn: '', reasons: '' })
  const { dueOn, reasons } = form.typed
  const isDayWrong = dueOn === '' || dueOn <= currentDueOn
  const refused = refusedDay(extend.error)
  const request = () =>
    isDayWrong || reasons.trim() === ''
      ? undefined
      : { params: { path: { id } }, body: { dueOn, reasons: reasons.trim() } }
  return (
    <ActStep
      open={t('disclosures.extensions.ask')}
      submit={t('disclosures.extensions.ask.do')}
      act={extend}
      error={refused ? undefined : extend.error}
      request={request}
      isOpenAtFirst={form.isTyped}
      onDone={async () => {
        form.forget()
        await onDone(t('disclosures.extensions.asked'), 'research-extensions')
      }}
    >
      {(isTried) => (
        <>
          <Day
            label={t('disclosures.extensions.dueOn')}
            hint={
              earliestDestruction &&
              t('disclosures.dueOn.before', { time: formatInstant(earliestDestruction, language) })
            }
            error={
              isTried && isDayWrong
                ? t('error.research.day-not-later')
                : refused && t(textsAfterRelease[refused] ?? refused)
            }
            value={dueOn === '' ? null : parseDate(dueOn)}
            onChange={(day) => {
              extend.reset()
              form.edit({ dueOn: day?.toString() ?? '' })
            }}
          />
          <Field
            label={t('disclosures.reasons')}
            error={isTried && reasons.trim() === '' ? t('disclosures.reasons.missing') : undefined}
            rows={3}
            value={reasons}
            onChange={(value) => form.edit({ reasons: value })}
            maxLength={2000}
          />
        </>
      )}
    </ActStep>
  )
}

function DecideExtension({ extension: { id }, onDone }: { extension: Extension; onDone: Done }) {
  const { t } = useLanguage()
  const decide = $api.useMutation('post', '/api/research-extensions/{id}/decision')
  const [outcome, setOutcome] = useState<'GRANTED' | 'REFUSED'>('GRANTED')
  return (
    <ActStep
      open={t('disclosures.extensions.decide')}
      submit={t('disclosures.decide.do')}
      act={decide}
      request={() => ({ params: { path: { id } }, body: { outcome } })}
      onDone={() => onDone(t(`disclosures.extensions.outcome.${outcome}`), researchHeading('returns'))}
    >
      <Choice
        label={t('disclosures.decision')}
        options={(['GRANTED', 'REFUSED'] as const).map((value) => ({
          value,
          label: t(`disclosures.extensions.outcome.${value}`),
        }))}
        value={outcome}
        onChange={(value) => setOutcome(value as 'GRANTED' | 'REFUSED')}
      />
    </ActStep>
  )
}
