import { useId, useState } from 'react'
import { $api } from '../../api/client.ts'
import { refusalKey } from '../../api/refusal.ts'
import type { Correction, RequestDetail } from '../../api/shapes.ts'
import { Field } from '../../controls/field.tsx'
import { focusHeading } from '../../controls/focus-heading.ts'
import { ActStep } from '../../controls/step.tsx'
import { formatInstant } from '../../format/instant.ts'
import { useLanguage } from '../../language/use-words.ts'
import { announce } from '../../shell/announce.tsx'
import { partsOf, type Part } from './acts-shapes.ts'

/** Corrections of the official of a call part: proposed here, decided by another person (GDPR 16). */
export function Corrections({ request, onChanged }: { request: RequestDetail; onChanged: () => void }) {
  const { t } = useLanguage()
  const title = useId()
  const { corrections } = request
  const hasUndecided = (segment: string) =>
    corrections.some(({ segmentId, decided }) => segmentId === segment && !decided)
  const parts = request.closed
    ? []
    : partsOf(request).filter(({ id, answeredAt, endedAt }) => answeredAt && endedAt && !hasUndecided(id))
  return (
    <section className="stack-small" aria-labelledby={title}>
      <h3 id={title} tabIndex={-1}>
        {t('acts.corrections.title')}
      </h3>
      <p>{t('acts.corrections.what')}</p>
      {corrections.length > 0 && (
        <ul className="plain-list">
          {corrections.map((correction) => (
            <li key={correction.id}>
              <CorrectionLines correction={correction} />
            </li>
          ))}
        </ul>
      )}
      {parts.map((part) => (
        <Propose
          key={part.id}
          request={request}
          part={part}
          onProposed={() => {
            onChanged()
            announce(t('acts.corrections.proposed.now'))
            focusHeading(title)
          }}
        />
      ))}
      {parts.length === 0 && corrections.length === 0 && <p className="muted">{t('acts.corrections.none')}</p>}
    </section>
  )
}

/** Content of a correction, who proposed it, and the decision. */
export function CorrectionLines({ correction }: { correction: Correction }) {
  const { t, language } = useLanguage()
  const { was, becomes, proposedBy, proposedAt, decided } = correction
  return (
    <>
      <p>
        <strong>
          {was
            ? t('acts.corrections.change', { was: was.name, becomes: becomes.name })
            : t('acts.corrections.change.nobody', { becomes: becomes.name })}
        </strong>
      </p>
      <p className="muted">
        {t('acts.corrections.proposed', { who: proposedBy.name, time: formatInstant(proposedAt, language) })}
      </p>
      <p>
        {decided
          ? `${t(`acts.corrections.outcome.${decided.outcome}`)}. ${t('acts.decided', {
              who: decided.by.name,
              time: formatInstant(decided.at, language),
            })}`
          : t('acts.corrections.waits')}
      </p>
    </>
  )
}

function Propose({ request, part, onProposed }: { request: RequestDetail; part: Part; onProposed: () => void }) {
  const { t } = useLanguage()
  const propose = $api.useMutation('post', '/api/requests/{id}/corrections')
  const [userId, setUserId] = useState('')
  const refused = refusalKey(propose.error)
  const isOfficialRefused = refused === 'correction.nobody' || refused === 'correction.same'
  const officialUserId = userId.trim()
  const error =
    officialUserId === ''
      ? t('acts.corrections.official.missing')
      : isOfficialRefused
        ? t(`error.${refused}`)
        : undefined
  return (
    <ActStep
      open={
        part.official
          ? t('acts.corrections.propose.of', { name: part.official.name })
          : t('acts.corrections.propose.nobody')
      }
      submit={t('acts.corrections.propose.do')}
      act={propose}
      request={() =>
        officialUserId
          ? { params: { path: { id: request.id } }, body: { segmentId: part.id, officialUserId } }
          : undefined
      }
      onDone={onProposed}
      error={isOfficialRefused ? undefined : propose.error}
    >
      {(isTried) => (
        <Field
          label={t('acts.corrections.official')}
          hint={t('acts.corrections.official.hint')}
          error={isTried ? error : undefined}
          value={userId}
          onChange={(value) => {
            setUserId(value)
            propose.reset()
          }}
          maxLength={64}
          spellCheck="false"
          autoCapitalize="off"
          autoComplete="off"
        />
      )}
    </ActStep>
  )
}
