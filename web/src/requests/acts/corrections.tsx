import { useId, useState } from 'react'
import { $api } from '../../api/client.ts'
import { refusalKey } from '../../api/refusal.ts'
import type { Correction, RequestDetail } from '../../api/shapes.ts'
import { Field } from '../../controls/field.tsx'
import { focusHeading } from '../../controls/focus-heading.ts'
import { Step } from '../../controls/step.tsx'
import { formatInstant } from '../../format/instant.ts'
import { useLanguage } from '../../language/use-words.ts'
import { announce } from '../../shell/announce.tsx'
import { partsOf, type Part } from './acts-shapes.ts'

/** Corrections of the official of a call part: proposed here, decided by another person (GDPR 16). */
export function Corrections({ request, onChanged }: { request: RequestDetail; onChanged: () => void }) {
  const { say } = useLanguage()
  const title = useId()
  const { corrections } = request
  const waits = (segment: string) => corrections.some(({ segmentId, decided }) => segmentId === segment && !decided)
  const parts = request.closed
    ? []
    : partsOf(request).filter(({ id, answeredAt, endedAt }) => answeredAt && endedAt && !waits(id))
  return (
    <section className="stack-small" aria-labelledby={title}>
      <h3 id={title} tabIndex={-1}>
        {say('acts.corrections.title')}
      </h3>
      <p>{say('acts.corrections.what')}</p>
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
            announce(say('acts.corrections.proposed.now'))
            focusHeading(title)
          }}
        />
      ))}
      {parts.length === 0 && corrections.length === 0 && <p className="muted">{say('acts.corrections.none')}</p>}
    </section>
  )
}

/** Content of a correction, who proposed it, and the decision. */
export function CorrectionLines({ correction }: { correction: Correction }) {
  const { say, language } = useLanguage()
  const { was, becomes, proposedBy, proposedAt, decided } = correction
  return (
    <>
      <p>
        <strong>
          {was
            ? say('acts.corrections.change', { was: was.name, becomes: becomes.name })
            : say('acts.corrections.change.nobody', { becomes: becomes.name })}
        </strong>
      </p>
      <p className="muted">
        {say('acts.corrections.proposed', { who: proposedBy.name, time: formatInstant(proposedAt, language) })}
      </p>
      <p>
        {decided
          ? `${say(`acts.corrections.outcome.${decided.outcome}`)}. ${say('acts.decided', {
              who: decided.by.name,
              time: formatInstant(decided.at, language),
            })}`
          : say('acts.corrections.waits')}
      </p>
    </>
  )
}

function Propose({ request, part, onProposed }: { request: RequestDetail; part: Part; onProposed: () => void }) {
  const { say } = useLanguage()
  const propose = $api.useMutation('post', '/api/requests/{id}/corrections')
  const [userId, setUserId] = useState('')
  const [isTried, setTried] = useState(false)
  const refused = refusalKey(propose.error)
  const isTheirs = refused === 'correction.nobody' || refused === 'correction.same'
  const submit = async () => {
    setTried(true)
    if (userId.trim() === '') return false
    return propose
      .mutateAsync({
        params: { path: { id: request.id } },
        body: { segmentId: part.id, officialUserId: userId.trim() },
      })
      .then(
        () => {
          onProposed()
          return true
        },
        () => false,
      )
  }
  const error =
    userId.trim() === '' ? say('acts.corrections.official.missing') : isTheirs ? say(`error.${refused}`) : undefined
  return (
    <Step
      open={
        part.official
          ? say('acts.corrections.propose.of', { name: part.official.name })
          : say('acts.corrections.propose.nobody')
      }
      submit={say('acts.corrections.propose.do')}
      isBusy={propose.isPending}
      error={isTheirs ? undefined : propose.error}
      onOpen={() => setTried(false)}
      onSubmit={submit}
    >
      <Field
        label={say('acts.corrections.official')}
        hint={say('acts.corrections.official.hint')}
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
    </Step>
  )
}
